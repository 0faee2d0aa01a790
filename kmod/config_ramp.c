// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * While a service has ramps a work looks after them: it has tables built anew
 * for members that went a step further, and rules compiled anew whose ramps are
 * over, so that packets are rid of them. This raises the generation, but makes
 * nobody's stale: as verdicts, it is no configuration.
 */
#include "config.h"
#include "change.h"

#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

/* The steps of the shortest ramp take a quarter of a second. */
#define LBVS_RAMP_PERIOD (HZ / 8)

/**
 * lbvs_config_ramp_tell - let ramps begin and end
 * @stage: a change that nothing can keep from being published any more.
 *
 * Context: process, config_lock held.
 */
void lbvs_config_ramp_tell(const struct lbvs_stage *stage)
{
	struct lbvs_net *ln = stage->ln;
	bool any = false;
	u32 i;

	lockdep_assert_held(&ln->config_lock);

	for (i = 0; i < stage->next->n_rules; i++) {
		const struct lbvs_rule *rule = stage->next->rules[i];
		const struct lbvs_rule *old;

		any |= rule->ramps;
		if (!rule->ramps && !rule->ramped)
			continue;
		old = lbvs_config_in_force(stage, rule);
		if (rule != old)
			lbvs_rule_tell_ramps(rule, old);
		cond_resched();
	}
	if (any)
		queue_delayed_work(system_wq, &ln->ramps, LBVS_RAMP_PERIOD);
}

/* Places in the ruleset stay the same. */
static int renew(struct lbvs_stage *stage, u32 index)
{
	const struct lbvs_rule *rule = stage->old->rules[index];
	struct lbvs_rule *draft;

	if (lbvs_config_own(stage))
		return -ENOMEM;
	draft = lbvs_rule_draft(&rule->cfg, rule->service, rule->pool);
	if (!draft)
		return -ENOMEM;
	lbvs_ruleset_replace_rule(stage->next, index, draft);
	stage->changed = true;
	stage->health = true;
	return 0;
}

static int renew_all(struct lbvs_stage *stage, const void *unused,
		     struct lbvs_refusal *refusal)
{
	int err = 0;
	u32 i;

	for (i = 0; i < stage->old->n_rules && !err; i++) {
		const struct lbvs_rule *rule = stage->old->rules[i];

		if (rule->ramps && lbvs_rule_tend_ramps(rule))
			err = renew(stage, i);
		cond_resched();
	}
	return err;
}

static bool has_ramps(const struct lbvs_net *ln)
{
	const struct lbvs_ruleset *ruleset;
	u32 i;

	ruleset = rcu_dereference_protected(ln->ruleset,
					    lockdep_is_held(&ln->config_lock));
	for (i = 0; i < ruleset->n_rules; i++)
		if (ruleset->rules[i]->ramps)
			return true;
	return false;
}

static void ramp_work(struct work_struct *work)
{
	struct lbvs_net *ln = container_of(to_delayed_work(work),
					   struct lbvs_net, ramps);
	struct lbvs_refusal refusal = {};

	mutex_lock(&ln->config_lock);
	/* No memory: nothing has changed, and the next time comes soon. */
	lbvs_change_health(ln, renew_all, NULL, &refusal);
	if (has_ramps(ln))
		queue_delayed_work(system_wq, &ln->ramps, LBVS_RAMP_PERIOD);
	mutex_unlock(&ln->config_lock);
}

/**
 * lbvs_config_ramp_init - nobody has a ramp yet
 * @ln: network namespace.
 */
void lbvs_config_ramp_init(struct lbvs_net *ln)
{
	INIT_DELAYED_WORK(&ln->ramps, ramp_work);
}

/**
 * lbvs_config_ramp_exit - look after ramps no more
 * @ln: a namespace whose configuration nobody else changes any more.
 *
 * Context: process, may sleep.
 */
void lbvs_config_ramp_exit(struct lbvs_net *ln)
{
	cancel_delayed_work_sync(&ln->ramps);
}
