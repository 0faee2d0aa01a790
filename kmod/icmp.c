// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An ICMP error quotes the packet that it is about, as it was where the error
 * arose (RFC 792, RFC 4443). The one who gets the error looks in the quote for
 * a connection of its own, so the quote must be given back the addresses that
 * the packet had when that one sent it; otherwise the error is ignored, and
 * with "fragmentation needed" that means a black hole (RFC 5508, section 4.2).
 *
 *   request   on the way to the service, quotes a reply: service to client.
 *             The real sent it as real to client, and gets it so.
 *   reply     on the way to the client, quotes a request: client to real. The
 *             client sent it as client to service, and gets it so. When the
 *             real itself complains, it does so in the service's name.
 *
 * Everything is changed by the difference, checksums included. A quoted
 * checksum may be cut off; then it needs no mending.
 */
#include "icmp.h"
#include "flow.h"
#include "stats.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rcupdate.h>
#include <net/checksum.h>

/**
 * struct change - one end of a quoted packet, and what it becomes
 * @skb: the error.
 * @icmp: its checksum.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @old_addr: address in the quote.
 * @new_addr: address that it gets.
 * @old_port: port in the quote.
 * @new_port: port that it gets.
 */
struct change {
	struct sk_buff *skb;
	__sum16 *icmp;
	u8 family;
	const union nf_inet_addr *old_addr;
	const union nf_inet_addr *new_addr;
	__be16 old_port;
	__be16 new_port;
};

static void update_addr(const struct change *c, __sum16 *check, bool pseudohdr)
{
	if (c->family == NFPROTO_IPV4)
		inet_proto_csum_replace4(check, c->skb, c->old_addr->ip,
					 c->new_addr->ip, pseudohdr);
	else
		inet_proto_csum_replace16(check, c->skb, c->old_addr->ip6,
					  c->new_addr->ip6, pseudohdr);
}

static void set_addr(const struct change *c, void *field)
{
	memcpy(field, c->new_addr, c->family == NFPROTO_IPV4 ? 4 : 16);
}

/* A 16-bit word inside of the quote: the ICMP checksum covers it. */
static void set_word(const struct change *c, __be16 *field, __be16 value)
{
	inet_proto_csum_replace2(c->icmp, c->skb, *field, value, false);
	*field = value;
}

static void change_quoted_check(const struct change *c,
				const struct lbvs_quote *quote)
{
	bool udp = quote->tuple.proto == IPPROTO_UDP;
	__be16 *field;
	__sum16 check;

	if (!quote->check)
		return;
	field = (__be16 *)(c->skb->data + quote->check);
	check = (__force __sum16)*field;
	if (udp && !check)
		return;
	if (c->family == NFPROTO_IPV4)
		csum_replace4(&check, c->old_addr->ip, c->new_addr->ip);
	else
		csum_replace_by_diff(&check,
				     csum_sub(csum_partial(c->new_addr, 16, 0),
					      csum_partial(c->old_addr, 16, 0)));
	csum_replace2(&check, c->old_port, c->new_port);
	if (udp && !check)
		check = CSUM_MANGLED_0;
	set_word(c, field, (__force __be16)check);
}

static void change_quote(const struct change *c, const struct lbvs_quote *quote,
			 bool source)
{
	__be16 *ports = (__be16 *)(c->skb->data + quote->thoff);
	void *header = c->skb->data + quote->iphoff;
	struct ipv6hdr *ip6 = header;
	struct iphdr *ip = header;

	change_quoted_check(c, quote);
	set_word(c, &ports[source ? 0 : 1], c->new_port);

	update_addr(c, c->icmp, false);
	if (c->family == NFPROTO_IPV6) {
		set_addr(c, source ? &ip6->saddr : &ip6->daddr);
		return;
	}
	set_addr(c, source ? &ip->saddr : &ip->daddr);
	/* The quoted header has a checksum of its own. */
	inet_proto_csum_replace2(c->icmp, c->skb, (__force __be16)ip->check,
				 0, false);
	csum_replace4(&ip->check, c->old_addr->ip, c->new_addr->ip);
	inet_proto_csum_replace2(c->icmp, c->skb, 0,
				 (__force __be16)ip->check, false);
}

/* The error's own header: ICMPv6 has a pseudo header, ICMP has none. */
static void change_outer(const struct change *c, bool source)
{
	struct ipv6hdr *ip6;
	struct iphdr *ip;

	if (c->family == NFPROTO_IPV6) {
		ip6 = ipv6_hdr(c->skb);
		update_addr(c, c->icmp, true);
		set_addr(c, source ? &ip6->saddr : &ip6->daddr);
		return;
	}
	ip = ip_hdr(c->skb);
	csum_replace4(&ip->check, c->old_addr->ip, c->new_addr->ip);
	set_addr(c, source ? &ip->saddr : &ip->daddr);
}

static bool make_writable(const struct lbvs_packet *p,
			  const struct lbvs_quote *quote)
{
	unsigned int end = quote->thoff + 2 * sizeof(__be16);

	if (quote->check)
		end = max_t(unsigned int, end, quote->check + sizeof(__sum16));
	if (!skb_ensure_writable(p->skb, end))
		return true;
	lbvs_stats_inc(p->ln, LBVS_STAT_DROP_NO_MEMORY);
	return false;
}

/* The checksum stands at the same place in both. */
static_assert(offsetof(struct icmphdr, checksum) ==
	      offsetof(struct icmp6hdr, icmp6_cksum));

static __sum16 *icmp_check(const struct lbvs_packet *p)
{
	return &((struct icmphdr *)(p->skb->data + p->thoff))->checksum;
}

/* What was quoted went one way; its answers come the other way. */
static const struct lbvs_flow_node *
find_node(const struct lbvs_flow_table *table, const struct lbvs_quote *quote,
	  enum lbvs_dir want)
{
	const struct lbvs_flow_node *node;

	node = lbvs_flow_find_answer(table, &quote->tuple);
	return node && node->dir == want ? node : NULL;
}

/* One that both tables know of is counted by the flow's own. */
static void count(const struct lbvs_packet *p,
		  const struct lbvs_flow_table *table, enum lbvs_stat stat)
{
	if (table == p->ln->flows)
		lbvs_stats_inc(p->ln, stat);
}

/**
 * lbvs_icmp_request - an error on its way to a service
 * @p: the error; its data may move.
 * @table: the flows, or their translations of the source.
 *
 * Context: under RCU, bottom halves off.
 * Return: LBVS_PASS, or LBVS_DROP without memory.
 */
enum lbvs_verdict lbvs_icmp_request(struct lbvs_packet *p,
				    const struct lbvs_flow_table *table)
{
	const struct lbvs_tuple *reply;
	const struct lbvs_flow_node *node;
	struct lbvs_quote quote;
	struct change c;

	if (lbvs_packet_parse_quote(p, &quote) != LBVS_NEXT)
		return LBVS_PASS;
	/* Who complains about a packet complains to its sender. */
	if (!nf_inet_addr_cmp(&quote.tuple.src, &p->tuple.dst))
		return LBVS_PASS;
	node = find_node(table, &quote, LBVS_REQUEST);
	if (!node)
		return LBVS_PASS;
	if (!make_writable(p, &quote))
		return LBVS_DROP;

	reply = &lbvs_flow_other(node)->tuple;
	c = (struct change){
		.skb = p->skb,
		.icmp = icmp_check(p),
		.family = p->tuple.family,
		.old_addr = &quote.tuple.src,
		.new_addr = &reply->src,
		.old_port = quote.tuple.sport,
		.new_port = reply->sport,
	};
	change_quote(&c, &quote, true);
	change_outer(&c, false);
	count(p, table, LBVS_STAT_ICMP_REQUEST);
	return LBVS_PASS;
}

/**
 * lbvs_icmp_reply - an error on its way to a client
 * @p: the error; its data may move.
 * @table: the flows, or their translations of the source.
 *
 * Context: under RCU, bottom halves off.
 * Return: LBVS_PASS, or LBVS_DROP without memory.
 */
enum lbvs_verdict lbvs_icmp_reply(struct lbvs_packet *p,
				  const struct lbvs_flow_table *table)
{
	const struct lbvs_tuple *request;
	const struct lbvs_flow_node *node;
	struct lbvs_quote quote;
	struct change c;

	if (lbvs_packet_parse_quote(p, &quote) != LBVS_NEXT)
		return LBVS_PASS;
	if (!nf_inet_addr_cmp(&quote.tuple.src, &p->tuple.dst))
		return LBVS_PASS;
	node = find_node(table, &quote, LBVS_REPLY);
	if (!node)
		return LBVS_PASS;
	if (!make_writable(p, &quote))
		return LBVS_DROP;

	request = &lbvs_flow_other(node)->tuple;
	c = (struct change){
		.skb = p->skb,
		.icmp = icmp_check(p),
		.family = p->tuple.family,
		.old_addr = &quote.tuple.dst,
		.new_addr = &request->dst,
		.old_port = quote.tuple.dport,
		.new_port = request->dport,
	};
	change_quote(&c, &quote, false);
	if (nf_inet_addr_cmp(&p->tuple.src, &quote.tuple.dst))
		change_outer(&c, true);
	count(p, table, LBVS_STAT_ICMP_REPLY);
	return LBVS_PASS;
}
