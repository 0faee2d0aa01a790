/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The FILE that some commands begin with. */
#ifndef LBVS_LBCTL_FILE_H
#define LBVS_LBCTL_FILE_H

#include "config.h"
#include "lbctl.h"

/* The next word, or NULL with the person told. */
const char *file_word(const struct lbctl_command *command,
		      struct parse *words);

/* No word is left, or the person is told. */
int file_no_more(const struct lbctl_command *command, struct parse *words);

/*
 * Reads and checks it; "-" is the standard input. All but LBCTL_OK have
 * told the person why. The config is to be freed in any case.
 */
int file_load(const char *name, struct config *config);
/* The same, and whether the files that it names can be read. */
int file_load_files(const char *name, struct config *config);

#endif
