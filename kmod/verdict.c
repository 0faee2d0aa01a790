// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict.h"

#include <linux/ktime.h>
#include <linux/string.h>

static int find_health(const struct lbvs_pool *pool, struct lbvs_real *real,
		       const char *check, struct lbvs_health **health,
		       struct lbvs_refusal *refusal)
{
	int index;

	*health = &real->whole;
	if (!*check)
		return 0;

	index = lbvs_pool_find_check(&pool->cfg, check);
	if (index < 0)
		return lbvs_refuse(refusal, -ENOENT, LBVS_A_VERDICT_CHECK,
				   "the pool has no check of this name");
	*health = &real->checks[index];
	return 0;
}

/* Verdicts are levels: to hear one again changes nothing. */
static int apply(struct lbvs_stage *stage, const struct lbvs_verdict_edit *edit,
		 enum lbvs_verdict_state state, struct lbvs_refusal *refusal)
{
	const struct lbvs_pool *pool;
	struct lbvs_health *health;
	struct lbvs_real *real;
	int pool_index, index;
	int err;

	pool_index = lbvs_config_need_pool(stage, edit->pool,
					   LBVS_A_VERDICT_POOL, refusal);
	if (pool_index < 0)
		return pool_index;
	pool = stage->next->pools[pool_index];
	index = lbvs_config_need_real(pool, edit->real, LBVS_A_VERDICT_REAL,
				      refusal);
	if (index < 0)
		return index;
	err = find_health(pool, pool->reals[index], edit->check, &health,
			  refusal);
	if (err)
		return err;
	if (health->state == state && !strcmp(health->reason, edit->reason))
		return 0;

	real = lbvs_real_clone(pool->reals[index]);
	if (!real)
		return -ENOMEM;
	find_health(pool, real, edit->check, &health, refusal);
	if (health->state != state)
		health->since = ktime_to_ms(ktime_get());
	health->state = state;
	strscpy(health->reason, edit->reason, sizeof(health->reason));
	stage->health = true;
	return lbvs_config_replace_real(stage, pool_index, index, real);
}

/**
 * lbvs_verdict_set - set a verdict
 * @stage: the change.
 * @arg: struct lbvs_verdict_edit.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_verdict_set(struct lbvs_stage *stage, const void *arg,
		     struct lbvs_refusal *refusal)
{
	const struct lbvs_verdict_edit *edit = arg;

	return apply(stage, edit, edit->state, refusal);
}

/**
 * lbvs_verdict_del - forget a verdict, as if none had ever come
 * @stage: the change.
 * @arg: struct lbvs_verdict_edit, of which the names count.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_verdict_del(struct lbvs_stage *stage, const void *arg,
		     struct lbvs_refusal *refusal)
{
	return apply(stage, arg, LBVS_VERDICT_STATE_UNKNOWN, refusal);
}
