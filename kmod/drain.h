/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drains: reals that are to lose their flows, and until when. */
#ifndef _LBVS_DRAIN_H
#define _LBVS_DRAIN_H

#include <linux/lbvs.h>
#include <linux/list.h>
#include <linux/refcount.h>

#include "net.h"
#include "types.h"

struct lbvs_member;
struct lbvs_stage;

/**
 * struct lbvs_drain - a real is being drained
 * @refs: one for each version of the real that is being drained, one while it is
 *	pending.
 * @node: entry in the network namespace's list while it is pending: begun, and
 *	not told to be over, or its deadline is yet to come. Protected by the
 *	config_lock.
 * @has_deadline: flows that are left when it comes are ended.
 * @wait: how long after the commit that is, in milliseconds.
 * @deadline: when it is, in jiffies. Set by the commit.
 * @real_id: identity of the real.
 * @pool: name of its pool.
 * @real: name of the real.
 * @n_members: number of members that may have flows of the real.
 * @members: these; no other can get one any more. Set by the commit.
 * @begun: the commit was done.
 * @passed: the deadline has come.
 * @told: the last flow had gone, and that was told.
 * @flows: flows that there were when it began.
 * @is_counted: @ended counts, and not what is missing in the members.
 * @ended: flows that ended by themselves.
 * @reset: flows that the deadline has begun to reset.
 * @dropped: flows that the deadline has ended at once.
 *
 * Numbers are written under the config_lock, and read under RCU.
 */
struct lbvs_drain {
	refcount_t refs;
	struct list_head node;
	bool has_deadline;
	u32 wait;
	unsigned long deadline;
	u64 real_id;
	char pool[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	u32 n_members;
	struct lbvs_member **members;

	bool begun;
	bool passed;
	bool told;
	u32 flows;
	bool is_counted;
	u32 ended;
	u32 reset;
	u32 dropped;
};

struct lbvs_drain *lbvs_drain_alloc(bool has_deadline, u32 wait);
struct lbvs_drain *lbvs_drain_get(struct lbvs_drain *drain);
void lbvs_drain_put(struct lbvs_drain *drain);
u32 lbvs_drain_time_left(const struct lbvs_drain *drain);
u32 lbvs_drain_flows_left(const struct lbvs_drain *drain);
u32 lbvs_drain_flows_ended(const struct lbvs_drain *drain);
int lbvs_drain_prepare(struct lbvs_stage *stage);
void lbvs_drain_commit(struct lbvs_stage *stage);
void lbvs_drain_look(struct lbvs_net *ln);
void lbvs_drain_init(struct lbvs_net *ln);
void lbvs_drain_exit(struct lbvs_net *ln);

#endif /* _LBVS_DRAIN_H */
