/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts: what is said of the health of reals, and of checks on them. */
#ifndef _LBVS_VERDICT_H
#define _LBVS_VERDICT_H

#include <linux/lbvs.h>

#include "config.h"
#include "types.h"

/**
 * struct lbvs_verdict_edit - a verdict to set or to forget
 * @pool: name of the pool.
 * @real: name of the real.
 * @check: name of the check, or "": the real as a whole.
 * @state: up or down.
 * @reason: what to tell people.
 */
struct lbvs_verdict_edit {
	char pool[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	char check[LBVS_NAME_SIZE];
	enum lbvs_verdict_state state;
	char reason[LBVS_REASON_SIZE];
};

int lbvs_verdict_set(struct lbvs_stage *stage, const void *edit,
		     struct lbvs_refusal *refusal);
int lbvs_verdict_del(struct lbvs_stage *stage, const void *edit,
		     struct lbvs_refusal *refusal);

#endif /* _LBVS_VERDICT_H */
