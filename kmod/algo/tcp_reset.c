// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a balancer in the middle resets a connection that is not its own.
 *
 * An end believes a reset only if its sequence number is exactly the one that
 * it expects next (RFC 5961, section 3). The middle need not keep track of it:
 * every segment of an end says so itself, by its acknowledgement number. So
 * each segment of the connection is stopped and answered: its sender gets a
 * reset with that number. The other side gets one with the sequence number of
 * the segment, which is what it expects next if nothing before was lost; if it
 * was, that side answers with an acknowledgement (ibid.), and gets its own.
 *
 * An end that is silent is asked. To a segment just before what it expects it
 * has to answer with an acknowledgement (RFC 9293, section 3.10.7.4: this is
 * what a keep-alive is, section 3.8.4), or with a reset if it knows of no
 * connection. Who does not answer is asked again after one second, two seconds
 * later by a SYN, to which it has to answer whatever the numbers are (RFC 5961,
 * section 4), and two seconds later given up. A reset may be lost, and nobody
 * acknowledges one: each time, who was told is told again.
 *
 * All of this is kept in the connection's state: a bit that says that it is
 * being reset, a bit for each side that was told, how often they were asked,
 * and when last, modulo 2^24.
 */
#include "tcp_reset.h"
#include "tcp_track.h"

#include <linux/types.h>

#define TOLD_CLIENT (1u << 24)
#define TOLD_REAL   (1u << 25)
#define ASKED_SHIFT 26
#define ASKED_ONCE  (1u << ASKED_SHIFT)
#define ASKED_MASK  (3u << ASKED_SHIFT)
#define TIME_MASK   (TOLD_CLIENT - 1)

static u32 told_bit(bool client)
{
	return client ? TOLD_CLIENT : TOLD_REAL;
}

/**
 * lbvs_reset_told - does a side know?
 * @state: state of the connection.
 * @client: the client; else the real.
 *
 * Return: true when it does.
 */
bool lbvs_reset_told(u32 state, bool client)
{
	return state & told_bit(client);
}

/**
 * lbvs_reset_tell - a side was told
 * @state: state of the connection.
 * @client: the client; else the real.
 *
 * Return: its new state.
 */
u32 lbvs_reset_tell(u32 state, bool client)
{
	return state | told_bit(client);
}

/**
 * lbvs_reset_asked - the sides were asked once more
 * @state: state of the connection.
 * @now: the time.
 *
 * Return: its new state.
 */
u32 lbvs_reset_asked(u32 state, u32 now)
{
	if ((state & ASKED_MASK) != ASKED_MASK)
		state += ASKED_ONCE;
	return (state & ~TIME_MASK) | (now & TIME_MASK);
}

/**
 * lbvs_reset_next - what is to be done next?
 * @state: state of the connection.
 * @now: the time.
 * @second: how much of it a second is.
 *
 * A connection of which both sides were told stays for a second after it was
 * first its turn: what was on its way meanwhile is answered as well, as the
 * number in it is newer.
 *
 * Return: the step.
 */
enum lbvs_reset_step lbvs_reset_next(u32 state, u32 now, u32 second)
{
	u32 since = (now - state) & TIME_MASK;

	switch ((state & ASKED_MASK) >> ASKED_SHIFT) {
	case 0:
		return LBVS_RESET_ASK;
	case 1:
		if (since < second)
			return LBVS_RESET_WAIT;
		break;
	default:
		if (since < 2 * second)
			return LBVS_RESET_WAIT;
		break;
	}
	if ((state & (TOLD_CLIENT | TOLD_REAL)) == (TOLD_CLIENT | TOLD_REAL))
		return LBVS_RESET_END;
	switch ((state & ASKED_MASK) >> ASKED_SHIFT) {
	case 1:
		return LBVS_RESET_ASK;
	case 2:
		return LBVS_RESET_ASK_SYN;
	default:
		return LBVS_RESET_END;
	}
}

/**
 * lbvs_reset_answer - what does a segment of the connection lead to?
 * @state: state of the connection.
 * @from_client: the segment goes from the client to the real.
 * @flags: its flags.
 * @seq: its sequence number.
 * @ack: its acknowledgement number.
 *
 * A reset is never answered. A segment without an acknowledgement says nothing,
 * and is none of a connection that lives. The number in a SYN is none that the
 * other side knows.
 *
 * Return: the answer.
 */
struct lbvs_reset_answer lbvs_reset_answer(u32 state, bool from_client,
					   u8 flags, u32 seq, u32 ack)
{
	bool is_reset = flags & LBVS_TCP_RST;
	bool speaks = is_reset || (flags & LBVS_TCP_ACK);

	return (struct lbvs_reset_answer){
		.to_sender = speaks && !is_reset,
		.to_other = speaks && !(flags & LBVS_TCP_SYN) &&
			    !lbvs_reset_told(state, !from_client),
		.told = speaks,
		.sender_seq = ack,
		.other_seq = seq,
	};
}
