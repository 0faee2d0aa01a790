/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration file without its spelling: sections, and in them entries,
 * which are a word and its values. The file and JSON both become this and are
 * both made from this, so neither says what the other can't.
 */
#ifndef LBVS_TOOL_CONFIG_TREE_H
#define LBVS_TOOL_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct config_node {
	struct config_node *next;
	struct config_node *parent;	/* NULL: the whole file */
	const void *owner;		/* while the tree is being made */
	char *word;
	unsigned int line;		/* 0: there are none */
	bool section;

	/* an entry */
	bool list;			/* written in braces */
	size_t values;
	char **value;

	/* a section */
	char *title;			/* NULL: it has none */
	struct config_node *first, *last;
};

/* All of these return NULL or -1 when there is no memory. */
struct config_node *config_node_new(const char *word, bool section,
				    unsigned int line);
int config_node_set_title(struct config_node *node, const char *title);
int config_node_add_value(struct config_node *node, const char *value);
void config_node_add(struct config_node *parent, struct config_node *node);
void config_node_free(struct config_node *node);

/* The values with commas between them, "none" if there are none. */
char *config_node_join(const struct config_node *node);

/* An entry with one value; appended to the section. */
struct config_node *config_node_entry(struct config_node *section,
				      const char *word, const char *value);
/* A section; appended to another one. */
struct config_node *config_node_section(struct config_node *section,
					const char *word, const char *title);

#endif
