// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A member that becomes usable takes a growing share of the new flows, see
 * algo/ramp.c for how much that is. Here is what the packet path asks of a
 * member's ramp. What begins one, and which service has some, is in
 * config_ramp.c.
 *
 * Schedulers that hash are not capped: which real a client gets must not depend
 * on how many flows there are. With them the member's weight in the table grows
 * in steps.
 *
 * Clients that fail to connect to it make a ramp begin anew, after a pause that
 * is twice as long each time. Never does that take a member out of service:
 * whoever sends SYNs could do so. It keeps one flow a second, if that is not
 * more than its fair share.
 */
#include "ramp.h"
#include "algo/ramp.h"
#include "member.h"
#include "ruleset.h"
#include "service.h"

#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>

/* A flow is let through after that time without one. */
#define LBVS_RAMP_INTERVAL HZ

#define LBVS_RAMP_PAUSE_LEAST HZ
#define LBVS_RAMP_PAUSE_MOST  (60 * HZ)

#define PERCENT 100

/* Where a ramp stands. */
struct stand {
	u32 elapsed;
	u32 length;
	bool paused;
};

static struct stand stand_of(const struct lbvs_ramp *ramp, u32 now)
{
	s32 elapsed = now - READ_ONCE(ramp->began);

	return (struct stand) {
		.elapsed = max(elapsed, 0),
		.length = max(READ_ONCE(ramp->length), 1u),
		.paused = elapsed < 0,
	};
}

static u32 cap_of(const struct stand *stand, u8 kind)
{
	return lbvs_ramp_cap(stand->elapsed, stand->length,
			     kind == LBVS_RAMP_LEAST);
}

/**
 * lbvs_ramp_count - a service has a new flow
 * @rule: the service; some member of it has a ramp.
 *
 * Each of them is paid for this when it is asked for.
 *
 * Context: softirq or process, under RCU.
 */
void lbvs_ramp_count(const struct lbvs_rule *rule)
{
	atomic_inc(&rule->service->opened);
}

static bool is_over(const struct lbvs_ramp *ramp, u8 kind, u64 account,
		    u32 opened, const struct stand *stand,
		    const struct lbvs_ramp_terms *terms)
{
	if (stand->elapsed < stand->length)
		return false;
	return kind != LBVS_RAMP_LEAST ||
	       lbvs_ramp_overflows(account, opened, terms);
}

static struct lbvs_ramp_terms terms_of(const struct lbvs_ramp *ramp, u8 kind,
				       const struct stand *stand, u32 now)
{
	return (struct lbvs_ramp_terms) {
		.fair = READ_ONCE(ramp->fair),
		.cap = cap_of(stand, kind),
		.due = now - READ_ONCE(ramp->last) >= LBVS_RAMP_INTERVAL,
		.paused = stand->paused,
	};
}

static bool take(const struct lbvs_rule *rule, struct lbvs_ramp *ramp, u8 kind,
		 bool rehearsal)
{
	u32 opened = (u32)atomic_read(&rule->service->opened);
	s64 account = atomic64_read(&ramp->account);
	u32 now = (u32)jiffies;
	const struct stand stand = stand_of(ramp, now);
	const struct lbvs_ramp_terms terms = terms_of(ramp, kind, &stand, now);
	bool may;
	u64 next;

	do {
		if (is_over(ramp, kind, account, opened, &stand, &terms)) {
			if (!rehearsal)
				WRITE_ONCE(ramp->kind, LBVS_RAMP_OFF);
			return true;
		}
		may = lbvs_ramp_admit(account, opened, &terms, &next);
	} while (!rehearsal &&
		 !atomic64_try_cmpxchg(&ramp->account, &account, next));
	if (may && !rehearsal)
		WRITE_ONCE(ramp->last, now);
	return may;
}

/**
 * lbvs_ramp_admits - may a member have a new flow?
 * @rule: the service.
 * @member: the member.
 * @rehearsal: nothing is to come of it. Else the flow counts as the member's.
 *
 * Context: softirq or process, under RCU.
 * Return: false when it should go to another, if there is one.
 */
bool lbvs_ramp_admits(const struct lbvs_rule *rule, struct lbvs_member *member,
		      bool rehearsal)
{
	u8 kind = READ_ONCE(member->ramp.kind);

	switch (kind) {
	case LBVS_RAMP_TURNS:
	case LBVS_RAMP_LEAST:
		return take(rule, &member->ramp, kind, rehearsal);
	default:
		return true;
	}
}

static void spend(const struct lbvs_rule *rule, struct lbvs_ramp *ramp, u8 kind)
{
	u32 opened = (u32)atomic_read(&rule->service->opened);
	s64 account = atomic64_read(&ramp->account);
	u32 now = (u32)jiffies;
	const struct stand stand = stand_of(ramp, now);
	const struct lbvs_ramp_terms terms = terms_of(ramp, kind, &stand, now);
	u64 next;

	do {
		next = lbvs_ramp_spend(account, opened, &terms);
	} while (!atomic64_try_cmpxchg(&ramp->account, &account, next));
	WRITE_ONCE(ramp->last, now);
}

/**
 * lbvs_ramp_spend_one - a member has a new flow, without asking
 * @rule: the service.
 * @member: the member.
 *
 * Context: softirq or process, under RCU.
 */
void lbvs_ramp_spend_one(const struct lbvs_rule *rule,
			 struct lbvs_member *member)
{
	u8 kind = READ_ONCE(member->ramp.kind);

	if (kind == LBVS_RAMP_TURNS || kind == LBVS_RAMP_LEAST)
		spend(rule, &member->ramp, kind);
}

/**
 * lbvs_ramp_fail - clients fail to connect to a member, again and again
 * @member: the member; its hint_lock is held.
 *
 * Context: bottom halves off.
 */
void lbvs_ramp_fail(struct lbvs_member *member)
{
	struct lbvs_ramp *ramp = &member->ramp;
	u32 now = (u32)jiffies;

	lockdep_assert_held(&member->hint_lock);

	/* What fails in a pause came before it, or is the one that is due. */
	if (READ_ONCE(ramp->kind) == LBVS_RAMP_OFF || stand_of(ramp, now).paused)
		return;
	ramp->pause = lbvs_ramp_pause(ramp->pause, LBVS_RAMP_PAUSE_LEAST,
				      LBVS_RAMP_PAUSE_MOST);
	WRITE_ONCE(ramp->began, now + ramp->pause);
}

/**
 * lbvs_ramp_begin - a member is new
 * @member: the member, which gets no flow yet.
 * @now: jiffies, cut to 32 bits.
 *
 * The kind, which is what lets anybody look at the rest, is the caller's to set.
 *
 * Context: process, config_lock of the member's namespace held.
 */
void lbvs_ramp_begin(struct lbvs_member *member, u32 now)
{
	struct lbvs_ramp *ramp = &member->ramp;
	u32 opened = (u32)atomic_read(&member->service->opened);

	spin_lock_bh(&member->hint_lock);
	WRITE_ONCE(ramp->began, now);
	ramp->pause = 0;
	/* What is long past should not end it at once. */
	member->hint.failures = 0;
	spin_unlock_bh(&member->hint_lock);
	WRITE_ONCE(ramp->last, now - LBVS_RAMP_INTERVAL);
	atomic64_set(&ramp->account, lbvs_ramp_open(opened));
}

/**
 * lbvs_ramp_end - a member is not new any more
 * @member: the member.
 *
 * Context: any.
 */
void lbvs_ramp_end(struct lbvs_member *member)
{
	WRITE_ONCE(member->ramp.kind, LBVS_RAMP_OFF);
}

/**
 * lbvs_ramp_hold - keep a ramp at its end, while it is not over
 * @member: the member.
 * @now: jiffies, cut to 32 bits.
 *
 * One that waits for flows may do so for longer than 32 bits tell.
 *
 * Context: process.
 */
void lbvs_ramp_hold(struct lbvs_member *member, u32 now)
{
	struct lbvs_ramp *ramp = &member->ramp;

	spin_lock_bh(&member->hint_lock);
	if (stand_of(ramp, now).elapsed > ramp->length)
		WRITE_ONCE(ramp->began, now - ramp->length);
	spin_unlock_bh(&member->hint_lock);
}

/**
 * lbvs_ramp_share - how much of its weight has a member in a table?
 * @member: the member.
 * @now: jiffies, cut to 32 bits.
 *
 * Context: any.
 * Return: percent.
 */
u32 lbvs_ramp_share(const struct lbvs_member *member, u32 now)
{
	const struct lbvs_ramp *ramp = &member->ramp;
	const struct stand stand = stand_of(ramp, now);

	if (READ_ONCE(ramp->kind) == LBVS_RAMP_OFF)
		return PERCENT;
	return lbvs_ramp_step(stand.elapsed, stand.length);
}

/**
 * lbvs_ramp_percent - how far is a member's ramp?
 * @member: the member.
 * @percent: gets how much of its fair share it may have.
 *
 * Context: any.
 * Return: false when it has none, or it is over.
 */
bool lbvs_ramp_percent(const struct lbvs_member *member, u32 *percent)
{
	const struct lbvs_ramp *ramp = &member->ramp;
	u32 now = (u32)jiffies;
	const struct stand stand = stand_of(ramp, now);
	u8 kind = READ_ONCE(ramp->kind);

	if (kind == LBVS_RAMP_OFF)
		return false;
	if (stand.elapsed >= stand.length && kind != LBVS_RAMP_LEAST)
		return false;
	*percent = kind == LBVS_RAMP_TABLE ?
		   lbvs_ramp_step(stand.elapsed, stand.length) :
		   cap_of(&stand, kind) * PERCENT / LBVS_RAMP_FAIR;
	if (stand.paused && kind != LBVS_RAMP_TABLE)
		*percent = 0;
	return true;
}
