// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

/* Copies of the transport header live here while it is read. */
union transport_copy {
	struct tcphdr tcp;
	struct udphdr udp;
};

static void start_tuple(struct lbvs_packet *p, u8 family, u8 proto)
{
	p->tuple.words[4] = 0;
	p->tuple.family = family;
	p->tuple.proto = proto;
}

static enum lbvs_verdict parse_ipv4(struct lbvs_packet *p)
{
	struct iphdr copy;
	const struct iphdr *ip;

	ip = skb_header_pointer(p->skb, 0, sizeof(copy), &copy);
	if (!ip)
		return LBVS_PASS;
	/* Whole packets only: defragmentation runs before us. A raw socket can
	 * send a header that claims to be shorter than it is.
	 */
	if (ip_is_fragment(ip) || ip->ihl * 4 < sizeof(*ip))
		return LBVS_PASS;
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return LBVS_PASS;

	start_tuple(p, NFPROTO_IPV4, ip->protocol);
	p->tuple.words[0] = 0;
	p->tuple.words[1] = 0;
	p->tuple.words[2] = 0;
	p->tuple.words[3] = 0;
	p->tuple.src.ip = ip->saddr;
	p->tuple.dst.ip = ip->daddr;
	p->thoff = ip->ihl * 4;
	p->length = p->skb->len;
	return LBVS_NEXT;
}

static enum lbvs_verdict parse_ipv6(struct lbvs_packet *p)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr copy;
	__be16 frag_off = 0;
	int thoff;
	u8 proto;

	ip = skb_header_pointer(p->skb, 0, sizeof(copy), &copy);
	if (!ip)
		return LBVS_PASS;

	proto = ip->nexthdr;
	thoff = sizeof(*ip);
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP) {
		thoff = ipv6_skip_exthdr(p->skb, thoff, &proto, &frag_off);
		if (thoff < 0 || frag_off)
			return LBVS_PASS;
		if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
			return LBVS_PASS;
	}

	start_tuple(p, NFPROTO_IPV6, proto);
	p->tuple.src.in6 = ip->saddr;
	p->tuple.dst.in6 = ip->daddr;
	p->thoff = thoff;
	p->length = p->skb->len;
	return LBVS_NEXT;
}

static enum lbvs_verdict parse_tcp(struct lbvs_packet *p)
{
	const struct tcphdr *tcp;
	union transport_copy copy;

	tcp = skb_header_pointer(p->skb, p->thoff, sizeof(copy.tcp), &copy);
	if (!tcp)
		return LBVS_PASS;

	p->tuple.sport = tcp->source;
	p->tuple.dport = tcp->dest;
	p->seq = ntohl(tcp->seq);
	p->ack = ntohl(tcp->ack_seq);
	p->tcp_flags = tcp_flag_byte(tcp);
	return LBVS_NEXT;
}

static enum lbvs_verdict parse_udp(struct lbvs_packet *p)
{
	const struct udphdr *udp;
	union transport_copy copy;

	udp = skb_header_pointer(p->skb, p->thoff, sizeof(copy.udp), &copy);
	if (!udp)
		return LBVS_PASS;

	p->tuple.sport = udp->source;
	p->tuple.dport = udp->dest;
	p->tcp_flags = 0;
	return LBVS_NEXT;
}

/**
 * lbvs_packet_parse - read addresses, ports and TCP flags of a packet
 * @p: filled in; only valid with LBVS_NEXT.
 * @skb: the packet; skb->data is at the IP header. It is not changed.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * Context: any hook of the IP stack.
 * Return: LBVS_NEXT for a whole TCP or UDP packet, LBVS_PASS for all else.
 */
enum lbvs_verdict lbvs_packet_parse(struct lbvs_packet *p, struct sk_buff *skb,
				    u8 family)
{
	enum lbvs_verdict verdict;

	p->skb = skb;
	p->now = (u32)jiffies;

	verdict = family == NFPROTO_IPV4 ? parse_ipv4(p) : parse_ipv6(p);
	if (verdict != LBVS_NEXT)
		return verdict;
	return lbvs_packet_is_tcp(p) ? parse_tcp(p) : parse_udp(p);
}
