// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who holds a member: each rule that lists it, until the ruleset it was last
 * in is freed, which is a grace period after it was replaced; and each flow
 * that is bound to it, until a grace period after the flow was taken out of
 * the table. So whoever finds a member through the ruleset or a flow under RCU
 * may use it. When the last of them lets go, the member adds its counters to
 * its service's and is gone.
 */
#include "member.h"
#include "load.h"
#include "pool.h"
#include "real.h"
#include "route_member.h"
#include "service.h"

#include <linux/slab.h>
#include <linux/string.h>

static void count_address(const struct lbvs_member *member, int by)
{
	u32 index = lbvs_filter_slot(&member->addr, member->family,
				     LBVS_MEMBER_BITS);

	atomic_add(by, &member->ln->filter->count[index]);
}

/**
 * lbvs_member_alloc - a new member
 * @ln: network namespace.
 * @service: the service.
 * @pool: its pool.
 * @real: the real.
 *
 * Context: process.
 * Return: the member, with one reference; or NULL.
 */
struct lbvs_member *lbvs_member_alloc(struct lbvs_net *ln,
				      struct lbvs_service *service,
				      const struct lbvs_pool *pool,
				      const struct lbvs_real *real)
{
	struct lbvs_member *member;

	member = kzalloc(sizeof(*member), GFP_KERNEL_ACCOUNT);
	if (!member)
		return NULL;
	member->counters = lbvs_counters_alloc();
	if (!member->counters) {
		kfree(member);
		return NULL;
	}

	refcount_set(&member->refs, 1);
	spin_lock_init(&member->hint_lock);
	member->addr = real->cfg.addr;
	member->family = real->cfg.family;
	member->load = lbvs_load_get(real->load);
	member->real_id = real->id;
	strscpy(member->real, real->cfg.name, sizeof(member->real));
	strscpy(member->pool, pool->cfg.name, sizeof(member->pool));
	member->ln = ln;
	member->service = lbvs_service_get(service);
	spin_lock_bh(&service->lock);
	list_add_tail(&member->siblings, &service->members);
	spin_unlock_bh(&service->lock);
	count_address(member, 1);
	return member;
}

static void add_totals(struct lbvs_totals *to, const struct lbvs_totals *from)
{
	int dir;

	for (dir = 0; dir < LBVS_DIRS; dir++) {
		to->packets[dir] += from->packets[dir];
		to->bytes[dir] += from->bytes[dir];
	}
	to->flows += from->flows;
	to->refused += from->refused;
	to->unanswered += from->unanswered;
}

/**
 * lbvs_member_put - give a reference back
 * @member: the member.
 *
 * Context: any. The caller is past a grace period after the last moment at
 * which a packet could find the member through what the caller held.
 */
void lbvs_member_put(struct lbvs_member *member)
{
	struct lbvs_service *service = member->service;
	struct lbvs_totals totals = {};

	if (!refcount_dec_and_test(&member->refs))
		return;

	count_address(member, -1);
	lbvs_counters_sum(member->counters, &totals);
	spin_lock_bh(&service->lock);
	list_del(&member->siblings);
	add_totals(&service->gone, &totals);
	spin_unlock_bh(&service->lock);

	lbvs_route_member_free(member);
	lbvs_load_put(member->load);
	free_percpu(member->counters);
	kfree(member);
	lbvs_service_put(service);
}

/**
 * lbvs_member_totals - add up all members of a service, past and present
 * @service: the service.
 * @totals: gets the traffic.
 * @active_flows: gets the number of flows that live now.
 *
 * Context: process or softirq.
 */
void lbvs_member_totals(struct lbvs_service *service,
			struct lbvs_totals *totals, u32 *active_flows)
{
	const struct lbvs_member *member;

	*active_flows = 0;
	spin_lock_bh(&service->lock);
	*totals = service->gone;
	list_for_each_entry(member, &service->members, siblings) {
		lbvs_counters_sum(member->counters, totals);
		*active_flows += atomic_read(&member->flows);
	}
	spin_unlock_bh(&service->lock);
}
