/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ramps: a member that becomes usable takes a growing share of the new flows. */
#ifndef _LBVS_RAMP_H
#define _LBVS_RAMP_H

#include <linux/atomic.h>
#include <linux/types.h>

struct lbvs_member;
struct lbvs_net;
struct lbvs_rule;

/**
 * enum lbvs_ramp_kind - how the share of a member grows
 * @LBVS_RAMP_OFF: it does not: there is no ramp, or it is over.
 * @LBVS_RAMP_TURNS: its flows are capped until the time is over.
 * @LBVS_RAMP_LEAST: likewise, and then until it has as many flows as others.
 * @LBVS_RAMP_TABLE: its weight in the table grows in steps.
 */
enum lbvs_ramp_kind {
	LBVS_RAMP_OFF,
	LBVS_RAMP_TURNS,
	LBVS_RAMP_LEAST,
	LBVS_RAMP_TABLE,
};

/**
 * struct lbvs_ramp - the ramp of a member
 * @kind: enum lbvs_ramp_kind. A commit begins a ramp, whoever finds it over
 *	ends it.
 * @fair: share of the flows by weight, of LBVS_RAMP_WHOLE. Written by commits.
 * @length: of the ramp, in jiffies. Written by commits.
 * @began: when it began, jiffies cut to 32 bits; ahead of now while the member
 *	is left alone for a pause. Written under the member's hint_lock.
 * @pause: how long the last pause was, in jiffies; likewise.
 * @last: when a flow was let through last, jiffies cut to 32 bits.
 * @account: see algo/ramp.c.
 */
struct lbvs_ramp {
	u8 kind;
	u32 fair;
	u32 length;
	u32 began;
	u32 pause;
	u32 last;
	atomic64_t account;
};

void lbvs_ramp_count(const struct lbvs_rule *rule);
bool lbvs_ramp_admits(const struct lbvs_rule *rule, struct lbvs_member *member,
		      bool rehearsal);
void lbvs_ramp_spend_one(const struct lbvs_rule *rule,
			 struct lbvs_member *member);
void lbvs_ramp_fail(struct lbvs_member *member);
void lbvs_ramp_begin(struct lbvs_member *member, u32 now);
void lbvs_ramp_end(struct lbvs_member *member);
void lbvs_ramp_hold(struct lbvs_member *member, u32 now);
u32 lbvs_ramp_share(const struct lbvs_member *member, u32 now);
bool lbvs_ramp_percent(const struct lbvs_member *member, u32 *percent);

#endif /* _LBVS_RAMP_H */
