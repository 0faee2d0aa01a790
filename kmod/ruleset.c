// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The packet path finds a ruleset through one RCU pointer and follows it for
 * the length of one packet. A change clones the ruleset in force, edits the
 * clone, and swaps the pointer (config.c). The old one is retired: after a
 * grace period a worker drops its references, and what only it held is gone.
 * Pools and rules that did not change are shared by old and new.
 */
#include "ruleset.h"
#include "pool.h"

#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/* So much may wait to be freed, in services; who retires more waits for it. */
#define LBVS_RETIRED_MAX 65536
/* What a ruleset without services counts as. */
#define LBVS_RETIRED_LEAST 64

/* Objects that a clone has room for beyond what it starts with. */
#define LBVS_ROOM 8

static struct workqueue_struct *retire_queue;
static atomic_t retired;

static int burden(const struct lbvs_ruleset *ruleset)
{
	return LBVS_RETIRED_LEAST + ruleset->n_rules;
}

/**
 * lbvs_ruleset_clone - a new ruleset, equal so far, not published
 * @from: the ruleset to start from, or NULL for an empty one.
 *
 * The clone has no index yet.
 *
 * Context: process, config_lock held.
 * Return: the clone with its own references, or NULL.
 */
struct lbvs_ruleset *lbvs_ruleset_clone(const struct lbvs_ruleset *from)
{
	u32 n_rules = from ? from->n_rules : 0;
	u32 n_pools = from ? from->n_pools : 0;
	struct lbvs_ruleset *clone;
	u32 i;

	clone = kvzalloc(sizeof(*clone), GFP_KERNEL_ACCOUNT);
	if (!clone)
		return NULL;
	clone->room_rules = n_rules + LBVS_ROOM;
	clone->room_pools = n_pools + LBVS_ROOM;
	clone->rules = kvcalloc(clone->room_rules, sizeof(*clone->rules),
				GFP_KERNEL_ACCOUNT);
	clone->pools = kvcalloc(clone->room_pools, sizeof(*clone->pools),
				GFP_KERNEL_ACCOUNT);
	clone->users = kvcalloc(clone->room_pools, sizeof(*clone->users),
				GFP_KERNEL_ACCOUNT);
	if (!clone->rules || !clone->pools || !clone->users) {
		lbvs_ruleset_free(clone);
		return NULL;
	}

	if (from) {
		clone->generation = from->generation;
		clone->configured = from->configured;
	}
	for (i = 0; i < n_rules; i++)
		clone->rules[i] = lbvs_rule_get(from->rules[i]);
	clone->n_rules = n_rules;
	for (i = 0; i < n_pools; i++) {
		clone->pools[i] = lbvs_pool_get(from->pools[i]);
		clone->users[i].n_ipv4 = from->users[i].n_ipv4;
		clone->users[i].n_ipv6 = from->users[i].n_ipv6;
	}
	clone->n_pools = n_pools;
	return clone;
}

static u32 hash_endpoint(const union nf_inet_addr *addr, __be16 port, u8 proto,
			 u8 family)
{
	u32 low = (__force u32)port << 16 | proto << 8 | family;

	/* What is in the index is the operator's: no outsider can crowd a slot,
	 * so the hash needs no key.
	 */
	if (family == NFPROTO_IPV4)
		return hash_64((u64)(__force u32)addr->ip << 32 | low, 32);
	return jhash2((__force const u32 *)addr->all, 4, low);
}

/*
 * By the upper bits: into the lower ones of a product go only the lower ones of its
 * factors, and an IPv4 address has there what all of a network have in common.
 */
static u32 first_slot(const struct lbvs_ruleset *ruleset,
		      const union nf_inet_addr *addr, __be16 port, u8 proto,
		      u8 family)
{
	return hash_endpoint(addr, port, proto, family) >> ruleset->shift;
}

static bool same_endpoint(const struct lbvs_endpoint *a,
			  const union nf_inet_addr *addr, __be16 port, u8 proto,
			  u8 family)
{
	return a->port == port && a->proto == proto && a->family == family &&
	       nf_inet_addr_cmp(&a->addr, addr);
}

static int refuse_clash(const struct lbvs_rule *a, const struct lbvs_rule *b,
			struct lbvs_refusal *refusal)
{
	/* The one that was there first is not to blame. */
	const struct lbvs_rule *later = a->edit > b->edit ? a : b;

	lbvs_refuse(refusal, -EEXIST, LBVS_A_SERVICE_PORT,
		    "another service has this protocol, address and port");
	refusal->request = later->request;
	return -EEXIST;
}

static int index_port(struct lbvs_ruleset *ruleset,
		      const struct lbvs_rule *rule, __be16 port,
		      struct lbvs_refusal *refusal)
{
	const struct lbvs_service_cfg *cfg = &rule->cfg;
	struct lbvs_ruleset_slot *slot;
	u32 at;

	at = first_slot(ruleset, &cfg->addr, port, cfg->proto, cfg->family);
	for (;; at++) {
		slot = &ruleset->slots[at & ruleset->mask];
		if (!slot->rule)
			break;
		if (same_endpoint(&slot->endpoint, &cfg->addr, port, cfg->proto,
				  cfg->family))
			return refuse_clash(slot->rule, rule, refusal);
	}
	slot->endpoint.addr = cfg->addr;
	slot->endpoint.port = port;
	slot->endpoint.proto = cfg->proto;
	slot->endpoint.family = cfg->family;
	slot->rule = rule;
	return 0;
}

/**
 * lbvs_ruleset_index - build the index by which packets find their service
 * @ruleset: a ruleset whose rules are all compiled; not published yet.
 * @refusal: filled in when two services want one endpoint.
 *
 * Context: process.
 * Return: 0, -ENOMEM, or -EEXIST.
 */
int lbvs_ruleset_index(struct lbvs_ruleset *ruleset,
		       struct lbvs_refusal *refusal)
{
	u32 n_ports = 0;
	u32 n_slots;
	u32 i, j;
	int err;

	for (i = 0; i < ruleset->n_rules; i++)
		n_ports += ruleset->rules[i]->cfg.n_ports;
	if (!n_ports)
		return 0;

	/* At most half full: a miss is found out after a look or two. */
	n_slots = roundup_pow_of_two(n_ports * 2 + 2);
	ruleset->slots = kvcalloc(n_slots, sizeof(*ruleset->slots),
				  GFP_KERNEL_ACCOUNT);
	if (!ruleset->slots)
		return -ENOMEM;
	ruleset->mask = n_slots - 1;
	ruleset->shift = 32 - ilog2(n_slots);

	for (i = 0; i < ruleset->n_rules; i++) {
		const struct lbvs_rule *rule = ruleset->rules[i];

		__set_bit(lbvs_filter_slot(&rule->cfg.addr, rule->cfg.family,
					   LBVS_VIP_BITS),
			  ruleset->vips);
		for (j = 0; j < rule->cfg.n_ports; j++) {
			err = index_port(ruleset, rule,
					 htons(rule->cfg.ports[j]), refusal);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

/**
 * lbvs_ruleset_group - list for each pool the services that use it
 * @ruleset: a ruleset whose rules are all compiled; not published yet.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_ruleset_group(struct lbvs_ruleset *ruleset)
{
	struct lbvs_rule **rules;
	u32 i;

	ruleset->by_pool = kvcalloc(ruleset->n_rules, sizeof(*rules),
				    GFP_KERNEL_ACCOUNT);
	if (!ruleset->by_pool)
		return -ENOMEM;

	/* How many each has is known: so it is known where its list ends. */
	rules = ruleset->by_pool;
	for (i = 0; i < ruleset->n_pools; i++) {
		rules += lbvs_users_count(&ruleset->users[i]);
		ruleset->users[i].rules = rules;
	}
	for (i = ruleset->n_rules; i > 0; i--) {
		struct lbvs_rule *rule = ruleset->rules[i - 1];
		int index = lbvs_ruleset_find_pool(ruleset,
						   rule->pool->cfg.name);

		*--ruleset->users[index].rules = rule;
		cond_resched();
	}
	return 0;
}

/**
 * lbvs_ruleset_find - the service that a packet is sent to
 * @ruleset: the ruleset in force.
 * @tuple: the packet's tuple.
 *
 * Context: under RCU.
 * Return: the service, or NULL.
 */
const struct lbvs_rule *lbvs_ruleset_find(const struct lbvs_ruleset *ruleset,
					  const struct lbvs_tuple *tuple)
{
	const struct lbvs_ruleset_slot *slot;
	u32 at;

	if (!ruleset->slots)
		return NULL;

	at = first_slot(ruleset, &tuple->dst, tuple->dport, tuple->proto,
			tuple->family);
	for (;; at++) {
		slot = &ruleset->slots[at & ruleset->mask];
		if (!slot->rule)
			return NULL;
		if (same_endpoint(&slot->endpoint, &tuple->dst, tuple->dport,
				  tuple->proto, tuple->family))
			return slot->rule;
	}
}

/**
 * lbvs_ruleset_free - drop a ruleset that no packet can see
 * @ruleset: the ruleset, or NULL.
 *
 * Context: process, may sleep.
 */
void lbvs_ruleset_free(struct lbvs_ruleset *ruleset)
{
	u32 i;

	if (!ruleset)
		return;
	for (i = 0; i < ruleset->n_rules; i++) {
		lbvs_rule_put(ruleset->rules[i]);
		cond_resched();
	}
	for (i = 0; i < ruleset->n_pools; i++) {
		lbvs_pool_put(ruleset->pools[i]);
		cond_resched();
	}
	kvfree(ruleset->slots);
	kvfree(ruleset->rules);
	kvfree(ruleset->pools);
	kvfree(ruleset->users);
	kvfree(ruleset->by_pool);
	kvfree(ruleset);
}

static void retire_work(struct work_struct *work)
{
	struct lbvs_ruleset *ruleset = container_of(to_rcu_work(work),
						    struct lbvs_ruleset, retire);
	int freed = burden(ruleset);

	lbvs_ruleset_free(ruleset);
	atomic_sub(freed, &retired);
}

/**
 * lbvs_ruleset_retire - free a ruleset once no packet can see it any more
 * @ruleset: a ruleset that was just replaced.
 *
 * Changes can come faster than grace periods end. So that memory does not fill
 * with what was replaced, now and then a change waits until it is freed.
 *
 * Context: process, may sleep.
 */
void lbvs_ruleset_retire(struct lbvs_ruleset *ruleset)
{
	bool full = atomic_add_return(burden(ruleset), &retired) >
		    LBVS_RETIRED_MAX;

	INIT_RCU_WORK(&ruleset->retire, retire_work);
	queue_rcu_work(retire_queue, &ruleset->retire);
	if (full)
		lbvs_ruleset_drain_retired();
}

/**
 * lbvs_ruleset_drain_retired - wait until all that were retired are freed
 *
 * Context: process, may sleep.
 */
void lbvs_ruleset_drain_retired(void)
{
	rcu_barrier();
	flush_workqueue(retire_queue);
}

/**
 * lbvs_ruleset_find_rule - look for a service by name
 * @ruleset: the ruleset.
 * @name: the name.
 *
 * Return: its index, or, if there is none, -1 less the index where it belongs.
 */
int lbvs_ruleset_find_rule(const struct lbvs_ruleset *ruleset, const char *name)
{
	int low = 0;
	int high = (int)ruleset->n_rules - 1;

	while (low <= high) {
		int middle = low + (high - low) / 2;
		int order = strcmp(name, ruleset->rules[middle]->cfg.name);

		if (!order)
			return middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -1 - low;
}

/**
 * lbvs_ruleset_find_pool - look for a pool by name
 * @ruleset: the ruleset.
 * @name: the name.
 *
 * Return: its index, or, if there is none, -1 less the index where it belongs.
 */
int lbvs_ruleset_find_pool(const struct lbvs_ruleset *ruleset, const char *name)
{
	int low = 0;
	int high = (int)ruleset->n_pools - 1;

	while (low <= high) {
		int middle = low + (high - low) / 2;
		int order = strcmp(name, ruleset->pools[middle]->cfg.name);

		if (!order)
			return middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -1 - low;
}

/**
 * lbvs_ruleset_setup - what rulesets need once in the module's life
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_ruleset_setup(void)
{
	retire_queue = alloc_workqueue("lbvs", WQ_UNBOUND, 0);
	return retire_queue ? 0 : -ENOMEM;
}

/**
 * lbvs_ruleset_teardown - undo lbvs_ruleset_setup()
 *
 * Context: process; no ruleset is left in force.
 */
void lbvs_ruleset_teardown(void)
{
	lbvs_ruleset_drain_retired();
	destroy_workqueue(retire_queue);
}
