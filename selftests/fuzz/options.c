// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <time.h>

static uint64_t number(const char *name, const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end)
		errx(2, "%s: \"%s\" is no number", name, text);
	return value;
}

void fuzz_options(int argc, char **argv, struct fuzz_options *options)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "workers", required_argument, NULL, 'w' },
		{ "device", required_argument, NULL, 'd' },
		{ "mac", required_argument, NULL, 'm' },
		{ "source", required_argument, NULL, 'f' },
		{ "target", required_argument, NULL, 't' },
		{ "ports", required_argument, NULL, 'p' },
		{ "replies", no_argument, NULL, 'r' },
		{ "foreign", no_argument, NULL, 'x' },
		{ 0 },
	};
	int name, index;

	*options = (struct fuzz_options){
		.seed = fuzz_now_ms(),
		.count = 1000,
		.workers = 4,
	};
	while ((name = getopt_long(argc, argv, "", names, &index)) != -1) {
		switch (name) {
		case 's':
			options->seed = number(names[index].name, optarg);
			break;
		case 'c':
			options->count = number(names[index].name, optarg);
			break;
		case 'w':
			options->workers = number(names[index].name, optarg);
			break;
		case 'd':
			options->device = optarg;
			break;
		case 'm':
			options->mac = optarg;
			break;
		case 'f':
			options->source = optarg;
			break;
		case 't':
			options->target = optarg;
			break;
		case 'p':
			options->ports = optarg;
			break;
		case 'r':
			options->replies = true;
			break;
		case 'x':
			options->foreign = true;
			break;
		default:
			exit(2);
		}
	}
	if (optind < argc)
		errx(2, "what is \"%s\"?", argv[optind]);
	if (!options->count || !options->workers)
		errx(2, "--count and --workers are at least 1");
}

uint64_t fuzz_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}
