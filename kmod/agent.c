// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An agent's verdicts count as long as somebody vouches for them. One delayed
 * work per network namespace wakes up when the first lease may have run out.
 * A renewal only moves the deadline: the work finds out and goes back to sleep.
 * What a lease that ran out means for the verdicts is one change like any
 * other, published at once for all of them; packets never look at a lease.
 */
#include "agent.h"
#include "change.h"
#include "event.h"
#include "pool.h"
#include "real.h"
#include "ruleset.h"
#include "verdict.h"

#include <linux/minmax.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

static struct lbvs_agent *find_name(const struct lbvs_net *ln, const char *name)
{
	struct lbvs_agent *agent;

	lockdep_assert_held(&ln->config_lock);

	list_for_each_entry(agent, &ln->agents, node)
		if (!strcmp(agent->cfg.name, name))
			return agent;
	return NULL;
}

/**
 * lbvs_agent_find - the agent that a verdict knows
 * @ln: network namespace.
 * @id: what the verdict knows it by.
 *
 * Context: under RCU, or config_lock held.
 * Return: the agent, or NULL when there is none any more.
 */
const struct lbvs_agent *lbvs_agent_find(const struct lbvs_net *ln, u64 id)
{
	const struct lbvs_agent *agent;

	list_for_each_entry_rcu(agent, &ln->agents, node,
				lockdep_is_held(&ln->config_lock))
		if (agent->id == id)
			return agent;
	return NULL;
}

static u32 count_real(const struct lbvs_real *real, u64 id)
{
	u32 n = real->whole.agent == id;
	u32 i;

	for (i = 0; i < real->n_checks; i++)
		n += real->checks[i].agent == id;
	return n;
}

/**
 * lbvs_agent_count_verdicts - how many verdicts does an agent own?
 * @ln: network namespace.
 * @id: the agent.
 *
 * Context: under RCU, or config_lock held.
 * Return: their number.
 */
u32 lbvs_agent_count_verdicts(const struct lbvs_net *ln, u64 id)
{
	const struct lbvs_ruleset *ruleset;
	u32 n = 0;
	u32 i, j;

	ruleset = rcu_dereference_check(ln->ruleset,
					lockdep_is_held(&ln->config_lock));
	for (i = 0; i < ruleset->n_pools; i++)
		for (j = 0; j < ruleset->pools[i]->n_reals; j++)
			n += count_real(ruleset->pools[i]->reals[j], id);
	return n;
}

/* The work must not sleep past the first deadline. */
static void schedule_first(struct lbvs_net *ln)
{
	const struct lbvs_agent *agent;
	long first = MAX_JIFFY_OFFSET;

	list_for_each_entry(agent, &ln->agents, node)
		if (agent->state != LBVS_AGENT_STATE_EXPIRED)
			first = min_t(long, first, agent->deadline - jiffies);
	if (first != MAX_JIFFY_OFFSET)
		mod_delayed_work(system_wq, &ln->expiry, max(first, 0L));
}

static void set_deadline(struct lbvs_net *ln, struct lbvs_agent *agent,
			 enum lbvs_agent_state state, u32 ms)
{
	/* Never early: what is less than a jiffy counts as one. */
	WRITE_ONCE(agent->deadline, jiffies + msecs_to_jiffies(ms) + 1);
	WRITE_ONCE(agent->state, state);
	schedule_first(ln);
}

static void forget(struct lbvs_net *ln, struct lbvs_agent *agent)
{
	lbvs_event_agent(ln, LBVS_EVENT_REMOVED, agent);
	list_del_rcu(&agent->node);
	kfree_rcu(agent, rcu);
}

/* Those who are gone, and of whose word nothing is left. */
static void make_room(struct lbvs_net *ln)
{
	struct lbvs_agent *agent, *next;

	list_for_each_entry_safe(agent, next, &ln->agents, node)
		if (agent->state == LBVS_AGENT_STATE_EXPIRED &&
		    !lbvs_agent_count_verdicts(ln, agent->id))
			forget(ln, agent);
}

static u32 count(const struct lbvs_net *ln)
{
	const struct lbvs_agent *agent;
	u32 n = 0;

	list_for_each_entry(agent, &ln->agents, node)
		n++;
	return n;
}

static void set_cfg(struct lbvs_agent *agent, const struct lbvs_agent_cfg *cfg)
{
	WRITE_ONCE(agent->cfg.lease, cfg->lease);
	WRITE_ONCE(agent->cfg.grace, cfg->grace);
	WRITE_ONCE(agent->cfg.on_expiry, cfg->on_expiry);
}

/**
 * lbvs_agent_register - register an agent, or let one take over a name
 * @ln: network namespace.
 * @cfg: what it says of itself.
 * @portid: its socket.
 * @refusal: filled in on failure.
 *
 * Verdicts that were set under the name stay, now under this agent's lease.
 *
 * Context: process, config_lock held.
 * Return: the agent, or an ERR_PTR.
 */
struct lbvs_agent *lbvs_agent_register(struct lbvs_net *ln,
				       const struct lbvs_agent_cfg *cfg,
				       u32 portid, struct lbvs_refusal *refusal)
{
	struct lbvs_agent *agent = find_name(ln, cfg->name);
	enum lbvs_event event = LBVS_EVENT_CHANGED;

	if (!agent) {
		make_room(ln);
		if (count(ln) >= LBVS_AGENTS_MAX)
			return ERR_PTR(lbvs_refuse(refusal, -ENOSPC,
						   LBVS_A_AGENT_NAME,
						   "there are too many agents"));
		agent = kzalloc(sizeof(*agent), GFP_KERNEL_ACCOUNT);
		if (!agent)
			return ERR_PTR(-ENOMEM);
		agent->id = ++ln->last_agent;
		agent->cfg = *cfg;
		list_add_tail_rcu(&agent->node, &ln->agents);
		event = LBVS_EVENT_ADDED;
	}
	set_cfg(agent, cfg);
	WRITE_ONCE(agent->epoch, ++ln->last_epoch);
	WRITE_ONCE(agent->portid, portid);
	set_deadline(ln, agent, LBVS_AGENT_STATE_ACTIVE, cfg->lease);
	lbvs_event_agent(ln, event, agent);
	return agent;
}

/**
 * lbvs_agent_check - is it the agent that has the name now, with a lease?
 * @ln: network namespace.
 * @name: the name.
 * @epoch: the epoch that it was given.
 * @name_attr: attribute of the name.
 * @epoch_attr: attribute of the epoch.
 * @refusal: filled in on failure.
 *
 * Context: process, config_lock held.
 * Return: the agent, or an ERR_PTR.
 */
struct lbvs_agent *lbvs_agent_check(const struct lbvs_net *ln, const char *name,
				    u32 epoch, u16 name_attr, u16 epoch_attr,
				    struct lbvs_refusal *refusal)
{
	struct lbvs_agent *agent = find_name(ln, name);

	if (!agent)
		return ERR_PTR(lbvs_refuse(refusal, -ENOENT, name_attr,
					   "there is no agent of this name"));
	if (agent->epoch != epoch)
		return ERR_PTR(lbvs_refuse(refusal, -ESTALE, epoch_attr,
					   "another agent has taken over this name"));
	if (agent->state == LBVS_AGENT_STATE_EXPIRED)
		return ERR_PTR(lbvs_refuse(refusal, -ESTALE, epoch_attr,
					   "the lease has run out: register again"));
	return agent;
}

/**
 * lbvs_agent_renew - an agent vouches for its verdicts
 * @ln: network namespace.
 * @name: its name.
 * @epoch: its epoch.
 * @portid: its socket.
 * @refusal: filled in on failure.
 *
 * Context: process, config_lock held.
 * Return: 0 or -errno.
 */
int lbvs_agent_renew(struct lbvs_net *ln, const char *name, u32 epoch,
		     u32 portid, struct lbvs_refusal *refusal)
{
	struct lbvs_agent *agent;
	bool returns;

	agent = lbvs_agent_check(ln, name, epoch, LBVS_A_AGENT_NAME,
				 LBVS_A_AGENT_EPOCH, refusal);
	if (IS_ERR(agent))
		return PTR_ERR(agent);
	returns = agent->state == LBVS_AGENT_STATE_GRACE;
	WRITE_ONCE(agent->portid, portid);
	set_deadline(ln, agent, LBVS_AGENT_STATE_ACTIVE, agent->cfg.lease);
	if (returns)
		lbvs_event_agent(ln, LBVS_EVENT_STATE, agent);
	return 0;
}

/**
 * lbvs_agent_leave - an agent leaves in good order
 * @ln: network namespace.
 * @name: its name.
 * @epoch: its epoch.
 * @refusal: filled in on failure.
 *
 * A successor has one lease of time to register the name.
 *
 * Context: process, config_lock held.
 * Return: 0 or -errno.
 */
int lbvs_agent_leave(struct lbvs_net *ln, const char *name, u32 epoch,
		     struct lbvs_refusal *refusal)
{
	struct lbvs_agent *agent;

	agent = lbvs_agent_check(ln, name, epoch, LBVS_A_AGENT_NAME,
				 LBVS_A_AGENT_EPOCH, refusal);
	if (IS_ERR(agent))
		return PTR_ERR(agent);
	/* Its socket will be closed soon, which is no news then. */
	WRITE_ONCE(agent->portid, 0);
	set_deadline(ln, agent, LBVS_AGENT_STATE_GRACE, agent->cfg.lease);
	lbvs_event_agent(ln, LBVS_EVENT_STATE, agent);
	return 0;
}

/**
 * lbvs_agent_remove - remove an agent, and all that it has said
 * @ln: network namespace.
 * @name: its name.
 * @refusal: filled in on failure.
 *
 * Context: process, config_lock held.
 * Return: 0 or -errno.
 */
int lbvs_agent_remove(struct lbvs_net *ln, const char *name,
		      struct lbvs_refusal *refusal)
{
	struct lbvs_agent *agent = find_name(ln, name);
	int err;

	if (!agent)
		return lbvs_refuse(refusal, -ENOENT, LBVS_A_AGENT_NAME,
				   "there is no agent of this name");
	err = lbvs_change_health(ln, lbvs_verdict_forget, agent, refusal);
	if (!err)
		forget(ln, agent);
	return err;
}

static int expire(struct lbvs_net *ln, struct lbvs_agent *agent)
{
	struct lbvs_refusal refusal = {};
	int err;

	err = lbvs_change_health(ln, lbvs_verdict_expire, agent, &refusal);
	if (err)
		return err;
	WRITE_ONCE(agent->state, LBVS_AGENT_STATE_EXPIRED);
	WRITE_ONCE(agent->portid, 0);
	lbvs_event_agent(ln, LBVS_EVENT_STATE, agent);
	if (!lbvs_agent_count_verdicts(ln, agent->id))
		forget(ln, agent);
	return 0;
}

static bool is_due(const struct lbvs_agent *agent)
{
	return agent->state != LBVS_AGENT_STATE_EXPIRED &&
	       time_after_eq(jiffies, agent->deadline);
}

static void expiry_work(struct work_struct *work)
{
	struct lbvs_net *ln = container_of(to_delayed_work(work),
					   struct lbvs_net, expiry);
	struct lbvs_agent *agent, *next;

	mutex_lock(&ln->config_lock);
	list_for_each_entry_safe(agent, next, &ln->agents, node) {
		if (!is_due(agent) || !expire(ln, agent))
			continue;
		/* No memory: nothing has changed, so try again soon. */
		WRITE_ONCE(agent->deadline, jiffies + HZ);
	}
	schedule_first(ln);
	mutex_unlock(&ln->config_lock);
}

static void begin_grace(struct lbvs_net *ln, struct lbvs_agent *agent)
{
	WRITE_ONCE(agent->portid, 0);
	set_deadline(ln, agent, LBVS_AGENT_STATE_GRACE,
		     min(agent->cfg.grace, lbvs_agent_left(agent)));
	lbvs_event_agent(ln, LBVS_EVENT_STATE, agent);
}

/* Most sockets are not, and need not wait for a lock to learn it: only requests
 * on this very socket could make it an agent's.
 */
static bool is_agents(const struct lbvs_net *ln, u32 portid)
{
	const struct lbvs_agent *agent;
	bool found = false;

	rcu_read_lock();
	list_for_each_entry_rcu(agent, &ln->agents, node)
		if (READ_ONCE(agent->portid) == portid)
			found = true;
	rcu_read_unlock();
	return found;
}

/**
 * lbvs_agent_release - a socket was closed
 * @ln: network namespace.
 * @portid: the socket.
 *
 * Context: process, may sleep.
 */
void lbvs_agent_release(struct lbvs_net *ln, u32 portid)
{
	struct lbvs_agent *agent;

	if (!is_agents(ln, portid))
		return;
	mutex_lock(&ln->config_lock);
	list_for_each_entry(agent, &ln->agents, node)
		if (agent->portid == portid &&
		    agent->state == LBVS_AGENT_STATE_ACTIVE)
			begin_grace(ln, agent);
	mutex_unlock(&ln->config_lock);
}

/**
 * lbvs_agent_init - there is no agent yet
 * @ln: network namespace.
 */
void lbvs_agent_init(struct lbvs_net *ln)
{
	INIT_LIST_HEAD(&ln->agents);
	INIT_DELAYED_WORK(&ln->expiry, expiry_work);
}

/**
 * lbvs_agent_exit - forget all agents
 * @ln: a namespace that no request can reach any more.
 *
 * Context: process, may sleep.
 */
void lbvs_agent_exit(struct lbvs_net *ln)
{
	struct lbvs_agent *agent, *next;

	cancel_delayed_work_sync(&ln->expiry);
	list_for_each_entry_safe(agent, next, &ln->agents, node) {
		list_del_rcu(&agent->node);
		kfree_rcu(agent, rcu);
	}
}
