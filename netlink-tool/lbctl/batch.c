// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands from a file, a line each, all in force at one moment or none. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lbctl.h"
#include "nl_batch.h"

#define BLANKS	 " \t\r\n"
#define WORDS_MAX 128

/* What can be part of a transaction; their other commands are refused. */
static const struct {
	const char *name;
	const struct lbctl_command *commands;
} objects[] = {
	{ "pool", pool_commands },
	{ "real", real_commands },
	{ "service", service_commands },
	{ "flush", flush_commands },
};

struct source {
	const char *name;
	FILE *file;
	size_t line;
};

static bool can_be_staged(uint8_t request)
{
	switch (request) {
	case LBVS_CMD_POOL_NEW:
	case LBVS_CMD_POOL_SET:
	case LBVS_CMD_POOL_DEL:
	case LBVS_CMD_REAL_NEW:
	case LBVS_CMD_REAL_SET:
	case LBVS_CMD_REAL_DEL:
	case LBVS_CMD_SERVICE_NEW:
	case LBVS_CMD_SERVICE_SET:
	case LBVS_CMD_SERVICE_DEL:
	case LBVS_CMD_CONFIG_DEL:
		return true;
	default:
		return false;
	}
}

static const struct lbctl_command *find_object(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (!strcmp(objects[i].name, word))
			return objects[i].commands;
	return NULL;
}

/* Is the next word a command that only reads, or takes effect at once? */
static bool is_no_write(const struct lbctl_command *commands,
			const struct parse *words)
{
	const struct lbctl_command *c;
	const char *word = parse_peek(words);

	for (c = commands; word && c->name; c++)
		if (!strcmp(c->name, word))
			return !can_be_staged(c->request);
	return false;
}

static int run_words(struct lbctl *ctl, struct parse *words)
{
	const char *object = parse_next(words);
	const struct lbctl_command *commands = find_object(object);

	if (!commands) {
		lbctl_complain("\"%s\" is not known here: expected pool, real, "
			       "service or flush", object);
		return LBCTL_USAGE;
	}
	if (is_no_write(commands, words)) {
		lbctl_complain("\"%s %s\" cannot be part of a batch", object,
			       parse_peek(words));
		return LBCTL_USAGE;
	}
	return lbctl_run(ctl, object, commands, words);
}

/* Cuts a line into words. A comment begins with a word that begins with #. */
static int run_line(struct lbctl *ctl, const struct source *source, char *line)
{
	char *argv[WORDS_MAX], *word, *rest = NULL;
	struct parse words;
	int argc = 0;

	lbctl_place(source->name, source->line);
	for (word = strtok_r(line, BLANKS, &rest); word && *word != '#';
	     word = strtok_r(NULL, BLANKS, &rest)) {
		if (argc == WORDS_MAX) {
			lbctl_complain("\"%s\" is one word too many", word);
			return LBCTL_USAGE;
		}
		argv[argc++] = word;
	}
	if (!argc)
		return LBCTL_OK;
	parse_init(&words, argc, argv);
	return run_words(ctl, &words);
}

static int run_lines(struct lbctl *ctl, struct source *source)
{
	size_t size = 0;
	char *line = NULL;
	int ret = LBCTL_OK;
	ssize_t length;

	while (!ret && (length = getline(&line, &size, source->file)) >= 0) {
		ctl->line = ++source->line;
		if (strlen(line) == (size_t)length) {
			ret = run_line(ctl, source, line);
			continue;
		}
		lbctl_place(source->name, source->line);
		lbctl_complain("the line has a byte 0");
		ret = LBCTL_USAGE;
	}
	if (!ret && ferror(source->file)) {
		lbctl_place(source->name, 0);
		lbctl_complain("cannot be read: %s", strerror(errno));
		ret = LBCTL_FAILED;
	}
	free(line);
	return ret;
}

/* The line that the kernel did not like, which may not be the last one sent. */
static int refused(struct lbctl *ctl, const char *name,
		   const struct lbnl_batch *batch)
{
	lbctl_place(name, batch->tagged ? batch->tag : 0);
	return lbctl_refused(&ctl->nl.error);
}

static int apply(struct lbctl *ctl, struct source *source)
{
	struct lbnl_batch batch;
	int ret;

	ret = lbctl_connect(ctl);
	if (ret)
		return ret;
	if (lbnl_batch_begin(&batch, &ctl->nl, NULL))
		return lbctl_refused(&ctl->nl.error);
	ctl->batch = &batch;
	ret = run_lines(ctl, source);
	ctl->batch = NULL;
	if (ret) {
		lbnl_batch_abort(&batch);
		return ret == LBCTL_STAGE ? refused(ctl, source->name, &batch) :
			ret;
	}
	if (lbnl_batch_commit(&batch, NULL))
		return refused(ctl, source->name, &batch);
	return LBCTL_OK;
}

static int batch_run(struct lbctl *ctl, const struct lbctl_command *command,
		     struct parse *words)
{
	const char *name = parse_next(words);
	struct source source = { .name = name, .file = stdin };
	int ret;

	if (!name || parse_peek(words)) {
		if (name)
			lbctl_complain("\"%s\" is one word too many",
				       parse_peek(words));
		else
			lbctl_complain("the name of the file is missing");
		lbctl_usage(stderr, true, command->object, command);
		return LBCTL_USAGE;
	}
	if (!strcmp(name, "-"))
		source.name = "stdin";
	else
		source.file = fopen(name, "re");
	if (!source.file) {
		lbctl_complain("\"%s\": cannot be opened: %s", name,
			       strerror(errno));
		return LBCTL_FAILED;
	}
	ret = apply(ctl, &source);
	if (source.file != stdin)
		fclose(source.file);
	return ret;
}

const struct lbctl_command batch_commands[] = {
	{ "", batch_run,
	  "carry out write commands, a line each, as one transaction",
	  "{ FILE | - }", NULL, 0, "batch" },
	{ 0 }
};
