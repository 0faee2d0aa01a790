/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of DCE/RPC over a connection (C706 chapters 12 and 14, [MS-RPCE]):
 * as much as it takes to bind to an interface and to ask the endpoint mapper.
 * Pure.
 */
#ifndef LBVS_PROBED_RPC_H
#define LBVS_PROBED_RPC_H

#include <stddef.h>
#include <sys/types.h>

#include "check.h"

#define RPC_HEADER_SIZE	16
#define RPC_PDU_MAX	5840

enum rpc_type {
	RPC_REQUEST	= 0,
	RPC_RESPONSE	= 2,
	RPC_FAULT	= 3,
	RPC_BIND	= 11,
	RPC_BIND_ACK	= 12,
	RPC_BIND_NAK	= 13,
};

/* Both write a PDU and return its size; the buffer must have RPC_PDU_MAX. */
size_t rpc_bind(uint8_t *pdu, const struct check_interface *interface);
size_t rpc_map(uint8_t *pdu, const struct check_interface *interface);

/* Size of the PDU that begins here; 0: not enough of it yet; -1: it is none. */
ssize_t rpc_size(const uint8_t *pdu, size_t size);
uint8_t rpc_type(const uint8_t *pdu);

/* The reason of a bind_nak, or the status of a fault. */
bool rpc_reason(const uint8_t *pdu, size_t size, uint32_t *reason);

/* The result of a bind_ack for our one interface: 0 is acceptance. */
bool rpc_ack_result(const uint8_t *pdu, size_t size, uint16_t *result);

/*
 * The TCP ports that a response to rpc_map() names: how many, or -1 for one
 * that cannot be read. Status 0 is success.
 */
int rpc_ports(const uint8_t *pdu, size_t size, uint32_t *status,
	      uint16_t *ports, int max);

#endif
