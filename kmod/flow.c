// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who holds a flow: the table, and whoever found it there, until the end of
 * the RCU read section in which it was found. Taking it out of the table is
 * done once, by whoever finds its request node there; a grace period later it is
 * freed and lets go of its member. It is counted as a flow of the member only while
 * it is in the table.
 */
#include "flow.h"
#include "flow_stash.h"
#include "flow_table.h"
#include "hint.h"
#include "load.h"
#include "member.h"
#include "route.h"
#include "service.h"
#include "snat.h"
#include "stats.h"

#include <linux/slab.h>
#include <linux/string.h>
#include <net/checksum.h>

/**
 * lbvs_flow_is_stale - end a flow if it was silent for too long
 * @ln: network namespace.
 * @flow: the flow, found under RCU.
 * @now: jiffies, cut to 32 bits.
 *
 * Context: under RCU, bottom halves off.
 * Return: true when it was.
 */
bool lbvs_flow_is_stale(struct lbvs_net *ln, struct lbvs_flow *flow, u32 now)
{
	if (!lbvs_flow_expired(flow, now))
		return false;
	lbvs_flow_expire(ln, flow);
	return true;
}

/**
 * lbvs_flow_find_answer - by which direction answers to a packet would be found
 * @table: where to look.
 * @tuple: the packet's addresses and ports.
 *
 * Context: under RCU.
 * Return: the direction, valid until the end of the RCU read section; or NULL.
 */
const struct lbvs_flow_node *
lbvs_flow_find_answer(const struct lbvs_flow_table *table,
		      const struct lbvs_tuple *tuple)
{
	const struct lbvs_tuple answer = lbvs_tuple_reverse(tuple);

	return lbvs_flow_table_find(table, lbvs_flow_hash(table, &answer),
				    lbvs_flow_equal_tuple, &answer);
}

/**
 * lbvs_flow_expire - end a flow that was silent for too long
 * @ln: network namespace.
 * @flow: the flow, found under RCU.
 *
 * Context: under RCU; process or softirq.
 */
void lbvs_flow_expire(struct lbvs_net *ln, struct lbvs_flow *flow)
{
	bool answered = READ_ONCE(flow->state) != LBVS_TCP_STATE_SYN;

	if (!lbvs_flow_end(ln, flow))
		return;
	lbvs_stats_inc(ln, LBVS_STAT_FLOW_EXPIRED);
	if (!answered)
		lbvs_hint_unanswered(flow->member);
}

/**
 * lbvs_flow_find_reverse - the flow that answers to a packet would belong to
 * @p: the packet, parsed.
 * @dir: gets the direction in which answers go.
 *
 * A request that was rewritten already is found this way.
 *
 * Context: under RCU, bottom halves off.
 * Return: the flow, valid until the end of the RCU read section; or NULL.
 */
struct lbvs_flow *lbvs_flow_find_reverse(const struct lbvs_packet *p,
					 enum lbvs_dir *dir)
{
	const struct lbvs_flow_node *node;

	node = lbvs_flow_find_answer(p->ln->flows, &p->tuple);
	if (!node)
		return NULL;
	*dir = node->dir;
	return lbvs_flow_of(node);
}

static __wsum sum_addr(const union nf_inet_addr *addr, u8 family)
{
	__wsum low = (__force __wsum)addr->all[0];

	if (family == NFPROTO_IPV4)
		return low;
	low = csum_add(low, (__force __wsum)addr->all[1]);
	return csum_add(csum_add(low, (__force __wsum)addr->all[2]),
			(__force __wsum)addr->all[3]);
}

/**
 * lbvs_flow_set_deltas - what the checksums will change by
 * @nodes: both directions.
 * @from: destination of requests.
 * @to: what it becomes. The source of replies, this, becomes the other.
 */
void lbvs_flow_set_deltas(struct lbvs_flow_node nodes[LBVS_DIRS],
			  const union nf_inet_addr *from,
			  const union nf_inet_addr *to)
{
	u8 family = nodes[LBVS_REQUEST].tuple.family;
	__sum16 inverse = csum_fold(csum_sub(sum_addr(to, family),
					     sum_addr(from, family)));

	nodes[LBVS_REPLY].tuple.spare = (__force u16)inverse;
	nodes[LBVS_REQUEST].tuple.spare = ~(__force u16)inverse;
}

static noinline struct lbvs_flow *take_with_snat(struct lbvs_snat_pair *pair)
{
	struct lbvs_flow_snat *snat;

	snat = kzalloc(sizeof(*snat), GFP_ATOMIC | __GFP_NOWARN);
	if (!snat)
		return NULL;
	snat->pair = pair;
	snat->flow.nodes[LBVS_REQUEST].arm = LBVS_ARM_NEVER;
	snat->flow.nodes[LBVS_REPLY].arm = LBVS_ARM_NEVER;
	return &snat->flow;
}

/* Back to where it was taken from. */
static void give_back(struct lbvs_flow *flow)
{
	if (lbvs_flow_snat(flow))
		kfree(container_of(flow, struct lbvs_flow_snat, flow));
	else
		lbvs_flow_stash_free(flow);
}

static struct lbvs_flow *alloc_flow(const struct lbvs_packet *p,
				    struct lbvs_member *member,
				    __be16 real_port, struct lbvs_snat_pair *snat)
{
	struct lbvs_tuple *reply;
	struct lbvs_flow *flow;

	flow = unlikely(snat) ? take_with_snat(snat) : lbvs_flow_stash_take();
	if (!flow)
		return NULL;

	flow->nodes[LBVS_REQUEST].tuple = p->tuple;
	flow->nodes[LBVS_REQUEST].dir = LBVS_REQUEST;

	reply = &flow->nodes[LBVS_REPLY].tuple;
	reply->src = member->addr;
	reply->dst = p->tuple.src;
	reply->sport = real_port;
	reply->dport = p->tuple.sport;
	reply->proto = p->tuple.proto;
	reply->family = p->tuple.family;
	flow->nodes[LBVS_REPLY].dir = LBVS_REPLY;
	lbvs_flow_set_deltas(flow->nodes, &p->tuple.dst, &member->addr);

	flow->state = lbvs_packet_is_tcp(p) ? LBVS_TCP_STATE_SYN : 0;
	flow->seen = p->now;
	flow->acks[LBVS_REQUEST] = 0;
	flow->acks[LBVS_REPLY] = 0;
	flow->member = lbvs_member_get(member);
	return flow;
}

static void free_flow(struct rcu_head *rcu)
{
	struct lbvs_flow *flow = container_of(rcu, struct lbvs_flow, rcu);

	lbvs_route_forget(&flow->nodes[LBVS_REQUEST]);
	lbvs_route_forget(&flow->nodes[LBVS_REPLY]);
	lbvs_member_put(flow->member);
	give_back(flow);
}

static bool remove_node(struct lbvs_net *ln, struct lbvs_flow *flow,
			enum lbvs_dir dir)
{
	struct lbvs_flow_node *node = &flow->nodes[dir];

	return lbvs_flow_table_remove(ln->flows, node,
				      lbvs_flow_hash(ln->flows, &node->tuple));
}

/**
 * lbvs_flow_weigh - a flow has become work for its real, or is none any more
 * @flow: the flow, whose state the caller has just changed.
 * @works: it has become work.
 *
 * Flows weigh while they are not over, see lbvs_tcp_over(). Each change of the
 * state is told by the one who made it, and none comes after
 * LBVS_TCP_STATE_ENDED: so the sums are exact.
 *
 * Context: under RCU; process or softirq.
 */
void lbvs_flow_weigh(const struct lbvs_flow *flow, bool works)
{
	struct lbvs_member *member = flow->member;
	int by = works ? 1 : -1;

	atomic_add(by, &member->flows);
	atomic_add(by, &member->load->flows);
}

/* Whoever was about to change the state finds that it is ENDED. */
static void weigh_no_more(struct lbvs_flow *flow)
{
	if (!lbvs_tcp_over(xchg(&flow->state, LBVS_TCP_STATE_ENDED)))
		lbvs_flow_weigh(flow, false);
}

/**
 * lbvs_flow_create - open a flow
 * @p: its first packet, after lbvs_flow_find().
 * @member: the member to bind it to.
 * @real_port: the port on the real.
 * @snat: how its source is translated, or NULL; on success the flow's own.
 *
 * Context: under RCU, bottom halves off.
 * Return: the flow, valid until the end of the RCU read section, or an ERR_PTR:
 * -EEXIST when this client and port already have a flow to this real and port
 * (through another virtual address) or the very flow was just opened on another
 * CPU; -ENOSPC when the table is full, and no flow makes room; -ENOMEM.
 */
struct lbvs_flow *lbvs_flow_create(const struct lbvs_packet *p,
				   struct lbvs_member *member, __be16 real_port,
				   struct lbvs_snat_pair *snat)
{
	struct lbvs_flow_table *table = p->ln->flows;
	struct lbvs_flow_node *reply;
	struct lbvs_flow *flow;
	int err;

	if (lbvs_flow_count(p->ln) >= table->max &&
	    !lbvs_flow_evict(p->ln, p->hash, p->now))
		return ERR_PTR(-ENOSPC);
	flow = alloc_flow(p, member, real_port, snat);
	if (!flow)
		return ERR_PTR(-ENOMEM);
	/* Once it is in the table others may end it. */
	atomic_inc(&member->flows);
	atomic_inc(&member->load->flows);

	/* The request node is last: it makes the flow live, and no reply can
	 * come before a request has passed.
	 */
	reply = &flow->nodes[LBVS_REPLY];
	err = lbvs_flow_table_insert(table, reply,
				     lbvs_flow_hash(table, &reply->tuple));
	if (err)
		goto err_free;
	err = lbvs_flow_table_insert(table, &flow->nodes[LBVS_REQUEST], p->hash);
	if (err)
		goto err_remove_reply;

	lbvs_flow_table_count(table);
	lbvs_counters_flow(member->counters);
	lbvs_stats_inc(p->ln, LBVS_STAT_FLOW_OPENED);
	return flow;

err_remove_reply:
	remove_node(p->ln, flow, LBVS_REPLY);
	/* Others may have seen the node, and a reset ended the flow by it: it weighs
	 * nothing then. Free after a grace period.
	 */
	weigh_no_more(flow);
	call_rcu(&flow->rcu, free_flow);
	return ERR_PTR(err);
err_free:
	lbvs_flow_weigh(flow, false);
	lbvs_member_put(member);
	give_back(flow);
	return ERR_PTR(err);
}

/**
 * lbvs_flow_end - take a flow out of the table
 * @ln: network namespace.
 * @flow: the flow, found under RCU.
 *
 * Context: under RCU; process or softirq.
 * Return: true for the one caller that did it.
 */
bool lbvs_flow_end(struct lbvs_net *ln, struct lbvs_flow *flow)
{
	struct lbvs_snat_pair *snat;

	if (!remove_node(ln, flow, LBVS_REQUEST))
		return false;

	remove_node(ln, flow, LBVS_REPLY);
	snat = lbvs_flow_snat(flow);
	if (snat)
		lbvs_snat_close(ln, snat);
	atomic_dec(&ln->flows->count);
	weigh_no_more(flow);
	call_rcu(&flow->rcu, free_flow);
	return true;
}

static enum lbvs_timeout timeout_of(const struct lbvs_flow *flow)
{
	u32 state = READ_ONCE(flow->state);

	/* It may be long until it is its turn. */
	if (lbvs_tcp_resetting(state))
		return LBVS_TIMEOUT_ESTABLISHED;
	switch (state) {
	case 0:
		return LBVS_TIMEOUT_UDP;
	case LBVS_TCP_STATE_SYN:
	case LBVS_TCP_STATE_BYPASSED:
	case LBVS_TCP_STATE_SYN_ACK:
		return LBVS_TIMEOUT_SYN;
	case LBVS_TCP_STATE_ESTABLISHED:
		return LBVS_TIMEOUT_ESTABLISHED;
	case LBVS_TCP_STATE_FIN_CLIENT:
	case LBVS_TCP_STATE_FIN_REAL:
		return LBVS_TIMEOUT_FIN;
	default:
		return LBVS_TIMEOUT_CLOSED;
	}
}

/**
 * lbvs_flow_timeout - how long a flow may be silent in the state it is in
 * @flow: the flow, found under RCU.
 *
 * Return: jiffies.
 */
u32 lbvs_flow_timeout(const struct lbvs_flow *flow)
{
	const struct lbvs_service *service = flow->member->service;

	return READ_ONCE(service->timeouts[timeout_of(flow)]);
}

/**
 * lbvs_flow_state - state of a flow in the words of the interface
 * @flow: the flow, found under RCU.
 *
 * Return: the state.
 */
enum lbvs_flow_state lbvs_flow_state(const struct lbvs_flow *flow)
{
	u32 state = READ_ONCE(flow->state);

	if (lbvs_tcp_resetting(state))
		return LBVS_FLOW_STATE_RESETTING;
	switch (state) {
	case 0:
		return LBVS_FLOW_STATE_UDP;
	case LBVS_TCP_STATE_SYN:
		return LBVS_FLOW_STATE_SYN;
	case LBVS_TCP_STATE_BYPASSED:
		return LBVS_FLOW_STATE_BYPASSED;
	case LBVS_TCP_STATE_SYN_ACK:
		return LBVS_FLOW_STATE_SYN_ACK;
	case LBVS_TCP_STATE_ESTABLISHED:
		return LBVS_FLOW_STATE_ESTABLISHED;
	case LBVS_TCP_STATE_FIN_CLIENT:
	case LBVS_TCP_STATE_FIN_REAL:
		return LBVS_FLOW_STATE_FIN;
	default:
		return LBVS_FLOW_STATE_CLOSED;
	}
}

/**
 * lbvs_flow_count - flows that live now
 * @ln: network namespace.
 *
 * Return: their number.
 */
u32 lbvs_flow_count(const struct lbvs_net *ln)
{
	return atomic_read(&ln->flows->count);
}

/**
 * lbvs_flow_max - flows that may live at once
 * @ln: network namespace.
 *
 * Return: their number.
 */
u32 lbvs_flow_max(const struct lbvs_net *ln)
{
	return ln->flows->max;
}

/**
 * lbvs_flow_buckets - buckets of the flow table
 * @ln: network namespace.
 *
 * Return: their number.
 */
u32 lbvs_flow_buckets(const struct lbvs_net *ln)
{
	return lbvs_flow_table_size(ln->flows);
}

/**
 * lbvs_flow_matches - is a flow one of those meant?
 * @flow: the flow, found under RCU.
 * @filter: which are meant.
 *
 * Return: true when it is.
 */
bool lbvs_flow_matches(const struct lbvs_flow *flow,
		       const struct lbvs_flow_filter *filter)
{
	const struct lbvs_tuple *tuple = &flow->nodes[LBVS_REQUEST].tuple;
	const struct lbvs_member *member = flow->member;

	if (filter->proto && filter->proto != tuple->proto)
		return false;
	if (filter->port && filter->port != tuple->sport)
		return false;
	if (filter->family && (filter->family != tuple->family ||
			       !nf_inet_addr_cmp(&filter->client, &tuple->src)))
		return false;
	if (filter->service && strcmp(filter->service, member->service->name))
		return false;
	if (filter->pool && strcmp(filter->pool, member->pool))
		return false;
	return !filter->real || !strcmp(filter->real, member->real);
}

/**
 * lbvs_flow_setup - what flows need once in the module's life
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_flow_setup(void)
{
	lbvs_flow_table_setup();
	return lbvs_flow_stash_setup();
}

/**
 * lbvs_flow_teardown - undo lbvs_flow_setup()
 *
 * Context: process; no flow table is left.
 */
void lbvs_flow_teardown(void)
{
	/* Flows that were ended may still wait for their grace period. */
	rcu_barrier();
	lbvs_flow_stash_teardown();
}
