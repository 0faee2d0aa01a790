// SPDX-License-Identifier: GPL-2.0-or-later
#include "pool.h"
#include "real.h"
#include "sched.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

static atomic64_t last_id;

static struct lbvs_pool *alloc_pool(const struct lbvs_pool_cfg *cfg, u64 id,
				    u32 n_reals)
{
	struct lbvs_pool *pool;

	pool = kvzalloc(struct_size(pool, reals, n_reals), GFP_KERNEL_ACCOUNT);
	if (!pool)
		return NULL;

	refcount_set(&pool->refs, 1);
	pool->id = id;
	pool->cfg = *cfg;
	INIT_LIST_HEAD(&pool->scheds);
	pool->n_reals = n_reals;
	return pool;
}

/**
 * lbvs_pool_alloc - first version of a new pool, without reals
 * @cfg: what the operator says.
 *
 * Context: process.
 * Return: the pool, with one reference; or NULL.
 */
struct lbvs_pool *lbvs_pool_alloc(const struct lbvs_pool_cfg *cfg)
{
	return alloc_pool(cfg, atomic64_inc_return(&last_id), 0);
}

/**
 * lbvs_pool_clone - a new version of a pool, equal so far
 * @pool: the version to start from.
 *
 * Context: process.
 * Return: the clone, with one reference and its own references to the reals;
 * or NULL.
 */
struct lbvs_pool *lbvs_pool_clone(const struct lbvs_pool *pool)
{
	struct lbvs_pool *clone;
	u32 i;

	clone = alloc_pool(&pool->cfg, pool->id, pool->n_reals);
	if (!clone)
		return NULL;
	for (i = 0; i < pool->n_reals; i++)
		clone->reals[i] = lbvs_real_get(pool->reals[i]);
	return clone;
}

/**
 * lbvs_pool_clone_with - a new version of a pool with one more real
 * @pool: the version to start from.
 * @real: the real to add; the caller's reference goes to the clone.
 *
 * Context: process.
 * Return: the clone, or NULL, and then @real is still the caller's.
 */
struct lbvs_pool *lbvs_pool_clone_with(const struct lbvs_pool *pool,
				       struct lbvs_real *real)
{
	struct lbvs_pool *clone;
	u32 from, to = 0;

	clone = alloc_pool(&pool->cfg, pool->id, pool->n_reals + 1);
	if (!clone)
		return NULL;

	for (from = 0; from < pool->n_reals; from++) {
		if (to == from &&
		    strcmp(real->cfg.name, pool->reals[from]->cfg.name) < 0)
			clone->reals[to++] = real;
		clone->reals[to++] = lbvs_real_get(pool->reals[from]);
	}
	if (to == from)
		clone->reals[to] = real;
	return clone;
}

/**
 * lbvs_pool_clone_without - a new version of a pool with one real less
 * @pool: the version to start from.
 * @index: which real to leave out.
 *
 * Context: process.
 * Return: the clone, or NULL.
 */
struct lbvs_pool *lbvs_pool_clone_without(const struct lbvs_pool *pool,
					  u32 index)
{
	struct lbvs_pool *clone;
	u32 from, to = 0;

	clone = alloc_pool(&pool->cfg, pool->id, pool->n_reals - 1);
	if (!clone)
		return NULL;
	for (from = 0; from < pool->n_reals; from++)
		if (from != index)
			clone->reals[to++] = lbvs_real_get(pool->reals[from]);
	return clone;
}

/**
 * lbvs_pool_get - take a reference
 * @pool: a pool to which the caller holds one.
 *
 * Return: @pool.
 */
struct lbvs_pool *lbvs_pool_get(struct lbvs_pool *pool)
{
	refcount_inc(&pool->refs);
	return pool;
}

/**
 * lbvs_pool_put - give a reference back
 * @pool: the pool.
 *
 * The last one frees at once: the rulesets that held the pool were freed after
 * a grace period, or were never published.
 *
 * Context: process.
 */
void lbvs_pool_put(struct lbvs_pool *pool)
{
	u32 i;

	if (!refcount_dec_and_test(&pool->refs))
		return;
	lbvs_sched_forget(&pool->scheds);
	for (i = 0; i < pool->n_reals; i++)
		lbvs_real_put(pool->reals[i]);
	kvfree(pool);
}

/**
 * lbvs_pool_replace_real - put a new version of a real into a pool
 * @pool: a pool that is not published yet.
 * @index: which real.
 * @real: its new version; the caller's reference goes to the pool.
 */
void lbvs_pool_replace_real(struct lbvs_pool *pool, u32 index,
			    struct lbvs_real *real)
{
	lbvs_real_put(pool->reals[index]);
	pool->reals[index] = real;
}

/**
 * lbvs_pool_family - address family of a pool's reals
 * @pool: the pool.
 *
 * Return: NFPROTO_IPV4, NFPROTO_IPV6, or 0 while it has no real.
 */
u8 lbvs_pool_family(const struct lbvs_pool *pool)
{
	return pool->n_reals ? pool->reals[0]->cfg.family : 0;
}

/**
 * lbvs_pool_find_real - look for a real by name
 * @pool: the pool.
 * @name: the name.
 *
 * Return: its index, or -ENOENT.
 */
int lbvs_pool_find_real(const struct lbvs_pool *pool, const char *name)
{
	int low = 0;
	int high = (int)pool->n_reals - 1;

	while (low <= high) {
		int middle = low + (high - low) / 2;
		int order = strcmp(name, pool->reals[middle]->cfg.name);

		if (!order)
			return middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return -ENOENT;
}

/**
 * lbvs_pool_find_check - look for a check by name
 * @cfg: configuration of the pool.
 * @name: the name.
 *
 * Return: its index, or -ENOENT.
 */
int lbvs_pool_find_check(const struct lbvs_pool_cfg *cfg, const char *name)
{
	u32 i;

	for (i = 0; i < cfg->n_checks; i++)
		if (!strcmp(cfg->checks[i], name))
			return i;
	return -ENOENT;
}

/**
 * lbvs_pool_translate - say in terms of one pool what was said in another's
 * @from: the pool whose checks @checks names, a bit each.
 * @to: the pool to translate to.
 * @checks: a set of checks; changed only on success.
 *
 * Return: 0, or -ENOENT when @to lacks one of the checks.
 */
int lbvs_pool_translate(const struct lbvs_pool_cfg *from,
			const struct lbvs_pool_cfg *to, u32 *checks)
{
	u32 translated = 0;
	u32 i;

	for (i = 0; i < from->n_checks; i++) {
		int index;

		if (!(*checks & BIT(i)))
			continue;
		index = lbvs_pool_find_check(to, from->checks[i]);
		if (index < 0)
			return index;
		translated |= BIT(index);
	}
	*checks = translated;
	return 0;
}
