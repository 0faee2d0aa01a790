// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The flow table of a network namespace and the work that empties it. There
 * is no timer per flow: once a second a deferrable work visits a part of the
 * table and ends the flows that were silent for too long.
 */
#include "flow_table.h"
#include "flow.h"
#include "member.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

/* The gc visits the whole table in about so many seconds, ... */
#define LBVS_GC_RUNS 4
/* ... but so many nodes at least, ... */
#define LBVS_GC_LEAST 4096
/* ... and lets others run after so many. */
#define LBVS_GC_SLICE 1024

/* Buckets of an empty table. */
#define LBVS_TABLE_LEAST 1024

static unsigned int max_flows;
module_param(max_flows, uint, 0444);
MODULE_PARM_DESC(max_flows, "flows that a network namespace may have; 0 (default): an eighth of the memory");

static u32 choose_max(void)
{
	u64 bytes = (u64)totalram_pages() << PAGE_SHIFT;

	if (max_flows)
		return min_t(u32, max_flows, INT_MAX / 2);
	return clamp_t(u64, (bytes >> 3) / sizeof(struct lbvs_flow), 1 << 16,
		       1 << 26);
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

static void gc_node(struct lbvs_flow_table *table,
		    const struct lbvs_flow_node *node)
{
	struct lbvs_flow *flow = lbvs_flow_of(node);

	/* Each flow is met twice. */
	if (node->dir != LBVS_REQUEST || !is_over(table->ln, flow))
		return;
	if (lbvs_flow_end(table->ln, flow))
		lbvs_stats_inc(table->ln, LBVS_STAT_FLOW_EXPIRED);
}

/* Returns false at the end of the table. */
static bool gc_slice(struct lbvs_flow_table *table, u32 nodes)
{
	struct lbvs_flow_node *node;

	rhashtable_walk_start(&table->iter);
	while (nodes--) {
		node = rhashtable_walk_next(&table->iter);
		if (!node)
			break;
		/* -EAGAIN: the table was resized, and some come twice. */
		if (!IS_ERR(node))
			gc_node(table, node);
	}
	rhashtable_walk_stop(&table->iter);
	return node;
}

static void gc_work(struct work_struct *work)
{
	struct lbvs_flow_table *table = container_of(to_delayed_work(work),
						     struct lbvs_flow_table, gc);
	u32 nodes = atomic_read(&table->ht.nelems) / LBVS_GC_RUNS;
	u32 done;

	nodes = max_t(u32, nodes, LBVS_GC_LEAST);
	for (done = 0; done < nodes; done += LBVS_GC_SLICE) {
		if (!gc_slice(table, LBVS_GC_SLICE)) {
			/* From the start again, next time. */
			rhashtable_walk_exit(&table->iter);
			rhashtable_walk_enter(&table->ht, &table->iter);
			break;
		}
		cond_resched();
	}
	if (READ_ONCE(table->active) || atomic_read(&table->ht.nelems))
		schedule_delayed_work(&table->gc, HZ);
}

/**
 * lbvs_flow_table_init - give a network namespace an empty flow table
 * @ln: the namespace.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_flow_table_init(struct lbvs_net *ln)
{
	struct rhashtable_params params = lbvs_flow_params;
	struct lbvs_flow_table *table;
	int err;

	params.min_size = LBVS_TABLE_LEAST;
	params.nelem_hint = LBVS_TABLE_LEAST;
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	err = rhashtable_init(&table->ht, &params);
	if (err) {
		kfree(table);
		return err;
	}
	table->ln = ln;
	table->max = choose_max();
	INIT_DEFERRABLE_WORK(&table->gc, gc_work);
	rhashtable_walk_enter(&table->ht, &table->iter);
	ln->flows = table;
	return 0;
}

/**
 * lbvs_flow_table_exit - end all flows and free the table
 * @ln: a namespace in which no packet can reach the table any more.
 *
 * Context: process, may sleep.
 */
void lbvs_flow_table_exit(struct lbvs_net *ln)
{
	struct lbvs_flow_table *table = ln->flows;

	WRITE_ONCE(table->active, false);
	cancel_delayed_work_sync(&table->gc);
	rhashtable_walk_exit(&table->iter);

	/*
	 * A flow is in the table twice, so it can't be freed node by node. A
	 * walk may miss flows when the table is being resized: walk again.
	 */
	while (atomic_read(&table->ht.nelems))
		lbvs_flow_table_sweep(ln, NULL);
	rhashtable_destroy(&table->ht);
	kfree(table);
}

/**
 * lbvs_flow_table_start - there may be flows from now on
 * @ln: the namespace.
 *
 * Context: process.
 */
void lbvs_flow_table_start(struct lbvs_net *ln)
{
	WRITE_ONCE(ln->flows->active, true);
	schedule_delayed_work(&ln->flows->gc, HZ);
}

/**
 * lbvs_flow_table_stop - there will be no new flows from now on
 * @ln: the namespace.
 *
 * The gc goes on until the table is empty.
 *
 * Context: process.
 */
void lbvs_flow_table_stop(struct lbvs_net *ln)
{
	WRITE_ONCE(ln->flows->active, false);
}

/**
 * lbvs_flow_table_count - flows that live now
 * @ln: the namespace.
 *
 * Return: their number.
 */
u32 lbvs_flow_table_count(const struct lbvs_net *ln)
{
	return atomic_read(&ln->flows->ht.nelems) / LBVS_DIRS;
}

/**
 * lbvs_flow_table_max - flows that may live at once
 * @ln: the namespace.
 *
 * Return: their number.
 */
u32 lbvs_flow_table_max(const struct lbvs_net *ln)
{
	return ln->flows->max;
}

/**
 * lbvs_flow_table_walk_enter - begin a walk over all flows
 * @ln: the namespace.
 * @iter: where the walk stands; end it with rhashtable_walk_exit().
 *
 * Context: process.
 */
void lbvs_flow_table_walk_enter(struct lbvs_net *ln,
				struct rhashtable_iter *iter)
{
	rhashtable_walk_enter(&ln->flows->ht, iter);
}

static bool is_meant(const struct lbvs_flow_node *node,
		     const struct lbvs_flow_filter *filter)
{
	const struct lbvs_flow *flow = lbvs_flow_of(node);

	/* Each flow is met twice. */
	if (node->dir != LBVS_REQUEST)
		return false;
	if (!filter)
		return true;
	return !is_over(flow->member->ln, flow) &&
	       lbvs_flow_matches(flow, filter);
}

/**
 * lbvs_flow_table_walk - go on with a walk
 * @iter: where it stands.
 * @filter: which flows are meant; NULL: all, those too that are over.
 * @visit: called for each; when it returns other than 0 the walk stops, and the
 *	flow is met again when it goes on.
 * @arg: passed to @visit.
 *
 * Flows opened or ended during the walk may be met or not; one that was there
 * all the time is met, unless the table is resized just then.
 *
 * Context: process, may sleep.
 * Return: 0 at the end of the table, else what @visit returned.
 */
int lbvs_flow_table_walk(struct rhashtable_iter *iter,
			 const struct lbvs_flow_filter *filter,
			 lbvs_flow_visit visit, void *arg)
{
	struct lbvs_flow_node *node;
	u32 left = LBVS_GC_SLICE;
	int ret = 0;

	rhashtable_walk_start(iter);
	for (node = rhashtable_walk_peek(iter); node;
	     node = rhashtable_walk_next(iter)) {
		if (IS_ERR(node) || !is_meant(node, filter))
			continue;
		ret = visit(lbvs_flow_of(node), arg);
		if (ret)
			break;
		if (!--left) {
			rhashtable_walk_stop(iter);
			cond_resched();
			rhashtable_walk_start(iter);
			left = LBVS_GC_SLICE;
		}
	}
	rhashtable_walk_stop(iter);
	return ret;
}

struct sweep {
	struct lbvs_net *ln;
	u32 ended;
};

static int sweep_flow(struct lbvs_flow *flow, void *arg)
{
	struct sweep *sweep = arg;

	if (lbvs_flow_end(sweep->ln, flow))
		sweep->ended++;
	return 0;
}

static int sweep_stranded(struct lbvs_flow *flow, void *arg)
{
	struct sweep *sweep = arg;

	return is_stranded(sweep->ln, flow) ? sweep_flow(flow, arg) : 0;
}

/**
 * lbvs_flow_table_tidy - end the flows that the ruleset in force has no place for
 * @ln: the namespace.
 *
 * Context: process, may sleep; no packet follows an older ruleset any more.
 */
void lbvs_flow_table_tidy(struct lbvs_net *ln)
{
	struct sweep sweep = { .ln = ln };
	struct rhashtable_iter iter;

	lbvs_flow_table_walk_enter(ln, &iter);
	lbvs_flow_table_walk(&iter, NULL, sweep_stranded, &sweep);
	rhashtable_walk_exit(&iter);
}

/**
 * lbvs_flow_table_sweep - end the flows that match
 * @ln: the namespace.
 * @filter: which flows are meant; NULL: all.
 *
 * Context: process, may sleep.
 * Return: how many were ended.
 */
u32 lbvs_flow_table_sweep(struct lbvs_net *ln,
			  const struct lbvs_flow_filter *filter)
{
	struct sweep sweep = { .ln = ln };
	struct rhashtable_iter iter;

	lbvs_flow_table_walk_enter(ln, &iter);
	lbvs_flow_table_walk(&iter, filter, sweep_flow, &sweep);
	rhashtable_walk_exit(&iter);
	return sweep.ended;
}
