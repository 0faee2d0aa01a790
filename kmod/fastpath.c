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
#include "compat.h"
#include "flow_find.h"
#include "follow.h"
#include "net.h"
#include "open.h"
#include "packet_plain.h"
#include "route.h"
#include "ruleset.h"
#include "stats.h"

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
#include <net/neighbour.h>
#include <net/route.h>
#include <net/xfrm.h>

/* Is the packet longer than its route takes, and not to be cut by the device? */
static __always_inline bool too_long(const struct lbvs_packet *p, u32 mtu)
{
	if (p->skb->len <= mtu)
		return false;
	return !skb_is_gso(p->skb) ||
	       !skb_gso_validate_network_len(p->skb, mtu);
}

static __always_inline bool fits(const struct lbvs_packet *p, const struct lbvs_flow_node *node,
		 const struct dst_entry *dst)
{
	return !too_long(p, READ_ONCE(node->mtu)) &&
	       skb_headroom(p->skb) >= LL_RESERVED_SPACE(dst->dev);
}

static __always_inline struct neighbour *
find_neighbour(struct sk_buff *skb, struct dst_entry *dst, u8 family,
	       bool *skip_cache)
{
	const struct in6_addr *gateway;

	if (family == NFPROTO_IPV4)
		return ip_neigh_for_gw((struct rtable *)dst, skb, skip_cache);
	gateway = rt6_nexthop((struct rt6_info *)dst, &ipv6_hdr(skb)->daddr);
	return ip_neigh_gw6(dst->dev, gateway);
}

static inline void count_hop(struct sk_buff *skb, u8 family)
{
	if (family == NFPROTO_IPV4)
		ip_decrease_ttl(ip_hdr(skb));
	else
		ipv6_hdr(skb)->hop_limit--;
}

static __always_inline enum lbvs_verdict
transmit(const struct lbvs_net *ln, struct sk_buff *skb, struct dst_entry *dst,
	 u8 family)
{
	struct neighbour *neighbour;
	bool skip_cache = false;

	neighbour = find_neighbour(skb, dst, family, &skip_cache);
	if (IS_ERR(neighbour)) {
		lbvs_stats_inc(ln, LBVS_STAT_DROP_NO_MEMORY);
		return LBVS_DROP;
	}
	count_hop(skb, family);
	lbvs_stats_inc(ln, LBVS_STAT_PACKETS_FAST);
	skb->dev = dst->dev;
	skb_clear_tstamp(skb);
	skb_forward_csum(skb);
	neigh_output(neighbour, skb, skip_cache);
	return LBVS_STOLEN;
}

/*
 * Nobody but us hooked here, and whoever has the one priority that is known to
 * be harmless?
 */
static bool is_ours_alone(const struct lbvs_net *ln,
			  const struct nf_hook_entries *entries, int harmless)
{
	struct nf_hook_ops **ops;
	unsigned int i;

	if (!entries)
		return true;
	ops = nf_hook_entries_get_hook_ops(entries);
	for (i = 0; i < entries->num_hook_entries; i++)
		if (entries->hooks[i].priv != ln &&
		    READ_ONCE(ops[i])->priority != harmless)
			return false;
	return true;
}

/*
 * Does nobody else want to see packets on their way through the stack? What
 * does no harm: defragmentation, as the packets here are whole; and AppArmor
 * (alone at this priority in POST_ROUTING), which looks at packets with a
 * security mark that a local socket sends.
 */
static bool nobody_else_looks(const struct lbvs_packet *p)
{
	const struct netns_nf *nf = &p->ln->net->nf;
	struct nf_hook_entries __rcu *const *hooks;

#ifdef CONFIG_XFRM
	if (p->ln->net->xfrm.policy_count[XFRM_POLICY_FWD] ||
	    p->ln->net->xfrm.policy_count[XFRM_POLICY_OUT])
		return false;
#endif
	hooks = p->tuple.family == NFPROTO_IPV4 ? nf->hooks_ipv4 :
						  nf->hooks_ipv6;
	return is_ours_alone(p->ln, rcu_dereference(hooks[NF_INET_PRE_ROUTING]),
			     NF_IP_PRI_CONNTRACK_DEFRAG) &&
	       is_ours_alone(p->ln, rcu_dereference(hooks[NF_INET_FORWARD]),
			     INT_MIN) &&
	       is_ours_alone(p->ln, rcu_dereference(hooks[NF_INET_POST_ROUTING]),
			     NF_IP_PRI_SELINUX_FIRST);
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
				     struct lbvs_flow *flow, enum lbvs_dir dir)
{
	struct lbvs_flow_node *node = &flow->nodes[dir];
	struct dst_entry *dst = find_route(p);

	if (dst)
		lbvs_route_learn(flow, dir, p->skb);
	if (dst && dst == READ_ONCE(node->dst) && fits(p, node, dst))
		return dst;
	skb_dst_drop(p->skb);
	return NULL;
}

/*
 * The stack rewrites requests before routing, and so must we. If the packet
 * then can't be sent from here the stack goes on with it, as with one that
 * came through our own hook there.
 */
static enum lbvs_verdict route_request(struct lbvs_packet *p,
				       struct lbvs_flow *flow,
				       struct dst_entry **dst)
{
	if (lbvs_follow(p, flow, LBVS_REQUEST) != LBVS_NEXT)
		return LBVS_DROP;
	*dst = learn_route(p, flow, LBVS_REQUEST);
	if (*dst)
		return LBVS_NEXT;
	lbvs_stats_inc(p->ln, LBVS_STAT_PACKETS_SLOW);
	return LBVS_PASS;
}

/* Replies are routed first. */
static enum lbvs_verdict route_reply(struct lbvs_packet *p,
				     struct lbvs_flow *flow,
				     struct dst_entry **dst)
{
	*dst = learn_route(p, flow, LBVS_REPLY);
	return *dst ? lbvs_follow(p, flow, LBVS_REPLY) : LBVS_PASS;
}

/*
 * What the stack does not forward, RFC 4291, sections 2.5.2, 2.5.3, 2.5.6 and
 * 2.7. For IPv4 the lookup of the route sees to that.
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
	if (lbvs_packet_is_tcp(p) && !lbvs_tcp_opens(p))
		return false;
	return can_be_forwarded(p);
}

static enum lbvs_verdict open_directly(struct lbvs_packet *p,
				       struct lbvs_flow *replaced,
				       struct dst_entry **dst)
{
	const struct lbvs_rule *rule;
	enum lbvs_verdict verdict;
	struct lbvs_flow *flow;

	rule = lbvs_ruleset_find(rcu_dereference(p->ln->ruleset), &p->tuple);
	if (!can_open(p, rule) || !nobody_else_looks(p))
		return LBVS_PASS;

	if (replaced && lbvs_flow_end(p->ln, replaced))
		lbvs_stats_inc(p->ln, LBVS_STAT_FLOW_REPLACED);
	verdict = lbvs_open(p, rule, NF_INET_PRE_ROUTING, &flow);
	if (verdict != LBVS_NEXT)
		return verdict;
	return route_request(p, flow, dst);
}

/* A packet for which there is no flow, or no route yet. */
static noinline enum lbvs_verdict walk_anew(struct lbvs_packet *p,
					    struct lbvs_flow *flow,
					    enum lbvs_dir dir,
					    struct dst_entry **dst)
{
	if (!flow || (dir == LBVS_REQUEST && lbvs_open_anew(flow, p)))
		return open_directly(p, flow, dst);
	if (!nobody_else_looks(p))
		return LBVS_PASS;
	return dir == LBVS_REQUEST ? route_request(p, flow, dst) :
				     route_reply(p, flow, dst);
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

/* Returns the family, or 0 for what only the stack can judge. */
static inline u8 family_of(const struct lbvs_net *ln, const struct sk_buff *skb)
{
	if (skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb) ||
	    skb_dst(skb) || is_marked(skb))
		return 0;
	if (skb->protocol == htons(ETH_P_IP))
		return NFPROTO_IPV4;
	/* For IPv4 routes become obsolete when forwarding is turned off. */
	if (skb->protocol == htons(ETH_P_IPV6) &&
	    READ_ONCE(ln->net->ipv6.devconf_all->forwarding))
		return NFPROTO_IPV6;
	return 0;
}

/* One look at both addresses, before anything else is done. */
static __always_inline bool may_be_ours(const struct lbvs_net *ln,
					struct sk_buff *skb, u8 family)
{
	const struct ipv6hdr *ip6;
	const struct iphdr *ip;
	u32 source, destination;

	if (!pskb_may_pull(skb, lbvs_plain_length(family)))
		return false;
	if (family == NFPROTO_IPV4) {
		ip = (const struct iphdr *)skb->data;
		source = lbvs_filter_slot_ipv4(ip->saddr);
		destination = lbvs_filter_slot_ipv4(ip->daddr);
	} else {
		ip6 = (const struct ipv6hdr *)skb->data;
		source = lbvs_filter_slot_ipv6(&ip6->saddr);
		destination = lbvs_filter_slot_ipv6(&ip6->daddr);
	}
	return lbvs_member_filter_test(ln, source) ||
	       lbvs_ruleset_filter_test(rcu_dereference(ln->ruleset),
					destination);
}

static __always_inline enum lbvs_verdict walk(struct lbvs_packet *p,
					      struct dst_entry **dst)
{
	struct lbvs_flow *flow;
	enum lbvs_dir dir;

	flow = lbvs_flow_find(p, &dir);
	*dst = flow ? lbvs_route_get(p->ln, flow, dir, p->skb) : NULL;
	if (unlikely(!*dst || (lbvs_packet_is_tcp(p) && lbvs_tcp_opens(p))))
		return walk_anew(p, flow, dir, dst);
	if (unlikely(!fits(p, &flow->nodes[dir], *dst)))
		return LBVS_PASS;
	skb_dst_set_noref(p->skb, *dst);
	return lbvs_follow(p, flow, dir);
}

/* Compiled once for each family. */
static __always_inline enum lbvs_verdict ingress(struct lbvs_net *ln,
						 struct sk_buff *skb,
						 const u8 family,
						 struct dst_entry **dst)
{
	struct lbvs_packet p LBVS_UNINITIALIZED;

	if (!may_be_ours(ln, skb, family) ||
	    !lbvs_packet_parse_plain(&p, skb, family))
		return LBVS_PASS;
	p.ln = ln;
	/* The core set it to the network header. */
	skb_set_transport_header(skb, p.thoff);
	return walk(&p, dst);
}

/**
 * lbvs_fastpath_ingress - a packet comes in by an arm
 * @priv: struct lbvs_net.
 * @skb: the packet.
 * @state: the hook.
 *
 * Context: softirq, under RCU.
 * Return: NF_ACCEPT, NF_DROP or NF_STOLEN.
 */
unsigned int lbvs_fastpath_ingress(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	u8 family = family_of(priv, skb);
	enum lbvs_verdict verdict;
	struct dst_entry *dst;

	if (family == NFPROTO_IPV4)
		verdict = ingress(priv, skb, NFPROTO_IPV4, &dst);
	else if (family == NFPROTO_IPV6)
		verdict = ingress(priv, skb, NFPROTO_IPV6, &dst);
	else
		return NF_ACCEPT;

	if (verdict == LBVS_NEXT)
		verdict = transmit(priv, skb, dst, family);
	if (verdict == LBVS_STOLEN)
		return NF_STOLEN;
	return verdict == LBVS_DROP ? NF_DROP : NF_ACCEPT;
}
