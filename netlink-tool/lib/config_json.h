/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same tree as JSON: a section is an object, sections of one kind are an
 * array of objects under their word, a title is the key "name", and a list is
 * an array. Words have underscores for dashes, as in all of lbctl's JSON.
 */
#ifndef LBVS_TOOL_CONFIG_JSON_H
#define LBVS_TOOL_CONFIG_JSON_H

#include "config_error.h"
#include "config_text.h"
#include "config_tree.h"

/*
 * There are no lines to point to. Each section has a number for one, in the order
 * in which they stand.
 */
struct config_node *config_json_read(const struct config_text *text,
				     struct config_errors *errors);

/* Says where the errors are, in words: "pool web, real r1". */
void config_json_place(const struct config_node *tree,
		       struct config_errors *errors);

/* 0, or -1 without memory or when "out" does not take it. */
int config_json_write(const struct config_node *tree, FILE *out);

#endif
