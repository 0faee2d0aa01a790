// SPDX-License-Identifier: GPL-2.0-or-later
#include "tcp.h"
#include "bypass.h"
#include "hint.h"

#include <linux/atomic.h>

/* For how long after a reset a segment may come that was sent before, jiffies. */
#define LBVS_TCP_REORDER HZ

/*
 * Before the handshake is over there is nothing to compare a reset with; who
 * could forge one then could as well answer in the real's name.
 */
static bool rst_counts(const struct lbvs_flow *flow, enum lbvs_dir dir, u32 seq,
		       u32 state)
{
	if (state < LBVS_TCP_STATE_ESTABLISHED)
		return true;
	return lbvs_tcp_rst_fits(seq, READ_ONCE(flow->acks[!dir]));
}

/*
 * Packets that different CPUs sent may overtake each other, and so may a reset
 * what its sender had sent before. That says nothing about who lives.
 */
static bool was_overtaken(const struct lbvs_flow *flow, u32 state, u32 next,
			  u32 now)
{
	return lbvs_tcp_said_reset(state) &&
	       next == LBVS_TCP_STATE_ESTABLISHED &&
	       (s32)(now - READ_ONCE(flow->seen)) < LBVS_TCP_REORDER;
}

/* What became of a client's attempt to connect. */
static void note_attempt(const struct lbvs_flow *flow, u32 next)
{
	if (next == LBVS_TCP_STATE_SYN_ACK)
		lbvs_hint_answered(flow->member);
	else if (next == LBVS_TCP_STATE_RST_REAL)
		lbvs_hint_refused(flow->member);
}

/**
 * lbvs_tcp_advance - follow a segment that may change the state
 * @flow: a TCP flow.
 * @dir: direction of the segment.
 * @flags: its flags, LBVS_TCP_*.
 * @seq: its sequence number.
 * @now: jiffies, cut to 32 bits.
 *
 * Context: under RCU; any number of CPUs at once.
 */
void lbvs_tcp_advance(struct lbvs_flow *flow, enum lbvs_dir dir, u8 flags,
		      u32 seq, u32 now)
{
	u32 state = READ_ONCE(flow->state);
	u32 next, seen;
	u8 counted;

	for (;;) {
		counted = flags;
		if ((flags & LBVS_TCP_RST) && !rst_counts(flow, dir, seq, state))
			counted &= ~LBVS_TCP_RST;
		next = lbvs_tcp_next(state, dir == LBVS_REQUEST, counted);
		if (next == state || was_overtaken(flow, state, next, now))
			return;
		/* Another timeout counts then, and it starts here: before who
		 * sees the new state asks since when.
		 */
		WRITE_ONCE(flow->seen, now);
		seen = cmpxchg(&flow->state, state, next);
		if (seen == state)
			break;
		/* The other direction was faster: look again from there. */
		state = seen;
	}
	if (lbvs_tcp_over(next) != lbvs_tcp_over(state))
		lbvs_flow_weigh(flow, !lbvs_tcp_over(next));
	if (state == LBVS_TCP_STATE_SYN)
		note_attempt(flow, next);
	if (next == LBVS_TCP_STATE_BYPASSED)
		lbvs_bypass_tell(flow);
}
