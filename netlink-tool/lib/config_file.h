/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration file's spelling: libconfuse's, to a tree and from one. */
#ifndef LBVS_TOOL_CONFIG_FILE_H
#define LBVS_TOOL_CONFIG_FILE_H

#include "config_error.h"
#include "config_text.h"
#include "config_tree.h"

/*
 * The tree, of what comes before an error at least; or NULL. The text is
 * cleaned in its place.
 */
struct config_node *config_file_read(struct config_text *text,
				     struct config_errors *errors);

/* What the caller checks is ferror(). */
void config_file_write(const struct config_node *tree, FILE *out);

#endif
