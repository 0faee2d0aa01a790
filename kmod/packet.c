// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
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
	struct icmphdr icmp;
	struct icmp6hdr icmp6;
	__be16 ports[2];
};

/**
 * enum whose - whose header is it?
 * @PACKET: that of a packet. Only whole ones are taken: what may be ours was put
 *	together.
 * @QUOTE: that of one that an ICMP error quotes. It may be the first fragment,
 *	which has the ports; those behind it have none.
 */
enum whose {
	PACKET,
	QUOTE,
};

/* The header at offset @at of the packet. Returns the offset of what follows
 * it, or a negative number for what can't be taken.
 */
static int parse_ipv4(const struct sk_buff *skb, unsigned int at,
		      enum whose whose, struct lbvs_tuple *tuple)
{
	const __be16 refused = htons(whose == QUOTE ? IP_OFFSET :
						      IP_OFFSET | IP_MF);

	struct iphdr copy;
	const struct iphdr *ip;

	ip = skb_header_pointer(skb, at, sizeof(copy), &copy);
	if (!ip)
		return -EINVAL;
	/* A raw socket can send a header that claims to be shorter than it is,
	 * and a quote can be anything.
	 */
	if ((ip->frag_off & refused) || ip->ihl * 4 < sizeof(*ip) ||
	    ip->version != 4)
		return -EINVAL;

	lbvs_tuple_start(tuple, NFPROTO_IPV4, ip->protocol);
	lbvs_tuple_set_ipv4(tuple, ip->saddr, ip->daddr);
	return at + ip->ihl * 4;
}

static bool is_transport(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_ICMPV6;
}

static int parse_ipv6(const struct sk_buff *skb, unsigned int at,
		      enum whose whose, struct lbvs_tuple *tuple)
{
	const __be16 refused = htons(whose == QUOTE ? IP6_OFFSET :
						      IP6_OFFSET | IP6_MF);

	const struct ipv6hdr *ip;
	struct ipv6hdr copy;
	__be16 frag_off = 0;
	int thoff;
	u8 proto;

	ip = skb_header_pointer(skb, at, sizeof(copy), &copy);
	if (!ip || ip->version != 6)
		return -EINVAL;

	proto = ip->nexthdr;
	thoff = at + sizeof(*ip);
	lbvs_tuple_start(tuple, NFPROTO_IPV6, proto);
	tuple->src.in6 = ip->saddr;
	tuple->dst.in6 = ip->daddr;
	if (is_transport(proto))
		return thoff;

	thoff = ipv6_skip_exthdr(skb, thoff, &proto, &frag_off);
	if (frag_off & refused)
		return -EINVAL;
	tuple->proto = proto;
	return thoff;
}

static int parse_ip(const struct sk_buff *skb, unsigned int at,
		    enum whose whose, u8 family, struct lbvs_tuple *tuple)
{
	return family == NFPROTO_IPV4 ? parse_ipv4(skb, at, whose, tuple) :
					parse_ipv6(skb, at, whose, tuple);
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

/* Of ICMP only errors concern flows. */
static enum lbvs_verdict parse_icmp(struct lbvs_packet *p)
{
	const struct icmphdr *icmp;
	union transport_copy copy;

	icmp = skb_header_pointer(p->skb, p->thoff, sizeof(copy.icmp), &copy);
	if (!icmp)
		return LBVS_PASS;
	if (icmp->type != ICMP_DEST_UNREACH && icmp->type != ICMP_TIME_EXCEEDED &&
	    icmp->type != ICMP_PARAMETERPROB)
		return LBVS_PASS;
	p->is_error = true;
	return LBVS_NEXT;
}

static enum lbvs_verdict parse_icmp6(struct lbvs_packet *p)
{
	const struct icmp6hdr *icmp;
	union transport_copy copy;

	icmp = skb_header_pointer(p->skb, p->thoff, sizeof(copy.icmp6), &copy);
	if (!icmp || (icmp->icmp6_type & ICMPV6_INFOMSG_MASK))
		return LBVS_PASS;
	p->is_error = true;
	return LBVS_NEXT;
}

static enum lbvs_verdict parse_transport(struct lbvs_packet *p)
{
	switch (p->tuple.proto) {
	case IPPROTO_TCP:
		return parse_tcp(p);
	case IPPROTO_UDP:
		return parse_udp(p);
	case IPPROTO_ICMP:
		return p->tuple.family == NFPROTO_IPV4 ? parse_icmp(p) :
							 LBVS_PASS;
	case IPPROTO_ICMPV6:
		return p->tuple.family == NFPROTO_IPV6 ? parse_icmp6(p) :
							 LBVS_PASS;
	default:
		return LBVS_PASS;
	}
}

/**
 * lbvs_packet_parse - read addresses, ports and TCP flags of a packet
 * @p: filled in; only valid with LBVS_NEXT.
 * @skb: the packet; skb->data is at the IP header. It is not changed.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * Context: any hook of the IP stack.
 * Return: LBVS_NEXT for a whole TCP or UDP packet or an ICMP error, LBVS_PASS
 * for all else.
 */
enum lbvs_verdict lbvs_packet_parse(struct lbvs_packet *p, struct sk_buff *skb,
				    u8 family)
{
	int thoff;

	thoff = parse_ip(skb, 0, PACKET, family, &p->tuple);
	if (thoff < 0)
		return LBVS_PASS;
	p->skb = skb;
	p->thoff = thoff;
	p->length = skb->len;
	p->now = (u32)jiffies;
	p->is_error = false;
	return parse_transport(p);
}

/* Both ICMP headers have 8 bytes, and the quote comes next. */
static_assert(sizeof(struct icmphdr) == sizeof(struct icmp6hdr));

static unsigned int find_check(const struct lbvs_packet *p,
			       const struct lbvs_quote *quote)
{
	unsigned int at = quote->thoff;

	if (quote->tuple.proto == IPPROTO_TCP)
		at += offsetof(struct tcphdr, check);
	else
		at += offsetof(struct udphdr, check);
	return at + sizeof(__sum16) <= p->skb->len ? at : 0;
}

/**
 * lbvs_packet_parse_quote - read the packet that an ICMP error quotes
 * @p: the error.
 * @quote: filled in; only valid with LBVS_NEXT.
 *
 * The quote may be cut short after 8 bytes of the transport header (RFC 792),
 * and nothing in it can be trusted.
 *
 * Context: any hook of the IP stack.
 * Return: LBVS_NEXT when it quotes TCP or UDP and has the ports, else
 * LBVS_PASS.
 */
enum lbvs_verdict lbvs_packet_parse_quote(const struct lbvs_packet *p,
					  struct lbvs_quote *quote)
{
	union transport_copy copy;
	const __be16 *ports;
	int thoff;

	quote->iphoff = p->thoff + sizeof(struct icmphdr);
	thoff = parse_ip(p->skb, quote->iphoff, QUOTE, p->tuple.family,
			 &quote->tuple);
	if (thoff < 0)
		return LBVS_PASS;
	if (quote->tuple.proto != IPPROTO_TCP &&
	    quote->tuple.proto != IPPROTO_UDP)
		return LBVS_PASS;

	ports = skb_header_pointer(p->skb, thoff, sizeof(copy.ports), &copy);
	if (!ports)
		return LBVS_PASS;
	quote->tuple.sport = ports[0];
	quote->tuple.dport = ports[1];
	quote->thoff = thoff;
	quote->check = find_check(p, quote);
	return LBVS_NEXT;
}

/**
 * lbvs_packet_set_control - leave in a packet what the stack's input would have
 * @skb: the packet, whose IP options nobody has read yet.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * At the ingress of a device skb->cb has what the last one to use it left there,
 * a queue or the device. Who sends an error about the packet takes it for the
 * places of IP options, and copies these by it.
 *
 * Context: softirq or process.
 */
void lbvs_packet_set_control(struct sk_buff *skb, u8 family)
{
	if (family == NFPROTO_IPV4) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->iif = skb->skb_iif;
	} else {
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->iif = skb->skb_iif;
	}
}
