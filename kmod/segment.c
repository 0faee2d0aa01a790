// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A segment that says what the other end of a connection would say. It takes
 * the way of the gateway's own packets, through the hooks LOCAL_OUT and
 * POST_ROUTING, though its source is no address of the gateway.
 */
#include "segment.h"
#include "algo/tcp_track.h"
#include "stats.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/xfrm.h>

static struct dst_entry *route_ipv4(struct net *net,
				    const struct lbvs_tuple *tuple)
{
	struct flowi4 fl4 = {
		.daddr = tuple->dst.ip,
		.saddr = tuple->src.ip,
		.fl4_sport = tuple->sport,
		.fl4_dport = tuple->dport,
		.flowi4_proto = IPPROTO_TCP,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.flowi4_uid = sock_net_uid(net, NULL),
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *route_ipv6(struct net *net,
				    const struct lbvs_tuple *tuple)
{
	struct flowi6 fl6 = {
		.daddr = tuple->dst.in6,
		.saddr = tuple->src.in6,
		.fl6_sport = tuple->sport,
		.fl6_dport = tuple->dport,
		.flowi6_proto = IPPROTO_TCP,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
		.flowi6_uid = sock_net_uid(net, NULL),
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);

	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	/* IPv4's lookup has done this itself. */
	dst = xfrm_lookup(net, dst, flowi6_to_flowi(&fl6), NULL, 0);
	return IS_ERR(dst) ? NULL : dst;
}

static void put_tcp(struct sk_buff *skb, const struct lbvs_segment *segment)
{
	struct tcphdr *tcp;

	skb_set_transport_header(skb, skb->len);
	tcp = skb_put_zero(skb, sizeof(*tcp));
	tcp->source = segment->tuple.sport;
	tcp->dest = segment->tuple.dport;
	tcp->seq = htonl(segment->seq);
	tcp->doff = sizeof(*tcp) / 4;
	tcp_flag_byte(tcp) = segment->flags;
	if (tcp->ack)
		tcp->ack_seq = htonl(segment->ack);
}

static void put_ipv4(struct sk_buff *skb, const struct lbvs_segment *segment)
{
	const struct lbvs_tuple *tuple = &segment->tuple;
	struct tcphdr *tcp;
	struct iphdr *ip;

	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	ip = skb_put_zero(skb, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->frag_off = htons(IP_DF);
	ip->ttl = ip4_dst_hoplimit(skb_dst(skb));
	ip->protocol = IPPROTO_TCP;
	ip->saddr = tuple->src.ip;
	ip->daddr = tuple->dst.ip;
	put_tcp(skb, segment);
	tcp = tcp_hdr(skb);
	tcp->check = tcp_v4_check(sizeof(*tcp), tuple->src.ip, tuple->dst.ip,
				  csum_partial(tcp, sizeof(*tcp), 0));
}

static void put_ipv6(struct sk_buff *skb, const struct lbvs_segment *segment)
{
	const struct lbvs_tuple *tuple = &segment->tuple;
	struct ipv6hdr *ip;
	struct tcphdr *tcp;

	skb->protocol = htons(ETH_P_IPV6);
	skb_reset_network_header(skb);
	ip = skb_put_zero(skb, sizeof(*ip));
	ip6_flow_hdr(ip, 0, 0);
	ip->payload_len = htons(sizeof(*tcp));
	ip->nexthdr = IPPROTO_TCP;
	ip->hop_limit = ip6_dst_hoplimit(skb_dst(skb));
	ip->saddr = tuple->src.in6;
	ip->daddr = tuple->dst.in6;
	put_tcp(skb, segment);
	tcp = tcp_hdr(skb);
	tcp->check = csum_ipv6_magic(&tuple->src.in6, &tuple->dst.in6,
				     sizeof(*tcp), IPPROTO_TCP,
				     csum_partial(tcp, sizeof(*tcp), 0));
}

static struct sk_buff *alloc_segment(struct dst_entry *dst)
{
	const unsigned int most = sizeof(struct ipv6hdr) + sizeof(struct tcphdr);
	struct sk_buff *skb;

	skb = alloc_skb(LL_MAX_HEADER + dst->header_len + most + dst->trailer_len,
			GFP_ATOMIC | __GFP_NOWARN);
	if (skb)
		skb_reserve(skb, LL_MAX_HEADER + dst->header_len);
	return skb;
}

/**
 * lbvs_segment_send - send a segment
 * @ln: network namespace.
 * @segment: the segment.
 *
 * Where there is no route, or no memory, none is sent: as if it were lost.
 *
 * Context: under RCU; process or softirq.
 */
void lbvs_segment_send(const struct lbvs_net *ln,
		       const struct lbvs_segment *segment)
{
	bool ipv4 = segment->tuple.family == NFPROTO_IPV4;
	struct dst_entry *dst;
	struct sk_buff *skb;

	dst = ipv4 ? route_ipv4(ln->net, &segment->tuple) :
		     route_ipv6(ln->net, &segment->tuple);
	if (!dst)
		return;
	skb = alloc_segment(dst);
	if (!skb) {
		dst_release(dst);
		return;
	}
	skb_dst_set(skb, dst);
	if (segment->untracked)
		skb_set_nfct(skb, IP_CT_UNTRACKED);
	if (ipv4) {
		put_ipv4(skb, segment);
		ip_local_out(ln->net, NULL, skb);
	} else {
		put_ipv6(skb, segment);
		ip6_local_out(ln->net, NULL, skb);
	}
}
