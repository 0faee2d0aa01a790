// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is done to a ruleset that is not published yet: pools and services come
 * and go, and for each pool it is counted who uses it. So that nobody has to go
 * through all services to learn it: in one transaction it may be asked as often
 * as there are services.
 */
#include "ruleset.h"
#include "pool.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

/* A bigger array with the same entries, or NULL. */
static void *grow(const void *array, u32 n, u32 room, size_t size)
{
	void *bigger;

	bigger = kvcalloc(room, size, GFP_KERNEL_ACCOUNT);
	if (bigger)
		memcpy(bigger, array, array_size(n, size));
	return bigger;
}

static u32 *count_of(struct lbvs_ruleset *ruleset, const struct lbvs_rule *rule)
{
	int index = lbvs_ruleset_find_pool(ruleset, rule->pool->cfg.name);

	/* A pool that is used does not go. */
	return rule->cfg.family == NFPROTO_IPV4 ?
		&ruleset->users[index].n_ipv4 : &ruleset->users[index].n_ipv6;
}

static int make_room_for_rule(struct lbvs_ruleset *ruleset)
{
	u32 room = ruleset->room_rules * 2;
	struct lbvs_rule **rules;

	if (ruleset->n_rules < ruleset->room_rules)
		return 0;
	rules = grow(ruleset->rules, ruleset->n_rules, room, sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	kvfree(ruleset->rules);
	ruleset->rules = rules;
	ruleset->room_rules = room;
	return 0;
}

/**
 * lbvs_ruleset_insert_rule - add a service
 * @ruleset: a ruleset that is not published yet.
 * @index: where it belongs by its name.
 * @rule: the service; its pool is there. On success the caller's reference goes
 *	to the ruleset.
 *
 * Context: process, config_lock held.
 * Return: 0 or -ENOMEM.
 */
int lbvs_ruleset_insert_rule(struct lbvs_ruleset *ruleset, u32 index,
			     struct lbvs_rule *rule)
{
	if (make_room_for_rule(ruleset))
		return -ENOMEM;
	memmove(&ruleset->rules[index + 1], &ruleset->rules[index],
		(ruleset->n_rules - index) * sizeof(*ruleset->rules));
	ruleset->rules[index] = rule;
	ruleset->n_rules++;
	(*count_of(ruleset, rule))++;
	return 0;
}

/**
 * lbvs_ruleset_replace_rule - put another version of a service in its place
 * @ruleset: a ruleset that is not published yet.
 * @index: which service.
 * @rule: its new version; its pool is there. The caller's reference goes to the
 *	ruleset.
 *
 * Context: process, config_lock held.
 */
void lbvs_ruleset_replace_rule(struct lbvs_ruleset *ruleset, u32 index,
			       struct lbvs_rule *rule)
{
	(*count_of(ruleset, ruleset->rules[index]))--;
	lbvs_rule_put(ruleset->rules[index]);
	ruleset->rules[index] = rule;
	(*count_of(ruleset, rule))++;
}

/**
 * lbvs_ruleset_remove_rule - remove a service
 * @ruleset: a ruleset that is not published yet.
 * @index: which service.
 *
 * Context: process, config_lock held.
 */
void lbvs_ruleset_remove_rule(struct lbvs_ruleset *ruleset, u32 index)
{
	(*count_of(ruleset, ruleset->rules[index]))--;
	lbvs_rule_put(ruleset->rules[index]);
	ruleset->n_rules--;
	memmove(&ruleset->rules[index], &ruleset->rules[index + 1],
		(ruleset->n_rules - index) * sizeof(*ruleset->rules));
}

static int make_room_for_pool(struct lbvs_ruleset *ruleset)
{
	u32 room = ruleset->room_pools * 2;
	struct lbvs_users *users;
	struct lbvs_pool **pools;

	if (ruleset->n_pools < ruleset->room_pools)
		return 0;
	pools = grow(ruleset->pools, ruleset->n_pools, room, sizeof(*pools));
	users = grow(ruleset->users, ruleset->n_pools, room, sizeof(*users));
	if (!pools || !users) {
		kvfree(pools);
		kvfree(users);
		return -ENOMEM;
	}
	kvfree(ruleset->pools);
	kvfree(ruleset->users);
	ruleset->pools = pools;
	ruleset->users = users;
	ruleset->room_pools = room;
	return 0;
}

/**
 * lbvs_ruleset_insert_pool - add a pool
 * @ruleset: a ruleset that is not published yet.
 * @index: where it belongs by its name.
 * @pool: the pool; on success the caller's reference goes to the ruleset.
 *
 * Context: process, config_lock held.
 * Return: 0 or -ENOMEM.
 */
int lbvs_ruleset_insert_pool(struct lbvs_ruleset *ruleset, u32 index,
			     struct lbvs_pool *pool)
{
	u32 behind = ruleset->n_pools - index;

	if (make_room_for_pool(ruleset))
		return -ENOMEM;
	memmove(&ruleset->pools[index + 1], &ruleset->pools[index],
		behind * sizeof(*ruleset->pools));
	memmove(&ruleset->users[index + 1], &ruleset->users[index],
		behind * sizeof(*ruleset->users));
	ruleset->pools[index] = pool;
	memset(&ruleset->users[index], 0, sizeof(*ruleset->users));
	ruleset->n_pools++;
	return 0;
}

/**
 * lbvs_ruleset_remove_pool - remove a pool
 * @ruleset: a ruleset that is not published yet.
 * @index: which pool; no service uses it.
 *
 * Context: process, config_lock held.
 */
void lbvs_ruleset_remove_pool(struct lbvs_ruleset *ruleset, u32 index)
{
	u32 behind = --ruleset->n_pools - index;

	lbvs_pool_put(ruleset->pools[index]);
	memmove(&ruleset->pools[index], &ruleset->pools[index + 1],
		behind * sizeof(*ruleset->pools));
	memmove(&ruleset->users[index], &ruleset->users[index + 1],
		behind * sizeof(*ruleset->users));
}
