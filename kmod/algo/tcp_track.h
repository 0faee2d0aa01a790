/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_TCP_TRACK_H
#define _LBVS_ALGO_TCP_TRACK_H

#include <linux/types.h>

/* The flags of a TCP header that count here, at their places in byte 13. */
#define LBVS_TCP_FIN 0x01
#define LBVS_TCP_SYN 0x02
#define LBVS_TCP_RST 0x04
#define LBVS_TCP_ACK 0x10

/**
 * enum lbvs_tcp_state - what a balancer in the middle knows of a connection
 * @LBVS_TCP_STATE_SYN: the client asked.
 * @LBVS_TCP_STATE_BYPASSED: the client goes on as if it had been answered, but
 *	nothing came by here.
 * @LBVS_TCP_STATE_SYN_ACK: the real answered.
 * @LBVS_TCP_STATE_ESTABLISHED: the client confirmed.
 * @LBVS_TCP_STATE_FIN_CLIENT: the client has no more to send.
 * @LBVS_TCP_STATE_FIN_REAL: the real has no more to send.
 * @LBVS_TCP_STATE_CLOSED: both have no more to send.
 * @LBVS_TCP_STATE_RST_CLIENT: the client, or somebody in its name, reset it.
 * @LBVS_TCP_STATE_RST_REAL: the real, or somebody in its name, reset it.
 * @LBVS_TCP_STATE_ENDED: it is forgotten. Nothing leads out of this.
 */
enum lbvs_tcp_state {
	LBVS_TCP_STATE_SYN = 1,
	LBVS_TCP_STATE_BYPASSED,
	LBVS_TCP_STATE_SYN_ACK,
	LBVS_TCP_STATE_ESTABLISHED,
	LBVS_TCP_STATE_FIN_CLIENT,
	LBVS_TCP_STATE_FIN_REAL,
	LBVS_TCP_STATE_CLOSED,
	LBVS_TCP_STATE_RST_CLIENT,
	LBVS_TCP_STATE_RST_REAL,
	LBVS_TCP_STATE_ENDED,
};

/* A SYN that is not an answer: it opens a connection. */
static inline bool lbvs_tcp_flags_open(u8 flags)
{
	return (flags & (LBVS_TCP_SYN | LBVS_TCP_ACK | LBVS_TCP_RST)) ==
	       LBVS_TCP_SYN;
}

enum lbvs_tcp_state lbvs_tcp_next(enum lbvs_tcp_state state, bool from_client,
				  u8 flags);
bool lbvs_tcp_rst_fits(u32 seq, u32 ack);
bool lbvs_tcp_finished(enum lbvs_tcp_state state);

/* Nobody works on it any more. What is being reset is not over yet. */
static inline bool lbvs_tcp_over(u32 state)
{
	return state >= LBVS_TCP_STATE_CLOSED && state <= LBVS_TCP_STATE_ENDED;
}

/* A later segment may show that it lives. */
static inline bool lbvs_tcp_said_reset(u32 state)
{
	return state == LBVS_TCP_STATE_RST_CLIENT ||
	       state == LBVS_TCP_STATE_RST_REAL;
}

#endif /* _LBVS_ALGO_TCP_TRACK_H */
