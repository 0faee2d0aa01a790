/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last step of the fast path: to the neighbour, without the IP stack. */
#ifndef _LBVS_TRANSMIT_H
#define _LBVS_TRANSMIT_H

#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "net.h"
#include "stats.h"

void lbvs_transmit_wait(struct sk_buff *skb, struct dst_entry *dst, u8 family,
			struct neighbour *neighbour);

static __always_inline struct neighbour *
lbvs_transmit_neighbour(struct sk_buff *skb, struct dst_entry *dst, u8 family,
			bool *skip_cache)
{
	const struct in6_addr *gateway;

	if (family == NFPROTO_IPV4)
		return ip_neigh_for_gw((struct rtable *)dst, skb, skip_cache);
	gateway = rt6_nexthop((struct rt6_info *)dst, &ipv6_hdr(skb)->daddr);
	return ip_neigh_gw6(dst->dev, gateway);
}

/**
 * lbvs_transmit - send a packet, rewritten, on its way
 * @ln: network namespace.
 * @skb: the packet; skb->data is at the IP header.
 * @dst: its route.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * Context: softirq, under RCU.
 * Return: false without memory; the packet is still the caller's then.
 */
static __always_inline bool lbvs_transmit(const struct lbvs_net *ln,
					  struct sk_buff *skb,
					  struct dst_entry *dst, u8 family)
{
	struct neighbour *neighbour;
	bool skip_cache = false;

	neighbour = lbvs_transmit_neighbour(skb, dst, family, &skip_cache);
	if (IS_ERR(neighbour)) {
		lbvs_stats_inc(ln, LBVS_STAT_DROP_NO_MEMORY);
		return false;
	}
	lbvs_stats_inc(ln, LBVS_STAT_PACKETS_FAST);
	skb->dev = dst->dev;
	skb_clear_tstamp(skb);
	skb_forward_csum(skb);
	if (likely(!skip_cache &&
		   (READ_ONCE(neighbour->nud_state) & NUD_CONNECTED) &&
		   READ_ONCE(neighbour->hh.hh_len)))
		neigh_hh_output(&neighbour->hh, skb);
	else
		lbvs_transmit_wait(skb, dst, family, neighbour);
	return true;
}

#endif /* _LBVS_TRANSMIT_H */
