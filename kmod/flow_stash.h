/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for flows: for flow.c alone. */
#ifndef _LBVS_FLOW_STASH_H
#define _LBVS_FLOW_STASH_H

struct lbvs_flow;

struct lbvs_flow *lbvs_flow_stash_take(void);
void lbvs_flow_stash_free(struct lbvs_flow *flow);
int lbvs_flow_stash_setup(void);
void lbvs_flow_stash_teardown(void);

#endif /* _LBVS_FLOW_STASH_H */
