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

/**
 * enum lbvs_hop - is this a hop on the packet's way?
 * @LBVS_HOP_STACK: the stack forwards the packet, and counts it.
 * @LBVS_HOP_OURS: we do.
 */
enum lbvs_hop {
	LBVS_HOP_STACK,
	LBVS_HOP_OURS,
};

/**
 * struct lbvs_rewrite - what is done to a packet; in registers
 * @skb: the packet, writable as far as need be.
 * @from: its direction.
 * @to: the other one.
 * @s: the packet, parsed.
 * @dir: its direction.
 */
struct lbvs_rewrite {
	struct sk_buff *skb;
	const struct lbvs_flow_node *from;
	const struct lbvs_flow_node *to;
	const struct lbvs_summary *s;
	enum lbvs_dir dir;
};

bool lbvs_rewrite_is_outer_open(const struct sk_buff *skb, unsigned int thoff);

static __always_inline void lbvs_rewrite_port(const struct lbvs_rewrite *r,
					      __be16 *ports, __sum16 *check)
{
	const struct lbvs_tuple *from = &r->from->tuple;
	const struct lbvs_tuple *to = &r->to->tuple;

	/* It is seldom another one. */
	if (r->dir == LBVS_REQUEST && from->dport != to->sport) {
		if (check)
			csum_replace2(check, from->dport, to->sport);
		ports[1] = to->sport;
	} else if (r->dir == LBVS_REPLY && from->sport != to->dport) {
		if (check)
			csum_replace2(check, from->sport, to->dport);
		ports[0] = to->dport;
	}
}

/*
 * Is the checksum as yet only the sum of the pseudo header, not inverted, and
 * whoever sends the packet on completes it? Where there is no tunnel that is known
 * by two bits.
 */
static __always_inline bool lbvs_rewrite_is_open(const struct lbvs_rewrite *r)
{
	if (r->skb->ip_summed != CHECKSUM_PARTIAL)
		return false;
	return likely(!r->skb->encapsulation) ||
	       lbvs_rewrite_is_outer_open(r->skb, r->s->thoff);
}

static __always_inline void lbvs_rewrite_check(const struct lbvs_rewrite *r,
					       __be16 *ports, __sum16 *check)
{
	__be16 delta = (__force __be16)lbvs_flow_delta(r->from);
	struct sk_buff *skb = r->skb;

	if (lbvs_rewrite_is_open(r)) {
		*check = csum16_add(*check, delta);
		lbvs_rewrite_port(r, ports, NULL);
		return;
	}
	*check = ~csum16_add(~*check, delta);
	lbvs_rewrite_port(r, ports, check);
	/* The sum of the whole packet: the new addresses and the new checksum
	 * cancel each other out; for IPv4 there is one more checksum.
	 */
	if (skb->ip_summed == CHECKSUM_COMPLETE &&
	    r->s->family == NFPROTO_IPV4)
		skb->csum = csum_sub(skb->csum,
				     csum_unfold((__force __sum16)delta));
}

static __always_inline void lbvs_rewrite_tcp(const struct lbvs_rewrite *r)
{
	struct tcphdr *tcp = (struct tcphdr *)(r->skb->data + r->s->thoff);

	lbvs_rewrite_check(r, &tcp->source, &tcp->check);
}

static __always_inline void lbvs_rewrite_udp(const struct lbvs_rewrite *r)
{
	struct udphdr *udp = (struct udphdr *)(r->skb->data + r->s->thoff);

	/* 0 means that there is none (RFC 768), unless it is yet to be filled
	 * in; one that comes out as 0 is sent as its twin.
	 */
	if (!udp->check && !lbvs_rewrite_is_open(r)) {
		lbvs_rewrite_port(r, &udp->source, NULL);
		return;
	}
	lbvs_rewrite_check(r, &udp->source, &udp->check);
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
}

static __always_inline void lbvs_rewrite_ipv4(const struct lbvs_rewrite *r,
					      enum lbvs_hop hop)
{
	__be16 delta = (__force __be16)lbvs_flow_delta(r->from);
	const struct lbvs_tuple *to = &r->to->tuple;
	struct iphdr *ip = (struct iphdr *)r->skb->data;

	if (hop == LBVS_HOP_OURS) {
		/* The time to live is the high byte of its word. */
		delta = (__force __be16)csum16_sub((__force __sum16)delta,
						   htons(0x0100));
		ip->ttl--;
	}
	ip->check = ~csum16_add(~ip->check, delta);
	if (r->dir == LBVS_REQUEST)
		ip->daddr = to->src.ip;
	else
		ip->saddr = to->dst.ip;
}

static __always_inline void lbvs_rewrite_ipv6(const struct lbvs_rewrite *r,
					      enum lbvs_hop hop)
{
	const struct lbvs_tuple *to = &r->to->tuple;
	struct ipv6hdr *ip = (struct ipv6hdr *)r->skb->data;

	if (hop == LBVS_HOP_OURS)
		ip->hop_limit--;
	if (r->dir == LBVS_REQUEST)
		ip->daddr = to->src.in6;
	else
		ip->saddr = to->dst.in6;
}

/* Where the hop is ours the packet was read in place, and all of it is there. */
static __always_inline bool lbvs_rewrite_is_direct(const struct sk_buff *skb,
						   unsigned int length,
						   enum lbvs_hop hop)
{
	return (hop == LBVS_HOP_OURS || skb_headlen(skb) >= length) &&
	       !skb_cloned(skb);
}

/**
 * lbvs_rewrite - give a packet the addresses of the other side of its flow
 * @skb: the packet; its data may move. skb->data is at the IP header.
 * @s: the packet, parsed; with LBVS_HOP_OURS by lbvs_plain_parse().
 * @from: its direction.
 * @hop: is this a hop?
 *
 * Context: softirq or process, under RCU.
 * Return: false without memory; then nothing was changed.
 */
static __always_inline bool
lbvs_rewrite(struct sk_buff *skb, const struct lbvs_summary *s,
	     const struct lbvs_flow_node *from, enum lbvs_hop hop)
{
	const struct lbvs_rewrite r = {
		.skb = skb,
		.from = from,
		.to = lbvs_flow_other(from),
		.s = s,
		.dir = from->dir,
	};
	unsigned int length = s->thoff;

	length += s->proto == IPPROTO_TCP ? sizeof(struct tcphdr) :
					    sizeof(struct udphdr);
	if (!lbvs_rewrite_is_direct(skb, length, hop) &&
	    skb_ensure_writable(skb, length))
		return false;
	if (s->proto == IPPROTO_TCP)
		lbvs_rewrite_tcp(&r);
	else
		lbvs_rewrite_udp(&r);
	if (s->family == NFPROTO_IPV4)
		lbvs_rewrite_ipv4(&r, hop);
	else
		lbvs_rewrite_ipv6(&r, hop);
	return true;
}

#endif /* _LBVS_REWRITE_H */
