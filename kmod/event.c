// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nothing notifies by itself. After a commit the old and the new ruleset are
 * compared, and whatever differs is told: so no change can be forgotten, and
 * one that made no difference is not told. Both are immutable and sorted by
 * name, and what did not change is the same object in both.
 */
#include "event.h"
#include "attr.h"
#include "member.h"

#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/genetlink.h>

static const struct genl_family *family;

/**
 * struct telling - the events of one commit
 * @net: network namespace.
 * @old: the ruleset before.
 * @new: the ruleset now.
 */
struct telling {
	struct net *net;
	const struct lbvs_ruleset *old;
	const struct lbvs_ruleset *new;
};

/**
 * struct noun - how to tell of one kind of object
 * @cmd: command of the message.
 * @attr: attribute that says what happened.
 * @group: who is told.
 * @put: puts the object.
 */
struct noun {
	enum lbvs_cmd cmd;
	int attr;
	enum lbvs_event_group group;
	lbvs_attr_put put;
};

static const struct noun noun_pool = {
	LBVS_CMD_POOL_NTF, LBVS_A_POOL_EVENT, LBVS_EVENT_GROUP_CONFIG,
	lbvs_attr_put_pool,
};

static const struct noun noun_real = {
	LBVS_CMD_REAL_NTF, LBVS_A_REAL_EVENT, LBVS_EVENT_GROUP_CONFIG,
	lbvs_attr_put_real,
};

static const struct noun noun_real_drained = {
	LBVS_CMD_REAL_NTF, LBVS_A_REAL_EVENT, LBVS_EVENT_GROUP_HEALTH,
	lbvs_attr_put_real,
};

static const struct noun noun_service = {
	LBVS_CMD_SERVICE_NTF, LBVS_A_SERVICE_EVENT, LBVS_EVENT_GROUP_CONFIG,
	lbvs_attr_put_service,
};

static const struct noun noun_service_state = {
	LBVS_CMD_SERVICE_NTF, LBVS_A_SERVICE_EVENT, LBVS_EVENT_GROUP_HEALTH,
	lbvs_attr_put_service,
};

static const struct noun noun_member = {
	LBVS_CMD_MEMBER_NTF, LBVS_A_MEMBER_EVENT, LBVS_EVENT_GROUP_HEALTH,
	lbvs_attr_put_member,
};

static const struct noun noun_verdict = {
	LBVS_CMD_VERDICT_NTF, LBVS_A_VERDICT_EVENT, LBVS_EVENT_GROUP_HEALTH,
	lbvs_attr_put_verdict,
};

static struct sk_buff *start(struct net *net, enum lbvs_cmd cmd, int attr,
			     enum lbvs_event event, void **header, gfp_t gfp)
{
	const struct lbvs_net *ln = lbvs_net(net);
	struct sk_buff *skb;
	u32 generation;

	rcu_read_lock();
	generation = rcu_dereference(ln->ruleset)->generation;
	rcu_read_unlock();

	skb = genlmsg_new(NLMSG_GOODSIZE, gfp);
	if (!skb)
		return NULL;
	*header = genlmsg_put(skb, 0, 0, family, 0, cmd);
	if (*header && !nla_put_u32(skb, LBVS_A_GENERATION, generation) &&
	    !nla_put_u32(skb, attr, event))
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static void finish(struct net *net, enum lbvs_event_group group,
		   struct sk_buff *skb, void *header, int err, gfp_t gfp)
{
	if (skb && !err) {
		genlmsg_end(skb, header);
		genlmsg_multicast_netns(family, net, skb, 0, group, gfp);
		return;
	}
	nlmsg_free(skb);
	/* Whoever listens learns that it missed something. */
	genl_set_err(family, net, 0, group, -ENOBUFS);
}

static void tell(const struct telling *telling, const struct noun *noun,
		 enum lbvs_event event, const struct lbvs_subject *subject)
{
	struct sk_buff *skb;
	void *header;

	if (!genl_has_listeners(family, telling->net, noun->group))
		return;
	skb = start(telling->net, noun->cmd, noun->attr, event, &header,
		    GFP_KERNEL);
	finish(telling->net, noun->group, skb, header,
	       skb ? noun->put(skb, subject) : -ENOMEM, GFP_KERNEL);
}

static void tell_verdict(const struct telling *telling, enum lbvs_event event,
			 const struct lbvs_pool *pool,
			 const struct lbvs_real *real, int check)
{
	const struct lbvs_subject subject = {
		.ln = lbvs_net(telling->net),
		.pool = pool,
		.real = real,
		.check = check,
	};

	tell(telling, &noun_verdict, event, &subject);
}

static bool same_health(const struct lbvs_health *a, const struct lbvs_health *b)
{
	return a->state == b->state && a->share == b->share &&
	       a->agent == b->agent && a->stale == b->stale &&
	       !strcmp(a->reason, b->reason);
}

static void compare_verdicts(const struct telling *telling,
			     const struct lbvs_pool *old_pool,
			     const struct lbvs_real *old,
			     const struct lbvs_pool *pool,
			     const struct lbvs_real *real)
{
	u32 i;

	if (!same_health(&old->whole, &real->whole))
		tell_verdict(telling, LBVS_EVENT_CHANGED, pool, real, -1);
	for (i = 0; i < real->n_checks; i++) {
		int before = lbvs_pool_find_check(&old_pool->cfg,
						  pool->cfg.checks[i]);

		if (before >= 0 &&
		    !same_health(&old->checks[before], &real->checks[i]))
			tell_verdict(telling, LBVS_EVENT_CHANGED, pool, real, i);
	}
}

static void tell_real(const struct telling *telling, enum lbvs_event event,
		      const struct lbvs_ruleset *ruleset,
		      const struct lbvs_pool *pool,
		      const struct lbvs_real *real)
{
	const struct lbvs_subject subject = {
		.ruleset = ruleset,
		.pool = pool,
		.real = real,
	};

	tell(telling, &noun_real, event, &subject);
}

static void tell_all_reals(const struct telling *telling, enum lbvs_event event,
			   const struct lbvs_ruleset *ruleset,
			   const struct lbvs_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->n_reals; i++)
		tell_real(telling, event, ruleset, pool, pool->reals[i]);
}

static const struct lbvs_real *find_same_real(const struct lbvs_pool *pool,
					      const struct lbvs_real *real)
{
	int index = lbvs_pool_find_real(pool, real->cfg.name);

	if (index < 0 || pool->reals[index]->id != real->id)
		return NULL;
	return pool->reals[index];
}

static bool same_real_cfg(const struct lbvs_real_cfg *a,
			  const struct lbvs_real_cfg *b)
{
	return a->weight == b->weight && a->admin == b->admin &&
	       a->tier == b->tier && a->limits.flows == b->limits.flows &&
	       a->limits.rate == b->limits.rate;
}

static void compare_reals(const struct telling *telling,
			  const struct lbvs_pool *old_pool,
			  const struct lbvs_pool *pool)
{
	u32 i;

	for (i = 0; i < old_pool->n_reals; i++)
		if (!find_same_real(pool, old_pool->reals[i]))
			tell_real(telling, LBVS_EVENT_REMOVED, telling->old,
				  old_pool, old_pool->reals[i]);

	for (i = 0; i < pool->n_reals; i++) {
		const struct lbvs_real *real = pool->reals[i];
		const struct lbvs_real *old = find_same_real(old_pool, real);

		if (!old) {
			tell_real(telling, LBVS_EVENT_ADDED, telling->new, pool,
				  real);
			continue;
		}
		if (old == real)
			continue;
		if (!same_real_cfg(&old->cfg, &real->cfg) ||
		    old->drain != real->drain)
			tell_real(telling, LBVS_EVENT_CHANGED, telling->new,
				  pool, real);
		compare_verdicts(telling, old_pool, old, pool, real);
	}
}

static void tell_pool(const struct telling *telling, enum lbvs_event event,
		      const struct lbvs_ruleset *ruleset, u32 index)
{
	const struct lbvs_subject subject = {
		.ruleset = ruleset,
		.pool = ruleset->pools[index],
		.index = index,
	};

	tell(telling, &noun_pool, event, &subject);
}

static bool same_pool_cfg(const struct lbvs_pool_cfg *a,
			  const struct lbvs_pool_cfg *b)
{
	return a->key_is_set == b->key_is_set && a->n_checks == b->n_checks &&
	       a->ramp == b->ramp && a->min_usable == b->min_usable &&
	       !memcmp(&a->key, &b->key, sizeof(a->key)) &&
	       !memcmp(a->checks, b->checks, a->n_checks * sizeof(*a->checks));
}

static bool has_pool(const struct lbvs_ruleset *ruleset,
		     const struct lbvs_pool *pool, int *index)
{
	*index = lbvs_ruleset_find_pool(ruleset, pool->cfg.name);
	return *index >= 0 && ruleset->pools[*index]->id == pool->id;
}

static void compare_new_pools(const struct telling *telling)
{
	const struct lbvs_ruleset *new = telling->new;
	u32 i;

	for (i = 0; i < new->n_pools; i++) {
		const struct lbvs_pool *pool = new->pools[i];
		const struct lbvs_pool *old;
		int index;

		if (!has_pool(telling->old, pool, &index)) {
			tell_pool(telling, LBVS_EVENT_ADDED, new, i);
			tell_all_reals(telling, LBVS_EVENT_ADDED, new, pool);
			continue;
		}
		old = telling->old->pools[index];
		if (old == pool)
			continue;
		if (!same_pool_cfg(&old->cfg, &pool->cfg))
			tell_pool(telling, LBVS_EVENT_CHANGED, new, i);
		compare_reals(telling, old, pool);
	}
}

static void compare_old_pools(const struct telling *telling)
{
	const struct lbvs_ruleset *old = telling->old;
	int index;
	u32 i;

	for (i = 0; i < old->n_pools; i++) {
		if (has_pool(telling->new, old->pools[i], &index))
			continue;
		tell_all_reals(telling, LBVS_EVENT_REMOVED, old, old->pools[i]);
		tell_pool(telling, LBVS_EVENT_REMOVED, old, i);
	}
}

static void tell_service(const struct telling *telling, const struct noun *noun,
			 enum lbvs_event event, const struct lbvs_rule *rule)
{
	const struct lbvs_subject subject = { .rule = rule };

	tell(telling, noun, event, &subject);
}

static bool is_usable(const struct lbvs_rule *rule, u32 index)
{
	return lbvs_real_state(rule->pool->reals[index], &rule->demand, NULL) ==
	       LBVS_MEMBER_STATE_USABLE;
}

static int find_member(const struct lbvs_rule *rule,
		       const struct lbvs_member *member)
{
	u32 i;

	for (i = 0; i < rule->n_members; i++)
		if (rule->members[i] == member)
			return i;
	return -ENOENT;
}

static void compare_members(const struct telling *telling,
			    const struct lbvs_rule *old,
			    const struct lbvs_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->n_members; i++) {
		const struct lbvs_subject subject = {
			.ruleset = telling->new,
			.rule = rule,
			.index = i,
		};
		int before = find_member(old, rule->members[i]);

		if (before >= 0 && is_usable(old, before) != is_usable(rule, i))
			tell(telling, &noun_member, LBVS_EVENT_STATE, &subject);
	}
}

static bool same_service_cfg(const struct lbvs_rule *a,
			     const struct lbvs_rule *b)
{
	struct lbvs_service_cfg cfg = a->cfg;

	/* The same checks may have other numbers in the pool's new list. */
	if (lbvs_pool_translate(&a->pool->cfg, &b->pool->cfg, &cfg.require))
		return false;
	return a->pool->id == b->pool->id && !memcmp(&cfg, &b->cfg, sizeof(cfg));
}

static const struct lbvs_rule *find_same_rule(const struct lbvs_ruleset *ruleset,
					      const struct lbvs_rule *rule)
{
	int index = lbvs_ruleset_find_rule(ruleset, rule->cfg.name);

	if (index < 0 || ruleset->rules[index]->service != rule->service)
		return NULL;
	return ruleset->rules[index];
}

static void compare_services(const struct telling *telling)
{
	u32 i;

	for (i = 0; i < telling->old->n_rules; i++)
		if (!find_same_rule(telling->new, telling->old->rules[i]))
			tell_service(telling, &noun_service, LBVS_EVENT_REMOVED,
				     telling->old->rules[i]);

	for (i = 0; i < telling->new->n_rules; i++) {
		const struct lbvs_rule *rule = telling->new->rules[i];
		const struct lbvs_rule *old = find_same_rule(telling->old, rule);

		if (old == rule)
			continue;
		if (!old)
			tell_service(telling, &noun_service, LBVS_EVENT_ADDED,
				     rule);
		else if (!same_service_cfg(old, rule))
			tell_service(telling, &noun_service, LBVS_EVENT_CHANGED,
				     rule);
		if (old)
			compare_members(telling, old, rule);
		if ((old ? old->state : LBVS_SERVICE_STATE_READY) != rule->state)
			tell_service(telling, &noun_service_state,
				     LBVS_EVENT_STATE, rule);
	}
}

/**
 * lbvs_event_commit - tell those who listen what a commit changed
 * @stage: the change, after its commit.
 *
 * Context: process, config_lock held, so that events come in order.
 */
void lbvs_event_commit(const struct lbvs_stage *stage)
{
	const struct telling telling = {
		.net = stage->ln->net,
		.old = stage->old,
		.new = stage->next,
	};

	lockdep_assert_held(&stage->ln->config_lock);

	if (!stage->committed)
		return;
	if (!genl_has_listeners(family, telling.net, LBVS_EVENT_GROUP_CONFIG) &&
	    !genl_has_listeners(family, telling.net, LBVS_EVENT_GROUP_HEALTH))
		return;

	compare_old_pools(&telling);
	compare_new_pools(&telling);
	compare_services(&telling);
}

static void tell_suspects(const struct telling *telling,
			  const struct lbvs_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->n_members; i++) {
		const struct lbvs_subject subject = {
			.ruleset = telling->new,
			.rule = rule,
			.index = i,
		};

		if (READ_ONCE(rule->members[i]->suspect) &&
		    xchg(&rule->members[i]->suspect, false))
			tell(telling, &noun_member, LBVS_EVENT_SUSPECT,
			     &subject);
	}
}

/**
 * lbvs_event_suspects - tell those who listen which members clients fail to
 *	connect to
 * @ln: network namespace.
 *
 * Context: process, config_lock held, so that events come in order.
 */
void lbvs_event_suspects(const struct lbvs_net *ln)
{
	const struct lbvs_ruleset *ruleset;
	struct telling telling = { .net = ln->net };
	u32 i;

	lockdep_assert_held(&ln->config_lock);

	ruleset = rcu_dereference_protected(ln->ruleset,
					    lockdep_is_held(&ln->config_lock));
	telling.new = ruleset;
	for (i = 0; i < ruleset->n_rules; i++) {
		tell_suspects(&telling, ruleset->rules[i]);
		cond_resched();
	}
}

/**
 * lbvs_event_drained - tell those who listen that a real has no flow any more
 * @ln: network namespace.
 * @subject: with ruleset, pool, real.
 *
 * Context: process, config_lock held, so that events come in order.
 */
void lbvs_event_drained(const struct lbvs_net *ln,
			const struct lbvs_subject *subject)
{
	const struct telling telling = { .net = ln->net };

	lockdep_assert_held(&ln->config_lock);

	tell(&telling, &noun_real_drained, LBVS_EVENT_DRAINED, subject);
}

/**
 * lbvs_event_arm - tell those who listen of an arm
 * @net: network namespace.
 * @event: what happened.
 * @dev: its device.
 *
 * Context: process, under RTNL.
 */
void lbvs_event_arm(struct net *net, enum lbvs_event event,
		    const struct net_device *dev)
{
	struct sk_buff *skb;
	void *header;

	if (!genl_has_listeners(family, net, LBVS_EVENT_GROUP_CONFIG))
		return;
	skb = start(net, LBVS_CMD_ARM_NTF, LBVS_A_ARM_EVENT, event, &header,
		    GFP_KERNEL);
	finish(net, LBVS_EVENT_GROUP_CONFIG, skb, header,
	       skb ? lbvs_attr_put_arm(skb, dev) : -ENOMEM, GFP_KERNEL);
}

/**
 * lbvs_event_agent - tell those who listen of an agent
 * @ln: network namespace.
 * @event: what happened.
 * @agent: the agent.
 *
 * Context: process, config_lock held, so that events come in order.
 */
void lbvs_event_agent(const struct lbvs_net *ln, enum lbvs_event event,
		      const struct lbvs_agent *agent)
{
	struct sk_buff *skb;
	void *header;

	lockdep_assert_held(&ln->config_lock);

	if (!genl_has_listeners(family, ln->net, LBVS_EVENT_GROUP_HEALTH))
		return;
	skb = start(ln->net, LBVS_CMD_AGENT_NTF, LBVS_A_AGENT_EVENT, event,
		    &header, GFP_KERNEL);
	finish(ln->net, LBVS_EVENT_GROUP_HEALTH, skb, header,
	       skb ? lbvs_attr_put_agent(skb, ln, agent) : -ENOMEM, GFP_KERNEL);
}

/**
 * lbvs_event_flow - tell those who listen of a flow
 * @ln: network namespace.
 * @event: what happened.
 * @flow: the flow, found under RCU.
 *
 * Context: any; unlike all others this comes from the packet path.
 */
void lbvs_event_flow(const struct lbvs_net *ln, enum lbvs_event event,
		     const struct lbvs_flow *flow)
{
	struct sk_buff *skb;
	void *header;

	if (!genl_has_listeners(family, ln->net, LBVS_EVENT_GROUP_FLOW))
		return;
	skb = start(ln->net, LBVS_CMD_FLOW_NTF, LBVS_A_FLOW_EVENT, event,
		    &header, GFP_ATOMIC);
	finish(ln->net, LBVS_EVENT_GROUP_FLOW, skb, header,
	       skb ? lbvs_attr_put_flow(skb, flow) : -ENOMEM, GFP_ATOMIC);
}

/**
 * lbvs_event_init - learn which family events go out by
 * @genl_family: the family; not registered yet.
 */
void lbvs_event_init(const struct genl_family *genl_family)
{
	family = genl_family;
}
