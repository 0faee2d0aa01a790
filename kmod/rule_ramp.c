// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which members of a service have a ramp. One begins with the commit that makes
 * a member usable, if the pool has ramps and there is somebody settled to take
 * the load meanwhile: a member that was chosen before and has no ramp itself.
 * So there is none for a service that is new, nor when all were down and come
 * back. All ramps of a service end when nobody settled is left.
 *
 * Those that are new together seldom come by one commit: verdicts come one after
 * the other, and so does what an operator types. The first of them is no more
 * settled than the others, and would get nearly all flows for as long as their
 * ramps are. So no ramp begins for some seconds after the first came.
 *
 * A rule says when it is compiled whether there are some; members are told once
 * nothing can fail any more, and before packets find the rule.
 */
#include "ruleset.h"
#include "algo/least.h"
#include "algo/ramp.h"
#include "member.h"
#include "pool.h"
#include "ramp.h"
#include "real.h"
#include "sched.h"

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/minmax.h>

/* For so long reals may come one after the other and are new together. */
#define LBVS_RAMP_GATHER (10 * HZ)

/* A reserve that comes into use is not new. */
static bool is_chosen(const struct lbvs_rule *rule,
		      const struct lbvs_member *member)
{
	u32 i;

	for (i = 0; i < rule->n_choices + rule->n_reserve; i++)
		if (rule->choices[i] == member)
			return true;
	return false;
}

static bool has_ramp(const struct lbvs_member *member)
{
	return READ_ONCE(member->ramp.kind) != LBVS_RAMP_OFF;
}

static bool is_ready(const struct lbvs_rule *rule)
{
	return rule->state == LBVS_SERVICE_STATE_READY;
}

/* Is somebody left of those who were usable before? */
static bool goes_on(const struct lbvs_rule *rule, const struct lbvs_rule *old)
{
	u32 i;

	if (!old || !is_ready(old) || !is_ready(rule))
		return false;
	for (i = 0; i < rule->n_choices; i++)
		if (is_chosen(old, rule->choices[i]))
			return true;
	return false;
}

/* Have those been there for long enough that were the first ones? */
static bool has_gathered(const struct lbvs_rule *rule)
{
	u64 time = min_t(u64, rule->pool->cfg.ramp * HZ, LBVS_RAMP_GATHER);

	return time_after_eq64(get_jiffies_64(), rule->ready + time);
}

/* Some are new, and somebody is settled. */
static bool wants_ramps(const struct lbvs_rule *rule,
			const struct lbvs_rule *old)
{
	bool any_new = false;
	bool any_settled = false;
	u32 i;

	if (!rule->pool->cfg.ramp || !old || !is_ready(rule))
		return false;
	for (i = 0; i < rule->n_choices; i++) {
		const struct lbvs_member *member = rule->choices[i];

		if (has_ramp(member))
			any_new = true;
		else if (is_chosen(old, member))
			any_settled = true;
		else
			any_new |= has_gathered(rule);
	}
	return any_new && any_settled;
}

static bool is_stepped(const struct lbvs_rule *rule)
{
	return rule->cfg.sched == LBVS_SCHED_MAGLEV;
}

static u32 share_of(const struct lbvs_rule *old,
		    const struct lbvs_member *member, u32 now)
{
	if (!is_chosen(old, member))
		return lbvs_ramp_step(0, 1);
	return lbvs_ramp_share(member, now);
}

/**
 * lbvs_rule_find_ramps - does a choice of a service have a ramp?
 * @rule: the service, with its choices and state.
 * @old: the rule that is in force, or NULL for a new service.
 * @input: what its table is to be built from; the weights of members that have a
 *	ramp become smaller if the scheduler hashes.
 *
 * Context: process, config_lock held.
 */
void lbvs_rule_find_ramps(struct lbvs_rule *rule, const struct lbvs_rule *old,
			  struct lbvs_sched_input *input)
{
	u32 now = (u32)jiffies;
	u32 i;

	rule->ready = goes_on(rule, old) ? old->ready : get_jiffies_64();
	rule->ramped = old && old->ramps;
	rule->ramps = wants_ramps(rule, old);
	if (!rule->ramps || !is_stepped(rule))
		return;
	for (i = 0; i < rule->n_choices; i++) {
		struct lbvs_sched_choice *choice = &input->choices[i];

		choice->ramp = share_of(old, rule->choices[i], now);
		choice->weight = max(choice->weight * choice->ramp /
				     LBVS_SHARE_FULL, 1u);
	}
}

static enum lbvs_ramp_kind kind_of(const struct lbvs_rule *rule)
{
	switch (rule->cfg.sched) {
	case LBVS_SCHED_MAGLEV:
		return LBVS_RAMP_TABLE;
	case LBVS_SCHED_LC:
	case LBVS_SCHED_WLC:
		return LBVS_RAMP_LEAST;
	default:
		return LBVS_RAMP_TURNS;
	}
}

static u32 weight_of(const struct lbvs_rule *rule, u32 index)
{
	switch (rule->cfg.sched) {
	case LBVS_SCHED_RR:
	case LBVS_SCHED_LC:
		return 1;
	default:
		return rule->sched->input.choices[index].weight;
	}
}

static u32 fair_share(const struct lbvs_rule *rule, u32 index)
{
	u64 total = 0;
	u32 i;

	for (i = 0; i < rule->n_choices; i++)
		total += weight_of(rule, i);
	return max_t(u32, 1, div64_u64((u64)weight_of(rule, index) *
				       LBVS_RAMP_WHOLE, total));
}

static void tell_choice(const struct lbvs_rule *rule,
			const struct lbvs_rule *old, u32 index, u32 now)
{
	struct lbvs_member *member = rule->choices[index];
	bool is_new = !is_chosen(old, member);

	if (!is_new && !has_ramp(member))
		return;
	WRITE_ONCE(member->ramp.fair, fair_share(rule, index));
	WRITE_ONCE(member->ramp.length, rule->pool->cfg.ramp * HZ);
	if (is_new)
		lbvs_ramp_begin(member, now);
	WRITE_ONCE(member->ramp.kind, kind_of(rule));
}

/**
 * lbvs_rule_tell_ramps - let ramps of a service begin and end
 * @rule: the service.
 * @old: the rule that is in force, or NULL for a new service.
 *
 * Context: process, config_lock held.
 */
void lbvs_rule_tell_ramps(const struct lbvs_rule *rule,
			  const struct lbvs_rule *old)
{
	u32 now = (u32)jiffies;
	u32 i;

	for (i = 0; i < rule->n_members; i++)
		if (!rule->ramps || !is_chosen(rule, rule->members[i]))
			lbvs_ramp_end(rule->members[i]);
	if (!rule->ramps)
		return;
	for (i = 0; i < rule->n_choices; i++)
		tell_choice(rule, old, i, now);
}

/* Has it fewer flows than all that are settled? Then it would get each flow that
 * there is; several that are new may have equally few.
 */
static bool has_fewest(const struct lbvs_rule *rule, u32 index)
{
	u32 flows = atomic_read(&rule->choices[index]->flows);
	u32 i;

	for (i = 0; i < rule->n_choices; i++)
		if (!has_ramp(rule->choices[i]) &&
		    lbvs_least_compare(flows, weight_of(rule, index),
				       atomic_read(&rule->choices[i]->flows),
				       weight_of(rule, i)) >= 0)
			return false;
	return true;
}

static bool is_over(const struct lbvs_rule *rule, u32 index, u32 now)
{
	const struct lbvs_member *member = rule->choices[index];
	s32 elapsed = now - READ_ONCE(member->ramp.began);

	if (elapsed < (s32)READ_ONCE(member->ramp.length))
		return false;
	return kind_of(rule) != LBVS_RAMP_LEAST || !has_fewest(rule, index);
}

/**
 * lbvs_rule_tend_ramps - end ramps that are over
 * @rule: a service that has some, in force.
 *
 * Context: process, config_lock held.
 * Return: true when the rule is to be compiled anew: a member went a step
 * further, or no ramp is left.
 */
bool lbvs_rule_tend_ramps(const struct lbvs_rule *rule)
{
	u32 now = (u32)jiffies;
	bool any = false;
	bool stepped = false;
	u32 i;

	for (i = 0; i < rule->n_choices; i++) {
		struct lbvs_member *member = rule->choices[i];

		if (has_ramp(member) && is_over(rule, i, now))
			lbvs_ramp_end(member);
		if (has_ramp(member)) {
			lbvs_ramp_hold(member, now);
			any = true;
		}
		if (is_stepped(rule) &&
		    lbvs_ramp_share(member, now) !=
		    rule->sched->input.choices[i].ramp)
			stepped = true;
	}
	return !any || stepped;
}
