// SPDX-License-Identifier: GPL-2.0-or-later
#include "change.h"
#include "file.h"
#include "live.h"

/*
 * As those know it who know terraform: 2 means that there is something to do.
 * So wrong words have to be 1 here.
 */
enum {
	PLAN_SAME = 0,
	PLAN_FAILED = 1,
	PLAN_DIFFERS = 2,
};

static int plan(struct lbctl *ctl, const struct lbctl_command *command,
		struct parse *words)
{
	const char *name = file_word(command, words);
	struct plan plan;
	struct config file;
	struct live live;
	int ret;

	if (!name || file_no_more(command, words))
		return PLAN_FAILED;
	ret = file_load(name, &file);
	if (ret) {
		config_free(&file);
		return PLAN_FAILED;
	}
	ret = live_load(ctl, &live) ? PLAN_FAILED : PLAN_SAME;
	if (!ret && plan_make(&plan, &live.config, &live.verdicts, &file)) {
		lbctl_complain("out of memory");
		plan_free(&plan);
		ret = PLAN_FAILED;
	} else if (!ret) {
		change_show(&ctl->print, &plan, live.generation);
		ret = plan.changes ? PLAN_DIFFERS : PLAN_SAME;
		plan_free(&plan);
	}
	live_free(&live);
	config_free(&file);
	return ret;
}

const struct lbctl_command plan_commands[] = {
	{ "", plan, "show what applying the file would change", "FILE",
	  NULL, 0, "plan" },
	{ 0 }
};
