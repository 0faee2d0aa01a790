// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP seen from the middle (RFC 9293, section 3.3.2, reduced to what decides
 * how long a silent flow is remembered and whether a SYN may start it anew).
 *
 * A balancer never rules on a segment: both ends do that. It must not forget a
 * connection that lives, and should forget one that is over. A reset is where
 * the two meet: whoever guesses addresses and ports can forge one. So a reset
 * counts only if its sequence number is near what the other side last
 * acknowledged (RFC 5961, section 3, asks the ends for an exact match), and a
 * later segment without RST from the side that is said to have reset shows
 * that it did not; unless it comes so soon that the reset may have overtaken it,
 * which the caller has to judge.
 */
#include "tcp_track.h"
#include "tcp_reset.h"

#include <linux/types.h>

/*
 * How far the sequence number of a reset may be ahead of the last
 * acknowledgement of its receiver: data in flight that was not acknowledged.
 */
#define LBVS_TCP_RST_WINDOW (1u << 20)

static enum lbvs_tcp_state after_fin(enum lbvs_tcp_state state,
				     bool from_client)
{
	switch (state) {
	case LBVS_TCP_STATE_FIN_CLIENT:
		return from_client ? state : LBVS_TCP_STATE_CLOSED;
	case LBVS_TCP_STATE_FIN_REAL:
		return from_client ? LBVS_TCP_STATE_CLOSED : state;
	case LBVS_TCP_STATE_CLOSED:
		return state;
	default:
		return from_client ? LBVS_TCP_STATE_FIN_CLIENT :
				     LBVS_TCP_STATE_FIN_REAL;
	}
}

/* A connection that was ending has ended: nothing late shall revive it. */
static enum lbvs_tcp_state after_rst(enum lbvs_tcp_state state,
				     bool from_client)
{
	switch (state) {
	case LBVS_TCP_STATE_FIN_CLIENT:
	case LBVS_TCP_STATE_FIN_REAL:
	case LBVS_TCP_STATE_CLOSED:
		return LBVS_TCP_STATE_CLOSED;
	default:
		return from_client ? LBVS_TCP_STATE_RST_CLIENT :
				     LBVS_TCP_STATE_RST_REAL;
	}
}

/**
 * lbvs_tcp_next - state of a connection after a segment
 * @state: state before.
 * @from_client: the segment goes from the client to the real.
 * @flags: its flags; leave out LBVS_TCP_RST where lbvs_tcp_rst_fits() fails.
 *
 * Nothing leads out of a connection that is being reset, or forgotten.
 *
 * Return: the state after.
 */
enum lbvs_tcp_state lbvs_tcp_next(enum lbvs_tcp_state state, bool from_client,
				  u8 flags)
{
	if (lbvs_tcp_resetting(state) || state == LBVS_TCP_STATE_ENDED)
		return state;
	if (flags & LBVS_TCP_RST)
		return after_rst(state, from_client);

	switch (state) {
	case LBVS_TCP_STATE_SYN:
	case LBVS_TCP_STATE_BYPASSED:
		if (!from_client && (flags & LBVS_TCP_SYN) &&
		    (flags & LBVS_TCP_ACK))
			return LBVS_TCP_STATE_SYN_ACK;
		if (from_client && (flags & LBVS_TCP_ACK) &&
		    !(flags & LBVS_TCP_SYN))
			return LBVS_TCP_STATE_BYPASSED;
		return state;
	case LBVS_TCP_STATE_SYN_ACK:
		if (flags & LBVS_TCP_FIN)
			return after_fin(state, from_client);
		if (from_client && (flags & LBVS_TCP_ACK) &&
		    !(flags & LBVS_TCP_SYN))
			return LBVS_TCP_STATE_ESTABLISHED;
		return state;
	case LBVS_TCP_STATE_RST_CLIENT:
		if (from_client && !(flags & LBVS_TCP_SYN))
			return LBVS_TCP_STATE_ESTABLISHED;
		return state;
	case LBVS_TCP_STATE_RST_REAL:
		if (!from_client && !(flags & LBVS_TCP_SYN))
			return LBVS_TCP_STATE_ESTABLISHED;
		return state;
	default:
		if (flags & LBVS_TCP_FIN)
			return after_fin(state, from_client);
		return state;
	}
}

/**
 * lbvs_tcp_rst_fits - is a reset one that its receiver may take?
 * @seq: sequence number of the reset.
 * @ack: what the receiver of the reset last acknowledged.
 *
 * Return: true when @seq is @ack or not far ahead of it.
 */
bool lbvs_tcp_rst_fits(u32 seq, u32 ack)
{
	return seq - ack < LBVS_TCP_RST_WINDOW;
}

/**
 * lbvs_tcp_finished - may a SYN start the connection anew?
 * @state: its state.
 *
 * Return: true when one side or both have closed or reset it, or it is being
 * reset.
 */
bool lbvs_tcp_finished(enum lbvs_tcp_state state)
{
	return state >= LBVS_TCP_STATE_FIN_CLIENT;
}
