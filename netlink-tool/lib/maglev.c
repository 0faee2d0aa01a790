// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The algorithm is the module's own source. What kmod/sched_maglev.c does
 * around it is done here: where a real starts to choose its slots is a keyed
 * hash of its address, and a client's hash is scaled to the size of the table.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "maglev.h"

/* The kernel's names are for this file alone. */
#include "algo/maglev.c"

#define SLOTS_A_REAL	128
#define SLOTS_LEAST	16381

_Static_assert(crypto_shorthash_KEYBYTES == LBVS_KEY_SIZE,
	       "both are SipHash-2-4");
_Static_assert(crypto_shorthash_BYTES == sizeof(uint64_t),
	       "both have 64 bits");

bool maglev_is_prime(uint32_t number)
{
	return lbvs_maglev_prime(number) == number;
}

static uint32_t default_size(uint32_t in_pool)
{
	uint32_t least = in_pool * SLOTS_A_REAL;

	return lbvs_maglev_prime(least > SLOTS_LEAST ? least : SLOTS_LEAST);
}

static uint64_t hash_addr(const struct model_addr *addr,
			  const uint8_t key[LBVS_KEY_SIZE])
{
	uint64_t hash;

	/* Bytes that IPv4 does not use are 0 in the kernel too. */
	crypto_shorthash((unsigned char *)&hash, addr->bytes,
			 sizeof(addr->bytes), key);
	return hash;
}

int maglev_build(struct maglev_table *table, uint32_t size, uint32_t in_pool,
		 const struct model_real *reals, uint32_t count,
		 const uint8_t key[LBVS_KEY_SIZE])
{
	struct lbvs_maglev_entry *entries;
	uint64_t hash;
	uint32_t i;
	int err = -ENOMEM;

	memset(table, 0, sizeof(*table));
	table->size = size ? size : default_size(in_pool);
	if (!count)
		return 0;
	entries = calloc(count, sizeof(*entries));
	table->addr = calloc(count, sizeof(*table->addr));
	table->slot = calloc(table->size, sizeof(*table->slot));
	if (!entries || !table->addr || !table->slot)
		goto out;
	for (i = 0; i < count; i++) {
		hash = hash_addr(&reals[i].addr, key);
		entries[i].hash_offset = (uint32_t)hash;
		entries[i].hash_skip = hash >> 32;
		entries[i].weight = reals[i].weight;
		table->addr[i] = reals[i].addr;
	}
	err = lbvs_maglev_fill(table->slot, table->size, entries, count);
	if (!err)
		table->count = count;
out:
	free(entries);
	return err;
}

void maglev_free(struct maglev_table *table)
{
	free(table->addr);
	free(table->slot);
	memset(table, 0, sizeof(*table));
}

static bool same_real(const struct maglev_table *before, uint32_t slot_before,
		      const struct maglev_table *after, uint32_t slot_after)
{
	const struct model_addr *a, *b;

	if (!before->count || !after->count)
		return before->count == after->count;
	a = &before->addr[before->slot[slot_before]];
	b = &after->addr[after->slot[slot_after]];
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/*
 * Slot i of a table of n takes the hashes from i / n to (i + 1) / n. So the
 * borders of both tables, in the order in which they come, part the hashes
 * into pieces that move or stay as a whole. The unit is 1 / (n * m).
 */
uint32_t maglev_moved(const struct maglev_table *before,
		      const struct maglev_table *after)
{
	uint64_t n = before->size, m = after->size;
	uint64_t i = 0, j = 0, at = 0, next, moved = 0;

	while (i < n && j < m) {
		next = (i + 1) * m < (j + 1) * n ? (i + 1) * m : (j + 1) * n;
		if (!same_real(before, i, after, j))
			moved += next - at;
		at = next;
		i += at == (i + 1) * m;
		j += at == (j + 1) * n;
	}
	/* At most 2^40, so the million fits. */
	return (moved * 1000000 + n * m / 2) / (n * m);
}
