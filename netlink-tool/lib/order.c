// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "order.h"

#define AS(type, m) ((const struct model_##type *)(const void *)(m))

int order_pools(const struct model_head *a, const struct model_head *b)
{
	return strcmp(AS(pool, a)->name, AS(pool, b)->name);
}

int order_services(const struct model_head *a, const struct model_head *b)
{
	return strcmp(AS(service, a)->name, AS(service, b)->name);
}

int order_together(const struct model_head *a, const struct model_head *b)
{
	int order = strcmp(AS(service, a)->pool, AS(service, b)->pool);

	return order ? order : strcmp(AS(service, a)->together,
				      AS(service, b)->together);
}

int order_arms(const struct model_head *a, const struct model_head *b)
{
	return strcmp(AS(arm, a)->dev, AS(arm, b)->dev);
}

int order_reals(const struct model_head *a, const struct model_head *b)
{
	int order = strcmp(AS(real, a)->pool, AS(real, b)->pool);

	return order ? order : strcmp(AS(real, a)->name, AS(real, b)->name);
}

int order_verdicts(const struct model_head *a, const struct model_head *b)
{
	int order = strcmp(AS(verdict, a)->pool, AS(verdict, b)->pool);

	if (!order)
		order = strcmp(AS(verdict, a)->real, AS(verdict, b)->real);
	if (!order)
		order = strcmp(AS(verdict, a)->check, AS(verdict, b)->check);
	return order;
}

int order_addr(const struct model_addr *a, const struct model_addr *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static const void *find(const struct index *index, const struct model_head *key)
{
	return index_at(index, index_find(index, key), key);
}

const struct model_pool *order_find_pool(const struct index *pools,
					 const char *name)
{
	struct model_pool key;

	model_init(&key.head, MODEL_POOL);
	snprintf(key.name, sizeof(key.name), "%s", name);
	return find(pools, &key.head);
}

const struct model_service *order_find_service(const struct index *services,
					       const char *name)
{
	struct model_service key;

	model_init(&key.head, MODEL_SERVICE);
	snprintf(key.name, sizeof(key.name), "%s", name);
	return find(services, &key.head);
}

const struct model_arm *order_find_arm(const struct index *arms,
				       const char *dev)
{
	struct model_arm key;

	model_init(&key.head, MODEL_ARM);
	snprintf(key.dev, sizeof(key.dev), "%s", dev);
	return find(arms, &key.head);
}

const struct model_verdict *order_find_verdict(const struct index *verdicts,
					       const char *pool,
					       const char *real,
					       const char *check)
{
	struct model_verdict key;

	model_init(&key.head, MODEL_VERDICT);
	snprintf(key.pool, sizeof(key.pool), "%s", pool);
	snprintf(key.real, sizeof(key.real), "%s", real);
	snprintf(key.check, sizeof(key.check), "%s", check);
	return find(verdicts, &key.head);
}

static void real_key(struct model_real *key, const char *pool, const char *name)
{
	model_init(&key->head, MODEL_REAL);
	snprintf(key->pool, sizeof(key->pool), "%s", pool);
	snprintf(key->name, sizeof(key->name), "%s", name);
}

const struct model_real *order_find_real(const struct index *reals,
					 const char *pool, const char *name)
{
	struct model_real key;

	real_key(&key, pool, name);
	return find(reals, &key.head);
}

size_t order_first_real(const struct index *reals, const char *pool)
{
	struct model_real key;

	real_key(&key, pool, "");
	return index_find(reals, &key.head);
}

const struct model_real *order_real_at(const struct index *reals, size_t at,
				       const char *pool)
{
	const struct model_real *r;

	if (at >= reals->count)
		return NULL;
	r = AS(real, reals->entry[at].object);
	return strcmp(r->pool, pool) ? NULL : r;
}
