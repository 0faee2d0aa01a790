/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes that many requests make together, on behalf of one socket. */
#ifndef _LBVS_TRANSACTION_H
#define _LBVS_TRANSACTION_H

#include <linux/list.h>

#include "config.h"
#include "types.h"

/**
 * struct lbvs_transaction - a change that a socket has open
 * @node: entry in the network namespace's list.
 * @portid: the socket.
 * @base: the generation that it started from.
 * @stage: the change; its @old is only set at the commit.
 *
 * Protected by the config_lock, which is not held in between.
 */
struct lbvs_transaction {
	struct list_head node;
	u32 portid;
	u32 base;
	struct lbvs_stage stage;
};

struct lbvs_transaction *lbvs_transaction_find(const struct lbvs_net *ln,
					       u32 portid);
struct lbvs_transaction *
lbvs_transaction_begin(struct lbvs_net *ln, u32 portid,
		       struct lbvs_refusal *refusal);
int lbvs_transaction_commit(struct lbvs_transaction *transaction,
			    struct lbvs_refusal *refusal);
void lbvs_transaction_end(struct lbvs_transaction *transaction);
void lbvs_transaction_release(struct lbvs_net *ln, u32 portid);
void lbvs_transaction_exit(struct lbvs_net *ln);

#endif /* _LBVS_TRANSACTION_H */
