// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz fault packet: a datagram that opens a flow, once for every allocation
 * that the kernel makes on its way, and that one fails. The packet may be lost;
 * the next one from the same port is answered. From the gateway itself packets go
 * through the balancer in the context of the task that sends, whose allocations
 * can be counted.
 */
#include "fuzz.h"
#include "fault.h"

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More allocations than that no packet makes. */
#define PACKET_TRIES_MAX 500
#define ANSWER_MS	 2000
/* An answer may be lost for the same reason. */
#define REPEATS 3

static struct addrinfo *resolve(const char *address, const char *port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
					.ai_flags = AI_NUMERICHOST };
	struct addrinfo *info;
	int error = getaddrinfo(address, port, &hints, &info);

	if (error)
		errx(2, "%s port %s: %s", address, port, gai_strerror(error));
	return info;
}

static int open_flow(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, info->ai_addr, info->ai_addrlen))
		err(1, "socket");
	return fd;
}

static bool is_answered(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char buffer[64];
	int i;

	for (i = 0; i < REPEATS; i++) {
		if (send(fd, "x", 1, 0) < 0 && errno != ECONNREFUSED)
			err(1, "send");
		if (poll(&poll_fd, 1, ANSWER_MS) == 1 &&
		    recv(fd, buffer, sizeof(buffer), 0) > 0)
			return true;
	}
	return false;
}

int fault_packets(const char *address, const char *port)
{
	struct addrinfo *info = resolve(address, port);
	unsigned int n, left, lost = 0;

	for (n = 1; n < PACKET_TRIES_MAX; n++) {
		int fd = open_flow(info);
		ssize_t sent;

		fault_set_nth(n);
		sent = send(fd, "x", 1, 0);
		left = fault_left_of_nth();
		fault_set_nth(0);
		lost += sent < 0;
		if (!is_answered(fd))
			errx(1, "no answer after allocation %u failed", n);
		close(fd);
		if (left)
			break;
	}
	freeaddrinfo(info);
	if (n == PACKET_TRIES_MAX)
		errx(1, "no end of allocations");
	printf("packet allocations %u refused %u\n", n - 1, lost);
	return 0;
}
