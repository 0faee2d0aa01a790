/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration file's spelling: libconfuse's, to a tree and from one. */
#ifndef LBVS_TOOL_CONFIG_FILE_H
#define LBVS_TOOL_CONFIG_FILE_H

#include "config_error.h"
#include "config_tree.h"

/* The whole tree, or NULL; in either case there may be errors. */
struct config_node *config_file_read(FILE *in, struct config_errors *errors);

/* What the caller checks is ferror(). */
void config_file_write(const struct config_node *tree, FILE *out);

#endif
