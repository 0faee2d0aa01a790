// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "file.h"

const char *file_word(const struct lbctl_command *command,
		      struct parse *words)
{
	const char *word = parse_next(words);

	if (word)
		return word;
	fprintf(stderr, "lbctl: the name of the file is missing\n");
	lbctl_usage(stderr, true, command->object, command);
	return NULL;
}

int file_no_more(const struct lbctl_command *command, struct parse *words)
{
	const char *word = parse_peek(words);

	if (!word)
		return LBCTL_OK;
	fprintf(stderr, "lbctl: \"%s\" is one word too many\n", word);
	lbctl_usage(stderr, true, command->object, command);
	return LBCTL_USAGE;
}

static int load_by(int (*load)(FILE *in, struct config *config,
			       struct config_errors *errors),
		   const char *name, struct config *config)
{
	struct config_errors errors = { .count = 0 };
	FILE *in = strcmp(name, "-") ? fopen(name, "re") : stdin;
	int ret;

	memset(config, 0, sizeof(*config));
	if (!in) {
		fprintf(stderr, "lbctl: \"%s\": cannot open the file: %s\n",
			name, strerror(errno));
		return LBCTL_FAILED;
	}
	ret = load(in, config, &errors);
	if (in != stdin)
		fclose(in);
	if (ret)
		config_errors_print(&errors, name, stderr);
	config_errors_free(&errors);
	return ret ? LBCTL_FAILED : LBCTL_OK;
}

int file_load(const char *name, struct config *config)
{
	return load_by(config_load, name, config);
}

int file_load_files(const char *name, struct config *config)
{
	return load_by(config_load_files, name, config);
}
