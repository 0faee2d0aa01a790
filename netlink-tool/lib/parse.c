// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The engine: parse_words() goes through the positional words of a grammar,
 * then through its keywords in any order. What the values look like is in
 * parse_value.c, and which words a command takes in parse_grammar.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parse_item.h"

void parse_init(struct parse *p, int argc, char **argv)
{
	p->argc = argc;
	p->argv = argv;
	p->error[0] = '\0';
}

const char *parse_peek(const struct parse *p)
{
	return p->argc > 0 ? p->argv[0] : NULL;
}

const char *parse_next(struct parse *p)
{
	const char *word = parse_peek(p);

	if (word) {
		p->argc--;
		p->argv++;
	}
	return word;
}

int parse_fail(struct parse *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, sizeof(p->error), format, args);
	va_end(args);
	return -1;
}

enum model_kind parse_kind(const struct parse_grammar *grammar)
{
	return grammar->kind;
}

/* "pool, sched, or hash"; for the sentence about a word that is none. */
static void list_keywords(const struct parse_item *item, char *buf, size_t size)
{
	size_t used = 0;
	bool last;

	buf[0] = '\0';
	for (; item->word && used < size; item++) {
		last = !item[1].word;
		used += snprintf(buf + used, size - used, "%s%s",
				 !used ? "" : last ? " or " : ", ", item->word);
	}
}

static int fail_unknown(struct parse *p, const struct parse_grammar *g,
			const char *word)
{
	char expected[PARSE_ERROR_SIZE / 2];

	if (!g->keywords)
		return parse_fail(p, "\"%s\" is one word too many", word);
	list_keywords(g->keywords, expected, sizeof(expected));
	return parse_fail(p, "\"%s\" is not known here: expected %s", word,
			  expected);
}

static int read_item(struct parse *p, const struct parse_item *item,
		     const char *word, struct model_head *m)
{
	if (item->attr && m->set & UINT64_C(1) << item->attr)
		return parse_fail(p, "\"%s\" is given twice", word);
	if (item->read(p, item, word, m))
		return -1;
	if (item->attr)
		m->set |= UINT64_C(1) << item->attr;
	return 0;
}

static int read_positional(struct parse *p, const struct parse_grammar *g,
			   struct model_head *m)
{
	const struct parse_item *item = g->positional;
	int i;

	for (i = 0; item && item->word; i++, item++) {
		if (!parse_peek(p)) {
			if (i >= g->required)
				return 0;
			return parse_fail(p, "the %s is missing", item->word);
		}
		if (read_item(p, item, item->word, m))
			return -1;
	}
	return 0;
}

int parse_keyword(struct parse *p, const struct parse_grammar *g,
		  struct model_head *m)
{
	const struct parse_item *item;
	const char *word = parse_next(p);

	for (item = g->keywords; item && item->word; item++)
		if (!strcmp(item->word, word))
			return read_item(p, item, word, m);
	return fail_unknown(p, g, word);
}

const char *parse_keyword_name(const struct parse_grammar *g, size_t i)
{
	return g->keywords[i].word;
}

static int check_complete(struct parse *p, const struct parse_grammar *g,
			  bool any)
{
	char expected[PARSE_ERROR_SIZE / 2];

	if (!g->one_at_least || any)
		return 0;
	list_keywords(g->keywords, expected, sizeof(expected));
	return parse_fail(p, "something is missing: expected at least one of %s",
			  expected);
}

static int check_mandatory(struct parse *p, const struct parse_grammar *g,
			   const struct model_head *m)
{
	if (!g->mandatory || m->set & UINT64_C(1) << g->mandatory)
		return 0;
	return parse_fail(p, "something is missing: expected %s",
			  g->mandatory_text);
}

int parse_words(struct parse *p, const struct parse_grammar *g,
		struct model_head *m)
{
	bool any;

	model_init(m, g->kind);
	if (read_positional(p, g, m))
		return -1;
	any = parse_peek(p);
	while (parse_peek(p))
		if (parse_keyword(p, g, m))
			return -1;
	if (check_complete(p, g, any))
		return -1;
	return check_mandatory(p, g, m);
}
