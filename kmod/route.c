// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slow path teaches the fast path. A packet that comes to the end of the
 * IP stack carries the route that the stack chose; its flow keeps that route
 * for its direction, until routing changes. Routes are kept by reference: a
 * device that goes away is replaced in them by the core.
 *
 * Not learned are routes that are more than an output device and a neighbour:
 * those of IPsec, those that are not for forwarding, and those back out of the
 * device that the packet came in by, for which the stack sends redirects. A
 * packet that conntrack follows teaches nothing either: a stateful firewall
 * wants to see all of them.
 *
 * A route is for packets that come in by the arm that it was learned at. The
 * stack may refuse others: by the reverse path, by rules for that device.
 */
#include "route.h"

#include <linux/minmax.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/xfrm.h>

/* Is it one that the fast path can follow? */
static bool forwards(const struct dst_entry *dst, u8 family)
{
	const struct rtable *rt = (const struct rtable *)dst;
	const struct rt6_info *rt6 = (const struct rt6_info *)dst;

	if (dst->error || dst_xfrm(dst) || dst->lwtstate)
		return false;
	if (family == NFPROTO_IPV4)
		return rt->rt_is_input && rt->rt_type == RTN_UNICAST;
	return !(rt6->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT));
}

/**
 * lbvs_route_learn - remember the route of a packet for its flow
 * @flow: the flow.
 * @dir: direction of the packet.
 * @skb: the packet, routed.
 * @genid: lbvs_route_genid() when it was.
 * @arm: number of the arm by which it came in; 0: by none, nothing is learned.
 *
 * Context: under RCU; any number of CPUs at once.
 */
void lbvs_route_learn(struct lbvs_flow *flow, enum lbvs_dir dir,
		      const struct sk_buff *skb, u32 genid, u8 arm)
{
	struct lbvs_flow_node *node = &flow->nodes[dir];
	struct dst_entry *dst = skb_dst(skb);
	u8 family = node->tuple.family;

	if (!arm || !dst || skb_nfct(skb) || READ_ONCE(node->dst))
		return;
	/* Only the stack goes past both of its translations, see snat.c. */
	if (lbvs_flow_snat(flow))
		return;
	if (skb->skb_iif == dst->dev->ifindex || !forwards(dst, family))
		return;
	lbvs_route_keep(node, dst, genid, min_t(u32, dst_mtu(dst), U16_MAX),
			arm);
}

/**
 * lbvs_route_forget - drop the route of a direction
 * @node: the direction.
 *
 * Context: under RCU, or nobody else sees the flow. Those who follow the route
 * right now may go on until the end of their RCU read section.
 */
void lbvs_route_forget(struct lbvs_flow_node *node)
{
	struct dst_entry *dst;

	WRITE_ONCE(node->mtu, 0);
	dst = xchg(&node->dst, NULL);
	if (dst)
		dst_release(dst);
}
