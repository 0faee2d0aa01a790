// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A drain is part of what the operator says of a real, so it comes and goes with
 * the versions of the real: all that are of one drain share it. Those who read
 * the configuration under RCU find it there.
 *
 * A real that is drained gets no flow any more, so the members that have its
 * flows are known once and for all: those that services have, or had before they
 * got another pool. The drain holds a reference to each, which is no more than
 * memory, until it is freed: with the last version of the real, a grace period
 * after nobody can find it there.
 *
 * The work: looks once a second while a drain has flows, and when a deadline
 * comes. That costs the packets nothing, which would have to tell otherwise
 * that a flow was the last one.
 */
#include "drain.h"
#include "attr.h"
#include "config.h"
#include "event.h"
#include "member.h"
#include "reset.h"

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/* How long the end of the last flow may not be noticed. */
#define LBVS_DRAIN_TICK HZ

/**
 * lbvs_drain_alloc - a new drain
 * @has_deadline: flows that are left then are ended.
 * @wait: milliseconds from the commit until then.
 *
 * Context: process.
 * Return: the drain, with one reference; or NULL.
 */
struct lbvs_drain *lbvs_drain_alloc(bool has_deadline, u32 wait)
{
	struct lbvs_drain *drain;

	drain = kzalloc(sizeof(*drain), GFP_KERNEL_ACCOUNT);
	if (!drain)
		return NULL;
	refcount_set(&drain->refs, 1);
	INIT_LIST_HEAD(&drain->node);
	drain->has_deadline = has_deadline;
	drain->wait = wait;
	return drain;
}

/**
 * lbvs_drain_get - take a reference
 * @drain: a drain to which the caller holds one; or NULL.
 *
 * Return: @drain.
 */
struct lbvs_drain *lbvs_drain_get(struct lbvs_drain *drain)
{
	if (drain)
		refcount_inc(&drain->refs);
	return drain;
}

/**
 * lbvs_drain_put - give a reference back
 * @drain: the drain; or NULL.
 *
 * Context: process.
 */
void lbvs_drain_put(struct lbvs_drain *drain)
{
	u32 i;

	if (!drain || !refcount_dec_and_test(&drain->refs))
		return;
	for (i = 0; i < drain->n_members; i++)
		lbvs_member_put(drain->members[i]);
	kvfree(drain->members);
	kfree(drain);
}

/**
 * lbvs_drain_time_left - how long until the deadline?
 * @drain: a drain that has one.
 *
 * Context: any.
 * Return: milliseconds.
 */
u32 lbvs_drain_time_left(const struct lbvs_drain *drain)
{
	long left = drain->deadline - jiffies;

	return left > 0 ? jiffies_to_msecs(left) : 0;
}

/**
 * lbvs_drain_flows_left - how many flows has the real still?
 * @drain: its drain.
 *
 * Context: under RCU, or config_lock held.
 * Return: their number, with those that are being reset.
 */
u32 lbvs_drain_flows_left(const struct lbvs_drain *drain)
{
	u32 flows = 0;
	u32 i;

	for (i = 0; i < drain->n_members; i++)
		flows += atomic_read(&drain->members[i]->flows);
	return flows;
}

/**
 * lbvs_drain_flows_ended - how many flows have ended by themselves?
 * @drain: the drain.
 *
 * Context: under RCU, or config_lock held.
 * Return: their number, since the drain began and until the deadline came.
 */
u32 lbvs_drain_flows_ended(const struct lbvs_drain *drain)
{
	u32 flows, left;

	/* pairs with set_ended() */
	if (smp_load_acquire(&drain->is_counted))
		return READ_ONCE(drain->ended);
	/* 0 until they were counted. */
	flows = READ_ONCE(drain->flows);
	left = lbvs_drain_flows_left(drain);
	return flows > left ? flows - left : 0;
}

/* Readers see the number from now on, whatever the members have. */
static void set_ended(struct lbvs_drain *drain, u32 ended)
{
	WRITE_ONCE(drain->ended, ended);
	/* pairs with lbvs_drain_flows_ended() */
	smp_store_release(&drain->is_counted, true);
}

/* What is done with each real of a ruleset that is being drained. */
typedef int (*real_fn)(struct lbvs_stage *stage, const struct lbvs_pool *pool,
		       const struct lbvs_real *real);

static int visit_new(struct lbvs_stage *stage, real_fn fn)
{
	const struct lbvs_ruleset *next = stage->next;
	u32 i, j;
	int err;

	for (i = 0; i < next->n_pools; i++) {
		const struct lbvs_pool *pool = next->pools[i];

		for (j = 0; j < pool->n_reals; j++) {
			const struct lbvs_real *real = pool->reals[j];

			if (!real->drain || real->drain->begun)
				continue;
			err = fn(stage, pool, real);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

/* With room, takes references to those that are still somebody's. */
static u32 find_members(struct lbvs_service *service, u64 real_id,
			struct lbvs_member **members, u32 room)
{
	struct lbvs_member *member;
	u32 n = 0;

	spin_lock_bh(&service->lock);
	list_for_each_entry(member, &service->members, siblings) {
		if (member->real_id != real_id)
			continue;
		if (!members)
			n++;
		else if (n < room && refcount_inc_not_zero(&member->refs))
			members[n++] = member;
	}
	spin_unlock_bh(&service->lock);
	return n;
}

static int prepare_one(struct lbvs_stage *stage, const struct lbvs_pool *pool,
		       const struct lbvs_real *real)
{
	const struct lbvs_ruleset *next = stage->next;
	struct lbvs_drain *drain = real->drain;
	u32 n = 0;
	u32 i;

	for (i = 0; i < next->n_rules; i++) {
		n += find_members(next->rules[i]->service, real->id, NULL, 0);
		cond_resched();
	}
	if (n) {
		drain->members = kvcalloc(n, sizeof(*drain->members),
					  GFP_KERNEL_ACCOUNT);
		if (!drain->members)
			return -ENOMEM;
	}
	/* Members go at any time, but none comes without the config_lock. */
	for (i = 0; i < next->n_rules; i++) {
		drain->n_members +=
			find_members(next->rules[i]->service, real->id,
				     drain->members + drain->n_members,
				     n - drain->n_members);
		cond_resched();
	}
	drain->real_id = real->id;
	strscpy(drain->pool, pool->cfg.name, sizeof(drain->pool));
	strscpy(drain->real, real->cfg.name, sizeof(drain->real));
	drain->deadline = jiffies + msecs_to_jiffies(drain->wait);
	return 0;
}

/**
 * lbvs_drain_prepare - get all that the drains of a change need
 * @stage: the change, compiled.
 *
 * Context: process, config_lock held.
 * Return: 0 or -ENOMEM.
 */
int lbvs_drain_prepare(struct lbvs_stage *stage)
{
	lockdep_assert_held(&stage->ln->config_lock);

	return stage->drains ? visit_new(stage, prepare_one) : 0;
}

/* What to tell of it; false when the real is drained no more, or anew. */
static bool is_in_force(const struct lbvs_ruleset *ruleset,
			const struct lbvs_drain *drain,
			struct lbvs_subject *subject)
{
	const struct lbvs_pool *pool;
	int index;

	index = lbvs_ruleset_find_pool(ruleset, drain->pool);
	if (index < 0)
		return false;
	pool = ruleset->pools[index];
	index = lbvs_pool_find_real(pool, drain->real);
	if (index < 0 || pool->reals[index]->drain != drain)
		return false;
	subject->ruleset = ruleset;
	subject->pool = pool;
	subject->real = pool->reals[index];
	return true;
}

static void forget(struct lbvs_drain *drain)
{
	list_del_init(&drain->node);
	lbvs_drain_put(drain);
}

/* Its deadline is yet to come. */
static bool has_time(const struct lbvs_drain *drain)
{
	return drain->has_deadline && !drain->passed;
}

static void schedule_next(struct lbvs_net *ln)
{
	const struct lbvs_drain *drain;
	long next = MAX_JIFFY_OFFSET;

	if (list_empty(&ln->drains))
		return;
	list_for_each_entry(drain, &ln->drains, node) {
		if (!drain->told)
			next = min_t(long, next, LBVS_DRAIN_TICK);
		if (has_time(drain))
			next = min_t(long, next, drain->deadline - jiffies);
	}
	mod_delayed_work(system_wq, &ln->drain, max(next, 0L));
}

static int begin_one(struct lbvs_stage *stage, const struct lbvs_pool *pool,
		     const struct lbvs_real *real)
{
	struct lbvs_drain *drain = real->drain;

	WRITE_ONCE(drain->flows, lbvs_drain_flows_left(drain));
	drain->begun = true;
	list_add_tail(&lbvs_drain_get(drain)->node, &stage->ln->drains);
	return 0;
}

/**
 * lbvs_drain_commit - begin the drains of a change, and forget those it ended
 * @stage: the change, published; nobody opens flows by an older ruleset if it
 *	has drains.
 *
 * Context: process, config_lock held.
 */
void lbvs_drain_commit(struct lbvs_stage *stage)
{
	struct lbvs_net *ln = stage->ln;
	struct lbvs_drain *drain, *next;
	struct lbvs_subject subject;

	lockdep_assert_held(&ln->config_lock);

	list_for_each_entry_safe(drain, next, &ln->drains, node)
		if (!is_in_force(stage->next, drain, &subject))
			forget(drain);
	if (stage->drains)
		visit_new(stage, begin_one);
}

static bool is_meant(const struct lbvs_flow *flow, const void *arg)
{
	const struct lbvs_drain *drain = arg;

	return flow->member->real_id == drain->real_id;
}

/* What ends meanwhile by itself may be told by one of the two numbers; all
 * three add up. A connection that one side was said to have reset when the drain
 * began did not count, and is one more if it was not so.
 */
static void pass(struct lbvs_net *ln, struct lbvs_drain *drain)
{
	struct lbvs_reset_count count = {};

	drain->passed = true;
	set_ended(drain, lbvs_drain_flows_ended(drain));
	if (lbvs_drain_flows_left(drain))
		count = lbvs_reset_flows(ln, is_meant, drain);
	WRITE_ONCE(drain->reset, count.reset);
	WRITE_ONCE(drain->dropped, count.dropped);
	WRITE_ONCE(drain->flows,
		   max(drain->flows, count.reset + count.dropped));
	set_ended(drain, drain->flows - count.reset - count.dropped);
}

static bool is_due(const struct lbvs_drain *drain)
{
	return has_time(drain) && time_after_eq(jiffies, drain->deadline);
}

/* The last flow has gone. A connection that one side was said to have reset may
 * come back: so a deadline stands, and the numbers are final once it has passed.
 */
static void finish(struct lbvs_net *ln, struct lbvs_drain *drain)
{
	const struct lbvs_ruleset *ruleset;
	struct lbvs_subject subject = {};

	if (!drain->passed)
		set_ended(drain, drain->flows);
	ruleset = rcu_dereference_protected(ln->ruleset,
					    lockdep_is_held(&ln->config_lock));
	if (is_in_force(ruleset, drain, &subject))
		lbvs_event_drained(ln, &subject);
	drain->told = true;
}

/**
 * lbvs_drain_look - how far are the drains, and is one over?
 * @ln: network namespace.
 *
 * Asked after each change, once that was told of: there may be nothing to wait
 * for.
 *
 * Context: process, config_lock held, may sleep.
 */
void lbvs_drain_look(struct lbvs_net *ln)
{
	struct lbvs_drain *drain, *next;

	lockdep_assert_held(&ln->config_lock);

	list_for_each_entry_safe(drain, next, &ln->drains, node) {
		if (is_due(drain))
			pass(ln, drain);
		if (!drain->told && !lbvs_drain_flows_left(drain))
			finish(ln, drain);
		if (drain->told && !has_time(drain))
			forget(drain);
	}
	schedule_next(ln);
}

static void drain_work(struct work_struct *work)
{
	struct lbvs_net *ln = container_of(to_delayed_work(work),
					   struct lbvs_net, drain);

	mutex_lock(&ln->config_lock);
	lbvs_drain_look(ln);
	mutex_unlock(&ln->config_lock);
}

/**
 * lbvs_drain_init - nothing is being drained
 * @ln: network namespace.
 *
 * Context: process.
 */
void lbvs_drain_init(struct lbvs_net *ln)
{
	INIT_LIST_HEAD(&ln->drains);
	INIT_DELAYED_WORK(&ln->drain, drain_work);
}

/**
 * lbvs_drain_exit - forget the drains that are pending
 * @ln: a namespace whose configuration does not change any more.
 *
 * Context: process, may sleep.
 */
void lbvs_drain_exit(struct lbvs_net *ln)
{
	struct lbvs_drain *drain, *next;

	cancel_delayed_work_sync(&ln->drain);
	list_for_each_entry_safe(drain, next, &ln->drains, node)
		forget(drain);
}
