// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict.h"
#include "agent.h"

#include <linux/ktime.h>
#include <linux/sched.h>
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

static bool says_the_same(const struct lbvs_health *a,
			  const struct lbvs_health *b)
{
	return a->state == b->state && a->share == b->share &&
	       a->agent == b->agent && a->stale == b->stale &&
	       !strcmp(a->reason, b->reason);
}

static void set_health(struct lbvs_health *health,
		       const struct lbvs_health *to)
{
	u64 since = health->state == to->state ? health->since :
						 ktime_to_ms(ktime_get());

	*health = *to;
	health->since = since;
}

/* Verdicts are levels: to hear one again changes nothing. */
static int apply(struct lbvs_stage *stage, const struct lbvs_verdict_edit *edit,
		 const struct lbvs_health *to, struct lbvs_refusal *refusal)
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
	if (says_the_same(health, to))
		return 0;

	real = lbvs_real_clone(pool->reals[index]);
	if (!real)
		return -ENOMEM;
	find_health(pool, real, edit->check, &health, refusal);
	set_health(health, to);
	stage->health = true;
	return lbvs_config_replace_real(stage, pool_index, index, real);
}

static int set_one(struct lbvs_stage *stage,
		   const struct lbvs_verdict_edit *edit, u64 agent,
		   struct lbvs_refusal *refusal)
{
	struct lbvs_health to = {
		.state = edit->state,
		.share = edit->share,
		.agent = agent,
	};

	strscpy(to.reason, edit->reason, sizeof(to.reason));
	return apply(stage, edit, &to, refusal);
}

/**
 * lbvs_verdict_set - set verdicts
 * @stage: the change.
 * @arg: struct lbvs_verdict_edits.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_verdict_set(struct lbvs_stage *stage, const void *arg,
		     struct lbvs_refusal *refusal)
{
	const struct lbvs_verdict_edits *edits = arg;
	u64 id = 0;
	int err;
	u32 i;

	if (*edits->agent) {
		const struct lbvs_agent *agent;

		agent = lbvs_agent_check(stage->ln, edits->agent, edits->epoch,
					 LBVS_A_VERDICT_AGENT,
					 LBVS_A_VERDICT_EPOCH, refusal);
		if (IS_ERR(agent))
			return PTR_ERR(agent);
		id = agent->id;
	}

	for (i = 0; i < edits->n; i++) {
		err = set_one(stage, &edits->edits[i], id, refusal);
		if (err && edits->is_list) {
			refusal->attr = LBVS_A_VERDICT_LIST;
			refusal->entry = i + 1;
		}
		if (err)
			return err;
		cond_resched();
	}
	return 0;
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
	const struct lbvs_health unknown = LBVS_HEALTH_UNKNOWN;

	return apply(stage, arg, &unknown, refusal);
}

/* What becomes of a verdict of an agent. */
typedef void (*change_fn)(struct lbvs_health *health,
			  const struct lbvs_agent *agent);

static bool change_one(struct lbvs_health *health,
		       const struct lbvs_agent *agent, change_fn change)
{
	struct lbvs_health to = *health;

	if (health->agent != agent->id)
		return false;
	change(&to, agent);
	if (says_the_same(health, &to))
		return false;
	set_health(health, &to);
	return true;
}

static bool owns_one(const struct lbvs_real *real,
		     const struct lbvs_agent *agent)
{
	u32 i;

	if (real->whole.agent == agent->id)
		return true;
	for (i = 0; i < real->n_checks; i++)
		if (real->checks[i].agent == agent->id)
			return true;
	return false;
}

static int change_real(struct lbvs_stage *stage, u32 pool_index, u32 index,
		       const struct lbvs_agent *agent, change_fn change)
{
	struct lbvs_real *real;
	bool changed;
	u32 i;

	real = stage->next->pools[pool_index]->reals[index];
	if (!owns_one(real, agent))
		return 0;
	real = lbvs_real_clone(real);
	if (!real)
		return -ENOMEM;
	changed = change_one(&real->whole, agent, change);
	for (i = 0; i < real->n_checks; i++)
		if (change_one(&real->checks[i], agent, change))
			changed = true;
	if (!changed) {
		lbvs_real_put(real);
		return 0;
	}
	stage->health = true;
	return lbvs_config_replace_real(stage, pool_index, index, real);
}

static int change_all(struct lbvs_stage *stage, const struct lbvs_agent *agent,
		      change_fn change)
{
	int err;
	u32 i, j;

	for (i = 0; i < stage->next->n_pools; i++) {
		for (j = 0; j < stage->next->pools[i]->n_reals; j++) {
			err = change_real(stage, i, j, agent, change);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

static void expire(struct lbvs_health *health, const struct lbvs_agent *agent)
{
	static const char reason[] = "the agent's lease has run out";

	health->stale = true;
	switch (agent->cfg.on_expiry) {
	case LBVS_ON_EXPIRY_UP:
		health->state = LBVS_VERDICT_STATE_UP;
		break;
	case LBVS_ON_EXPIRY_DOWN:
		health->state = LBVS_VERDICT_STATE_DOWN;
		break;
	default:
		return;
	}
	health->share = LBVS_SHARE_FULL;
	strscpy(health->reason, reason, sizeof(health->reason));
}

/**
 * lbvs_verdict_expire - nobody vouches for an agent's verdicts any more
 * @stage: the change.
 * @arg: struct lbvs_agent.
 * @refusal: never filled in.
 *
 * Return: 0 or -ENOMEM.
 */
int lbvs_verdict_expire(struct lbvs_stage *stage, const void *arg,
			struct lbvs_refusal *refusal)
{
	return change_all(stage, arg, expire);
}

static void forget(struct lbvs_health *health, const struct lbvs_agent *agent)
{
	*health = (struct lbvs_health)LBVS_HEALTH_UNKNOWN;
}

/**
 * lbvs_verdict_forget - forget an agent's verdicts, as if none had ever come
 * @stage: the change.
 * @arg: struct lbvs_agent.
 * @refusal: never filled in.
 *
 * Return: 0 or -ENOMEM.
 */
int lbvs_verdict_forget(struct lbvs_stage *stage, const void *arg,
			struct lbvs_refusal *refusal)
{
	return change_all(stage, arg, forget);
}
