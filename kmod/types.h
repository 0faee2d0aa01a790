/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that every other file uses. */
#ifndef _LBVS_TYPES_H
#define _LBVS_TYPES_H

#include <linux/hash.h>
#include <linux/netfilter.h>
#include <linux/types.h>

/**
 * enum lbvs_verdict - what a step of the packet path says of a packet
 * @LBVS_NEXT: go on with the next step.
 * @LBVS_PASS: not ours, or done with: the stack goes on with it.
 * @LBVS_DROP: to be dropped; the step has counted why.
 * @LBVS_STOLEN: the packet belongs to somebody else now.
 */
enum lbvs_verdict {
	LBVS_NEXT,
	LBVS_PASS,
	LBVS_DROP,
	LBVS_STOLEN,
};

/**
 * enum lbvs_dir - which way a packet of a flow goes
 * @LBVS_REQUEST: from the client to the service.
 * @LBVS_REPLY: from the real to the client.
 */
enum lbvs_dir {
	LBVS_REQUEST,
	LBVS_REPLY,
	LBVS_DIRS,
};

/**
 * struct lbvs_endpoint - what a client connects to
 * @addr: address; bytes that the family does not use are 0.
 * @port: port.
 * @proto: IPPROTO_TCP or IPPROTO_UDP.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 */
struct lbvs_endpoint {
	union nf_inet_addr addr;
	__be16 port;
	u8 proto;
	u8 family;
};

/*
 * Most packets are told to be none of ours by one look at an address: these
 * are the slots of the filters that it is looked up in. Each filter has 2^bits
 * of them. For virtual addresses there are so many that of 10,000 no more than
 * one in seven others looks like one.
 */
#define LBVS_MEMBER_BITS 12
#define LBVS_LOCAL_BITS	 12
#define LBVS_VIP_BITS	 16

static __always_inline u32 lbvs_filter_slot_ipv4(__be32 addr, unsigned int bits)
{
	return hash_32((__force u32)addr, bits);
}

static __always_inline u32 lbvs_filter_slot_ipv6(const struct in6_addr *addr,
						 unsigned int bits)
{
	const u64 *words = (const u64 *)addr;

	return hash_64(words[0] ^ words[1], bits);
}

static __always_inline u32 lbvs_filter_slot(const union nf_inet_addr *addr,
					    u8 family, unsigned int bits)
{
	return family == NFPROTO_IPV4 ?
		       lbvs_filter_slot_ipv4(addr->ip, bits) :
		       lbvs_filter_slot_ipv6(&addr->in6, bits);
}

/**
 * struct lbvs_refusal - why a change of the configuration is refused
 * @sentence: one clear sentence, or NULL.
 * @attr: number of the attribute that holds the offending word, or 0.
 * @entry: if that attribute is a list, which entry of it, from 1; or 0.
 * @request: number of the request that brought the word in, if that is not
 *	the one that is refused; or 0.
 *
 * The model sees no netlink message, and the caller no rule of the model.
 */
struct lbvs_refusal {
	const char *sentence;
	u16 attr;
	u16 entry;
	u32 request;
};

static inline int lbvs_refuse(struct lbvs_refusal *refusal, int err, u16 attr,
			      const char *sentence)
{
	refusal->sentence = sentence;
	refusal->attr = attr;
	refusal->entry = 0;
	refusal->request = 0;
	return err;
}

#endif /* _LBVS_TYPES_H */
