// SPDX-License-Identifier: GPL-2.0-or-later
/* The values of a command line, each with the sentence for a bad one. */
#include <stdio.h>
#include <string.h>

#include "parse_item.h"
#include "value.h"

static void *field(struct model_head *m, const struct parse_item *item)
{
	return (char *)m + item->offset;
}

/*
 * The next word as the value of "word". Of a positional word it is known to
 * be there, so the sentence is about keywords.
 */
static const char *take(struct parse *p, const char *word)
{
	const char *value = parse_next(p);

	if (!value)
		parse_fail(p, "\"%s\" needs a value", word);
	return value;
}

static int refuse(struct parse *p, const char *word, const char *value,
		  const char *expected)
{
	return parse_fail(p, "%s \"%s\": expected %s", word, value, expected);
}

PARSE_READER(parse_read_name)
{
	const char *value = take(p, word);

	if (!value)
		return -1;
	if (!value_read_name(value, field(m, item)))
		return refuse(p, word, value,
			      "a name: 1 to 31 letters, digits, dots, "
			      "underscores and dashes, a letter or digit first");
	return 0;
}

PARSE_READER(parse_read_dev)
{
	const char *value = take(p, word);

	if (!value)
		return -1;
	if (!value_read_dev(value, field(m, item)))
		return refuse(p, word, value,
			      "the name of a network device: 1 to 15 bytes, "
			      "not blank");
	return 0;
}

PARSE_READER(parse_read_number)
{
	const char *value = take(p, word);
	uint32_t *number = field(m, item);
	char expected[64];
	uint64_t n = 0;

	if (!value)
		return -1;
	if (item->alias && !strcmp(value, item->alias)) {
		*number = 0;
		return 0;
	}
	if (!value_read_number(value, item->min, item->max, &n)) {
		snprintf(expected, sizeof(expected),
			 "a number from %u to %u%s%s", item->min, item->max,
			 item->alias ? ", or " : "",
			 item->alias ? item->alias : "");
		return refuse(p, word, value, expected);
	}
	*number = n;
	return 0;
}

PARSE_READER(parse_read_ratio)
{
	const char *value = take(p, word);
	uint32_t *percent = field(m, item);
	char least[VALUE_NUMBER_SIZE], most[VALUE_NUMBER_SIZE];
	char expected[96];

	if (!value)
		return -1;
	if (!strcmp(value, item->alias)) {
		*percent = 0;
		return 0;
	}
	if (!value_read_ratio(value, item->min, item->max, percent)) {
		snprintf(expected, sizeof(expected),
			 "a number from %s to %s, or %s",
			 value_ratio(item->min, least),
			 value_ratio(item->max, most), item->alias);
		return refuse(p, word, value, expected);
	}
	return 0;
}

static int read_word(struct parse *p, const struct parse_item *item,
		     const char *word, uint32_t *number)
{
	const char *value = take(p, word);
	char expected[128];

	if (!value)
		return -1;
	if (words_read(item->words, value, number))
		return 0;
	words_enumerate(item->words, expected, sizeof(expected));
	return refuse(p, word, value, expected);
}

PARSE_READER(parse_read_word)
{
	return read_word(p, item, word, field(m, item));
}

PARSE_READER(parse_read_proto)
{
	uint8_t *proto = field(m, item);
	uint32_t number = 0;

	if (read_word(p, item, word, &number))
		return -1;
	*proto = number;
	return 0;
}

PARSE_READER(parse_read_addr)
{
	const char *value = take(p, word);

	if (!value)
		return -1;
	if (!value_read_addr(value, field(m, item)))
		return refuse(p, word, value, "an IPv4 or IPv6 address");
	return 0;
}

PARSE_READER(parse_read_ports)
{
	const char *value = take(p, word);

	if (!value)
		return -1;
	if (!value_read_ports(value, field(m, item)))
		return refuse(p, word, value,
			      "1 to 32 ports from 1 to 65535 with commas "
			      "between them");
	return 0;
}

PARSE_READER(parse_read_checks)
{
	const char *value = take(p, word);

	if (!value)
		return -1;
	if (!value_read_checks(value, field(m, item)))
		return refuse(p, word, value,
			      "1 to 32 names of checks with commas between "
			      "them, or none");
	return 0;
}

PARSE_READER(parse_read_key)
{
	const char *value = take(p, word);

	if (!value)
		return -1;
	if (!value_read_key(value, field(m, item)))
		return refuse(p, word, value, "32 hexadecimal digits");
	return 0;
}

PARSE_READER(parse_read_reason)
{
	const char *value = take(p, word);
	char *reason = field(m, item);
	const char *c;

	if (!value)
		return -1;
	for (c = value; *c >= ' ' && *c <= '~'; c++)
		;
	if (*c || c == value || c - value >= LBVS_REASON_SIZE)
		return refuse(p, word, value,
			      "one word (use quotes) of 1 to 127 printable "
			      "ASCII characters");
	memcpy(reason, value, c - value + 1);
	return 0;
}

/* Of a service: its address and its ports, two fields in one word. */
PARSE_READER(parse_read_endpoint)
{
	struct model_service *s = (struct model_service *)m;
	const char *value = take(p, word);

	(void)item;
	if (!value)
		return -1;
	if (!value_read_endpoint(value, &s->addr, &s->ports, false))
		return refuse(p, word, value,
			      "ADDR:PORT[,PORT...], with an IPv6 address in "
			      "brackets");
	model_mark(s, LBVS_A_SERVICE_ADDR);
	model_mark(s, LBVS_A_SERVICE_PORT);
	return 0;
}

static int read_hash(struct parse *p, const struct parse_item *item,
		     const char *word, struct model_service *s)
{
	const char *value = take(p, word);
	uint64_t prefix;
	char name[16];
	size_t len;

	if (!value)
		return -1;
	len = strcspn(value, "/");
	if (len >= sizeof(name))
		goto bad;
	memcpy(name, value, len);
	name[len] = '\0';
	if (!words_read(item->words, name, &s->hash))
		goto bad;
	if (!value[len])
		return 0;
	if (s->hash != LBVS_HASH_SOURCE ||
	    !value_read_number(value + len + 1, 1, 128, &prefix))
		goto bad;
	s->hash_prefix = prefix;
	model_mark(s, LBVS_A_SERVICE_HASH_PREFIX);
	return 0;
bad:
	return refuse(p, word, value,
		      "source, source/LEN with a LEN from 1 to 32 (IPv6: 128), "
		      "or 5tuple");
}

PARSE_READER(parse_read_hash_new)
{
	return read_hash(p, item, word, (struct model_service *)m);
}

/* "hash source" means the whole address, whatever the prefix was before. */
PARSE_READER(parse_read_hash_set)
{
	struct model_service *s = (struct model_service *)m;

	if (read_hash(p, item, word, s))
		return -1;
	model_mark(s, LBVS_A_SERVICE_HASH_PREFIX);
	return 0;
}

PARSE_READER(parse_read_time)
{
	const char *value = take(p, word);
	char most[VALUE_NUMBER_SIZE], expected[96];
	uint32_t *seconds = field(m, item);
	uint32_t n = 0;

	if (!value)
		return -1;
	if (item->alias && !strcmp(value, item->alias)) {
		*seconds = 0;
		return 0;
	}
	if (!value_read_time(value, &n) || n > item->max) {
		snprintf(expected, sizeof(expected),
			 "a time from 1s to %s, such as 30s, 5m%s%s",
			 value_time(item->max, most), item->alias ? ", or " : "",
			 item->alias ? item->alias : "");
		return refuse(p, word, value, expected);
	}
	*seconds = n;
	return 0;
}

/* "30m", "30m/24" or "off": without a prefix it is about the whole address. */
static bool read_persist(const char *value, struct model_service *s)
{
	size_t len = strcspn(value, "/");
	uint64_t prefix = 0;
	char time[16];

	s->persist = 0;
	s->persist_prefix = 0;
	if (!strcmp(value, "off"))
		return true;
	if (len >= sizeof(time))
		return false;
	memcpy(time, value, len);
	time[len] = '\0';
	if (!value_read_time(time, &s->persist))
		return false;
	if (value[len] && !value_read_number(value + len + 1, 1, 128, &prefix))
		return false;
	s->persist_prefix = prefix;
	return true;
}

PARSE_READER(parse_read_persist)
{
	struct model_service *s = (struct model_service *)m;
	const char *value = take(p, word);

	(void)item;
	if (!value)
		return -1;
	if (!read_persist(value, s))
		return refuse(p, word, value,
			      "a time from 1s to 7d such as 30m, TIME/LEN with "
			      "a LEN from 1 to 32 (IPv6: 128), or off");
	model_mark(s, LBVS_A_SERVICE_PERSIST_PREFIX);
	return 0;
}

PARSE_READER(parse_read_together)
{
	const char *value = take(p, word);
	char *together = field(m, item);

	if (!value)
		return -1;
	if (!value_read_name(value, together))
		return refuse(p, word, value,
			      "a word that the services share: 1 to 31 letters, "
			      "digits, dots, underscores and dashes, a letter "
			      "or digit first; or none");
	if (!strcmp(value, "none"))
		memset(together, 0, LBVS_NAME_SIZE);
	return 0;
}

static uint32_t *timeout_field(struct model_service *s, uint32_t attr)
{
	switch (attr) {
	case LBVS_A_SERVICE_TIMEOUT_ESTABLISHED:
		return &s->timeout_established;
	case LBVS_A_SERVICE_TIMEOUT_SYN:
		return &s->timeout_syn;
	case LBVS_A_SERVICE_TIMEOUT_FIN:
		return &s->timeout_fin;
	case LBVS_A_SERVICE_TIMEOUT_CLOSED:
		return &s->timeout_closed;
	default:
		return &s->timeout_udp;
	}
}

/* "timeout syn 30s": two words, and once for each kind of timeout. */
PARSE_READER(parse_read_timeout)
{
	struct model_service *s = (struct model_service *)m;
	const char *value, *kind;
	uint32_t attr = 0;
	char full[32];

	kind = parse_peek(p);
	if (read_word(p, item, word, &attr))
		return -1;
	snprintf(full, sizeof(full), "%s %s", word, kind);
	if (model_has(s, attr))
		return parse_fail(p, "\"%s\" is given twice", full);
	value = take(p, full);
	if (!value)
		return -1;
	if (!value_read_time(value, timeout_field(s, attr)))
		return refuse(p, full, value,
			      "a time from 1s to 7d, such as 30s, 40m, 2h, 1d");
	model_mark(s, attr);
	return 0;
}

PARSE_READER(parse_read_deadline)
{
	const char *value = take(p, word);

	if (!value)
		return -1;
	if (!value_read_duration(value, item->min, item->max, field(m, item)))
		return refuse(p, word, value,
			      "a time from 0 to 7d, such as 0, 500ms, 30s, "
			      "10m, 2h");
	return 0;
}

/* The keyword, up or down, is the value. */
PARSE_READER(parse_read_state)
{
	struct model_verdict *v = (struct model_verdict *)m;

	if (model_has(v, LBVS_A_VERDICT_STATE))
		return parse_fail(p, "\"%s\" is one word too many: up or down "
				  "was said before", word);
	if (!words_read(item->words, word, &v->state))
		return parse_fail(p, "\"%s\": expected up or down", word);
	model_mark(v, LBVS_A_VERDICT_STATE);
	return 0;
}

#define CLIENT_SYNTAX							\
	"ADDR or ADDR:PORT, with an IPv6 address in brackets where a port "\
	"follows"

/* A client, and 0 where no port is said. */
static int read_client(struct parse *p, const char *word,
		       struct model_addr *addr, uint16_t *port)
{
	const char *value = take(p, word);
	struct model_ports ports;

	if (!value)
		return -1;
	if (!value_read_endpoint(value, addr, &ports, true) || ports.count > 1)
		return refuse(p, word, value, CLIENT_SYNTAX);
	*port = ports.count ? ports.port[0] : 0;
	return 0;
}

PARSE_READER(parse_read_client)
{
	struct model_flow *f = (struct model_flow *)m;

	(void)item;
	if (read_client(p, word, &f->client_addr, &f->client_port))
		return -1;
	if (f->client_port)
		model_mark(f, LBVS_A_FLOW_CLIENT_PORT);
	return 0;
}

PARSE_READER(parse_read_asker)
{
	struct model_explain *e = (struct model_explain *)m;

	(void)item;
	if (read_client(p, word, &e->client_addr, &e->client_port))
		return -1;
	if (e->client_port)
		model_mark(e, LBVS_A_EXPLAIN_CLIENT_PORT);
	return 0;
}

/* The name of a service, or where it is. */
PARSE_READER(parse_read_asked)
{
	struct model_explain *e = (struct model_explain *)m;
	const char *value = take(p, word);
	struct model_ports ports;

	(void)item;
	if (!value)
		return -1;
	if (value_read_name(value, e->service)) {
		model_mark(e, LBVS_A_EXPLAIN_SERVICE);
		return 0;
	}
	if (!value_read_endpoint(value, &e->virtual_addr, &ports, false) ||
	    ports.count != 1)
		return refuse(p, word, value, "the name of a service, or "
			      "VIP:PORT, with an IPv6 address in brackets");
	e->virtual_port = ports.port[0];
	model_mark(e, LBVS_A_EXPLAIN_VIRTUAL_ADDR);
	model_mark(e, LBVS_A_EXPLAIN_VIRTUAL_PORT);
	return 0;
}
