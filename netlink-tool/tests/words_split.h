/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line for a test, from one string with spaces. */
#ifndef LBVS_TOOL_WORDS_SPLIT_H
#define LBVS_TOOL_WORDS_SPLIT_H

#include <string.h>

#include "parse.h"

struct words_split {
	char text[1024];
	char *argv[128];
	struct parse parse;
};

static inline struct parse *split(struct words_split *w, const char *line)
{
	char *word, *rest = NULL;
	int argc = 0;

	strcpy(w->text, line);
	for (word = strtok_r(w->text, " ", &rest); word && argc < 128;
	     word = strtok_r(NULL, " ", &rest))
		w->argv[argc++] = word;
	parse_init(&w->parse, argc, w->argv);
	return &w->parse;
}

#endif
