// SPDX-License-Identifier: GPL-2.0-or-later
/* What a change that was just published means for the flows that live. */
#include "config.h"
#include "flow.h"
#include "load.h"
#include "member.h"
#include "reset.h"

#include <linux/sched.h>
#include <linux/string.h>

static bool has_member(const struct lbvs_rule *rule,
		       const struct lbvs_member *member)
{
	u32 i;

	for (i = 0; i < rule->n_members; i++)
		if (rule->members[i] == member)
			return true;
	return false;
}

static bool is_reserve(const struct lbvs_rule *rule,
		       const struct lbvs_member *member)
{
	u32 i;

	for (i = 0; i < rule->n_reserve; i++)
		if (rule->choices[rule->n_choices + i] == member)
			return true;
	return false;
}

/* The choices are some of the members, in the same order. */
static void mark_members(const struct lbvs_rule *rule)
{
	u32 choice = 0;
	u32 i;

	for (i = 0; i < rule->n_members; i++) {
		const struct lbvs_real_cfg *real = &rule->pool->reals[i]->cfg;
		struct lbvs_member *member = rule->members[i];
		bool chosen = choice < rule->n_choices &&
			      rule->choices[choice] == member;

		choice += chosen;
		WRITE_ONCE(member->usable, chosen || is_reserve(rule, member));
		WRITE_ONCE(member->tier, real->tier);
		lbvs_limit_set(&member->limit, &rule->cfg.limits);
		lbvs_limit_set(&member->load->limit, &real->limits);
	}
}

static void mark_leavers(const struct lbvs_rule *old,
			 const struct lbvs_rule *rule)
{
	u32 i;

	for (i = 0; i < old->n_members; i++)
		if (!has_member(rule, old->members[i]))
			WRITE_ONCE(old->members[i]->usable, false);
}

static bool is_chosen(const struct lbvs_rule *rule,
		      const struct lbvs_member *member)
{
	u32 i;

	for (i = 0; i < rule->n_choices; i++)
		if (rule->choices[i] == member)
			return true;
	return is_reserve(rule, member);
}

static bool is_healthy(const struct lbvs_rule *rule, u32 index)
{
	return lbvs_real_health(rule->pool->reals[index], &rule->demand,
				NULL) == LBVS_MEMBER_STATE_USABLE;
}

static bool was_healthy(const struct lbvs_rule *old,
			const struct lbvs_member *member)
{
	u32 i;

	for (i = 0; i < old->n_members; i++)
		if (old->members[i] == member)
			return is_healthy(old, i);
	return false;
}

/*
 * While a service was open, its members took flows although they were down. It
 * is not any more: now they are down in earnest. Those of which nothing is known
 * yet are spared, and so are those that the operator took out.
 */
static bool is_let_down(const struct lbvs_rule *old,
			const struct lbvs_rule *rule, u32 index)
{
	enum lbvs_member_state state =
		lbvs_real_state(rule->pool->reals[index], &rule->demand, NULL);

	return (state == LBVS_MEMBER_STATE_DOWN ||
		state == LBVS_MEMBER_STATE_CHECK_DOWN) &&
	       is_chosen(old, rule->members[index]);
}

static bool has_fallen(const struct lbvs_rule *old,
		       const struct lbvs_rule *rule, u32 index)
{
	const struct lbvs_member *member = rule->members[index];

	if (is_healthy(rule, index) || is_chosen(rule, member))
		return false;
	return was_healthy(old, member) || is_let_down(old, rule, index);
}

/* Members that a verdict took down just now, in a service that heeds it. */
static bool mark_fallen(const struct lbvs_rule *old,
			const struct lbvs_rule *rule)
{
	bool fell = false;
	u32 i;

	if (rule->cfg.on_down == LBVS_ON_DOWN_KEEP)
		return false;
	for (i = 0; i < rule->n_members; i++) {
		if (!has_fallen(old, rule, i))
			continue;
		WRITE_ONCE(rule->members[i]->fallen, rule->cfg.on_down);
		fell = true;
	}
	return fell;
}

static void tell_stage(struct lbvs_stage *stage, enum lbvs_on_down on_down)
{
	if (on_down == LBVS_ON_DOWN_RESET)
		stage->resets = true;
	else
		stage->drops = true;
}

/**
 * lbvs_config_tell_new - make new services ready for their first flows
 * @stage: the change; nothing can go wrong with it any more.
 *
 * Flows look at their member and service, not at the ruleset: tell these.
 *
 * Context: process, config_lock held, before the change is published.
 */
void lbvs_config_tell_new(const struct lbvs_stage *stage)
{
	u32 i;

	lockdep_assert_held(&stage->ln->config_lock);

	for (i = 0; i < stage->next->n_rules; i++) {
		const struct lbvs_rule *rule = stage->next->rules[i];

		if (!lbvs_service_is_new(rule->service))
			continue;
		cond_resched();
		mark_members(rule);
		lbvs_service_adopt(rule->service, &rule->cfg);
	}
}

/* The same for those that there were, whose flows may have to end. */
static void mark_all(struct lbvs_stage *stage)
{
	u32 i;

	for (i = 0; i < stage->next->n_rules; i++) {
		const struct lbvs_rule *rule = stage->next->rules[i];
		const struct lbvs_rule *old = lbvs_config_in_force(stage, rule);

		if (!old || rule == old)
			continue;
		cond_resched();
		mark_members(rule);
		mark_leavers(old, rule);
		if (mark_fallen(old, rule))
			tell_stage(stage, rule->cfg.on_down);
		lbvs_service_adopt(rule->service, &rule->cfg);
	}
}

static bool is_to_be_reset(const struct lbvs_flow *flow, const void *unused)
{
	return READ_ONCE(flow->member->fallen) == LBVS_ON_DOWN_RESET;
}

/* Their flows know; those that come later are not to blame. */
static void unmark_fallen(const struct lbvs_stage *stage)
{
	u32 i, j;

	for (i = 0; i < stage->next->n_rules; i++) {
		const struct lbvs_rule *rule = stage->next->rules[i];

		for (j = 0; j < rule->n_members; j++)
			WRITE_ONCE(rule->members[j]->fallen, 0);
		cond_resched();
	}
}

static bool keeps_ports(const struct lbvs_rule *old,
			const struct lbvs_rule *rule)
{
	return old->cfg.n_ports == rule->cfg.n_ports &&
	       !memcmp(old->cfg.ports, rule->cfg.ports, sizeof(old->cfg.ports));
}

static bool strands_flows(const struct lbvs_stage *stage)
{
	u32 i;

	for (i = 0; i < stage->old->n_rules; i++) {
		const struct lbvs_rule *old = stage->old->rules[i];
		int index = lbvs_ruleset_find_rule(stage->next, old->cfg.name);

		if (index < 0 ||
		    stage->next->rules[index]->service != old->service ||
		    !keeps_ports(old, stage->next->rules[index]))
			return true;
	}
	return false;
}

/**
 * lbvs_config_tell_flows - let the flows that live follow a change
 * @stage: the change, published.
 *
 * Context: process, config_lock held, may sleep.
 */
void lbvs_config_tell_flows(struct lbvs_stage *stage)
{
	struct lbvs_net *ln = stage->ln;
	bool tidies;

	lockdep_assert_held(&ln->config_lock);

	mark_all(stage);
	tidies = stage->drops || strands_flows(stage);
	if (!tidies && !stage->resets && !stage->drains)
		return;
	/* Nobody opens flows by the old ruleset after this. */
	synchronize_net();
	if (tidies)
		lbvs_flow_gc_tidy(ln);
	if (stage->resets)
		lbvs_reset_flows(ln, is_to_be_reset, NULL);
	if (stage->drops || stage->resets)
		unmark_fallen(stage);
}
