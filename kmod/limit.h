/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits: how much a real, or a member, may take. */
#ifndef _LBVS_LIMIT_H
#define _LBVS_LIMIT_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * struct lbvs_limits - what the operator says
 * @flows: flows that may live at once; 0: any number.
 * @rate: new flows a second; 0: any number.
 */
struct lbvs_limits {
	u32 flows;
	u32 rate;
};

static inline bool lbvs_limits_any(const struct lbvs_limits *limits)
{
	return limits->flows || limits->rate;
}

/**
 * struct lbvs_limit - limits as the packet path sees them
 * @limits: written by commits, read at any time.
 * @due: when the next new flow is due by the rate, see algo/rate.c.
 */
struct lbvs_limit {
	struct lbvs_limits limits;
	atomic64_t due;
};

void lbvs_limit_set(struct lbvs_limit *limit, const struct lbvs_limits *limits);
bool lbvs_limit_rate_lets(const struct lbvs_limit *limit, u64 now);
bool lbvs_limit_rate_take(struct lbvs_limit *limit, u64 now);

/**
 * lbvs_limit_full - may no more flows live?
 * @limit: the limit.
 * @flows: how many live. CPUs that ask at the same moment may be one too many
 *	each.
 *
 * Context: any.
 * Return: true when it is reached.
 */
static inline bool lbvs_limit_full(const struct lbvs_limit *limit, u32 flows)
{
	u32 most = READ_ONCE(limit->limits.flows);

	return most && flows >= most;
}

#endif /* _LBVS_LIMIT_H */
