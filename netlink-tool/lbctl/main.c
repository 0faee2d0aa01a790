// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lbctl.h"

static const struct {
	const char *name;
	const struct lbctl_command *commands;
	const char *help;
} objects[] = {
	{ "pool", pool_commands, "named sets of real servers" },
	{ "real", real_commands, "the real servers of a pool" },
	{ "service", service_commands, "virtual addresses and ports" },
	{ "verdict", verdict_commands, "health of real servers" },
	{ "agent", agent_commands, "programs that watch real servers" },
	{ "flow", flow_commands, "connections that are balanced now" },
	{ "explain", explain_commands, "where a client would go, and why" },
	{ "affinity", affinity_commands, "clients that are remembered with a real" },
	{ "arm", arm_commands, "devices of the fast path" },
	{ "stats", stats_commands, "counters" },
	{ "show", show_commands, "an overview" },
	{ "monitor", monitor_commands, "events as they happen" },
	{ "flush", flush_commands, "remove many things at once" },
	{ "batch", batch_commands, "many changes as one" },
	{ "check", check_commands, "is a configuration file good?" },
	{ "plan", plan_commands, "what applying a file would change" },
	{ "apply", apply_commands, "make the state what a file says" },
	{ "export", export_commands, "the state as a file" },
	{ "template", template_commands, "files to begin with" },
};

#define SYNOPSIS "Usage: lbctl [ -j ] [ -n NETNS ] OBJECT COMMAND ...\n"

#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

static void list_objects(FILE *out, const char *between)
{
	size_t i;

	for (i = 0; i < OBJECTS; i++)
		fprintf(out, "%s%s", i ? between : "", objects[i].name);
}

static void usage(FILE *out)
{
	size_t i;

	fprintf(out, SYNOPSIS
		"       lbctl -h [ OBJECT ]\n"
		"       lbctl -V\n"
		"where  OBJECT := { ");
	list_objects(out, " | ");
	fprintf(out, " }\n\n");
	for (i = 0; i < OBJECTS; i++)
		fprintf(out, "  %-8s  %s\n", objects[i].name, objects[i].help);
	fprintf(out, "\n  -j  JSON\n"
		"  -n  work in a network namespace, as named by ip-netns(8)\n"
		"  -h  help, also on the commands of one object\n"
		"  -V  version\n");
}

static void object_usage(size_t object)
{
	const struct lbctl_command *c = objects[object].commands;

	printf("%s: %s\n", objects[object].name, objects[object].help);
	for (; c->name; c++) {
		lbctl_usage(stdout, c == objects[object].commands,
			    objects[object].name, c);
		printf("\t\t%s\n", c->help);
	}
}

static size_t find_object(const char *word)
{
	size_t i;

	for (i = 0; i < OBJECTS; i++)
		if (!strcmp(objects[i].name, word))
			break;
	return i;
}

static int unknown_object(const char *word)
{
	if (!word) {
		usage(stderr);
		return LBCTL_USAGE;
	}
	fprintf(stderr, "lbctl: \"%s\" is not known here: expected one of ",
		word);
	list_objects(stderr, ", ");
	fprintf(stderr, "\n" SYNOPSIS);
	return LBCTL_USAGE;
}

static int help(const char *word)
{
	size_t object;

	if (!word) {
		usage(stdout);
		return LBCTL_OK;
	}
	object = find_object(word);
	if (object == OBJECTS)
		return unknown_object(word);
	object_usage(object);
	return LBCTL_OK;
}

static int run(struct lbctl *ctl, struct parse *words)
{
	const char *word = parse_next(words);
	size_t object;
	int ret;

	if (!word)
		return unknown_object(NULL);
	object = find_object(word);
	if (object == OBJECTS)
		return unknown_object(word);
	ret = lbctl_run(ctl, word, objects[object].commands, words);
	if (print_done(&ctl->print) && !ret) {
		fprintf(stderr, "lbctl: the output could not be written\n");
		ret = LBCTL_FAILED;
	}
	if (ctl->connected)
		lbnl_close(&ctl->nl);
	return ret;
}

static int bad_option(int why)
{
	fprintf(stderr, "lbctl: \"-%c\" %s\n" SYNOPSIS, optopt,
		why == ':' ? "needs a value" :
		"is not known here: expected -j, -n, -h or -V");
	return LBCTL_USAGE;
}

int main(int argc, char **argv)
{
	struct lbctl ctl = { 0 };
	bool json = false, wants_help = false;
	struct parse words;
	int option;

	/* "+": the options end where the object begins. */
	while ((option = getopt(argc, argv, "+:jn:Vh")) != -1) {
		switch (option) {
		case 'j':
			json = true;
			break;
		case 'n':
			ctl.netns = optarg;
			break;
		case 'V':
			printf("lbctl %s, netlink family %s version %d\n",
			       LBCTL_VERSION, LBVS_FAMILY_NAME,
			       LBVS_FAMILY_VERSION);
			return LBCTL_OK;
		case 'h':
			wants_help = true;
			break;
		default:
			return bad_option(option);
		}
	}
	parse_init(&words, argc - optind, argv + optind);
	if (wants_help)
		return help(parse_peek(&words));
	print_init(&ctl.print, stdout, json);
	return run(&ctl, &words);
}
