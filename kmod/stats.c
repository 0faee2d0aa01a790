// SPDX-License-Identifier: GPL-2.0-or-later
#include "stats.h"

#include <linux/cpumask.h>

const struct lbvs_stat_info lbvs_stat_infos[LBVS_STAT_COUNT] = {
#define LBVS_STAT_INFO(id, word, is_drop, line) \
	[LBVS_STAT_##id] = { .name = (word), .help = (line), .drop = (is_drop) },
	LBVS_STATS(LBVS_STAT_INFO)
#undef LBVS_STAT_INFO
};

/**
 * lbvs_stats_init - give a network namespace its named counters
 * @ln: the namespace.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_stats_init(struct lbvs_net *ln)
{
	ln->stats = alloc_percpu(struct lbvs_stats);
	return ln->stats ? 0 : -ENOMEM;
}

/**
 * lbvs_stats_exit - free the named counters
 * @ln: a namespace whose packet path has stopped.
 */
void lbvs_stats_exit(struct lbvs_net *ln)
{
	free_percpu(ln->stats);
}

/**
 * lbvs_stats_sum - value of a named counter
 * @ln: the namespace.
 * @stat: the counter.
 *
 * Return: its sum over all CPUs.
 */
u64 lbvs_stats_sum(const struct lbvs_net *ln, enum lbvs_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(ln->stats, cpu)->count[stat]);
	return sum;
}

/**
 * lbvs_counters_alloc - new traffic counters, all zero
 *
 * Context: process. Free with free_percpu(), in any context.
 * Return: the counters, or NULL.
 */
struct lbvs_counters __percpu *lbvs_counters_alloc(void)
{
	struct lbvs_counters __percpu *counters;
	int cpu;

	counters = alloc_percpu(struct lbvs_counters);
	if (!counters)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counters, cpu)->sync);
	return counters;
}

static void read_counters(const struct lbvs_counters *counters,
			  struct lbvs_totals *copy)
{
	unsigned int start;
	int dir;

	do {
		start = u64_stats_fetch_begin(&counters->sync);
		for (dir = 0; dir < LBVS_DIRS; dir++) {
			copy->packets[dir] =
				u64_stats_read(&counters->packets[dir]);
			copy->bytes[dir] =
				u64_stats_read(&counters->bytes[dir]);
		}
		copy->flows = u64_stats_read(&counters->flows);
		copy->refused = u64_stats_read(&counters->refused);
		copy->unanswered = u64_stats_read(&counters->unanswered);
	} while (u64_stats_fetch_retry(&counters->sync, start));
}

/**
 * lbvs_counters_sum - add traffic counters to totals
 * @counters: the counters.
 * @totals: what they are added to.
 */
void lbvs_counters_sum(const struct lbvs_counters __percpu *counters,
		       struct lbvs_totals *totals)
{
	struct lbvs_totals copy;
	int cpu, dir;

	for_each_possible_cpu(cpu) {
		read_counters(per_cpu_ptr(counters, cpu), &copy);
		for (dir = 0; dir < LBVS_DIRS; dir++) {
			totals->packets[dir] += copy.packets[dir];
			totals->bytes[dir] += copy.bytes[dir];
		}
		totals->flows += copy.flows;
		totals->refused += copy.refused;
		totals->unanswered += copy.unanswered;
	}
}
