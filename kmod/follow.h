/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done with every packet of a flow, on either path. */
#ifndef _LBVS_FOLLOW_H
#define _LBVS_FOLLOW_H

#include "flow.h"
#include "member.h"
#include "packet.h"
#include "rewrite.h"
#include "stats.h"
#include "tcp.h"
#include "types.h"

/**
 * lbvs_follow - rewrite a packet, and note that its flow had one
 * @p: the packet; its data may move.
 * @flow: its flow.
 * @dir: its direction.
 *
 * Context: under RCU, bottom halves off.
 * Return: LBVS_NEXT, or LBVS_DROP without memory.
 */
static __always_inline enum lbvs_verdict
lbvs_follow(struct lbvs_packet *p, struct lbvs_flow *flow, enum lbvs_dir dir)
{
	enum lbvs_verdict verdict;

	verdict = lbvs_rewrite(p, flow, dir);
	if (verdict != LBVS_NEXT)
		return verdict;

	if (lbvs_packet_is_tcp(p))
		lbvs_tcp_track(flow, p, dir);
	lbvs_flow_refresh(flow, p->now);
	lbvs_counters_packet(flow->member->counters, dir, p->length);
	return LBVS_NEXT;
}

#endif /* _LBVS_FOLLOW_H */
