/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes that flows remember, so that the fast path needs no routing. */
#ifndef _LBVS_ROUTE_H
#define _LBVS_ROUTE_H

#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/net_namespace.h>
#include <net/route.h>

#include "flow.h"

void lbvs_route_learn(struct lbvs_flow *flow, enum lbvs_dir dir,
		      const struct sk_buff *skb);
void lbvs_route_forget(struct lbvs_flow_node *node);
bool lbvs_route_forwards(const struct dst_entry *dst, u8 family);

/* What ipv4_dst_check() looks at, without the call. */
static inline bool lbvs_route_is_current(const struct lbvs_net *ln,
					 struct dst_entry *dst, u8 family,
					 u32 cookie)
{
	const struct rtable *rt = (const struct rtable *)dst;

	if (family != NFPROTO_IPV4)
		return dst_check(dst, cookie);
	return READ_ONCE(dst->obsolete) == DST_OBSOLETE_FORCE_CHK &&
	       rt->rt_genid == rt_genid_ipv4(ln->net);
}

/**
 * lbvs_route_get - the route that a packet of a flow takes
 * @ln: network namespace.
 * @flow: the flow.
 * @dir: direction of the packet.
 * @skb: the packet.
 *
 * Context: under RCU, which keeps the route.
 * Return: the route; or NULL when there is none, or routing has changed since,
 * or it is that of packets that come in by another device.
 */
static inline struct dst_entry *lbvs_route_get(const struct lbvs_net *ln,
					       struct lbvs_flow *flow,
					       enum lbvs_dir dir,
					       const struct sk_buff *skb)
{
	struct lbvs_flow_node *node = &flow->nodes[dir];
	struct dst_entry *dst = READ_ONCE(node->dst);

	/* Pairs with the store in lbvs_route_learn(). */
	if (!dst || !smp_load_acquire(&node->mtu))
		return NULL;
	if (likely(READ_ONCE(flow->iif[dir]) == skb->skb_iif &&
		   lbvs_route_is_current(ln, dst, node->tuple.family,
					 node->cookie)))
		return dst;
	lbvs_route_forget(node);
	return NULL;
}

#endif /* _LBVS_ROUTE_H */
