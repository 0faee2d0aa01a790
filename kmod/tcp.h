/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP state of flows. */
#ifndef _LBVS_TCP_H
#define _LBVS_TCP_H

#include "algo/tcp_track.h"
#include "flow.h"
#include "packet.h"

void lbvs_tcp_advance(struct lbvs_flow *flow, enum lbvs_dir dir, u8 flags,
		      u32 seq, u32 now);

/* A SYN that is not an answer: it opens a connection. */
static inline bool lbvs_tcp_opens(const struct lbvs_packet *p)
{
	return (p->tcp_flags & (LBVS_TCP_SYN | LBVS_TCP_ACK | LBVS_TCP_RST)) ==
	       LBVS_TCP_SYN;
}

/**
 * lbvs_tcp_track - follow a segment of a flow
 * @flow: a TCP flow.
 * @p: the packet.
 * @dir: its direction.
 *
 * Context: under RCU; any number of CPUs at once.
 */
static inline void lbvs_tcp_track(struct lbvs_flow *flow,
				  const struct lbvs_packet *p,
				  enum lbvs_dir dir)
{
	if ((p->tcp_flags & LBVS_TCP_ACK) && READ_ONCE(flow->acks[dir]) != p->ack)
		WRITE_ONCE(flow->acks[dir], p->ack);

	/* Most segments change nothing. */
	if (READ_ONCE(flow->state) == LBVS_TCP_STATE_ESTABLISHED &&
	    !(p->tcp_flags & (LBVS_TCP_FIN | LBVS_TCP_SYN | LBVS_TCP_RST)))
		return;
	lbvs_tcp_advance(flow, dir, p->tcp_flags, p->seq, p->now);
}

#endif /* _LBVS_TCP_H */
