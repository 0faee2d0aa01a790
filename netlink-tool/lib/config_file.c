// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libconfuse calls back at each value and at the end of each section. What it
 * has called with since a section began is kept on a pile, and at the end of
 * the section becomes its content. So a title that is used twice is two
 * sections here, where libconfuse by itself would forget the first.
 *
 * It stops at a word that it does not know. Then the word is made known to it
 * as an entry like any other, and the file read once more: whoever reads the
 * tree tells of the word, and of what else is wrong.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <confuse.h>

#include "config_file.h"
#include "config_grammar.h"

#define UNKNOWN_MAX	32
#define ENTRIES_MAX	64	/* words of a section */

struct unknown {
	char *section;
	char *word;
};

struct reading {
	struct config_errors *errors;
	struct config_text *text;
	size_t ended;			/* sections that have */
	struct config_node *pile;	/* the latest first */
	struct unknown unknown[UNKNOWN_MAX];
	size_t unknowns;
	bool again;
	bool no_memory;
};

/* libconfuse hands no pointer of the caller's through to its callbacks. */
static struct reading *reading;

static void push(struct config_node *node, const void *owner)
{
	node->owner = owner;
	node->next = reading->pile;
	reading->pile = node;
}

static struct config_node *find_last(const cfg_t *section, const char *word)
{
	struct config_node *node;

	for (node = reading->pile; node && node->owner == section;
	     node = node->next)
		if (!node->section && !strcmp(node->word, word))
			return node;
	return NULL;
}

/* The first value of an entry begins it, another goes on with it. */
static int on_value(cfg_t *section, cfg_opt_t *opt, const char *value,
		    void *result)
{
	struct config_node *node = NULL;

	*(const char **)result = value;
	if (cfg_opt_size(opt) > 1)
		node = find_last(section, opt->name);
	if (!node) {
		node = config_node_new(opt->name, false, section->line);
		if (!node)
			goto err_memory;
		push(node, section);
	}
	if (!config_node_add_value(node, value))
		return 0;
err_memory:
	reading->no_memory = true;
	return -1;
}

/* No value, no call: these are found out about at the end of the section. */
static int add_empty_lists(cfg_t *section, unsigned int line)
{
	struct config_node *node;
	cfg_opt_t *opt;
	unsigned int i;

	for (i = 0; i < cfg_num(section); i++) {
		opt = cfg_getnopt(section, i);
		if (opt->type != CFGT_STR || cfg_opt_size(opt) ||
		    !(opt->flags & CFGF_MODIFIED))
			continue;
		node = config_node_new(opt->name, false, line);
		if (!node) {
			reading->no_memory = true;
			return -1;
		}
		push(node, section);
	}
	return 0;
}

/* What belongs to the section, in the order of the file. */
static void take_content(struct config_node *node, const void *owner)
{
	struct config_node *child, *first = NULL;

	while ((child = reading->pile) && child->owner == owner) {
		reading->pile = child->next;
		child->next = first;
		first = child;
	}
	while ((child = first)) {
		first = child->next;
		config_node_add(node, child);
	}
}

static int on_section_end(cfg_t *parent, cfg_opt_t *opt)
{
	cfg_t *section = cfg_opt_getnsec(opt, 0);
	const char *title = cfg_title(section);
	unsigned int line = section->line;
	struct config_node *node;

	if (reading->ended < reading->text->sections)
		line = reading->text->began[reading->ended++];
	if (add_empty_lists(section, line))
		return -1;
	node = config_node_new(opt->name, true, line);
	if (!node || (title && config_node_set_title(node, title))) {
		config_node_free(node);
		reading->no_memory = true;
		return -1;
	}
	take_content(node, section);
	/* libconfuse looks through all titles so far: let there be none. */
	cfg_opt_rmnsec(opt, 0);
	push(node, parent);
	return 0;
}

static bool is_learned(const char *section, const char *word)
{
	size_t i;

	for (i = 0; i < reading->unknowns; i++)
		if (!strcmp(reading->unknown[i].word, word) &&
		    !strcmp(reading->unknown[i].section, section))
			return true;
	return false;
}

static void fail_unknown(cfg_t *section, const char *word)
{
	char expected[512] = "";
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < cfg_num(section) && used < sizeof(expected); i++) {
		const char *name = cfg_getnopt(section, i)->name;

		if (is_learned(cfg_name(section), name))
			continue;
		used += snprintf(expected + used, sizeof(expected) - used,
				 "%s%s", used ? ", " : "", name);
	}
	config_fail(reading->errors, section->line, "\"%s\" is not known "
		    "here: expected one of %s", word, expected);
}

static void learn(cfg_t *section, const char *word)
{
	struct unknown *u = &reading->unknown[reading->unknowns];

	/* It was made known, and that was of no use. */
	if (reading->unknowns == UNKNOWN_MAX ||
	    is_learned(cfg_name(section), word)) {
		fail_unknown(section, word);
		return;
	}
	u->section = strdup(cfg_name(section));
	u->word = strdup(word);
	reading->unknowns++;
	if (!u->section || !u->word)
		reading->no_memory = true;
	reading->again = true;
}

static void on_error(cfg_t *section, const char *format, va_list args)
{
	char sentence[256], *quote;
	const char *word = NULL;
	va_list copy;

	va_copy(copy, args);
	if (strstr(format, "option '%s'"))
		word = va_arg(copy, const char *);
	va_end(copy);
	if (strstr(format, "no such option")) {
		learn(section, word);
		return;
	}
	if (word && is_learned(cfg_name(section), word)) {
		fail_unknown(section, word);
		return;
	}
	vsnprintf(sentence, sizeof(sentence), format, args);
	/* It has its own way to quote. */
	for (quote = sentence; *quote; quote++)
		if (*quote == '\'')
			*quote = '"';
	config_fail(reading->errors, section->line, "%s", sentence);
}

static void add_entry(cfg_opt_t *opts, size_t *n, const char *word)
{
	cfg_opt_t opt = CFG_STR_LIST_CB(word, NULL, CFGF_NODEFAULT, on_value);

	if (*n < ENTRIES_MAX - 1)
		opts[(*n)++] = opt;
}

static void free_options(cfg_opt_t *opts)
{
	cfg_opt_t *opt;

	for (opt = opts; opt && opt->name; opt++)
		free_options(opt->subopts);
	free(opts);
}

/* Copied by libconfuse, so they are freed as soon as it has begun. */
static cfg_opt_t *build_options(const struct config_grammar *g,
				const char *name)
{
	cfg_opt_t *opts = calloc(ENTRIES_MAX, sizeof(*opts));
	const struct config_grammar *const *s;
	size_t n = 0, i;

	if (!opts)
		return NULL;
	for (s = g->sections; s && *s; s++) {
		cfg_opt_t opt = CFG_SEC((*s)->word, NULL, CFGF_MULTI);

		if ((*s)->titled)
			opt.flags |= CFGF_TITLE;
		opt.validcb = on_section_end;
		opt.subopts = build_options(*s, (*s)->word);
		opts[n++] = opt;
		if (!opt.subopts) {
			free_options(opts);
			return NULL;
		}
	}
	for (i = 0; g->entry(i); i++)
		if (!config_grammar_section(g, g->entry(i)))
			add_entry(opts, &n, g->entry(i));
	for (i = 0; i < reading->unknowns; i++)
		if (!strcmp(reading->unknown[i].section, name) &&
		    !config_grammar_has_entry(g, reading->unknown[i].word))
			add_entry(opts, &n, reading->unknown[i].word);
	opts[n] = (cfg_opt_t)CFG_END();
	return opts;
}

static void forget_pile(void)
{
	struct config_node *node;

	while ((node = reading->pile)) {
		reading->pile = node->next;
		node->next = NULL;
		config_node_free(node);
	}
}

static struct config_node *make_tree(cfg_t *file)
{
	struct config_node *tree = config_node_new("file", true, 0), *node;

	/* Of sections that have not ended. */
	while ((node = reading->pile) && node->owner != file) {
		reading->pile = node->next;
		config_node_free(node);
	}

	if (!tree || add_empty_lists(file, 0)) {
		config_node_free(tree);
		reading->no_memory = true;
		return NULL;
	}
	take_content(tree, file);
	return tree;
}

static struct config_node *parse_once(void)
{
	cfg_opt_t *opts = build_options(&config_grammar, "root");
	struct config_node *tree = NULL;
	cfg_t *file;

	reading->again = false;
	reading->ended = 0;
	file = opts ? cfg_init(opts, CFGF_NONE) : NULL;
	free_options(opts);
	if (!file) {
		reading->no_memory = true;
		return NULL;
	}
	cfg_set_error_function(file, on_error);
	/* What was complete before an error is looked at all the same. */
	cfg_parse_buf(file, reading->text->text);
	if (!reading->again)
		tree = make_tree(file);
	forget_pile();
	cfg_free(file);
	return tree;
}

struct config_node *config_file_read(struct config_text *text,
				     struct config_errors *errors)
{
	struct reading r = { .errors = errors, .text = text };
	struct config_node *tree = NULL;
	size_t i;

	if (config_text_clean(text, errors))
		return NULL;
	reading = &r;
	do {
		tree = parse_once();
	} while (r.again && !r.no_memory);
	if (r.no_memory)
		config_fail_memory(errors);
	for (i = 0; i < r.unknowns; i++) {
		free(r.unknown[i].section);
		free(r.unknown[i].word);
	}
	reading = NULL;
	return tree;
}
