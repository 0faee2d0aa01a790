// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which flow goes first when there is room for no more. One that both sides
 * have closed: nobody misses it. Then those whose handshake did not come to its
 * end, the one that was silent for longest first: whoever means it answers within
 * a round trip, what a flood leaves behind is silent for ever. A connection that
 * was reset stands between these, for a reset may be forged, and whoever still
 * lives is to have the time to show it.
 *
 * All others stay: an established connection, also one that a side has closed;
 * UDP, of which nobody knows when it is over; and what is being reset, so that
 * both ends are told.
 */
#include "evict.h"
#include "tcp_track.h"

#include <linux/minmax.h>
#include <linux/types.h>

#define LBVS_EVICT_CLOSED (1u << 31)

/**
 * lbvs_evict_rank - how willingly is a flow given up for another?
 * @state: its state, as struct lbvs_flow has it.
 * @silent: for how long no packet came, in the caller's unit of time; the last
 *	one may seem to come from a near future.
 *
 * Return: LBVS_EVICT_NEVER; or a number that is greater for one that goes
 * sooner, and for all but closed ones is @silent and one.
 */
u32 lbvs_evict_rank(u32 state, u32 silent)
{
	if (silent >= LBVS_EVICT_CLOSED)
		silent = 0;
	silent = min_t(u32, silent, LBVS_EVICT_CLOSED - 2);

	switch (state) {
	case LBVS_TCP_STATE_SYN:
	case LBVS_TCP_STATE_BYPASSED:
	case LBVS_TCP_STATE_SYN_ACK:
	case LBVS_TCP_STATE_RST_CLIENT:
	case LBVS_TCP_STATE_RST_REAL:
		return silent + 1;
	case LBVS_TCP_STATE_CLOSED:
		return LBVS_EVICT_CLOSED + silent;
	default:
		return LBVS_EVICT_NEVER;
	}
}
