/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rewriting of addresses and ports; no lookups. A request gets the real's
 * address and port as its destination, a reply gets the service's as its
 * source. Checksums are updated by the difference (RFC 1624), so a packet that
 * came in damaged goes out damaged. Inline, as every packet comes by.
 */
#ifndef _LBVS_REWRITE_H
#define _LBVS_REWRITE_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "flow.h"
#include "packet.h"
#include "stats.h"
#include "types.h"

static inline bool lbvs_rewrite_is_direct(const struct sk_buff *skb, unsigned int length)
{
	return skb_headlen(skb) >= length && !skb_cloned(skb);
}

static __always_inline void lbvs_rewrite_ports(struct lbvs_packet *p, enum lbvs_dir dir,
			  const struct lbvs_tuple *other)
{
	__be16 *ports = (__be16 *)(p->skb->data + p->thoff);

	if (dir == LBVS_REQUEST)
		ports[1] = other->sport;
	else
		ports[0] = other->dport;
}

/* The change of the port, which is seldom one. */
static __always_inline void lbvs_rewrite_port_check(const struct lbvs_packet *p, __sum16 *check,
			       enum lbvs_dir dir, const struct lbvs_tuple *other)
{
	if (dir == LBVS_REQUEST && p->tuple.dport != other->sport)
		csum_replace2(check, p->tuple.dport, other->sport);
	else if (dir == LBVS_REPLY && p->tuple.sport != other->dport)
		csum_replace2(check, p->tuple.sport, other->dport);
}

static __always_inline void lbvs_rewrite_transport_check(const struct lbvs_packet *p,
				    const struct lbvs_flow *flow,
				    enum lbvs_dir dir, __sum16 *check)
{
	__be16 delta = (__force __be16)lbvs_flow_delta(&flow->nodes[dir]);
	struct sk_buff *skb = p->skb;

	/* As yet it is only the sum of the pseudo header, not inverted. */
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		*check = csum16_add(*check, delta);
		return;
	}
	*check = ~csum16_add(~*check, delta);
	lbvs_rewrite_port_check(p, check, dir, &flow->nodes[!dir].tuple);
	/* The sum of the whole packet: the new addresses and the new checksum
	 * cancel each other out; for IPv4 there is one more checksum.
	 */
	if (skb->ip_summed == CHECKSUM_COMPLETE &&
	    p->tuple.family == NFPROTO_IPV4)
		skb->csum = csum_sub(skb->csum,
				     csum_unfold((__force __sum16)delta));
}

static __always_inline void lbvs_rewrite_tcp(const struct lbvs_packet *p,
			const struct lbvs_flow *flow, enum lbvs_dir dir)
{
	struct tcphdr *tcp = (struct tcphdr *)(p->skb->data + p->thoff);

	lbvs_rewrite_transport_check(p, flow, dir, &tcp->check);
}

static __always_inline void lbvs_rewrite_udp(const struct lbvs_packet *p,
			const struct lbvs_flow *flow, enum lbvs_dir dir)
{
	struct udphdr *udp = (struct udphdr *)(p->skb->data + p->thoff);

	/* 0 means that there is none (RFC 768), unless it is yet to be filled
	 * in; one that comes out as 0 is sent as its twin.
	 */
	if (!udp->check && p->skb->ip_summed != CHECKSUM_PARTIAL)
		return;
	lbvs_rewrite_transport_check(p, flow, dir, &udp->check);
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
}

static __always_inline void lbvs_rewrite_ipv4(struct sk_buff *skb, const struct lbvs_flow *flow,
			 enum lbvs_dir dir)
{
	__be16 delta = (__force __be16)lbvs_flow_delta(&flow->nodes[dir]);
	const struct lbvs_tuple *other = &flow->nodes[!dir].tuple;
	struct iphdr *ip = ip_hdr(skb);

	ip->check = ~csum16_add(~ip->check, delta);
	if (dir == LBVS_REQUEST)
		ip->daddr = other->src.ip;
	else
		ip->saddr = other->dst.ip;
}

static __always_inline void lbvs_rewrite_ipv6(struct sk_buff *skb, const struct lbvs_flow *flow,
			 enum lbvs_dir dir)
{
	const struct lbvs_tuple *other = &flow->nodes[!dir].tuple;
	struct ipv6hdr *ip = ipv6_hdr(skb);

	if (dir == LBVS_REQUEST)
		ip->daddr = other->src.in6;
	else
		ip->saddr = other->dst.in6;
}

/**
 * lbvs_rewrite - give a packet the addresses of the other side of its flow
 * @p: the packet; its data may move.
 * @flow: its flow.
 * @dir: its direction.
 *
 * Context: softirq or process, under RCU.
 * Return: LBVS_NEXT, or LBVS_DROP without memory.
 */
static __always_inline enum lbvs_verdict
lbvs_rewrite(struct lbvs_packet *p, const struct lbvs_flow *flow,
	     enum lbvs_dir dir)
{
	unsigned int length = p->thoff;

	length += lbvs_packet_is_tcp(p) ? sizeof(struct tcphdr) :
					  sizeof(struct udphdr);
	if (!lbvs_rewrite_is_direct(p->skb, length) &&
	    skb_ensure_writable(p->skb, length)) {
		lbvs_stats_inc(p->ln, LBVS_STAT_DROP_NO_MEMORY);
		return LBVS_DROP;
	}
	if (lbvs_packet_is_tcp(p))
		lbvs_rewrite_tcp(p, flow, dir);
	else
		lbvs_rewrite_udp(p, flow, dir);
	lbvs_rewrite_ports(p, dir, &flow->nodes[!dir].tuple);
	if (p->tuple.family == NFPROTO_IPV4)
		lbvs_rewrite_ipv4(p->skb, flow, dir);
	else
		lbvs_rewrite_ipv6(p->skb, flow, dir);
	return LBVS_NEXT;
}

#endif /* _LBVS_REWRITE_H */
