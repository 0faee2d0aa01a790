// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A frame with a TCP segment, a datagram, or an ICMP error that quotes one that
 * went the other way. A third is right in every byte, so that there are flows
 * to be hit; the rest has something wrong, or is cut short.
 */
#include "packet.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>

/* Clients' ports: few, so that packets meet flows. */
#define CLIENT_PORT  20000
#define CLIENT_PORTS 64

#define IPV6_HEADER 40

struct frame {
	struct random *random;
	uint8_t *at;
	size_t used;
};

static uint8_t *grow(struct frame *frame, size_t size)
{
	uint8_t *at = frame->at + frame->used;

	memset(at, 0, size);
	frame->used += size;
	return at;
}

static void set16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static uint32_t add_words(const uint8_t *from, size_t size, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += from[i] << 8 | from[i + 1];
	if (size % 2)
		sum += from[size - 1] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* What IP packets and quotes are made of. */
struct way {
	const uint8_t *from;
	const uint8_t *to;
	uint16_t from_port;
	uint16_t to_port;
	bool ipv6;
};

static void put_payload(struct frame *frame, uint32_t limit)
{
	size_t size = random_below(frame->random, limit + 1);

	random_fill(frame->random, grow(frame, size), size);
}

/* Pseudo header and all behind it; the checksum stands at field. */
static void set_checksum(struct frame *frame, const struct way *way,
			 uint8_t proto, size_t start, size_t field, bool pseudo)
{
	size_t size = frame->used - start, address = way->ipv6 ? 16 : 4;
	uint32_t sum = 0;

	if (pseudo) {
		sum = add_words(way->from, address, size + proto);
		sum = add_words(way->to, address, sum);
	}
	sum = add_words(frame->at + start, size, sum);
	set16(frame->at + start + field, fold(sum) ?: 0xffff);
}

static void put_tcp(struct frame *frame, const struct way *way)
{
	static const uint8_t flags[] = { 0x02, 0x02, 0x10, 0x18,
					 0x11, 0x04, 0x12, 0x14 };
	size_t start = frame->used;
	uint8_t *tcp = grow(frame, 20);

	set16(tcp, way->from_port);
	set16(tcp + 2, way->to_port);
	random_fill(frame->random, tcp + 4, 8);
	tcp[12] = 0x50;
	tcp[13] = random_percent(frame->random, 90) ?
			  flags[random_below(frame->random, sizeof(flags))] :
			  random_word(frame->random);
	set16(tcp + 14, 65535);
	put_payload(frame, 64);
	set_checksum(frame, way, IPPROTO_TCP, start, 16, true);
}

static void put_udp(struct frame *frame, const struct way *way)
{
	size_t start = frame->used;
	uint8_t *udp = grow(frame, 8);

	set16(udp, way->from_port);
	set16(udp + 2, way->to_port);
	put_payload(frame, 64);
	set16(udp + 4, frame->used - start);
	if (random_percent(frame->random, 80))
		set_checksum(frame, way, IPPROTO_UDP, start, 6, true);
}

static void put_transport(struct frame *frame, const struct way *way,
			  uint8_t proto)
{
	if (proto == IPPROTO_TCP)
		put_tcp(frame, way);
	else
		put_udp(frame, way);
}

/* The offset of the header, for what is known only at its end. */
static size_t put_ip(struct frame *frame, const struct way *way, uint8_t proto)
{
	size_t start = frame->used;
	uint8_t *ip;

	if (way->ipv6) {
		ip = grow(frame, IPV6_HEADER);
		ip[0] = 0x60;
		ip[6] = proto;
		ip[7] = 64;
		memcpy(ip + 8, way->from, 16);
		memcpy(ip + 24, way->to, 16);
		return start;
	}
	ip = grow(frame, 20);
	ip[0] = 0x45;
	random_fill(frame->random, ip + 4, 2);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, way->from, 4);
	memcpy(ip + 16, way->to, 4);
	if (random_percent(frame->random, 5)) {
		/* options: no operation, to their end */
		size_t size = 4 * (1 + random_below(frame->random, 10));

		memset(grow(frame, size), 1, size);
		ip[0] += size / 4;
	}
	return start;
}

static void end_ip(struct frame *frame, const struct way *way, size_t start)
{
	uint8_t *ip = frame->at + start;

	if (way->ipv6) {
		set16(ip + 4, frame->used - start - IPV6_HEADER);
		return;
	}
	set16(ip + 2, frame->used - start);
	set16(ip + 10, 0);
	set16(ip + 10, fold(add_words(ip, (ip[0] & 15) * 4, 0)));
}

/* IPv6 headers in front of the last: hop by hop, routing, options, fragment. */
static uint8_t put_extensions(struct frame *frame, size_t ip, uint8_t proto)
{
	static const uint8_t kinds[] = { 0, 43, 60, 44 };
	uint32_t n = random_below(frame->random, 4);
	size_t next = ip + 6;

	while (n--) {
		uint8_t kind =
			kinds[random_below(frame->random, sizeof(kinds))];
		size_t at = frame->used;
		uint8_t *header = grow(frame, 8);

		frame->at[next] = kind;
		next = at;
		header[0] = proto;
		if (kind == 44 && random_percent(frame->random, 50))
			random_fill(frame->random, header + 2, 6);
		else if (kind != 44)
			header[2] = 1;
		if (random_percent(frame->random, 10))
			header[1] = random_word(frame->random);
		header[3] = kind == 44 ? header[3] : 4;
	}
	return proto;
}

static void put_plain(struct frame *frame, const struct way *way, uint8_t proto)
{
	size_t ip = put_ip(frame, way, proto);

	if (way->ipv6 && random_percent(frame->random, 5))
		put_extensions(frame, ip, proto);
	put_transport(frame, way, proto);
	end_ip(frame, way, ip);
}

/* The other end complains about what it got, quoting it whole or in part. */
static void put_error(struct frame *frame, const struct way *way,
		      const struct way *quoted, uint8_t proto)
{
	static const uint8_t types[] = { 3, 3, 3, 11, 12, 5 };
	static const uint8_t types6[] = { 1, 2, 2, 3, 4, 128 };
	size_t ip =
		put_ip(frame, way, way->ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	size_t start = frame->used, quote;
	uint8_t *icmp = grow(frame, 8);
	uint32_t kind = random_below(frame->random, sizeof(types));

	icmp[0] = way->ipv6 ? types6[kind] : types[kind];
	icmp[1] = random_below(frame->random, 6);
	set16(icmp + 6, 1280 + random_below(frame->random, 200));
	quote = frame->used;
	put_plain(frame, quoted, proto);
	if (random_percent(frame->random, 60))
		frame->used = quote + random_below(frame->random,
						   frame->used - quote + 1);
	set_checksum(frame, way, IPPROTO_ICMPV6, start, 2, way->ipv6);
	end_ip(frame, way, ip);
}

/* Anything but the addresses of the frame itself: it is to arrive. */
static void spoil(struct frame *frame)
{
	uint32_t n = 1 + random_below(frame->random, 4);
	size_t size = frame->used - ETHERNET_SIZE;
	size_t where;

	switch (random_below(frame->random, 4)) {
	case 0: /* bits anywhere */
		while (n--)
			frame->at[ETHERNET_SIZE +
				  random_below(frame->random, size)] ^=
				1 << random_below(frame->random, 8);
		break;
	case 1: /* bytes of the first headers */
		where = ETHERNET_SIZE +
			random_below(frame->random, size < 60 ? size : 60);
		frame->at[where] = random_word(frame->random);
		break;
	case 2: /* cut short */
		frame->used = ETHERNET_SIZE + random_below(frame->random, size);
		break;
	case 3: /* bytes behind the end */
		put_payload(frame, 40);
		break;
	}
}

/* What is wrong in an IPv4 header shall not be its checksum alone: the stack drops
 * those before anybody else sees them.
 */
static void mend_ip_checksum(struct frame *frame)
{
	uint8_t *ip = frame->at + ETHERNET_SIZE;
	size_t size = (ip[0] & 15) * 4;

	if (size < 20 || ETHERNET_SIZE + size > frame->used)
		return;
	set16(ip + 10, 0);
	set16(ip + 10, fold(add_words(ip, size, 0)));
}

static void choose_way(struct frame *frame, const struct ends *ends,
		       struct way *way, struct way *back)
{
	uint16_t port = ends->ports[random_below(frame->random, ends->n_ports)];
	uint16_t client =
		CLIENT_PORT + random_below(frame->random, CLIENT_PORTS);

	*way = (struct way){
		.from = ends->from,
		.to = ends->to,
		.from_port = ends->to_service ? client : port,
		.to_port = ends->to_service ? port : client,
		.ipv6 = ends->ipv6,
	};
	*back = (struct way){
		.from = way->to,
		.to = way->from,
		.from_port = way->to_port,
		.to_port = way->from_port,
		.ipv6 = way->ipv6,
	};
}

size_t packet_build(struct random *random, const struct ends *ends, uint8_t *at)
{
	struct frame frame = { .random = random, .at = at };
	uint8_t proto = random_percent(random, 50) ? IPPROTO_TCP : IPPROTO_UDP;
	struct way way, back;
	uint8_t *ethernet = grow(&frame, ETHERNET_SIZE);

	choose_way(&frame, ends, &way, &back);
	memcpy(ethernet, ends->to_mac, 6);
	memcpy(ethernet + 6, ends->from_mac, 6);
	set16(ethernet + 12, ends->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	if (random_percent(random, 40))
		put_error(&frame, &way, &back, proto);
	else
		put_plain(&frame, &way, proto);
	if (random_percent(random, 67)) {
		spoil(&frame);
		if (!ends->ipv6 && random_percent(random, 75))
			mend_ip_checksum(&frame);
	}
	return frame.used;
}
