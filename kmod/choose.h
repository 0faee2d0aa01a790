/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing the member of a service that a new flow is bound to. */
#ifndef _LBVS_CHOOSE_H
#define _LBVS_CHOOSE_H

#include <linux/minmax.h>

#include "affinity.h"
#include "packet.h"
#include "ruleset.h"
#include "sched.h"
#include "service.h"

struct lbvs_choosing;

/* A member, by its place among the choices, is passed over for a reason. */
typedef void (*lbvs_choose_note)(struct lbvs_choosing *choosing, u32 place,
				 enum lbvs_member_state why);

/**
 * struct lbvs_choosing - a flow to be bound, and how far that has come
 * @rule: the service.
 * @pick: what its scheduler wants to know.
 * @swept: so many choices were passed by after the scheduler had its attempts.
 * @phase: who may take it by now, see choose.c.
 * @counted: the ramps of the service know of it.
 * @settled: it was settled which real the client is remembered with.
 * @tuple: the packet's tuple on arrival.
 * @look: the client, once it was looked for.
 * @all_flows: what the choices have together, once it was counted; else 0.
 * @all_weights: their weights together, likewise.
 * @reserved: so many of the reserve had their chance.
 * @tier_start: where in the reserve the tier begins whose turn it is.
 * @tier_end: where it ends.
 * @tier_turn: which one of it is first.
 * @note: is told who is passed over; or NULL.
 */
struct lbvs_choosing {
	const struct lbvs_rule *rule;
	struct lbvs_sched_pick pick;
	u32 swept;

	/* only when the rule is guarded */
	u32 phase;
	bool counted;
	bool settled;
	const struct lbvs_tuple *tuple;
	struct lbvs_affinity_look look;
	u64 all_flows;
	u64 all_weights;
	u32 reserved;
	u32 tier_start;
	u32 tier_end;
	u32 tier_turn;
	lbvs_choose_note note;
};

struct lbvs_member *lbvs_choose_rest(struct lbvs_choosing *choosing);
struct lbvs_member *lbvs_choose_guarded(struct lbvs_choosing *choosing);
enum lbvs_member_state lbvs_choose_state(const struct lbvs_rule *rule,
					 u32 index);

/**
 * lbvs_choose_start - a flow is to be bound
 * @choosing: filled in.
 * @rule: the service that its client asks for.
 * @tuple: the packet's tuple on arrival.
 *
 * Context: softirq or process, under RCU.
 */
static inline void lbvs_choose_start(struct lbvs_choosing *choosing,
				     const struct lbvs_rule *rule,
				     const struct lbvs_tuple *tuple)
{
	const struct lbvs_sched_table *table = rule->sched;
	struct lbvs_sched_pick *pick = &choosing->pick;

	choosing->rule = rule;
	choosing->swept = 0;
	pick->choices = rule->choices;
	pick->cursor = &rule->service->cursor;
	pick->attempt = 0;
	pick->rehearsal = false;
	if (unlikely(rule->guarded)) {
		choosing->phase = 0;
		choosing->counted = false;
		choosing->settled = false;
		choosing->tuple = tuple;
		choosing->all_flows = 0;
		choosing->reserved = 0;
		choosing->tier_end = 0;
		choosing->note = NULL;
	}
	if (table && table->input.ops->hashed)
		pick->hash = lbvs_sched_hash(tuple, rule->cfg.hash,
					     rule->cfg.hash_prefix,
					     &table->input.key);
}

/* The scheduler's next choice, or NULL when it had its attempts. */
static inline struct lbvs_member *
lbvs_choose_scheduled(struct lbvs_choosing *choosing)
{
	const struct lbvs_rule *rule = choosing->rule;
	struct lbvs_sched_pick *pick = &choosing->pick;
	u32 index;

	if (pick->attempt >= min_t(u32, rule->n_choices, LBVS_SCHED_ATTEMPTS))
		return NULL;
	index = rule->sched->input.ops->pick(rule->sched, pick);
	pick->tried[pick->attempt++] = index;
	return rule->choices[index];
}

/**
 * lbvs_choose_next - choose a member
 * @choosing: started. A member that was given before could not be used.
 *
 * Context: softirq or process, under RCU.
 * Return: the member, or NULL when there is nobody left.
 */
static inline struct lbvs_member *
lbvs_choose_next(struct lbvs_choosing *choosing)
{
	struct lbvs_member *member;

	if (unlikely(choosing->rule->guarded))
		return lbvs_choose_guarded(choosing);
	member = lbvs_choose_scheduled(choosing);
	return likely(member) ? member : lbvs_choose_rest(choosing);
}

#endif /* _LBVS_CHOOSE_H */
