// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The most common mistake in setting up a balancer that rewrites addresses: the
 * answers of the reals do not come back through it. There are two signs of that,
 * and to look for them costs an established flow nothing.
 *
 *   The client goes on, with an ACK, though no answer came by: it had one, in the
 *   service's name, by another way (tcp.c).
 *   The client sends its SYN again, and is on the link of the real, which answers
 *   it directly. It refused that answer, as it was not the service's.
 *
 * Either way the flow enters LBVS_TCP_STATE_BYPASSED once, and is told of then.
 */
#include "bypass.h"
#include "event.h"
#include "hairpin.h"
#include "member.h"
#include "service.h"
#include "stats.h"

#include <linux/atomic.h>
#include <linux/jiffies.h>

/**
 * lbvs_bypass_suspect - a client asks again: does its real answer another way?
 * @ln: network namespace.
 * @flow: its flow, in LBVS_TCP_STATE_SYN.
 *
 * Context: under RCU, bottom halves off.
 */
void lbvs_bypass_suspect(const struct lbvs_net *ln, struct lbvs_flow *flow)
{
	union nf_inet_addr unused;

	if (lbvs_flow_snat(flow) ||
	    !lbvs_hairpin_test(ln, flow->member,
			       &flow->nodes[LBVS_REQUEST].tuple.src, &unused))
		return;
	if (cmpxchg(&flow->state, LBVS_TCP_STATE_SYN,
		    LBVS_TCP_STATE_BYPASSED) == LBVS_TCP_STATE_SYN)
		lbvs_bypass_tell(flow);
}

/* One flow tells all; a crowd of clients would only bury other events. */
static bool may_tell(struct lbvs_service *service)
{
	u32 last = READ_ONCE(service->told);
	u32 now = (u32)jiffies ?: 1;

	if (last && now - last < LBVS_BYPASSED_INTERVAL * HZ)
		return false;
	return cmpxchg(&service->told, last, now) == last;
}

/**
 * lbvs_bypass_tell - count a flow that has just become bypassed, and say so
 * @flow: the flow.
 *
 * Context: under RCU, bottom halves off.
 */
void lbvs_bypass_tell(const struct lbvs_flow *flow)
{
	const struct lbvs_member *member = flow->member;

	lbvs_stats_inc(member->ln, LBVS_STAT_BYPASSED);
	if (may_tell(member->service))
		lbvs_event_flow(member->ln, LBVS_EVENT_BYPASSED, flow);
}
