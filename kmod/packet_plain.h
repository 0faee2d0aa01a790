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

#include "packet.h"

/* A plain packet has an IP header, and ports, at least. */
static inline unsigned int lbvs_plain_length(u8 family)
{
	return (family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
					 sizeof(struct ipv6hdr)) +
	       sizeof(struct udphdr);
}

static inline bool lbvs_plain_trim(struct sk_buff *skb, unsigned int length)
{
	return skb->len >= length &&
	       (skb->len == length || !pskb_trim_rcsum(skb, length));
}

/* Transport header right behind the IP header, both pulled. */
static __always_inline bool lbvs_plain_transport(struct lbvs_packet *p)
{
	const struct tcphdr *tcp;
	const __be16 *ports;

	ports = (const __be16 *)(p->skb->data + p->thoff);
	p->tuple.sport = ports[0];
	p->tuple.dport = ports[1];
	p->tcp_flags = 0;
	if (p->tuple.proto != IPPROTO_TCP)
		return p->tuple.proto == IPPROTO_UDP;

	if (!pskb_may_pull(p->skb, p->thoff + sizeof(*tcp)))
		return false;
	tcp = (const struct tcphdr *)(p->skb->data + p->thoff);
	p->seq = ntohl(tcp->seq);
	p->ack = ntohl(tcp->ack_seq);
	p->tcp_flags = tcp_flag_byte(tcp);
	return true;
}

static __always_inline bool lbvs_plain_ipv4(struct lbvs_packet *p)
{
	struct sk_buff *skb = p->skb;
	const struct iphdr *ip;

	ip = (const struct iphdr *)skb->data;
	if (ip->version != 4 || ip->ihl != 5 || ip->ttl <= 1 ||
	    ip_is_fragment(ip))
		return false;

	lbvs_tuple_start(&p->tuple, NFPROTO_IPV4, ip->protocol);
	lbvs_tuple_set_ipv4(&p->tuple, ip);
	p->thoff = sizeof(*ip);
	p->length = ntohs(ip->tot_len);
	return p->length >= sizeof(*ip) + sizeof(struct udphdr);
}

static __always_inline bool lbvs_plain_ipv6(struct lbvs_packet *p)
{
	struct sk_buff *skb = p->skb;
	const struct ipv6hdr *ip;

	ip = (const struct ipv6hdr *)skb->data;
	if (ip->version != 6 || ip->hop_limit <= 1)
		return false;

	lbvs_tuple_start(&p->tuple, NFPROTO_IPV6, ip->nexthdr);
	p->tuple.src.in6 = ip->saddr;
	p->tuple.dst.in6 = ip->daddr;
	p->thoff = sizeof(*ip);
	p->length = sizeof(*ip) + ntohs(ip->payload_len);
	return p->length >= sizeof(*ip) + sizeof(struct udphdr);
}

/**
 * lbvs_packet_parse_plain - parse a packet that can do without the IP stack
 * @p: filled in; only valid with true.
 * @skb: a packet from a device; skb->data is at the IP header, and
 *	lbvs_plain_length() bytes are pulled. Padding of the link layer is cut
 *	off.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * Fragments, options, extension headers, a time to live that ends here, and
 * lengths that do not fit are for the stack to judge.
 *
 * Context: softirq.
 * Return: true when it is a whole TCP or UDP packet and plain.
 */
static __always_inline bool
lbvs_packet_parse_plain(struct lbvs_packet *p, struct sk_buff *skb, u8 family)
{
	p->skb = skb;
	if (family == NFPROTO_IPV4 ? !lbvs_plain_ipv4(p) : !lbvs_plain_ipv6(p))
		return false;
	if (!lbvs_plain_transport(p) || !lbvs_plain_trim(skb, p->length))
		return false;
	p->now = (u32)jiffies;
	p->is_error = false;
	return true;
}

#endif /* _LBVS_PACKET_PLAIN_H */
