/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_LEAST_H
#define _LBVS_ALGO_LEAST_H

#include <linux/types.h>

/**
 * lbvs_least_compare - which of two reals has less to do?
 * @flows: what the one has.
 * @weight: its weight, 1 or more.
 * @than_flows: what the other has.
 * @than_weight: its weight, 1 or more.
 *
 * Compared is what each would have with half a flow more, by weight: of two
 * without any the heavier comes first, and where flows come and none goes, what
 * each has at any moment is its weight times one number for all, rounded. (So
 * Sainte-Lague gives seats to parties; with a whole flow more, as d'Hondt, the
 * heavy ones have too many.)
 * Numbers of flows and weights fit 31 bits: nothing overflows.
 *
 * Return: less than, equal to, or more than 0, as the one has less, as much, or
 * more.
 */
static inline int lbvs_least_compare(u32 flows, u32 weight, u32 than_flows,
				     u32 than_weight)
{
	u64 one = (2 * (u64)flows + 1) * than_weight;
	u64 other = (2 * (u64)than_flows + 1) * weight;

	return one < other ? -1 : one > other;
}

#endif /* _LBVS_ALGO_LEAST_H */
