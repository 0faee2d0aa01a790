// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which share of its clients a service that hashes would send to another real
 * than now. Both tables are made as the module makes them, of the reals that
 * are usable by what the verdicts say now; then they are compared.
 *
 * The key of a pool is random unless it was set, and then nobody can read it.
 * Any key gives tables that differ by about the same share.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "maglev.h"
#include "plan.h"

#define FULL 100	/* percent */

/* By whose demands reals are chosen. */
enum demand {
	OF_ALL,		/* the service's, and of those that it goes together with */
	ITS_OWN,
	OF_NOBODY,
};

/* All that decides which real a client gets. */
struct input {
	const struct model_service *service;
	const struct model_pool *pool;
	struct model_real *reals;	/* copies, weights in hundredths */
	uint32_t count;
	uint32_t in_pool;
	struct maglev_table table;
};

struct share {
	struct plan *plan;
	struct index verdicts;
};

/* The real of this name that is there now, if it is the same machine. */
static const struct model_real *live_real(const struct share *share,
					  const struct model_real *r)
{
	const struct model_real *live;

	live = order_find_real(&share->plan->before.reals, r->pool, r->name);
	return live && !order_addr(&live->addr, &r->addr) ? live : NULL;
}

static const struct model_verdict *find_verdict(const struct share *share,
						const struct model_real *r,
						const char *check)
{
	/* Those on a real that goes go with it. */
	if (!live_real(share, r))
		return NULL;
	return order_find_verdict(&share->verdicts, r->pool, r->name, check);
}

static bool is_known(const struct model_verdict *v)
{
	return v && v->state != LBVS_VERDICT_STATE_UNKNOWN;
}

static bool is_enabled(const struct share *share, const struct model_real *r)
{
	const struct model_real *live;

	/* The file need not say; what was said by hand holds then. */
	live = order_find_real(&share->plan->before.reals, r->pool, r->name);
	if (!model_has(r, LBVS_A_REAL_ADMIN) && live)
		return live->admin == LBVS_ADMIN_ENABLED && r->weight;
	if (model_has(r, LBVS_A_REAL_ADMIN) && r->admin != LBVS_ADMIN_ENABLED)
		return false;
	return r->weight;
}

static uint32_t smaller(uint32_t percent, const struct model_verdict *v)
{
	return v && model_has(v, LBVS_A_VERDICT_SHARE) && v->share < percent ?
		v->share : percent;
}

/* The share of its weight that a real has, in percent; 0: it is not usable. */
static uint32_t share_of(const struct share *share,
			 const struct model_service *s,
			 const struct model_real *r)
{
	const struct model_verdict *v = find_verdict(share, r, "");
	uint32_t percent = smaller(FULL, v), i;
	bool known = is_known(v) || s->require.count;

	if (!is_enabled(share, r))
		return 0;
	if (v && v->state == LBVS_VERDICT_STATE_DOWN)
		return 0;
	for (i = 0; i < s->require.count; i++) {
		v = find_verdict(share, r, s->require.name[i]);
		if (v && v->state == LBVS_VERDICT_STATE_DOWN)
			return 0;
		known = known && is_known(v);
		percent = smaller(percent, v);
	}
	return known || s->initial != LBVS_INITIAL_DOWN ? percent : 0;
}

static uint32_t share_of_all(const struct share *share,
			     const struct plan_side *side,
			     const struct model_service *s,
			     const struct model_real *r)
{
	uint32_t percent = share_of(share, s, r), other;
	const struct model_head *m;
	size_t at;

	if (!s->together[0])
		return percent;
	at = index_find(&side->together, &s->head);
	while (percent && (m = index_at(&side->together, at++, &s->head))) {
		other = share_of(share, (const struct model_service *)m, r);
		if (other < percent)
			percent = other;
	}
	return percent;
}

static void gather_reals(const struct share *share,
			 const struct plan_side *side, struct input *in,
			 enum demand demand)
{
	const struct model_service *s = in->service;
	const struct model_real *r;
	size_t at = order_first_real(&side->reals, s->pool);
	uint32_t percent;

	in->in_pool = 0;
	for (; (r = order_real_at(&side->reals, at, s->pool)); at++) {
		in->in_pool++;
		percent = is_enabled(share, r) ? FULL : 0;
		if (demand == OF_ALL)
			percent = share_of_all(share, side, s, r);
		else if (demand == ITS_OWN)
			percent = share_of(share, s, r);
		if (!percent)
			continue;
		in->reals[in->count] = *r;
		in->reals[in->count++].weight *= percent;
	}
}

/* The highest tier that is needed to have enough. */
static uint32_t highest_tier(const struct input *in)
{
	uint32_t counts[LBVS_TIER_MAX + 1] = { 0 }, tier, i, n = 0;

	for (i = 0; i < in->count; i++)
		counts[in->reals[i].tier]++;
	for (tier = 0; tier < LBVS_TIER_MAX; tier++) {
		n += counts[tier];
		if (n >= in->pool->min_usable)
			break;
	}
	return tier;
}

static void choose(const struct share *share, const struct plan_side *side,
		   struct input *in, enum demand demand)
{
	uint32_t highest, i, n = 0;

	gather_reals(share, side, in, demand);
	highest = highest_tier(in);
	for (i = 0; i < in->count; i++)
		if (in->reals[i].tier <= highest)
			in->reals[n++] = in->reals[i];
	in->count = n;
}

/* As the module does, so that tables come out the same to the slot. */
static void scale_weights(struct input *in)
{
	uint32_t i;

	for (i = 0; i < in->count; i++)
		if (in->reals[i].weight % FULL)
			return;
	for (i = 0; i < in->count; i++)
		in->reals[i].weight /= FULL;
}

static int gather(const struct share *share, const struct plan_side *side,
		  const struct model_service *s, struct input *in)
{
	memset(in, 0, sizeof(*in));
	in->service = s;
	in->pool = order_find_pool(&side->pools, s->pool);
	in->reals = calloc(LBVS_REALS_MAX, sizeof(*in->reals));
	if (!in->reals || !in->pool)
		return -ENOMEM;
	choose(share, side, in, OF_ALL);
	if (!in->count)
		choose(share, side, in, ITS_OWN);
	if (!in->count && s->when_empty == LBVS_WHEN_EMPTY_OPEN)
		choose(share, side, in, OF_NOBODY);
	scale_weights(in);
	return 0;
}

static void release(struct input *in)
{
	free(in->reals);
	maglev_free(&in->table);
}

/* Is a client's hash the same number before and after? */
static bool same_hash(const struct input *a, const struct input *b)
{
	if (a->service->hash != b->service->hash ||
	    a->service->hash_prefix != b->service->hash_prefix)
		return false;
	/* Moving to another pool is moving to another random key. */
	if (!model_has(b->pool, LBVS_A_POOL_HASH_KEY))
		return !strcmp(a->pool->name, b->pool->name);
	return model_has(a->pool, LBVS_A_POOL_HASH_KEY) &&
	       !memcmp(a->pool->hash_key, b->pool->hash_key, LBVS_KEY_SIZE);
}

static bool same_reals(const struct input *a, const struct input *b)
{
	uint32_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->reals[i].weight != b->reals[i].weight ||
		    order_addr(&a->reals[i].addr, &b->reals[i].addr))
			return false;
	return true;
}

/* With another hash a client meets its real again by chance alone. */
static uint32_t moved_by_chance(const struct input *a, const struct input *b)
{
	uint64_t sum_a = 0, sum_b = 0;
	double stay = 0;
	uint32_t i, j;

	for (i = 0; i < a->count; i++)
		sum_a += a->reals[i].weight;
	for (j = 0; j < b->count; j++)
		sum_b += b->reals[j].weight;
	for (i = 0; i < a->count; i++)
		for (j = 0; j < b->count; j++)
			if (!order_addr(&a->reals[i].addr, &b->reals[j].addr))
				stay += (double)a->reals[i].weight / sum_a *
					b->reals[j].weight / sum_b;
	return (1 - stay) * 1000000 + 0.5;
}

static int compare(struct input *a, struct input *b, uint32_t *clients)
{
	static const uint8_t any[LBVS_KEY_SIZE];
	const uint8_t *key = any;

	*clients = 0;
	if (!same_hash(a, b)) {
		if (a->count || b->count)
			*clients = moved_by_chance(a, b);
		return 0;
	}
	if (same_reals(a, b) && a->in_pool == b->in_pool &&
	    a->service->table_size == b->service->table_size)
		return 0;
	if (model_has(b->pool, LBVS_A_POOL_HASH_KEY))
		key = b->pool->hash_key;
	if (maglev_build(&a->table, a->service->table_size, a->in_pool,
			 a->reals, a->count, key) ||
	    maglev_build(&b->table, b->service->table_size, b->in_pool,
			 b->reals, b->count, key))
		return -ENOMEM;
	*clients = maglev_moved(&a->table, &b->table);
	return 0;
}

static int add_move(struct plan *plan, const struct model_service *s,
		    uint32_t clients)
{
	struct plan_move *move = calloc(1, sizeof(*move));

	if (!move)
		return -ENOMEM;
	move->service = s;
	move->clients = clients;
	*plan->last_move = move;
	plan->last_move = &move->next;
	return 0;
}

static int share_one(struct share *share, const struct model_service *before,
		     const struct model_service *after)
{
	struct plan *plan = share->plan;
	struct input a = { 0 }, b = { 0 };
	uint32_t clients = 0;
	int err;

	err = gather(share, &plan->before, before, &a);
	if (!err)
		err = gather(share, &plan->after, after, &b);
	if (!err)
		err = compare(&a, &b, &clients);
	if (!err && clients)
		err = add_move(plan, after, clients);
	release(&a);
	release(&b);
	return err;
}

int plan_share(struct plan *plan, const struct model_list *verdicts)
{
	struct share share = { .plan = plan };
	const struct model_service *s, *before;
	int err;

	if (!plan->changes)
		return 0;
	err = index_build(&share.verdicts, verdicts, order_verdicts);
	model_for_each(s, &plan->after.config->services) {
		if (err || s->sched != LBVS_SCHED_MAGLEV)
			continue;
		before = order_find_service(&plan->before.services, s->name);
		/* Clients of another address are others. */
		if (before && before->sched == LBVS_SCHED_MAGLEV &&
		    !order_addr(&before->addr, &s->addr))
			err = share_one(&share, before, s);
	}
	index_free(&share.verdicts);
	return err;
}
