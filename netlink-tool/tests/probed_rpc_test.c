// SPDX-License-Identifier: GPL-2.0-or-later
/* The bytes of RPC: what is asked, and what is made of answers, short ones too. */
#include "test.h"

#include "rpc.h"

static const uint8_t bind_ack[] = {
	5, 0, 12, 3, 0x10, 0, 0, 0, 60, 0, 0, 0, 1, 0, 0, 0,
	0xd0, 0x16, 0xd0, 0x16, 0x11, 0x22, 0, 0,
	4, 0, '1', '3', '5', 0, 0, 0,
	1, 0, 0, 0, 0, 0, 0, 0,
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11,
	0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2, 0, 0, 0,
};

static void a_bind_names_the_interface(void **state)
{
	static const uint8_t nspi[] = {
		0x18, 0x5a, 0xcc, 0xf5, 0x64, 0x42, 0x1a, 0x10,
		0x8c, 0x59, 0x08, 0x00, 0x2b, 0x2f, 0x84, 0x26, 56, 0, 0, 0,
	};
	uint8_t pdu[RPC_PDU_MAX];
	struct check_interface i;

	(void)state;
	assert_true(check_read_interface("nspi", &i));
	assert_int_equal(rpc_bind(pdu, &i), 72);
	assert_int_equal(rpc_size(pdu, 72), 72);
	assert_int_equal(rpc_type(pdu), RPC_BIND);
	assert_memory_equal(pdu + 32, nspi, sizeof(nspi));
}

static void a_bind_ack_is_read(void **state)
{
	uint8_t pdu[sizeof(bind_ack)];
	uint16_t result = 9;

	(void)state;
	assert_int_equal(rpc_size(bind_ack, sizeof(bind_ack)), 60);
	assert_true(rpc_ack_result(bind_ack, sizeof(bind_ack), &result));
	assert_int_equal(result, 0);
	memcpy(pdu, bind_ack, sizeof(pdu));
	pdu[36] = 2;
	assert_true(rpc_ack_result(pdu, sizeof(pdu), &result));
	assert_int_equal(result, 2);
}

static void what_is_cut_short_is_not_read_beyond(void **state)
{
	uint16_t result;
	uint8_t *cut;
	size_t size;

	(void)state;
	for (size = 3; size < sizeof(bind_ack); size++) {
		/* On the heap, so that one byte too far is noticed. */
		cut = malloc(size);
		memcpy(cut, bind_ack, size);
		assert_int_equal(rpc_size(cut, size), 0);
		assert_int_equal(rpc_ack_result(cut, size, &result),
				 size >= 38);
		free(cut);
	}
}

static void what_is_no_rpc_is_refused(void **state)
{
	static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	uint8_t pdu[sizeof(bind_ack)];

	(void)state;
	assert_int_equal(rpc_size((const uint8_t *)http, sizeof(http)), -1);
	memcpy(pdu, bind_ack, sizeof(pdu));
	pdu[8] = 15;
	assert_int_equal(rpc_size(pdu, sizeof(pdu)), -1);
	pdu[8] = 0xff;
	pdu[9] = 0xff;
	assert_int_equal(rpc_size(pdu, sizeof(pdu)), -1);
}

/* A response with the tower that we would ask with, but for the port. */
static size_t make_response(uint8_t *pdu, uint16_t port)
{
	uint8_t map[RPC_PDU_MAX];
	struct check_interface i;
	size_t size, at = 24;

	assert_true(check_read_interface("emsmdb", &i));
	size = rpc_map(map, &i) - 24 - 24;
	/* Behind the two pointers and lengths: 75 bytes of tower, and 1. */
	memset(pdu, 0, RPC_PDU_MAX);
	memcpy(pdu, map, 16);
	pdu[2] = RPC_RESPONSE;
	at += 20;
	pdu[at] = 1;
	pdu[at + 4] = 4;
	pdu[at + 12] = 1;
	pdu[at + 16] = 3;
	at += 20;
	memcpy(pdu + at, map + 24 + 4 + 16 + 4, 8 + 76);
	/* The TCP floor is the last but one; the last one has 9 bytes. */
	pdu[at + 8 + 75 - 9 - 2] = port >> 8;
	pdu[at + 8 + 75 - 9 - 1] = port;
	at += 8 + 76;
	at += 4;
	pdu[8] = at;
	pdu[9] = at >> 8;
	assert_true(size >= 76);
	return at;
}

static void the_port_of_a_tower_is_found(void **state)
{
	uint8_t pdu[RPC_PDU_MAX];
	uint16_t ports[4] = { 0 };
	uint32_t status = 1;
	size_t size = make_response(pdu, 59531);

	(void)state;
	assert_int_equal(rpc_ports(pdu, size, &status, ports, 4), 1);
	assert_int_equal(ports[0], 59531);
	assert_int_equal(status, 0);
}

static void a_mangled_response_does_no_harm(void **state)
{
	uint8_t whole[RPC_PDU_MAX], *cut;
	uint16_t ports[4];
	uint32_t status;
	size_t size = make_response(whole, 135), at;
	int bit, found;

	(void)state;
	for (at = 24; at < size; at++) {
		cut = malloc(at);
		memcpy(cut, whole, at);
		assert_int_equal(rpc_ports(cut, at, &status, ports, 4), -1);
		free(cut);
		for (bit = 0; bit < 8; bit++) {
			cut = malloc(size);
			memcpy(cut, whole, size);
			cut[at] ^= 1 << bit;
			found = rpc_ports(cut, size, &status, ports, 4);
			assert_in_range(found + 1, 0, 5);
			free(cut);
		}
	}
}

static void the_reason_of_a_no_is_read(void **state)
{
	static const uint8_t nak[] = {
		5, 0, 13, 3, 0x10, 0, 0, 0, 18, 0, 0, 0, 1, 0, 0, 0, 4, 0,
	};
	uint32_t reason = 0;

	(void)state;
	assert_true(rpc_reason(nak, sizeof(nak), &reason));
	assert_int_equal(reason, 4);
	assert_false(rpc_reason(nak, sizeof(nak) - 1, &reason));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bind_names_the_interface),
		cmocka_unit_test(a_bind_ack_is_read),
		cmocka_unit_test(what_is_cut_short_is_not_read_beyond),
		cmocka_unit_test(what_is_no_rpc_is_refused),
		cmocka_unit_test(the_port_of_a_tower_is_found),
		cmocka_unit_test(a_mangled_response_does_no_harm),
		cmocka_unit_test(the_reason_of_a_no_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
