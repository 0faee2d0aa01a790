// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Services of one pool that have the same word go together: what one of them
 * demands of a real, all do, so that they agree on which reals can be used. When
 * no real meets the demands of all, each goes by its own (see rule.c): better
 * that a client is served by two reals than by one that does not work.
 */
#include "together.h"
#include "pool.h"

#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

/* One that goes together with others, and its place in the ruleset. */
struct partner {
	const struct lbvs_rule *rule;
	u32 index;
};

static int compare_partners(const void *left, const void *right)
{
	const struct partner *a = left, *b = right;
	int order = strcmp(a->rule->cfg.together, b->rule->cfg.together);

	return order ?: strcmp(a->rule->pool->cfg.name, b->rule->pool->cfg.name);
}

static u32 count_partners(const struct lbvs_ruleset *ruleset)
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < ruleset->n_rules; i++)
		n += *ruleset->rules[i]->cfg.together != '\0';
	return n;
}

static void list_partners(const struct lbvs_ruleset *ruleset,
			  struct partner *partners, u32 n)
{
	u32 found = 0;
	u32 i;

	for (i = 0; i < ruleset->n_rules && found < n; i++) {
		if (!*ruleset->rules[i]->cfg.together)
			continue;
		partners[found].rule = ruleset->rules[i];
		partners[found++].index = i;
	}
	sort(partners, n, sizeof(*partners), compare_partners, NULL);
}

/* In terms of the pool's version in the ruleset: it may be a draft's no more. */
static int add_demand(struct lbvs_demand *demand, const struct lbvs_rule *rule,
		      const struct lbvs_pool *pool)
{
	u32 require = rule->cfg.require;
	int err = 0;

	if (rule->pool != pool)
		err = lbvs_pool_translate(&rule->pool->cfg, &pool->cfg,
					  &require);
	if (!err)
		lbvs_real_demand(demand, require, rule->cfg.initial);
	return err;
}

/* The partners that @first begins; their number, or -errno. */
static int unite_group(const struct lbvs_ruleset *ruleset,
		       const struct partner *first, u32 left,
		       struct lbvs_demand *demands)
{
	struct lbvs_demand united = {};
	const struct lbvs_pool *pool;
	int index, err;
	u32 n, i;

	index = lbvs_ruleset_find_pool(ruleset, first->rule->pool->cfg.name);
	if (WARN_ON_ONCE(index < 0))
		return -ENOENT;
	pool = ruleset->pools[index];
	for (n = 0; n < left && !compare_partners(first, &first[n]); n++) {
		err = add_demand(&united, first[n].rule, pool);
		if (err)
			return err;
	}
	for (i = 0; i < n; i++)
		demands[first[i].index] = united;
	return n;
}

/**
 * lbvs_together_unite - what services that go together demand of a real
 * @ruleset: a ruleset that is to be compiled, with its pools.
 * @demands: gets the demands by the place of the service in the ruleset, to be
 *	freed by kvfree(); only those that go together with others have any. NULL
 *	if there are none.
 *
 * Context: process, config_lock held.
 * Return: 0 or -errno.
 */
int lbvs_together_unite(const struct lbvs_ruleset *ruleset,
			struct lbvs_demand **demands)
{
	u32 n = count_partners(ruleset);
	struct partner *partners;
	int united = 0;
	u32 at;

	*demands = NULL;
	if (!n)
		return 0;
	partners = kvcalloc(n, sizeof(*partners), GFP_KERNEL);
	*demands = kvcalloc(ruleset->n_rules, sizeof(**demands), GFP_KERNEL);
	if (!partners || !*demands)
		united = -ENOMEM;
	if (!united)
		list_partners(ruleset, partners, n);
	for (at = 0; united >= 0 && at < n; at += united) {
		united = unite_group(ruleset, &partners[at], n - at, *demands);
		cond_resched();
	}
	kvfree(partners);
	if (united >= 0)
		return 0;
	kvfree(*demands);
	*demands = NULL;
	return united;
}

/* Is it by this service that the state of the member is in the way? */
static bool demands_it(const struct lbvs_rule *rule,
		       enum lbvs_member_state state, u32 check)
{
	struct lbvs_demand own = {};

	lbvs_real_demand(&own, rule->cfg.require, rule->cfg.initial);
	if (check == LBVS_CHECK_NONE)
		return own.whole_known;
	return (state == LBVS_MEMBER_STATE_UNKNOWN ? own.known : own.checks) &
	       BIT(check);
}

/**
 * lbvs_together_partner - by whose demand can a member not be used?
 * @ruleset: the ruleset in force.
 * @rule: the service of the member.
 * @state: the state of the member.
 * @check: the check that it is about, or LBVS_CHECK_NONE.
 *
 * Context: under RCU, or config_lock held.
 * Return: name of the service that goes together with @rule, or NULL: by the
 * demand of @rule, or of nobody.
 */
const char *lbvs_together_partner(const struct lbvs_ruleset *ruleset,
				  const struct lbvs_rule *rule,
				  enum lbvs_member_state state, u32 check)
{
	const struct lbvs_users *users;
	u32 i;

	if (!*rule->cfg.together || demands_it(rule, state, check) ||
	    (state != LBVS_MEMBER_STATE_CHECK_DOWN &&
	     state != LBVS_MEMBER_STATE_UNKNOWN))
		return NULL;
	users = &ruleset->users[lbvs_ruleset_find_pool(ruleset,
						       rule->pool->cfg.name)];
	for (i = 0; i < lbvs_users_count(users); i++) {
		const struct lbvs_rule *other = users->rules[i];

		if (!strcmp(other->cfg.together, rule->cfg.together) &&
		    demands_it(other, state, check))
			return other->cfg.name;
	}
	return NULL;
}
