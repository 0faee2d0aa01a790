/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a configuration file as libconfuse can be trusted with it.
 *
 * Left to itself libconfuse 3.3 loses count of lines at comments, drops
 * characters that it does not know, puts environment variables into words,
 * and begins the next file inside a quotation that this one left open. So
 * comments become blanks here, and the rest is refused.
 */
#ifndef LBVS_TOOL_CONFIG_TEXT_H
#define LBVS_TOOL_CONFIG_TEXT_H

#include <stdio.h>

#include "config_error.h"

#define CONFIG_TEXT_MAX (64 << 20)

struct config_text {
	char *text;		/* ends in a NUL */
	size_t length;
	/* Where each section begins, in the order in which they end. */
	unsigned int *began;
	size_t sections;
};

/* All that can be read from "in". 0 or -1. */
int config_text_read(struct config_text *t, FILE *in,
		     struct config_errors *errors);
int config_text_clean(struct config_text *t, struct config_errors *errors);
void config_text_free(struct config_text *t);

#endif
