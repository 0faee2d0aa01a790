/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration file, as the tests of it write one. */
#ifndef LBVS_TOOL_CONFIG_CASE_H
#define LBVS_TOOL_CONFIG_CASE_H

#include "test.h"

#include "config.h"

#define POOL "pool p { check c {} real r { address = 192.0.2.1 } }\n"
#define SERVICE(name, more)						\
	"service " name " { proto = tcp address = 198.51.100.1 pool = p "	\
	more " }\n"

static FILE *open_text(const char *text)
{
	FILE *in = *text ? fmemopen((void *)text, strlen(text), "r") :
			   fopen("/dev/null", "r");

	assert_non_null(in);
	return in;
}

static int load(const char *text, struct config *config,
		struct config_errors *errors)
{
	FILE *in = open_text(text);
	int ret;

	memset(errors, 0, sizeof(*errors));
	ret = config_load(in, config, errors);
	fclose(in);
	return ret;
}

static void accepts(const char *text, struct config *config)
{
	struct config_errors errors;

	if (load(text, config, &errors))
		fail_msg("%s: line %u: %s", text, errors.error[0].line,
			 errors.error[0].sentence);
	config_errors_free(&errors);
}

/* What is printed of it, as "f:LINE: SENTENCE". */
static char *complaints_of(const char *text,
			   int (*load_by)(FILE *in, struct config *config,
					  struct config_errors *errors))
{
	struct config_errors errors = { .count = 0 };
	FILE *in = open_text(text);
	struct config config;
	size_t size = 0;
	char *said = NULL;
	FILE *out = open_memstream(&said, &size);

	assert_non_null(out);
	if (!load_by(in, &config, &errors))
		fail_msg("%s: accepted", text);
	fclose(in);
	config_errors_print(&errors, "f", out);
	fclose(out);
	config_free(&config);
	config_errors_free(&errors);
	return said;
}

static char *complaints(const char *text)
{
	return complaints_of(text, config_load);
}

/* All of "said", separated by |, has to be in it. */
static void complains_of(const char *text, const char *said)
{
	char *all = complaints(text), copy[512], *part, *rest = NULL;

	snprintf(copy, sizeof(copy), "%s", said);
	for (part = strtok_r(copy, "|", &rest); part;
	     part = strtok_r(NULL, "|", &rest))
		if (!strstr(all, part))
			fail_msg("%s\ngives:\n%swithout \"%s\"", text, all,
				 part);
	free(all);
}

#endif /* LBVS_TOOL_CONFIG_CASE_H */
