// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A request gets the real's address and port as its destination, a reply gets
 * the service's as its source. Checksums are updated by the difference
 * (RFC 1624), so a packet that came in damaged goes out damaged.
 */
#include "rewrite.h"
#include "stats.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>

/**
 * struct replacement - what becomes what
 * @old_addr: address in the packet.
 * @new_addr: address that it gets.
 * @old_port: port in the packet.
 * @new_port: port that it gets.
 */
struct replacement {
	const union nf_inet_addr *old_addr;
	const union nf_inet_addr *new_addr;
	__be16 old_port;
	__be16 new_port;
};

static void replace_addr(struct sk_buff *skb, enum lbvs_dir dir, u8 family,
			 const struct replacement *r)
{
	struct ipv6hdr *ip6;
	struct iphdr *ip;

	if (family == NFPROTO_IPV6) {
		ip6 = ipv6_hdr(skb);
		if (dir == LBVS_REQUEST)
			ip6->daddr = r->new_addr->in6;
		else
			ip6->saddr = r->new_addr->in6;
		return;
	}

	ip = ip_hdr(skb);
	csum_replace4(&ip->check, r->old_addr->ip, r->new_addr->ip);
	if (dir == LBVS_REQUEST)
		ip->daddr = r->new_addr->ip;
	else
		ip->saddr = r->new_addr->ip;
}

static void fix_transport_check(struct sk_buff *skb, __sum16 *check, u8 family,
				const struct replacement *r)
{
	if (family == NFPROTO_IPV6)
		inet_proto_csum_replace16(check, skb, r->old_addr->ip6,
					  r->new_addr->ip6, true);
	else
		inet_proto_csum_replace4(check, skb, r->old_addr->ip,
					 r->new_addr->ip, true);
	if (r->old_port != r->new_port)
		inet_proto_csum_replace2(check, skb, r->old_port, r->new_port,
					 false);
}

static void replace_port(__be16 *sport, __be16 *dport, enum lbvs_dir dir,
			 const struct replacement *r)
{
	if (dir == LBVS_REQUEST)
		*dport = r->new_port;
	else
		*sport = r->new_port;
}

static void rewrite_tcp(struct lbvs_packet *p, enum lbvs_dir dir,
			const struct replacement *r)
{
	struct tcphdr *tcp = (struct tcphdr *)(p->skb->data + p->thoff);

	fix_transport_check(p->skb, &tcp->check, p->tuple.family, r);
	replace_port(&tcp->source, &tcp->dest, dir, r);
}

static void rewrite_udp(struct lbvs_packet *p, enum lbvs_dir dir,
			const struct replacement *r)
{
	struct udphdr *udp = (struct udphdr *)(p->skb->data + p->thoff);

	/* 0 means that there is none (RFC 768), unless it is yet to be filled
	 * in; one that comes out as 0 is sent as its twin.
	 */
	if (udp->check || p->skb->ip_summed == CHECKSUM_PARTIAL) {
		fix_transport_check(p->skb, &udp->check, p->tuple.family, r);
		if (!udp->check)
			udp->check = CSUM_MANGLED_0;
	}
	replace_port(&udp->source, &udp->dest, dir, r);
}

static struct replacement replacement_for(const struct lbvs_packet *p,
					  const struct lbvs_flow *flow,
					  enum lbvs_dir dir)
{
	const struct lbvs_tuple *other = &flow->nodes[!dir].tuple;

	if (dir == LBVS_REQUEST)
		return (struct replacement){
			.old_addr = &p->tuple.dst,
			.new_addr = &other->src,
			.old_port = p->tuple.dport,
			.new_port = other->sport,
		};
	return (struct replacement){
		.old_addr = &p->tuple.src,
		.new_addr = &other->dst,
		.old_port = p->tuple.sport,
		.new_port = other->dport,
	};
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
enum lbvs_verdict lbvs_rewrite(struct lbvs_packet *p,
			       const struct lbvs_flow *flow, enum lbvs_dir dir)
{
	const struct replacement r = replacement_for(p, flow, dir);
	unsigned int header = lbvs_packet_is_tcp(p) ? sizeof(struct tcphdr) :
						      sizeof(struct udphdr);

	if (skb_ensure_writable(p->skb, p->thoff + header)) {
		lbvs_stats_inc(p->ln, LBVS_STAT_DROP_NO_MEMORY);
		return LBVS_DROP;
	}
	if (lbvs_packet_is_tcp(p))
		rewrite_tcp(p, dir, &r);
	else
		rewrite_udp(p, dir, &r);
	replace_addr(p->skb, dir, p->tuple.family, &r);
	return LBVS_NEXT;
}
