// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Maglev: consistent hashing with exact weights, see algo/maglev.c. The table
 * holds only members that are usable; when that set changes a new table is
 * built aside and swapped in whole, and about as many clients move as the
 * members that came or went have a share of.
 *
 * Where a real starts to choose its slots is a keyed hash of its address: two
 * gateways with the same key and the same reals build the same table.
 */
#include "sched.h"
#include "algo/maglev.h"

#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define LBVS_MAGLEV_SLOTS_A_REAL 128
#define LBVS_MAGLEV_SLOTS_LEAST	 16381

/* Looks for a choice that was not tried yet. */
#define LBVS_MAGLEV_PROBES 64

static u32 default_size(u32 n_reals)
{
	return lbvs_maglev_prime(max_t(u32, LBVS_MAGLEV_SLOTS_LEAST,
				       n_reals * LBVS_MAGLEV_SLOTS_A_REAL));
}

static int build(struct lbvs_sched_table *table)
{
	const struct lbvs_sched_input *input = &table->input;
	struct lbvs_maglev_entry *entries;
	int err = -ENOMEM;
	u32 i;

	entries = kvcalloc(input->n, sizeof(*entries), GFP_KERNEL);
	table->slots = kvmalloc_array(input->size, sizeof(*table->slots),
				      GFP_KERNEL_ACCOUNT);
	if (!entries || !table->slots)
		goto out;

	for (i = 0; i < input->n; i++) {
		const struct lbvs_sched_choice *choice = &input->choices[i];
		u64 hash = siphash(&choice->addr, sizeof(choice->addr),
				   &input->key);

		entries[i].hash_offset = lower_32_bits(hash);
		entries[i].hash_skip = upper_32_bits(hash);
		entries[i].weight = choice->weight;
	}
	err = lbvs_maglev_fill(table->slots, input->size, entries, input->n);
out:
	kvfree(entries);
	if (err) {
		kvfree(table->slots);
		table->slots = NULL;
	}
	return err;
}

static u32 slot_of(const struct lbvs_sched_table *table, u32 hash)
{
	return reciprocal_scale(hash, table->input.size);
}

static u32 at_hash(const struct lbvs_sched_table *table, u32 hash)
{
	return table->slots[slot_of(table, hash)];
}

/*
 * Where the hash leads cannot take it: to where the hash of the hash leads, and
 * so on. So the same client always spills to the same reals in the same order,
 * and the clients of one real to all others, by weight.
 */
static u32 spill(const struct lbvs_sched_table *table,
		 const struct lbvs_sched_pick *pick)
{
	u32 hash = pick->hash;
	u32 index = 0;
	u32 probe;

	for (probe = 0; probe < LBVS_MAGLEV_PROBES; probe++) {
		hash = jhash_1word(hash, probe);
		index = at_hash(table, hash);
		if (!lbvs_sched_tried(pick, index))
			return index;
	}
	/* One weighs nearly all. The others are behind it. */
	while (lbvs_sched_tried(pick, index))
		index = (index + 1) % table->input.n;
	return index;
}

static u32 pick(const struct lbvs_sched_table *table,
		struct lbvs_sched_pick *pick)
{
	if (pick->attempt)
		return spill(table, pick);
	return at_hash(table, pick->hash);
}

const struct lbvs_sched_ops lbvs_sched_maglev_ops = {
	.name = "maglev",
	.hashed = true,
	.size = default_size,
	.slot = slot_of,
	.build = build,
	.pick = pick,
};
