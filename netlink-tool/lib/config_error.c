// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config_error.h"

int config_fail(struct config_errors *errors, unsigned int line,
		const char *format, ...)
{
	struct config_error *error;
	va_list args;

	if (errors->count == CONFIG_ERRORS_MAX) {
		errors->more = true;
		return -1;
	}
	error = &errors->error[errors->count];
	error->line = line;
	error->place = NULL;
	error->position = errors->count++;
	va_start(args, format);
	if (vasprintf(&error->sentence, format, args) < 0)
		error->sentence = NULL;
	va_end(args);
	return -1;
}

int config_fail_memory(struct config_errors *errors)
{
	return config_fail(errors, 0, "out of memory");
}

static int compare_lines(const void *left, const void *right)
{
	const struct config_error *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->position < b->position ? -1 : a->position > b->position;
}

void config_errors_print(struct config_errors *errors, const char *file,
			 FILE *out)
{
	const struct config_error *error;
	size_t i;

	qsort(errors->error, errors->count, sizeof(errors->error[0]),
	      compare_lines);
	for (i = 0; i < errors->count; i++) {
		error = &errors->error[i];
		fprintf(out, "%s:", file);
		if (error->place)
			fprintf(out, " %s:", error->place);
		else if (error->line)
			fprintf(out, "%u:", error->line);
		fprintf(out, " %s\n",
			error->sentence ? error->sentence : "out of memory");
	}
	if (errors->more)
		fprintf(out, "%s: and more errors than these %d\n", file,
			CONFIG_ERRORS_MAX);
}

void config_errors_free(struct config_errors *errors)
{
	size_t i;

	for (i = 0; i < errors->count; i++) {
		free(errors->error[i].sentence);
		free(errors->error[i].place);
	}
	memset(errors, 0, sizeof(*errors));
}
