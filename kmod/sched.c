// SPDX-License-Identifier: GPL-2.0-or-later
#include "sched.h"
#include "pool.h"

#include <linux/inetdevice.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>

/* An entry of a pool's list of tables. */
struct lbvs_sched_entry {
	struct list_head node;
	struct lbvs_sched_table *table;
};

/**
 * lbvs_sched_ops - look for a scheduler
 * @sched: which one; a valid enumerator.
 *
 * Return: its operations.
 */
const struct lbvs_sched_ops *lbvs_sched_ops(enum lbvs_sched sched)
{
	static const struct lbvs_sched_ops *const ops[] = {
		[LBVS_SCHED_RR] = &lbvs_sched_rr_ops,
		[LBVS_SCHED_WRR] = &lbvs_sched_wrr_ops,
		[LBVS_SCHED_MAGLEV] = &lbvs_sched_maglev_ops,
		[LBVS_SCHED_LC] = &lbvs_sched_lc_ops,
		[LBVS_SCHED_WLC] = &lbvs_sched_wlc_ops,
	};

	return ops[sched];
}

static bool same_input(const struct lbvs_sched_input *a,
		       const struct lbvs_sched_input *b)
{
	return a->ops == b->ops && a->size == b->size && a->n == b->n &&
	       !memcmp(&a->key, &b->key, sizeof(a->key)) &&
	       !memcmp(a->choices, b->choices, array_size(sizeof(*a->choices), a->n));
}

static struct lbvs_sched_table *
alloc_table(const struct lbvs_sched_input *input)
{
	struct lbvs_sched_table *table;
	int err = -ENOMEM;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return ERR_PTR(err);
	refcount_set(&table->refs, 1);
	table->input = *input;
	table->input.choices = kvmalloc_array(input->n, sizeof(*input->choices),
					      GFP_KERNEL_ACCOUNT);
	if (!table->input.choices)
		goto err_free_table;
	memcpy(table->input.choices, input->choices,
	       array_size(sizeof(*input->choices), input->n));

	err = input->ops->build(table);
	if (err)
		goto err_free_choices;
	return table;

err_free_choices:
	kvfree(table->input.choices);
err_free_table:
	kfree(table);
	return ERR_PTR(err);
}

static struct lbvs_sched_table *remember(struct lbvs_pool *pool,
					 struct lbvs_sched_table *table)
{
	struct lbvs_sched_entry *entry;

	entry = kmalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry) {
		lbvs_sched_put(table);
		return ERR_PTR(-ENOMEM);
	}
	refcount_inc(&table->refs);
	entry->table = table;
	list_add(&entry->node, &pool->scheds);
	return table;
}

/*
 * No rule has it any more, or the change that asked for it was refused. Whoever
 * takes a reference holds config_lock, as we do.
 */
static void forget_unused(struct lbvs_sched_entry *entry)
{
	if (refcount_read(&entry->table->refs) > 1)
		return;
	list_del(&entry->node);
	lbvs_sched_put(entry->table);
	kfree(entry);
}

/**
 * lbvs_sched_build - a table for an input
 * @pool: the pool that the input was made from; remembers the table.
 * @input: the input.
 * @old: the table that the service has now, or NULL.
 *
 * Shares what there is: equal inputs of one pool give one table.
 *
 * Context: process, config_lock held.
 * Return: a table with a reference for the caller, or an ERR_PTR.
 */
struct lbvs_sched_table *lbvs_sched_build(struct lbvs_pool *pool,
					  const struct lbvs_sched_input *input,
					  struct lbvs_sched_table *old)
{
	struct lbvs_sched_entry *entry, *next;
	struct lbvs_sched_table *table;

	list_for_each_entry_safe(entry, next, &pool->scheds, node) {
		if (!same_input(&entry->table->input, input)) {
			forget_unused(entry);
			continue;
		}
		refcount_inc(&entry->table->refs);
		return entry->table;
	}

	if (old && same_input(&old->input, input)) {
		refcount_inc(&old->refs);
		return remember(pool, old);
	}

	table = alloc_table(input);
	return IS_ERR(table) ? table : remember(pool, table);
}

/**
 * lbvs_sched_put - give a reference back
 * @table: the table, or NULL.
 *
 * Context: process.
 */
void lbvs_sched_put(struct lbvs_sched_table *table)
{
	if (!table || !refcount_dec_and_test(&table->refs))
		return;
	kvfree(table->slots);
	kvfree(table->wrr.ends);
	kvfree(table->input.choices);
	kfree(table);
}

/**
 * lbvs_sched_forget - drop a pool's list of tables
 * @scheds: the list.
 *
 * Context: process; nobody else uses the list.
 */
void lbvs_sched_forget(struct list_head *scheds)
{
	struct lbvs_sched_entry *entry, *next;

	list_for_each_entry_safe(entry, next, scheds, node) {
		list_del(&entry->node);
		lbvs_sched_put(entry->table);
		kfree(entry);
	}
}

/**
 * lbvs_sched_hash - the hash that a packet is scheduled by
 * @tuple: the packet's tuple on arrival.
 * @hash: what is hashed.
 * @prefix: bits of the source address that count; 0: all.
 * @key: the pool's key, so that nobody outside can aim at a real.
 *
 * With LBVS_HASH_SOURCE the hash depends on nothing but the client's address:
 * services of one pool send a client to one real, without any state.
 *
 * Context: any.
 * Return: the hash.
 */
u32 lbvs_sched_hash(const struct lbvs_tuple *tuple, enum lbvs_hash hash,
		    u32 prefix, const siphash_key_t *key)
{
	union nf_inet_addr source = tuple->src;

	if (hash == LBVS_HASH_5TUPLE)
		return (u32)siphash(tuple, sizeof(*tuple), key);

	if (tuple->family == NFPROTO_IPV4) {
		if (prefix)
			source.ip &= inet_make_mask(prefix);
		return (u32)siphash_1u32((__force u32)source.ip, key);
	}
	if (prefix)
		ipv6_addr_prefix(&source.in6, &tuple->src.in6, prefix);
	return (u32)siphash(&source, sizeof(source), key);
}
