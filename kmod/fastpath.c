// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fast path. A packet of a flow whose route is known (route.c) is
 * rewritten at the ingress hook of an arm and handed to the neighbour, without
 * the IP stack. Whatever is out of the ordinary is passed on to the stack,
 * unchanged: this path may give way at any time, it never has to cope.
 *
 * A new flow can be opened here as well, with one look at the routing table.
 * That skips the stack also for its first packet, so it is done only where
 * nobody else wants to see it: no hook but ours on the packet's way.
 */
#include "fastpath.h"
#include "arm.h"
#include "compat.h"
#include "flow_find.h"
#include "follow.h"
#include "hook.h"
#include "net.h"
#include "onlooker.h"
#include "open.h"
#include "packet_plain.h"
#include "route.h"
#include "route_member.h"
#include "ruleset.h"
#include "stats.h"
#include "transmit.h"

#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rcupdate.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

/*
 * Room for the link layer's header: so much is enough for any. A device that
 * wishes for more makes it.
 */
#define HEADROOM 64

/* Is a packet longer than its route takes, and not to be cut by the device? */
static __always_inline bool too_long(struct sk_buff *skb, unsigned int thoff,
				     u32 mtu)
{
	if (likely(skb->len <= mtu))
		return false;
	if (!skb_is_gso(skb))
		return true;
	/* The core set it to the network header. */
	skb_set_transport_header(skb, thoff);
	return !skb_gso_validate_network_len(skb, mtu);
}

static __always_inline bool fits(struct sk_buff *skb, unsigned int thoff,
				 const struct lbvs_flow_node *node,
				 const struct dst_entry *dst)
{
	return !too_long(skb, thoff, READ_ONCE(node->mtu)) &&
	       (likely(skb_headroom(skb) >= HEADROOM) ||
		skb_headroom(skb) >= LL_RESERVED_SPACE(dst->dev));
}

static void route_ipv6(struct lbvs_packet *p)
{
	const struct ipv6hdr *ip = ipv6_hdr(p->skb);
	struct flowi6 fl6 = {
		.flowi6_iif = p->skb->dev->ifindex,
		.daddr = ip->daddr,
		.saddr = ip->saddr,
		.flowlabel = ip6_flowinfo(ip),
		.flowi6_mark = p->skb->mark,
		.flowi6_proto = ip->nexthdr,
	};

	skb_dst_set_noref(p->skb,
			  ip6_route_input_lookup(p->ln->net, p->skb->dev, &fl6,
						 p->skb,
						 RT6_LOOKUP_F_HAS_SADDR |
						 RT6_LOOKUP_F_DST_NOREF));
}

/* The route that the stack would choose, with all that it checks on the way. */
static struct dst_entry *find_route(struct lbvs_packet *p)
{
	struct sk_buff *skb = p->skb;
	const struct iphdr *ip;

	if (p->tuple.family == NFPROTO_IPV6) {
		route_ipv6(p);
		return skb_dst(skb);
	}
	ip = ip_hdr(skb);
	if (ip_route_input_noref(skb, ip->daddr, ip->saddr, ip->tos, skb->dev))
		return NULL;
	return skb_dst(skb);
}

/* Ask the routing table, and remember the answer. */
static struct dst_entry *learn_route(struct lbvs_packet *p,
				     struct lbvs_flow *flow, enum lbvs_dir dir,
				     const struct lbvs_arm *arm)
{
	u32 genid = lbvs_route_genid(p->ln, p->tuple.family);
	struct lbvs_flow_node *node = &flow->nodes[dir];
	struct dst_entry *dst = find_route(p);

	if (dst)
		lbvs_route_learn(flow, dir, p->skb, genid, arm->number);
	if (dst && dst == READ_ONCE(node->dst) &&
	    fits(p->skb, p->thoff, node, dst)) {
		if (dir == LBVS_REQUEST)
			lbvs_route_member_set(p, flow, arm);
	} else {
		dst = NULL;
	}
	skb_dst_drop(p->skb);
	return dst;
}

/**
 * struct way - where a packet goes on the fast path
 * @flow: its flow.
 * @node: its direction of the flow; NULL: it is rewritten already.
 * @dst: the route.
 */
struct way {
	struct lbvs_flow *flow;
	struct lbvs_flow_node *node;
	struct dst_entry *dst;
};

/*
 * The stack rewrites requests before routing, and so must we. If the packet
 * then can't be sent from here the stack goes on with it, as with one that
 * came through our own hook there.
 */
static noinline enum lbvs_verdict route_request(struct lbvs_packet *p,
						const struct lbvs_arm *arm,
						struct way *way)
{
	const struct lbvs_summary s = lbvs_packet_summary(p);

	if (lbvs_follow(p->ln, p->skb, &s, way->flow, way->node,
			LBVS_HOP_STACK) != LBVS_NEXT)
		return LBVS_DROP;
	way->dst = learn_route(p, way->flow, LBVS_REQUEST, arm);
	if (!way->dst) {
		lbvs_stats_inc(p->ln, LBVS_STAT_PACKETS_SLOW);
		return LBVS_PASS;
	}
	if (p->tuple.family == NFPROTO_IPV4)
		ip_decrease_ttl(ip_hdr(p->skb));
	else
		ipv6_hdr(p->skb)->hop_limit--;
	way->node = NULL;
	return LBVS_NEXT;
}

static enum lbvs_verdict find_way(struct lbvs_packet *p,
				  const struct lbvs_arm *arm, enum lbvs_dir dir,
				  struct way *way)
{
	way->node = &way->flow->nodes[dir];
	/* Replies are routed before they are rewritten. */
	if (dir == LBVS_REPLY) {
		way->dst = learn_route(p, way->flow, dir, arm);
		return way->dst ? LBVS_NEXT : LBVS_PASS;
	}
	way->dst = lbvs_route_member_get(p, way->flow, arm);
	return way->dst ? LBVS_NEXT : route_request(p, arm, way);
}

/*
 * What the stack does not forward, RFC 4291, sections 2.5.2, 2.5.3, 2.5.6 and
 * 2.7. For IPv4 the lookup of the route sees to that. As the stack teaches no
 * route of such, it is enough to ask where there is none yet.
 */
static bool can_be_forwarded(const struct lbvs_packet *p)
{
	int type;

	if (p->tuple.family == NFPROTO_IPV4)
		return true;
	type = ipv6_addr_type(&p->tuple.src.in6);
	return type != IPV6_ADDR_ANY &&
	       !(type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK |
			 IPV6_ADDR_MULTICAST));
}

static bool can_open(const struct lbvs_packet *p, const struct lbvs_rule *rule)
{
	if (!rule || !rule->n_choices)
		return false;
	return !lbvs_packet_is_tcp(p) || lbvs_tcp_opens(p);
}

static enum lbvs_verdict open_directly(struct lbvs_packet *p,
				       struct way *way)
{
	const struct lbvs_rule *rule;

	rule = lbvs_ruleset_find(rcu_dereference(p->ln->ruleset), &p->tuple);
	if (!can_open(p, rule) || !lbvs_onlooker_none(p->ln, p->tuple.family))
		return LBVS_PASS;

	if (way->flow && lbvs_flow_end(p->ln, way->flow))
		lbvs_stats_inc(p->ln, LBVS_STAT_FLOW_REPLACED);
	return lbvs_open(p, rule, NF_INET_PRE_ROUTING, &way->flow);
}

/* IPsec, and security modules, have their say in the stack. */
static bool is_marked(const struct sk_buff *skb)
{
#ifdef CONFIG_NETWORK_SECMARK
	if (skb->secmark)
		return true;
#endif
	return skb_sec_path(skb);
}

static inline bool only_the_stack_can_judge(const struct lbvs_net *ln,
					    const struct sk_buff *skb, u8 family)
{
	const struct ipv6_devconf *all;

	if (skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb) ||
	    skb_dst(skb) || is_marked(skb))
		return true;
	/* For IPv4 routes become obsolete when forwarding is turned off. */
	if (family == NFPROTO_IPV4)
		return false;
	/* There is none where the kernel was started without IPv6. */
	all = ln->net->ipv6.devconf_all;
	return !all || !READ_ONCE(all->forwarding);
}

/* One look at both addresses, which are pulled, before anything else is done. */
static __always_inline bool may_be_ours(const struct lbvs_net *ln,
					const struct sk_buff *skb, u8 family)
{
	const struct ipv6hdr *ip6;
	const struct iphdr *ip;
	u32 source, destination;

	if (family == NFPROTO_IPV4) {
		ip = (const struct iphdr *)skb->data;
		source = lbvs_filter_slot_ipv4(ip->saddr, LBVS_MEMBER_BITS);
		destination = lbvs_filter_slot_ipv4(ip->daddr, LBVS_VIP_BITS);
	} else {
		ip6 = (const struct ipv6hdr *)skb->data;
		source = lbvs_filter_slot_ipv6(&ip6->saddr, LBVS_MEMBER_BITS);
		destination = lbvs_filter_slot_ipv6(&ip6->daddr, LBVS_VIP_BITS);
	}
	return lbvs_member_filter_test(ln, source) ||
	       lbvs_ruleset_filter_test(rcu_dereference(ln->ruleset),
					destination);
}

static enum lbvs_verdict choose_way(struct lbvs_packet *p,
				    const struct lbvs_arm *arm, struct way *way)
{
	enum lbvs_dir dir = way->flow ? way->node->dir : LBVS_REQUEST;
	enum lbvs_verdict verdict;

	if (!way->flow ||
	    (dir == LBVS_REQUEST && lbvs_open_anew(way->flow, p))) {
		verdict = open_directly(p, way);
		if (verdict != LBVS_NEXT)
			return verdict;
	} else if (lbvs_flow_is_resetting(way->flow) ||
		   !lbvs_onlooker_none(p->ln, p->tuple.family)) {
		return LBVS_PASS;
	}
	/* It is translated once more at the end of the stack. */
	if (lbvs_flow_snat(way->flow))
		return LBVS_PASS;
	return find_way(p, arm, dir, way);
}

static enum lbvs_verdict go(struct lbvs_packet *p, const struct way *way)
{
	const struct lbvs_summary s = lbvs_packet_summary(p);

	if (!way->node)
		return LBVS_NEXT;
	if (!fits(p->skb, p->thoff, way->node, way->dst))
		return LBVS_PASS;
	/* One that opens was not noted when its flow was found. */
	lbvs_flow_refresh(way->flow, p->now);
	return lbvs_follow(p->ln, p->skb, &s, way->flow, way->node,
			   LBVS_HOP_OURS);
}

/* With the verdict of the steps before, and the route if that is LBVS_NEXT. */
static __always_inline unsigned int
send_by(const struct lbvs_net *ln, struct sk_buff *skb, struct dst_entry *dst,
	enum lbvs_verdict verdict, u8 family)
{
	if (unlikely(verdict != LBVS_NEXT))
		return lbvs_hook_answer(verdict);
	return lbvs_transmit(ln, skb, dst, family) ? NF_STOLEN : NF_DROP;
}

/*
 * The stack takes nothing in by a device on which IPv6 is turned off. Routes by
 * way of it are gone by then, those of packets that came in by it need not be.
 */
static bool takes_ipv6(const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);

	return idev && !READ_ONCE(idev->cnf.disable_ipv6);
}

/*
 * A packet for which there is no flow, or no route yet. It is read once more:
 * packets that know their way, which are most, shall stay in registers.
 */
static noinline unsigned int
walk_anew(const struct lbvs_arm *arm, struct sk_buff *skb, u8 family,
	  struct lbvs_flow_node *node, u32 hash)
{
	struct way way = { .node = node };
	struct lbvs_packet p LBVS_UNINITIALIZED;
	enum lbvs_verdict verdict;

	if (family == NFPROTO_IPV6 && !takes_ipv6(skb->dev))
		return NF_ACCEPT;
	lbvs_plain_expand(&p, skb, family, hash);
	if (!can_be_forwarded(&p))
		return NF_ACCEPT;
	p.ln = arm->ln;
	if (node)
		way.flow = lbvs_flow_of(node);
	verdict = choose_way(&p, arm, &way);
	if (verdict == LBVS_NEXT)
		verdict = go(&p, &way);
	return send_by(p.ln, skb, way.dst, verdict, family);
}

static __always_inline unsigned int walk(const struct lbvs_arm *arm,
					 struct sk_buff *skb, const u8 family)
{
	struct lbvs_plain plain LBVS_UNINITIALIZED;
	struct lbvs_summary s LBVS_UNINITIALIZED;
	struct lbvs_net *ln = arm->ln;
	struct lbvs_flow_node *node;
	struct dst_entry *dst;

	if (only_the_stack_can_judge(ln, skb, family) ||
	    !lbvs_plain_parse(&plain, skb, family))
		return NF_ACCEPT;

	node = lbvs_flow_find_plain(ln, &plain, family);
	dst = node ? lbvs_route_get(ln, node, family, arm->number) : NULL;
	if (unlikely(!dst || lbvs_plain_opens(&plain)))
		return walk_anew(arm, skb, family, node, plain.hash);
	if (unlikely(!fits(skb, lbvs_plain_thoff(family), node, dst)))
		return NF_ACCEPT;
	s = lbvs_plain_summary(&plain, family);
	return send_by(ln, skb, dst,
		       lbvs_follow(ln, skb, &s, lbvs_flow_of(node), node,
				   LBVS_HOP_OURS),
		       family);
}

/* Compiled once for each family: most packets meet no decision about it. */
static noinline unsigned int walk_ipv4(const struct lbvs_arm *arm,
				       struct sk_buff *skb)
{
	return walk(arm, skb, NFPROTO_IPV4);
}

static noinline unsigned int walk_ipv6(const struct lbvs_arm *arm,
				       struct sk_buff *skb)
{
	return walk(arm, skb, NFPROTO_IPV6);
}

static __always_inline unsigned int look_at(const struct lbvs_arm *arm,
					    struct sk_buff *skb, u8 family)
{
	if (!may_be_ours(arm->ln, skb, family))
		return NF_ACCEPT;
	return family == NFPROTO_IPV4 ? walk_ipv4(arm, skb) :
					walk_ipv6(arm, skb);
}

/* What has to be looked at is not where it can be: seldom. */
static noinline unsigned int pull(const struct lbvs_arm *arm,
				  struct sk_buff *skb, u8 family)
{
	if (!pskb_may_pull(skb, lbvs_plain_length(family)))
		return NF_ACCEPT;
	return family == NFPROTO_IPV4 ? look_at(arm, skb, NFPROTO_IPV4) :
					look_at(arm, skb, NFPROTO_IPV6);
}

/*
 * Most packets may be none of ours, as in hook.c: what they pass calls others
 * last, and needs no frame on the stack.
 */
static __always_inline unsigned int enter(const struct lbvs_arm *arm,
					  struct sk_buff *skb, u8 family)
{
	if (unlikely(skb_headlen(skb) < lbvs_plain_length(family)))
		return pull(arm, skb, family);
	return look_at(arm, skb, family);
}

/**
 * lbvs_fastpath_ingress - a packet comes in by an arm
 * @priv: struct lbvs_arm.
 * @skb: the packet.
 * @state: the hook.
 *
 * Context: softirq, under RCU.
 * Return: NF_ACCEPT, NF_DROP or NF_STOLEN.
 */
unsigned int lbvs_fastpath_ingress(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	if (skb->protocol == htons(ETH_P_IP))
		return enter(priv, skb, NFPROTO_IPV4);
	if (skb->protocol == htons(ETH_P_IPV6))
		return enter(priv, skb, NFPROTO_IPV6);
	return NF_ACCEPT;
}
