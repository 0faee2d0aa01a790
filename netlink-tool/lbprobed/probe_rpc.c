// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DCE/RPC: binds to the interface, and if a port is expected, asks the endpoint
 * mapper for the interface's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rpc.h"
#include "stream.h"

struct call {
	struct stream stream;
	size_t used;
	uint8_t pdu[RPC_PDU_MAX];
};

static struct call *of(struct stream *s)
{
	return loop_of(s, struct call, stream);
}

static void send_pdu(struct call *c, const uint8_t *pdu, size_t size)
{
	int err = stream_write(&c->stream, pdu, size);

	if (err)
		probe_finish(c->stream.probe, RESULT_L7RSP, "%s",
			     strerror(-err));
}

static void on_opened(struct stream *s)
{
	const struct check_probe *config = s->probe->config;
	struct check_interface mapper = { 0 };
	uint8_t pdu[RPC_PDU_MAX];
	size_t size;

	check_read_interface("epm", &mapper);
	size = rpc_bind(pdu, config->expect_port ? &mapper :
						   &config->interface);
	send_pdu(of(s), pdu, size);
}

static void odd(struct call *c, const char *text)
{
	probe_finish(c->stream.probe, RESULT_L7RSP, "%s", text);
}

static void take_ack(struct call *c, size_t size)
{
	struct probe *probe = c->stream.probe;
	uint8_t pdu[RPC_PDU_MAX];
	uint16_t result;

	if (!rpc_ack_result(c->pdu, size, &result))
		odd(c, "bind_ack that cannot be read");
	else if (result)
		probe_refuse(probe, RESULT_L7STS,
			     "bind_ack: the interface is not served");
	else if (probe->config->expect_port)
		send_pdu(c, pdu, rpc_map(pdu, &probe->config->interface));
	else
		probe_finish(probe, RESULT_L7OK, "bind_ack");
}

static void take_ports(struct call *c, size_t size)
{
	struct probe *probe = c->stream.probe;
	uint16_t expected = probe->config->expect_port, ports[4];
	uint32_t status = 0;
	int found, i;

	if (!expected) {
		odd(c, "response to no request");
		return;
	}
	found = rpc_ports(c->pdu, size, &status, ports, 4);
	if (found < 0) {
		odd(c, "endpoint map that cannot be read");
		return;
	}
	for (i = 0; i < found; i++)
		if (ports[i] == expected) {
			probe_finish(probe, RESULT_L7OK, "mapped to %u",
				     expected);
			return;
		}
	if (found)
		probe_refuse(probe, RESULT_L7STS, "mapped to %u, not %u",
			     ports[0], expected);
	else
		probe_refuse(probe, RESULT_L7STS,
			     "not in the endpoint map (status 0x%x)", status);
}

static void take_pdu(struct call *c, size_t size)
{
	struct probe *probe = c->stream.probe;
	uint32_t reason = 0;

	switch (rpc_type(c->pdu)) {
	case RPC_BIND_ACK:
		take_ack(c, size);
		break;
	case RPC_RESPONSE:
		take_ports(c, size);
		break;
	case RPC_BIND_NAK:
		rpc_reason(c->pdu, size, &reason);
		probe_refuse(probe, RESULT_L7STS, "bind_nak, reason %u",
			     reason);
		break;
	case RPC_FAULT:
		rpc_reason(c->pdu, size, &reason);
		probe_refuse(probe, RESULT_L7STS, "fault 0x%x", reason);
		break;
	default:
		odd(c, "not an answer of RPC");
	}
}

/* We ask one thing at a time, so there is at most one answer. */
static void on_readable(struct stream *s)
{
	struct call *c = of(s);
	ssize_t n, size;

	n = stream_read(s, c->pdu + c->used, sizeof(c->pdu) - c->used);
	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		odd(c, n ? strerror(-n) : "connection closed");
		return;
	}
	c->used += n;
	size = rpc_size(c->pdu, c->used);
	if (size < 0) {
		odd(c, "not an answer of RPC");
	} else if (size) {
		c->used = 0;
		take_pdu(c, size);
	}
}

static const struct stream_ops stream_ops = {
	.opened = on_opened,
	.readable = on_readable,
};

static void start(struct probe *probe)
{
	struct call *c = malloc(sizeof(*c));

	if (!c) {
		probe_finish(probe, RESULT_SOCKERR, "out of memory");
		return;
	}
	c->used = 0;
	probe->run = c;
	stream_open(&c->stream, probe, &stream_ops);
}

static void stop(struct probe *probe)
{
	struct call *c = probe->run;

	stream_close(&c->stream);
	free(c);
}

static enum result_status late(const struct probe *probe)
{
	const struct call *c = probe->run;

	return stream_late(&c->stream);
}

const struct probe_ops probe_rpc = {
	.start = start,
	.stop = stop,
	.late = late,
};
