// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "config_check.h"
#include "config_grammar.h"
#include "parse.h"
#include "words.h"

#define PARSE_ENTRIES(name)						\
	static const char *name##_entry(size_t i)			\
	{								\
		return parse_keyword_name(&parse_##name, i);		\
	}

PARSE_ENTRIES(pool_file)
PARSE_ENTRIES(real_file)
PARSE_ENTRIES(real_defaults)
PARSE_ENTRIES(service_file)
PARSE_ENTRIES(service_defaults)

static const char *no_entry(size_t i)
{
	(void)i;
	return NULL;
}

static const char *file_entry(size_t i)
{
	return i ? NULL : "arm";
}

static const char *timeout_entry(size_t i)
{
	return words_timeout[i].word;
}

#define SECTION(name, ...)						\
	static const struct config_grammar name = { __VA_ARGS__ }
#define SECTIONS(...)							\
	(const struct config_grammar *const[]) { __VA_ARGS__, NULL }

SECTION(timeout, "timeout", false, timeout_entry, NULL);
SECTION(service, "service", true, service_file_entry, SECTIONS(&timeout));
SECTION(probe, "probe", false, config_check_probe_word, NULL);
SECTION(check, "check", true, config_check_word, SECTIONS(&probe));
SECTION(real, "real", true, real_file_entry, NULL);
SECTION(pool, "pool", true, pool_file_entry, SECTIONS(&check, &real));
SECTION(agent, "agent", true, config_check_agent_word, NULL);
SECTION(service_defaults, "service", false, service_defaults_entry,
	SECTIONS(&timeout));
SECTION(real_defaults, "real", false, real_defaults_entry, NULL);
SECTION(check_defaults, "check", false, config_check_timing_word, NULL);
SECTION(defaults, "defaults", false, no_entry,
	SECTIONS(&check_defaults, &real_defaults, &service_defaults));

const struct config_grammar config_grammar = {
	"file", false, file_entry,
	SECTIONS(&defaults, &agent, &pool, &service),
};

const struct config_grammar *
config_grammar_section(const struct config_grammar *g, const char *word)
{
	const struct config_grammar *const *s;

	for (s = g->sections; s && *s; s++)
		if (!strcmp((*s)->word, word))
			return *s;
	return NULL;
}

/* "timeout" is a keyword of a command, but in the file a section. */
bool config_grammar_has_entry(const struct config_grammar *g, const char *word)
{
	size_t i;

	if (config_grammar_section(g, word))
		return false;
	for (i = 0; g->entry(i); i++)
		if (!strcmp(g->entry(i), word))
			return true;
	return false;
}

static bool names_section(const struct config_grammar *g, const char *word)
{
	const struct config_grammar *const *s;

	for (s = g->sections; s && *s; s++)
		if (!strcmp((*s)->word, word) || names_section(*s, word))
			return true;
	return false;
}

bool config_grammar_names_section(const char *word)
{
	return names_section(&config_grammar, word);
}

static void append(char *buf, size_t size, const char *word)
{
	size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%s", used ? ", " : "", word);
}

void config_grammar_enumerate(const struct config_grammar *g, char *buf,
			      size_t size)
{
	const struct config_grammar *const *s;
	size_t i;

	buf[0] = '\0';
	for (i = 0; g->entry(i); i++)
		if (!config_grammar_section(g, g->entry(i)))
			append(buf, size, g->entry(i));
	for (s = g->sections; s && *s; s++)
		append(buf, size, (*s)->word);
}
