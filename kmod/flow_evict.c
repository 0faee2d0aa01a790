// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table is full, and there is a new flow: who makes room for it?
 *
 * A flood of SYNs leaves flows behind that never become connections. Were new
 * flows refused until those have timed out, the flood would need no more than a
 * table full of SYNs for each timeout. So it is its own flows that it pushes out.
 *
 * Only a few flows are compared, as a packet waits for this: those in some buckets
 * in a row, which ones the new flow's hash says, and the time. The hash is keyed,
 * so nobody chooses who meets whom, and CPUs share nothing. Of eight that are
 * half-open the one goes that was silent for longest. If a handshake takes a tenth
 * of the time in which the flood fills the table, that is one of its own in all
 * but one of ten million cases.
 */
#include "algo/evict.h"
#include "flow.h"
#include "flow_table.h"
#include "stats.h"

#include <linux/jiffies.h>
#include <linux/rcupdate.h>

/* It looks into so many buckets at most, and at so many nodes, ... */
#define LBVS_EVICT_BUCKETS 256
#define LBVS_EVICT_NODES 64
/* ... and compares so many flows that may go, ... */
#define LBVS_EVICT_FLOWS 8
/* ... unless it comes by one whose client would have asked again twice. */
#define LBVS_EVICT_SILENT (3 * HZ)

/**
 * struct search - a search for a flow to give up
 * @now: jiffies, cut to 32 bits.
 * @nodes: nodes that were looked at.
 * @flows: flows among them that may go.
 * @rank: rank of the best of these.
 * @flow: which one that is; or NULL.
 */
struct search {
	u32 now;
	u32 nodes;
	u32 flows;
	u32 rank;
	struct lbvs_flow *flow;
};

static bool is_over(const struct search *search)
{
	return search->nodes >= LBVS_EVICT_NODES ||
	       search->flows >= LBVS_EVICT_FLOWS ||
	       search->rank > LBVS_EVICT_SILENT;
}

static void compare(struct search *search, struct lbvs_flow *flow)
{
	u32 rank = lbvs_evict_rank(READ_ONCE(flow->state),
				   search->now - READ_ONCE(flow->seen));

	if (rank == LBVS_EVICT_NEVER)
		return;
	search->flows++;
	if (rank > search->rank) {
		search->rank = rank;
		search->flow = flow;
	}
}

/* Nodes of either direction: each leads to its flow. */
static void search_bucket(struct search *search,
			  const struct lbvs_flow_buckets *buckets, u32 hash)
{
	const struct lbvs_flow_node *node;

	node = rcu_dereference(buckets->first[hash & buckets->mask]);
	for (; node && !is_over(search); node = rcu_dereference(node->next)) {
		search->nodes++;
		/* The state is in another cache line than this. */
		if (node->tuple.proto == IPPROTO_TCP)
			compare(search, lbvs_flow_of(node));
	}
}

/**
 * lbvs_flow_evict - end a flow that is half-open or over, to make room
 * @ln: network namespace.
 * @hash: of the new flow.
 * @now: jiffies, cut to 32 bits.
 *
 * Context: under RCU, bottom halves off.
 * Return: true when one was ended; false when none was met, or another CPU was
 * just about to end it.
 */
bool lbvs_flow_evict(struct lbvs_net *ln, u32 hash, u32 now)
{
	const struct lbvs_flow_buckets *buckets, *next;
	struct search search = { .now = now };
	/* Who was refused and asks again shall meet others than before. */
	u32 first = hash + now;
	u32 i;

	buckets = rcu_dereference(ln->flows->buckets);
	next = rcu_dereference(buckets->next);
	for (i = 0; i < LBVS_EVICT_BUCKETS && !is_over(&search); i++) {
		search_bucket(&search, buckets, first + i);
		/* While the table is resized, some are there already. */
		if (next)
			search_bucket(&search, next, first + i);
	}
	if (!search.flow || !lbvs_flow_end(ln, search.flow))
		return false;
	lbvs_stats_inc(ln, LBVS_STAT_FLOW_EVICTED);
	return true;
}
