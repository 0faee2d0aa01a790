/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes that flows remember, so that the fast path needs no routing. */
#ifndef _LBVS_ROUTE_H
#define _LBVS_ROUTE_H

#include <linux/atomic.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip6_fib.h>
#include <net/net_namespace.h>
#include <net/route.h>

#include "flow.h"

struct lbvs_arm;

void lbvs_route_learn(struct lbvs_flow *flow, enum lbvs_dir dir,
		      const struct sk_buff *skb, u32 genid, u8 arm);
void lbvs_route_forget(struct lbvs_flow_node *node);

/**
 * lbvs_route_genid - what changes with each change of the routing
 * @ln: network namespace.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * Return: a number.
 */
static inline u32 lbvs_route_genid(const struct lbvs_net *ln, u8 family)
{
	return family == NFPROTO_IPV4 ? rt_genid_ipv4(ln->net) :
					rt_genid_ipv6(ln->net);
}

/**
 * lbvs_route_is_current - has routing not changed since?
 * @ln: network namespace.
 * @dst: a route.
 * @family: its family.
 * @genid: lbvs_route_genid() at the time when it was chosen.
 *
 * For IPv4 what ipv4_dst_check() looks at, without the call. For IPv6 more than
 * ip6_dst_check() does: any addition to the table is one. One that was deleted
 * has left its entry.
 *
 * Context: under RCU.
 * Return: true when the stack would choose it now as well.
 */
static __always_inline bool
lbvs_route_is_current(const struct lbvs_net *ln, const struct dst_entry *dst,
		      u8 family, u32 genid)
{
	if (READ_ONCE(dst->obsolete) != DST_OBSOLETE_FORCE_CHK)
		return false;
	if (family == NFPROTO_IPV4)
		genid = ((const struct rtable *)dst)->rt_genid;
	else if (!rcu_access_pointer(((const struct rt6_info *)dst)->from))
		return false;
	return genid == lbvs_route_genid(ln, family);
}

/**
 * lbvs_route_keep - give a route to a direction that has none
 * @node: the direction.
 * @dst: the route.
 * @genid: lbvs_route_genid() when it was chosen.
 * @mtu: longest packet that it takes.
 * @arm: number of the arm by which packets come in that it is for.
 *
 * Context: under RCU; any number of CPUs at once.
 * Return: true for the one caller that did it.
 */
static inline bool lbvs_route_keep(struct lbvs_flow_node *node,
				   struct dst_entry *dst, u32 genid, u16 mtu,
				   u8 arm)
{
	if (!dst_hold_safe(dst))
		return false;
	if (cmpxchg(&node->dst, NULL, dst)) {
		/* Another CPU was faster. */
		dst_release(dst);
		return false;
	}
	WRITE_ONCE(node->genid, genid);
	WRITE_ONCE(node->arm, arm);
	/* Only now is it complete: pairs with lbvs_route_get(). Should the
	 * route be replaced in between, the check fails, and it is forgotten.
	 */
	smp_store_release(&node->mtu, mtu);
	return true;
}

/**
 * lbvs_route_get - the route that a packet of a flow takes
 * @ln: network namespace.
 * @node: the direction of the packet.
 * @family: its family.
 * @arm: number of the arm by which it came in.
 *
 * Context: under RCU, which keeps the route.
 * Return: the route; or NULL when there is none, or routing has changed since,
 * or it is that of packets that come in by another arm.
 */
static __always_inline struct dst_entry *
lbvs_route_get(const struct lbvs_net *ln, struct lbvs_flow_node *node,
	       u8 family, u8 arm)
{
	struct dst_entry *dst = READ_ONCE(node->dst);
	u32 genid = 0;

	/* Pairs with the store in lbvs_route_keep(). */
	if (!dst || !smp_load_acquire(&node->mtu))
		return NULL;
	/* A route of IPv4 has its own. */
	if (family == NFPROTO_IPV6)
		genid = READ_ONCE(node->genid);
	if (likely(READ_ONCE(node->arm) == arm &&
		   lbvs_route_is_current(ln, dst, family, genid)))
		return dst;
	lbvs_route_forget(node);
	return NULL;
}

#endif /* _LBVS_ROUTE_H */
