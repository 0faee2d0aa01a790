// SPDX-License-Identifier: GPL-2.0-or-later
/* All numbers are little-endian: we ask so, and servers answer in kind. */
#include <string.h>

#include "rpc.h"

#define EPT_MAP		3	/* number of the operation */
#define TOWERS_MAX	4	/* that we want to hear of */
#define FLOOR_TCP	0x07
#define STATUS_NONE	0x16c9a0d6	/* ept_s_not_registered */

static const struct check_interface ndr = {
	.uuid = { 0x8a, 0x88, 0x5d, 0x04, 0x1c, 0xeb, 0x11, 0xc9,
		  0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 },
	.major = 2,
};

/* Where to write next; the caller knows that there is room. */
struct writer {
	uint8_t *start, *at;
};

static void put8(struct writer *w, uint8_t value)
{
	*w->at++ = value;
}

static void put16(struct writer *w, uint16_t value)
{
	put8(w, value);
	put8(w, value >> 8);
}

static void put32(struct writer *w, uint32_t value)
{
	put16(w, value);
	put16(w, value >> 16);
}

static void put_zeros(struct writer *w, size_t count)
{
	memset(w->at, 0, count);
	w->at += count;
}

/* The first three parts of a UUID are numbers. */
static void put_uuid(struct writer *w, const uint8_t uuid[CHECK_UUID_SIZE])
{
	static const uint8_t order[] = { 3, 2, 1, 0, 5, 4, 7, 6 };
	size_t i;

	for (i = 0; i < CHECK_UUID_SIZE; i++)
		put8(w, uuid[i < sizeof(order) ? order[i] : i]);
}

static void put_syntax(struct writer *w, const struct check_interface *i)
{
	put_uuid(w, i->uuid);
	put16(w, i->major);
	put16(w, i->minor);
}

static void begin(struct writer *w, uint8_t *pdu, enum rpc_type type,
		  uint32_t call)
{
	w->start = pdu;
	w->at = pdu;
	put8(w, 5);		/* version 5.0 */
	put8(w, 0);
	put8(w, type);
	put8(w, 0x03);		/* first and last fragment */
	put32(w, 0x10);		/* little-endian, ASCII, IEEE */
	put16(w, 0);		/* size, known at the end */
	put16(w, 0);		/* no authentication */
	put32(w, call);
}

static size_t end(struct writer *w)
{
	size_t size = w->at - w->start;

	w->start[8] = size;
	w->start[9] = size >> 8;
	return size;
}

size_t rpc_bind(uint8_t *pdu, const struct check_interface *interface)
{
	struct writer w;

	begin(&w, pdu, RPC_BIND, 1);
	put16(&w, RPC_PDU_MAX);
	put16(&w, RPC_PDU_MAX);
	put32(&w, 0);		/* a new association */
	put32(&w, 1);		/* one context, padded */
	put16(&w, 0);		/* its number */
	put16(&w, 1);		/* one transfer syntax, padded */
	put_syntax(&w, interface);
	put_syntax(&w, &ndr);
	return end(&w);
}

static void put_floor(struct writer *w, const struct check_interface *i)
{
	put16(w, 19);
	put8(w, 0x0d);		/* a UUID */
	put_uuid(w, i->uuid);
	put16(w, i->major);
	put16(w, 2);
	put16(w, i->minor);
}

static void put_tower(struct writer *w, const struct check_interface *i)
{
	put16(w, 5);
	put_floor(w, i);
	put_floor(w, &ndr);
	put16(w, 1);
	put8(w, 0x0b);		/* RPC over connections */
	put16(w, 2);
	put16(w, 0);
	put16(w, 1);
	put8(w, FLOOR_TCP);
	put16(w, 2);
	put16(w, 0);		/* at any port */
	put16(w, 1);
	put8(w, 0x09);		/* of any address */
	put16(w, 4);
	put32(w, 0);
}

size_t rpc_map(uint8_t *pdu, const struct check_interface *interface)
{
	uint8_t tower[128];
	struct writer w, t = { tower, tower };
	size_t size;

	put_tower(&t, interface);
	size = t.at - t.start;
	begin(&w, pdu, RPC_REQUEST, 2);
	put32(&w, 0);		/* no hint how much to allocate */
	put16(&w, 0);		/* the context of the bind */
	put16(&w, EPT_MAP);
	put32(&w, 1);		/* a pointer to an object: none */
	put_zeros(&w, CHECK_UUID_SIZE);
	put32(&w, 2);		/* a pointer to the tower */
	put32(&w, size);
	put32(&w, size);
	memcpy(w.at, tower, size);
	w.at += size;
	put_zeros(&w, -size & 3);
	put_zeros(&w, 20);	/* a new enquiry */
	put32(&w, TOWERS_MAX);
	return end(&w);
}

static uint16_t get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

ssize_t rpc_size(const uint8_t *pdu, size_t size)
{
	uint16_t whole;

	if (size < RPC_HEADER_SIZE)
		return 0;
	whole = get16(pdu + 8);
	if (pdu[0] != 5 || !(pdu[4] & 0x10) || whole < RPC_HEADER_SIZE ||
	    whole > RPC_PDU_MAX)
		return -1;
	return size < whole ? 0 : whole;
}

uint8_t rpc_type(const uint8_t *pdu)
{
	return pdu[2];
}

bool rpc_reason(const uint8_t *pdu, size_t size, uint32_t *reason)
{
	if (rpc_type(pdu) == RPC_BIND_NAK) {
		if (size < RPC_HEADER_SIZE + 2)
			return false;
		*reason = get16(pdu + RPC_HEADER_SIZE);
		return true;
	}
	if (size < RPC_HEADER_SIZE + 12)
		return false;
	*reason = get32(pdu + RPC_HEADER_SIZE + 8);
	return true;
}

bool rpc_ack_result(const uint8_t *pdu, size_t size, uint16_t *result)
{
	size_t at = RPC_HEADER_SIZE + 8, length;

	if (size < at + 2)
		return false;
	/* The name of the port, padded, then how many results. */
	length = get16(pdu + at);
	at = (at + 2 + length + 3) & ~(size_t)3;
	if (size < at + 6 || !pdu[at])
		return false;
	*result = get16(pdu + at + 4);
	return true;
}

/* The port in a tower, or 0. */
static uint16_t tower_port(const uint8_t *tower, size_t size)
{
	size_t at = 2, left, right;
	int floors;

	if (size < 2)
		return 0;
	for (floors = get16(tower); floors > 0; floors--) {
		if (size - at < 2)
			return 0;
		left = get16(tower + at);
		if (size - at < 2 + left + 2)
			return 0;
		right = get16(tower + at + 2 + left);
		if (size - at < 2 + left + 2 + right)
			return 0;
		if (left == 1 && right == 2 && tower[at + 2] == FLOOR_TCP)
			return tower[at + 5] << 8 | tower[at + 6];
		at += 2 + left + 2 + right;
	}
	return 0;
}

/*
 * A response: header, 8 bytes, then the enquiry (20), the number of towers, an
 * array of pointers (maximum, offset, number, pointers), the towers, and the
 * status at the end of it all.
 */
int rpc_ports(const uint8_t *pdu, size_t size, uint32_t *status,
	      uint16_t *ports, int max)
{
	size_t at = RPC_HEADER_SIZE + 8 + 20 + 4, length;
	uint32_t towers, i;
	int found = 0;

	if (size < at + 12)
		return -1;
	towers = get32(pdu + at + 8);
	at += 12;
	if (towers > TOWERS_MAX || size - at < towers * 4)
		return -1;
	at += towers * 4;
	for (i = 0; i < towers; i++) {
		if (size - at < 8)
			return -1;
		length = get32(pdu + at + 4);
		at += 8;
		if (length > size - at)
			return -1;
		if (found < max)
			ports[found++] = tower_port(pdu + at, length);
		at += length;
		/* Aligned to the stub, which begins at a multiple of 8. */
		at = (at + 3) & ~(size_t)3;
		if (at > size)
			return -1;
	}
	if (size - at < 4)
		return -1;
	*status = get32(pdu + at);
	return *status == STATUS_NONE ? 0 : found;
}
