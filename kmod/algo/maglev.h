/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_MAGLEV_H
#define _LBVS_ALGO_MAGLEV_H

#include <linux/types.h>

/**
 * struct lbvs_maglev_entry - one real server, as lbvs_maglev_fill() wants it
 * @hash_offset: keyed hash of the real's identity: where it starts to choose.
 * @hash_skip: an independent keyed hash of it: in what steps it goes on.
 * @weight: its weight, 1 or more.
 * @position: scratch, the slot that it would like next.
 * @skip: scratch, its step.
 * @credit: scratch, weight saved up and not yet spent on a slot.
 */
struct lbvs_maglev_entry {
	u32 hash_offset;
	u32 hash_skip;
	u32 weight;
	u32 position;
	u32 skip;
	u32 credit;
};

int lbvs_maglev_fill(u16 *table, u32 size, struct lbvs_maglev_entry *entries,
		     u32 n);
u32 lbvs_maglev_prime(u32 least);

#endif /* _LBVS_ALGO_MAGLEV_H */
