/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A member: a real as seen by one service. */
#ifndef _LBVS_MEMBER_H
#define _LBVS_MEMBER_H

#include <linux/lbvs.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "algo/hint.h"
#include "limit.h"
#include "net.h"
#include "ramp.h"
#include "stats.h"
#include "types.h"

struct lbvs_load;
struct lbvs_pool;
struct lbvs_real;
struct lbvs_route;
struct lbvs_service;

/**
 * struct lbvs_member - a real as seen by one service
 * @addr: address of the real.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @usable: may take new flows. A hint for flows that exist: written by a
 *	commit, read at any time.
 * @fallen: a verdict took it down: enum lbvs_on_down, what has to become of
 *	its flows; else 0. Written by a commit, which reads it when it ends flows.
 * @service: the service.
 * @counters: traffic.
 * @route: what new flows take over, see route_member.c; or NULL.
 * @load: what its real has to do; it holds a reference.
 * @flows: flows that live now and are not over, see lbvs_flow_weigh().
 * @refs: one for each rule and each flow that points here.
 * @limit: how much it may take.
 * @hint: what attempts to connect say of the real. Written under @hint_lock,
 *	but for successes.
 * @hint_lock: protects @hint, and when @ramp began; taken when an attempt fails.
 * @ramp: how many of the new flows it may have.
 * @suspect: there is something to be told of @hint.
 * @ln: the network namespace, in whose filter the address is counted.
 * @siblings: entry in the service's list.
 * @tier: tier of the real. Written by a commit.
 * @real_id: identity of the real.
 * @real: name of the real.
 * @pool: name of the pool.
 *
 * A member lives while a rule or a flow points to it: a real that was removed
 * keeps the flows that it has.
 */
struct lbvs_member {
	/* read by every packet */
	union nf_inet_addr addr;
	u8 family;
	bool usable;
	u8 fallen;
	struct lbvs_service *service;
	struct lbvs_counters __percpu *counters;
	struct lbvs_route __rcu *route;

	/* written for every flow */
	struct lbvs_load *load;
	atomic_t flows;
	refcount_t refs;
	struct lbvs_limit limit;
	struct lbvs_hint hint;
	spinlock_t hint_lock;
	struct lbvs_ramp ramp;
	bool suspect;

	/* configuration */
	struct lbvs_net *ln;
	struct list_head siblings;
	u8 tier;
	u64 real_id;
	char real[LBVS_NAME_SIZE];
	char pool[LBVS_NAME_SIZE];
};

/**
 * lbvs_member_get - take a reference
 * @member: a member that the caller holds, or found under RCU in a ruleset or
 *	a flow.
 *
 * Return: @member.
 */
static inline struct lbvs_member *lbvs_member_get(struct lbvs_member *member)
{
	refcount_inc(&member->refs);
	return member;
}

/* Which addresses may be a real's: how many members have one of this slot. */
struct lbvs_member_filter {
	atomic_t count[1 << LBVS_MEMBER_BITS];
};

/**
 * lbvs_member_filter_test - may an address be a real's?
 * @ln: network namespace.
 * @slot: slot of the address.
 *
 * Context: any.
 * Return: false when surely no member that is alive has this address.
 */
static inline bool lbvs_member_filter_test(const struct lbvs_net *ln, u32 slot)
{
	/* Not atomic_read(): this is compared where it is, in one instruction. */
	return data_race(ln->filter->count[slot].counter);
}

struct lbvs_member *lbvs_member_alloc(struct lbvs_net *ln,
				      struct lbvs_service *service,
				      const struct lbvs_pool *pool,
				      const struct lbvs_real *real);
void lbvs_member_put(struct lbvs_member *member);
void lbvs_member_totals(struct lbvs_service *service,
			struct lbvs_totals *totals, u32 *active_flows);

#endif /* _LBVS_MEMBER_H */
