/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet, parsed once: the only header parser of the module. */
#ifndef _LBVS_PACKET_H
#define _LBVS_PACKET_H

#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "net.h"
#include "types.h"

/**
 * struct lbvs_tuple - who sends what to whom
 * @src: source address; bytes that the family does not use are 0.
 * @dst: destination address, likewise.
 * @sport: source port.
 * @dport: destination port.
 * @proto: IPPROTO_TCP or IPPROTO_UDP.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @ports: both ports.
 * @kind: @proto and @family.
 * @spare: no part of it; free for whoever keeps a tuple.
 * @words: the addresses as words.
 */
struct lbvs_tuple {
	union {
		struct {
			union nf_inet_addr src;
			union nf_inet_addr dst;
		};
		u64 words[4];
	};
	union {
		struct {
			__be16 sport;
			__be16 dport;
		};
		u32 ports;
	};
	union {
		struct {
			u8 proto;
			u8 family;
		};
		u16 kind;
	};
	u16 spare;
};

static __always_inline bool lbvs_tuple_equal(const struct lbvs_tuple *a,
					     const struct lbvs_tuple *b)
{
	if ((a->ports ^ b->ports) | (a->kind ^ b->kind))
		return false;
	/* The rest of an IPv4 address is 0 in both. */
	if (a->family == NFPROTO_IPV4)
		return !((a->src.ip ^ b->src.ip) | (a->dst.ip ^ b->dst.ip));
	return !((a->words[0] ^ b->words[0]) | (a->words[1] ^ b->words[1]) |
		 (a->words[2] ^ b->words[2]) | (a->words[3] ^ b->words[3]));
}

static __always_inline u16 lbvs_tuple_kind(u8 family, u8 proto)
{
	/* In registers: the protocol comes first in memory. */
	return (__force u16)cpu_to_le16(family << 8 | proto);
}

/* The same, seen from the other end. */
static inline struct lbvs_tuple lbvs_tuple_reverse(const struct lbvs_tuple *tuple)
{
	struct lbvs_tuple reverse = *tuple;

	reverse.src = tuple->dst;
	reverse.dst = tuple->src;
	reverse.sport = tuple->dport;
	reverse.dport = tuple->sport;
	return reverse;
}

static inline void lbvs_tuple_start(struct lbvs_tuple *tuple, u8 family,
				    u8 proto)
{
	tuple->spare = 0;
	tuple->family = family;
	tuple->proto = proto;
}

static inline void lbvs_tuple_set_ipv4(struct lbvs_tuple *tuple,
				       __be32 saddr, __be32 daddr)
{
	memset(&tuple->src, 0, sizeof(tuple->src));
	memset(&tuple->dst, 0, sizeof(tuple->dst));
	tuple->src.ip = saddr;
	tuple->dst.ip = daddr;
}

/*
 * For what is written before it is read, on the stack of the packet path: the
 * kernel may be configured to zero all of the stack, packet by packet.
 */
#define LBVS_UNINITIALIZED __attribute__((uninitialized))

/**
 * struct lbvs_packet - a packet on its way through the steps; on the stack
 * @skb: the packet. Its data may move in every step that writes.
 * @ln: network namespace.
 * @tuple: its addresses and ports as they were on arrival.
 * @hash: hash of @tuple, once a flow was looked for.
 * @thoff: offset of the transport header from skb->data.
 * @length: bytes from the IP header on.
 * @is_error: an ICMP error; @tuple has no ports then.
 * @seq: TCP sequence number.
 * @ack: TCP acknowledgement number.
 * @tcp_flags: TCP flags, LBVS_TCP_*; 0 for UDP.
 * @now: jiffies, cut to 32 bits.
 *
 * Header fields are copied here once. Later steps use the copies: what lies in
 * the packet may have changed since.
 */
struct lbvs_packet {
	struct sk_buff *skb;
	struct lbvs_net *ln;
	struct lbvs_tuple tuple;
	u32 hash;
	unsigned int thoff;
	unsigned int length;
	u32 seq;
	u32 ack;
	u32 now;
	u8 tcp_flags;
	bool is_error;
};

/**
 * struct lbvs_summary - what the steps after the lookup need to know of a packet
 * @thoff: offset of the transport header from skb->data.
 * @length: bytes from the IP header on.
 * @seq: TCP sequence number.
 * @ack: TCP acknowledgement number.
 * @now: jiffies, cut to 32 bits.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @proto: IPPROTO_TCP or IPPROTO_UDP.
 * @tcp_flags: TCP flags, LBVS_TCP_*; 0 for UDP.
 */
struct lbvs_summary {
	unsigned int thoff;
	unsigned int length;
	u32 seq;
	u32 ack;
	u32 now;
	u8 family;
	u8 proto;
	u8 tcp_flags;
};

static __always_inline struct lbvs_summary
lbvs_packet_summary(const struct lbvs_packet *p)
{
	return (struct lbvs_summary){
		.thoff = p->thoff,
		.length = p->length,
		.seq = p->seq,
		.ack = p->ack,
		.now = p->now,
		.family = p->tuple.family,
		.proto = p->tuple.proto,
		.tcp_flags = p->tcp_flags,
	};
}

/**
 * struct lbvs_quote - the packet that an ICMP error is about, as it quotes it
 * @tuple: its addresses and ports.
 * @iphoff: offset of its IP header from skb->data.
 * @thoff: offset of its transport header from skb->data.
 * @check: offset of its transport checksum from skb->data, or 0 when the quote
 *	ends before that.
 */
struct lbvs_quote {
	struct lbvs_tuple tuple;
	unsigned int iphoff;
	unsigned int thoff;
	unsigned int check;
};

enum lbvs_verdict lbvs_packet_parse(struct lbvs_packet *p, struct sk_buff *skb,
				    u8 family);
enum lbvs_verdict lbvs_packet_parse_quote(const struct lbvs_packet *p,
					  struct lbvs_quote *quote);
void lbvs_packet_set_control(struct sk_buff *skb, u8 family);

static inline bool lbvs_packet_is_tcp(const struct lbvs_packet *p)
{
	return p->tuple.proto == IPPROTO_TCP;
}

#endif /* _LBVS_PACKET_H */
