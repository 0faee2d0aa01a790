// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "config_probe.h"
#include "value.h"

#define TEXT_MAX 1023

#define KIND(name)	(1u << CHECK_##name)
#define HTTP_KINDS	(KIND(HTTP) | KIND(HTTPS))
#define START_KINDS	(KIND(SMTP) | KIND(IMAP) | KIND(POP3))
#define TLS_KINDS	(KIND(HTTPS) | KIND(IMAPS) | KIND(POP3S) | KIND(TLS))
#define ALL_KINDS	(HTTP_KINDS | START_KINDS | TLS_KINDS | KIND(TCP) | \
			 KIND(RPC) | KIND(EXEC))

struct reader {
	const struct config_node *section;
	struct check_probe *probe;
	struct config_errors *errors;
};

struct word {
	const char *word;
	int (*read)(const struct reader *r, const struct word *word,
		    const struct config_node *entry);
	uint32_t kinds;		/* that it goes with */
	size_t offset;		/* of the field in struct check_probe */
};

const char *config_probe_value(const struct config_node *entry,
			       struct config_errors *errors)
{
	if (entry->values == 1)
		return entry->value[0];
	config_fail(errors, entry->line, "\"%s\": expected a single value",
		    entry->word);
	return NULL;
}

static int refuse(const struct reader *r, const struct config_node *entry,
		  const char *value, const char *expected)
{
	return config_fail(r->errors, entry->line, "%s \"%s\": expected %s",
			   entry->word, value, expected);
}

static void *field(const struct reader *r, const struct word *word)
{
	return (char *)r->probe + word->offset;
}

/* Bytes of UTF-8 are welcome: a page may have any text in it. */
static bool is_text(const char *s)
{
	size_t length = 0;

	for (; s[length]; length++)
		if ((unsigned char)s[length] < ' ' || s[length] == 0x7f)
			return false;
	return length && length <= TEXT_MAX;
}

static int keep(const struct reader *r, char **kept, const char *value)
{
	*kept = strdup(value);
	return *kept ? 0 : config_fail_memory(r->errors);
}

static int read_text(const struct reader *r, const struct word *word,
		     const struct config_node *entry)
{
	const char *value = config_probe_value(entry, r->errors);

	if (!value)
		return -1;
	if (!is_text(value))
		return refuse(r, entry, value,
			      "1 to 1023 characters on one line");
	return keep(r, field(r, word), value);
}

/* What stands in a request line or a header: no blank splits it. */
static int read_token(const struct reader *r, const struct word *word,
		      const struct config_node *entry)
{
	const char *value = config_probe_value(entry, r->errors);

	if (!value)
		return -1;
	if (!is_text(value) || strchr(value, ' '))
		return refuse(r, entry, value,
			      "1 to 1023 characters without a blank");
	return keep(r, field(r, word), value);
}

static int read_path(const struct reader *r, const struct word *word,
		     const struct config_node *entry)
{
	const char *value = config_probe_value(entry, r->errors);

	if (!value)
		return -1;
	if (value[0] != '/' || !is_text(value) || strchr(value, ' '))
		return refuse(r, entry, value, "a path that begins with /");
	return keep(r, field(r, word), value);
}

static int read_cafile(const struct reader *r, const struct word *word,
		       const struct config_node *entry)
{
	r->probe->cafile_line = entry->line;
	return read_path(r, word, entry);
}

static int read_port(const struct reader *r, const struct word *word,
		     const struct config_node *entry)
{
	const char *value = config_probe_value(entry, r->errors);
	uint64_t port;

	if (!value)
		return -1;
	if (!value_read_number(value, 1, 65535, &port))
		return refuse(r, entry, value, "a port from 1 to 65535");
	*(uint16_t *)field(r, word) = port;
	return 0;
}

static int read_flag(const struct reader *r, const struct word *word,
		     const struct config_node *entry)
{
	const char *value = config_probe_value(entry, r->errors);

	if (!value)
		return -1;
	if (strcmp(value, "yes") && strcmp(value, "no"))
		return refuse(r, entry, value, "yes or no");
	*(bool *)field(r, word) = !strcmp(value, "yes");
	return 0;
}

static int read_word(const struct reader *r, const struct config_node *entry,
		     const struct words_entry *words, uint32_t *number)
{
	const char *value = config_probe_value(entry, r->errors);
	char expected[128];

	if (!value)
		return -1;
	if (words_read(words, value, number))
		return 0;
	words_enumerate(words, expected, sizeof(expected));
	return refuse(r, entry, value, expected);
}

static int read_depth(const struct reader *r, const struct word *word,
		      const struct config_node *entry)
{
	uint32_t depth;

	(void)word;
	if (read_word(r, entry, words_check_depth, &depth))
		return -1;
	r->probe->depth = depth;
	return 0;
}

static int read_tls_min(const struct reader *r, const struct word *word,
			const struct config_node *entry)
{
	uint32_t version;

	(void)word;
	if (read_word(r, entry, words_check_tls, &version))
		return -1;
	r->probe->tls_min = version;
	return 0;
}

static int read_status(const struct reader *r, const struct word *word,
		       const struct config_node *entry)
{
	char *value = config_node_join(entry);
	int ret = 0;

	(void)word;
	if (!value)
		return config_fail_memory(r->errors);
	if (!check_read_statuses(value, r->probe))
		ret = refuse(r, entry, value, "1 to 16 statuses from 100 to "
			     "999, such as 200 or 200-299");
	free(value);
	return ret;
}

static int read_interface(const struct reader *r, const struct word *word,
			  const struct config_node *entry)
{
	const char *value = config_probe_value(entry, r->errors);

	(void)word;
	if (!value)
		return -1;
	if (!check_read_interface(value, &r->probe->interface))
		return refuse(r, entry, value,
			      "epm, emsmdb, nspi, UUID or UUID/MAJOR.MINOR");
	return 0;
}

static int read_command(const struct reader *r, const struct word *word,
			const struct config_node *entry)
{
	size_t i;

	(void)word;
	if (!entry->values || entry->value[0][0] != '/')
		return refuse(r, entry, entry->values ? entry->value[0] : "",
			      "the full path of a program, and its words");
	r->probe->command = calloc(entry->values + 1, sizeof(char *));
	if (!r->probe->command)
		return config_fail_memory(r->errors);
	for (i = 0; i < entry->values; i++)
		if (keep(r, &r->probe->command[i], entry->value[i]))
			return -1;
	return 0;
}

static int read_nothing(const struct reader *r, const struct word *word,
			const struct config_node *entry)
{
	(void)r;
	(void)word;
	(void)entry;
	return 0;
}

#define AT(member) offsetof(struct check_probe, member)

static const struct word words[] = {
	{ "kind", read_nothing, ALL_KINDS, 0 },	/* read first of all */
	{ "port", read_port, ALL_KINDS & ~KIND(EXEC), AT(port) },
	{ "method", read_token, HTTP_KINDS, AT(method) },
	{ "path", read_path, HTTP_KINDS, AT(path) },
	{ "host", read_token, HTTP_KINDS, AT(host) },
	{ "status", read_status, HTTP_KINDS, 0 },
	{ "body", read_text, HTTP_KINDS, AT(body) },
	{ "identity", read_token, HTTP_KINDS, AT(identity) },
	{ "starttls", read_flag, START_KINDS, AT(starttls) },
	{ "sni", read_token, TLS_KINDS | START_KINDS, AT(sni) },
	{ "verify", read_flag, TLS_KINDS | START_KINDS, AT(verify) },
	{ "cafile", read_cafile, TLS_KINDS | START_KINDS, AT(cafile) },
	{ "tls-min", read_tls_min, TLS_KINDS | START_KINDS, 0 },
	{ "ciphers", read_token, TLS_KINDS | START_KINDS, AT(ciphers) },
	{ "depth", read_depth, KIND(SMTP), 0 },
	{ "interface", read_interface, KIND(RPC), 0 },
	{ "expect-port", read_port, KIND(RPC), AT(expect_port) },
	{ "command", read_command, KIND(EXEC), 0 },
};

#define WORDS (sizeof(words) / sizeof(words[0]))

const char *config_probe_word(size_t i)
{
	return i < WORDS ? words[i].word : NULL;
}

static const struct word *find_word(const char *text)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		if (!strcmp(words[i].word, text))
			return &words[i];
	return NULL;
}

bool config_probe_has_word(const char *word)
{
	return find_word(word);
}

static const struct config_node *find_entry(const struct config_node *section,
					    const char *word)
{
	const struct config_node *entry;

	for (entry = section->first; entry; entry = entry->next)
		if (!entry->section && !strcmp(entry->word, word))
			return entry;
	return NULL;
}

/* The kinds that a word goes with, for the sentence. */
static void list_kinds(uint32_t kinds, char *buf, size_t size)
{
	const struct words_entry *kind;
	size_t used = 0;

	buf[0] = '\0';
	for (kind = words_check_kind; kind->word && used < size; kind++)
		if (kinds & (1u << kind->value))
			used += snprintf(buf + used, size - used, "%s%s",
					 used ? ", " : "", kind->word);
}

static int read_entry(const struct reader *r, const struct word *word,
		      const struct config_node *entry)
{
	char kinds[128];

	if (find_entry(r->section, entry->word) != entry)
		return config_fail(r->errors, entry->line,
				   "\"%s\" is given twice", entry->word);
	if (!(word->kinds & (1u << r->probe->kind))) {
		list_kinds(word->kinds, kinds, sizeof(kinds));
		return config_fail(r->errors, entry->line, "\"%s\" does not go "
				   "with kind %s, but with %s", entry->word,
				   words_find(words_check_kind,
					      r->probe->kind), kinds);
	}
	return word->read(r, word, entry);
}

/* Words about TLS where there is none would be believed to have an effect. */
static int require_tls(const struct reader *r)
{
	const struct config_node *entry;
	const struct word *word;
	int ret = 0;

	if (!(START_KINDS & (1u << r->probe->kind)) || r->probe->starttls)
		return 0;
	for (entry = r->section->first; entry; entry = entry->next) {
		word = find_word(entry->word);
		if (word && word->kinds == (TLS_KINDS | START_KINDS))
			ret |= config_fail(r->errors, entry->line, "\"%s\" "
					   "goes only with \"starttls = yes\" "
					   "here", entry->word);
	}
	return ret;
}

static int require_words(const struct reader *r,
			 const struct config_node *kind)
{
	if (r->probe->kind == CHECK_EXEC)
		return r->probe->command ? 0 :
			config_fail(r->errors, kind->line,
				    "kind \"exec\": the command is missing");
	if (!r->probe->port && !check_default_port(r->probe))
		return config_fail(r->errors, kind->line,
				   "kind \"%s\": the port is missing",
				   words_find(words_check_kind,
					      r->probe->kind));
	return 0;
}

int config_probe_read(const struct config_node *section, struct check *check,
		      struct config_errors *errors)
{
	const struct config_node *kind = find_entry(section, "kind"), *entry;
	struct reader r = { .section = section, .errors = errors };
	const struct word *word;
	size_t before = errors->count;
	uint32_t number;

	if (!kind)
		return config_fail(errors, section->line, "%s \"%s\": the kind "
				   "is missing", section->word,
				   section->title ? section->title :
						    check->name);
	if (read_word(&r, kind, words_check_kind, &number))
		return -1;
	r.probe = check_probe_new(check, number);
	if (!r.probe)
		return config_fail_memory(errors);
	for (entry = section->first; entry; entry = entry->next) {
		word = entry->section ? NULL : find_word(entry->word);
		if (word)
			read_entry(&r, word, entry);
	}
	if (errors->count == before) {
		require_tls(&r);
		require_words(&r, kind);
	}
	return errors->count == before ? 0 : -1;
}
