// SPDX-License-Identifier: GPL-2.0-or-later
/* Every word as it stands where that can be read, else in single quotes. */
#include <string.h>

#include "config_file.h"

static void write_value(const char *value, FILE *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-:/@%";

	if (*value && !value[strspn(value, plain)] && !strstr(value, "//")) {
		fputs(value, out);
		return;
	}
	fputc('\'', out);
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			fputc('\\', out);
		fputc(*value, out);
	}
	fputc('\'', out);
}

static void write_entry(const struct config_node *node, FILE *out)
{
	bool list = node->list || node->values != 1;
	size_t i;

	fprintf(out, "%s = %s", node->word, list ? "{" : "");
	for (i = 0; i < node->values; i++) {
		fputs(i ? ", " : "", out);
		write_value(node->value[i], out);
	}
	fputs(list ? "}\n" : "\n", out);
}

static void indent(int depth, FILE *out)
{
	while (depth--)
		fputc('\t', out);
}

static void write_node(const struct config_node *node, int depth, FILE *out)
{
	const struct config_node *child;

	indent(depth, out);
	if (!node->section) {
		write_entry(node, out);
		return;
	}
	fprintf(out, "%s ", node->word);
	if (node->title) {
		write_value(node->title, out);
		fputc(' ', out);
	}
	if (!node->first) {
		fputs("{}\n", out);
		return;
	}
	fputs("{\n", out);
	for (child = node->first; child; child = child->next)
		write_node(child, depth + 1, out);
	indent(depth, out);
	fputs("}\n", out);
}

void config_file_write(const struct config_node *tree, FILE *out)
{
	const struct config_node *node;

	for (node = tree->first; node; node = node->next) {
		if (node != tree->first)
			fputc('\n', out);
		write_node(node, 0, out);
	}
}
