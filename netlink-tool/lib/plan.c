// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "plan.h"
#include "words.h"

#define BIT(attr) (UINT64_C(1) << (attr))

const struct words_entry words_plan_action[] = {
	{ PLAN_ADD, "add" },
	{ PLAN_CHANGE, "change" },
	{ PLAN_REPLACE, "replace" },
	{ PLAN_REMOVE, "remove" },
	{ 0, NULL }
};

static int build_side(struct plan_side *side, const struct config *config)
{
	side->config = config;
	if (index_build(&side->pools, &config->pools, order_pools) ||
	    index_build(&side->reals, &config->reals, order_reals) ||
	    index_build(&side->services, &config->services, order_services) ||
	    index_build(&side->together, &config->services, order_together) ||
	    index_build(&side->arms, &config->arms, order_arms))
		return -ENOMEM;
	return 0;
}

static void free_side(struct plan_side *side)
{
	index_free(&side->pools);
	index_free(&side->reals);
	index_free(&side->services);
	index_free(&side->together);
	index_free(&side->arms);
}

static struct plan_change *add_change(struct plan *plan,
				      enum plan_action action,
				      enum model_kind kind,
				      const struct model_head *before,
				      const struct model_head *after)
{
	struct plan_change *change = calloc(1, sizeof(*change));

	if (!change)
		return NULL;
	change->action = action;
	change->kind = kind;
	change->before = before;
	change->after = after;
	*plan->last_change = change;
	plan->last_change = &change->next;
	return change;
}

/* What the kernel does not let be changed. */
static uint64_t fixed(enum model_kind kind)
{
	switch (kind) {
	case MODEL_REAL:
		return BIT(LBVS_A_REAL_ADDR);
	case MODEL_SERVICE:
		return BIT(LBVS_A_SERVICE_PROTO) | BIT(LBVS_A_SERVICE_ADDR);
	default:
		return 0;
	}
}

/* What the file leaves open may be anything. */
static uint64_t difference(const struct model_head *before,
			   const struct model_head *after)
{
	uint64_t differ = 0;
	uint16_t attr;

	for (attr = 1; attr < 64; attr++)
		if (after->set & BIT(attr) && !field_equal(before, after, attr))
			differ |= BIT(attr);
	return differ;
}

/* Of an object that the file has; "before" is NULL if nothing else does. */
static int differ_one(struct plan *plan, const struct model_head *before,
		      const struct model_head *after)
{
	struct plan_change *change;
	uint64_t differ;

	if (!before)
		return add_change(plan, PLAN_ADD, after->kind, NULL, after) ?
			0 : -ENOMEM;
	differ = difference(before, after);
	if (!differ)
		return 0;
	change = add_change(plan, differ & fixed(after->kind) ? PLAN_REPLACE :
							       PLAN_CHANGE,
			    after->kind, before, after);
	if (!change)
		return -ENOMEM;
	change->differ = differ;
	return 0;
}

static int remove_one(struct plan *plan, const struct model_head *before)
{
	return add_change(plan, PLAN_REMOVE, before->kind, before, NULL) ?
		0 : -ENOMEM;
}

static int differ_pools(struct plan *plan)
{
	const struct model_pool *pool, *other;

	model_for_each(pool, &plan->after.config->pools) {
		other = order_find_pool(&plan->before.pools, pool->name);
		if (differ_one(plan, other ? &other->head : NULL, &pool->head))
			return -ENOMEM;
	}
	model_for_each(pool, &plan->before.config->pools)
		if (!order_find_pool(&plan->after.pools, pool->name) &&
		    remove_one(plan, &pool->head))
			return -ENOMEM;
	return 0;
}

static int differ_reals(struct plan *plan)
{
	const struct model_real *r, *other;

	model_for_each(r, &plan->after.config->reals) {
		other = order_find_real(&plan->before.reals, r->pool, r->name);
		if (differ_one(plan, other ? &other->head : NULL, &r->head))
			return -ENOMEM;
	}
	model_for_each(r, &plan->before.config->reals)
		if (!order_find_real(&plan->after.reals, r->pool, r->name) &&
		    remove_one(plan, &r->head))
			return -ENOMEM;
	return 0;
}

static int differ_services(struct plan *plan)
{
	const struct model_service *s, *other;

	model_for_each(s, &plan->after.config->services) {
		other = order_find_service(&plan->before.services, s->name);
		if (differ_one(plan, other ? &other->head : NULL, &s->head))
			return -ENOMEM;
	}
	model_for_each(s, &plan->before.config->services)
		if (!order_find_service(&plan->after.services, s->name) &&
		    remove_one(plan, &s->head))
			return -ENOMEM;
	return 0;
}

static int differ_arms(struct plan *plan)
{
	const struct model_arm *arm;

	if (!plan->after.config->has_arms)
		return 0;
	model_for_each(arm, &plan->after.config->arms)
		if (!order_find_arm(&plan->before.arms, arm->dev) &&
		    differ_one(plan, NULL, &arm->head))
			return -ENOMEM;
	model_for_each(arm, &plan->before.config->arms)
		if (!order_find_arm(&plan->after.arms, arm->dev) &&
		    remove_one(plan, &arm->head))
			return -ENOMEM;
	return 0;
}

int plan_differ(struct plan *plan)
{
	if (differ_pools(plan) || differ_reals(plan) || differ_services(plan) ||
	    differ_arms(plan))
		return -ENOMEM;
	return 0;
}

int plan_make(struct plan *plan, const struct config *live,
	      const struct model_list *verdicts, const struct config *file)
{
	memset(plan, 0, sizeof(*plan));
	plan->last_change = &plan->changes;
	plan->last_request = &plan->requests;
	plan->last_move = &plan->moves;
	if (build_side(&plan->before, live) || build_side(&plan->after, file) ||
	    plan_differ(plan) || plan_order(plan) ||
	    plan_share(plan, verdicts))
		return -ENOMEM;
	return 0;
}

void plan_free(struct plan *plan)
{
	struct plan_change *change;
	struct plan_request *request;
	struct plan_move *move;

	while ((change = plan->changes)) {
		plan->changes = change->next;
		free(change);
	}
	while ((request = plan->requests)) {
		plan->requests = request->next;
		model_free(request->object);
		free(request);
	}
	while ((move = plan->moves)) {
		plan->moves = move->next;
		free(move);
	}
	free_side(&plan->before);
	free_side(&plan->after);
}
