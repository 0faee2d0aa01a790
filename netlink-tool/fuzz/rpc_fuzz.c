// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as the answer of an RPC server: read as the probe reads them, and
 * each reader on its own too, whatever the type says.
 */
#include <stdlib.h>
#include <string.h>

#include "rpc.h"

#define PORTS	4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy that ends where the PDU does, so that one byte too far is noticed. */
static void read_pdu(const uint8_t *data, size_t size)
{
	uint16_t ports[PORTS], result;
	uint32_t reason, status;
	uint8_t *pdu = malloc(size);
	int found;

	if (!pdu)
		abort();
	memcpy(pdu, data, size);
	rpc_type(pdu);
	rpc_reason(pdu, size, &reason);
	rpc_ack_result(pdu, size, &result);
	found = rpc_ports(pdu, size, &status, ports, PORTS);
	if (found < -1 || found > PORTS)
		abort();
	free(pdu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ssize_t whole = rpc_size(data, size);

	if (whole > (ssize_t)size ||
	    (whole > 0 && (whole < RPC_HEADER_SIZE || whole > RPC_PDU_MAX)))
		abort();
	if (whole > 0)
		read_pdu(data, whole);
	return 0;
}
