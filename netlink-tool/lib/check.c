// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "value.h"

const struct words_entry words_check_kind[] = {
	{ CHECK_HTTP, "http" },
	{ CHECK_HTTPS, "https" },
	{ CHECK_SMTP, "smtp" },
	{ CHECK_IMAP, "imap" },
	{ CHECK_IMAPS, "imaps" },
	{ CHECK_POP3, "pop3" },
	{ CHECK_POP3S, "pop3s" },
	{ CHECK_TCP, "tcp" },
	{ CHECK_TLS, "tls" },
	{ CHECK_RPC, "rpc" },
	{ CHECK_EXEC, "exec" },
	{ 0, NULL }
};

const struct words_entry words_check_join[] = {
	{ CHECK_ALL_OF, "all-of" },
	{ CHECK_ANY_OF, "any-of" },
	{ 0, NULL }
};

const struct words_entry words_check_depth[] = {
	{ CHECK_DEPTH_BANNER, "banner" },
	{ CHECK_DEPTH_EHLO, "ehlo" },
	{ CHECK_DEPTH_MAIL_FROM, "mail-from" },
	{ 0, NULL }
};

const struct words_entry words_check_tls[] = {
	{ CHECK_TLS_1_0, "1.0" },
	{ CHECK_TLS_1_1, "1.1" },
	{ CHECK_TLS_1_2, "1.2" },
	{ CHECK_TLS_1_3, "1.3" },
	{ 0, NULL }
};

static const struct {
	const char *name;
	const char *uuid;
} interfaces[] = {
	{ "epm", "e1af8308-5d1f-11c9-91a4-08002b14a0fa/3.0" },
	{ "emsmdb", "a4f1db00-ca47-1067-b31f-00dd010662da/0.81" },
	{ "nspi", "f5cc5a18-4264-101a-8c59-08002b2f8426/56.0" },
};

void check_timing_init(struct check_timing *timing)
{
	*timing = (struct check_timing){
		.inter = 5000,
		.timeout = 4000,
		.fastinter = 1000,
		.downinter = 10000,
		.fall = 3,
		.fall_hard = 1,
		.rise = 2,
		.jitter = 5,
	};
}

void check_agent_init(struct check_agent *agent)
{
	*agent = (struct check_agent){
		.name = "lbprobed",
		.lease = 5000,
		.grace = 5000,
	};
}

struct check *check_new(const char *pool, const char *name)
{
	struct check *check = calloc(1, sizeof(*check));

	if (!check)
		return NULL;
	snprintf(check->pool, sizeof(check->pool), "%s", pool);
	snprintf(check->name, sizeof(check->name), "%s", name);
	check_timing_init(&check->timing);
	check->join = CHECK_ALL_OF;
	return check;
}

static void free_probe(struct check_probe *probe)
{
	char **word;

	for (word = probe->command; word && *word; word++)
		free(*word);
	free(probe->command);
	free(probe->method);
	free(probe->path);
	free(probe->host);
	free(probe->body);
	free(probe->identity);
	free(probe->sni);
	free(probe->cafile);
	free(probe->ciphers);
	free(probe);
}

void check_free(struct check *check)
{
	struct check_probe *probe;

	if (!check)
		return;
	while ((probe = check->probe)) {
		check->probe = probe->next;
		free_probe(probe);
	}
	free(check);
}

struct check_probe *check_probe_new(struct check *check, enum check_kind kind)
{
	struct check_probe *probe = calloc(1, sizeof(*probe)), **last;

	if (!probe)
		return NULL;
	probe->kind = kind;
	probe->verify = true;
	probe->tls_min = CHECK_TLS_1_2;
	probe->depth = CHECK_DEPTH_MAIL_FROM;
	check_read_interface("epm", &probe->interface);
	for (last = &check->probe; *last; last = &(*last)->next)
		;
	*last = probe;
	check->probes++;
	return probe;
}

void check_list_add(struct check_list *list, struct check *check)
{
	check->next = NULL;
	if (list->last)
		list->last->next = check;
	else
		list->first = check;
	list->last = check;
	list->count++;
}

void check_list_free(struct check_list *list)
{
	struct check *check;

	while ((check = list->first)) {
		list->first = check->next;
		check_free(check);
	}
	list->last = NULL;
	list->count = 0;
}

uint16_t check_default_port(const struct check_probe *probe)
{
	switch (probe->kind) {
	case CHECK_HTTP:
		return 80;
	case CHECK_HTTPS:
		return 443;
	case CHECK_SMTP:
		return 25;
	case CHECK_IMAP:
		return 143;
	case CHECK_IMAPS:
		return 993;
	case CHECK_POP3:
		return 110;
	case CHECK_POP3S:
		return 995;
	case CHECK_RPC:
		return 135;
	case CHECK_TCP:
	case CHECK_TLS:
	case CHECK_EXEC:
		break;
	}
	return 0;
}

/* Two digits at s; false if they are none. */
static bool read_byte(const char *s, uint8_t *byte)
{
	char digits[3] = { s[0], s[0] ? s[1] : '\0', '\0' };

	if (!isxdigit((unsigned char)digits[0]) ||
	    !isxdigit((unsigned char)digits[1]))
		return false;
	*byte = strtoul(digits, NULL, 16);
	return true;
}

/* 8-4-4-4-12 digits. Leaves s behind them. */
static bool read_uuid(const char **s, uint8_t uuid[CHECK_UUID_SIZE])
{
	int i;

	for (i = 0; i < CHECK_UUID_SIZE; i++) {
		if ((i == 4 || i == 6 || i == 8 || i == 10) && *(*s)++ != '-')
			return false;
		if (!read_byte(*s, &uuid[i]))
			return false;
		*s += 2;
	}
	return true;
}

static bool read_version(const char *s, struct check_interface *interface)
{
	char major[6], minor[6] = "0";
	uint64_t value;
	int used = 0;

	if (sscanf(s, "%5[0-9]%n.%5[0-9]%n", major, &used, minor, &used) < 1 ||
	    s[used])
		return false;
	if (!value_read_number(major, 0, UINT16_MAX, &value))
		return false;
	interface->major = value;
	if (!value_read_number(minor, 0, UINT16_MAX, &value))
		return false;
	interface->minor = value;
	return true;
}

bool check_read_interface(const char *s, struct check_interface *interface)
{
	struct check_interface read = { .major = 1 };
	size_t i;

	for (i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++)
		if (!strcmp(s, interfaces[i].name))
			s = interfaces[i].uuid;
	if (!read_uuid(&s, read.uuid))
		return false;
	if (*s && (*s != '/' || !read_version(s + 1, &read)))
		return false;
	*interface = read;
	return true;
}

/* "200" or "200-299". */
static bool read_status(const char *s, struct check_status *status)
{
	char first[4], last[4];
	int used = 0, n;

	n = sscanf(s, "%3[0-9]%n-%3[0-9]%n", first, &used, last, &used);
	if (n < 1 || s[used])
		return false;
	status->first = strtoul(first, NULL, 10);
	status->last = n == 2 ? strtoul(last, NULL, 10) : status->first;
	return status->first >= 100 && status->first <= status->last;
}

bool check_read_statuses(const char *s, struct check_probe *probe)
{
	struct check_status status[CHECK_STATUS_MAX];
	uint32_t count = 0;
	char entry[8];
	size_t length;

	for (;; s += length + 1) {
		length = strcspn(s, ",");
		if (count == CHECK_STATUS_MAX || length >= sizeof(entry))
			return false;
		memcpy(entry, s, length);
		entry[length] = '\0';
		if (!read_status(entry, &status[count++]))
			return false;
		if (!s[length])
			break;
	}
	memcpy(probe->status, status, sizeof(status[0]) * count);
	probe->statuses = count;
	return true;
}
