/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command of lbctl prints, and what is expected of it. */
#ifndef LBVS_TOOL_PRINTED_H
#define LBVS_TOOL_PRINTED_H

#include "canned_kernel.h"

#include <jansson.h>

#include "lbctl.h"
#include "words_split.h"

static char *output;

static inline int run_words(const struct lbctl_command *commands, const char *line,
			    bool json)
{
	struct lbctl ctl = { 0 };
	struct words_split w;
	size_t size;
	FILE *out;
	int ret;

	free(output);
	output = NULL;
	asked = 0;
	out = open_memstream(&output, &size);
	assert_non_null(out);
	print_init(&ctl.print, out, json);
	ret = lbctl_run(&ctl, "object", commands, split(&w, line));
	assert_int_equal(print_done(&ctl.print), 0);
	fclose(out);
	return ret;
}

static inline void show(const struct lbctl_command *commands, const char *line)
{
	assert_int_equal(run_words(commands, line, false), LBCTL_OK);
}

static inline void expect_lines(const char *const *lines)
{
	const char *at = output;

	for (; *lines; lines++) {
		at = strstr(at, *lines);
		if (!at)
			fail_msg("no \"%s\" in:\n%s", *lines, output);
	}
}

static inline void expect_end(const char *text)
{
	size_t len = strlen(output);

	if (len < strlen(text) || strcmp(output + len - strlen(text), text))
		fail_msg("no \"%s\" at the end of:\n%s", text, output);
}

static inline void expect_width(size_t most)
{
	const char *line = output;

	while (*line) {
		if (strcspn(line, "\n") > most)
			fail_msg("wide: %.*s", (int)strcspn(line, "\n"), line);
		line += strcspn(line, "\n") + 1;
	}
}

static inline json_t *show_json(const struct lbctl_command *commands,
				const char *line)
{
	json_t *json;

	assert_int_equal(run_words(commands, line, true), LBCTL_OK);
	json = json_loads(output, 0, NULL);
	if (!json)
		fail_msg("not JSON: %s", output);
	return json;
}

static inline int release(void **state)
{
	(void)state;
	free(output);
	return 0;
}

#endif /* LBVS_TOOL_PRINTED_H */
