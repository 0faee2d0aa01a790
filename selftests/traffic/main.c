// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * traffic: servers that say who they are and clients that count the answers.
 * Thousands of connections from one process, because starting a process takes
 * an emulated machine longer than a hundred connections.
 */
#include "traffic.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "serve", serve_main,
	  "NAME ADDR[,ADDR]... KIND/PORT[-PORT]...\n"
	  "	KIND: tcp, udp: greet, then echo; bulk: greet, then send as many\n"
	  "	bytes as asked for; bye: greet, then close. Greeting: the line\n"
	  "	\"NAME CLIENT-ADDR CLIENT-PORT LOCAL-PORT\". Goes on in the\n"
	  "	background once it listens, and prints its process id" },
	{ "ask", ask_main,
	  "tcp|udp ADDR PORT[-PORT] [OPTION]...\n"
	  "	open --count connections one after the other, or --parallel at a\n"
	  "	time, read the greeting, close; with --rate N no more than N a\n"
	  "	second are opened; print \"share NAME N\" per server\n"
	  "	and \"error KIND N\" per way to fail. --each: also a line\n"
	  "	\"each SOURCE PORT TARGET-PORT NAME-OR-ERROR\"" },
	{ "hold", hold_main,
	  "tcp|udp ADDR PORT[-PORT] [OPTION]...\n"
	  "	open --count connections, print as ask does, then obey the lines\n"
	  "	on standard input: ping (ask each for an echo), look (is each still\n"
	  "	there? send nothing), shutdown (half close), reset, close; each is\n"
	  "	answered by a line like \"ping 8 ok 2 reset\"" },
	{ "fetch", fetch_main,
	  "tcp ADDR PORT --size BYTES [--rate BYTES-A-SECOND] [--upload]\n"
	  "	receive BYTES from a bulk port, or with --upload send them through\n"
	  "	an echo port and back, and compare each of them" },
	{ "flood", flood_main,
	  "tcp ADDR PORT --source ADDR-ADDR --sport PORT-PORT --rate N --count N\n"
	  "	send N SYNs a second from addresses that need not be here, until it\n"
	  "	were --count or SIGTERM comes; print \"sent N\"" },
};

static int usage(void)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(stderr, "traffic %s %s\n", commands[i].name,
			commands[i].usage);
	fprintf(stderr,
		"OPTION: --count N --source ADDR[-ADDR] --sport PORT[-PORT]\n"
		"	--parallel N --timeout MS --size BYTES --each\n"
		"	--reset (close with RST) --no-checksum --dont-fragment\n");
	return 2;
}

int main(int argc, char **argv)
{
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return usage();
}
