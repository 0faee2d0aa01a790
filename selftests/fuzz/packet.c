// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz packet: frames sent by a packet socket, which come in one piece, or as
 * if received by a tap device, which makes of them a head and any number of
 * fragments, so that headers lie across their edges.
 */
#include "packet.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECES_MAX 8

static void parse_mac(const char *text, uint8_t *mac)
{
	if (!text || sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1,
			    mac + 2, mac + 3, mac + 4, mac + 5) != 6)
		errx(2, "--mac is the address of who gets the packets");
}

static void parse_address(const char *text, bool ipv6, uint8_t *address)
{
	if (!text || inet_pton(ipv6 ? AF_INET6 : AF_INET, text, address) != 1)
		errx(2, "\"%s\" is no address of this family", text ?: "");
}

static void parse_ports(const char *text, struct ends *ends)
{
	char *end;

	while (ends->n_ports < PORTS_MAX) {
		ends->ports[ends->n_ports++] = strtoul(text, &end, 10);
		if (*end != ',')
			break;
		text = end + 1;
	}
	if (*end)
		errx(2, "--ports: what is \"%s\"?", end);
}

static void parse_ends(const struct fuzz_options *options, struct ends *ends)
{
	if (!options->device || !options->source || !options->target ||
	    !options->ports)
		errx(2, "--device, --source, --target and --ports are needed");
	*ends = (struct ends){ .from_mac = { 2, 0, 0, 0, 0, 1 } };
	ends->ipv6 = strchr(options->source, ':');
	ends->to_service = !options->replies;
	parse_ports(options->ports, ends);
	parse_mac(options->mac, ends->to_mac);
	parse_address(options->source, ends->ipv6, ends->from);
	parse_address(options->target, ends->ipv6, ends->to);
}

static int open_socket(const char *device)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	address.sll_ifindex = if_nametoindex(device);
	if (fd < 0 || !address.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "%s", device);
	return fd;
}

static int open_tap(const char *device)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_NAPI |
					      IFF_NAPI_FRAGS };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		err(1, "%s", device);
	return fd;
}

/* Cut anywhere: the first piece is the head, the others are fragments. */
static ssize_t write_pieces(int fd, struct random *random, uint8_t *frame,
			    size_t size)
{
	struct iovec pieces[PIECES_MAX];
	int n = 0;

	while (size) {
		size_t piece = size;

		if (n < PIECES_MAX - 1)
			piece = 1 + random_below(random, size < 40 ? size : 40);
		if (!n && size > ETHERNET_SIZE && piece < ETHERNET_SIZE)
			piece = ETHERNET_SIZE;
		pieces[n++] = (struct iovec){ frame, piece };
		frame += piece;
		size -= piece;
	}
	return writev(fd, pieces, n);
}

int packet_main(int argc, char **argv)
{
	struct fuzz_options options;
	static uint8_t frame[PACKET_SIZE];
	uint32_t i, sent = 0;
	struct random random;
	struct ends ends;
	bool tap;
	int fd;

	fuzz_options(argc, argv, &options);
	parse_ends(&options, &ends);
	tap = !strncmp(options.device, "tap", 3);
	fd = tap ? open_tap(options.device) : open_socket(options.device);
	printf("seed %llu\n", (unsigned long long)options.seed);
	fflush(stdout);
	random_start(&random, options.seed, 0);
	for (i = 0; i < options.count; i++) {
		size_t size = packet_build(&random, &ends, frame);
		ssize_t rc = tap ? write_pieces(fd, &random, frame, size) :
				   send(fd, frame, size, 0);

		/* Some the device refuses at once, as the short ones. */
		sent += rc >= 0;
	}
	printf("sent %u\n", sent);
	close(fd);
	return 0;
}
