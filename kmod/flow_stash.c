// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory for flows. Each CPU has some in stock, which it fetches many at a
 * time: that costs half of what it takes to ask for each.
 *
 * A flow that is free has no routes: so it was constructed, and so it is given
 * back. The slab does not zero what has a constructor, which would cost as much
 * as the rest of the allocation.
 */
#include "flow_stash.h"
#include "flow.h"

#include <linux/build_bug.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#define LBVS_FLOW_STASH 16

/**
 * struct stash - flows that a CPU has in stock
 * @n: number of them.
 * @flows: the flows. Used with bottom halves off, by their CPU.
 */
struct stash {
	unsigned int n;
	void *flows[LBVS_FLOW_STASH];
};

static struct kmem_cache *flow_cache;
static DEFINE_PER_CPU(struct stash, stashes);

static noinline struct lbvs_flow *refill(struct stash *stash)
{
	const gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	int n;

	n = kmem_cache_alloc_bulk(flow_cache, gfp, LBVS_FLOW_STASH,
				  stash->flows);
	/* All or none: where there are not so many, there may yet be one. */
	if (n <= 0)
		return kmem_cache_alloc(flow_cache, gfp);
	stash->n = n - 1;
	return stash->flows[stash->n];
}

/**
 * lbvs_flow_stash_take - memory for a flow
 *
 * Context: bottom halves off, interrupts on.
 * Return: a flow without routes, all else in it undefined; or NULL.
 */
struct lbvs_flow *lbvs_flow_stash_take(void)
{
	struct stash *stash = this_cpu_ptr(&stashes);

	if (unlikely(!stash->n))
		return refill(stash);
	return stash->flows[--stash->n];
}

/**
 * lbvs_flow_stash_free - give back what lbvs_flow_stash_take() gave
 * @flow: a flow without routes that nobody can find any more.
 *
 * Context: any.
 */
void lbvs_flow_stash_free(struct lbvs_flow *flow)
{
	kmem_cache_free(flow_cache, flow);
}

static void construct_flow(void *object)
{
	memset(object, 0, sizeof(struct lbvs_flow));
}

/**
 * lbvs_flow_stash_setup - what is needed once in the module's life
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_flow_stash_setup(void)
{
	/* An operator plans memory by this number. */
	BUILD_BUG_ON(sizeof(struct lbvs_flow) > 168);

	flow_cache = kmem_cache_create("lbvs_flow", sizeof(struct lbvs_flow),
				       __alignof__(struct lbvs_flow), 0,
				       construct_flow);
	return flow_cache ? 0 : -ENOMEM;
}

/**
 * lbvs_flow_stash_teardown - undo lbvs_flow_stash_setup()
 *
 * Context: process; all that was taken was given back, and nobody takes more.
 */
void lbvs_flow_stash_teardown(void)
{
	struct stash *stash;
	int cpu;

	for_each_possible_cpu(cpu) {
		stash = per_cpu_ptr(&stashes, cpu);
		while (stash->n)
			kmem_cache_free(flow_cache, stash->flows[--stash->n]);
	}
	kmem_cache_destroy(flow_cache);
}
