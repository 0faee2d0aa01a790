/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the flow of a packet: inline, as every packet comes by. */
#ifndef _LBVS_FLOW_FIND_H
#define _LBVS_FLOW_FIND_H

#include "flow.h"
#include "flow_table.h"
#include "packet_plain.h"

/**
 * lbvs_flow_find - the flow that a packet belongs to
 * @p: the packet, parsed; gets its hash.
 * @dir: gets the direction in which the packet goes.
 *
 * A flow that was silent for too long is ended here and not found, even if the
 * gc did not come by yet.
 *
 * Context: under RCU, bottom halves off.
 * Return: the flow, valid until the end of the RCU read section; or NULL.
 */
static inline struct lbvs_flow *lbvs_flow_find(struct lbvs_packet *p,
					       enum lbvs_dir *dir)
{
	const struct lbvs_flow_table *table = p->ln->flows;
	const struct lbvs_flow_node *node;
	struct lbvs_flow *flow;

	p->hash = lbvs_flow_hash(table, &p->tuple);
	node = lbvs_flow_table_find(table, p->hash, lbvs_flow_equal_tuple,
				    &p->tuple);
	if (!node)
		return NULL;

	flow = lbvs_flow_of(node);
	if (unlikely(p->now - READ_ONCE(flow->seen) >= HZ) &&
	    lbvs_flow_is_stale(p->ln, flow, p->now))
		return NULL;
	*dir = node->dir;
	return flow;
}

static __always_inline bool lbvs_flow_equal_ipv4(const struct lbvs_tuple *tuple,
						 const void *key)
{
	const struct lbvs_plain *plain = key;

	return !((tuple->ports ^ plain->ports) |
		 (tuple->kind ^ lbvs_tuple_kind(NFPROTO_IPV4, plain->proto)) |
		 (__force u32)(tuple->src.ip ^ plain->saddr) |
		 (__force u32)(tuple->dst.ip ^ plain->daddr));
}

static __always_inline bool lbvs_flow_equal_ipv6(const struct lbvs_tuple *tuple,
						 const void *key)
{
	const struct lbvs_plain *plain = key;
	const u64 *addrs = lbvs_plain_addrs(plain);

	return !((tuple->ports ^ plain->ports) |
		 (tuple->kind ^ lbvs_tuple_kind(NFPROTO_IPV6, plain->proto)) |
		 (tuple->words[0] ^ addrs[0]) | (tuple->words[1] ^ addrs[1]) |
		 (tuple->words[2] ^ addrs[2]) | (tuple->words[3] ^ addrs[3]));
}

static __always_inline struct lbvs_flow_node *
lbvs_flow_find_node(const struct lbvs_flow_table *table,
		    struct lbvs_plain *plain, u8 family)
{
	if (family == NFPROTO_IPV4) {
		plain->hash = lbvs_flow_hash_ipv4(table, plain->saddr,
						  plain->daddr, plain->ports);
		return lbvs_flow_table_find(table, plain->hash,
					    lbvs_flow_equal_ipv4, plain);
	}
	plain->hash = lbvs_flow_hash_ipv6(table, lbvs_plain_addrs(plain),
					  plain->ports);
	return lbvs_flow_table_find(table, plain->hash, lbvs_flow_equal_ipv6,
				    plain);
}

/**
 * lbvs_flow_find_plain - the flow that a plain packet belongs to
 * @ln: network namespace.
 * @plain: the packet; gets its hash.
 * @family: its family; known when this is compiled.
 *
 * Like lbvs_flow_find(), and notes that the flow had a packet; but for one that
 * opens: whether that is a repetition depends on when the last one came.
 *
 * Context: under RCU, bottom halves off.
 * Return: the packet's direction of the flow, valid until the end of the RCU read
 * section; or NULL.
 */
static __always_inline struct lbvs_flow_node *
lbvs_flow_find_plain(struct lbvs_net *ln, struct lbvs_plain *plain, u8 family)
{
	struct lbvs_flow_node *node;
	struct lbvs_flow *flow;

	node = lbvs_flow_find_node(ln->flows, plain, family);
	if (unlikely(!node))
		return NULL;
	flow = lbvs_flow_of(node);
	if (unlikely(plain->now - READ_ONCE(flow->seen) >= HZ)) {
		if (lbvs_flow_is_stale(ln, flow, plain->now))
			return NULL;
		if (!lbvs_plain_opens(plain))
			lbvs_flow_refresh(flow, plain->now);
	}
	return node;
}

#endif /* _LBVS_FLOW_FIND_H */
