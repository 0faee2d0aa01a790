// SPDX-License-Identifier: GPL-2.0-or-later
#include "real.h"
#include "drain.h"
#include "load.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/slab.h>

static atomic64_t last_id;

/* Without verdicts. */
static struct lbvs_real *alloc_version(const struct lbvs_real_cfg *cfg,
				       struct lbvs_load *load, u32 n_checks)
{
	static const struct lbvs_health unknown = LBVS_HEALTH_UNKNOWN;
	struct lbvs_real *real;
	u32 i;

	real = kzalloc(struct_size(real, checks, n_checks), GFP_KERNEL_ACCOUNT);
	if (!real)
		return NULL;

	refcount_set(&real->refs, 1);
	real->cfg = *cfg;
	real->load = load;
	real->n_checks = n_checks;
	real->whole = unknown;
	for (i = 0; i < n_checks; i++)
		real->checks[i] = unknown;
	return real;
}

/**
 * lbvs_real_alloc - first version of a new real
 * @cfg: what the operator says.
 * @n_checks: number of checks of its pool.
 *
 * Context: process.
 * Return: the real, with one reference and no verdict; or NULL.
 */
struct lbvs_real *lbvs_real_alloc(const struct lbvs_real_cfg *cfg, u32 n_checks)
{
	struct lbvs_real *real;
	struct lbvs_load *load;

	load = lbvs_load_alloc();
	if (!load)
		return NULL;
	real = alloc_version(cfg, load, n_checks);
	if (!real) {
		lbvs_load_put(load);
		return NULL;
	}
	real->id = atomic64_inc_return(&last_id);
	return real;
}

/**
 * lbvs_real_clone - a new version of a real, equal so far
 * @real: the version to start from.
 *
 * Context: process.
 * Return: the clone, with one reference; or NULL.
 */
struct lbvs_real *lbvs_real_clone(const struct lbvs_real *real)
{
	struct lbvs_real *clone;

	clone = kmemdup(real, struct_size(real, checks, real->n_checks),
			GFP_KERNEL_ACCOUNT);
	if (!clone)
		return NULL;
	refcount_set(&clone->refs, 1);
	lbvs_load_get(clone->load);
	lbvs_drain_get(clone->drain);
	return clone;
}

/**
 * lbvs_real_clone_without_checks - a new version of a real for other checks
 * @real: the version to start from.
 * @n_checks: number of checks of its pool by now.
 *
 * Context: process.
 * Return: the clone, with one reference, and without a verdict on any check; or
 * NULL.
 */
struct lbvs_real *lbvs_real_clone_without_checks(const struct lbvs_real *real,
						 u32 n_checks)
{
	struct lbvs_real *clone;

	clone = alloc_version(&real->cfg, real->load, n_checks);
	if (!clone)
		return NULL;
	lbvs_load_get(clone->load);
	clone->drain = lbvs_drain_get(real->drain);
	clone->id = real->id;
	clone->whole = real->whole;
	return clone;
}

/**
 * lbvs_real_get - take a reference
 * @real: a real to which the caller holds one.
 *
 * Return: @real.
 */
struct lbvs_real *lbvs_real_get(struct lbvs_real *real)
{
	refcount_inc(&real->refs);
	return real;
}

/**
 * lbvs_real_put - give a reference back
 * @real: the real.
 *
 * The last one frees at once: the pools that held it were freed after a grace
 * period, or were never published.
 */
void lbvs_real_put(struct lbvs_real *real)
{
	if (!refcount_dec_and_test(&real->refs))
		return;
	lbvs_load_put(real->load);
	lbvs_drain_put(real->drain);
	kfree(real);
}

/**
 * lbvs_real_demand - add what a service demands of a real
 * @demand: what others demand of it.
 * @require: the checks that the service requires, a bit each.
 * @initial: what counts while there is no verdict.
 */
void lbvs_real_demand(struct lbvs_demand *demand, u32 require,
		      enum lbvs_initial initial)
{
	demand->checks |= require;
	if (initial != LBVS_INITIAL_DOWN)
		return;
	demand->known |= require;
	/* Without checks the whole real has to be up. */
	demand->whole_known |= !require;
}

/**
 * lbvs_real_health - do the verdicts let a real take flows of a service?
 * @real: the real.
 * @demand: what is demanded of it.
 * @check: gets the first check that is in the way: that is down, with CHECK_DOWN,
 *	or that has no verdict, with UNKNOWN; else LBVS_CHECK_NONE. May be NULL.
 *
 * Return: USABLE, or which verdict is in the way.
 */
enum lbvs_member_state lbvs_real_health(const struct lbvs_real *real,
					const struct lbvs_demand *demand,
					u32 *check)
{
	u32 unknown = LBVS_CHECK_NONE;
	u32 i;

	if (check)
		*check = LBVS_CHECK_NONE;
	if (real->whole.state == LBVS_VERDICT_STATE_DOWN)
		return LBVS_MEMBER_STATE_DOWN;

	for (i = 0; i < real->n_checks; i++) {
		enum lbvs_verdict_state state = real->checks[i].state;

		if ((demand->checks & BIT(i)) &&
		    state == LBVS_VERDICT_STATE_DOWN) {
			if (check)
				*check = i;
			return LBVS_MEMBER_STATE_CHECK_DOWN;
		}
		if ((demand->known & BIT(i)) && unknown == LBVS_CHECK_NONE &&
		    state == LBVS_VERDICT_STATE_UNKNOWN)
			unknown = i;
	}
	if (check)
		*check = unknown;
	if (unknown != LBVS_CHECK_NONE ||
	    (demand->whole_known &&
	     real->whole.state == LBVS_VERDICT_STATE_UNKNOWN))
		return LBVS_MEMBER_STATE_UNKNOWN;
	return LBVS_MEMBER_STATE_USABLE;
}

/**
 * lbvs_real_share - how much of its weight has a real that is usable?
 * @real: the real.
 * @demand: what is demanded of it.
 *
 * Return: percent, the smallest of the verdicts that count.
 */
u32 lbvs_real_share(const struct lbvs_real *real,
		    const struct lbvs_demand *demand)
{
	u32 share = real->whole.share;
	u32 i;

	for (i = 0; i < real->n_checks; i++)
		if (demand->checks & BIT(i))
			share = min(share, real->checks[i].share);
	return share;
}

/**
 * lbvs_real_state - may a real take new flows of a service, and if not, why
 * @real: the real.
 * @demand: what is demanded of it.
 * @check: gets the check that is in the way, or LBVS_CHECK_NONE; may be NULL.
 *
 * Return: the state, the operator's word before the prober's.
 */
enum lbvs_member_state lbvs_real_state(const struct lbvs_real *real,
				       const struct lbvs_demand *demand,
				       u32 *check)
{
	if (check)
		*check = LBVS_CHECK_NONE;
	switch (real->cfg.admin) {
	case LBVS_ADMIN_ENABLED:
		break;
	case LBVS_ADMIN_DRAIN:
		return LBVS_MEMBER_STATE_DRAIN;
	default:
		return LBVS_MEMBER_STATE_DISABLED;
	}
	if (!real->cfg.weight)
		return LBVS_MEMBER_STATE_WEIGHT_ZERO;
	return lbvs_real_health(real, demand, check);
}
