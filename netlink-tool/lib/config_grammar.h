/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sections a configuration file has, and which words go into each. */
#ifndef LBVS_TOOL_CONFIG_GRAMMAR_H
#define LBVS_TOOL_CONFIG_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

struct config_grammar {
	const char *word;	/* that begins the section */
	bool titled;
	/* The words of its entries, one by one; NULL past the last. */
	const char *(*entry)(size_t i);
	/* The sections in it, up to a NULL; or NULL. */
	const struct config_grammar *const *sections;
};

/* The file as a whole. */
extern const struct config_grammar config_grammar;

/* Is there such an entry? And such a section? */
bool config_grammar_has_entry(const struct config_grammar *g, const char *word);
const struct config_grammar *
config_grammar_section(const struct config_grammar *g, const char *word);

/* Is there a section of this word anywhere? */
bool config_grammar_names_section(const char *word);

/* "address, weight, admin" */
void config_grammar_enumerate(const struct config_grammar *g, char *buf,
			      size_t size);

#endif
