/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_TCP_RESET_H
#define _LBVS_ALGO_TCP_RESET_H

#include <linux/types.h>

/* Set in the state of a connection that is being reset. */
#define LBVS_TCP_RESETTING (1u << 30)

/**
 * enum lbvs_reset_step - what is to be done next about such a connection
 * @LBVS_RESET_WAIT: nothing yet.
 * @LBVS_RESET_ASK: make the sides that were not told yet speak, by a segment
 *	that is old to them.
 * @LBVS_RESET_ASK_SYN: the same, by a SYN.
 * @LBVS_RESET_END: it is over.
 */
enum lbvs_reset_step {
	LBVS_RESET_WAIT,
	LBVS_RESET_ASK,
	LBVS_RESET_ASK_SYN,
	LBVS_RESET_END,
};

/**
 * struct lbvs_reset_answer - what a segment of such a connection leads to
 * @to_sender: its sender gets a reset, ...
 * @sender_seq: ... with this sequence number.
 * @to_other: the other side gets a reset, ...
 * @other_seq: ... with this sequence number.
 * @told: the sender knows by then.
 */
struct lbvs_reset_answer {
	bool to_sender;
	bool to_other;
	bool told;
	u32 sender_seq;
	u32 other_seq;
};

static inline bool lbvs_tcp_resetting(u32 state)
{
	return state & LBVS_TCP_RESETTING;
}

bool lbvs_reset_told(u32 state, bool client);
u32 lbvs_reset_tell(u32 state, bool client);
u32 lbvs_reset_asked(u32 state, u32 now);
enum lbvs_reset_step lbvs_reset_next(u32 state, u32 now, u32 second);
struct lbvs_reset_answer lbvs_reset_answer(u32 state, bool from_client,
					   u8 flags, u32 seq, u32 ack);

#endif /* _LBVS_ALGO_TCP_RESET_H */
