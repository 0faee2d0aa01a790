// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "template.h"

#define SUFFIX ".conf"

static const char *folder(void)
{
	const char *other = getenv("LBVS_TEMPLATES");

	return other && *other ? other : LBCTL_TEMPLATES;
}

/* Tells of errors in a word of the command line. */
static int tell(struct config_errors *errors)
{
	size_t i;

	for (i = 0; i < errors->count; i++)
		lbctl_complain("%s", errors->error[i].sentence ?
				     errors->error[i].sentence :
				     "out of memory");
	return LBCTL_USAGE;
}

static int read_template(const char *file, struct template *t)
{
	struct config_errors errors = { .count = 0 };
	FILE *in = fopen(file, "re");
	int ret;

	memset(t, 0, sizeof(*t));
	if (!in)
		return -errno;
	ret = template_read(t, in, &errors);
	fclose(in);
	if (ret)
		config_errors_print(&errors, file, stderr);
	config_errors_free(&errors);
	return ret ? -EINVAL : 0;
}

static char *path_of(const char *name, const char *suffix)
{
	char *path;

	/* A name is no path. */
	if (!*name || *name == '.' || strchr(name, '/') ||
	    asprintf(&path, "%s/%s%s", folder(), name, suffix) < 0)
		return NULL;
	return path;
}

static int is_template(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > strlen(SUFFIX) && entry->d_name[0] != '.' &&
	       !strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX);
}

static void keys_cells(struct print *p, const struct template *t)
{
	char *text = NULL;
	size_t size = 0, i;
	FILE *out;

	if (p->json) {
		print_list_begin(p, "keys", PRINT_TABLE);
		for (i = 0; i < t->keys; i++) {
			print_row_begin(p);
			print_str(p, NULL, "key", t->key[i].word);
			print_str(p, NULL, "type", t->key[i].type);
			print_str(p, NULL, "default", t->key[i].value);
			print_str(p, NULL, "help", t->key[i].help);
			print_row_end(p);
		}
		print_list_end(p);
		return;
	}
	out = open_memstream(&text, &size);
	if (!out) {
		p->failed = true;
		return;
	}
	for (i = 0; i < t->keys; i++)
		fprintf(out, "%s%s", i ? " " : "", t->key[i].word);
	fclose(out);
	print_str(p, "keys", NULL, text);
	free(text);
}

static void list_one(struct print *p, char *file)
{
	char *path = path_of(file, "");
	struct template t;

	if (path && !read_template(path, &t)) {
		file[strlen(file) - strlen(SUFFIX)] = '\0';
		print_row_begin(p);
		print_str(p, "name", "name", file);
		print_str(p, "what for", "title", t.title);
		keys_cells(p, &t);
		print_row_end(p);
		template_free(&t);
	}
	free(path);
}

static int list(struct lbctl *ctl)
{
	struct dirent **entries;
	int count, i;

	count = scandir(folder(), &entries, is_template, alphasort);
	if (count < 0) {
		lbctl_complain("\"%s\": cannot read the folder of the "
			       "templates: %s", folder(), strerror(errno));
		return LBCTL_FAILED;
	}
	print_list_begin(&ctl->print, NULL, PRINT_TABLE);
	for (i = 0; i < count; i++) {
		list_one(&ctl->print, entries[i]->d_name);
		free(entries[i]);
	}
	print_list_end(&ctl->print);
	free(entries);
	return LBCTL_OK;
}

/* It has to be a good file whatever was filled in. */
static int check_text(const char *name, char *text, size_t size)
{
	struct config_errors errors = { .count = 0 };
	FILE *in = fmemopen(text, size, "r");
	struct config config;
	int ret;

	if (!in) {
		lbctl_complain("out of memory");
		return LBCTL_FAILED;
	}
	ret = config_load(in, &config, &errors);
	fclose(in);
	if (ret)
		config_errors_print(&errors, name, stderr);
	config_errors_free(&errors);
	config_free(&config);
	return ret ? LBCTL_FAILED : LBCTL_OK;
}

static int fill(const char *name, struct template *t, struct parse *words)
{
	struct config_errors errors = { .count = 0 };
	char *text = NULL;
	const char *word;
	size_t size = 0;
	FILE *out;
	int ret = 0;

	while ((word = parse_next(words)))
		ret |= template_set(t, word, &errors);
	out = open_memstream(&text, &size);
	if (!out)
		ret = config_fail_memory(&errors);
	if (out && !ret)
		ret = template_write(t, out, &errors);
	if (out)
		fclose(out);
	ret = ret ? tell(&errors) : check_text(name, text, size);
	if (!ret)
		fputs(text, stdout);
	config_errors_free(&errors);
	free(text);
	return ret;
}

static int template(struct lbctl *ctl, const struct lbctl_command *command,
		    struct parse *words)
{
	const char *name = parse_next(words);
	struct template t;
	char *path;
	int ret;

	(void)command;
	if (!name)
		return list(ctl);
	path = path_of(name, SUFFIX);
	ret = path ? read_template(path, &t) : -ENOENT;
	free(path);
	if (ret == -EINVAL) {
		template_free(&t);
		return LBCTL_FAILED;
	}
	if (ret) {
		lbctl_complain("\"%s\": there is no template of this name in "
			       "%s (lbctl template lists them)", name,
			       folder());
		return LBCTL_FAILED;
	}
	ret = fill(name, &t, words);
	template_free(&t);
	return ret;
}

const struct lbctl_command template_commands[] = {
	{ "", template, "list templates of files, or fill one in and print it",
	  "[ NAME KEY=VALUE ... ]", NULL, 0, "template" },
	{ 0 }
};
