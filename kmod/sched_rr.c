// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Round robin: each new flow goes to the next member. The state is the
 * service's cursor, which any number of CPUs raise at once. Weights do not
 * count, but a real of weight 0 is no choice at all.
 */
#include "sched.h"

static int build(struct lbvs_sched_table *table)
{
	return 0;
}

static u32 pick(const struct lbvs_sched_table *table,
		struct lbvs_sched_pick *pick)
{
	return lbvs_sched_turn(pick) % table->input.n;
}

const struct lbvs_sched_ops lbvs_sched_rr_ops = {
	.name = "rr",
	.build = build,
	.pick = pick,
};
