/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From words to a model object. A grammar says which words a command takes;
 * one function reads any of them. Nothing here exits or prints: a word that
 * does not fit leaves a sentence that names it.
 */
#ifndef LBVS_TOOL_PARSE_H
#define LBVS_TOOL_PARSE_H

#include "model.h"

#define PARSE_ERROR_SIZE 512

struct parse {
	int argc;			/* words left */
	char **argv;
	char error[PARSE_ERROR_SIZE];
};

struct parse_grammar;

/* One per form of command: the words after "OBJECT COMMAND". */
extern const struct parse_grammar parse_nothing;	/* of MODEL_STATS */
extern const struct parse_grammar parse_pool_new;
extern const struct parse_grammar parse_pool_set;
extern const struct parse_grammar parse_pool_key;
extern const struct parse_grammar parse_pool_filter;
extern const struct parse_grammar parse_real_new;
extern const struct parse_grammar parse_real_set;
extern const struct parse_grammar parse_real_key;
extern const struct parse_grammar parse_real_drain;
extern const struct parse_grammar parse_real_filter;
extern const struct parse_grammar parse_service_new;
extern const struct parse_grammar parse_service_set;
extern const struct parse_grammar parse_service_key;
extern const struct parse_grammar parse_service_filter;
extern const struct parse_grammar parse_verdict_set;
extern const struct parse_grammar parse_verdict_key;
extern const struct parse_grammar parse_verdict_filter;
extern const struct parse_grammar parse_agent_key;
extern const struct parse_grammar parse_agent_filter;
extern const struct parse_grammar parse_explain;
extern const struct parse_grammar parse_flow_filter;
extern const struct parse_grammar parse_flow_some;	/* one word at least */
extern const struct parse_grammar parse_affinity_filter;
extern const struct parse_grammar parse_arm_key;
extern const struct parse_grammar parse_arm_filter;	/* no words */

/* Of the configuration file: all keywords, whatever the title has said. */
extern const struct parse_grammar parse_pool_file;
extern const struct parse_grammar parse_real_file;
extern const struct parse_grammar parse_real_defaults;
extern const struct parse_grammar parse_service_file;
extern const struct parse_grammar parse_service_defaults;

void parse_init(struct parse *p, int argc, char **argv);

/* The next word, or NULL; taken only by parse_next(). */
const char *parse_peek(const struct parse *p);
const char *parse_next(struct parse *p);

/* Sets the sentence, and returns -1. */
int parse_fail(struct parse *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

enum model_kind parse_kind(const struct parse_grammar *grammar);

/*
 * Reads all the words left into m, which must be able to hold the grammar's
 * kind and is initialised here. Returns 0, or -1 with the sentence set.
 */
int parse_words(struct parse *p, const struct parse_grammar *grammar,
		struct model_head *m);

/* The same for one keyword and its value, into what m holds already. */
int parse_keyword(struct parse *p, const struct parse_grammar *grammar,
		  struct model_head *m);

/* The keywords of a grammar, one by one; NULL past the last. */
const char *parse_keyword_name(const struct parse_grammar *grammar, size_t i);

#endif
