/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser for the fast path: inline, as every packet comes by. */
#ifndef _LBVS_PACKET_PLAIN_H
#define _LBVS_PACKET_PLAIN_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "algo/tcp_track.h"
#include "packet.h"

/**
 * struct lbvs_plain - a packet that can do without the IP stack
 * @skb: the packet.
 * @saddr: IPv4 source address.
 * @daddr: IPv4 destination address.
 * @ports: both ports, as in struct lbvs_tuple.
 * @hash: hash of addresses and ports, once a flow was looked for.
 * @length: bytes from the IP header on.
 * @seq: TCP sequence number; undefined for UDP.
 * @ack: TCP acknowledgement number; undefined for UDP.
 * @now: jiffies, cut to 32 bits.
 * @proto: IPPROTO_TCP or IPPROTO_UDP.
 * @tcp_flags: TCP flags, LBVS_TCP_*; 0 for UDP.
 *
 * Like struct lbvs_packet, but no union and no array: nobody gets its address,
 * so the compiler holds it in registers. IPv6 addresses are read where they are.
 */
struct lbvs_plain {
	struct sk_buff *skb;
	__be32 saddr;
	__be32 daddr;
	u32 ports;
	u32 hash;
	unsigned int length;
	u32 seq;
	u32 ack;
	u32 now;
	u8 proto;
	u8 tcp_flags;
};

static __always_inline unsigned int lbvs_plain_thoff(u8 family)
{
	return family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
					sizeof(struct ipv6hdr);
}

/* A plain packet has an IP header, and ports, at least. */
static __always_inline unsigned int lbvs_plain_length(u8 family)
{
	return lbvs_plain_thoff(family) + sizeof(struct udphdr);
}

/* Both IPv6 addresses, as in struct lbvs_tuple. */
static __always_inline const u64 *lbvs_plain_addrs(const struct lbvs_plain *plain)
{
	const struct ipv6hdr *ip = (const struct ipv6hdr *)plain->skb->data;

	return (const u64 *)&ip->saddr;
}

static __always_inline bool lbvs_plain_trim(struct sk_buff *skb,
					    unsigned int length)
{
	return skb->len >= length &&
	       (skb->len == length || !pskb_trim_rcsum(skb, length));
}

/* Transport header right behind the IP header, both pulled. */
static __always_inline bool lbvs_plain_transport(struct lbvs_plain *plain,
						 u8 family)
{
	const unsigned int thoff = lbvs_plain_thoff(family);
	const struct tcphdr *tcp;

	plain->ports = *(const u32 *)(plain->skb->data + thoff);
	plain->tcp_flags = 0;
	if (plain->proto != IPPROTO_TCP)
		return plain->proto == IPPROTO_UDP;

	if (!pskb_may_pull(plain->skb, thoff + sizeof(*tcp)))
		return false;
	tcp = (const struct tcphdr *)(plain->skb->data + thoff);
	plain->seq = ntohl(tcp->seq);
	plain->ack = ntohl(tcp->ack_seq);
	plain->tcp_flags = tcp_flag_byte(tcp);
	return true;
}

static __always_inline bool lbvs_plain_ipv4(struct lbvs_plain *plain)
{
	const struct iphdr *ip = (const struct iphdr *)plain->skb->data;

	if (ip->version != 4 || ip->ihl != 5 || ip->ttl <= 1 ||
	    ip_is_fragment(ip))
		return false;
	plain->proto = ip->protocol;
	plain->saddr = ip->saddr;
	plain->daddr = ip->daddr;
	plain->length = ntohs(ip->tot_len);
	return true;
}

static __always_inline bool lbvs_plain_ipv6(struct lbvs_plain *plain)
{
	const struct ipv6hdr *ip = (const struct ipv6hdr *)plain->skb->data;

	if (ip->version != 6 || ip->hop_limit <= 1)
		return false;
	plain->proto = ip->nexthdr;
	plain->saddr = 0;
	plain->daddr = 0;
	plain->length = sizeof(*ip) + ntohs(ip->payload_len);
	return true;
}

/**
 * lbvs_plain_parse - parse a packet that can do without the IP stack
 * @plain: filled in; only valid with true.
 * @skb: a packet from a device; skb->data is at the IP header, and
 *	lbvs_plain_length() bytes are pulled. Padding of the link layer is cut
 *	off.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; known when this is compiled.
 *
 * Fragments, options, extension headers, a time to live that ends here, and
 * lengths that do not fit are for the stack to judge.
 *
 * Context: softirq.
 * Return: true when it is a whole TCP or UDP packet and plain.
 */
static __always_inline bool
lbvs_plain_parse(struct lbvs_plain *plain, struct sk_buff *skb, u8 family)
{
	plain->skb = skb;
	plain->now = (u32)jiffies;
	if (family == NFPROTO_IPV4 ? !lbvs_plain_ipv4(plain) :
				     !lbvs_plain_ipv6(plain))
		return false;
	/* First the padding is cut off: it is no part of a header. */
	return plain->length >= lbvs_plain_length(family) &&
	       lbvs_plain_trim(skb, plain->length) &&
	       lbvs_plain_transport(plain, family);
}

static __always_inline struct lbvs_summary
lbvs_plain_summary(const struct lbvs_plain *plain, u8 family)
{
	return (struct lbvs_summary){
		.thoff = lbvs_plain_thoff(family),
		.length = plain->length,
		.seq = plain->seq,
		.ack = plain->ack,
		.now = plain->now,
		.family = family,
		.proto = plain->proto,
		.tcp_flags = plain->tcp_flags,
	};
}

static __always_inline bool lbvs_plain_opens(const struct lbvs_plain *plain)
{
	return plain->proto == IPPROTO_TCP &&
	       lbvs_tcp_flags_open(plain->tcp_flags);
}

/**
 * lbvs_plain_expand - all there is to know of a plain packet
 * @p: filled in, but for @p->ln.
 * @skb: the packet, for which lbvs_plain_parse() said true.
 * @family: its family.
 * @hash: hash of its addresses and ports.
 *
 * Context: softirq.
 */
static inline void lbvs_plain_expand(struct lbvs_packet *p, struct sk_buff *skb,
				     u8 family, u32 hash)
{
	struct lbvs_plain plain LBVS_UNINITIALIZED;

	plain.skb = skb;
	if (family == NFPROTO_IPV4) {
		lbvs_plain_ipv4(&plain);
		lbvs_tuple_set_ipv4(&p->tuple, plain.saddr, plain.daddr);
	} else {
		lbvs_plain_ipv6(&plain);
		memcpy(p->tuple.words, lbvs_plain_addrs(&plain),
		       sizeof(p->tuple.words));
	}
	lbvs_plain_transport(&plain, family);
	lbvs_tuple_start(&p->tuple, family, plain.proto);
	p->tuple.ports = plain.ports;
	p->skb = skb;
	p->hash = hash;
	p->thoff = lbvs_plain_thoff(family);
	p->length = plain.length;
	p->seq = plain.seq;
	p->ack = plain.ack;
	p->now = (u32)jiffies;
	p->tcp_flags = plain.tcp_flags;
	p->is_error = false;
}

#endif /* _LBVS_PACKET_PLAIN_H */
