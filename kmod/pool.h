/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool: a named set of reals and of the checks on them. */
#ifndef _LBVS_POOL_H
#define _LBVS_POOL_H

#include <linux/lbvs.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/siphash.h>

#include "types.h"

struct lbvs_real;

/**
 * struct lbvs_pool_cfg - what the operator says of a pool
 * @name: unique in the network namespace.
 * @key: what the hashes of its services are keyed with.
 * @key_is_set: the operator chose @key; else it is random.
 * @min_usable: while fewer are usable, those of higher tiers are used too.
 * @ramp: for so many seconds a member that becomes usable takes less than its
 *	share; 0: at once all of it.
 * @n_checks: number of checks.
 * @checks: their names.
 */
struct lbvs_pool_cfg {
	char name[LBVS_NAME_SIZE];
	siphash_key_t key;
	bool key_is_set;
	u32 min_usable;
	u32 ramp;
	u32 n_checks;
	char checks[LBVS_CHECKS_MAX][LBVS_NAME_SIZE];
};

/**
 * struct lbvs_pool - one version of a pool
 * @refs: one for each ruleset, and each rule, that holds it.
 * @id: the same in all versions of a pool, and never used for another.
 * @cfg: what the operator says.
 * @scheds: tables built for this version (struct lbvs_sched), so that services
 *	whose inputs are equal share one. Protected by the config_lock.
 * @n_reals: number of reals.
 * @reals: the reals, sorted by name.
 *
 * Immutable, but for @scheds, once a ruleset with it is published.
 */
struct lbvs_pool {
	refcount_t refs;
	u64 id;
	struct lbvs_pool_cfg cfg;
	struct list_head scheds;
	u32 n_reals;
	struct lbvs_real *reals[];
};

struct lbvs_pool *lbvs_pool_alloc(const struct lbvs_pool_cfg *cfg);
struct lbvs_pool *lbvs_pool_clone(const struct lbvs_pool *pool);
struct lbvs_pool *lbvs_pool_clone_with(const struct lbvs_pool *pool,
				       struct lbvs_real *real);
struct lbvs_pool *lbvs_pool_clone_without(const struct lbvs_pool *pool,
					  u32 index);
struct lbvs_pool *lbvs_pool_get(struct lbvs_pool *pool);
void lbvs_pool_put(struct lbvs_pool *pool);
void lbvs_pool_replace_real(struct lbvs_pool *pool, u32 index,
			    struct lbvs_real *real);

u8 lbvs_pool_family(const struct lbvs_pool *pool);
int lbvs_pool_find_real(const struct lbvs_pool *pool, const char *name);
int lbvs_pool_find_check(const struct lbvs_pool_cfg *cfg, const char *name);
int lbvs_pool_translate(const struct lbvs_pool_cfg *from,
			const struct lbvs_pool_cfg *to, u32 *checks);

#endif /* _LBVS_POOL_H */
