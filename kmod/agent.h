/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Agents: who watches reals, and for how long its word counts. */
#ifndef _LBVS_AGENT_H
#define _LBVS_AGENT_H

#include <linux/jiffies.h>
#include <linux/lbvs.h>
#include <linux/list.h>
#include <linux/rcupdate.h>

#include "net.h"
#include "types.h"

/**
 * struct lbvs_agent_cfg - what an agent says of itself
 * @name: unique in the network namespace.
 * @lease: how long its word counts, in milliseconds.
 * @grace: how long it counts at most once its socket was closed.
 * @on_expiry: what becomes of its verdicts after that.
 */
struct lbvs_agent_cfg {
	char name[LBVS_NAME_SIZE];
	u32 lease;
	u32 grace;
	enum lbvs_on_expiry on_expiry;
};

/**
 * struct lbvs_agent - a name under which verdicts are set
 * @node: entry in the network namespace's list.
 * @id: what verdicts know it by; never used for another.
 * @cfg: what it says of itself.
 * @epoch: which registration of the name it is.
 * @state: how it stands.
 * @deadline: when the lease, or the grace, runs out; in jiffies.
 * @portid: the socket that registered or renewed last; 0: closed.
 * @rcu: defers the free.
 *
 * Found by readers under RCU, who may see values of just before and just after
 * a change side by side. Changed under the config_lock.
 */
struct lbvs_agent {
	struct list_head node;
	u64 id;
	struct lbvs_agent_cfg cfg;
	u32 epoch;
	enum lbvs_agent_state state;
	unsigned long deadline;
	u32 portid;
	struct rcu_head rcu;
};

/**
 * lbvs_agent_left - how long will its word still count?
 * @agent: the agent.
 *
 * Context: any.
 * Return: milliseconds.
 */
static inline u32 lbvs_agent_left(const struct lbvs_agent *agent)
{
	long left = READ_ONCE(agent->deadline) - jiffies;

	return left > 0 && READ_ONCE(agent->state) != LBVS_AGENT_STATE_EXPIRED ?
		jiffies_to_msecs(left) : 0;
}

struct lbvs_agent *lbvs_agent_register(struct lbvs_net *ln,
				       const struct lbvs_agent_cfg *cfg,
				       u32 portid,
				       struct lbvs_refusal *refusal);
int lbvs_agent_renew(struct lbvs_net *ln, const char *name, u32 epoch,
		     u32 portid, struct lbvs_refusal *refusal);
int lbvs_agent_leave(struct lbvs_net *ln, const char *name, u32 epoch,
		     struct lbvs_refusal *refusal);
int lbvs_agent_remove(struct lbvs_net *ln, const char *name,
		      struct lbvs_refusal *refusal);
struct lbvs_agent *lbvs_agent_check(const struct lbvs_net *ln, const char *name,
				    u32 epoch, u16 name_attr, u16 epoch_attr,
				    struct lbvs_refusal *refusal);
const struct lbvs_agent *lbvs_agent_find(const struct lbvs_net *ln, u64 id);
u32 lbvs_agent_count_verdicts(const struct lbvs_net *ln, u64 id);
void lbvs_agent_release(struct lbvs_net *ln, u32 portid);
void lbvs_agent_init(struct lbvs_net *ln);
void lbvs_agent_exit(struct lbvs_net *ln);

#endif /* _LBVS_AGENT_H */
