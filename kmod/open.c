// SPDX-License-Identifier: GPL-2.0-or-later
#include "open.h"
#include "bypass.h"
#include "choose.h"
#include "flow_find.h"
#include "hint.h"
#include "member.h"
#include "reject.h"
#include "snat.h"
#include "stats.h"
#include "tcp.h"

/* So many choices are tried before a client is told to go away. */
#define LBVS_OPEN_ATTEMPTS 16

static noinline enum lbvs_verdict refuse(const struct lbvs_packet *p, unsigned int hook,
				enum lbvs_stat why)
{
	lbvs_stats_inc(p->ln, why);
	return lbvs_reject(p, hook);
}

/*
 * The reply tuple is taken. Either the flow that has it is over, and makes
 * room; or this very flow was opened on another CPU just now, and is it; or
 * the client uses one port for two services, and needs another member.
 */
static noinline struct lbvs_flow *settle_clash(struct lbvs_packet *p,
				      const struct lbvs_member *member,
				      __be16 real_port)
{
	struct lbvs_packet reply = *p;
	struct lbvs_flow *flow;
	enum lbvs_dir dir;

	flow = lbvs_flow_find(p, &dir);
	if (flow)
		return flow;

	reply.tuple.src = member->addr;
	reply.tuple.dst = p->tuple.src;
	reply.tuple.sport = real_port;
	reply.tuple.dport = p->tuple.sport;
	flow = lbvs_flow_find(&reply, &dir);
	if (flow && lbvs_tcp_finished(READ_ONCE(flow->state)) &&
	    lbvs_flow_end(p->ln, flow))
		lbvs_stats_inc(p->ln, LBVS_STAT_FLOW_REPLACED);
	return NULL;
}

static enum lbvs_verdict give_up(const struct lbvs_packet *p, int err)
{
	switch (err) {
	case -ENOSPC:
		lbvs_stats_inc(p->ln, LBVS_STAT_DROP_TABLE_FULL);
		break;
	case -ENOMEM:
		lbvs_stats_inc(p->ln, LBVS_STAT_DROP_NO_MEMORY);
		break;
	default:
		lbvs_stats_inc(p->ln, LBVS_STAT_DROP_CLASH);
		break;
	}
	return LBVS_DROP;
}

static noinline struct lbvs_flow *
create_with_snat(const struct lbvs_packet *p, struct lbvs_member *member,
		 __be16 real_port)
{
	struct lbvs_snat_pair *snat = lbvs_snat_open(p, member, real_port);
	struct lbvs_flow *flow;

	if (IS_ERR(snat))
		return ERR_CAST(snat);
	flow = lbvs_flow_create(p, member, real_port, snat);
	if (!snat)
		return flow;
	if (IS_ERR(flow))
		lbvs_snat_close(p->ln, snat);
	else
		lbvs_stats_inc(p->ln, LBVS_STAT_FLOW_SNAT);
	return flow;
}

static struct lbvs_flow *create(const struct lbvs_packet *p,
				const struct lbvs_rule *rule,
				struct lbvs_member *member, __be16 real_port)
{
	if (unlikely(rule->cfg.snat != LBVS_SNAT_OFF))
		return create_with_snat(p, member, real_port);
	return lbvs_flow_create(p, member, real_port, NULL);
}

static struct lbvs_flow *bind_member(struct lbvs_packet *p,
				     const struct lbvs_rule *rule,
				     struct lbvs_member *member,
				     __be16 real_port)
{
	struct lbvs_flow *flow, *settled;

	flow = create(p, rule, member, real_port);
	if (PTR_ERR_OR_ZERO(flow) != -EEXIST)
		return flow;

	settled = settle_clash(p, member, real_port);
	if (settled)
		return settled;
	flow = create(p, rule, member, real_port);
	if (PTR_ERR_OR_ZERO(flow) == -EEXIST)
		lbvs_stats_inc(p->ln, LBVS_STAT_CLASH);
	return flow;
}

/**
 * lbvs_open - open a flow for a packet that belongs to none
 * @p: the packet, for which a flow was looked for.
 * @rule: the service it is sent to.
 * @hook: the netfilter hook it is in.
 * @flow: gets the flow, valid until the end of the RCU read section.
 *
 * Context: under RCU, bottom halves off.
 * Return: LBVS_NEXT with a flow; or LBVS_DROP, counted, and where that is of
 * use the client was told.
 */
enum lbvs_verdict lbvs_open(struct lbvs_packet *p, const struct lbvs_rule *rule,
			    unsigned int hook, struct lbvs_flow **flow)
{
	struct lbvs_choosing choosing LBVS_UNINITIALIZED;
	__be16 real_port = p->tuple.dport;
	struct lbvs_member *member;
	u32 attempt;

	if (lbvs_packet_is_tcp(p) && !lbvs_tcp_opens(p))
		return refuse(p, hook, LBVS_STAT_REJECTED_NO_FLOW);
	if (rule->cfg.to_port)
		real_port = htons(rule->cfg.to_port);

	lbvs_choose_start(&choosing, rule, &p->tuple);
	for (attempt = 0; attempt < LBVS_OPEN_ATTEMPTS; attempt++) {
		member = lbvs_choose_next(&choosing);
		if (!member)
			break;
		*flow = bind_member(p, rule, member, real_port);
		if (!IS_ERR(*flow)) {
			if (rule->state == LBVS_SERVICE_STATE_OPEN)
				lbvs_stats_inc(p->ln, LBVS_STAT_OPENED_EMPTY);
			return LBVS_NEXT;
		}
		if (PTR_ERR(*flow) == -EADDRINUSE)
			return refuse(p, hook, LBVS_STAT_REJECTED_NO_PORT);
		if (PTR_ERR(*flow) != -EEXIST)
			return give_up(p, PTR_ERR(*flow));
	}
	if (!rule->n_choices)
		return refuse(p, hook, LBVS_STAT_REJECTED_EMPTY);
	if (!attempt)
		return refuse(p, hook, LBVS_STAT_REJECTED_LIMIT);
	return give_up(p, -EEXIST);
}

/* Either the real answers by another way, or it does not answer. */
static void ask_again(struct lbvs_flow *flow, const struct lbvs_packet *p)
{
	lbvs_bypass_suspect(p->ln, flow);
	if (READ_ONCE(flow->state) == LBVS_TCP_STATE_SYN)
		lbvs_hint_repeated(flow, p->now);
}

/**
 * lbvs_open_anew - does a packet of a flow open a new connection?
 * @flow: the flow.
 * @p: the packet, which the flow did not take note of yet.
 *
 * A SYN on a flow that is finished, or whose member takes no new ones, is a
 * new connection: it is scheduled at once, not made to wait. Else it is one that
 * is sent again, for want of an answer.
 *
 * Context: under RCU, bottom halves off.
 * Return: true when the flow is to be replaced.
 */
bool lbvs_open_anew(struct lbvs_flow *flow, const struct lbvs_packet *p)
{
	if (!lbvs_packet_is_tcp(p) || !lbvs_tcp_opens(p))
		return false;
	if (READ_ONCE(flow->state) == LBVS_TCP_STATE_SYN)
		ask_again(flow, p);
	return lbvs_tcp_finished(READ_ONCE(flow->state)) ||
	       !READ_ONCE(flow->member->usable);
}
