// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheduler has some attempts to find a member that can be used. It may name
 * one twice: those that take turns do, if one weighs nearly all. After that the
 * choices that it did not name have a chance, each once.
 *
 * In a rule that is guarded each is first asked whether it can take the flow:
 *
 *   LBVS_CHOOSE_WILLING   Those that can, and should.
 *   LBVS_CHOOSE_ABLE      Nobody should: those that can. A ramp spreads flows,
 *                         and is no reason to refuse one.
 */
#include "choose.h"
#include "ramp.h"

enum {
	LBVS_CHOOSE_WILLING,
	LBVS_CHOOSE_ABLE,
	LBVS_CHOOSE_NOBODY,
};

static struct lbvs_member *rest(struct lbvs_choosing *choosing, u32 *index)
{
	const struct lbvs_rule *rule = choosing->rule;

	while (choosing->swept < rule->n_choices) {
		*index = (choosing->pick.tried[0] + choosing->swept++) %
			 rule->n_choices;
		if (!lbvs_sched_tried(&choosing->pick, *index))
			return rule->choices[*index];
	}
	return NULL;
}

/**
 * lbvs_choose_rest - choose a member after the scheduler had its attempts
 * @choosing: started.
 *
 * Context: softirq or process, under RCU.
 * Return: the member, or NULL when there is nobody left.
 */
struct lbvs_member *lbvs_choose_rest(struct lbvs_choosing *choosing)
{
	u32 index;

	return rest(choosing, &index);
}

static enum lbvs_member_state admit(struct lbvs_choosing *choosing,
				    struct lbvs_member *member, u32 index)
{
	const struct lbvs_rule *rule = choosing->rule;

	if (choosing->phase == LBVS_CHOOSE_WILLING && rule->ramps &&
	    !lbvs_ramp_admits(rule, member, choosing->pick.rehearsal))
		return LBVS_MEMBER_STATE_RAMP;
	return LBVS_MEMBER_STATE_USABLE;
}

static struct lbvs_member *next_choice(struct lbvs_choosing *choosing,
				       u32 *index)
{
	struct lbvs_member *member = lbvs_choose_scheduled(choosing);

	if (!member)
		return rest(choosing, index);
	*index = choosing->pick.tried[choosing->pick.attempt - 1];
	return member;
}

static struct lbvs_member *next_admitted(struct lbvs_choosing *choosing)
{
	struct lbvs_member *member;
	u32 index;

	while ((member = next_choice(choosing, &index)))
		if (admit(choosing, member, index) == LBVS_MEMBER_STATE_USABLE)
			return member;
	return NULL;
}

static void count(struct lbvs_choosing *choosing)
{
	if (choosing->counted || choosing->pick.rehearsal)
		return;
	choosing->counted = true;
	if (choosing->rule->ramps)
		lbvs_ramp_count(choosing->rule);
}

/**
 * lbvs_choose_guarded - choose a member that can take the flow
 * @choosing: started, for a rule that is guarded.
 *
 * Context: softirq or process, under RCU.
 * Return: the member, or NULL when there is nobody left.
 */
struct lbvs_member *lbvs_choose_guarded(struct lbvs_choosing *choosing)
{
	struct lbvs_member *member;

	count(choosing);
	while (choosing->phase < LBVS_CHOOSE_NOBODY) {
		member = next_admitted(choosing);
		if (member)
			return member;
		choosing->phase++;
		choosing->pick.attempt = 0;
		choosing->swept = 0;
	}
	return NULL;
}
