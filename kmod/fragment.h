/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams that come in fragments. */
#ifndef _LBVS_FRAGMENT_H
#define _LBVS_FRAGMENT_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "net.h"
#include "types.h"

/**
 * lbvs_fragment_possible - may a packet be a fragment?
 * @skb: the packet, in a hook of the IP stack.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * Return: false when surely it is none.
 */
static __always_inline bool lbvs_fragment_possible(const struct sk_buff *skb,
						   u8 family)
{
	u8 proto;

	if (family == NFPROTO_IPV4)
		return ip_is_fragment((const struct iphdr *)skb->data);
	/* Whatever comes before the transport header may be a fragment's. */
	proto = ((const struct ipv6hdr *)skb->data)->nexthdr;
	return proto != IPPROTO_UDP && proto != IPPROTO_TCP &&
	       proto != IPPROTO_ICMPV6;
}

enum lbvs_verdict lbvs_fragment_gather(struct lbvs_net *ln, struct sk_buff *skb,
				       const struct nf_hook_state *state);

#endif /* _LBVS_FRAGMENT_H */
