// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	OPTION_COUNT = 1,
	OPTION_SOURCE,
	OPTION_SPORT,
	OPTION_PARALLEL,
	OPTION_TIMEOUT,
	OPTION_SIZE,
	OPTION_EACH,
	OPTION_RESET,
	OPTION_NO_CHECKSUM,
	OPTION_DONT_FRAGMENT,
	OPTION_UPLOAD,
	OPTION_RATE,
};

static const struct option long_options[] = {
	{ "count", required_argument, NULL, OPTION_COUNT },
	{ "source", required_argument, NULL, OPTION_SOURCE },
	{ "sport", required_argument, NULL, OPTION_SPORT },
	{ "parallel", required_argument, NULL, OPTION_PARALLEL },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "size", required_argument, NULL, OPTION_SIZE },
	{ "each", no_argument, NULL, OPTION_EACH },
	{ "reset", no_argument, NULL, OPTION_RESET },
	{ "no-checksum", no_argument, NULL, OPTION_NO_CHECKSUM },
	{ "dont-fragment", no_argument, NULL, OPTION_DONT_FRAGMENT },
	{ "upload", no_argument, NULL, OPTION_UPLOAD },
	{ "rate", required_argument, NULL, OPTION_RATE },
	{ NULL, 0, NULL, 0 },
};

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static void read_sources(const char *text, struct client_options *options)
{
	char *first = strdup(text);
	char *last = strchr(first, '-');
	union address end;

	if (last)
		*last++ = 0;
	address_parse(first, &options->source);
	options->sources = 1;
	if (last) {
		address_parse(last, &end);
		options->sources += address_distance(&options->source, &end);
	}
	options->has_source = true;
	free(first);
}

static void read_option(int option, struct client_options *options)
{
	switch (option) {
	case OPTION_COUNT:
		options->count = strtoul(optarg, NULL, 0);
		break;
	case OPTION_SOURCE:
		read_sources(optarg, options);
		break;
	case OPTION_SPORT:
		span_parse(optarg, &options->source_ports);
		break;
	case OPTION_PARALLEL:
		options->parallel = strtoul(optarg, NULL, 0);
		break;
	case OPTION_TIMEOUT:
		options->timeout_ms = strtoul(optarg, NULL, 0);
		break;
	case OPTION_SIZE:
		options->size = strtoul(optarg, NULL, 0);
		break;
	case OPTION_EACH:
		options->each = true;
		break;
	case OPTION_RESET:
		options->reset = true;
		break;
	case OPTION_NO_CHECKSUM:
		options->no_checksum = true;
		break;
	case OPTION_DONT_FRAGMENT:
		options->dont_fragment = true;
		break;
	case OPTION_UPLOAD:
		options->upload = true;
		break;
	case OPTION_RATE:
		options->rate = strtoull(optarg, NULL, 0);
		break;
	default:
		exit(2);
	}
}

/* argv[0] is the command, then: tcp|udp ADDR PORT OPTION... */
void client_options(int argc, char **argv, struct client_options *options)
{
	int option;

	memset(options, 0, sizeof(*options));
	options->count = 1;
	options->parallel = 1;
	options->timeout_ms = 5000;
	options->source_ports.count = 1;
	options->sources = 1;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		read_option(option, options);
	argv += optind;
	if (argc - optind != 3)
		errx(2, "wanted: tcp|udp ADDR PORT");
	if (strcmp(argv[0], "tcp") && strcmp(argv[0], "udp"))
		errx(2, "neither tcp nor udp: %s", argv[0]);
	options->type = argv[0][0] == 't' ? SOCK_STREAM : SOCK_DGRAM;
	address_parse(argv[1], &options->target);
	span_parse(argv[2], &options->ports);
	if (!options->parallel || !options->sources)
		errx(2, "a count of zero");
	if (options->type == SOCK_DGRAM && !options->source_ports.first)
		options->own_ports = ports_take(options->count);
}

static void set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		err(1, "setsockopt %d %d", level, name);
}

static void set_options(int fd, const struct client_options *options)
{
	bool v6 = options->target.any.sa_family == AF_INET6;

	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (v6)
		set(fd, SOL_IPV6, IPV6_RECVERR, 1);
	else
		set(fd, SOL_IP, IP_RECVERR, 1);
	/* Any address of a prefix that is routed here may be a source. */
	set(fd, SOL_IP, IP_FREEBIND, 1);
	if (options->no_checksum)
		set(fd, SOL_SOCKET, SO_NO_CHECK, 1);
	if (options->dont_fragment && v6)
		set(fd, SOL_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
	else if (options->dont_fragment)
		set(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
}

/* Source addresses step fastest, then source ports, then target ports. */
static void bind_source(int fd, const struct client_options *options,
			unsigned int index)
{
	union address source = options->source;
	unsigned int turn = index / options->sources;

	if (!options->has_source && !options->source_ports.first &&
	    !options->own_ports)
		return;
	if (options->has_source)
		address_step(&source, index % options->sources);
	else
		source.any.sa_family = options->target.any.sa_family;
	if (options->source_ports.first)
		address_set_port(&source,
				 options->source_ports.first +
					 turn % options->source_ports.count);
	else if (options->own_ports)
		address_set_port(&source, options->own_ports + index % PORTS);
	else
		/*
		 * No port yet: connect() finds one that is free for the
		 * pair, of which there are far more than free ports.
		 */
		set(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (bind(fd, &source.any, address_size(&source)))
		err(1, "bind %s %u", address_text(&source),
		    address_port(&source));
}

/* A socket that is connecting, or -1 with errno. */
int client_open(const struct client_options *options, unsigned int index)
{
	union address target = options->target;
	unsigned int combinations =
		options->sources * options->source_ports.count;
	int fd;

	address_set_port(&target,
			 options->ports.first +
				 index / combinations % options->ports.count);
	fd = socket(target.any.sa_family,
		    options->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	set_options(fd, options);
	bind_source(fd, options, index);
	if (connect(fd, &target.any, address_size(&target)) &&
	    errno != EINPROGRESS) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* How the connection ends when its socket is closed, by us or by our end. */
void client_end_by_reset(int fd, bool reset)
{
	struct linger linger = { .l_onoff = reset, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

void client_close(int fd, bool reset)
{
	client_end_by_reset(fd, reset);
	close(fd);
}

/* The server is to have seen the address that we have. */
bool client_read_greeting(const char *line, int fd, char *name, size_t size,
			  bool *right_client)
{
	union address seen, own;
	socklen_t length = sizeof(own);
	char text[64], who[64];
	unsigned int port, local_port;

	if (sscanf(line, "%63s %63s %u %u\n", who, text, &port, &local_port) !=
	    4)
		return false;
	snprintf(name, size, "%s", who);
	address_parse(text, &seen);
	address_set_port(&seen, port);
	if (getsockname(fd, &own.any, &length))
		err(1, "getsockname");
	*right_client = address_equal(&seen, &own);
	return true;
}
