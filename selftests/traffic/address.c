// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void address_parse(const char *text, union address *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1)
		address->v4.sin_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1)
		address->v6.sin6_family = AF_INET6;
	else
		errx(2, "not an address: %s", text);
}

/* The last four bytes, which is where ranges of either family lie. */
static uint32_t *low_word(union address *address)
{
	return address->any.sa_family == AF_INET ?
		       (uint32_t *)&address->v4.sin_addr :
		       &address->v6.sin6_addr.s6_addr32[3];
}

void address_step(union address *address, unsigned int by)
{
	uint32_t *word = low_word(address);

	*word = htonl(ntohl(*word) + by);
}

unsigned int address_distance(const union address *a, const union address *b)
{
	union address from = *a, to = *b;

	return ntohl(*low_word(&to)) - ntohl(*low_word(&from));
}

void address_set_port(union address *address, unsigned int port)
{
	if (address->any.sa_family == AF_INET)
		address->v4.sin_port = htons(port);
	else
		address->v6.sin6_port = htons(port);
}

unsigned int address_port(const union address *address)
{
	return ntohs(address->any.sa_family == AF_INET ? address->v4.sin_port :
							 address->v6.sin6_port);
}

/* ::ffff:192.0.2.1 is what a dual-stack socket calls 192.0.2.1. */
void address_unmap(union address *address)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	if (address->any.sa_family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr))
		return;
	v4.sin_port = address->v6.sin6_port;
	v4.sin_addr.s_addr = address->v6.sin6_addr.s6_addr32[3];
	address->v4 = v4;
}

bool address_equal(const union address *a, const union address *b)
{
	if (a->any.sa_family != b->any.sa_family ||
	    address_port(a) != address_port(b))
		return false;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr);
}

/* Good until the next but three calls. */
const char *address_text(const union address *address)
{
	static char texts[4][INET6_ADDRSTRLEN];
	static unsigned int turn;
	char *text = texts[turn++ % 4];

	if (address->any.sa_family == AF_INET)
		inet_ntop(AF_INET, &address->v4.sin_addr, text,
			  INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &address->v6.sin6_addr, text,
			  INET6_ADDRSTRLEN);
	return text;
}

socklen_t address_size(const union address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->v4) :
						   sizeof(address->v6);
}

/* "80" or "8000-8009" */
void span_parse(const char *text, struct span *span)
{
	unsigned int last;
	int fields = sscanf(text, "%u-%u", &span->first, &last);

	if (fields < 1 || span->first > 65535)
		errx(2, "not a port: %s", text);
	if (fields == 1)
		last = span->first;
	if (last < span->first || last > 65535)
		errx(2, "not a range of ports: %s", text);
	span->count = last - span->first + 1;
}
