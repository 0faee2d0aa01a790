// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A SYN as a client sends it: one without options is easily told from that. */
struct syn {
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t mss[4];
};

/* What the checksum of TCP covers besides the segment. */
struct pseudo {
	uint32_t source;
	uint32_t target;
	uint8_t zero;
	uint8_t proto;
	uint16_t size;
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static uint32_t add_words(uint32_t sum, const void *data, size_t size)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i < size; i += 2)
		sum += byte[i] << 8 | byte[i + 1];
	return sum;
}

static uint16_t checksum(const struct syn *syn)
{
	const size_t size = sizeof(*syn) - sizeof(syn->ip);
	struct pseudo pseudo = {
		.source = syn->ip.saddr,
		.target = syn->ip.daddr,
		.proto = IPPROTO_TCP,
		.size = htons(size),
	};
	uint32_t sum = add_words(0, &pseudo, sizeof(pseudo));

	sum = add_words(sum, &syn->tcp, size);
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return htons(~sum);
}

/* The kernel fills in what is zero of the IP header. */
static void build(const struct client_options *options, unsigned int index,
		  struct syn *syn)
{
	unsigned int turn = index / options->sources;
	union address source = options->source;

	address_step(&source, index % options->sources);
	*syn = (struct syn){
		.ip = {
			.version = 4,
			.ihl = sizeof(syn->ip) / 4,
			.ttl = 64,
			.protocol = IPPROTO_TCP,
			.saddr = source.v4.sin_addr.s_addr,
			.daddr = options->target.v4.sin_addr.s_addr,
		},
		.tcp = {
			.source = htons(options->source_ports.first +
					turn % options->source_ports.count),
			.dest = htons(options->ports.first),
			.seq = htonl(index * 2654435761u),
			.doff = (sizeof(*syn) - sizeof(syn->ip)) / 4,
			.syn = 1,
			.window = htons(64240),
		},
		.mss = { TCPOPT_MAXSEG, TCPOLEN_MAXSEG, 1460 >> 8, 1460 & 255 },
	};
	syn->tcp.check = checksum(syn);
}

static void send_one(const struct client_options *options, int fd,
		     unsigned int index)
{
	struct syn syn;

	build(options, index, &syn);
	if (sendto(fd, &syn, sizeof(syn), 0, &options->target.any,
		   address_size(&options->target)) != sizeof(syn))
		err(1, "send");
}

int flood_main(int argc, char **argv)
{
	struct client_options options;
	unsigned int sent = 0;
	uint64_t began, due;
	int fd;

	client_options(argc, argv, &options);
	if (options.type != SOCK_STREAM ||
	    options.target.any.sa_family != AF_INET || !options.has_source ||
	    !options.source_ports.first || !options.rate)
		errx(2,
		     "wanted: tcp, an IPv4 address, --source, --sport and --rate");
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		err(1, "socket");
	signal(SIGTERM, end);
	began = now_ms();
	while (!ended && sent < options.count) {
		due = (now_ms() - began) * options.rate / 1000;
		while (!ended && sent < due && sent < options.count)
			send_one(&options, fd, sent++);
		usleep(4000);
	}
	printf("sent %u\n", sent);
	return 0;
}
