// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Weighted round robin: members take turns in exact proportion to their
 * weights, and each one's turns are spread over the cycle. Who cannot take his turn
 * leaves it to the others, in proportion to theirs. See algo/wrr.c for how that is
 * done with a single atomic cursor.
 */
#include "sched.h"

#include <linux/mm.h>
#include <linux/slab.h>

static int build(struct lbvs_sched_table *table)
{
	const struct lbvs_sched_input *input = &table->input;
	u32 *weights;
	int err;
	u32 i;

	weights = kvmalloc_array(input->n, sizeof(*weights), GFP_KERNEL);
	table->wrr.ends = kvmalloc_array(input->n, sizeof(*table->wrr.ends),
					 GFP_KERNEL_ACCOUNT);
	err = -ENOMEM;
	if (!weights || !table->wrr.ends)
		goto out;

	for (i = 0; i < input->n; i++)
		weights[i] = input->choices[i].weight;
	err = lbvs_wrr_fill(&table->wrr, weights, input->n);
out:
	kvfree(weights);
	if (err) {
		kvfree(table->wrr.ends);
		table->wrr.ends = NULL;
	}
	return err;
}

static u32 pick(const struct lbvs_sched_table *table,
		struct lbvs_sched_pick *pick)
{
	u32 slot;

	if (pick->attempt)
		return lbvs_wrr_rest(&table->wrr, lbvs_sched_last(pick),
				     pick->tried, pick->attempt);
	/* Of two neighbouring cursor values one has a slot, but other CPUs may
	 * take just that one, so go on until it is ours.
	 */
	while (!lbvs_wrr_slot(&table->wrr, lbvs_sched_turn(pick), &slot))
		;
	return lbvs_wrr_index(&table->wrr, slot);
}

const struct lbvs_sched_ops lbvs_sched_wrr_ops = {
	.name = "wrr",
	.build = build,
	.pick = pick,
};
