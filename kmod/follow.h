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
 * @ln: network namespace.
 * @skb: the packet; its data may move.
 * @s: the packet, parsed.
 * @flow: its flow.
 * @node: its direction of the flow.
 * @hop: is this a hop on its way?
 *
 * Context: under RCU, bottom halves off.
 * Return: LBVS_NEXT, or LBVS_DROP without memory.
 */
static __always_inline enum lbvs_verdict
lbvs_follow(const struct lbvs_net *ln, struct sk_buff *skb,
	    const struct lbvs_summary *s, struct lbvs_flow *flow,
	    const struct lbvs_flow_node *node, enum lbvs_hop hop)
{
	const enum lbvs_dir dir = node->dir;

	if (!lbvs_rewrite(skb, s, node, hop)) {
		lbvs_stats_inc(ln, LBVS_STAT_DROP_NO_MEMORY);
		return LBVS_DROP;
	}
	if (s->proto == IPPROTO_TCP)
		lbvs_tcp_track(flow, s, dir);
	/* On the fast path that was done when it was found. */
	if (hop == LBVS_HOP_STACK)
		lbvs_flow_refresh(flow, s->now);
	lbvs_counters_packet(flow->member->counters, dir, s->length);
	return LBVS_NEXT;
}

#endif /* _LBVS_FOLLOW_H */
