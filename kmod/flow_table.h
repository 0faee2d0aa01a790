/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the flow table: for flow.c and flow_table.c alone. */
#ifndef _LBVS_FLOW_TABLE_H
#define _LBVS_FLOW_TABLE_H

#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/workqueue.h>

#include "flow.h"

/**
 * struct lbvs_flow_table - the flows of a network namespace
 * @ht: both nodes of every flow, by tuple.
 * @max: how many flows may be in it.
 * @ln: the network namespace.
 * @active: the gc goes on also while the table is empty.
 * @gc: walks the table, a slice at a time.
 * @iter: where the gc stands; used by @gc alone.
 */
struct lbvs_flow_table {
	struct rhashtable ht;
	u32 max;
	struct lbvs_net *ln;
	bool active;
	struct delayed_work gc;
	struct rhashtable_iter iter;
};

extern hsiphash_key_t lbvs_flow_hash_key;

/*
 * Keyed, as clients choose most of what is hashed; hsiphash is made for tables
 * like this, whose hashes never leave the kernel. The seed is the table's own,
 * so network namespaces do not share collisions.
 */
static inline u32 lbvs_flow_hash(const void *data, u32 len, u32 seed)
{
	const struct lbvs_tuple *tuple = data;

	if (tuple->family == NFPROTO_IPV4)
		return hsiphash_4u32((__force u32)tuple->src.ip,
				     (__force u32)tuple->dst.ip,
				     (__force u32)tuple->sport << 16 |
					     (__force u32)tuple->dport,
				     tuple->proto ^ seed, &lbvs_flow_hash_key);
	return hsiphash(tuple, sizeof(*tuple), &lbvs_flow_hash_key) ^ seed;
}

static inline int lbvs_flow_compare(struct rhashtable_compare_arg *arg,
				    const void *object)
{
	const struct lbvs_flow_node *node = object;

	return !lbvs_tuple_equal(arg->key, &node->tuple);
}

static const struct rhashtable_params lbvs_flow_params = {
	.head_offset = offsetof(struct lbvs_flow_node, head),
	.key_offset = offsetof(struct lbvs_flow_node, tuple),
	.key_len = sizeof(struct lbvs_tuple),
	.hashfn = lbvs_flow_hash,
	.obj_cmpfn = lbvs_flow_compare,
	.automatic_shrinking = true,
};

static inline struct lbvs_flow *lbvs_flow_of(const struct lbvs_flow_node *node)
{
	return container_of(node, struct lbvs_flow, nodes[node->dir]);
}

#endif /* _LBVS_FLOW_TABLE_H */
