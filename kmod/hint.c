// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients are the first to notice that a real is gone. What happens to their
 * attempts to connect is counted where a flow leaves the state SYN, ends in it,
 * or gets another SYN in it: each SYN that was not answered counts once. That
 * takes no real out of service, as whoever sends SYNs could do that: it tells
 * those who listen, so that they may have a look at once.
 *
 * The work tells: a softirq is no place for that.
 */
#include "hint.h"
#include "event.h"
#include "flow.h"
#include "stats.h"

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

/* No TCP asks again sooner: RFC 6298 says a second, and some clocks are coarse. */
#define LBVS_HINT_PAUSE (HZ / 2)

static void fail(struct lbvs_member *member)
{
	bool tell;

	spin_lock(&member->hint_lock);
	tell = lbvs_hint_fail(&member->hint, (u32)jiffies, LBVS_HINT_FAILURES,
			      LBVS_HINT_SECONDS * HZ);
	if (member->hint.failures >= LBVS_HINT_FAILURES)
		lbvs_ramp_fail(member);
	spin_unlock(&member->hint_lock);
	if (!tell)
		return;
	WRITE_ONCE(member->suspect, true);
	schedule_work(&member->ln->hint);
}

/**
 * lbvs_hint_refused - a real answered a client's SYN with a reset
 * @member: the member.
 *
 * Context: under RCU; process or softirq.
 */
void lbvs_hint_refused(struct lbvs_member *member)
{
	local_bh_disable();
	lbvs_counters_refused(member->counters);
	fail(member);
	local_bh_enable();
}

/**
 * lbvs_hint_unanswered - a real did not answer a client's SYN
 * @member: the member.
 *
 * Context: under RCU; process or softirq.
 */
void lbvs_hint_unanswered(struct lbvs_member *member)
{
	local_bh_disable();
	lbvs_counters_unanswered(member->counters);
	fail(member);
	local_bh_enable();
}

/**
 * lbvs_hint_repeated - a client sent its SYN again
 * @flow: its flow, in LBVS_TCP_STATE_SYN, of which this packet was not noted
 *	yet.
 * @now: jiffies, cut to 32 bits.
 *
 * The SYN before it was not answered. What @flow was seen last is when that
 * came: whoever moves it on counts, so that no SYN counts twice.
 *
 * Context: under RCU, bottom halves off.
 */
void lbvs_hint_repeated(struct lbvs_flow *flow, u32 now)
{
	u32 last = READ_ONCE(flow->seen);

	if (lbvs_hint_repeats(last, now, LBVS_HINT_PAUSE) &&
	    cmpxchg(&flow->seen, last, now) == last)
		lbvs_hint_unanswered(flow->member);
}

static void hint_work(struct work_struct *work)
{
	struct lbvs_net *ln = container_of(work, struct lbvs_net, hint);

	mutex_lock(&ln->config_lock);
	lbvs_event_suspects(ln);
	mutex_unlock(&ln->config_lock);
}

/**
 * lbvs_hint_init - nobody is suspected
 * @ln: network namespace.
 *
 * Context: process.
 */
void lbvs_hint_init(struct lbvs_net *ln)
{
	INIT_WORK(&ln->hint, hint_work);
}

/**
 * lbvs_hint_exit - tell nothing any more
 * @ln: a namespace in which there are no packets and no flows any more.
 *
 * Context: process, may sleep.
 */
void lbvs_hint_exit(struct lbvs_net *ln)
{
	cancel_work_sync(&ln->hint);
}
