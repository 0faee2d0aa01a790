// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A change of the configuration is one transaction. Begin clones the ruleset
 * in force, the edits work on the clone, commit compiles it and publishes it
 * with one pointer. Whatever fails on the way, the clone is thrown away: there
 * is nothing to undo. Each step is done under the network namespace's
 * config_lock. Most changes hold it from begin to finish; for those that many
 * requests make together see transaction.c.
 */
#include "config.h"
#include "drain.h"
#include "hook.h"
#include "snat_hook.h"
#include "together.h"

#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

static struct lbvs_ruleset *in_force(const struct lbvs_net *ln)
{
	return rcu_dereference_protected(ln->ruleset,
					 lockdep_is_held(&ln->config_lock));
}

/**
 * lbvs_config_look - start a change that may turn out to be none
 * @stage: filled in.
 * @ln: network namespace.
 *
 * Context: process, config_lock held.
 */
void lbvs_config_look(struct lbvs_stage *stage, struct lbvs_net *ln)
{
	lockdep_assert_held(&ln->config_lock);

	memset(stage, 0, sizeof(*stage));
	stage->ln = ln;
	stage->old = in_force(ln);
	stage->next = stage->old;
}

/**
 * lbvs_config_own - give a change a ruleset of its own to edit
 * @stage: the change; nothing happens when it has one.
 *
 * Places in the ruleset stay the same.
 *
 * Context: process, config_lock held.
 * Return: 0, or -ENOMEM, and then nothing changed.
 */
int lbvs_config_own(struct lbvs_stage *stage)
{
	struct lbvs_ruleset *clone;

	lockdep_assert_held(&stage->ln->config_lock);

	if (stage->next != stage->old)
		return 0;
	clone = lbvs_ruleset_clone(stage->old);
	if (!clone)
		return -ENOMEM;
	stage->next = clone;
	return 0;
}

/**
 * lbvs_config_begin - start a change
 * @stage: filled in.
 * @ln: network namespace.
 *
 * Context: process, config_lock held.
 * Return: 0, or -ENOMEM, and then there is nothing to finish.
 */
int lbvs_config_begin(struct lbvs_stage *stage, struct lbvs_net *ln)
{
	lockdep_assert_held(&ln->config_lock);

	lbvs_config_look(stage, ln);
	return lbvs_config_own(stage);
}

/**
 * lbvs_config_check_generation - is it still what the writer has seen?
 * @ln: network namespace.
 * @seen: the generation that the writer has seen.
 * @refusal: filled in when it is not.
 *
 * Verdicts raise the generation, but nobody's plans depend on it that none
 * came meanwhile.
 *
 * Context: process, config_lock held.
 * Return: 0 or -ESTALE.
 */
int lbvs_config_check_generation(const struct lbvs_net *ln, u32 seen,
				 struct lbvs_refusal *refusal)
{
	const struct lbvs_ruleset *ruleset = in_force(ln);

	lockdep_assert_held(&ln->config_lock);

	/* In between means: only verdicts came since. It wraps around. */
	if (ruleset->generation - seen <=
	    ruleset->generation - ruleset->configured)
		return 0;
	return lbvs_refuse(refusal, -ESTALE, LBVS_A_GENERATION,
			   "the configuration has changed since this generation");
}

/**
 * lbvs_config_in_force - the version of a service that is in force
 * @stage: the change; its @old is in force, or was until just now.
 * @rule: the version to be.
 *
 * Return: the version before, or NULL when the service is new.
 */
const struct lbvs_rule *lbvs_config_in_force(const struct lbvs_stage *stage,
					     const struct lbvs_rule *rule)
{
	int index = lbvs_ruleset_find_rule(stage->old, rule->cfg.name);

	/* One of the same name that was removed and added again is new. */
	if (index < 0 || stage->old->rules[index]->service != rule->service)
		return NULL;
	return stage->old->rules[index];
}

static const struct lbvs_demand *demand_of(const struct lbvs_demand *demands,
					   const struct lbvs_rule *rule,
					   u32 index)
{
	return *rule->cfg.together ? &demands[index] : NULL;
}

/* Does what it was compiled from still hold? */
static bool is_current(const struct lbvs_rule *rule,
		       const struct lbvs_pool *pool,
		       const struct lbvs_demand *united)
{
	return rule->compiled && rule->pool == pool &&
	       (!united || lbvs_demand_equal(united, &rule->united));
}

static int compile_each(struct lbvs_stage *stage,
			const struct lbvs_demand *demands)
{
	struct lbvs_ruleset *next = stage->next;
	u32 i;

	for (i = 0; i < next->n_rules; i++) {
		struct lbvs_rule *rule = next->rules[i];
		const struct lbvs_demand *united = demand_of(demands, rule, i);
		struct lbvs_pool *pool;
		int index;

		cond_resched();
		index = lbvs_ruleset_find_pool(next, rule->pool->cfg.name);
		if (WARN_ON_ONCE(index < 0))
			return -ENOENT;
		pool = next->pools[index];
		if (is_current(rule, pool, united))
			continue;

		rule = lbvs_rule_compile(stage->ln, rule, pool, united,
					 lbvs_config_in_force(stage, rule));
		if (IS_ERR(rule))
			return PTR_ERR(rule);
		lbvs_rule_put(next->rules[i]);
		next->rules[i] = rule;
	}
	return 0;
}

static int compile_rules(struct lbvs_stage *stage)
{
	struct lbvs_demand *demands;
	int err;

	err = lbvs_together_unite(stage->next, &demands);
	if (err)
		return err;
	err = compile_each(stage, demands);
	kvfree(demands);
	return err;
}

static bool wants_snat(const struct lbvs_ruleset *ruleset)
{
	u32 i;

	for (i = 0; i < ruleset->n_rules; i++)
		if (ruleset->rules[i]->cfg.snat != LBVS_SNAT_OFF)
			return true;
	return false;
}

static int register_hooks(struct lbvs_stage *stage)
{
	int err;

	if (!stage->next->n_rules)
		return 0;
	err = lbvs_hook_register(stage->ln);
	if (err || !wants_snat(stage->next))
		return err;
	err = lbvs_snat_hook_register(stage->ln);
	/* Nothing changes: where no service was, packets go by as before. */
	if (err && !stage->old->n_rules)
		lbvs_hook_unregister(stage->ln);
	return err;
}

static int compile(struct lbvs_stage *stage, struct lbvs_refusal *refusal)
{
	int err;

	err = compile_rules(stage);
	if (err)
		return err;
	err = lbvs_ruleset_group(stage->next);
	if (err)
		return err;
	err = lbvs_ruleset_index(stage->next, refusal);
	if (err)
		return err;
	err = lbvs_drain_prepare(stage);
	if (err)
		return err;
	return register_hooks(stage);
}

/**
 * lbvs_config_commit - make a change hold
 * @stage: the change.
 * @refusal: filled in when the whole makes no sense.
 *
 * After success @stage->old is still there, so that the two can be compared.
 *
 * Context: process, config_lock held, between begin and finish. @stage->old is
 * in force.
 * Return: 0, or -errno, and then nothing changed.
 */
int lbvs_config_commit(struct lbvs_stage *stage, struct lbvs_refusal *refusal)
{
	struct lbvs_net *ln = stage->ln;
	int err;

	lockdep_assert_held(&ln->config_lock);

	if (!stage->changed)
		return 0;
	err = compile(stage, refusal);
	if (err)
		return err;

	stage->next->generation = stage->old->generation + 1;
	stage->next->configured = stage->health ? stage->old->configured :
						  stage->next->generation;
	lbvs_config_ramp_tell(stage);
	lbvs_config_tell_new(stage);
	rcu_assign_pointer(ln->ruleset, stage->next);
	stage->committed = true;
	if (!stage->next->n_rules)
		lbvs_hook_unregister(ln);
	lbvs_config_tell_flows(stage);
	lbvs_drain_commit(stage);
	return 0;
}

/**
 * lbvs_config_finish - end a change, committed or not
 * @stage: the change.
 *
 * Context: process, config_lock held, may sleep.
 */
void lbvs_config_finish(struct lbvs_stage *stage)
{
	lockdep_assert_held(&stage->ln->config_lock);

	if (stage->committed)
		lbvs_ruleset_retire(stage->old);
	else if (stage->next != stage->old)
		lbvs_ruleset_free(stage->next);
}

/**
 * lbvs_config_init - give a network namespace an empty configuration
 * @ln: the namespace.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_config_init(struct lbvs_net *ln)
{
	struct lbvs_ruleset *ruleset;

	mutex_init(&ln->config_lock);
	INIT_LIST_HEAD(&ln->transactions);
	ruleset = lbvs_ruleset_clone(NULL);
	if (!ruleset)
		return -ENOMEM;
	RCU_INIT_POINTER(ln->ruleset, ruleset);
	return 0;
}

/**
 * lbvs_config_exit - free the configuration
 * @ln: a namespace in which no packet can reach it any more.
 *
 * Context: process, may sleep.
 */
void lbvs_config_exit(struct lbvs_net *ln)
{
	lbvs_ruleset_free(rcu_dereference_protected(ln->ruleset, true));
	RCU_INIT_POINTER(ln->ruleset, NULL);
	/* Members count their address in the namespace's filter until they are
	 * gone: those of rulesets that were retired, and those of flows.
	 */
	lbvs_ruleset_drain_retired();
}

/**
 * lbvs_config_need_pool - the pool of this name
 * @stage: the change.
 * @name: the name.
 * @attr: the attribute that held it.
 * @refusal: filled in when there is none.
 *
 * Return: its index in @stage->next, or -ENOENT.
 */
int lbvs_config_need_pool(const struct lbvs_stage *stage, const char *name,
			  u16 attr, struct lbvs_refusal *refusal)
{
	int index = lbvs_ruleset_find_pool(stage->next, name);

	if (index < 0)
		return lbvs_refuse(refusal, -ENOENT, attr,
				   "there is no pool of this name");
	return index;
}

/**
 * lbvs_config_need_real - the real of this name
 * @pool: the pool.
 * @name: the name.
 * @attr: the attribute that held it.
 * @refusal: filled in when there is none.
 *
 * Return: its index, or -ENOENT.
 */
int lbvs_config_need_real(const struct lbvs_pool *pool, const char *name,
			  u16 attr, struct lbvs_refusal *refusal)
{
	int index = lbvs_pool_find_real(pool, name);

	if (index < 0)
		return lbvs_refuse(refusal, -ENOENT, attr,
				   "the pool has no real of this name");
	return index;
}

/**
 * lbvs_config_replace_pool - put a new version of a pool into a change
 * @stage: the change.
 * @index: which pool.
 * @pool: its new version; the caller's reference goes to the change.
 */
void lbvs_config_replace_pool(struct lbvs_stage *stage, int index,
			      struct lbvs_pool *pool)
{
	lbvs_pool_put(stage->next->pools[index]);
	stage->next->pools[index] = pool;
	stage->changed = true;
}

/**
 * lbvs_config_replace_real - put a new version of a real into a change
 * @stage: the change.
 * @pool_index: which pool.
 * @real_index: which real of it.
 * @real: its new version; the caller's reference goes to the change, or is
 *	given back on failure.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_config_replace_real(struct lbvs_stage *stage, int pool_index,
			     int real_index, struct lbvs_real *real)
{
	struct lbvs_pool *pool;

	if (lbvs_config_own(stage)) {
		lbvs_real_put(real);
		return -ENOMEM;
	}
	pool = stage->next->pools[pool_index];
	/* A version that this change made is nobody else's, and may be edited:
	 * so many verdicts cost no copy of the pool each.
	 */
	if (refcount_read(&pool->refs) == 1) {
		lbvs_pool_replace_real(pool, real_index, real);
		stage->changed = true;
		return 0;
	}
	pool = lbvs_pool_clone(pool);
	if (!pool) {
		lbvs_real_put(real);
		return -ENOMEM;
	}
	lbvs_pool_replace_real(pool, real_index, real);
	lbvs_config_replace_pool(stage, pool_index, pool);
	return 0;
}
