/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with a configuration file: all of it, so that a person mends
 * it in one go.
 */
#ifndef LBVS_TOOL_CONFIG_ERROR_H
#define LBVS_TOOL_CONFIG_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A file that is none of ours would bring one for each of its words. */
#define CONFIG_ERRORS_MAX 100

struct config_error {
	unsigned int line;	/* 0: the file as a whole */
	char *place;		/* in place of the line; NULL: none */
	size_t position;
	char *sentence;
};

struct config_errors {
	struct config_error error[CONFIG_ERRORS_MAX];
	size_t count;
	bool more;		/* than are kept */
};

/* Returns -1, for the caller to return. */
int config_fail(struct config_errors *errors, unsigned int line,
		const char *format, ...) __attribute__((format(printf, 3, 4)));
int config_fail_memory(struct config_errors *errors);

static inline bool config_has_failed(const struct config_errors *errors)
{
	return errors->count;
}

/* In the order of the lines: "FILE:LINE: sentence" or "FILE: place: sentence". */
void config_errors_print(struct config_errors *errors, const char *file,
			 FILE *out);
void config_errors_free(struct config_errors *errors);

#endif
