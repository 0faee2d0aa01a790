// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a configuration file. What is accepted has to read the same
 * when it is written, as JSON too, and what is refused has to be told of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_file.h"
#include "config_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int load(const void *data, size_t size, struct config *config)
{
	struct config_errors errors = { .count = 0 };
	FILE *in = size ? fmemopen((void *)data, size, "r") :
			  fopen("/dev/null", "r");
	int ret;

	if (!in)
		abort();
	ret = config_load(in, config, &errors);
	fclose(in);
	if (!!ret != !!errors.count)
		abort();
	config_errors_free(&errors);
	return ret;
}

static char *text_of(const struct config *config, bool json, size_t *size)
{
	struct config_node *tree = config_write(config);
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	if (!tree || !out)
		abort();
	if (!json)
		config_file_write(tree, out);
	else if (config_json_write(tree, out))
		abort();
	fclose(out);
	config_node_free(tree);
	return text;
}

static void read_again(const struct config *config, bool json)
{
	size_t size, again_size;
	char *text = text_of(config, json, &size), *again;
	struct config second;

	if (load(text, size, &second))
		abort();
	again = text_of(&second, json, &again_size);
	if (size != again_size || memcmp(text, again, size))
		abort();
	config_free(&second);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;

	if (!load(data, size, &config)) {
		read_again(&config, false);
		/* A device's name may be no UTF-8, and JSON is. */
		config.has_arms = false;
		read_again(&config, true);
	}
	config_free(&config);
	return 0;
}
