// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define FIRST_PORT 32768

static int open_ring(void)
{
	const char *folder = getenv("TMPDIR");
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/traffic.port",
		 folder ? folder : "/tmp");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || flock(fd, LOCK_EX))
		err(1, "%s", path);
	return fd;
}

/*
 * The first of count source ports that nobody was given lately. A port that
 * the kernel draws for a UDP socket is the one of an earlier conversation
 * now and then, and what should have been a new flow is then an old one. All
 * clients of the machine take turns, so the next place is kept in a file.
 */
unsigned int ports_take(unsigned int count)
{
	int fd = open_ring();
	unsigned int place = 0;

	if (pread(fd, &place, sizeof(place), 0) < 0)
		err(1, "read traffic.port");
	place %= PORTS;
	if (count > PORTS - place)
		place = 0;
	count += place;
	if (pwrite(fd, &count, sizeof(count), 0) != sizeof(count))
		err(1, "write traffic.port");
	close(fd);
	return FIRST_PORT + place;
}
