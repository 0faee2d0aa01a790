// SPDX-License-Identifier: GPL-2.0-or-later
#include "attr.h"
#include "agent.h"
#include "choose.h"
#include "drain.h"
#include "flow.h"
#include "member.h"
#include "pool.h"
#include "real.h"
#include "ruleset.h"
#include "service.h"
#include "snat.h"
#include "stats.h"
#include "together.h"

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lbvs.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <net/netlink.h>

/**
 * lbvs_attr_put_addr - an address of 4 or 16 bytes
 * @skb: the message.
 * @attr: number of the attribute.
 * @addr: the address.
 * @family: its family.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_addr(struct sk_buff *skb, int attr,
		       const union nf_inet_addr *addr, u8 family)
{
	return nla_put(skb, attr, family == NFPROTO_IPV4 ? 4 : 16, addr);
}

static int put_counters(struct sk_buff *skb, int attr,
			const struct lbvs_totals *totals)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest ||
	    nla_put_u64_64bit(skb, LBVS_A_COUNTERS_REQUEST_PACKETS,
			      totals->packets[LBVS_REQUEST], LBVS_A_PAD) ||
	    nla_put_u64_64bit(skb, LBVS_A_COUNTERS_REQUEST_BYTES,
			      totals->bytes[LBVS_REQUEST], LBVS_A_PAD) ||
	    nla_put_u64_64bit(skb, LBVS_A_COUNTERS_REPLY_PACKETS,
			      totals->packets[LBVS_REPLY], LBVS_A_PAD) ||
	    nla_put_u64_64bit(skb, LBVS_A_COUNTERS_REPLY_BYTES,
			      totals->bytes[LBVS_REPLY], LBVS_A_PAD) ||
	    nla_put_u64_64bit(skb, LBVS_A_COUNTERS_FLOWS, totals->flows,
			      LBVS_A_PAD) ||
	    nla_put_u64_64bit(skb, LBVS_A_COUNTERS_REFUSED, totals->refused,
			      LBVS_A_PAD) ||
	    nla_put_u64_64bit(skb, LBVS_A_COUNTERS_UNANSWERED,
			      totals->unanswered, LBVS_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The checks of a pool that @mask has a bit for. */
static int put_checks(struct sk_buff *skb, int attr,
		      const struct lbvs_pool_cfg *cfg, u32 mask)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	u32 i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < cfg->n_checks; i++)
		if ((mask & BIT(i)) &&
		    nla_put_string(skb, LBVS_A_CHECK_NAME, cfg->checks[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * lbvs_attr_put_pool - a pool
 * @skb: the message.
 * @subject: with ruleset, pool, index of the pool.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_pool(struct sk_buff *skb, const struct lbvs_subject *subject)
{
	const struct lbvs_pool *pool = subject->pool;

	if (nla_put_string(skb, LBVS_A_POOL_NAME, pool->cfg.name) ||
	    put_checks(skb, LBVS_A_POOL_CHECK, &pool->cfg, ~0) ||
	    nla_put_u32(skb, LBVS_A_POOL_REALS, pool->n_reals) ||
	    nla_put_u32(skb, LBVS_A_POOL_SERVICES,
			lbvs_users_count(&subject->ruleset->users[subject->index])) ||
	    nla_put_u32(skb, LBVS_A_POOL_MIN_USABLE, pool->cfg.min_usable) ||
	    nla_put_u32(skb, LBVS_A_POOL_RAMP, pool->cfg.ramp))
		return -EMSGSIZE;
	if (subject->privileged && pool->cfg.key_is_set)
		return nla_put(skb, LBVS_A_POOL_HASH_KEY, LBVS_KEY_SIZE,
			       &pool->cfg.key);
	return 0;
}

/*
 * Sums up the members of a real. Of their ramps the one counts that is the least
 * far; @ramp is left alone where there is none.
 */
static u32 sum_real(const struct lbvs_subject *subject,
		    struct lbvs_totals *totals, u32 *ramp)
{
	const struct lbvs_ruleset *ruleset = subject->ruleset;
	const struct lbvs_users *users;
	u32 flows = 0;
	u32 percent;
	int place;
	u32 i;

	place = lbvs_pool_find_real(subject->pool, subject->real->cfg.name);
	users = &ruleset->users[lbvs_ruleset_find_pool(ruleset,
						       subject->pool->cfg.name)];
	for (i = 0; i < lbvs_users_count(users); i++) {
		const struct lbvs_member *member;

		member = lbvs_rule_find_member(users->rules[i],
					       subject->real->id, max(place, 0));
		if (!member)
			continue;
		flows += atomic_read(&member->flows);
		lbvs_counters_sum(member->counters, totals);
		if (lbvs_ramp_percent(member, &percent))
			*ramp = min(*ramp, percent);
	}
	return flows;
}

static int put_drain(struct sk_buff *skb, const struct lbvs_drain *drain)
{
	if (drain->has_deadline &&
	    nla_put_u32(skb, LBVS_A_REAL_DEADLINE, lbvs_drain_time_left(drain)))
		return -EMSGSIZE;
	return nla_put_u32(skb, LBVS_A_REAL_DRAIN_LEFT,
			   lbvs_drain_flows_left(drain)) ||
	       nla_put_u32(skb, LBVS_A_REAL_DRAIN_ENDED,
			   lbvs_drain_flows_ended(drain)) ||
	       nla_put_u32(skb, LBVS_A_REAL_DRAIN_RESET,
			   READ_ONCE(drain->reset)) ||
	       nla_put_u32(skb, LBVS_A_REAL_DRAIN_DROPPED,
			   READ_ONCE(drain->dropped)) ?
		-EMSGSIZE : 0;
}

/**
 * lbvs_attr_put_real - a real
 * @skb: the message.
 * @subject: with ruleset, pool, real.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_real(struct sk_buff *skb, const struct lbvs_subject *subject)
{
	const struct lbvs_real *real = subject->real;
	struct lbvs_totals totals = {};
	u32 ramp = U32_MAX;
	u32 flows = sum_real(subject, &totals, &ramp);

	if (nla_put_string(skb, LBVS_A_REAL_POOL, subject->pool->cfg.name) ||
	    nla_put_string(skb, LBVS_A_REAL_NAME, real->cfg.name) ||
	    lbvs_attr_put_addr(skb, LBVS_A_REAL_ADDR, &real->cfg.addr,
			       real->cfg.family) ||
	    nla_put_u32(skb, LBVS_A_REAL_WEIGHT, real->cfg.weight) ||
	    nla_put_u32(skb, LBVS_A_REAL_ADMIN, real->cfg.admin) ||
	    nla_put_u32(skb, LBVS_A_REAL_VERDICT, real->whole.state) ||
	    nla_put_u32(skb, LBVS_A_REAL_ACTIVE_FLOWS, flows) ||
	    nla_put_u32(skb, LBVS_A_REAL_LIMIT_FLOWS, real->cfg.limits.flows) ||
	    nla_put_u32(skb, LBVS_A_REAL_LIMIT_RATE, real->cfg.limits.rate) ||
	    nla_put_u32(skb, LBVS_A_REAL_TIER, real->cfg.tier))
		return -EMSGSIZE;
	if (real->drain && put_drain(skb, real->drain))
		return -EMSGSIZE;
	if (ramp != U32_MAX && nla_put_u32(skb, LBVS_A_REAL_RAMP, ramp))
		return -EMSGSIZE;
	return put_counters(skb, LBVS_A_REAL_COUNTERS, &totals);
}

static u32 count_usable(const struct lbvs_rule *rule)
{
	if (rule->state != LBVS_SERVICE_STATE_READY)
		return 0;
	return rule->n_choices + rule->n_reserve;
}

static int put_service_cfg(struct sk_buff *skb, const struct lbvs_rule *rule)
{
	const struct lbvs_service_cfg *cfg = &rule->cfg;

	return nla_put_string(skb, LBVS_A_SERVICE_NAME, cfg->name) ||
	       nla_put_u8(skb, LBVS_A_SERVICE_PROTO, cfg->proto) ||
	       lbvs_attr_put_addr(skb, LBVS_A_SERVICE_ADDR, &cfg->addr,
				  cfg->family) ||
	       nla_put(skb, LBVS_A_SERVICE_PORT,
		       cfg->n_ports * sizeof(*cfg->ports), cfg->ports) ||
	       nla_put_string(skb, LBVS_A_SERVICE_POOL, rule->pool->cfg.name) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_SCHED, cfg->sched) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_HASH, cfg->hash) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_HASH_PREFIX, cfg->hash_prefix) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_TABLE_SIZE, cfg->table_size) ||
	       put_checks(skb, LBVS_A_SERVICE_REQUIRE, &rule->pool->cfg,
			  cfg->require) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_TO_PORT, cfg->to_port) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_WHEN_EMPTY, cfg->when_empty) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_INITIAL, cfg->initial) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_ON_DOWN, cfg->on_down) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_SNAT, cfg->snat) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_LIMIT_FLOWS, cfg->limits.flows) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_LIMIT_RATE, cfg->limits.rate) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_BOUND, cfg->bound) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_PERSIST, cfg->persist) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_PERSIST_PREFIX,
			   cfg->persist_prefix) ||
	       nla_put_u32(skb, LBVS_A_SERVICE_PERSIST_SCOPE,
			   cfg->persist_scope) ||
	       nla_put_string(skb, LBVS_A_SERVICE_TOGETHER, cfg->together) ?
		-EMSGSIZE : 0;
}

static int put_timeouts(struct sk_buff *skb, const u32 *timeouts)
{
	static const int attrs[LBVS_TIMEOUTS] = {
		[LBVS_TIMEOUT_ESTABLISHED] = LBVS_A_SERVICE_TIMEOUT_ESTABLISHED,
		[LBVS_TIMEOUT_SYN] = LBVS_A_SERVICE_TIMEOUT_SYN,
		[LBVS_TIMEOUT_FIN] = LBVS_A_SERVICE_TIMEOUT_FIN,
		[LBVS_TIMEOUT_CLOSED] = LBVS_A_SERVICE_TIMEOUT_CLOSED,
		[LBVS_TIMEOUT_UDP] = LBVS_A_SERVICE_TIMEOUT_UDP,
	};
	int i;

	for (i = 0; i < LBVS_TIMEOUTS; i++)
		if (nla_put_u32(skb, attrs[i], timeouts[i]))
			return -EMSGSIZE;
	return 0;
}

/**
 * lbvs_attr_put_service - a service
 * @skb: the message.
 * @subject: with rule.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_service(struct sk_buff *skb,
			  const struct lbvs_subject *subject)
{
	const struct lbvs_rule *rule = subject->rule;
	struct lbvs_totals totals;
	u32 flows;

	lbvs_member_totals(rule->service, &totals, &flows);
	if (put_service_cfg(skb, rule) ||
	    put_timeouts(skb, rule->cfg.timeouts) ||
	    nla_put_u32(skb, LBVS_A_SERVICE_STATE, rule->state) ||
	    nla_put_u32(skb, LBVS_A_SERVICE_MEMBERS, rule->n_members) ||
	    nla_put_u32(skb, LBVS_A_SERVICE_USABLE, count_usable(rule)) ||
	    nla_put_u32(skb, LBVS_A_SERVICE_ACTIVE_FLOWS, flows))
		return -EMSGSIZE;
	return put_counters(skb, LBVS_A_SERVICE_COUNTERS, &totals);
}

/**
 * lbvs_attr_put_state - is a member usable, and if not, why not?
 * @skb: the message.
 * @subject: with ruleset, rule, index of the member.
 * @passed: why it was passed over, if it was and is usable; else 0.
 * @state_attr: number of the attribute for the state.
 * @check_attr: for the check that it is about.
 * @partner_attr: for the service that requires it, if it is another one.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_state(struct sk_buff *skb, const struct lbvs_subject *subject,
			enum lbvs_member_state passed, int state_attr,
			int check_attr, int partner_attr)
{
	const struct lbvs_rule *rule = subject->rule;
	enum lbvs_member_state state;
	const char *partner;
	u32 check;

	state = lbvs_real_state(rule->pool->reals[subject->index],
				&rule->demand, &check);
	partner = lbvs_together_partner(subject->ruleset, rule, state, check);
	if (state == LBVS_MEMBER_STATE_USABLE)
		state = passed ?: lbvs_choose_state(rule, subject->index);
	if (nla_put_u32(skb, state_attr, state))
		return -EMSGSIZE;
	if (check != LBVS_CHECK_NONE &&
	    nla_put_string(skb, check_attr, rule->pool->cfg.checks[check]))
		return -EMSGSIZE;
	return partner ? nla_put_string(skb, partner_attr, partner) : 0;
}

/**
 * lbvs_attr_put_member - a member
 * @skb: the message.
 * @subject: with ruleset, rule, index of the member.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_member(struct sk_buff *skb,
			 const struct lbvs_subject *subject)
{
	const struct lbvs_rule *rule = subject->rule;
	const struct lbvs_real *real = rule->pool->reals[subject->index];
	const struct lbvs_member *member = rule->members[subject->index];
	struct lbvs_totals totals = {};
	u32 ramp = 0;
	u32 share;

	share = lbvs_real_share(real, &rule->demand);
	lbvs_counters_sum(member->counters, &totals);
	if (nla_put_string(skb, LBVS_A_MEMBER_SERVICE, rule->cfg.name) ||
	    nla_put_string(skb, LBVS_A_MEMBER_POOL, rule->pool->cfg.name) ||
	    nla_put_string(skb, LBVS_A_MEMBER_REAL, real->cfg.name) ||
	    lbvs_attr_put_addr(skb, LBVS_A_MEMBER_ADDR, &real->cfg.addr,
			       real->cfg.family) ||
	    nla_put_u32(skb, LBVS_A_MEMBER_WEIGHT, real->cfg.weight) ||
	    lbvs_attr_put_state(skb, subject, 0, LBVS_A_MEMBER_STATE,
				LBVS_A_MEMBER_CHECK, LBVS_A_MEMBER_PARTNER) ||
	    nla_put_u32(skb, LBVS_A_MEMBER_ACTIVE_FLOWS,
			atomic_read(&member->flows)))
		return -EMSGSIZE;
	if (share != LBVS_SHARE_FULL &&
	    nla_put_u32(skb, LBVS_A_MEMBER_SHARE, share))
		return -EMSGSIZE;
	if (lbvs_ramp_percent(member, &ramp) &&
	    nla_put_u32(skb, LBVS_A_MEMBER_RAMP, ramp))
		return -EMSGSIZE;
	return put_counters(skb, LBVS_A_MEMBER_COUNTERS, &totals);
}

static int put_owner(struct sk_buff *skb, const struct lbvs_net *ln,
		     const struct lbvs_health *health)
{
	const struct lbvs_agent *agent;

	agent = health->agent ? lbvs_agent_find(ln, health->agent) : NULL;
	if (!agent)
		return 0;
	if (nla_put_string(skb, LBVS_A_VERDICT_AGENT, agent->cfg.name))
		return -EMSGSIZE;
	if (health->stale)
		return nla_put_flag(skb, LBVS_A_VERDICT_STALE);
	return nla_put_u32(skb, LBVS_A_VERDICT_LEASE_LEFT,
			   lbvs_agent_left(agent));
}

/**
 * lbvs_attr_put_verdict - a verdict
 * @skb: the message.
 * @subject: with ln, pool, real, check.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_verdict(struct sk_buff *skb,
			  const struct lbvs_subject *subject)
{
	const struct lbvs_health *health = &subject->real->whole;

	if (nla_put_string(skb, LBVS_A_VERDICT_POOL, subject->pool->cfg.name) ||
	    nla_put_string(skb, LBVS_A_VERDICT_REAL, subject->real->cfg.name))
		return -EMSGSIZE;
	if (subject->check >= 0) {
		health = &subject->real->checks[subject->check];
		if (nla_put_string(skb, LBVS_A_VERDICT_CHECK,
				   subject->pool->cfg.checks[subject->check]))
			return -EMSGSIZE;
	}
	if (nla_put_u32(skb, LBVS_A_VERDICT_STATE, health->state) ||
	    nla_put_string(skb, LBVS_A_VERDICT_REASON, health->reason) ||
	    nla_put_u32(skb, LBVS_A_VERDICT_SHARE, health->share) ||
	    put_owner(skb, subject->ln, health))
		return -EMSGSIZE;
	if (health->state == LBVS_VERDICT_STATE_UNKNOWN)
		return 0;
	return nla_put_u64_64bit(skb, LBVS_A_VERDICT_AGE,
				 ktime_to_ms(ktime_get()) - health->since,
				 LBVS_A_VERDICT_PAD);
}

/**
 * lbvs_attr_put_agent - an agent
 * @skb: the message.
 * @ln: network namespace.
 * @agent: the agent.
 *
 * Context: under RCU, or config_lock held.
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_agent(struct sk_buff *skb, const struct lbvs_net *ln,
			const struct lbvs_agent *agent)
{
	return nla_put_string(skb, LBVS_A_AGENT_NAME, agent->cfg.name) ||
	       nla_put_u32(skb, LBVS_A_AGENT_EPOCH, READ_ONCE(agent->epoch)) ||
	       nla_put_u32(skb, LBVS_A_AGENT_LEASE,
			   READ_ONCE(agent->cfg.lease)) ||
	       nla_put_u32(skb, LBVS_A_AGENT_GRACE,
			   READ_ONCE(agent->cfg.grace)) ||
	       nla_put_u32(skb, LBVS_A_AGENT_ON_EXPIRY,
			   READ_ONCE(agent->cfg.on_expiry)) ||
	       nla_put_u32(skb, LBVS_A_AGENT_STATE, READ_ONCE(agent->state)) ||
	       nla_put_u32(skb, LBVS_A_AGENT_LEFT, lbvs_agent_left(agent)) ||
	       nla_put_u32(skb, LBVS_A_AGENT_VERDICTS,
			   lbvs_agent_count_verdicts(ln, agent->id)) ?
		-EMSGSIZE : 0;
}

/**
 * lbvs_attr_put_arm - an arm
 * @skb: the message.
 * @dev: its device.
 *
 * Context: under RTNL.
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_arm(struct sk_buff *skb, const struct net_device *dev)
{
	return nla_put_string(skb, LBVS_A_ARM_DEV, dev->name) ||
	       nla_put_u32(skb, LBVS_A_ARM_IFINDEX, dev->ifindex) ?
		-EMSGSIZE : 0;
}

static u32 expires_in(const struct lbvs_flow *flow)
{
	s32 left = READ_ONCE(flow->seen) + lbvs_flow_timeout(flow) -
		   (u32)jiffies;

	return left > 0 ? jiffies_to_msecs(left) : 0;
}

static int put_snat(struct sk_buff *skb, const struct lbvs_flow *flow)
{
	const struct lbvs_snat_pair *snat = lbvs_flow_snat(flow);
	const struct lbvs_tuple *answer;

	if (!snat)
		return 0;
	answer = &snat->nodes[LBVS_REQUEST].tuple;
	if (lbvs_attr_put_addr(skb, LBVS_A_FLOW_SNAT_ADDR, &answer->dst,
			       answer->family))
		return -EMSGSIZE;
	return nla_put_u16(skb, LBVS_A_FLOW_SNAT_PORT, ntohs(answer->dport));
}

/**
 * lbvs_attr_put_flow - a flow
 * @skb: the message.
 * @flow: the flow, found under RCU.
 *
 * Return: 0 or -EMSGSIZE.
 */
int lbvs_attr_put_flow(struct sk_buff *skb, const struct lbvs_flow *flow)
{
	const struct lbvs_tuple *request = &flow->nodes[LBVS_REQUEST].tuple;
	const struct lbvs_tuple *reply = &flow->nodes[LBVS_REPLY].tuple;
	const struct lbvs_member *member = flow->member;

	return nla_put_u8(skb, LBVS_A_FLOW_PROTO, request->proto) ||
	       lbvs_attr_put_addr(skb, LBVS_A_FLOW_CLIENT_ADDR, &request->src,
				  request->family) ||
	       nla_put_u16(skb, LBVS_A_FLOW_CLIENT_PORT,
			   ntohs(request->sport)) ||
	       lbvs_attr_put_addr(skb, LBVS_A_FLOW_VIRTUAL_ADDR, &request->dst,
				  request->family) ||
	       nla_put_u16(skb, LBVS_A_FLOW_VIRTUAL_PORT,
			   ntohs(request->dport)) ||
	       lbvs_attr_put_addr(skb, LBVS_A_FLOW_REAL_ADDR, &reply->src,
				  reply->family) ||
	       nla_put_u16(skb, LBVS_A_FLOW_REAL_PORT, ntohs(reply->sport)) ||
	       put_snat(skb, flow) ||
	       nla_put_string(skb, LBVS_A_FLOW_SERVICE,
			      member->service->name) ||
	       nla_put_string(skb, LBVS_A_FLOW_POOL, member->pool) ||
	       nla_put_string(skb, LBVS_A_FLOW_REAL, member->real) ||
	       nla_put_u32(skb, LBVS_A_FLOW_STATE, lbvs_flow_state(flow)) ||
	       nla_put_u32(skb, LBVS_A_FLOW_EXPIRES, expires_in(flow)) ?
		-EMSGSIZE : 0;
}
