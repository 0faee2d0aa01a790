// SPDX-License-Identifier: GPL-2.0-or-later
#include "lbctl.h"

void arm_cells(struct print *p, const struct model_arm *arm)
{
	print_str(p, "dev", "dev", arm->dev);
	print_uint(p, "ifindex", "ifindex", model_has(arm, LBVS_A_ARM_IFINDEX),
		   arm->ifindex);
}

void arm_table(struct print *p, const char *key, const struct model_list *list)
{
	const struct model_arm *arm;

	print_list_begin(p, key, PRINT_TABLE);
	model_for_each(arm, list) {
		print_row_begin(p);
		arm_cells(p, arm);
		print_row_end(p);
	}
	print_list_end(p);
}

static void arm_row(struct print *p, const struct model_head *m)
{
	arm_cells(p, (const struct model_arm *)m);
}

static int arm_show(struct lbctl *ctl, const struct lbctl_command *command,
		    struct parse *words)
{
	return lbctl_list(ctl, command, words, arm_row, LBVS_A_ARM_DEV);
}

const struct lbctl_command arm_commands[] = {
	{ "add", lbctl_write, "let a device take the fast path", "DEV",
	  &parse_arm_key, LBVS_CMD_ARM_NEW, "arm" },
	{ "del", lbctl_write, "let it take the slow path again", "DEV",
	  &parse_arm_key, LBVS_CMD_ARM_DEL, "arm" },
	{ "show", arm_show, "list arms", "[ DEV ]",
	  &parse_arm_filter, LBVS_CMD_ARM_GET, "arm" },
	{ 0 }
};
