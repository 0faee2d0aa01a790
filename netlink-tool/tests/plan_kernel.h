/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel made of model objects, as strict about requests as the real one. */
#ifndef LBVS_TOOL_PLAN_KERNEL_H
#define LBVS_TOOL_PLAN_KERNEL_H

#include "config.h"
#include "field.h"
#include "plan.h"
#include "test.h"
#include "value.h"

static void *find(struct model_list *list, const char *name, const char *pool)
{
	struct model_head *m;
	struct model_real *r;

	for (m = list->first; m; m = m->next) {
		r = (void *)m;
		switch (m->kind) {
		case MODEL_REAL:
			if (!strcmp(r->pool, pool) && !strcmp(r->name, name))
				return m;
			break;
		case MODEL_POOL:
			if (!strcmp(((struct model_pool *)m)->name, name))
				return m;
			break;
		default:
			if (!strcmp(((struct model_service *)m)->name, name))
				return m;
		}
	}
	return NULL;
}

static void drop(struct model_list *list, struct model_head *m)
{
	struct model_list left = { 0 };
	struct model_head *next, *one;

	for (one = list->first; one; one = next) {
		next = one->next;
		if (one == m)
			model_free(one);
		else
			model_list_add(&left, one);
	}
	*list = left;
}

static bool lacks(const struct model_pool *pool,
		  const struct model_checks *require)
{
	uint32_t i, j;

	for (i = 0; i < require->count; i++) {
		for (j = 0; j < pool->checks.count; j++)
			if (!strcmp(pool->checks.name[j], require->name[i]))
				break;
		if (j == pool->checks.count)
			return true;
	}
	return false;
}

static const char *judge_service(struct config *k, struct model_service *s)
{
	struct model_pool *pool = find(&k->pools, s->pool, NULL);
	struct model_real *r;

	if (!pool)
		return "there is no such pool";
	if (lacks(pool, &s->require))
		return "the pool lacks a check";
	model_for_each(r, &k->reals)
		if (!strcmp(r->pool, s->pool) && r->addr.len != s->addr.len)
			return "the family of the service";
	return NULL;
}

static const char *judge_real(struct config *k, struct model_real *real)
{
	struct model_service *s;
	struct model_real *r;

	model_for_each(r, &k->reals) {
		if (r == real || strcmp(r->pool, real->pool))
			continue;
		if (!order_addr(&r->addr, &real->addr))
			return "the address is taken";
		if (r->addr.len != real->addr.len)
			return "the family of the real";
	}
	model_for_each(s, &k->services)
		if (!strcmp(s->pool, real->pool) &&
		    s->addr.len != real->addr.len)
			return "the family of a service";
	return NULL;
}

static const char *judge_pool(struct config *k, struct model_pool *pool)
{
	struct model_service *s;

	model_for_each(s, &k->services)
		if (!strcmp(s->pool, pool->name) && lacks(pool, &s->require))
			return "a service requires a check";
	return NULL;
}

static const char *judge(struct config *k, struct model_head *m)
{
	switch (m->kind) {
	case MODEL_POOL:
		return judge_pool(k, (void *)m);
	case MODEL_REAL:
		return judge_real(k, (void *)m);
	default:
		return judge_service(k, (void *)m);
	}
}

static const char *obey_new(struct config *k, struct model_list *list,
			    const struct model_head *request)
{
	struct model_head *m = model_new(request->kind);

	field_merge(m, request);
	if (m->kind == MODEL_REAL) {
		struct model_real *r = (void *)m;

		if (!find(&k->pools, r->pool, NULL)) {
			model_free(m);
			return "there is no such pool";
		}
		if (!model_has(r, LBVS_A_REAL_ADMIN))
			r->admin = LBVS_ADMIN_ENABLED;
		model_mark(r, LBVS_A_REAL_ADMIN);
	}
	model_list_add(list, m);
	return judge(k, m);
}

static const char *obey_set(struct config *k, struct model_head *m,
			    const struct model_head *request)
{
	uint16_t attr;

	for (attr = 1; attr < 64; attr++)
		if (request->set & UINT64_C(1) << attr)
			field_copy(m, request, attr);
	return judge(k, m);
}

static const char *obey_pool_del(struct config *k, struct model_pool *pool)
{
	struct model_service *s;
	struct model_real *r;
	bool again = true;

	model_for_each(s, &k->services)
		if (!strcmp(s->pool, pool->name))
			return "a service uses the pool";
	while (again) {
		again = false;
		model_for_each(r, &k->reals)
			if (!strcmp(r->pool, pool->name)) {
				drop(&k->reals, &r->head);
				again = true;
				break;
			}
	}
	drop(&k->pools, &pool->head);
	return NULL;
}

/* NULL, or what it has against the request. */
static const char *obey(struct config *k, const struct plan_request *request)
{
	struct model_list *lists[] = {
		[MODEL_POOL] = &k->pools, [MODEL_REAL] = &k->reals,
		[MODEL_SERVICE] = &k->services,
	};
	const struct model_head *o = request->object;
	const struct model_real *r = (const void *)o;
	const char *name = o->kind == MODEL_REAL ? r->name :
			   o->kind == MODEL_POOL ?
			   ((const struct model_pool *)o)->name :
			   ((const struct model_service *)o)->name;
	struct model_head *m = find(lists[o->kind], name, r->pool);

	switch (request->cmd) {
	case LBVS_CMD_POOL_NEW:
	case LBVS_CMD_REAL_NEW:
	case LBVS_CMD_SERVICE_NEW:
		return m ? "the name is taken" :
			   obey_new(k, lists[o->kind], o);
	case LBVS_CMD_POOL_SET:
	case LBVS_CMD_REAL_SET:
	case LBVS_CMD_SERVICE_SET:
		return m ? obey_set(k, m, o) : "there is none to change";
	case LBVS_CMD_POOL_DEL:
		return m ? obey_pool_del(k, (void *)m) : "there is none";
	default:
		if (!m)
			return "there is none to remove";
		drop(lists[o->kind], m);
		return NULL;
	}
}

#endif
