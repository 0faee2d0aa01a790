// SPDX-License-Identifier: GPL-2.0-or-later
#include "config.h"
#include "flow.h"

#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/string.h>

static const u32 default_timeouts[LBVS_TIMEOUTS] = {
	[LBVS_TIMEOUT_ESTABLISHED] = 2400,
	[LBVS_TIMEOUT_SYN] = 30,
	[LBVS_TIMEOUT_FIN] = 60,
	[LBVS_TIMEOUT_CLOSED] = 5,
	[LBVS_TIMEOUT_UDP] = 60,
};

static void set_defaults(struct lbvs_service_cfg *cfg)
{
	int i;

	if (!cfg->sched)
		cfg->sched = LBVS_SCHED_RR;
	if (!cfg->hash)
		cfg->hash = LBVS_HASH_SOURCE;
	if (!cfg->when_empty)
		cfg->when_empty = LBVS_WHEN_EMPTY_OPEN;
	if (!cfg->initial)
		cfg->initial = LBVS_INITIAL_UP;
	if (!cfg->on_down)
		cfg->on_down = LBVS_ON_DOWN_KEEP;
	if (!cfg->snat)
		cfg->snat = LBVS_SNAT_OFF;
	if (!cfg->persist_scope)
		cfg->persist_scope = LBVS_PERSIST_SCOPE_POOL;
	for (i = 0; i < LBVS_TIMEOUTS; i++)
		if (!cfg->timeouts[i])
			cfg->timeouts[i] = default_timeouts[i];
}

static int resolve_require(const struct lbvs_service_edit *edit,
			   const struct lbvs_pool *pool, u32 *require,
			   struct lbvs_refusal *refusal)
{
	u32 checks = 0;
	u32 i;

	for (i = 0; i < edit->n_require; i++) {
		int index = lbvs_pool_find_check(&pool->cfg, edit->require[i]);

		if (index < 0) {
			lbvs_refuse(refusal, -ENOENT, LBVS_A_SERVICE_REQUIRE,
				    "the pool has no check of this name");
			refusal->entry = i + 1;
			return -ENOENT;
		}
		checks |= BIT(index);
	}
	*require = checks;
	return 0;
}

static int check_family(const struct lbvs_service_cfg *cfg,
			const struct lbvs_pool *pool, u16 attr,
			struct lbvs_refusal *refusal)
{
	if (pool->n_reals && lbvs_pool_family(pool) != cfg->family)
		return lbvs_refuse(refusal, -EINVAL, attr,
				   "the reals of the pool have addresses of the other family");
	return 0;
}

static struct lbvs_rule *draft(const struct lbvs_stage *stage,
			       const struct lbvs_service_cfg *cfg,
			       struct lbvs_service *service,
			       struct lbvs_pool *pool)
{
	struct lbvs_rule *rule;

	rule = lbvs_rule_draft(cfg, service, pool);
	if (!rule)
		return NULL;
	rule->edit = ++stage->ln->edits;
	rule->request = stage->request;
	return rule;
}

static struct lbvs_rule *draft_new(const struct lbvs_stage *stage,
				   const struct lbvs_service_cfg *cfg,
				   struct lbvs_pool *pool)
{
	struct lbvs_service *service;
	struct lbvs_rule *rule;

	service = lbvs_service_alloc(cfg->name);
	if (!service)
		return NULL;
	rule = draft(stage, cfg, service, pool);
	lbvs_service_put(service);
	return rule;
}

/**
 * lbvs_config_service_add - add a service
 * @stage: the change.
 * @arg: struct lbvs_service_edit.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_service_add(struct lbvs_stage *stage, const void *arg,
			    struct lbvs_refusal *refusal)
{
	const struct lbvs_service_edit *edit = arg;
	struct lbvs_service_cfg cfg = edit->cfg;
	struct lbvs_pool *pool;
	struct lbvs_rule *rule;
	int index, pool_index;
	int err;

	index = lbvs_ruleset_find_rule(stage->next, cfg.name);
	if (index >= 0)
		return lbvs_refuse(refusal, -EEXIST, LBVS_A_SERVICE_NAME,
				   "there is a service of this name already");
	if (stage->next->n_rules >= LBVS_SERVICES_MAX)
		return lbvs_refuse(refusal, -ENOSPC, LBVS_A_SERVICE_NAME,
				   "there are too many services");
	pool_index = lbvs_config_need_pool(stage, edit->pool,
					   LBVS_A_SERVICE_POOL, refusal);
	if (pool_index < 0)
		return pool_index;
	pool = stage->next->pools[pool_index];

	set_defaults(&cfg);
	err = lbvs_service_check(&cfg, refusal);
	if (!err)
		err = check_family(&cfg, pool, LBVS_A_SERVICE_POOL, refusal);
	if (!err)
		err = resolve_require(edit, pool, &cfg.require, refusal);
	if (err)
		return err;

	rule = draft_new(stage, &cfg, pool);
	if (!rule)
		return -ENOMEM;
	if (lbvs_ruleset_insert_rule(stage->next, -1 - index, rule)) {
		lbvs_rule_put(rule);
		return -ENOMEM;
	}
	stage->changed = true;
	return 0;
}

static void merge(struct lbvs_service_cfg *cfg,
		  const struct lbvs_service_edit *edit)
{
	const struct lbvs_service_cfg *set = &edit->cfg;
	int i;

	if (set->n_ports) {
		cfg->n_ports = set->n_ports;
		memcpy(cfg->ports, set->ports, sizeof(cfg->ports));
	}
	if (set->sched)
		cfg->sched = set->sched;
	if (set->hash) {
		cfg->hash = set->hash;
		cfg->hash_prefix = 0;
	}
	if (set->when_empty)
		cfg->when_empty = set->when_empty;
	if (set->initial)
		cfg->initial = set->initial;
	if (set->on_down)
		cfg->on_down = set->on_down;
	if (set->snat)
		cfg->snat = set->snat;
	if (edit->set_prefix)
		cfg->hash_prefix = set->hash_prefix;
	if (edit->set_table_size)
		cfg->table_size = set->table_size;
	if (edit->set_to_port)
		cfg->to_port = set->to_port;
	if (edit->set_limit_flows)
		cfg->limits.flows = set->limits.flows;
	if (edit->set_limit_rate)
		cfg->limits.rate = set->limits.rate;
	if (edit->set_bound)
		cfg->bound = set->bound;
	if (edit->set_persist) {
		cfg->persist = set->persist;
		cfg->persist_prefix = 0;
	}
	if (edit->set_persist_prefix)
		cfg->persist_prefix = set->persist_prefix;
	if (set->persist_scope)
		cfg->persist_scope = set->persist_scope;
	if (edit->set_together)
		memcpy(cfg->together, set->together, sizeof(cfg->together));
	for (i = 0; i < LBVS_TIMEOUTS; i++)
		if (set->timeouts[i])
			cfg->timeouts[i] = set->timeouts[i];
}

static int merge_require(struct lbvs_service_cfg *cfg,
			 const struct lbvs_service_edit *edit,
			 const struct lbvs_pool *from,
			 const struct lbvs_pool *to,
			 struct lbvs_refusal *refusal)
{
	if (edit->set_require)
		return resolve_require(edit, to, &cfg->require, refusal);
	if (lbvs_pool_translate(&from->cfg, &to->cfg, &cfg->require))
		return lbvs_refuse(refusal, -ENOENT, LBVS_A_SERVICE_POOL,
				   "the pool lacks a check that the service requires");
	return 0;
}

static int service_index(const struct lbvs_stage *stage, const char *name,
			 struct lbvs_refusal *refusal)
{
	int index = lbvs_ruleset_find_rule(stage->next, name);

	if (index < 0)
		return lbvs_refuse(refusal, -ENOENT, LBVS_A_SERVICE_NAME,
				   "there is no service of this name");
	return index;
}

/**
 * lbvs_config_service_set - change a service
 * @stage: the change.
 * @arg: struct lbvs_service_edit.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_service_set(struct lbvs_stage *stage, const void *arg,
			    struct lbvs_refusal *refusal)
{
	const struct lbvs_service_edit *edit = arg;
	struct lbvs_rule *rule, *changed;
	struct lbvs_service_cfg cfg;
	struct lbvs_pool *pool;
	int index, pool_index;
	int err;

	index = service_index(stage, edit->cfg.name, refusal);
	if (index < 0)
		return index;
	rule = stage->next->rules[index];
	pool_index = lbvs_config_need_pool(stage,
					   *edit->pool ? edit->pool :
							 rule->pool->cfg.name,
					   LBVS_A_SERVICE_POOL, refusal);
	if (pool_index < 0)
		return pool_index;
	pool = stage->next->pools[pool_index];

	cfg = rule->cfg;
	merge(&cfg, edit);
	err = lbvs_service_check(&cfg, refusal);
	if (!err)
		err = check_family(&cfg, pool, LBVS_A_SERVICE_POOL, refusal);
	if (!err)
		err = merge_require(&cfg, edit, rule->pool, pool, refusal);
	if (err)
		return err;

	if (pool == rule->pool && !memcmp(&cfg, &rule->cfg, sizeof(cfg)))
		return 0;

	changed = draft(stage, &cfg, rule->service, pool);
	if (!changed)
		return -ENOMEM;
	lbvs_ruleset_replace_rule(stage->next, index, changed);
	stage->changed = true;
	return 0;
}

/**
 * lbvs_config_service_del - remove a service
 * @stage: the change.
 * @arg: its name.
 * @refusal: filled in on failure.
 *
 * Return: 0 or -errno.
 */
int lbvs_config_service_del(struct lbvs_stage *stage, const void *arg,
			    struct lbvs_refusal *refusal)
{
	int index;

	index = service_index(stage, arg, refusal);
	if (index < 0)
		return index;
	lbvs_ruleset_remove_rule(stage->next, index);
	stage->changed = true;
	return 0;
}
