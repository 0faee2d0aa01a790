/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Orders for index.h, and keys to look for. Each key finds what has that name;
 * of what is in a pool, an empty name comes before all that the pool has.
 */
#ifndef LBVS_TOOL_ORDER_H
#define LBVS_TOOL_ORDER_H

#include "index.h"

int order_pools(const struct model_head *a, const struct model_head *b);
int order_reals(const struct model_head *a, const struct model_head *b);
int order_services(const struct model_head *a, const struct model_head *b);
int order_verdicts(const struct model_head *a, const struct model_head *b);
int order_together(const struct model_head *a, const struct model_head *b);
int order_arms(const struct model_head *a, const struct model_head *b);

int order_addr(const struct model_addr *a, const struct model_addr *b);

const struct model_pool *order_find_pool(const struct index *pools,
					 const char *name);
const struct model_real *order_find_real(const struct index *reals,
					 const char *pool, const char *name);
const struct model_service *order_find_service(const struct index *services,
					       const char *name);
/* Without a check (""): the verdict on the whole real. */
const struct model_verdict *order_find_verdict(const struct index *verdicts,
					       const char *pool,
					       const char *real,
					       const char *check);
const struct model_arm *order_find_arm(const struct index *arms,
				       const char *dev);

/* The position of the first real of a pool, or where it would be. */
size_t order_first_real(const struct index *reals, const char *pool);
/* The real at a position, if it is of that pool. */
const struct model_real *order_real_at(const struct index *reals, size_t at,
				       const char *pool);

#endif
