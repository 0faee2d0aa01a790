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
 * @share: percent of the weight that counts.
 * @reason: what to tell people.
 */
struct lbvs_verdict_edit {
	char pool[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	char check[LBVS_NAME_SIZE];
	enum lbvs_verdict_state state;
	u32 share;
	char reason[LBVS_REASON_SIZE];
};

/**
 * struct lbvs_verdict_edits - verdicts to set at one moment
 * @agent: name of the agent that sets them, or "": a person does.
 * @epoch: its epoch.
 * @is_list: they come as a list, of which one can be pointed at.
 * @n: number of verdicts.
 * @edits: the verdicts.
 */
struct lbvs_verdict_edits {
	char agent[LBVS_NAME_SIZE];
	u32 epoch;
	bool is_list;
	u32 n;
	struct lbvs_verdict_edit edits[];
};

/* Each a lbvs_config_edit. */
int lbvs_verdict_set(struct lbvs_stage *stage, const void *edits,
		     struct lbvs_refusal *refusal);
int lbvs_verdict_del(struct lbvs_stage *stage, const void *edit,
		     struct lbvs_refusal *refusal);
int lbvs_verdict_expire(struct lbvs_stage *stage, const void *agent,
			struct lbvs_refusal *refusal);
int lbvs_verdict_forget(struct lbvs_stage *stage, const void *agent,
			struct lbvs_refusal *refusal);

#endif /* _LBVS_VERDICT_H */
