/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in netfilter the module stands, and the walk of a packet. */
#ifndef _LBVS_HOOK_H
#define _LBVS_HOOK_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "net.h"
#include "types.h"

/*
 * One look at an address tells most packets that are none of ours: its slot in a
 * filter that has 2^bits of them. In these hooks skb->data is at the IP header,
 * which is pulled and sane.
 */
static __always_inline u32 lbvs_hook_source(const struct sk_buff *skb, u8 family,
					    unsigned int bits)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	return family == NFPROTO_IPV4 ?
		       lbvs_filter_slot_ipv4(ip->saddr, bits) :
		       lbvs_filter_slot_ipv6(&ip6->saddr, bits);
}

static __always_inline u32 lbvs_hook_destination(const struct sk_buff *skb,
						 u8 family, unsigned int bits)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	return family == NFPROTO_IPV4 ?
		       lbvs_filter_slot_ipv4(ip->daddr, bits) :
		       lbvs_filter_slot_ipv6(&ip6->daddr, bits);
}

static __always_inline bool lbvs_hook_may_be_error(const struct sk_buff *skb,
						   u8 family)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	/* One behind extension headers is rare, and found out by parsing. */
	return family == NFPROTO_IPV4 ? ip->protocol == IPPROTO_ICMP :
					ip6->nexthdr != IPPROTO_TCP &&
						ip6->nexthdr != IPPROTO_UDP;
}

unsigned int lbvs_hook_answer(enum lbvs_verdict verdict);
enum lbvs_verdict lbvs_hook_route_again(enum lbvs_verdict verdict,
					struct sk_buff *skb,
					const struct nf_hook_state *state,
					const union nf_inet_addr *before);
int lbvs_hook_register(struct lbvs_net *ln);
void lbvs_hook_unregister(struct lbvs_net *ln);

#endif /* _LBVS_HOOK_H */
