// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A check in the file is one probe, whose words stand in the check itself, or
 * a group of probes in sections of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "config_check.h"
#include "config_probe.h"
#include "value.h"

struct timing_word {
	const char *word;
	size_t offset;		/* of a uint32_t in struct check_timing */
	bool time;
	uint32_t min, max;
};

#define TIME(name, member)						\
	{ name, offsetof(struct check_timing, member), true,		\
	  CHECK_TIMING_MIN, CHECK_TIMING_MAX }
#define COUNT(name, member)						\
	{ name, offsetof(struct check_timing, member), false,		\
	  1, CHECK_COUNT_MAX }

static const struct timing_word timing_words[] = {
	TIME("inter", inter),
	TIME("timeout", timeout),
	TIME("fastinter", fastinter),
	TIME("downinter", downinter),
	COUNT("fall", fall),
	COUNT("fall-hard", fall_hard),
	COUNT("rise", rise),
	{ "jitter", offsetof(struct check_timing, jitter), false,
	  0, CHECK_JITTER_MAX },
};

#define TIMING_WORDS (sizeof(timing_words) / sizeof(timing_words[0]))

static const char *const own_words[] = { "join", "degrade" };

#define OWN_WORDS (sizeof(own_words) / sizeof(own_words[0]))

const char *config_check_timing_word(size_t i)
{
	return i < TIMING_WORDS ? timing_words[i].word : NULL;
}

const char *config_check_probe_word(size_t i)
{
	return config_probe_word(i);
}

const char *config_check_word(size_t i)
{
	size_t probe_words = 0;

	while (config_probe_word(probe_words))
		probe_words++;
	if (i < probe_words)
		return config_probe_word(i);
	i -= probe_words;
	if (i < OWN_WORDS)
		return own_words[i];
	return config_check_timing_word(i - OWN_WORDS);
}

static const struct timing_word *find_timing(const char *word)
{
	size_t i;

	for (i = 0; i < TIMING_WORDS; i++)
		if (!strcmp(timing_words[i].word, word))
			return &timing_words[i];
	return NULL;
}

static int read_timing(const struct config_node *entry,
		       const struct timing_word *word,
		       struct check_timing *timing,
		       struct config_errors *errors)
{
	uint32_t *field = (uint32_t *)((char *)timing + word->offset);
	char least[VALUE_NUMBER_SIZE], most[VALUE_NUMBER_SIZE];
	const char *value = config_probe_value(entry, errors);
	uint64_t n;

	if (!value)
		return -1;
	if (word->time) {
		if (value_read_duration(value, word->min, word->max, field))
			return 0;
		return config_fail(errors, entry->line, "%s \"%s\": expected a "
				   "time from %s to %s, such as 500ms, 5s, 1m",
				   entry->word, value,
				   value_duration(word->min, least),
				   value_duration(word->max, most));
	}
	if (!value_read_number(value, word->min, word->max, &n))
		return config_fail(errors, entry->line, "%s \"%s\": expected a "
				   "number from %u to %u", entry->word, value,
				   word->min, word->max);
	*field = n;
	return 0;
}

static int fail_twice(const struct config_node *entry,
		      struct config_errors *errors)
{
	return config_fail(errors, entry->line, "\"%s\" is given twice",
			   entry->word);
}

/* Has the section said so before? */
static bool is_second(const struct config_node *entry)
{
	const struct config_node *other;

	for (other = entry->parent->first; other != entry; other = other->next)
		if (!other->section && !strcmp(other->word, entry->word))
			return true;
	return false;
}

int config_check_read_timing(const struct config_node *section,
			     struct check_timing *timing,
			     struct config_errors *errors)
{
	const struct timing_word *word;
	const struct config_node *entry;
	int ret = 0;

	for (entry = section->first; entry; entry = entry->next) {
		word = find_timing(entry->word);
		if (!word)
			continue;	/* config_read.c tells of it */
		if (is_second(entry))
			ret |= fail_twice(entry, errors);
		else
			ret |= read_timing(entry, word, timing, errors);
	}
	return ret;
}

static int read_join(const struct config_node *entry, struct check *check,
		     struct config_errors *errors)
{
	const char *value = config_probe_value(entry, errors);
	uint32_t join;

	if (!value)
		return -1;
	if (!words_read(words_check_join, value, &join))
		return config_fail(errors, entry->line, "join \"%s\": expected "
				   "all-of or any-of", value);
	check->join = join;
	return 0;
}

static int read_degrade(const struct config_node *entry, struct check *check,
			struct config_errors *errors)
{
	const char *value = config_probe_value(entry, errors);
	uint64_t percent;

	if (!value)
		return -1;
	if (!value_read_number(value, 1, 99, &percent))
		return config_fail(errors, entry->line, "degrade \"%s\": "
				   "expected a percentage from 1 to 99", value);
	check->degrade = percent;
	return 0;
}

static int read_own(const struct config_node *entry, struct check *check,
		    struct config_errors *errors)
{
	if (is_second(entry))
		return fail_twice(entry, errors);
	if (!strcmp(entry->word, "join"))
		return read_join(entry, check, errors);
	if (!strcmp(entry->word, "degrade"))
		return read_degrade(entry, check, errors);
	return 0;
}

static const struct config_node *find(const struct config_node *section,
				      const char *word, bool is_section)
{
	const struct config_node *node;

	for (node = section->first; node; node = node->next)
		if (node->section == is_section && !strcmp(node->word, word))
			return node;
	return NULL;
}

/* The words of a probe stand in the check only if there is no other. */
static int fail_beside(const struct config_node *section,
		       struct config_errors *errors)
{
	const struct config_node *entry;
	int ret = 0;

	for (entry = section->first; entry; entry = entry->next)
		if (!entry->section && config_probe_has_word(entry->word))
			ret |= config_fail(errors, entry->line, "\"%s\" stands "
					   "beside a section \"probe\": put it "
					   "into one of them", entry->word);
	return ret;
}

static int read_group(const struct config_node *section, struct check *check,
		      struct config_errors *errors)
{
	const struct config_node *node;
	int ret = fail_beside(section, errors);

	for (node = section->first; node; node = node->next) {
		if (!node->section || strcmp(node->word, "probe"))
			continue;
		if (check->probes == CHECK_PROBES_MAX)
			return config_fail(errors, node->line, "\"probe\": a "
					   "check has %u of them at most",
					   CHECK_PROBES_MAX);
		ret |= config_probe_read(node, check, errors);
	}
	return ret;
}

/* Without any word of a probe, somebody else gives the verdicts. */
static bool says_probe(const struct config_node *section)
{
	const struct config_node *entry;

	for (entry = section->first; entry; entry = entry->next)
		if (!entry->section && config_probe_has_word(entry->word))
			return true;
	return false;
}

/* Settings of what is not made would be believed to have an effect. */
static int fail_idle(const struct config_node *section,
		     struct config_errors *errors)
{
	const struct config_node *entry = section->first;

	if (!entry)
		return 0;
	return config_fail(errors, entry->line, "\"%s\": the check \"%s\" has "
			   "no kind, so nothing is probed", entry->word,
			   section->title);
}

int config_check_read(const struct config_node *section, struct check *check,
		      struct config_errors *errors)
{
	const struct config_node *entry, *join = find(section, "join", false);
	int ret;

	ret = config_check_read_timing(section, &check->timing, errors);
	for (entry = section->first; entry; entry = entry->next)
		if (!entry->section)
			ret |= read_own(entry, check, errors);
	if (find(section, "probe", true))
		return ret | read_group(section, check, errors);
	if (join)
		ret |= config_fail(errors, join->line, "\"join\" goes only "
				   "with sections \"probe\"");
	if (says_probe(section))
		return ret | config_probe_read(section, check, errors);
	return ret | fail_idle(section, errors);
}
