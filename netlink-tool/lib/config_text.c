// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "config_text.h"

#define CHUNK 65536

struct brace {
	unsigned int line;
	bool list;		/* "= {": it holds values, not entries */
};

struct cleaner {
	struct config_text *t;
	struct config_errors *errors;
	size_t at;
	unsigned int line;
	char before;		/* the last character that was no blank */
	struct brace *open;
	size_t depth, room;
	size_t began_room;
};

int config_text_read(struct config_text *t, FILE *in,
		     struct config_errors *errors)
{
	size_t room = 0, n;
	char *more;

	memset(t, 0, sizeof(*t));
	do {
		if (room - t->length < CHUNK + 1) {
			room = room * 2 + CHUNK + 1;
			more = realloc(t->text, room);
			if (!more)
				return config_fail_memory(errors);
			t->text = more;
		}
		n = fread(t->text + t->length, 1, CHUNK, in);
		t->length += n;
		if (t->length > CONFIG_TEXT_MAX)
			return config_fail(errors, 0, "the file is larger "
					   "than %d MiB",
					   CONFIG_TEXT_MAX >> 20);
	} while (n);
	if (ferror(in))
		return config_fail(errors, 0, "%s", strerror(errno));
	t->text[t->length] = '\0';
	if (strlen(t->text) != t->length)
		return config_fail(errors, 0, "this is no text: it has a byte "
				   "of value 0");
	return 0;
}

void config_text_free(struct config_text *t)
{
	free(t->text);
	free(t->began);
	memset(t, 0, sizeof(*t));
}

static char peek(const struct cleaner *c, size_t ahead)
{
	return c->at + ahead < c->t->length ? c->t->text[c->at + ahead] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Does a word, if any, begin here? */
static bool is_word_start(const struct cleaner *c)
{
	char last = c->at ? c->t->text[c->at - 1] : ' ';

	return is_blank(last) || strchr("={},\"'", last);
}

/* Steps over one character; "blank" leaves nothing of it but its line. */
static void step(struct cleaner *c, bool blank)
{
	char *at = &c->t->text[c->at++];

	if (*at == '\n')
		c->line++;
	else if (blank)
		*at = ' ';
}

static void skip_line_comment(struct cleaner *c)
{
	while (c->at < c->t->length && peek(c, 0) != '\n')
		step(c, true);
}

static int skip_comment(struct cleaner *c)
{
	unsigned int line = c->line;

	step(c, true);
	step(c, true);
	while (peek(c, 0) != '*' || peek(c, 1) != '/') {
		if (c->at == c->t->length)
			return config_fail(c->errors, line,
					   "\"/*\": the comment has no end");
		step(c, true);
	}
	step(c, true);
	step(c, true);
	return 0;
}

static int fail_variable(struct cleaner *c)
{
	return config_fail(c->errors, c->line,
			   "\"${\": no variables here; write it in single "
			   "quotes if it is meant as it stands");
}

/* A backslash is for itself and for the quote alone. */
static int skip_escape(struct cleaner *c, char quote)
{
	char next = peek(c, 1);

	if (next == '\\' || next == quote)
		step(c, false);
	else if (quote == '"' || next == '\n')
		return config_fail(c->errors, c->line,
				   "\"\\\": expected a backslash or the quote "
				   "after a backslash in quotes");
	return 0;
}

static int skip_quotes(struct cleaner *c)
{
	unsigned int line = c->line;
	char quote = peek(c, 0);

	for (step(c, false); peek(c, 0) != quote; step(c, false)) {
		if (c->at == c->t->length)
			return config_fail(c->errors, line,
					   "the quotation (%c) has no end",
					   quote);
		if (quote == '"' && peek(c, 0) == '$' && peek(c, 1) == '{')
			return fail_variable(c);
		if (peek(c, 0) == '\\' && skip_escape(c, quote))
			return -1;
	}
	step(c, false);
	return 0;
}

static int open_brace(struct cleaner *c)
{
	size_t room = c->room ? c->room * 2 : 16;
	struct brace *more;

	if (c->depth == c->room) {
		more = realloc(c->open, room * sizeof(*more));
		if (!more)
			return config_fail_memory(c->errors);
		c->open = more;
		c->room = room;
	}
	c->open[c->depth++] = (struct brace){ c->line, c->before == '=' };
	return 0;
}

static int close_brace(struct cleaner *c)
{
	size_t room = c->began_room ? c->began_room * 2 : 64;
	unsigned int *more;

	if (!c->depth)
		return config_fail(c->errors, c->line,
				   "\"}\": there is no \"{\" for it");
	if (c->open[--c->depth].list)
		return 0;
	if (c->t->sections == c->began_room) {
		more = realloc(c->t->began, room * sizeof(*more));
		if (!more)
			return config_fail_memory(c->errors);
		c->t->began = more;
		c->began_room = room;
	}
	c->t->began[c->t->sections++] = c->open[c->depth].line;
	return 0;
}

/* What libconfuse would pass over in silence, or take for something else. */
static bool is_lost(const struct cleaner *c, char ch)
{
	if (ch == '+')
		return peek(c, 1) != '=';
	return strchr("*|()", ch) || ch == 0x7f ||
	       ((unsigned char)ch < ' ' && !is_blank(ch));
}

static int fail_lost(struct cleaner *c, char ch)
{
	if (ch < ' ' || ch == 0x7f)
		return config_fail(c->errors, c->line, "a control character "
				   "(%#04x) is no part of a word", ch);
	return config_fail(c->errors, c->line,
			   "\"%c\" can stand in quotes only", ch);
}

static int clean_plain(struct cleaner *c)
{
	char ch = peek(c, 0);

	if (ch == '{' && open_brace(c))
		return -1;
	if (ch == '}' && close_brace(c))
		return -1;
	if (ch == '$' && peek(c, 1) == '{')
		return fail_variable(c);
	if (is_lost(c, ch))
		return fail_lost(c, ch);
	if (!is_blank(ch))
		c->before = ch;
	step(c, false);
	return 0;
}

static int clean_next(struct cleaner *c)
{
	bool starts = is_word_start(c);
	char ch = peek(c, 0);

	if (ch == '#' || (starts && ch == '/' && peek(c, 1) == '/')) {
		skip_line_comment(c);
		return 0;
	}
	if (starts && ch == '/' && peek(c, 1) == '*')
		return skip_comment(c);
	if (ch == '"' || ch == '\'') {
		c->before = ch;
		return skip_quotes(c);
	}
	return clean_plain(c);
}

int config_text_clean(struct config_text *t, struct config_errors *errors)
{
	struct cleaner c = { .t = t, .errors = errors, .line = 1 };
	int ret = 0;

	while (!ret && c.at < t->length)
		ret = clean_next(&c);
	if (!ret && c.depth)
		ret = config_fail(errors, c.open[c.depth - 1].line,
				  "\"{\": there is no \"}\" for it");
	free(c.open);
	return ret;
}
