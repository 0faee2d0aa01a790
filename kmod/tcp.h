/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP state of flows. */
#ifndef _LBVS_TCP_H
#define _LBVS_TCP_H

#include "algo/tcp_track.h"
#include "flow.h"
#include "packet.h"

void lbvs_tcp_advance(struct lbvs_flow *flow, enum lbvs_dir dir, u8 flags,
		      u32 seq, u32 now);

static inline bool lbvs_tcp_opens(const struct lbvs_packet *p)
{
	return lbvs_tcp_flags_open(p->tcp_flags);
}

/**
 * lbvs_tcp_track - follow a segment of a flow
 * @flow: a TCP flow.
 * @s: the packet.
 * @dir: its direction.
 *
 * Context: under RCU; any number of CPUs at once.
 */
static __always_inline void lbvs_tcp_track(struct lbvs_flow *flow,
					   const struct lbvs_summary *s,
					   enum lbvs_dir dir)
{
	if ((s->tcp_flags & LBVS_TCP_ACK) && READ_ONCE(flow->acks[dir]) != s->ack)
		WRITE_ONCE(flow->acks[dir], s->ack);

	/* Most segments change nothing. */
	if (READ_ONCE(flow->state) == LBVS_TCP_STATE_ESTABLISHED &&
	    !(s->tcp_flags & (LBVS_TCP_FIN | LBVS_TCP_SYN | LBVS_TCP_RST)))
		return;
	lbvs_tcp_advance(flow, dir, s->tcp_flags, s->seq, s->now);
}

#endif /* _LBVS_TCP_H */
