// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "config.h"
#include "config_file.h"
#include "config_json.h"

int config_load(FILE *in, bool json, struct config *config,
		struct config_errors *errors)
{
	struct config_node *tree;
	bool whole;

	memset(config, 0, sizeof(*config));
	tree = json ? config_json_read(in, errors) :
		      config_file_read(in, errors);
	whole = !config_has_failed(errors);
	if (tree)
		config_read(tree, config, errors);
	/* What is missing may stand behind the place where reading ended. */
	if (tree && whole)
		config_judge(config, errors);
	config_node_free(tree);
	return config_has_failed(errors) ? -1 : 0;
}
