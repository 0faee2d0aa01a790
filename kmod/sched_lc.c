// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Least connections: each new flow goes to the member with the fewest flows,
 * with wlc to the one with the fewest by weight. All choices are looked at: they
 * are few, no flow waits for another, and none is chosen by a number that was
 * kept up to date by somebody else.
 *
 * Those that have equally few take turns.
 */
#include "sched.h"
#include "algo/least.h"
#include "member.h"

#include <linux/atomic.h>

/* One of several that have equally few. */
struct least {
	u32 flows;
	u32 weight;
	u32 index;
	u32 ties;
};

static int build(struct lbvs_sched_table *table)
{
	return 0;
}

static u32 weight_of(const struct lbvs_sched_table *table, u32 index)
{
	if (table->input.ops == &lbvs_sched_lc_ops)
		return 1;
	return table->input.choices[index].weight;
}

static u32 flows_of(const struct lbvs_sched_pick *pick, u32 index)
{
	return atomic_read(&pick->choices[index]->flows);
}

static struct least find_least(const struct lbvs_sched_table *table,
			       const struct lbvs_sched_pick *pick)
{
	struct least least = {};
	u32 i;

	for (i = 0; i < table->input.n; i++) {
		const struct least one = {
			.flows = flows_of(pick, i),
			.weight = weight_of(table, i),
			.index = i,
			.ties = 1,
		};
		int order;

		if (lbvs_sched_tried(pick, i))
			continue;
		order = least.ties ? lbvs_least_compare(one.flows, one.weight,
							least.flows,
							least.weight) : -1;
		if (order < 0)
			least = one;
		else if (!order)
			least.ties++;
	}
	return least;
}

static u32 pick(const struct lbvs_sched_table *table,
		struct lbvs_sched_pick *pick)
{
	const struct least least = find_least(table, pick);
	u32 skip = 0;
	u32 i;

	/* Who asks once more for a flow must not move the turns of others. */
	if (least.ties > 1)
		skip = lbvs_sched_turn(pick) % least.ties;
	if (!skip)
		return least.index;
	for (i = least.index + 1; i < table->input.n; i++)
		if (!lbvs_sched_tried(pick, i) &&
		    !lbvs_least_compare(flows_of(pick, i), weight_of(table, i),
					least.flows, least.weight) &&
		    !--skip)
			return i;
	/* Others were faster. */
	return least.index;
}

const struct lbvs_sched_ops lbvs_sched_lc_ops = {
	.name = "lc",
	.build = build,
	.pick = pick,
};

const struct lbvs_sched_ops lbvs_sched_wlc_ops = {
	.name = "wlc",
	.build = build,
	.pick = pick,
};
