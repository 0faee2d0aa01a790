// SPDX-License-Identifier: GPL-2.0-or-later
/* What all commands have in common. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lbctl.h"
#include "nl_batch.h"

#define NETNS_FOLDER "/run/netns"

static struct {
	const char *file;	/* NULL: the command line */
	size_t line;
} place;

void lbctl_place(const char *file, size_t line)
{
	place.file = file;
	place.line = line;
}

void lbctl_complain(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "lbctl: ");
	if (place.file && place.line)
		fprintf(stderr, "%s:%zu: ", place.file, place.line);
	else if (place.file)
		fprintf(stderr, "%s: ", place.file);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void lbctl_usage(FILE *out, bool first, const char *object,
		 const struct lbctl_command *command)
{
	fprintf(out, "%s lbctl %s%s%s%s%s\n", first ? "Usage:" : "      ",
		object,
		command->name[0] ? " " : "", command->name,
		command->syntax ? " " : "",
		command->syntax ? command->syntax : "");
}

static void list_commands(const struct lbctl_command *c, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (; c->name && used < size; c++) {
		if (!c->name[0])
			continue;
		used += snprintf(buf + used, size - used, "%s%s",
				 !used ? "" : c[1].name ? ", " : " or ",
				 c->name);
	}
}

static int unknown_command(const char *object,
			   const struct lbctl_command *commands,
			   const char *word)
{
	const struct lbctl_command *c;
	char expected[128];

	list_commands(commands, expected, sizeof(expected));
	if (word)
		lbctl_complain("\"%s\" is not known here: expected %s", word,
			       expected);
	else
		lbctl_complain("a word is missing after \"%s\": expected %s",
			       object, expected);
	for (c = commands; c->name && !place.file; c++)
		lbctl_usage(stderr, c == commands, object, c);
	return LBCTL_USAGE;
}

int lbctl_run(struct lbctl *ctl, const char *object,
	      const struct lbctl_command *commands, struct parse *words)
{
	const char *word = parse_peek(words);
	const struct lbctl_command *c;

	for (c = commands; c->name; c++) {
		if (strcmp(c->name, word ? word : ""))
			continue;
		parse_next(words);
		return c->run(ctl, c, words);
	}
	/* An object without commands can say best what is too much. */
	if (!commands->name[0] && !commands[1].name)
		return commands->run(ctl, commands, words);
	return unknown_command(object, commands, word);
}

int lbctl_read(const struct lbctl_command *command, struct parse *words,
	       struct model_head *m)
{
	if (!parse_words(words, command->grammar, m))
		return LBCTL_OK;
	lbctl_complain("%s", words->error);
	if (!place.file)
		lbctl_usage(stderr, true, command->object, command);
	return LBCTL_USAGE;
}

static int enter_netns(const char *name)
{
	char path[256];
	int fd, err;

	if (!name[0] || strchr(name, '/') || name[0] == '.') {
		fprintf(stderr, "lbctl: \"%s\": expected the name of a network "
			"namespace\n", name);
		return LBCTL_USAGE;
	}
	snprintf(path, sizeof(path), NETNS_FOLDER "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "lbctl: \"%s\": cannot open the network "
			"namespace: %s\n", name, strerror(errno));
		return LBCTL_FAILED;
	}
	err = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (!err)
		return LBCTL_OK;
	fprintf(stderr, "lbctl: \"%s\": cannot enter the network namespace: "
		"%s%s\n", name, strerror(err),
		err == EPERM ? " (it needs root, CAP_SYS_ADMIN)" : "");
	return LBCTL_FAILED;
}

int lbctl_connect(struct lbctl *ctl)
{
	int ret;

	if (ctl->connected)
		return LBCTL_OK;
	if (ctl->netns) {
		ret = enter_netns(ctl->netns);
		if (ret)
			return ret;
	}
	if (lbnl_open(&ctl->nl))
		return lbctl_refused(&ctl->nl.error);
	ctl->connected = true;
	return LBCTL_OK;
}

int lbctl_refused(const struct lbnl_error *error)
{
	const char *sentence = error->sentence;

	/* What was printed so far comes first. */
	fflush(stdout);
	if (error->no_family) {
		fprintf(stderr, "lbctl: the lbvs module is not loaded "
			"(modprobe lbvs)\n");
		return LBCTL_FAILED;
	}
	if (!sentence[0])
		sentence = error->err == EPERM ?
			"not permitted: this needs root (CAP_NET_ADMIN)" :
			strerror(error->err);
	if (error->word[0])
		lbctl_complain("\"%s\": %s", error->word, sentence);
	else
		lbctl_complain("%s", sentence);
	return LBCTL_FAILED;
}

int lbctl_not_found(const struct lbctl_command *command, const char *name)
{
	fflush(stdout);
	fprintf(stderr, "lbctl: \"%s\": there is no such %s\n", name,
		command->object);
	return LBCTL_FAILED;
}

int lbctl_dump(struct lbctl *ctl, uint8_t request,
	       const struct model_head *filter, struct model_list *list)
{
	int ret = lbctl_connect(ctl);

	memset(list, 0, sizeof(*list));
	if (ret)
		return ret;
	if (lbnl_dump(&ctl->nl, request, filter, list))
		return lbctl_refused(&ctl->nl.error);
	return LBCTL_OK;
}

int lbctl_request(struct lbctl *ctl, uint8_t request,
		  const struct model_head *m, struct model_head *answer)
{
	int ret = lbctl_connect(ctl);

	if (ret)
		return ret;
	if (ctl->batch)
		return lbnl_batch_add(ctl->batch, request, m, ctl->line) ?
			LBCTL_STAGE : LBCTL_OK;
	if (lbnl_request(&ctl->nl, request, m, answer))
		return lbctl_refused(&ctl->nl.error);
	if (ctl->nl.warning[0])
		fprintf(stderr, "lbctl: warning: %s\n", ctl->nl.warning);
	return LBCTL_OK;
}

int lbctl_write(struct lbctl *ctl, const struct lbctl_command *command,
		struct parse *words)
{
	struct model_head *m = model_new(parse_kind(command->grammar));
	int ret;

	if (!m) {
		fprintf(stderr, "lbctl: out of memory\n");
		return LBCTL_FAILED;
	}
	ret = lbctl_read(command, words, m);
	if (!ret)
		ret = lbctl_request(ctl, command->request, m, NULL);
	model_free(m);
	return ret;
}
