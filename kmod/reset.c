// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Resetting TCP connections at both ends; for how that is done see
 * algo/tcp_reset.c.
 *
 * A flow that is to be reset is marked, in its state, and forgets its routes:
 * so the fast path, which goes by the route, needs no test for the mark, and
 * hands the flow's packets to the slow path. There they are stopped and lead to
 * resets. What is silent is made to speak by a work, so many flows a second
 * that neither the network nor those who connect anew come all at once.
 *
 * The work: walks the flow table while there are marked flows in it, a hundred
 * steps a second. It alone ends them; a SYN of the client may replace them, as any
 * flow that is over.
 */
#include "reset.h"
#include "route.h"
#include "segment.h"
#include "stats.h"

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

/* The work takes so many steps a second, ... */
#define LBVS_RESET_TICKS 100
/* ... and in each goes so far, ... */
#define LBVS_RESET_STEPS 8192
/* ... and asks so many flows: each leads to up to eight packets at once, and the
 * queues of devices are short.
 */
#define LBVS_RESET_BATCH (LBVS_RESET_RATE / LBVS_RESET_TICKS)
#define LBVS_RESET_TICK (HZ / LBVS_RESET_TICKS)

/* To the side from which packets of this direction come. */
static void send_to(const struct lbvs_net *ln, const struct lbvs_flow *flow,
		    enum lbvs_dir dir, u8 flags, u32 seq, u32 ack)
{
	const struct lbvs_segment segment = {
		.tuple = lbvs_tuple_reverse(&flow->nodes[dir].tuple),
		.flags = flags,
		.seq = seq,
		.ack = ack,
		/* Conntrack knows the client's connection to the real, and
		 * none to the service.
		 */
		.untracked = dir == LBVS_REQUEST,
	};

	lbvs_segment_send(ln, &segment);
}

static void tell(struct lbvs_flow *flow, enum lbvs_dir dir)
{
	u32 state = READ_ONCE(flow->state), seen;

	while (lbvs_tcp_resetting(state) &&
	       !lbvs_reset_told(state, dir == LBVS_REQUEST)) {
		seen = cmpxchg(&flow->state, state,
			       lbvs_reset_tell(state, dir == LBVS_REQUEST));
		if (seen == state)
			return;
		state = seen;
	}
}

/**
 * lbvs_reset_packet - a packet of a flow that is being reset
 * @p: the packet, not rewritten.
 * @flow: the flow; lbvs_flow_is_resetting().
 * @dir: direction of the packet.
 * @hook: the netfilter hook it is in.
 *
 * Context: under RCU, bottom halves off.
 * Return: LBVS_DROP, counted.
 */
enum lbvs_verdict lbvs_reset_packet(const struct lbvs_packet *p,
				    struct lbvs_flow *flow, enum lbvs_dir dir,
				    unsigned int hook)
{
	struct lbvs_reset_answer answer;

	lbvs_stats_inc(p->ln, LBVS_STAT_DROP_RESETTING);
	/* What is damaged says nothing. */
	if (nf_checksum(p->skb, hook, p->thoff, IPPROTO_TCP, p->tuple.family))
		return LBVS_DROP;

	answer = lbvs_reset_answer(READ_ONCE(flow->state), dir == LBVS_REQUEST,
				   p->tcp_flags, p->seq, p->ack);
	if (answer.to_sender) {
		WRITE_ONCE(flow->acks[dir], answer.sender_seq);
		send_to(p->ln, flow, dir, LBVS_TCP_RST, answer.sender_seq, 0);
	}
	if (answer.to_other)
		send_to(p->ln, flow, !dir, LBVS_TCP_RST, answer.other_seq, 0);
	if (answer.told)
		tell(flow, dir);
	return LBVS_DROP;
}

/* To what a side last acknowledged, which is what it expects next, or older. */
static void reset_side(const struct lbvs_net *ln, const struct lbvs_flow *flow,
		       enum lbvs_dir dir)
{
	send_to(ln, flow, dir, LBVS_TCP_RST, READ_ONCE(flow->acks[dir]), 0);
}

static void ask_side(const struct lbvs_net *ln, const struct lbvs_flow *flow,
		     enum lbvs_dir dir, u8 flags)
{
	u32 expects = READ_ONCE(flow->acks[dir]);

	send_to(ln, flow, dir, flags, expects - 1, READ_ONCE(flow->acks[!dir]));
	lbvs_stats_inc(ln, LBVS_STAT_RESET_ASKED);
}

/* Its reset may have been lost: who was told is told once more. */
static void ask(const struct lbvs_net *ln, struct lbvs_flow *flow, u8 flags)
{
	u32 state = READ_ONCE(flow->state), seen, next;
	int dir;

	for (;;) {
		if (!lbvs_tcp_resetting(state))
			return;
		next = lbvs_reset_asked(state, (u32)jiffies);
		seen = cmpxchg(&flow->state, state, next);
		if (seen == state)
			break;
		state = seen;
	}
	for (dir = 0; dir < LBVS_DIRS; dir++) {
		if (lbvs_reset_told(next, dir == LBVS_REQUEST))
			reset_side(ln, flow, dir);
		else
			ask_side(ln, flow, dir, flags);
	}
}

/* Who did not speak may still hear. */
static void end(struct lbvs_net *ln, struct lbvs_flow *flow)
{
	u32 state = READ_ONCE(flow->state);
	bool silent = false;
	int dir;

	for (dir = 0; dir < LBVS_DIRS; dir++) {
		reset_side(ln, flow, dir);
		if (!lbvs_reset_told(state, dir == LBVS_REQUEST))
			silent = true;
	}
	if (lbvs_flow_end(ln, flow))
		lbvs_stats_inc(ln, silent ? LBVS_STAT_RESET_GIVEN_UP :
					    LBVS_STAT_RESET_DONE);
}

/* Returns true when packets were sent. */
static bool go_on(struct lbvs_net *ln, struct lbvs_flow *flow)
{
	switch (lbvs_reset_next(READ_ONCE(flow->state), (u32)jiffies, HZ)) {
	case LBVS_RESET_WAIT:
		return false;
	case LBVS_RESET_ASK:
		ask(ln, flow, LBVS_TCP_ACK);
		break;
	case LBVS_RESET_ASK_SYN:
		ask(ln, flow, LBVS_TCP_SYN);
		break;
	case LBVS_RESET_END:
		end(ln, flow);
		break;
	}
	return true;
}

/**
 * struct tick - a step of the work
 * @ln: network namespace.
 * @asked: flows that had segments sent.
 */
struct tick {
	struct lbvs_net *ln;
	u32 asked;
};

static int visit(struct lbvs_flow *flow, void *arg)
{
	struct tick *tick = arg;

	if (!lbvs_flow_is_resetting(flow))
		return 0;
	tick->ln->reset_met = true;
	/* The rest of a bucket may wait for the next round. */
	if (tick->asked < LBVS_RESET_BATCH && go_on(tick->ln, flow))
		tick->asked++;
	return 0;
}

/* Returns false when a whole round met no flow, and none was marked since. */
static bool end_round(struct lbvs_net *ln)
{
	bool met = ln->reset_met;

	ln->reset_met = false;
	return xchg(&ln->reset_more, false) || met;
}

static void reset_work(struct work_struct *work)
{
	struct lbvs_net *ln = container_of(to_delayed_work(work),
					   struct lbvs_net, reset);
	struct tick tick = { .ln = ln };
	u32 steps = LBVS_RESET_STEPS;

	while (steps-- && tick.asked < LBVS_RESET_BATCH) {
		lbvs_flow_table_step(ln, &ln->reset_cursor, visit, &tick);
		cond_resched();
		if (ln->reset_cursor)
			continue;
		if (!end_round(ln))
			return;
		break;
	}
	schedule_delayed_work(&ln->reset, LBVS_RESET_TICK);
}

/**
 * struct marking - flows are marked
 * @ln: network namespace.
 * @meant: tells which flows.
 * @arg: passed to @meant.
 * @count: how many were, and how many cannot be.
 */
struct marking {
	struct lbvs_net *ln;
	lbvs_reset_meant meant;
	const void *arg;
	struct lbvs_reset_count count;
};

/* Both ends hold it for a connection that lives. */
static bool can_be_reset(u32 state)
{
	return state == LBVS_TCP_STATE_ESTABLISHED ||
	       state == LBVS_TCP_STATE_FIN_CLIENT ||
	       state == LBVS_TCP_STATE_FIN_REAL;
}

static int mark(struct lbvs_flow *flow, void *arg)
{
	u32 state = READ_ONCE(flow->state), seen;
	struct marking *marking = arg;

	if (lbvs_tcp_resetting(state) || !marking->meant(flow, marking->arg))
		return 0;
	while (can_be_reset(state)) {
		seen = cmpxchg(&flow->state, state, LBVS_TCP_RESETTING);
		if (seen == state) {
			marking->count.reset++;
			lbvs_stats_inc(marking->ln, LBVS_STAT_RESET_BEGUN);
			return 0;
		}
		state = seen;
	}
	if (lbvs_flow_end(marking->ln, flow) && !lbvs_tcp_finished(state))
		marking->count.dropped++;
	return 0;
}

static int forget_routes(struct lbvs_flow *flow, void *unused)
{
	if (lbvs_flow_is_resetting(flow)) {
		lbvs_route_forget(&flow->nodes[LBVS_REQUEST]);
		lbvs_route_forget(&flow->nodes[LBVS_REPLY]);
	}
	return 0;
}

static void walk(struct lbvs_net *ln, lbvs_flow_visit visit_one, void *arg)
{
	u32 cursor = 0;

	do {
		lbvs_flow_table_step(ln, &cursor, visit_one, arg);
		cond_resched();
	} while (cursor);
}

/**
 * lbvs_reset_flows - reset connections at both ends
 * @ln: network namespace.
 * @meant: tells which flows are meant.
 * @arg: passed to @meant.
 *
 * Flows that are no connection, or not yet, or not any more, are ended. The
 * others are reset some time later: at their next packet, or when it is their
 * turn to be asked.
 *
 * Context: process, may sleep; config_lock held; no packet opens flows that are
 * meant any more.
 * Return: what became of them.
 */
struct lbvs_reset_count lbvs_reset_flows(struct lbvs_net *ln,
					 lbvs_reset_meant meant,
					 const void *arg)
{
	struct marking marking = { .ln = ln, .meant = meant, .arg = arg };

	lockdep_assert_held(&ln->config_lock);

	walk(ln, mark, &marking);
	if (!marking.count.reset)
		return marking.count;
	/* Packets that came before the mark may have taught routes still. */
	synchronize_net();
	walk(ln, forget_routes, NULL);
	/* The work may be at the end of its last round, and obeys now or later. */
	smp_store_mb(ln->reset_more, true);
	schedule_delayed_work(&ln->reset, LBVS_RESET_TICK);
	return marking.count;
}

/**
 * lbvs_reset_init - nothing is being reset
 * @ln: network namespace.
 *
 * Context: process.
 */
void lbvs_reset_init(struct lbvs_net *ln)
{
	INIT_DELAYED_WORK(&ln->reset, reset_work);
}

/**
 * lbvs_reset_exit - reset nothing any more
 * @ln: a namespace whose configuration does not change any more.
 *
 * Context: process, may sleep.
 */
void lbvs_reset_exit(struct lbvs_net *ln)
{
	cancel_delayed_work_sync(&ln->reset);
}
