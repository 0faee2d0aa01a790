// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Weighted round robin without a lock and without a table as long as the sum
 * of the weights.
 *
 * Lay the weights end to end on a line of slots: a real of weight 3 owns three
 * neighbouring slots. A cycle visits every slot once, so shares are exact. To
 * spread each real's turns over the cycle, slots are visited in bit-reversed
 * order (the van der Corput sequence of base 2, whose points are as evenly
 * spread as points can be): 0, 1/2, 1/4, 3/4, 1/8, ... of the line. The cursor
 * runs over the next power of two; values that fall behind the end of the line
 * are skipped. An even cursor never does, so of two neighbouring cursor values
 * at least one hits.
 *
 * Who cannot take his turn passes it on to the others, by their weights: the line is
 * closed up without those who were asked, and a slot of it drawn by a multiple of the
 * golden ratio. To raise the cursor for that would take the turn of whoever always
 * comes next.
 *
 * The state is the cursor alone, a counter that any number of CPUs may raise.
 */
#include "wrr.h"

#include <linux/errno.h>
#include <linux/types.h>

/* 2^32 by the golden ratio: its multiples are spread evenly. Those of its powers are
 * too, and independent of each other.
 */
#define LBVS_WRR_GOLDEN 0x9e3779b9u

static u32 gcd_of(u32 a, u32 b)
{
	while (b) {
		u32 rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static u32 reverse_bits(u32 value)
{
	value = ((value >> 1) & 0x55555555) | ((value & 0x55555555) << 1);
	value = ((value >> 2) & 0x33333333) | ((value & 0x33333333) << 2);
	value = ((value >> 4) & 0x0f0f0f0f) | ((value & 0x0f0f0f0f) << 4);
	value = ((value >> 8) & 0x00ff00ff) | ((value & 0x00ff00ff) << 8);
	return (value >> 16) | (value << 16);
}

/**
 * lbvs_wrr_fill - prepare a set of weights
 * @wrr: what to prepare; @wrr->ends has room for @n.
 * @weights: the weights, each 1 or more.
 * @n: how many, 1 or more.
 *
 * Return: 0, or -EINVAL when a weight is 0, there is none, or their sum,
 * divided by what all have in common, does not fit 31 bits.
 */
int lbvs_wrr_fill(struct lbvs_wrr *wrr, const u32 *weights, u32 n)
{
	u32 common = 0;
	u32 total = 0;
	u32 bits = 0;
	u32 i;

	if (!n)
		return -EINVAL;

	for (i = 0; i < n; i++)
		common = gcd_of(weights[i], common);

	for (i = 0; i < n; i++) {
		u32 weight;

		if (!weights[i])
			return -EINVAL;
		weight = weights[i] / common;
		if (weight > 0x7fffffff - total)
			return -EINVAL;
		total += weight;
		wrr->ends[i] = total;
	}
	while (((u32)1 << bits) < total)
		bits++;

	wrr->total = total;
	wrr->bits = bits;
	wrr->n = n;
	return 0;
}

/**
 * lbvs_wrr_slot - the slot whose turn it is
 * @wrr: prepared weights.
 * @cursor: a counter that goes up by one with each call.
 * @slot: gets the slot, below @wrr->total.
 *
 * Return: false when this cursor value has no slot; the next one has.
 */
bool lbvs_wrr_slot(const struct lbvs_wrr *wrr, u32 cursor, u32 *slot)
{
	/* A shift by 32 is undefined, and a single slot needs none. */
	*slot = wrr->bits ? reverse_bits(cursor) >> (32 - wrr->bits) : 0;
	return *slot < wrr->total;
}

/**
 * lbvs_wrr_index - the owner of a slot
 * @wrr: prepared weights.
 * @slot: a slot below @wrr->total.
 *
 * Return: the index of the weight that the slot belongs to.
 */
u32 lbvs_wrr_index(const struct lbvs_wrr *wrr, u32 slot)
{
	u32 low = 0;
	u32 high = wrr->n - 1;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (slot < wrr->ends[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static u32 start_of(const struct lbvs_wrr *wrr, u32 index)
{
	return index ? wrr->ends[index - 1] : 0;
}

static u32 slots_of(const struct lbvs_wrr *wrr, u32 index)
{
	return wrr->ends[index] - start_of(wrr, index);
}

/* The lowest of some indexes that is not below one; wrr->n: there is none. */
static u32 next_asked(const struct lbvs_wrr *wrr, const u16 *asked, u32 n_asked,
		      u32 from)
{
	u32 next = wrr->n;
	u32 i;

	for (i = 0; i < n_asked; i++)
		if (asked[i] >= from && asked[i] < next)
			next = asked[i];
	return next;
}

/**
 * lbvs_wrr_rest - who gets a turn that others cannot take?
 * @wrr: prepared weights.
 * @cursor: the value of the cursor that the turn came with.
 * @asked: indexes of those who were asked, each once, in any order.
 * @n_asked: how many, less than there are weights.
 *
 * Return: the index of a weight, none of @asked.
 */
u32 lbvs_wrr_rest(const struct lbvs_wrr *wrr, u32 cursor, const u16 *asked,
		  u32 n_asked)
{
	u32 left = wrr->total;
	u32 point = cursor;
	u32 slot, index, i;

	for (i = 0; i < n_asked; i++) {
		left -= slots_of(wrr, asked[i]);
		point *= LBVS_WRR_GOLDEN;
	}
	slot = (u64)point * left >> 32;

	index = next_asked(wrr, asked, n_asked, 0);
	while (index < wrr->n && slot >= start_of(wrr, index)) {
		slot += slots_of(wrr, index);
		index = next_asked(wrr, asked, n_asked, index + 1);
	}
	return lbvs_wrr_index(wrr, slot);
}
