// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who ends flows that no packet ends. There is no timer per flow: once a second
 * a work visits a part of the table and ends those that were silent for too
 * long.
 */
#include "flow.h"
#include "flow_table.h"
#include "member.h"
#include "onlooker.h"
#include "route.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

/* The gc visits the whole table in so many seconds, ... */
#define LBVS_GC_RUNS 4
/* ... and takes so many steps at least. */
#define LBVS_GC_LEAST 64

/* A table that is in use has a bucket for so much of the memory, ... */
#define LBVS_BUCKET_SHARE (16 << 10)
/* ... within bounds. */
#define LBVS_BUCKETS_MIN (1 << 10)
#define LBVS_BUCKETS_MAX (1 << 18)

static unsigned int max_flows;
module_param(max_flows, uint, 0444);
MODULE_PARM_DESC(max_flows, "flows that a network namespace may have; 0 (default): an eighth of the memory");

static u64 memory(void)
{
	return (u64)totalram_pages() << PAGE_SHIFT;
}

static u32 choose_max(void)
{
	if (max_flows)
		return min_t(u32, max_flows, INT_MAX / 2);
	return clamp_t(u64, (memory() >> 3) / sizeof(struct lbvs_flow), 1 << 16,
		       1 << 26);
}

/* Big enough that most gateways never see the table grow. */
static u32 choose_least(u32 max)
{
	u32 least = clamp_t(u64, memory() / LBVS_BUCKET_SHARE, LBVS_BUCKETS_MIN,
			    LBVS_BUCKETS_MAX);

	return roundup_pow_of_two(clamp_t(u32, max, LBVS_BUCKETS_MIN, least));
}

/* Its service, or the port of it that the client used, is no more. */
static bool is_stranded(const struct lbvs_net *ln, const struct lbvs_flow *flow)
{
	const struct lbvs_rule *rule;

	rule = lbvs_ruleset_find(rcu_dereference(ln->ruleset),
				 &flow->nodes[LBVS_REQUEST].tuple);
	return !rule || rule->service != flow->member->service;
}

static bool is_over(const struct lbvs_net *ln, const struct lbvs_flow *flow)
{
	return lbvs_flow_expired(flow, (u32)jiffies) || is_stranded(ln, flow);
}

static int expire(struct lbvs_flow *flow, void *arg)
{
	struct lbvs_net *ln = arg;

	if (lbvs_flow_expired(flow, (u32)jiffies))
		lbvs_flow_expire(ln, flow);
	else if (is_stranded(ln, flow) && lbvs_flow_end(ln, flow))
		lbvs_stats_inc(ln, LBVS_STAT_FLOW_EXPIRED);
	return 0;
}

/* A step meets a flow at least, or passes many empty buckets. */
static u32 steps_of_run(const struct lbvs_flow_table *table)
{
	u32 steps = lbvs_flow_table_size(table) / LBVS_FLOW_STEP +
		    atomic_read(&table->count);

	return max_t(u32, steps / LBVS_GC_RUNS, LBVS_GC_LEAST);
}

static void gc_work(struct work_struct *work)
{
	struct lbvs_flow_table *table = container_of(to_delayed_work(work),
						     struct lbvs_flow_table, gc);
	u32 steps = steps_of_run(table);

	while (steps-- && atomic_read(&table->count)) {
		lbvs_flow_table_step(table->ln, &table->cursor, expire, table->ln);
		if (!table->cursor)
			break;
		cond_resched();
	}
	if (lbvs_onlooker_changed(table->ln)) {
		lbvs_flow_gc_forget(table->ln, 0);
		lbvs_stats_inc(table->ln, LBVS_STAT_ROUTES_FORGOTTEN);
	}
	if (lbvs_flow_table_should_shrink(table))
		lbvs_flow_table_resize(table);
	if (READ_ONCE(table->active) || atomic_read(&table->count))
		schedule_delayed_work(&table->gc, HZ);
}

/**
 * lbvs_flow_gc_init - give a network namespace an empty flow table
 * @ln: the namespace.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_flow_gc_init(struct lbvs_net *ln)
{
	ln->flows = lbvs_flow_table_alloc(ln);
	if (!ln->flows)
		return -ENOMEM;
	ln->flows->max = choose_max();
	/* Not deferrable: onlookers want to be seen, also by an idle CPU. */
	INIT_DELAYED_WORK(&ln->flows->gc, gc_work);
	return 0;
}

/**
 * lbvs_flow_gc_exit - end all flows and free the table
 * @ln: a namespace in which no packet can reach the table any more.
 *
 * Context: process, may sleep.
 */
void lbvs_flow_gc_exit(struct lbvs_net *ln)
{
	struct lbvs_flow_table *table = ln->flows;

	WRITE_ONCE(table->active, false);
	cancel_delayed_work_sync(&table->gc);
	lbvs_flow_gc_sweep(ln, NULL);
	lbvs_flow_table_free(table);
}

/**
 * lbvs_flow_gc_start - there may be flows from now on
 * @ln: the namespace.
 *
 * Context: process.
 */
void lbvs_flow_gc_start(struct lbvs_net *ln)
{
	struct lbvs_flow_table *table = ln->flows;

	WRITE_ONCE(table->active, true);
	WRITE_ONCE(table->least, choose_least(table->max));
	lbvs_flow_table_resize(table);
	/* From now on changes count. */
	lbvs_onlooker_changed(ln);
	schedule_delayed_work(&table->gc, HZ);
}

/**
 * lbvs_flow_gc_stop - there will be no new flows from now on
 * @ln: the namespace.
 *
 * The gc goes on until the table is empty.
 *
 * Context: process.
 */
void lbvs_flow_gc_stop(struct lbvs_net *ln)
{
	WRITE_ONCE(ln->flows->active, false);
	WRITE_ONCE(ln->flows->least, LBVS_BUCKETS_MIN);
}

struct sweep {
	struct lbvs_net *ln;
	const struct lbvs_flow_filter *filter;
	u32 ended;
};

static void walk(struct lbvs_net *ln, lbvs_flow_visit visit, void *arg)
{
	u32 cursor = 0;

	do {
		lbvs_flow_table_step(ln, &cursor, visit, arg);
		cond_resched();
	} while (cursor);
}

static int sweep_flow(struct lbvs_flow *flow, void *arg)
{
	struct sweep *sweep = arg;

	if (sweep->filter && !lbvs_flow_gc_matches(flow, sweep->filter))
		return 0;
	if (lbvs_flow_end(sweep->ln, flow))
		sweep->ended++;
	return 0;
}

static int sweep_stranded(struct lbvs_flow *flow, void *arg)
{
	struct lbvs_net *ln = arg;

	if (READ_ONCE(flow->member->fallen) == LBVS_ON_DOWN_DROP ||
	    is_stranded(ln, flow))
		lbvs_flow_end(ln, flow);
	return 0;
}

static int forget_routes(struct lbvs_flow *flow, void *arg)
{
	const u8 *arm = arg;
	int dir;

	for (dir = 0; dir < LBVS_DIRS; dir++)
		if (!*arm || READ_ONCE(flow->nodes[dir].arm) == *arm)
			lbvs_route_forget(&flow->nodes[dir]);
	return 0;
}

/**
 * lbvs_flow_gc_forget - let flows learn their routes anew
 * @ln: the namespace.
 * @arm: number of the arm that the routes are for; 0: any.
 *
 * Context: process, may sleep.
 */
void lbvs_flow_gc_forget(struct lbvs_net *ln, u8 arm)
{
	/* Those that new flows take over, first. */
	WRITE_ONCE(ln->route_epoch, ln->route_epoch + 1);
	synchronize_net();
	walk(ln, forget_routes, &arm);
}

/**
 * lbvs_flow_gc_matches - is a flow alive, and one of those meant?
 * @flow: the flow.
 * @filter: which are meant.
 *
 * Context: under RCU.
 * Return: true when it is.
 */
bool lbvs_flow_gc_matches(const struct lbvs_flow *flow,
			  const struct lbvs_flow_filter *filter)
{
	return !is_over(flow->member->ln, flow) && lbvs_flow_matches(flow, filter);
}

/**
 * lbvs_flow_gc_tidy - end the flows that the ruleset in force has no place for,
 *	and those of members that fell and drop them
 * @ln: the namespace.
 *
 * Context: process, may sleep; no packet follows an older ruleset any more.
 */
void lbvs_flow_gc_tidy(struct lbvs_net *ln)
{
	walk(ln, sweep_stranded, ln);
}

/**
 * lbvs_flow_gc_sweep - end the flows that match
 * @ln: the namespace.
 * @filter: which flows are meant; NULL: all, those too that are over.
 *
 * Context: process, may sleep.
 * Return: how many were ended.
 */
u32 lbvs_flow_gc_sweep(struct lbvs_net *ln,
		       const struct lbvs_flow_filter *filter)
{
	struct sweep sweep = { .ln = ln, .filter = filter };

	walk(ln, sweep_flow, &sweep);
	return sweep.ended;
}
