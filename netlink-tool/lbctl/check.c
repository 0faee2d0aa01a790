// SPDX-License-Identifier: GPL-2.0-or-later
#include "file.h"

static void show_config(struct print *p, const struct config *c)
{
	print_object_begin(p, PRINT_LINE);
	print_text(p, "", "good:");
	print_uint(p, "pools", "pools", true, c->pools.count);
	print_uint(p, "reals", "reals", true, c->reals.count);
	print_uint(p, "services", "services", true, c->services.count);
	print_uint(p, "checks", "checks", true, c->checks.count);
	print_object_end(p);
}

static int check(struct lbctl *ctl, const struct lbctl_command *command,
		 struct parse *words)
{
	const char *name = file_word(command, words);
	struct config config;
	int ret;

	if (!name || file_no_more(command, words))
		return LBCTL_USAGE;
	ret = file_load_files(name, &config);
	if (!ret)
		show_config(&ctl->print, &config);
	config_free(&config);
	return ret;
}

const struct lbctl_command check_commands[] = {
	{ "", check, "is a configuration file good?", "FILE",
	  NULL, 0, "check" },
	{ 0 }
};
