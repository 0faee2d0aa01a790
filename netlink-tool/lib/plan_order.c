// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The requests of a plan, in an order in which each is taken. The kernel
 * checks every one against what those before it have left:
 *
 *   a check can't leave a pool while a service requires it,
 *   a service can't require a check that its pool lacks,
 *   a pool can't go while a service uses it,
 *   services and reals of a pool are of one family,
 *   no two reals of a pool have one address.
 *
 * So what goes goes first, services before reals; services change pools while
 * the reals that are to come are not there yet; and pools go last.
 */
#include <errno.h>
#include <stdlib.h>

#include "field.h"
#include "plan.h"

#define BIT(attr) (UINT64_C(1) << (attr))
#define KEY_POOL BIT(LBVS_A_POOL_NAME)
#define KEY_REAL (BIT(LBVS_A_REAL_POOL) | BIT(LBVS_A_REAL_NAME))
#define KEY_SERVICE BIT(LBVS_A_SERVICE_NAME)

static struct model_head *add(struct plan *plan, uint8_t cmd,
			      const struct plan_change *change,
			      const struct model_head *from, uint64_t attrs)
{
	struct plan_request *request = calloc(1, sizeof(*request));
	uint16_t attr;

	if (!request)
		return NULL;
	request->object = model_new(from->kind);
	if (!request->object) {
		free(request);
		return NULL;
	}
	for (attr = 1; attr < 64; attr++)
		if (attrs & BIT(attr))
			field_copy(request->object, from, attr);
	request->cmd = cmd;
	request->change = change;
	*plan->last_request = request;
	plan->last_request = &request->next;
	return request->object;
}

static bool goes(const struct plan_change *c)
{
	return c->action == PLAN_REMOVE || c->action == PLAN_REPLACE;
}

static bool comes(const struct plan_change *c)
{
	return c->action == PLAN_ADD || c->action == PLAN_REPLACE;
}

static int end_services(struct plan *plan, const struct plan_change *c)
{
	if (c->kind != MODEL_SERVICE || !goes(c))
		return 0;
	return add(plan, LBVS_CMD_SERVICE_DEL, c, c->before, KEY_SERVICE) ?
		0 : -ENOMEM;
}

/* What a service requires now and not then is not in the way of its pool. */
static int free_checks(struct plan *plan, const struct plan_change *c)
{
	const struct model_service *s = (const void *)c->before;
	struct model_head *m;

	if (c->kind != MODEL_SERVICE || c->action != PLAN_CHANGE ||
	    !(c->differ & (BIT(LBVS_A_SERVICE_REQUIRE) |
			   BIT(LBVS_A_SERVICE_POOL))) || !s->require.count)
		return 0;
	m = add(plan, LBVS_CMD_SERVICE_SET, c, c->before, KEY_SERVICE);
	if (!m)
		return -ENOMEM;
	m->set |= BIT(LBVS_A_SERVICE_REQUIRE);
	return 0;
}

static int end_reals(struct plan *plan, const struct plan_change *c)
{
	if (c->kind != MODEL_REAL || !goes(c))
		return 0;
	return add(plan, LBVS_CMD_REAL_DEL, c, c->before, KEY_REAL) ?
		0 : -ENOMEM;
}

static int set_pools(struct plan *plan, const struct plan_change *c)
{
	struct model_head *m = NULL;

	if (c->kind != MODEL_POOL || c->action == PLAN_REMOVE)
		return 0;
	if (c->action == PLAN_ADD)
		m = add(plan, LBVS_CMD_POOL_NEW, c, c->after, c->after->set);
	else
		m = add(plan, LBVS_CMD_POOL_SET, c, c->after,
			KEY_POOL | c->differ);
	return m ? 0 : -ENOMEM;
}

static int set_services(struct plan *plan, const struct plan_change *c)
{
	uint64_t attrs = KEY_SERVICE | c->differ;

	if (c->kind != MODEL_SERVICE || c->action != PLAN_CHANGE)
		return 0;
	/* They are taken from it by free_checks(). */
	if (c->differ & BIT(LBVS_A_SERVICE_POOL))
		attrs |= BIT(LBVS_A_SERVICE_REQUIRE);
	/* The kernel takes a new hash to be without a prefix. */
	if (c->differ & BIT(LBVS_A_SERVICE_HASH))
		attrs |= BIT(LBVS_A_SERVICE_HASH_PREFIX);
	/* As it does a new time to persist. */
	if (c->differ & BIT(LBVS_A_SERVICE_PERSIST))
		attrs |= BIT(LBVS_A_SERVICE_PERSIST_PREFIX);
	return add(plan, LBVS_CMD_SERVICE_SET, c, c->after, attrs) ?
		0 : -ENOMEM;
}

static int set_reals(struct plan *plan, const struct plan_change *c)
{
	struct model_head *m;

	if (c->kind != MODEL_REAL || c->action == PLAN_REMOVE)
		return 0;
	if (c->action == PLAN_CHANGE) {
		m = add(plan, LBVS_CMD_REAL_SET, c, c->after,
			KEY_REAL | c->differ);
		return m ? 0 : -ENOMEM;
	}
	m = add(plan, LBVS_CMD_REAL_NEW, c, c->after, c->after->set);
	if (!m)
		return -ENOMEM;
	/* With another address it is still the one that somebody drained. */
	if (c->before && !(m->set & BIT(LBVS_A_REAL_ADMIN)))
		field_copy(m, c->before, LBVS_A_REAL_ADMIN);
	return 0;
}

static int begin_services(struct plan *plan, const struct plan_change *c)
{
	if (c->kind != MODEL_SERVICE || !comes(c))
		return 0;
	return add(plan, LBVS_CMD_SERVICE_NEW, c, c->after, c->after->set) ?
		0 : -ENOMEM;
}

static int end_pools(struct plan *plan, const struct plan_change *c)
{
	if (c->kind != MODEL_POOL || c->action != PLAN_REMOVE)
		return 0;
	return add(plan, LBVS_CMD_POOL_DEL, c, c->before, KEY_POOL) ?
		0 : -ENOMEM;
}

int plan_order(struct plan *plan)
{
	static int (*const phases[])(struct plan *plan,
				     const struct plan_change *change) = {
		end_services, free_checks, end_reals, set_pools, set_services,
		set_reals, begin_services, end_pools,
	};
	const struct plan_change *change;
	size_t i;

	for (i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		for (change = plan->changes; change; change = change->next)
			if (phases[i](plan, change))
				return -ENOMEM;
	return 0;
}
