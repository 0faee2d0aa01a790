/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shape of a grammar: for parse.c, parse_value.c and parse_grammar.c, and
 * for config_write.c, which writes what they read.
 */
#ifndef LBVS_TOOL_PARSE_ITEM_H
#define LBVS_TOOL_PARSE_ITEM_H

#include "parse.h"
#include "words.h"

struct parse_item {
	/* A keyword, or for a positional word what to call it. */
	const char *word;
	/*
	 * Reads the value of "word" into m. The keyword itself is taken
	 * already, the value is the next word.
	 */
	int (*read)(struct parse *p, const struct parse_item *item,
		    const char *word, struct model_head *m);
	uint16_t attr;		/* marked as set; 0: the reader does that */
	size_t offset;		/* of the field */
	uint32_t min, max;	/* of a number, or of seconds */
	const struct words_entry *words;
	const char *alias;	/* a word that stands for the number 0 */
};

struct parse_grammar {
	enum model_kind kind;
	const struct parse_item *positional;	/* up to a NULL word */
	int required;				/* how many of them */
	const struct parse_item *keywords;	/* up to a NULL word */
	bool one_at_least;			/* of the keywords */
	uint16_t mandatory;			/* attribute; 0: none */
	const char *mandatory_text;
};

#define PARSE_READER(name)						\
	int name(struct parse *p, const struct parse_item *item,	\
		 const char *word, struct model_head *m)

PARSE_READER(parse_read_name);
PARSE_READER(parse_read_dev);
PARSE_READER(parse_read_number);
PARSE_READER(parse_read_ratio);
PARSE_READER(parse_read_word);
PARSE_READER(parse_read_proto);
PARSE_READER(parse_read_addr);
PARSE_READER(parse_read_ports);
PARSE_READER(parse_read_checks);
PARSE_READER(parse_read_key);
PARSE_READER(parse_read_reason);
PARSE_READER(parse_read_endpoint);
PARSE_READER(parse_read_hash_new);
PARSE_READER(parse_read_hash_set);
PARSE_READER(parse_read_time);
PARSE_READER(parse_read_persist);
PARSE_READER(parse_read_together);
PARSE_READER(parse_read_timeout);
PARSE_READER(parse_read_deadline);
PARSE_READER(parse_read_state);
PARSE_READER(parse_read_client);
PARSE_READER(parse_read_asker);
PARSE_READER(parse_read_asked);

#endif
