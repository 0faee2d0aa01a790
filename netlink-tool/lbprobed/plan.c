// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "log.h"
#include "plan.h"

struct plan {
	const struct check_list *checks;
	const struct agent_view *view;
	const struct probe_means *means;
	struct index verdicts;
	struct target **targets;
	size_t count;
	size_t room;
};

static int compare_verdicts(const struct model_head *a,
			    const struct model_head *b)
{
	const struct model_verdict *x = (const struct model_verdict *)a;
	const struct model_verdict *y = (const struct model_verdict *)b;
	int order = strcmp(x->pool, y->pool);

	if (!order)
		order = strcmp(x->real, y->real);
	return order ? order : strcmp(x->check, y->check);
}

static const struct model_verdict *find_verdict(const struct index *index,
						const struct target *t)
{
	struct model_verdict key;

	model_init(&key.head, MODEL_VERDICT);
	snprintf(key.pool, sizeof(key.pool), "%s", t->check->pool);
	snprintf(key.real, sizeof(key.real), "%s", t->real);
	snprintf(key.check, sizeof(key.check), "%s", t->check->name);
	return (const struct model_verdict *)
		index_at(index, index_find(index, &key.head), &key.head);
}

static const struct model_pool *find_pool(const struct plan *plan,
					  const char *name)
{
	const struct model_pool *pool;

	model_for_each(pool, &plan->view->pools)
		if (!strcmp(pool->name, name))
			return pool;
	return NULL;
}

static bool has_check(const struct model_pool *pool, const char *name)
{
	uint32_t i;

	for (i = 0; i < pool->checks.count; i++)
		if (!strcmp(pool->checks.name[i], name))
			return true;
	return false;
}

/* All of it, unless the verdict says otherwise. */
static uint32_t share_of(const struct model_verdict *v)
{
	return model_has(v, LBVS_A_VERDICT_SHARE) ? v->share : 100;
}

static bool make_room(struct plan *plan)
{
	size_t room = plan->room ? plan->room * 2 : 64;
	struct target **targets;

	if (plan->count < plan->room)
		return true;
	targets = realloc(plan->targets, room * sizeof(targets[0]));
	if (!targets)
		return false;
	plan->targets = targets;
	plan->room = room;
	return true;
}

static int add_target(struct plan *plan, const struct check *check,
		      const struct model_real *real)
{
	const struct model_verdict *v;
	struct target *t;

	if (!make_room(plan))
		return -ENOMEM;
	t = target_new(check, plan->means, real->name, &real->addr);
	if (!t)
		return -ENOMEM;
	plan->targets[plan->count++] = t;
	v = find_verdict(&plan->verdicts, t);
	if (v && v->state > LBVS_VERDICT_STATE_UNKNOWN)
		target_restore(t, v->state, share_of(v), v->reason);
	return 0;
}

static int add_check(struct plan *plan, const struct check *check)
{
	const struct model_pool *pool = find_pool(plan, check->pool);
	const struct model_real *real;
	int err = 0;

	if (!pool) {
		log_error("there is no pool %s: its check %s is not made",
			  check->pool, check->name);
		return 0;
	}
	if (!has_check(pool, check->name)) {
		log_error("pool %s has no check %s: it is not made",
			  check->pool, check->name);
		return 0;
	}
	model_for_each(real, &plan->view->reals) {
		if (!err && !strcmp(real->pool, check->pool))
			err = add_target(plan, check, real);
	}
	return err;
}

int plan_targets(const struct check_list *checks,
		 const struct agent_view *view,
		 const struct probe_means *means, struct target ***targets,
		 size_t *count)
{
	struct plan plan = { .checks = checks, .view = view, .means = means };
	const struct check *check;
	size_t i;
	int err;

	err = index_build(&plan.verdicts, &view->verdicts, compare_verdicts);
	for (check = checks->first; check && !err; check = check->next)
		err = add_check(&plan, check);
	index_free(&plan.verdicts);
	if (err) {
		for (i = 0; i < plan.count; i++)
			target_free(plan.targets[i]);
		free(plan.targets);
		return err;
	}
	*targets = plan.targets;
	*count = plan.count;
	return 0;
}

/* What another prober or a person has set since, and what has gone stale. */
static bool is_ours(const struct model_verdict *v, const struct target *t,
		    const char *agent)
{
	return v->state == target_state(t) && share_of(v) == t->share &&
	       !v->stale && !strcmp(v->agent, agent);
}

void plan_compare(struct target **targets, size_t count,
		  const struct agent_view *view, const char *agent)
{
	const struct model_verdict *v;
	struct index index;
	size_t i;

	if (index_build(&index, &view->verdicts, compare_verdicts))
		return;
	for (i = 0; i < count; i++) {
		if (!targets[i]->owned)
			continue;
		v = find_verdict(&index, targets[i]);
		if (v && !is_ours(v, targets[i], agent))
			targets[i]->due = true;
	}
	index_free(&index);
}

void plan_verdict(struct model_verdict *v, const struct target *t)
{
	memcpy(v->pool, t->check->pool, sizeof(v->pool));
	memcpy(v->real, t->real, sizeof(v->real));
	memcpy(v->check, t->check->name, sizeof(v->check));
	memcpy(v->reason, t->reason, sizeof(v->reason));
	v->state = target_state(t);
	model_mark(v, LBVS_A_VERDICT_POOL);
	model_mark(v, LBVS_A_VERDICT_REAL);
	model_mark(v, LBVS_A_VERDICT_CHECK);
	model_mark(v, LBVS_A_VERDICT_STATE);
	model_mark(v, LBVS_A_VERDICT_REASON);
	v->share = t->share;
	model_mark(v, LBVS_A_VERDICT_SHARE);
}
