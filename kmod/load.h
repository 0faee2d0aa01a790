/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a real has to do, over all services. */
#ifndef _LBVS_LOAD_H
#define _LBVS_LOAD_H

#include <linux/atomic.h>
#include <linux/refcount.h>

#include "limit.h"

/**
 * struct lbvs_load - what a real has to do
 * @refs: one for each version of the real, and each member.
 * @flows: the sum of what its members have.
 * @limit: how much it may take.
 *
 * Outlives the versions of a real, as flows do.
 */
struct lbvs_load {
	refcount_t refs;
	atomic_t flows;
	struct lbvs_limit limit;
};

struct lbvs_load *lbvs_load_alloc(void);
struct lbvs_load *lbvs_load_get(struct lbvs_load *load);
void lbvs_load_put(struct lbvs_load *load);

#endif /* _LBVS_LOAD_H */
