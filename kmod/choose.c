// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheduler has some attempts to find a member that can be used. It may name
 * one twice: in round robin others may have taken the turns in between. After that
 * the choices that it did not name have a chance, each once.
 *
 * In a rule that is guarded each is first asked whether it can take the flow:
 *
 *   LBVS_CHOOSE_WILLING   Those that can, and should.
 *   LBVS_CHOOSE_ABLE      Nobody should: those that can. A bound or a ramp
 *                         spreads flows, and is no reason to refuse one. Where
 *                         there is neither nobody is asked again.
 *   LBVS_CHOOSE_RESERVE   Nobody can: those of higher tiers, the lowest of them
 *                         first. In a tier they take turns.
 *
 * Before all that comes the real that the client is remembered with, if the
 * service persists, and it can take the flow; one of the reserve comes before the
 * others of its tier. Whoever is chosen in its place is remembered from then on.
 *
 * A limit holds always, also when nobody was usable and the service went open:
 * it is what the operator said, not what a prober did.
 */
#include "choose.h"
#include "algo/bound.h"
#include "load.h"
#include "member.h"
#include "ramp.h"

#include <linux/timekeeping.h>

enum {
	LBVS_CHOOSE_WILLING,
	LBVS_CHOOSE_ABLE,
	LBVS_CHOOSE_RESERVE,
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

static bool is_full(const struct lbvs_member *member)
{
	return lbvs_limit_full(&member->limit, atomic_read(&member->flows)) ||
	       lbvs_limit_full(&member->load->limit,
			       atomic_read(&member->load->flows));
}

static bool rate_lets(const struct lbvs_member *member, u64 now)
{
	return lbvs_limit_rate_lets(&member->limit, now) &&
	       lbvs_limit_rate_lets(&member->load->limit, now);
}

/* Of two limits that both count, the first is not given back when the second
 * refuses: then the real is at its limit, and the member cannot use it anyway.
 */
static bool rate_take(struct lbvs_member *member, u64 now)
{
	return rate_lets(member, now) &&
	       lbvs_limit_rate_take(&member->limit, now) &&
	       lbvs_limit_rate_take(&member->load->limit, now);
}

static void count_all(struct lbvs_choosing *choosing)
{
	const struct lbvs_rule *rule = choosing->rule;
	u32 i;

	choosing->all_flows = 1;
	choosing->all_weights = 0;
	for (i = 0; i < rule->n_choices; i++) {
		choosing->all_flows += atomic_read(&rule->choices[i]->flows);
		choosing->all_weights += rule->sched->input.choices[i].weight;
	}
}

static bool is_over_bound(struct lbvs_choosing *choosing, u32 index)
{
	const struct lbvs_rule *rule = choosing->rule;

	if (!choosing->all_flows)
		count_all(choosing);
	return lbvs_bound_reached(atomic_read(&rule->choices[index]->flows),
				  rule->sched->input.choices[index].weight,
				  choosing->all_flows, choosing->all_weights,
				  rule->cfg.bound);
}

/* Whoever can take it takes it: last comes what is used up by that. */
static enum lbvs_member_state can_take(const struct lbvs_choosing *choosing,
				       struct lbvs_member *member)
{
	u64 now = ktime_get_ns();

	if (is_full(member))
		return LBVS_MEMBER_STATE_FULL;
	if (choosing->pick.rehearsal ? !rate_lets(member, now) :
				       !rate_take(member, now))
		return LBVS_MEMBER_STATE_RATE;
	return LBVS_MEMBER_STATE_USABLE;
}

static enum lbvs_member_state admit(struct lbvs_choosing *choosing,
				    struct lbvs_member *member, u32 index)
{
	const struct lbvs_rule *rule = choosing->rule;

	if (choosing->phase != LBVS_CHOOSE_WILLING)
		return can_take(choosing, member);
	if (rule->cfg.bound && is_over_bound(choosing, index))
		return LBVS_MEMBER_STATE_BOUND;
	if (is_full(member))
		return LBVS_MEMBER_STATE_FULL;
	if (rule->ramps &&
	    !lbvs_ramp_admits(rule, member, choosing->pick.rehearsal))
		return LBVS_MEMBER_STATE_RAMP;
	return can_take(choosing, member);
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

/* Returns true when it cannot take the flow. */
static bool pass_over(struct lbvs_choosing *choosing, u32 place,
		      enum lbvs_member_state why)
{
	if (why == LBVS_MEMBER_STATE_USABLE)
		return false;
	if (choosing->note)
		choosing->note(choosing, place, why);
	return true;
}

static struct lbvs_member *next_admitted(struct lbvs_choosing *choosing)
{
	struct lbvs_member *member;
	u32 index;

	while ((member = next_choice(choosing, &index)))
		if (!pass_over(choosing, index, admit(choosing, member, index)))
			break;
	return member;
}

/* Not by the cursor of the scheduler: so many turns as a flow takes there before
 * it comes here may always lead to the same one.
 */
static u32 reserve_turn(const struct lbvs_choosing *choosing)
{
	atomic_t *cursor = &choosing->rule->service->reserve_cursor;

	if (choosing->pick.rehearsal)
		return (u32)atomic_read(cursor) + 1;
	return (u32)atomic_inc_return(cursor);
}

static void begin_tier(struct lbvs_choosing *choosing)
{
	struct lbvs_member *const *reserve =
		choosing->rule->choices + choosing->rule->n_choices;
	u32 start = choosing->reserved;
	u32 end = start;

	while (end < choosing->rule->n_reserve &&
	       READ_ONCE(reserve[end]->tier) == READ_ONCE(reserve[start]->tier))
		end++;
	choosing->tier_start = start;
	choosing->tier_end = max(end, start + 1);
	choosing->tier_turn = reserve_turn(choosing);
}

/* The place of a real among all that there are, the reserve too; their number: it
 * is none of them.
 */
static u32 find_place(const struct lbvs_rule *rule, u64 real_id)
{
	u32 i;

	for (i = 0; i < rule->n_choices + rule->n_reserve; i++)
		if (rule->choices[i]->real_id == real_id)
			break;
	return i;
}

static bool is_place(const struct lbvs_rule *rule, u32 place)
{
	return place < rule->n_choices + rule->n_reserve;
}

/* Of a tier the one that the client is remembered with comes first. */
static struct lbvs_member *recall_of_tier(struct lbvs_choosing *choosing)
{
	const struct lbvs_rule *rule = choosing->rule;
	u32 first = rule->n_choices + choosing->tier_start;
	u32 end = rule->n_choices + choosing->tier_end;
	u32 place;

	if (!rule->affinity)
		return NULL;
	place = find_place(rule, choosing->look.real_id);
	if (place < first || place >= end ||
	    pass_over(choosing, place, can_take(choosing, rule->choices[place])))
		return NULL;
	return rule->choices[place];
}

static struct lbvs_member *next_reserve(struct lbvs_choosing *choosing)
{
	const struct lbvs_rule *rule = choosing->rule;
	struct lbvs_member *member;
	u32 place;

	while (choosing->reserved < rule->n_reserve) {
		if (choosing->reserved >= choosing->tier_end) {
			begin_tier(choosing);
			member = recall_of_tier(choosing);
			if (member)
				return member;
		}
		place = (choosing->tier_turn + choosing->reserved) %
			(choosing->tier_end - choosing->tier_start);
		choosing->reserved++;
		place += rule->n_choices + choosing->tier_start;
		member = rule->choices[place];
		if (!pass_over(choosing, place, can_take(choosing, member)))
			return member;
	}
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

static struct lbvs_member *find_remembered(struct lbvs_choosing *choosing)
{
	const struct lbvs_rule *rule = choosing->rule;
	u64 real_id;
	u32 place;

	real_id = lbvs_affinity_find(rule->affinity, rule->affinity_owner,
				     rule->cfg.persist_prefix, choosing->tuple,
				     &choosing->look);
	if (!real_id)
		return NULL;
	place = find_place(rule, real_id);
	if (place >= rule->n_choices ||
	    pass_over(choosing, place, can_take(choosing, rule->choices[place])))
		return NULL;
	/* It is not asked whether it may: others make up for that. */
	if (rule->ramps && !choosing->pick.rehearsal)
		lbvs_ramp_spend_one(rule, rule->choices[place]);
	return rule->choices[place];
}

static u64 claim(struct lbvs_choosing *choosing, const struct lbvs_member *member)
{
	const struct lbvs_rule *rule = choosing->rule;

	return lbvs_affinity_claim(rule->affinity, &choosing->look,
				   member->real_id, rule->cfg.persist);
}

/* Another flow of the client may have been faster; then follow that one, if its
 * real can take this flow too.
 */
static struct lbvs_member *settle(struct lbvs_choosing *choosing,
				  struct lbvs_member *member)
{
	const struct lbvs_rule *rule = choosing->rule;
	u64 real_id = claim(choosing, member);
	u32 place;

	if (real_id == member->real_id)
		return member;
	place = find_place(rule, real_id);
	if (is_place(rule, place) &&
	    can_take(choosing, rule->choices[place]) == LBVS_MEMBER_STATE_USABLE)
		member = rule->choices[place];
	claim(choosing, member);
	return member;
}

static u32 phase_after(const struct lbvs_rule *rule, u32 phase)
{
	if (phase == LBVS_CHOOSE_WILLING && (rule->cfg.bound || rule->ramps))
		return LBVS_CHOOSE_ABLE;
	return LBVS_CHOOSE_RESERVE;
}

static struct lbvs_member *next_phase(struct lbvs_choosing *choosing)
{
	struct lbvs_member *member;

	while (choosing->phase < LBVS_CHOOSE_RESERVE) {
		member = next_admitted(choosing);
		if (member)
			return member;
		choosing->phase = phase_after(choosing->rule, choosing->phase);
		choosing->pick.attempt = 0;
		choosing->swept = 0;
	}
	return next_reserve(choosing);
}

/**
 * lbvs_choose_guarded - choose a member that can take the flow
 * @choosing: started, for a rule that is guarded. A member that was given before
 *	could not be used.
 *
 * That a port of the client clashes with one of its own flows is nothing that
 * other flows of it should follow: it stays remembered with the first member.
 *
 * Context: softirq or process, under RCU.
 * Return: the member, or NULL when there is nobody left.
 */
struct lbvs_member *lbvs_choose_guarded(struct lbvs_choosing *choosing)
{
	bool settles = choosing->rule->affinity && !choosing->settled;
	struct lbvs_member *member = NULL;

	count(choosing);
	choosing->settled = true;
	if (settles)
		member = find_remembered(choosing);
	if (!member)
		member = next_phase(choosing);
	if (!member || !settles || choosing->pick.rehearsal)
		return member;
	return settle(choosing, member);
}

/**
 * lbvs_choose_state - would a member that is usable take a new flow?
 * @rule: the service.
 * @index: one of its members, usable.
 *
 * A ramp is not asked: who has one takes flows, now one and now none.
 *
 * Context: process, under RCU.
 * Return: LBVS_MEMBER_STATE_USABLE, or why not.
 */
enum lbvs_member_state lbvs_choose_state(const struct lbvs_rule *rule,
					 u32 index)
{
	struct lbvs_choosing choosing = {
		.rule = rule,
		.pick.rehearsal = true,
	};
	struct lbvs_member *member = rule->members[index];
	u32 i;

	if (!rule->guarded && !rule->n_reserve)
		return LBVS_MEMBER_STATE_USABLE;
	for (i = 0; i < rule->n_choices; i++)
		if (rule->choices[i] == member)
			break;
	if (i == rule->n_choices)
		return LBVS_MEMBER_STATE_RESERVE;
	if (rule->cfg.bound && is_over_bound(&choosing, i))
		return LBVS_MEMBER_STATE_BOUND;
	return can_take(&choosing, member);
}
