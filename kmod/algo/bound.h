/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Consistent hashing with bounded loads: no real has more than a constant times
 * the mean, and who finds its real at the bound goes on to the next. V. Mirrokni,
 * M. Thorup and M. Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2018,
 * here with weights; what ends or changes meanwhile moves nobody.
 */
#ifndef _LBVS_ALGO_BOUND_H
#define _LBVS_ALGO_BOUND_H

#include <linux/types.h>

/**
 * lbvs_bound_reached - has a real as many flows as the bound lets it have?
 * @flows: what it has.
 * @weight: its weight.
 * @all_flows: what all have, the new one counted.
 * @all_weights: the sum of the weights, 1 or more.
 * @percent: the bound, in percent of the mean; more than 100.
 *
 * The bound is rounded up to whole flows. So one at least has not reached it:
 * else they had more than there are.
 *
 * Return: true when it has.
 */
static inline bool lbvs_bound_reached(u32 flows, u32 weight, u64 all_flows,
				      u64 all_weights, u32 percent)
{
	return (unsigned __int128)flows * all_weights * 100 >=
	       (unsigned __int128)all_flows * percent * weight;
}

#endif /* _LBVS_ALGO_BOUND_H */
