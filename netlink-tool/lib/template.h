/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration file with blanks to fill in. Lines that begin with "#%" say
 * which: "#% KEY TYPE DEFAULT HELP", with "-" for no default. In the text, the
 * value stands for @KEY@.
 */
#ifndef LBVS_TOOL_TEMPLATE_H
#define LBVS_TOOL_TEMPLATE_H

#include <stdio.h>

#include "config_error.h"

#define TEMPLATE_KEYS_MAX 32

struct template_key {
	char *word;
	char *type;
	char *value;		/* given or by default; NULL: it is missing */
	char *help;
};

struct template {
	char *text;		/* without the lines of the keys */
	char *title;		/* its first line */
	struct template_key key[TEMPLATE_KEYS_MAX];
	size_t keys;
};

/* 0 or -1. To be freed in either case. */
int template_read(struct template *t, FILE *in, struct config_errors *errors);
void template_free(struct template *t);

/* Takes KEY=VALUE, and says what is wrong with it. 0 or -1. */
int template_set(struct template *t, const char *word,
		 struct config_errors *errors);

/* Writes the text with all values in it, or tells which are missing. */
int template_write(const struct template *t, FILE *out,
		   struct config_errors *errors);

#endif
