// SPDX-License-Identifier: GPL-2.0-or-later
#include "transmit.h"
#include "packet.h"

static struct neighbour *find_neighbour(struct sk_buff *skb,
					struct dst_entry *dst, u8 family,
					bool *skip_cache)
{
	const struct in6_addr *gateway;

	if (family == NFPROTO_IPV4)
		return ip_neigh_for_gw((struct rtable *)dst, skb, skip_cache);
	gateway = rt6_nexthop((struct rt6_info *)dst, &ipv6_hdr(skb)->daddr);
	return ip_neigh_gw6(dst->dev, gateway);
}

/**
 * lbvs_transmit_anew - send a packet to a neighbour that has to be looked for
 * @ln: network namespace.
 * @skb: the packet.
 * @dst: its route.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * Meanwhile the packet waits with its route; if nobody is found the stack says
 * so to the sender, for which it reads what its own input would have left in
 * the packet.
 *
 * Context: softirq, under RCU.
 * Return: false without memory; the packet is still the caller's then.
 */
bool lbvs_transmit_anew(const struct lbvs_net *ln, struct sk_buff *skb,
			struct dst_entry *dst, u8 family)
{
	struct neighbour *neighbour;
	bool skip_cache = false;

	neighbour = find_neighbour(skb, dst, family, &skip_cache);
	if (IS_ERR(neighbour)) {
		lbvs_stats_inc(ln, LBVS_STAT_DROP_NO_MEMORY);
		return false;
	}
	lbvs_transmit_prepare(ln, skb, dst);
	lbvs_packet_set_control(skb, family);
	skb_dst_set_noref(skb, dst);
	/* As neigh_output() does it, by its header where it has one. */
	neigh_output(neighbour, skb, skip_cache);
	return true;
}
