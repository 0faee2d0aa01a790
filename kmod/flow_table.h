/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hash table of flows: for flow*.[ch] and snat.c alone.
 *
 * Why not rhashtable: it costs an insertion 180 instructions where this takes
 * 50, keeps twice the buckets, and a walk over it may miss what is there.
 */
#ifndef _LBVS_FLOW_TABLE_H
#define _LBVS_FLOW_TABLE_H

#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "algo/nh.h"
#include "algo/siphash13.h"
#include "flow.h"

/**
 * struct lbvs_flow_buckets - an array of buckets
 * @mask: number of buckets less one, a power of two less one.
 * @next: the array that takes its place, while nodes move there one by one.
 * @first: first node of each bucket. Read under RCU, written under the lock
 *	that belongs to the hash, see flow_table.c.
 */
struct lbvs_flow_buckets {
	u32 mask;
	struct lbvs_flow_buckets __rcu *next;
	struct lbvs_flow_node __rcu *first[];
};

/**
 * struct lbvs_flow_table - the flows of a network namespace
 * @buckets: both nodes of every flow, by tuple.
 * @key: of the hash.
 * @nh_key: of what IPv6 addresses are made shorter with before.
 * @max: how many flows may be in it.
 * @count: how many are.
 * @most: with more of them it needs more buckets.
 * @least: it never has fewer buckets.
 * @active: the gc goes on also while the table is empty.
 * @cursor: where the gc stands; used by @gc alone.
 * @ln: the network namespace.
 * @resize: replaces @buckets when there are too many or too few.
 * @gc: walks the table, a part at a time.
 */
struct lbvs_flow_table {
	struct lbvs_flow_buckets __rcu *buckets;
	struct lbvs_siphash_key key;
	u64 nh_key[LBVS_NH_WORDS];
	u32 max;
	atomic_t count;
	u32 most;

	u32 least;
	bool active;
	u32 cursor;
	struct lbvs_net *ln;
	struct work_struct resize;
	struct delayed_work gc;
};

/*
 * The hash of a tuple. Keyed, as clients choose most of what is hashed. TCP and
 * UDP may share a bucket: that is one node more at worst.
 */
static __always_inline u32 lbvs_flow_hash_ipv4(const struct lbvs_flow_table *table,
					       __be32 src, __be32 dst, u32 ports)
{
	struct lbvs_siphash state;

	lbvs_siphash_start(&state, &table->key,
			   (u64)(__force u32)dst << 32 | (__force u32)src);
	lbvs_siphash_word(&state, ports);
	return lbvs_siphash_end(&state);
}

static __always_inline u32 lbvs_flow_hash_ipv6(const struct lbvs_flow_table *table,
					       const u64 addrs[4], u32 ports)
{
	const struct lbvs_nh nh = lbvs_nh(table->nh_key, addrs, ports);
	struct lbvs_siphash state;

	lbvs_siphash_start(&state, &table->key, nh.low);
	lbvs_siphash_word(&state, nh.high);
	return lbvs_siphash_end(&state);
}

static __always_inline u32 lbvs_flow_hash(const struct lbvs_flow_table *table,
				 const struct lbvs_tuple *tuple)
{
	return tuple->family == NFPROTO_IPV4 ?
		       lbvs_flow_hash_ipv4(table, tuple->src.ip, tuple->dst.ip,
					   tuple->ports) :
		       lbvs_flow_hash_ipv6(table, tuple->words, tuple->ports);
}

/* Is a tuple the one that is looked for? */
typedef bool (*lbvs_flow_equal)(const struct lbvs_tuple *tuple, const void *key);

/**
 * lbvs_flow_table_find - the node with a tuple
 * @table: the table.
 * @hash: hash of the tuple.
 * @equal: tells the tuple; known when this is compiled.
 * @key: for @equal.
 *
 * Context: under RCU.
 * Return: the node, or NULL.
 */
static __always_inline struct lbvs_flow_node *
lbvs_flow_table_find(const struct lbvs_flow_table *table, u32 hash,
		     lbvs_flow_equal equal, const void *key)
{
	const struct lbvs_flow_buckets *buckets = rcu_dereference(table->buckets);
	struct lbvs_flow_node *node;

	do {
		node = rcu_dereference(buckets->first[hash & buckets->mask]);
		for (; node; node = rcu_dereference(node->next))
			if (equal(&node->tuple, key))
				return node;
		/* A node that has just gone from here is there: pairs with
		 * the release in move_last().
		 */
		smp_rmb();
		buckets = rcu_dereference(buckets->next);
	} while (unlikely(buckets));
	return NULL;
}

/* With the whole tuple as the key. */
static __always_inline bool lbvs_flow_equal_tuple(const struct lbvs_tuple *tuple,
						  const void *key)
{
	return lbvs_tuple_equal(key, tuple);
}

static inline struct lbvs_flow *lbvs_flow_of(const struct lbvs_flow_node *node)
{
	return container_of(node, struct lbvs_flow, nodes[node->dir]);
}

int lbvs_flow_table_insert(struct lbvs_flow_table *table,
			   struct lbvs_flow_node *node, u32 hash);
bool lbvs_flow_table_remove(struct lbvs_flow_table *table,
			    struct lbvs_flow_node *node, u32 hash);
struct lbvs_flow_table *lbvs_flow_table_alloc(struct lbvs_net *ln);
void lbvs_flow_table_free(struct lbvs_flow_table *table);
void lbvs_flow_table_resize(struct lbvs_flow_table *table);
u32 lbvs_flow_table_size(const struct lbvs_flow_table *table);
bool lbvs_flow_table_should_shrink(const struct lbvs_flow_table *table);
void lbvs_flow_table_setup(void);

/**
 * lbvs_flow_table_count - there is a flow more
 * @table: the table, which may grow some time later.
 *
 * Context: any.
 */
static inline void lbvs_flow_table_count(struct lbvs_flow_table *table)
{
	if (unlikely((u32)atomic_inc_return(&table->count) >
		     READ_ONCE(table->most)))
		lbvs_flow_table_resize(table);
}

#endif /* _LBVS_FLOW_TABLE_H */
