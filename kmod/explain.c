// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A rehearsal: the very code that schedules flows is asked for one more, and told
 * that nothing is to come of it.
 */
#include "explain.h"
#include "choose.h"
#include "flow.h"
#include "member.h"
#include "pool.h"
#include "real.h"

#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/string.h>

/**
 * struct rehearsal - a flow is scheduled for show
 * @choosing: as for a packet.
 * @explanation: gets what is learnt.
 */
struct rehearsal {
	struct lbvs_choosing choosing;
	struct lbvs_explanation *explanation;
};

static u32 place_of(const struct lbvs_rule *rule,
		    const struct lbvs_member *member)
{
	u32 i;

	for (i = 0; i < rule->n_members; i++)
		if (rule->members[i] == member)
			break;
	return i;
}

static void note(struct lbvs_choosing *choosing, u32 place,
		 enum lbvs_member_state why)
{
	struct rehearsal *rehearsal =
		container_of(choosing, struct rehearsal, choosing);
	const struct lbvs_rule *rule = choosing->rule;
	u32 index = place_of(rule, rule->choices[place]);

	/* The first reason is the one that counted. */
	if (!rehearsal->explanation->passed[index])
		rehearsal->explanation->passed[index] = why;
}

/* The flow that a SYN would belong to: one that lives, and may go on. */
static const struct lbvs_flow *find_flow(const struct lbvs_net *ln,
					 const struct lbvs_tuple *tuple)
{
	const struct lbvs_tuple answer = lbvs_tuple_reverse(tuple);
	const struct lbvs_flow_node *node;
	const struct lbvs_flow *flow;

	if (!tuple->sport)
		return NULL;
	node = lbvs_flow_find_answer(ln->flows, &answer);
	if (!node || node->dir != LBVS_REQUEST)
		return NULL;
	flow = container_of(node, struct lbvs_flow, nodes[LBVS_REQUEST]);
	/* A packet would end it. */
	if (lbvs_flow_expired(flow, (u32)jiffies))
		return NULL;
	if (tuple->proto == IPPROTO_TCP &&
	    (lbvs_tcp_finished(READ_ONCE(flow->state)) ||
	     !READ_ONCE(flow->member->usable)))
		return NULL;
	return flow;
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

/* Some of the choices are there for want of others. */
static bool is_of_higher_tier(const struct lbvs_rule *rule,
			      const struct lbvs_member *member)
{
	struct lbvs_real *const *reals = rule->pool->reals;
	u32 tier = reals[place_of(rule, member)]->cfg.tier;
	u32 i;

	for (i = 0; i < rule->n_members; i++)
		if (reals[i]->cfg.tier < tier)
			return true;
	return false;
}

static bool has_passed(const struct lbvs_rule *rule,
		       const struct lbvs_explanation *explanation)
{
	u32 i;

	for (i = 0; i < rule->n_members; i++)
		if (explanation->passed[i])
			return true;
	return false;
}

static enum lbvs_rule_kind kind_of(const struct lbvs_choosing *choosing,
				   const struct lbvs_member *member,
				   const struct lbvs_explanation *explanation)
{
	const struct lbvs_rule *rule = choosing->rule;

	if (!rule->n_choices)
		return LBVS_RULE_EMPTY;
	if (!member)
		return LBVS_RULE_LIMIT;
	if (rule->state == LBVS_SERVICE_STATE_OPEN)
		return LBVS_RULE_OPEN;
	if (is_reserve(rule, member))
		return LBVS_RULE_RESERVE;
	if (is_of_higher_tier(rule, member))
		return LBVS_RULE_TIER;
	if (rule->affinity && choosing->look.real_id == member->real_id)
		return LBVS_RULE_AFFINITY;
	if (has_passed(rule, explanation))
		return LBVS_RULE_NEXT;
	switch (rule->cfg.sched) {
	case LBVS_SCHED_LC:
	case LBVS_SCHED_WLC:
		return LBVS_RULE_LEAST;
	case LBVS_SCHED_MAGLEV:
		return LBVS_RULE_HASH;
	default:
		return LBVS_RULE_TURN;
	}
}

/* Whoever comes first by the hash, the hash of the flow stays the same. */
static void find_slot(const struct lbvs_choosing *choosing,
		      struct lbvs_explanation *explanation)
{
	const struct lbvs_sched_table *table = choosing->rule->sched;

	if (!table->input.ops->slot)
		return;
	explanation->slot = table->input.ops->slot(table, choosing->pick.hash);
	explanation->table_size = table->input.size;
}

/**
 * lbvs_explain - what would become of a new flow, and why?
 * @ln: network namespace.
 * @rule: the service that its client asks for.
 * @tuple: its first packet; without a port of the client whatever flow has that
 *	port is not looked for.
 * @explanation: filled in.
 *
 * Context: process, under RCU.
 */
void lbvs_explain(struct lbvs_net *ln, const struct lbvs_rule *rule,
		  const struct lbvs_tuple *tuple,
		  struct lbvs_explanation *explanation)
{
	struct rehearsal rehearsal = {
		.choosing.rule = rule,
		.explanation = explanation,
	};
	struct lbvs_choosing *choosing = &rehearsal.choosing;
	const struct lbvs_member *member = NULL;
	const struct lbvs_flow *flow;

	memset(explanation, 0, sizeof(*explanation));
	local_bh_disable();
	flow = find_flow(ln, tuple);
	if (flow) {
		explanation->kind = LBVS_RULE_FLOW;
		explanation->real_id = flow->member->real_id;
		goto out;
	}
	if (rule->n_choices) {
		lbvs_choose_start(choosing, rule, tuple);
		choosing->note = note;
		choosing->pick.rehearsal = true;
		choosing->pick.turn = atomic_read(choosing->pick.cursor);
		member = lbvs_choose_next(choosing);
		find_slot(choosing, explanation);
	}
	explanation->kind = kind_of(choosing, member, explanation);
	explanation->real_id = member ? member->real_id : 0;
out:
	local_bh_enable();
}
