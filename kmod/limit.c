// SPDX-License-Identifier: GPL-2.0-or-later
#include "limit.h"
#include "algo/rate.h"

/**
 * lbvs_limit_set - let a limit follow the configuration
 * @limit: the limit.
 * @limits: what the operator says now.
 *
 * Context: process, config_lock held.
 */
void lbvs_limit_set(struct lbvs_limit *limit, const struct lbvs_limits *limits)
{
	WRITE_ONCE(limit->limits.flows, limits->flows);
	WRITE_ONCE(limit->limits.rate, limits->rate);
}

/**
 * lbvs_limit_rate_lets - would a new flow be within the rate?
 * @limit: the limit.
 * @now: ktime_get_ns().
 *
 * Context: any.
 * Return: true when it would.
 */
bool lbvs_limit_rate_lets(const struct lbvs_limit *limit, u64 now)
{
	u32 rate = READ_ONCE(limit->limits.rate);
	u64 next;

	return !rate ||
	       lbvs_rate_admit(atomic64_read(&limit->due), now, rate, &next);
}

/**
 * lbvs_limit_rate_take - count a new flow, if it is within the rate
 * @limit: the limit.
 * @now: ktime_get_ns().
 *
 * Context: any.
 * Return: true when it is, and was counted.
 */
bool lbvs_limit_rate_take(struct lbvs_limit *limit, u64 now)
{
	u32 rate = READ_ONCE(limit->limits.rate);
	s64 due = atomic64_read(&limit->due);
	u64 next;

	if (!rate)
		return true;
	do {
		if (!lbvs_rate_admit(due, now, rate, &next))
			return false;
	} while (!atomic64_try_cmpxchg(&limit->due, &due, next));
	return true;
}
