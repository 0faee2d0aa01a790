/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What clients' attempts to connect say of a real. */
#ifndef _LBVS_HINT_H
#define _LBVS_HINT_H

#include "member.h"
#include "net.h"

struct lbvs_flow;

void lbvs_hint_refused(struct lbvs_member *member);
void lbvs_hint_unanswered(struct lbvs_member *member);
void lbvs_hint_repeated(struct lbvs_flow *flow, u32 now);

/**
 * lbvs_hint_answered - a real answered a client's attempt to connect
 * @member: the member.
 *
 * Written only after failures, so that CPUs do not fight for the line. A
 * failure that is counted just now on another CPU may be the last word.
 *
 * Context: any.
 */
static inline void lbvs_hint_answered(struct lbvs_member *member)
{
	if (READ_ONCE(member->hint.failures))
		lbvs_hint_succeed(&member->hint);
}

void lbvs_hint_init(struct lbvs_net *ln);
void lbvs_hint_exit(struct lbvs_net *ln);

#endif /* _LBVS_HINT_H */
