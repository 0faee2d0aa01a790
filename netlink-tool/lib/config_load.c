// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "config.h"
#include "config_file.h"
#include "config_json.h"

/* No file begins like this, and all JSON that can be one does. */
static bool is_json(const struct config_text *text)
{
	char first = text->text[strspn(text->text, " \t\r\n")];

	return first == '{' || first == '[';
}

static struct config_node *read_tree(FILE *in, struct config_errors *errors,
				     bool *json)
{
	struct config_node *tree = NULL;
	struct config_text text;

	if (!config_text_read(&text, in, errors)) {
		*json = is_json(&text);
		tree = *json ? config_json_read(&text, errors) :
			       config_file_read(&text, errors);
	}
	config_text_free(&text);
	return tree;
}

/* What stood for lines until here is for nobody else. */
static void forget_lines(struct config *config)
{
	size_t i;

	for (i = 0; i < config->places; i++)
		config->place[i].line = 0;
}

static int load(FILE *in, struct config *config, struct config_errors *errors,
		bool files)
{
	bool whole, json = false;
	struct config_node *tree;

	memset(config, 0, sizeof(*config));
	tree = read_tree(in, errors, &json);
	whole = !config_has_failed(errors);
	if (tree)
		config_read(tree, config, errors);
	/* What is missing may stand behind the place where reading ended. */
	if (tree && whole)
		config_judge(config, errors);
	if (tree && files)
		config_judge_files(config, errors);
	if (tree && json) {
		config_json_place(tree, errors);
		forget_lines(config);
	}
	config_node_free(tree);
	return config_has_failed(errors) ? -1 : 0;
}

int config_load(FILE *in, struct config *config, struct config_errors *errors)
{
	return load(in, config, errors, false);
}

int config_load_files(FILE *in, struct config *config,
		      struct config_errors *errors)
{
	return load(in, config, errors, true);
}
