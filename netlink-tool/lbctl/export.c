// SPDX-License-Identifier: GPL-2.0-or-later
#include "config_file.h"
#include "config_json.h"
#include "file.h"
#include "live.h"

static const char preface[] =
	"# The state of lbvs, see lbvs.conf(5). The module knows the checks of a\n"
	"# pool by name only: what they do is in the file that they came from.\n"
	"\n";

static int write_tree(struct lbctl *ctl, const struct config_node *tree)
{
	if (!ctl->print.json) {
		fputs(preface, stdout);
		config_file_write(tree, stdout);
		return LBCTL_OK;
	}
	if (!config_json_write(tree, stdout))
		return LBCTL_OK;
	lbctl_complain("the state can't be written as JSON");
	return LBCTL_FAILED;
}

static int export(struct lbctl *ctl, const struct lbctl_command *command,
		  struct parse *words)
{
	struct config_node *tree;
	struct live live;
	int ret;

	if (file_no_more(command, words))
		return LBCTL_USAGE;
	ret = live_load(ctl, &live);
	if (!ret) {
		tree = config_write(&live.config);
		if (tree) {
			ret = write_tree(ctl, tree);
		} else {
			lbctl_complain("out of memory");
			ret = LBCTL_FAILED;
		}
		config_node_free(tree);
	}
	live_free(&live);
	return ret;
}

const struct lbctl_command export_commands[] = {
	{ "", export, "write the state as a file", NULL, NULL, 0, "export" },
	{ 0 }
};
