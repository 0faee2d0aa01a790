// SPDX-License-Identifier: GPL-2.0-or-later
/* The agent of the file: the program that makes the checks. */
#include <stddef.h>
#include <string.h>

#include "config_check.h"
#include "config_probe.h"
#include "value.h"
#include "words.h"

struct agent_word {
	const char *word;
	size_t offset;			/* in struct check_agent */
	uint32_t min, max;		/* of a time in milliseconds */
	const struct words_entry *words;	/* it is a word of these */
};

static const struct agent_word agent_words[] = {
	{ "lease", offsetof(struct check_agent, lease),
	  LBVS_LEASE_MIN, LBVS_LEASE_MAX, NULL },
	{ "grace", offsetof(struct check_agent, grace),
	  0, LBVS_LEASE_MAX, NULL },
	{ "on-expiry", offsetof(struct check_agent, on_expiry), 0, 0,
	  words_on_expiry },
};

#define AGENT_WORDS (sizeof(agent_words) / sizeof(agent_words[0]))

const char *config_check_agent_word(size_t i)
{
	return i < AGENT_WORDS ? agent_words[i].word : NULL;
}

static int read_entry(const struct config_node *entry,
		      const struct agent_word *word, struct check_agent *agent,
		      struct config_errors *errors)
{
	uint32_t *field = (uint32_t *)((char *)agent + word->offset);
	char least[VALUE_NUMBER_SIZE], most[VALUE_NUMBER_SIZE];
	const char *value = config_probe_value(entry, errors);
	char expected[64];

	if (!value)
		return -1;
	if (word->words) {
		words_enumerate(word->words, expected, sizeof(expected));
		if (words_read(word->words, value, field))
			return 0;
		return config_fail(errors, entry->line, "%s \"%s\": expected "
				   "%s", entry->word, value, expected);
	}
	if (value_read_duration(value, word->min, word->max, field))
		return 0;
	return config_fail(errors, entry->line, "%s \"%s\": expected a time "
			   "from %s to %s, such as 500ms, 5s, 1m",
			   entry->word, value, value_duration(word->min, least),
			   value_duration(word->max, most));
}

int config_check_read_agent(const struct config_node *section,
			    struct check_agent *agent,
			    struct config_errors *errors)
{
	const struct config_node *entry;
	uint32_t seen = 0;
	int ret = 0;
	size_t i;

	if (!value_read_name(section->title, agent->name))
		ret = config_fail(errors, section->line, "agent \"%s\": "
				  "expected a name: 1 to 31 letters, digits, "
				  "dots, underscores and dashes, a letter or "
				  "digit first", section->title);
	for (entry = section->first; entry; entry = entry->next) {
		for (i = 0; i < AGENT_WORDS; i++)
			if (!strcmp(agent_words[i].word, entry->word))
				break;
		if (entry->section || i == AGENT_WORDS)
			continue;	/* config_read.c tells of it */
		if (seen & (1u << i))
			ret = config_fail(errors, entry->line,
					  "\"%s\" is given twice", entry->word);
		else
			ret |= read_entry(entry, &agent_words[i], agent,
					  errors);
		seen |= 1u << i;
	}
	return ret;
}
