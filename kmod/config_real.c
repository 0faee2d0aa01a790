// SPDX-License-Identifier: GPL-2.0-or-later
#include "config.h"
#include "drain.h"

#include <linux/string.h>

static int check_address(const struct lbvs_pool *pool,
			 const struct lbvs_users *users,
			 const struct lbvs_real_cfg *cfg,
			 struct lbvs_refusal *refusal)
{
	u32 i;

	if (pool->n_reals && lbvs_pool_family(pool) != cfg->family)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_REAL_ADDR,
				   "the pool's other reals have addresses of the other family");
	for (i = 0; i < pool->n_reals; i++)
		if (nf_inet_addr_cmp(&pool->reals[i]->cfg.addr, &cfg->addr))
			return lbvs_refuse(refusal, -EEXIST, LBVS_A_REAL_ADDR,
					   "another real of the pool has this address");

	if (cfg->family == NFPROTO_IPV4 ? users->n_ipv6 : users->n_ipv4)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_REAL_ADDR,
				   "a service of the pool has an address of the other family");
	return 0;
}

/* A new drain, or none, as the admin state is. */
static int set_drain(struct lbvs_stage *stage, struct lbvs_real *real,
		     const struct lbvs_real_edit *edit)
{
	struct lbvs_drain *drain = NULL;

	if (real->cfg.admin == LBVS_ADMIN_DRAIN) {
		drain = lbvs_drain_alloc(edit->set_deadline, edit->deadline);
		if (!drain)
			return -ENOMEM;
		stage->drains = true;
	}
	lbvs_drain_put(real->drain);
	real->drain = drain;
	return 0;
}

/**
 * lbvs_config_real_add - add a real to a pool
 * @stage: the change.
 * @arg: struct lbvs_real_edit.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_real_add(struct lbvs_stage *stage, const void *arg,
			 struct lbvs_refusal *refusal)
{
	const struct lbvs_real_edit *edit = arg;
	struct lbvs_pool *pool, *clone;
	struct lbvs_real *real;
	int index;
	int err;

	index = lbvs_config_need_pool(stage, edit->pool, LBVS_A_REAL_POOL,
				      refusal);
	if (index < 0)
		return index;
	pool = stage->next->pools[index];
	if (lbvs_pool_find_real(pool, edit->cfg.name) >= 0)
		return lbvs_refuse(refusal, -EEXIST, LBVS_A_REAL_NAME,
				   "the pool has a real of this name already");
	if (pool->n_reals >= LBVS_REALS_MAX)
		return lbvs_refuse(refusal, -ENOSPC, LBVS_A_REAL_POOL,
				   "the pool has too many reals");
	err = check_address(pool, &stage->next->users[index], &edit->cfg, refusal);
	if (err)
		return err;

	real = lbvs_real_alloc(&edit->cfg, pool->cfg.n_checks);
	if (!real)
		return -ENOMEM;
	if (set_drain(stage, real, edit)) {
		lbvs_real_put(real);
		return -ENOMEM;
	}
	clone = lbvs_pool_clone_with(pool, real);
	if (!clone) {
		lbvs_real_put(real);
		return -ENOMEM;
	}
	lbvs_config_replace_pool(stage, index, clone);
	return 0;
}

/* The same drain is not news; a deadline counts from now, so it is. */
static bool drains_anew(const struct lbvs_real *real,
			const struct lbvs_real_edit *edit)
{
	if (!edit->set_admin)
		return false;
	if (edit->set_deadline || edit->cfg.admin != real->cfg.admin)
		return true;
	return real->drain && real->drain->has_deadline;
}

/**
 * lbvs_config_real_set - change a real
 * @stage: the change.
 * @arg: struct lbvs_real_edit.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_real_set(struct lbvs_stage *stage, const void *arg,
			 struct lbvs_refusal *refusal)
{
	const struct lbvs_real_edit *edit = arg;
	const struct lbvs_pool *pool;
	struct lbvs_real *real;
	int pool_index, index;
	int err;

	if (edit->set_deadline && edit->cfg.admin != LBVS_ADMIN_DRAIN)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_REAL_DEADLINE,
				   "a deadline goes only with the admin state drain");
	pool_index = lbvs_config_need_pool(stage, edit->pool, LBVS_A_REAL_POOL,
					   refusal);
	if (pool_index < 0)
		return pool_index;
	pool = stage->next->pools[pool_index];
	index = lbvs_config_need_real(pool, edit->cfg.name, LBVS_A_REAL_NAME,
				      refusal);
	if (index < 0)
		return index;

	real = lbvs_real_clone(pool->reals[index]);
	if (!real)
		return -ENOMEM;
	if (edit->set_weight)
		real->cfg.weight = edit->cfg.weight;
	if (edit->set_admin)
		real->cfg.admin = edit->cfg.admin;
	if (edit->set_limit_flows)
		real->cfg.limits.flows = edit->cfg.limits.flows;
	if (edit->set_limit_rate)
		real->cfg.limits.rate = edit->cfg.limits.rate;
	if (edit->set_tier)
		real->cfg.tier = edit->cfg.tier;
	err = drains_anew(pool->reals[index], edit) ?
		set_drain(stage, real, edit) : 0;
	if (err ||
	    (real->drain == pool->reals[index]->drain &&
	     !memcmp(&real->cfg, &pool->reals[index]->cfg, sizeof(real->cfg)))) {
		lbvs_real_put(real);
		return err;
	}
	return lbvs_config_replace_real(stage, pool_index, index, real);
}

/**
 * lbvs_config_real_del - remove a real from a pool
 * @stage: the change.
 * @arg: struct lbvs_real_edit, of which the names count.
 * @refusal: filled in on failure.
 *
 * Its flows live on, bound to the member that they know.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_real_del(struct lbvs_stage *stage, const void *arg,
			 struct lbvs_refusal *refusal)
{
	const struct lbvs_real_edit *edit = arg;
	struct lbvs_pool *pool, *clone;
	int pool_index, index;

	pool_index = lbvs_config_need_pool(stage, edit->pool, LBVS_A_REAL_POOL,
					   refusal);
	if (pool_index < 0)
		return pool_index;
	pool = stage->next->pools[pool_index];
	index = lbvs_config_need_real(pool, edit->cfg.name, LBVS_A_REAL_NAME,
				      refusal);
	if (index < 0)
		return index;

	clone = lbvs_pool_clone_without(pool, index);
	if (!clone)
		return -ENOMEM;
	lbvs_config_replace_pool(stage, pool_index, clone);
	return 0;
}
