// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz: what makes no sense, in great numbers, from a seed that is printed and
 * can be given again. Whether the kernel minded is for its log to say.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "netlink", netlink_main,
	  "[--workers N] [--foreign]\n"
	  "	send --count messages to the family in this network namespace:\n"
	  "	valid, nearly valid and random ones, from processes some of which\n"
	  "	have no privilege; print what came of them. --foreign: none may\n"
	  "	write here, but some in networks of their own" },
	{ "packet", packet_main,
	  "--device DEV --mac MAC --source ADDR --target ADDR --ports PORT[,PORT]...\n"
	  "	send --count packets by DEV to MAC: TCP, UDP and ICMP errors from\n"
	  "	SOURCE to the service TARGET, mutated and cut short; --replies: from\n"
	  "	the service's ports to TARGET. A DEV named tap... gets them, in\n"
	  "	fragments" },
	{ "fault", fault_main,
	  "\n"
	  "	write each kind of request to the family again and again; the first\n"
	  "	time its first allocation in the kernel fails, then the second,\n"
	  "	until none is left. Wants a network namespace without configuration\n"
	  "	and a device \"spare\" there, the debug kernel, and failslab to heed\n"
	  "	allocations that may wait. \"fault load KO\": the same for loading.\n"
	  "	\"fault packet ADDR PORT\": the same for the first datagram of flows\n"
	  "	to a service that echoes, from the gateway itself" },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, "fuzz %s %s\n", commands[i].name,
			commands[i].usage);
	fprintf(stderr, "Options of the first two: --seed N --count N\n");
	return 2;
}
