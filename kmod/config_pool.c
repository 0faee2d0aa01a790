// SPDX-License-Identifier: GPL-2.0-or-later
#include "config.h"
#include "drain.h"

#include <linux/bits.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

static bool has_check_twice(const struct lbvs_pool_cfg *cfg,
			    struct lbvs_refusal *refusal)
{
	u32 i;

	for (i = 0; i < cfg->n_checks; i++) {
		if (lbvs_pool_find_check(cfg, cfg->checks[i]) == i)
			continue;
		lbvs_refuse(refusal, -EINVAL, LBVS_A_POOL_CHECK,
			    "the check stands twice in the list");
		refusal->entry = i + 1;
		return true;
	}
	return false;
}

/**
 * lbvs_config_pool_add - add a pool
 * @stage: the change.
 * @arg: struct lbvs_pool_edit.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_pool_add(struct lbvs_stage *stage, const void *arg,
			 struct lbvs_refusal *refusal)
{
	const struct lbvs_pool_edit *edit = arg;
	struct lbvs_pool *pool;
	int index;

	index = lbvs_ruleset_find_pool(stage->next, edit->cfg.name);
	if (index >= 0)
		return lbvs_refuse(refusal, -EEXIST, LBVS_A_POOL_NAME,
				   "there is a pool of this name already");
	if (stage->next->n_pools >= LBVS_POOLS_MAX)
		return lbvs_refuse(refusal, -ENOSPC, LBVS_A_POOL_NAME,
				   "there are too many pools");
	if (has_check_twice(&edit->cfg, refusal))
		return -EINVAL;

	pool = lbvs_pool_alloc(&edit->cfg);
	if (!pool)
		return -ENOMEM;
	pool->cfg.key_is_set = edit->set_key;
	pool->cfg.min_usable = edit->cfg.min_usable ?: 1;
	if (!edit->set_key)
		get_random_bytes(&pool->cfg.key, sizeof(pool->cfg.key));
	if (lbvs_ruleset_insert_pool(stage->next, -1 - index, pool)) {
		lbvs_pool_put(pool);
		return -ENOMEM;
	}
	stage->changed = true;
	return 0;
}

/* Verdicts of checks that stay are kept, at the place the check has now. */
static struct lbvs_real *renumber_checks(const struct lbvs_real *real,
					 const struct lbvs_pool_cfg *from,
					 const struct lbvs_pool_cfg *to)
{
	struct lbvs_real *renumbered;
	u32 i;

	renumbered = lbvs_real_clone_without_checks(real, to->n_checks);
	if (!renumbered)
		return NULL;
	for (i = 0; i < to->n_checks; i++) {
		int before = lbvs_pool_find_check(from, to->checks[i]);

		if (before >= 0)
			renumbered->checks[i] = real->checks[before];
	}
	return renumbered;
}

static int set_checks(struct lbvs_pool *pool, const struct lbvs_pool_cfg *before,
		      const struct lbvs_pool_cfg *cfg)
{
	u32 i;

	pool->cfg.n_checks = cfg->n_checks;
	memcpy(pool->cfg.checks, cfg->checks, sizeof(cfg->checks));
	for (i = 0; i < pool->n_reals; i++) {
		struct lbvs_real *real;

		real = renumber_checks(pool->reals[i], before, &pool->cfg);
		if (!real)
			return -ENOMEM;
		lbvs_pool_replace_real(pool, i, real);
	}
	return 0;
}

static int check_requirements(const struct lbvs_stage *stage,
			      const struct lbvs_pool *pool,
			      const struct lbvs_pool_cfg *cfg,
			      struct lbvs_refusal *refusal)
{
	u32 all = GENMASK(LBVS_CHECKS_MAX - 1, 0);
	u32 i;

	/* Mostly none is left out. */
	if (!lbvs_pool_translate(&pool->cfg, cfg, &all))
		return 0;
	for (i = 0; i < stage->next->n_rules; i++) {
		const struct lbvs_rule *rule = stage->next->rules[i];
		u32 require = rule->cfg.require;

		if (rule->pool->id != pool->id)
			continue;
		if (lbvs_pool_translate(&rule->pool->cfg, cfg, &require))
			return lbvs_refuse(refusal, -EBUSY, LBVS_A_POOL_CHECK,
					   "a service requires a check that this list leaves out");
	}
	return 0;
}

/**
 * lbvs_config_pool_set - change a pool
 * @stage: the change.
 * @arg: struct lbvs_pool_edit.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_pool_set(struct lbvs_stage *stage, const void *arg,
			 struct lbvs_refusal *refusal)
{
	const struct lbvs_pool_edit *edit = arg;
	struct lbvs_pool *old, *pool;
	int index;
	int err;

	index = lbvs_config_need_pool(stage, edit->cfg.name, LBVS_A_POOL_NAME,
				      refusal);
	if (index < 0)
		return index;
	old = stage->next->pools[index];
	if (edit->set_checks) {
		if (has_check_twice(&edit->cfg, refusal))
			return -EINVAL;
		err = check_requirements(stage, old, &edit->cfg, refusal);
		if (err)
			return err;
	}

	pool = lbvs_pool_clone(old);
	if (!pool)
		return -ENOMEM;
	if (edit->set_key) {
		pool->cfg.key = edit->cfg.key;
		pool->cfg.key_is_set = true;
	}
	if (edit->cfg.min_usable)
		pool->cfg.min_usable = edit->cfg.min_usable;
	if (edit->set_ramp)
		pool->cfg.ramp = edit->cfg.ramp;
	err = edit->set_checks ? set_checks(pool, &old->cfg, &edit->cfg) : 0;
	if (err || !memcmp(&pool->cfg, &old->cfg, sizeof(pool->cfg))) {
		lbvs_pool_put(pool);
		return err;
	}
	lbvs_config_replace_pool(stage, index, pool);
	return 0;
}

/**
 * lbvs_config_pool_del - remove a pool
 * @stage: the change.
 * @arg: its name.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_pool_del(struct lbvs_stage *stage, const void *arg,
			 struct lbvs_refusal *refusal)
{
	struct lbvs_ruleset *next = stage->next;
	int index;

	index = lbvs_config_need_pool(stage, arg, LBVS_A_POOL_NAME, refusal);
	if (index < 0)
		return index;
	if (lbvs_users_count(&next->users[index]))
		return lbvs_refuse(refusal, -EBUSY, LBVS_A_POOL_NAME,
				   "a service uses this pool");

	lbvs_ruleset_remove_pool(next, index);
	stage->changed = true;
	return 0;
}

/**
 * lbvs_config_clear - remove everything
 * @stage: the change.
 * @unused: nothing.
 * @refusal: never filled in.
 *
 * Return: 0.
 */
int lbvs_config_clear(struct lbvs_stage *stage, const void *unused,
		      struct lbvs_refusal *refusal)
{
	struct lbvs_ruleset *next = stage->next;

	if (next->n_rules || next->n_pools)
		stage->changed = true;
	while (next->n_rules)
		lbvs_ruleset_remove_rule(next, next->n_rules - 1);
	while (next->n_pools)
		lbvs_ruleset_remove_pool(next, next->n_pools - 1);
	return 0;
}
