// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "config_tree.h"

struct config_node *config_node_new(const char *word, bool section,
				    unsigned int line)
{
	struct config_node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->word = strdup(word);
	if (!node->word) {
		free(node);
		return NULL;
	}
	node->section = section;
	node->line = line;
	return node;
}

int config_node_set_title(struct config_node *node, const char *title)
{
	free(node->title);
	node->title = strdup(title);
	return node->title ? 0 : -1;
}

int config_node_add_value(struct config_node *node, const char *value)
{
	char **more;

	more = realloc(node->value, (node->values + 1) * sizeof(*more));
	if (!more)
		return -1;
	node->value = more;
	more[node->values] = strdup(value);
	if (!more[node->values])
		return -1;
	node->values++;
	return 0;
}

void config_node_add(struct config_node *parent, struct config_node *node)
{
	node->parent = parent;
	node->next = NULL;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
}

void config_node_free(struct config_node *node)
{
	struct config_node *child;
	size_t i;

	if (!node)
		return;
	while ((child = node->first)) {
		node->first = child->next;
		config_node_free(child);
	}
	for (i = 0; i < node->values; i++)
		free(node->value[i]);
	free(node->value);
	free(node->title);
	free(node->word);
	free(node);
}

char *config_node_join(const struct config_node *node)
{
	size_t size = sizeof("none"), i;
	char *text, *end;

	for (i = 0; i < node->values; i++)
		size += strlen(node->value[i]) + 1;
	text = malloc(size);
	if (!text)
		return NULL;
	if (!node->values)
		return strcpy(text, "none");
	end = text;
	for (i = 0; i < node->values; i++) {
		if (i)
			*end++ = ',';
		end = stpcpy(end, node->value[i]);
	}
	return text;
}

struct config_node *config_node_entry(struct config_node *section,
				      const char *word, const char *value)
{
	struct config_node *node = config_node_new(word, false, 0);

	if (!node)
		return NULL;
	if (config_node_add_value(node, value)) {
		config_node_free(node);
		return NULL;
	}
	config_node_add(section, node);
	return node;
}

struct config_node *config_node_section(struct config_node *section,
					const char *word, const char *title)
{
	struct config_node *node = config_node_new(word, true, 0);

	if (!node)
		return NULL;
	if (title && config_node_set_title(node, title)) {
		config_node_free(node);
		return NULL;
	}
	config_node_add(section, node);
	return node;
}
