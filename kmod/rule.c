// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One service of a ruleset: compile it from its settings and its pool.
 */
#include "ruleset.h"
#include "affinity.h"
#include "member.h"
#include "pool.h"
#include "real.h"
#include "sched.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

/* With it the largest weights of the most reals, in percent, fit 31 bits. */
#define LBVS_WEIGHT_SPARE 4

/**
 * lbvs_rule_draft - a rule that is not compiled yet
 * @cfg: the settings; @cfg->require is about @pool.
 * @service: the service; the draft takes a reference of its own.
 * @pool: its pool, likewise.
 *
 * Context: process.
 * Return: the draft, with one reference; or NULL.
 */
struct lbvs_rule *lbvs_rule_draft(const struct lbvs_service_cfg *cfg,
				  struct lbvs_service *service,
				  struct lbvs_pool *pool)
{
	struct lbvs_rule *rule;

	rule = kzalloc(sizeof(*rule), GFP_KERNEL_ACCOUNT);
	if (!rule)
		return NULL;
	refcount_set(&rule->refs, 1);
	rule->cfg = *cfg;
	rule->service = lbvs_service_get(service);
	rule->pool = lbvs_pool_get(pool);
	return rule;
}

/**
 * lbvs_rule_get - take a reference
 * @rule: a rule to which the caller holds one.
 *
 * Return: @rule.
 */
struct lbvs_rule *lbvs_rule_get(struct lbvs_rule *rule)
{
	refcount_inc(&rule->refs);
	return rule;
}

/**
 * lbvs_rule_put - give a reference back
 * @rule: the rule.
 *
 * The last one frees at once: the rulesets that held the rule were freed after
 * a grace period, or were never published.
 *
 * Context: process.
 */
void lbvs_rule_put(struct lbvs_rule *rule)
{
	u32 i;

	if (!refcount_dec_and_test(&rule->refs))
		return;
	for (i = 0; i < rule->n_members; i++)
		lbvs_member_put(rule->members[i]);
	kvfree(rule->members);
	kvfree(rule->choices);
	lbvs_sched_put(rule->sched);
	lbvs_pool_put(rule->pool);
	lbvs_service_put(rule->service);
	kfree(rule);
}

/**
 * lbvs_rule_find_member - the member that stands for a real
 * @rule: the version of a service.
 * @id: identity of the real.
 * @hint: where it is likely to be: its place in the pool.
 *
 * Context: any; the caller holds the rule, by RCU or by a reference.
 * Return: the member, or NULL.
 */
struct lbvs_member *lbvs_rule_find_member(const struct lbvs_rule *rule, u64 id,
					  u32 hint)
{
	u32 i;

	/* Mostly nothing moved. */
	if (hint < rule->n_members && rule->members[hint]->real_id == id)
		return rule->members[hint];
	for (i = 0; i < rule->n_members; i++)
		if (rule->members[i]->real_id == id)
			return rule->members[i];
	return NULL;
}

/* Members are taken over from the rule before: flows and counters stay. */
static int fill_members(struct lbvs_net *ln, struct lbvs_rule *rule,
			const struct lbvs_rule *old)
{
	const struct lbvs_pool *pool = rule->pool;
	struct lbvs_member *member;
	u32 i;

	rule->members = kvcalloc(pool->n_reals, sizeof(*rule->members),
				 GFP_KERNEL_ACCOUNT);
	rule->choices = kvcalloc(pool->n_reals, sizeof(*rule->choices),
				 GFP_KERNEL_ACCOUNT);
	if (!rule->members || !rule->choices)
		return -ENOMEM;

	for (i = 0; i < pool->n_reals; i++) {
		const struct lbvs_real *real = pool->reals[i];

		member = old ? lbvs_rule_find_member(old, real->id, i) : NULL;
		if (member)
			lbvs_member_get(member);
		else
			member = lbvs_member_alloc(ln, rule->service, pool,
						   real);
		if (!member)
			return -ENOMEM;
		rule->members[i] = member;
		rule->n_members++;
	}
	return 0;
}

static void add_choice(struct lbvs_rule *rule, struct lbvs_sched_input *input,
		       u32 index, u32 share)
{
	const struct lbvs_real *real = rule->pool->reals[index];
	struct lbvs_sched_choice *choice = &input->choices[input->n++];

	choice->id = real->id;
	choice->weight = real->cfg.weight * share;
	choice->ramp = LBVS_SHARE_FULL;
	choice->addr = real->cfg.addr;
	rule->choices[rule->n_choices++] = rule->members[index];
}

/* Percent of its weight that a member is to have; 0: it is not to be chosen. */
typedef u32 (*share_fn)(const struct lbvs_rule *rule, u32 index);

static u32 share_usable(const struct lbvs_rule *rule, u32 index)
{
	const struct lbvs_real *real = rule->pool->reals[index];

	if (lbvs_real_state(real, &rule->demand, NULL) !=
	    LBVS_MEMBER_STATE_USABLE)
		return 0;
	return lbvs_real_share(real, &rule->demand);
}

/* What the operator said holds; what the prober said does not. */
static u32 share_enabled(const struct lbvs_rule *rule, u32 index)
{
	const struct lbvs_real_cfg *cfg = &rule->pool->reals[index]->cfg;

	return cfg->admin == LBVS_ADMIN_ENABLED && cfg->weight ?
	       LBVS_SHARE_FULL : 0;
}

/* The highest tier that is needed to have enough. */
static u32 highest_tier(const struct lbvs_rule *rule, share_fn share)
{
	u32 counts[LBVS_TIER_MAX + 1] = {};
	u32 n = 0, tier, i;

	for (i = 0; i < rule->n_members; i++)
		if (share(rule, i))
			counts[rule->pool->reals[i]->cfg.tier]++;
	for (tier = 0; tier < LBVS_TIER_MAX; tier++) {
		n += counts[tier];
		if (n >= rule->pool->cfg.min_usable)
			break;
	}
	return tier;
}

static void add_reserve(struct lbvs_rule *rule, share_fn share, u32 above)
{
	u32 tier, i;

	for (tier = above + 1; tier <= LBVS_TIER_MAX; tier++)
		for (i = 0; i < rule->n_members; i++)
			if (rule->pool->reals[i]->cfg.tier == tier &&
			    share(rule, i))
				rule->choices[rule->n_choices +
					      rule->n_reserve++] =
					rule->members[i];
}

static void choose(struct lbvs_rule *rule, struct lbvs_sched_input *input,
		   share_fn share)
{
	u32 highest = highest_tier(rule, share);
	u32 i;

	for (i = 0; i < rule->n_members; i++) {
		u32 percent = share(rule, i);

		if (percent && rule->pool->reals[i]->cfg.tier <= highest)
			add_choice(rule, input, i, percent);
	}
	add_reserve(rule, share, highest);
}

/* May a choice have to be passed over for another? */
static bool is_guarded(const struct lbvs_rule *rule)
{
	u32 i;

	if (rule->cfg.persist || rule->cfg.bound ||
	    lbvs_limits_any(&rule->cfg.limits))
		return true;
	/* Where clients are hashed a ramp is a matter of the table. */
	if (rule->ramps && !lbvs_sched_ops(rule->cfg.sched)->hashed)
		return true;
	for (i = 0; i < rule->n_members; i++)
		if (lbvs_limits_any(&rule->pool->reals[i]->cfg.limits))
			return true;
	return false;
}

/*
 * Weights come in hundredths, because of the shares. Where nobody has a part of
 * one, and so mostly, they go back to whole ones: tables that were built for
 * those are found again. Their sum has to fit 31 bits.
 */
static void scale_weights(struct lbvs_sched_input *input)
{
	u32 divisor = LBVS_SHARE_FULL;
	u64 total = 0;
	u32 i;

	for (i = 0; i < input->n; i++) {
		total += input->choices[i].weight;
		if (input->choices[i].weight % LBVS_SHARE_FULL)
			divisor = 1;
	}
	if (divisor == 1 && total > INT_MAX)
		divisor = LBVS_WEIGHT_SPARE;
	for (i = 0; i < input->n; i++)
		input->choices[i].weight =
			DIV_ROUND_UP(input->choices[i].weight, divisor);
}

static int build_sched(struct lbvs_rule *rule, struct lbvs_sched_input *input,
		       const struct lbvs_rule *old)
{
	const struct lbvs_sched_ops *ops = lbvs_sched_ops(rule->cfg.sched);
	struct lbvs_sched_table *table;

	if (!input->n)
		return 0;
	input->ops = ops;
	input->key = rule->pool->cfg.key;
	if (ops->size)
		input->size = rule->cfg.table_size ?:
			      ops->size(rule->pool->n_reals);

	table = lbvs_sched_build(rule->pool, input, old ? old->sched : NULL);
	if (IS_ERR(table))
		return PTR_ERR(table);
	rule->sched = table;
	return 0;
}

static int fill_choices(struct lbvs_rule *rule, const struct lbvs_demand *own,
			const struct lbvs_rule *old)
{
	struct lbvs_sched_input input = {};
	int err;

	input.choices = kvcalloc(rule->n_members, sizeof(*input.choices),
				 GFP_KERNEL);
	if (!input.choices)
		return -ENOMEM;

	rule->demand = rule->united;
	choose(rule, &input, share_usable);
	if (!input.n) {
		rule->demand = *own;
		choose(rule, &input, share_usable);
	}
	rule->state = LBVS_SERVICE_STATE_READY;
	if (!input.n && rule->cfg.when_empty == LBVS_WHEN_EMPTY_OPEN) {
		choose(rule, &input, share_enabled);
		rule->state = LBVS_SERVICE_STATE_OPEN;
	}
	if (!input.n)
		rule->state = LBVS_SERVICE_STATE_EMPTY;

	lbvs_rule_find_ramps(rule, old, &input);
	rule->guarded = is_guarded(rule);
	scale_weights(&input);
	err = build_sched(rule, &input, old);
	kvfree(input.choices);
	return err;
}

static int fill_affinity(struct lbvs_net *ln, struct lbvs_rule *rule)
{
	int err;

	if (!rule->cfg.persist)
		return 0;
	err = lbvs_affinity_init(ln);
	if (err)
		return err;
	rule->affinity = ln->affinity;
	rule->affinity_owner = lbvs_affinity_owner(&rule->cfg, rule->service,
						   rule->pool);
	return 0;
}

/**
 * lbvs_rule_compile - compile a service
 * @ln: network namespace.
 * @draft: the settings: a draft, or the rule of an older ruleset.
 * @pool: the pool to compile against; it has all checks that @draft requires.
 * @united: what it demands of a real together with others; NULL: it does not go
 *	together with any.
 * @old: the rule that is in force, or NULL for a new service.
 *
 * Context: process, config_lock held.
 * Return: the rule, with one reference, or an ERR_PTR(-ENOMEM).
 */
struct lbvs_rule *lbvs_rule_compile(struct lbvs_net *ln,
				    const struct lbvs_rule *draft,
				    struct lbvs_pool *pool,
				    const struct lbvs_demand *united,
				    const struct lbvs_rule *old)
{
	struct lbvs_demand own = {};
	struct lbvs_rule *rule;
	int err;

	lockdep_assert_held(&ln->config_lock);

	rule = lbvs_rule_draft(&draft->cfg, draft->service, pool);
	if (!rule)
		return ERR_PTR(-ENOMEM);
	rule->edit = draft->edit;
	rule->request = draft->request;
	err = lbvs_pool_translate(&draft->pool->cfg, &pool->cfg,
				  &rule->cfg.require);
	if (!err)
		err = fill_members(ln, rule, old);
	lbvs_real_demand(&own, rule->cfg.require, rule->cfg.initial);
	rule->united = united ? *united : own;
	if (!err)
		err = fill_choices(rule, &own, old);
	if (!err)
		err = fill_affinity(ln, rule);
	if (err) {
		lbvs_rule_put(rule);
		return ERR_PTR(err);
	}
	rule->compiled = true;
	return rule;
}
