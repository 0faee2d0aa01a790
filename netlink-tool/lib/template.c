// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "config_text.h"
#include "template.h"
#include "value.h"

#define LINE_MAX_BYTES	512
#define HOST_MAX	253

static bool is_address(const char *value)
{
	struct model_addr addr;

	return value_read_addr(value, &addr);
}

static bool is_port(const char *value)
{
	uint64_t port;

	return value_read_number(value, 1, 65535, &port);
}

static bool is_ports(const char *value)
{
	struct model_ports ports;

	return value_read_ports(value, &ports);
}

static bool is_name(const char *value)
{
	char name[LBVS_NAME_SIZE];

	return value_read_name(value, name);
}

static bool is_host(const char *value)
{
	size_t length = strlen(value);

	return length && length <= HOST_MAX &&
	       strspn(value, "abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789.-") == length;
}

/* Each NAME=ADDR of a list; calls back, unless that is NULL. */
static bool each_real(const char *value,
		      void (*fn)(const char *name, const char *addr, void *arg),
		      void *arg)
{
	char copy[LBVS_NAME_SIZE + VALUE_ADDR_SIZE + 2], *addr;
	size_t length;

	for (;; value += length + 1) {
		length = strcspn(value, ",");
		if (length >= sizeof(copy))
			return false;
		memcpy(copy, value, length);
		copy[length] = '\0';
		addr = strchr(copy, '=');
		if (!addr)
			return false;
		*addr++ = '\0';
		if (!is_name(copy) || !is_address(addr))
			return false;
		if (fn)
			fn(copy, addr, arg);
		if (!value[length])
			return true;
	}
}

static bool is_reals(const char *value)
{
	return each_real(value, NULL, NULL);
}

static const struct {
	const char *name;
	bool (*good)(const char *value);
	const char *expected;
} types[] = {
	{ "address", is_address, "an IPv4 or IPv6 address" },
	{ "port", is_port, "a port from 1 to 65535" },
	{ "ports", is_ports,
	  "1 to 32 ports from 1 to 65535 with commas between them" },
	{ "name", is_name,
	  "a name: 1 to 31 letters, digits, dots, underscores and dashes, a "
	  "letter or digit first" },
	{ "host", is_host, "a name of letters, digits, dots and dashes" },
	{ "reals", is_reals, "NAME=ADDR[,NAME=ADDR...]" },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

static size_t find_type(const char *name)
{
	size_t i;

	for (i = 0; i < TYPES; i++)
		if (!strcmp(types[i].name, name))
			break;
	return i;
}

static struct template_key *find_key(const struct template *t,
				     const char *word, size_t length)
{
	size_t i;

	for (i = 0; i < t->keys; i++)
		if (strlen(t->key[i].word) == length &&
		    !memcmp(t->key[i].word, word, length))
			return (struct template_key *)&t->key[i];
	return NULL;
}

/* "#% KEY TYPE DEFAULT HELP" */
static int read_key(struct template *t, const char *line, unsigned int number,
		    struct config_errors *errors)
{
	struct template_key *key = &t->key[t->keys];
	char *word = NULL, *type = NULL, *value = NULL, *help = NULL;

	if (t->keys == TEMPLATE_KEYS_MAX ||
	    sscanf(line, "#%% %ms %ms %ms %m[^\n]", &word, &type, &value,
		   &help) != 4 || find_type(type) == TYPES) {
		free(word);
		free(type);
		free(value);
		free(help);
		return config_fail(errors, number, "\"%s\" describes no key "
				   "of a template", line);
	}
	if (!strcmp(value, "-")) {
		free(value);
		value = NULL;
	}
	*key = (struct template_key){ word, type, value, help };
	t->keys++;
	return 0;
}

/* Takes the lines of keys out of the text. */
static int take_keys(struct template *t, struct config_errors *errors)
{
	char *line, *end, *kept = t->text, *next;
	unsigned int number = 0;
	size_t length;

	for (line = t->text; *line; line = next) {
		end = strchrnul(line, '\n');
		next = *end ? end + 1 : end;
		length = next - line;
		number++;
		if (line[0] == '#' && line[1] == '%') {
			*end = '\0';
			if (read_key(t, line, number, errors))
				return -1;
			continue;
		}
		memmove(kept, line, length);
		kept += length;
	}
	*kept = '\0';
	return 0;
}

int template_read(struct template *t, FILE *in, struct config_errors *errors)
{
	struct config_text text;
	const char *title;

	memset(t, 0, sizeof(*t));
	if (config_text_read(&text, in, errors)) {
		config_text_free(&text);
		return -1;
	}
	t->text = text.text;
	if (take_keys(t, errors))
		return -1;
	title = t->text + strspn(t->text, "# ");
	t->title = strndup(title, strcspn(title, "\n"));
	return t->title ? 0 : config_fail_memory(errors);
}

void template_free(struct template *t)
{
	size_t i;

	for (i = 0; i < t->keys; i++) {
		free(t->key[i].word);
		free(t->key[i].type);
		free(t->key[i].value);
		free(t->key[i].help);
	}
	free(t->text);
	free(t->title);
	memset(t, 0, sizeof(*t));
}

static int fail_unknown(const struct template *t, const char *word,
			struct config_errors *errors)
{
	char expected[LINE_MAX_BYTES] = "";
	size_t used = 0, i;

	for (i = 0; i < t->keys && used < sizeof(expected); i++)
		used += snprintf(expected + used, sizeof(expected) - used,
				 "%s%s", used ? ", " : "", t->key[i].word);
	return config_fail(errors, 0, "\"%s\" is not known here: expected "
			   "KEY=VALUE with one of the keys %s", word, expected);
}

int template_set(struct template *t, const char *word,
		 struct config_errors *errors)
{
	const char *value = strchr(word, '=');
	struct template_key *key;
	size_t type;

	key = value ? find_key(t, word, value - word) : NULL;
	if (!key)
		return fail_unknown(t, word, errors);
	type = find_type(key->type);
	value++;
	if (!types[type].good(value))
		return config_fail(errors, 0, "%s \"%s\": expected %s",
				   key->word, value, types[type].expected);
	free(key->value);
	key->value = strdup(value);
	return key->value ? 0 : config_fail_memory(errors);
}

struct writing {
	FILE *out;
	const char *indent;
	int width;		/* of the indent */
	bool begun;
};

static void write_real(const char *name, const char *addr, void *arg)
{
	struct writing *w = arg;

	if (w->begun)
		fprintf(w->out, "\n%.*s", w->width, w->indent);
	w->begun = true;
	fprintf(w->out, "real %s { address = %s }", name, addr);
}

/* "line" is where the line of the text begins that the key stands in. */
static void write_value(const struct template_key *key, const char *line,
			FILE *out)
{
	struct writing w = {
		.out = out, .indent = line, .width = strspn(line, " \t"),
	};

	if (strcmp(key->type, "reals"))
		fputs(key->value, out);
	else
		each_real(key->value, write_real, &w);
}

static void write_text(const struct template *t, FILE *out)
{
	const char *at = t->text, *line = at, *end;
	struct template_key *key;

	while (*at) {
		end = *at == '@' ? strchr(at + 1, '@') : NULL;
		key = end ? find_key(t, at + 1, end - at - 1) : NULL;
		if (key) {
			write_value(key, line, out);
			at = end + 1;
			continue;
		}
		if (*at == '\n')
			line = at + 1;
		fputc(*at++, out);
	}
}

int template_write(const struct template *t, FILE *out,
		   struct config_errors *errors)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < t->keys; i++)
		if (!t->key[i].value)
			ret = config_fail(errors, 0, "%s is missing: %s, %s",
					  t->key[i].word, t->key[i].help,
					  types[find_type(t->key[i].type)]
						.expected);
	if (!ret)
		write_text(t, out);
	return ret;
}
