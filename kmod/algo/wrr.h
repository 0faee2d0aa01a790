/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_WRR_H
#define _LBVS_ALGO_WRR_H

#include <linux/types.h>

/**
 * struct lbvs_wrr - weights, prepared for lbvs_wrr_slot() and lbvs_wrr_index()
 * @total: sum of the reduced weights: the length of a cycle in slots.
 * @bits: width of the cursor that runs through a cycle; 2^bits >= total.
 * @n: number of weights.
 * @ends: for each weight the first slot that is behind its own.
 */
struct lbvs_wrr {
	u32 total;
	u32 bits;
	u32 n;
	u32 *ends;
};

int lbvs_wrr_fill(struct lbvs_wrr *wrr, const u32 *weights, u32 n);
bool lbvs_wrr_slot(const struct lbvs_wrr *wrr, u32 cursor, u32 *slot);
u32 lbvs_wrr_index(const struct lbvs_wrr *wrr, u32 slot);
u32 lbvs_wrr_rest(const struct lbvs_wrr *wrr, u32 cursor, const u16 *asked,
		  u32 n_asked);

#endif /* _LBVS_ALGO_WRR_H */
