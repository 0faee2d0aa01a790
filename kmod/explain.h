/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would become of a new flow of a client, and why. */
#ifndef _LBVS_EXPLAIN_H
#define _LBVS_EXPLAIN_H

#include <linux/lbvs.h>

#include "net.h"
#include "packet.h"
#include "ruleset.h"

/**
 * struct lbvs_explanation - what would become of a flow
 * @kind: the rule by which it would be so.
 * @real_id: the real; 0: none.
 * @slot: the slot of the service's table that the client's hash leads to.
 * @table_size: how many slots that table has; 0: the client was not hashed.
 * @passed: by the place among the members: why it was passed over, an enum
 *	lbvs_member_state; or 0.
 */
struct lbvs_explanation {
	enum lbvs_rule_kind kind;
	u64 real_id;
	u32 slot;
	u32 table_size;
	u8 passed[LBVS_REALS_MAX];
};

void lbvs_explain(struct lbvs_net *ln, const struct lbvs_rule *rule,
		  const struct lbvs_tuple *tuple,
		  struct lbvs_explanation *explanation);

#endif /* _LBVS_EXPLAIN_H */
