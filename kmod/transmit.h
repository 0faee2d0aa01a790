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

bool lbvs_transmit_anew(const struct lbvs_net *ln, struct sk_buff *skb,
			struct dst_entry *dst, u8 family);

/* The one that is known, of the same family; or NULL. */
static __always_inline struct neighbour *
lbvs_transmit_neighbour(const struct sk_buff *skb, const struct dst_entry *dst,
			u8 family)
{
	const struct rtable *route = (const struct rtable *)dst;
	const struct in6_addr *gateway;

	if (family == NFPROTO_IPV6) {
		gateway = rt6_nexthop((const struct rt6_info *)dst,
				      &ipv6_hdr(skb)->daddr);
		return __ipv6_neigh_lookup_noref(dst->dev, gateway);
	}
	if (likely(!route->rt_gw_family))
		return __ipv4_neigh_lookup_noref(dst->dev, (__force u32)
						 ip_hdr(skb)->daddr);
	if (route->rt_gw_family == AF_INET)
		return __ipv4_neigh_lookup_noref(dst->dev,
						 (__force u32)route->rt_gw4);
	return NULL;
}

/*
 * neigh_hh_output() for a header that takes HH_DATA_MOD bytes at most, for which
 * there is room: inline, without the questions whether that is so.
 */
static __always_inline void lbvs_transmit_header(struct sk_buff *skb,
						 const struct hh_cache *hh,
						 unsigned int length)
{
	unsigned int seq;

	do {
		seq = read_seqbegin(&hh->hh_lock);
		memcpy(skb->data - HH_DATA_MOD, hh->hh_data, HH_DATA_MOD);
	} while (read_seqretry(&hh->hh_lock, seq));
	__skb_push(skb, length);
	dev_queue_xmit(skb);
}

static __always_inline void lbvs_transmit_prepare(const struct lbvs_net *ln,
						  struct sk_buff *skb,
						  struct dst_entry *dst)
{
	lbvs_stats_inc(ln, LBVS_STAT_PACKETS_FAST);
	skb->dev = dst->dev;
	skb_clear_tstamp(skb);
	skb_forward_csum(skb);
}

/**
 * lbvs_transmit - send a packet, rewritten, on its way
 * @ln: network namespace.
 * @skb: the packet; skb->data is at the IP header, and before it is room for
 *	HH_DATA_MOD bytes at least.
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
	const struct neighbour *neighbour;
	unsigned int length;

	neighbour = lbvs_transmit_neighbour(skb, dst, family);
	if (unlikely(!neighbour ||
		     !(READ_ONCE(neighbour->nud_state) & NUD_CONNECTED)))
		return lbvs_transmit_anew(ln, skb, dst, family);
	/* None yet, or a long one. A device has headers of one length. */
	length = smp_load_acquire(&neighbour->hh.hh_len);
	if (unlikely(length - 1 >= HH_DATA_MOD))
		return lbvs_transmit_anew(ln, skb, dst, family);
	lbvs_transmit_prepare(ln, skb, dst);
	lbvs_transmit_header(skb, &neighbour->hh, length);
	return true;
}

#endif /* _LBVS_TRANSMIT_H */
