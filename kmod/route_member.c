// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All requests to a member have the same destination. So they have the same
 * route, as long as nothing but the destination chooses it: then a new flow
 * takes over what the flow before it found out, and saves the lookup.
 *
 * Other things do choose where there are rules for routing, several next hops,
 * routes by source or realms: nothing is shared then. And the lookup does more
 * than to choose, it judges the source. Where the reverse path is to be checked
 * every flow needs a lookup of its own. Where it is not, the stack refuses no
 * more than addresses that nobody can have (RFC 1122, section 3.2.1.3) and its
 * own, which is quickly told (local.h).
 */
#include "route_member.h"
#include "arm.h"
#include "compat.h"
#include "local.h"
#include "member.h"
#include "route.h"

#include <linux/atomic.h>
#include <linux/inetdevice.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/nexthop.h>
#include <net/route.h>

/**
 * struct lbvs_route - the route to a member
 * @dst: the route, or NULL: none can be shared.
 * @genid: lbvs_route_genid() before it was looked up.
 * @epoch: the namespace's route_epoch likewise.
 * @mtu: longest packet that it takes.
 * @arm: number of the arm by which the packets come in.
 * @tos: type of service that they have, as far as routing heeds it.
 * @rcu: defers the free.
 */
struct lbvs_route {
	struct dst_entry *dst;
	u32 genid;
	u32 epoch;
	u16 mtu;
	u8 arm;
	u8 tos;
	struct rcu_head rcu;
};

static u8 tos_of(const struct lbvs_packet *p)
{
	if (p->tuple.family != NFPROTO_IPV4)
		return 0;
	return ip_hdr(p->skb)->tos & LBVS_ROUTE_TOS_MASK;
}

/* First bytes 0, 127 and, being rare, all above 223, are not looked into. */
static bool is_unicast(__be32 addr)
{
	u8 first = ntohl(addr) >> 24;

	return first - 1 < 223u && first != 127;
}

static bool is_source_fine(const struct lbvs_packet *p,
			   const struct lbvs_arm *arm)
{
	__be32 source = p->tuple.src.ip;
	struct in_device *in_dev;

	if (p->tuple.family != NFPROTO_IPV4)
		return true;
	if (!is_unicast(source))
		return false;
	in_dev = __in_dev_get_rcu(arm->dev);
	return in_dev && !IN_DEV_RPFILTER(in_dev) &&
	       !lbvs_local_test(p->ln, source);
}

static inline bool is_up_to_date(const struct lbvs_net *ln,
			  const struct lbvs_route *route, u8 family)
{
	if (route->epoch != READ_ONCE(ln->route_epoch))
		return false;
	if (!route->dst)
		return route->genid == lbvs_route_genid(ln, family);
	return lbvs_route_is_current(ln, route->dst, family, route->genid);
}

/**
 * lbvs_route_member_get - give a new flow the route that its member has
 * @p: a request.
 * @flow: its flow, which has no route yet.
 * @arm: the arm by which it came in.
 *
 * Context: under RCU, which keeps the route.
 * Return: the route; or NULL when there is none, or not for this packet.
 */
struct dst_entry *lbvs_route_member_get(const struct lbvs_packet *p,
					struct lbvs_flow *flow,
					const struct lbvs_arm *arm)
{
	const struct lbvs_route *route = rcu_dereference(flow->member->route);

	if (!route || !route->dst || route->arm != arm->number ||
	    !is_up_to_date(p->ln, route, p->tuple.family) ||
	    route->tos != tos_of(p) || !is_source_fine(p, arm))
		return NULL;
	if (!lbvs_route_keep(&flow->nodes[LBVS_REQUEST], route->dst,
			     route->genid, route->mtu, route->arm))
		return NULL;
	return route->dst;
}

/* The rules and the table once more, for what a route does not tell. */
static bool depends_on_destination_ipv4(const struct lbvs_packet *p,
					const struct dst_entry *dst)
{
	const struct rtable *rt = (const struct rtable *)dst;
	const struct iphdr *ip = ip_hdr(p->skb);
	struct net *net = p->ln->net;
	struct flowi4 fl4 = {
		.flowi4_iif = p->skb->dev->ifindex,
		.flowi4_tos = tos_of(p),
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.daddr = ip->daddr,
		.saddr = ip->saddr,
	};
	struct fib_result res;

	/* A path MTU was learned for this destination, and will expire. */
	if (rt->rt_pmtu)
		return false;
	if (fib4_has_custom_rules(net) || net->ipv4.fib_has_custom_local_routes ||
	    fib_num_tclassid_users(net))
		return false;
	return !fib_lookup(net, &fl4, &res, FIB_LOOKUP_NOREF) &&
	       res.type == RTN_UNICAST && fib_info_num_path(res.fi) == 1;
}

static bool depends_on_destination_ipv6(const struct lbvs_packet *p,
					const struct dst_entry *dst)
{
	const struct rt6_info *rt6 = (const struct rt6_info *)dst;
	const struct fib6_info *from = rcu_dereference(rt6->from);

	if (fib6_has_custom_rules(p->ln->net) ||
	    fib6_routes_require_src(p->ln->net))
		return false;
	/* Not learned for this destination, nor one of several routers. */
	if (rt6->rt6i_flags & (RTF_CACHE | RTF_ADDRCONF))
		return false;
	return from && !from->nh && !from->fib6_nsiblings;
}

static bool depends_on_destination(const struct lbvs_packet *p,
				   const struct dst_entry *dst)
{
	return p->tuple.family == NFPROTO_IPV4 ?
		       depends_on_destination_ipv4(p, dst) :
		       depends_on_destination_ipv6(p, dst);
}

static struct lbvs_route *draft_route(const struct lbvs_packet *p,
				      const struct lbvs_flow_node *node,
				      const struct lbvs_arm *arm)
{
	struct dst_entry *dst = READ_ONCE(node->dst);
	struct lbvs_route *route;

	route = kzalloc(sizeof(*route), GFP_ATOMIC | __GFP_NOWARN);
	if (!route)
		return NULL;
	route->genid = READ_ONCE(node->genid);
	route->epoch = READ_ONCE(p->ln->route_epoch);
	route->mtu = READ_ONCE(node->mtu);
	route->arm = arm->number;
	route->tos = tos_of(p);
	if (depends_on_destination(p, dst) && dst_hold_safe(dst))
		route->dst = dst;
	return route;
}

static void free_route(struct lbvs_route *route)
{
	if (route->dst)
		dst_release(route->dst);
	kfree(route);
}

static void free_retired(struct rcu_head *rcu)
{
	free_route(container_of(rcu, struct lbvs_route, rcu));
}

/**
 * lbvs_route_member_set - let new flows have the route that one has found out
 * @p: a request, rewritten and routed.
 * @flow: its flow, which has a route.
 * @arm: the arm by which it came in.
 *
 * Done, or tried, once after each change of the routing.
 *
 * Context: under RCU, bottom halves off.
 */
void lbvs_route_member_set(const struct lbvs_packet *p, struct lbvs_flow *flow,
			   const struct lbvs_arm *arm)
{
	struct lbvs_member *member = flow->member;
	struct lbvs_route *old, *route;

	old = rcu_dereference(member->route);
	if (old && is_up_to_date(p->ln, old, p->tuple.family))
		return;
	route = draft_route(p, &flow->nodes[LBVS_REQUEST], arm);
	if (!route)
		return;
	if (unrcu_pointer(cmpxchg(&member->route, RCU_INITIALIZER(old),
				  RCU_INITIALIZER(route))) != old) {
		/* Another CPU was faster. */
		free_route(route);
		return;
	}
	if (old)
		call_rcu(&old->rcu, free_retired);
}

/**
 * lbvs_route_member_free - drop the route of a member
 * @member: the member, which nobody can find any more.
 *
 * Context: any.
 */
void lbvs_route_member_free(struct lbvs_member *member)
{
	struct lbvs_route *route = rcu_dereference_protected(member->route, true);

	if (route)
		free_route(route);
}
