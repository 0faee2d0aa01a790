/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compiled configuration, immutable once published. */
#ifndef _LBVS_RULESET_H
#define _LBVS_RULESET_H

#include <linux/bitmap.h>
#include <linux/lbvs.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "net.h"
#include "packet.h"
#include "real.h"
#include "service.h"
#include "types.h"

struct lbvs_affinity;
struct lbvs_member;
struct lbvs_pool;
struct lbvs_sched_input;
struct lbvs_sched_table;

/**
 * struct lbvs_rule - one service, compiled
 * @sched: table of the scheduler, or NULL: nobody may be chosen.
 * @choices: the members that @sched chooses among; behind them the reserve,
 *	those of higher tiers that are usable too, by tier.
 * @n_choices: number of the former.
 * @n_reserve: number of the latter.
 * @guarded: a choice may have to be passed over, see choose.c.
 * @ramps: a choice had a ramp when this was compiled.
 * @state: how the service stands.
 * @ready: since when there was always one of those usable that were so before,
 *	get_jiffies_64().
 * @affinity: what it remembers of clients, or NULL.
 * @affinity_owner: whose clients they are.
 * @refs: one for each ruleset that holds it.
 * @service: what outlives this version.
 * @pool: the version of the pool that it was compiled against. In a rule that
 *	is only a draft, the one that @cfg.require is about.
 * @cfg: the configuration.
 * @n_members: number of members; 0 in a draft.
 * @members: the members, in the order of the pool's reals; NULL in a draft.
 * @united: what it demands of a real together with others.
 * @demand: what counts: that, or, if no real would be usable, its own.
 * @compiled: not a draft.
 * @ramped: a choice of the version before had a ramp.
 * @edit: number of the edit that brought it in, for who has to be blamed.
 * @request: number of the request that the edit came by.
 */
struct lbvs_rule {
	struct lbvs_sched_table *sched;
	struct lbvs_member **choices;
	u32 n_choices;
	u32 n_reserve;
	bool guarded;
	bool ramps;
	enum lbvs_service_state state;
	u64 ready;
	const struct lbvs_affinity *affinity;
	u64 affinity_owner;

	refcount_t refs;
	struct lbvs_service *service;
	struct lbvs_pool *pool;
	struct lbvs_service_cfg cfg;
	u32 n_members;
	struct lbvs_member **members;
	struct lbvs_demand united;
	struct lbvs_demand demand;
	bool compiled;
	bool ramped;
	u64 edit;
	u32 request;
};

/* A place of the index; empty without a rule. */
struct lbvs_ruleset_slot {
	struct lbvs_endpoint endpoint;
	const struct lbvs_rule *rule;
};

/**
 * struct lbvs_users - the services that use a pool
 * @n_ipv4: number of those with an IPv4 address.
 * @n_ipv6: number of those with an IPv6 address.
 * @rules: these services; NULL until the ruleset is compiled.
 */
struct lbvs_users {
	u32 n_ipv4;
	u32 n_ipv6;
	struct lbvs_rule **rules;
};

static inline u32 lbvs_users_count(const struct lbvs_users *users)
{
	return users->n_ipv4 + users->n_ipv6;
}

/**
 * struct lbvs_ruleset - all there is in one network namespace
 * @vips: a bit for each slot that the address of a service has.
 * @slots: index of endpoints, open addressing; NULL without services.
 * @mask: number of slots less one, a power of two less one.
 * @shift: by so much a hash of 32 bits is too long for a slot.
 * @generation: raised by each change.
 * @configured: generation of the last change that was more than verdicts.
 * @n_rules: number of services.
 * @n_pools: number of pools.
 * @rules: the services, sorted by name.
 * @pools: the pools, sorted by name.
 * @room_rules: how many services @rules has room for.
 * @room_pools: how many pools @pools has room for.
 * @users: for each pool the services that use it.
 * @by_pool: what their lists are parts of; NULL until the ruleset is compiled.
 * @retire: frees it in process context, after a grace period.
 */
struct lbvs_ruleset {
	DECLARE_BITMAP(vips, 1 << LBVS_VIP_BITS);
	struct lbvs_ruleset_slot *slots;
	u32 mask;
	u32 shift;

	u32 generation;
	u32 configured;
	u32 n_rules;
	u32 n_pools;
	u32 room_rules;
	u32 room_pools;
	struct lbvs_rule **rules;
	struct lbvs_pool **pools;
	struct lbvs_users *users;
	struct lbvs_rule **by_pool;
	struct rcu_work retire;
};

/**
 * lbvs_ruleset_filter_test - may an address be a service's?
 * @ruleset: the ruleset in force.
 * @slot: slot of the address.
 *
 * Context: under RCU.
 * Return: false when surely no service has this address.
 */
static inline bool lbvs_ruleset_filter_test(const struct lbvs_ruleset *ruleset,
					    u32 slot)
{
	return test_bit(slot, ruleset->vips);
}

/* drafts and compiled rules */
struct lbvs_rule *lbvs_rule_draft(const struct lbvs_service_cfg *cfg,
				  struct lbvs_service *service,
				  struct lbvs_pool *pool);
struct lbvs_rule *lbvs_rule_get(struct lbvs_rule *rule);
struct lbvs_member *lbvs_rule_find_member(const struct lbvs_rule *rule, u64 id,
					  u32 hint);
void lbvs_rule_put(struct lbvs_rule *rule);
struct lbvs_rule *lbvs_rule_compile(struct lbvs_net *ln,
				    const struct lbvs_rule *draft,
				    struct lbvs_pool *pool,
				    const struct lbvs_demand *united,
				    const struct lbvs_rule *old);
void lbvs_rule_find_ramps(struct lbvs_rule *rule, const struct lbvs_rule *old,
			  struct lbvs_sched_input *input);
void lbvs_rule_tell_ramps(const struct lbvs_rule *rule,
			  const struct lbvs_rule *old);
bool lbvs_rule_tend_ramps(const struct lbvs_rule *rule);

/* rulesets */
struct lbvs_ruleset *lbvs_ruleset_clone(const struct lbvs_ruleset *from);
int lbvs_ruleset_insert_rule(struct lbvs_ruleset *ruleset, u32 index,
			     struct lbvs_rule *rule);
void lbvs_ruleset_replace_rule(struct lbvs_ruleset *ruleset, u32 index,
			       struct lbvs_rule *rule);
void lbvs_ruleset_remove_rule(struct lbvs_ruleset *ruleset, u32 index);
int lbvs_ruleset_insert_pool(struct lbvs_ruleset *ruleset, u32 index,
			     struct lbvs_pool *pool);
void lbvs_ruleset_remove_pool(struct lbvs_ruleset *ruleset, u32 index);
int lbvs_ruleset_index(struct lbvs_ruleset *ruleset,
		       struct lbvs_refusal *refusal);
int lbvs_ruleset_group(struct lbvs_ruleset *ruleset);
void lbvs_ruleset_free(struct lbvs_ruleset *ruleset);
void lbvs_ruleset_retire(struct lbvs_ruleset *ruleset);
void lbvs_ruleset_drain_retired(void);
const struct lbvs_rule *
lbvs_ruleset_find(const struct lbvs_ruleset *ruleset,
		  const struct lbvs_tuple *tuple);
int lbvs_ruleset_find_rule(const struct lbvs_ruleset *ruleset,
			   const char *name);
int lbvs_ruleset_find_pool(const struct lbvs_ruleset *ruleset,
			   const char *name);

int lbvs_ruleset_setup(void);
void lbvs_ruleset_teardown(void);

#endif /* _LBVS_RULESET_H */
