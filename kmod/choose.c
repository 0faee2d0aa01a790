// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheduler has some attempts to find a member that can be used. It may name
 * one twice: those that take turns do, if one weighs nearly all. After that the
 * choices that it did not name have a chance, each once.
 *
 * Before all that comes the real that the client is remembered with, if the
 * service persists. Whoever is chosen in its place is remembered from then on.
 */
#include "choose.h"
#include "member.h"

/**
 * lbvs_choose_rest - choose a member after the scheduler had its attempts
 * @choosing: started.
 *
 * Context: softirq or process, under RCU.
 * Return: the member, or NULL when there is nobody left.
 */
struct lbvs_member *lbvs_choose_rest(struct lbvs_choosing *choosing)
{
	const struct lbvs_rule *rule = choosing->rule;

	while (choosing->swept < rule->n_choices) {
		u32 index = (choosing->pick.tried[0] + choosing->swept++) %
			    rule->n_choices;

		if (!lbvs_sched_tried(&choosing->pick, index))
			return rule->choices[index];
	}
	return NULL;
}

/* The choice that is a real; NULL: it is none of them. */
static struct lbvs_member *find_choice(const struct lbvs_rule *rule, u64 real_id)
{
	u32 i;

	for (i = 0; i < rule->n_choices; i++)
		if (rule->sched->input.choices[i].id == real_id)
			return rule->choices[i];
	return NULL;
}

static struct lbvs_member *find_remembered(struct lbvs_choosing *choosing)
{
	const struct lbvs_rule *rule = choosing->rule;
	u64 real_id;

	real_id = lbvs_affinity_find(rule->affinity, rule->affinity_owner,
				     rule->cfg.persist_prefix, choosing->tuple,
				     &choosing->look);
	return real_id ? find_choice(rule, real_id) : NULL;
}

static u64 claim(struct lbvs_choosing *choosing, const struct lbvs_member *member)
{
	const struct lbvs_rule *rule = choosing->rule;

	return lbvs_affinity_claim(rule->affinity, &choosing->look,
				   member->real_id, rule->cfg.persist);
}

/* Another flow of the client may have been faster; then follow that one. */
static struct lbvs_member *settle(struct lbvs_choosing *choosing,
				  struct lbvs_member *member)
{
	struct lbvs_member *other;
	u64 real_id;

	real_id = claim(choosing, member);
	if (real_id == member->real_id)
		return member;
	other = find_choice(choosing->rule, real_id);
	if (!other)
		other = member;
	claim(choosing, other);
	return other;
}

/**
 * lbvs_choose_guarded - choose a member where that takes more than a scheduler
 * @choosing: started. A member that was given before could not be used.
 *
 * That a port of the client clashes with one of its own flows is nothing that
 * other flows of it should follow: it stays remembered with the first member.
 *
 * Context: softirq or process, under RCU.
 * Return: the member, or NULL when there is nobody left.
 */
struct lbvs_member *lbvs_choose_guarded(struct lbvs_choosing *choosing)
{
	struct lbvs_member *member = NULL;
	bool settled = choosing->settled;

	choosing->settled = true;
	if (!settled)
		member = find_remembered(choosing);
	if (!member)
		member = lbvs_choose_scheduled(choosing);
	if (!member)
		member = lbvs_choose_rest(choosing);
	if (!member || settled || choosing->pick.rehearsal)
		return member;
	return settle(choosing, member);
}
