// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Maglev hashing: Eisenbud et al., "Maglev: A Fast and Reliable Software
 * Network Load Balancer", NSDI 2016, section 3.4, with exact weights.
 *
 * Every real has its own permutation of the slots, drawn from two hashes of
 * its identity: position, position + skip, position + 2 * skip, ... modulo the
 * table size. As the size is prime, each skip walks over every slot. The reals
 * take turns, and at its turn a real claims the first slot of its permutation
 * that is still free. So each real's claim depends little on who else is
 * there, and few slots change hands when one real comes or goes.
 *
 * Weights: in the paper's own scheme a heavy real takes several turns in a
 * row. Here every real saves up its weight once a round and pays the largest
 * weight for a slot. After r rounds it has claimed r * weight / largest slots,
 * give or take one, whatever the weights are.
 */
#include "maglev.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/types.h>

#define LBVS_MAGLEV_FREE 0xffff

static void prepare_entries(struct lbvs_maglev_entry *entries, u32 n, u32 size,
			    u32 heaviest)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct lbvs_maglev_entry *e = &entries[i];

		e->position = e->hash_offset % size;
		e->skip = e->hash_skip % (size - 1) + 1;
		/* Half a slot in hand rounds to nearest instead of down. */
		e->credit = heaviest / 2;
	}
}

static void claim_slot(u16 *table, u32 size, struct lbvs_maglev_entry *e,
		       u16 index)
{
	while (table[e->position] != LBVS_MAGLEV_FREE) {
		e->position += e->skip;
		if (e->position >= size)
			e->position -= size;
	}
	table[e->position] = index;
}

/**
 * lbvs_maglev_fill - fill a lookup table
 * @table: @size slots; each gets the index of the entry that owns it.
 * @size: number of slots, a prime of at least 3.
 * @entries: the reals in an order that depends on their identity alone, so
 *	that equal inputs give equal tables. The scratch fields are overwritten.
 * @n: number of entries, 1 to 65535.
 *
 * Takes about size * ln(size) steps, and up to size * n more where weights
 * are very uneven.
 *
 * Return: 0, or -EINVAL when an argument is out of range.
 */
int lbvs_maglev_fill(u16 *table, u32 size, struct lbvs_maglev_entry *entries,
		     u32 n)
{
	u32 heaviest = 0;
	u32 left = size;
	u32 i;

	if (size < 3 || !n || n >= LBVS_MAGLEV_FREE)
		return -EINVAL;

	for (i = 0; i < n; i++) {
		if (!entries[i].weight || entries[i].weight > 0x7fffffff)
			return -EINVAL;
		heaviest = max(heaviest, entries[i].weight);
	}

	for (i = 0; i < size; i++)
		table[i] = LBVS_MAGLEV_FREE;
	prepare_entries(entries, n, size, heaviest);

	for (;;) {
		for (i = 0; i < n; i++) {
			struct lbvs_maglev_entry *e = &entries[i];

			e->credit += e->weight;
			if (e->credit < heaviest)
				continue;
			e->credit -= heaviest;
			claim_slot(table, size, e, i);
			if (!--left)
				return 0;
		}
	}
}

static bool is_prime(u32 candidate)
{
	u32 divisor;

	if (candidate < 2)
		return false;
	for (divisor = 2; divisor <= candidate / divisor; divisor++)
		if (candidate % divisor == 0)
			return false;
	return true;
}

/**
 * lbvs_maglev_prime - the smallest prime that is not below a number
 * @least: the number, at most 4294967291, the largest prime of 32 bits.
 *
 * lbvs_maglev_prime(x) == x tells whether x is prime.
 *
 * Return: the prime.
 */
u32 lbvs_maglev_prime(u32 least)
{
	while (!is_prime(least))
		least++;
	return least;
}
