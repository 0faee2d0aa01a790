// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scheduler has some attempts to find a member that can be used. It may name
 * one twice: those that take turns do, if one weighs nearly all. After that the
 * choices that it did not name have a chance, each once.
 */
#include "choose.h"

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
