// SPDX-License-Identifier: GPL-2.0-or-later
/* TCP seen from the middle: lives of connections, then every segment there is. */
#include "unit.h"

#include "algo/tcp_track.c"

#define FIRST	  LBVS_TCP_STATE_SYN
#define LAST	  LBVS_TCP_STATE_RST_REAL
#define ALL_FLAGS (LBVS_TCP_FIN | LBVS_TCP_SYN | LBVS_TCP_RST | LBVS_TCP_ACK)

enum { REAL, CLIENT };

#define SYN	LBVS_TCP_SYN
#define ACK	LBVS_TCP_ACK
#define FIN	(LBVS_TCP_FIN | LBVS_TCP_ACK)
#define RST	LBVS_TCP_RST
#define SYN_ACK (LBVS_TCP_SYN | LBVS_TCP_ACK)

struct step {
	bool from_client;
	u8 flags;
	enum lbvs_tcp_state after;
};

/* Ends with flags of 0. */
static void live(const struct step *steps)
{
	enum lbvs_tcp_state state = LBVS_TCP_STATE_SYN;

	for (; steps->flags; steps++) {
		state = lbvs_tcp_next(state, steps->from_client, steps->flags);
		assert_int_equal(state, steps->after);
	}
}

static void a_client_that_closes_first(void **state)
{
	static const struct step steps[] = {
		{ REAL, SYN_ACK, LBVS_TCP_STATE_SYN_ACK },
		{ CLIENT, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ REAL, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ CLIENT, FIN, LBVS_TCP_STATE_FIN_CLIENT },
		{ REAL, ACK, LBVS_TCP_STATE_FIN_CLIENT },
		{ CLIENT, FIN, LBVS_TCP_STATE_FIN_CLIENT },
		{ REAL, FIN, LBVS_TCP_STATE_CLOSED },
		{ CLIENT, ACK, LBVS_TCP_STATE_CLOSED },
		{ 0 }
	};

	(void)state;
	live(steps);
}

static void a_real_that_closes_first(void **state)
{
	static const struct step steps[] = {
		{ REAL, SYN_ACK, LBVS_TCP_STATE_SYN_ACK },
		{ CLIENT, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ REAL, FIN, LBVS_TCP_STATE_FIN_REAL },
		{ REAL, FIN, LBVS_TCP_STATE_FIN_REAL },
		{ CLIENT, ACK, LBVS_TCP_STATE_FIN_REAL },
		{ CLIENT, FIN, LBVS_TCP_STATE_CLOSED },
		{ 0 }
	};

	(void)state;
	live(steps);
}

static void a_client_that_is_answered_by_another_way(void **state)
{
	static const struct step steps[] = {
		{ CLIENT, SYN, LBVS_TCP_STATE_SYN },
		{ CLIENT, ACK, LBVS_TCP_STATE_BYPASSED },
		{ CLIENT, ACK, LBVS_TCP_STATE_BYPASSED },
		{ CLIENT, SYN, LBVS_TCP_STATE_BYPASSED },
		{ REAL, ACK, LBVS_TCP_STATE_BYPASSED },
		{ CLIENT, FIN, LBVS_TCP_STATE_BYPASSED },
		{ REAL, SYN_ACK, LBVS_TCP_STATE_SYN_ACK },
		{ CLIENT, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ 0 }
	};

	(void)state;
	live(steps);
	assert_false(lbvs_tcp_finished(LBVS_TCP_STATE_BYPASSED));
}

static void a_real_alone_does_not_bypass(void **state)
{
	static const struct step steps[] = { { REAL, ACK, LBVS_TCP_STATE_SYN },
					     { REAL, FIN, LBVS_TCP_STATE_SYN },
					     { CLIENT, SYN_ACK,
					       LBVS_TCP_STATE_SYN },
					     { 0 } };

	(void)state;
	live(steps);
}

static void retransmissions_change_nothing(void **state)
{
	static const struct step steps[] = {
		{ CLIENT, SYN, LBVS_TCP_STATE_SYN },
		{ REAL, SYN_ACK, LBVS_TCP_STATE_SYN_ACK },
		{ CLIENT, SYN, LBVS_TCP_STATE_SYN_ACK },
		{ REAL, SYN_ACK, LBVS_TCP_STATE_SYN_ACK },
		{ CLIENT, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ REAL, SYN_ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ CLIENT, SYN, LBVS_TCP_STATE_ESTABLISHED },
		{ 0 }
	};

	(void)state;
	live(steps);
}

static void a_real_that_refuses(void **state)
{
	static const struct step steps[] = {
		{ REAL, RST | ACK, LBVS_TCP_STATE_RST_REAL },
		{ CLIENT, SYN, LBVS_TCP_STATE_RST_REAL },
		{ REAL, RST | ACK, LBVS_TCP_STATE_RST_REAL },
		{ 0 }
	};

	(void)state;
	live(steps);
}

static void a_forged_reset_is_disproved_by_its_owner(void **state)
{
	static const struct step steps[] = {
		{ REAL, SYN_ACK, LBVS_TCP_STATE_SYN_ACK },
		{ CLIENT, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ CLIENT, RST, LBVS_TCP_STATE_RST_CLIENT },
		{ REAL, ACK, LBVS_TCP_STATE_RST_CLIENT },
		{ CLIENT, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ REAL, RST, LBVS_TCP_STATE_RST_REAL },
		{ CLIENT, ACK, LBVS_TCP_STATE_RST_REAL },
		{ REAL, ACK, LBVS_TCP_STATE_ESTABLISHED },
		{ 0 }
	};

	(void)state;
	live(steps);
}

/* Calls check for every state, direction and set of flags. */
static void for_all(void (*check)(enum lbvs_tcp_state before, bool from_client,
				  u8 flags, enum lbvs_tcp_state after))
{
	unsigned int before, from_client, flags;

	for (before = FIRST; before <= LAST; before++)
		for (from_client = 0; from_client < 2; from_client++)
			for (flags = 0; flags < 256; flags++)
				check(before, from_client, flags,
				      lbvs_tcp_next(before, from_client,
						    flags));
}

static void check_known(enum lbvs_tcp_state before, bool from_client, u8 flags,
			enum lbvs_tcp_state after)
{
	(void)before;
	(void)from_client;
	(void)flags;
	assert_in_range(after, FIRST, LAST);
}

static void every_segment_leads_to_a_state(void **state)
{
	(void)state;
	for_all(check_known);
}

static void check_other_flags(enum lbvs_tcp_state before, bool from_client,
			      u8 flags, enum lbvs_tcp_state after)
{
	assert_int_equal(after,
			 lbvs_tcp_next(before, from_client, flags & ALL_FLAGS));
}

static void other_flags_mean_nothing(void **state)
{
	(void)state;
	for_all(check_other_flags);
}

static void check_reset(enum lbvs_tcp_state before, bool from_client, u8 flags,
			enum lbvs_tcp_state after)
{
	bool was_ending = before == LBVS_TCP_STATE_FIN_CLIENT ||
			  before == LBVS_TCP_STATE_FIN_REAL ||
			  before == LBVS_TCP_STATE_CLOSED;

	if (!(flags & RST))
		return;
	if (was_ending)
		assert_int_equal(after, LBVS_TCP_STATE_CLOSED);
	else
		assert_int_equal(after, from_client ?
						LBVS_TCP_STATE_RST_CLIENT :
						LBVS_TCP_STATE_RST_REAL);
}

static void a_reset_ends_what_lives_and_finishes_what_was_ending(void **state)
{
	(void)state;
	for_all(check_reset);
}

static void check_end(enum lbvs_tcp_state before, bool from_client, u8 flags,
		      enum lbvs_tcp_state after)
{
	(void)from_client;
	if (!(flags & (LBVS_TCP_FIN | RST)) && !lbvs_tcp_finished(before))
		assert_false(lbvs_tcp_finished(after));
}

static void only_fin_and_reset_end_a_connection(void **state)
{
	(void)state;
	for_all(check_end);
}

static void check_revival(enum lbvs_tcp_state before, bool from_client,
			  u8 flags, enum lbvs_tcp_state after)
{
	bool owner = before == LBVS_TCP_STATE_RST_CLIENT ? from_client :
							   !from_client;

	if (!lbvs_tcp_finished(before) || lbvs_tcp_finished(after))
		return;
	assert_in_range(before, LBVS_TCP_STATE_RST_CLIENT,
			LBVS_TCP_STATE_RST_REAL);
	assert_true(owner);
	assert_int_equal(flags & (SYN | RST), 0);
}

static void only_a_reset_can_be_taken_back(void **state)
{
	(void)state;
	for_all(check_revival);
}

static void check_syn(enum lbvs_tcp_state before, bool from_client, u8 flags,
		      enum lbvs_tcp_state after)
{
	if (from_client && (flags & ALL_FLAGS) == SYN)
		assert_int_equal(after, before);
}

static void a_syn_alone_changes_nothing(void **state)
{
	(void)state;
	for_all(check_syn);
}

/* Whoever forges a real's segments is not to make a flow live for long. */
static void check_established(enum lbvs_tcp_state before, bool from_client,
			      u8 flags, enum lbvs_tcp_state after)
{
	(void)flags;
	if (after != LBVS_TCP_STATE_ESTABLISHED ||
	    before == LBVS_TCP_STATE_ESTABLISHED ||
	    before >= LBVS_TCP_STATE_RST_CLIENT)
		return;
	assert_int_equal(before, LBVS_TCP_STATE_SYN_ACK);
	assert_true(from_client);
}

static void a_handshake_takes_both_sides(void **state)
{
	(void)state;
	for_all(check_established);
}

static void nothing_leads_out_of_a_connection_that_is_being_reset(void **state)
{
	const u32 resetting = LBVS_TCP_RESETTING | 123;
	u32 flags;

	(void)state;
	for (flags = 0; flags < 256; flags++) {
		assert_int_equal(lbvs_tcp_next(resetting, true, flags),
				 resetting);
		assert_int_equal(lbvs_tcp_next(resetting, false, flags),
				 resetting);
	}
	assert_true(lbvs_tcp_finished(resetting));
}

static void nothing_leads_out_of_a_connection_that_is_forgotten(void **state)
{
	u32 flags;

	(void)state;
	for (flags = 0; flags < 256; flags++) {
		assert_int_equal(lbvs_tcp_next(LBVS_TCP_STATE_ENDED, true,
					       flags),
				 LBVS_TCP_STATE_ENDED);
		assert_int_equal(lbvs_tcp_next(LBVS_TCP_STATE_ENDED, false,
					       flags),
				 LBVS_TCP_STATE_ENDED);
	}
	assert_true(lbvs_tcp_finished(LBVS_TCP_STATE_ENDED));
}

static void
a_connection_is_over_once_both_sides_closed_or_one_reset(void **state)
{
	u32 over;

	(void)state;
	assert_false(lbvs_tcp_over(0));
	for (over = LBVS_TCP_STATE_SYN; over < LBVS_TCP_STATE_CLOSED; over++)
		assert_false(lbvs_tcp_over(over));
	assert_true(lbvs_tcp_over(LBVS_TCP_STATE_CLOSED));
	assert_true(lbvs_tcp_over(LBVS_TCP_STATE_RST_CLIENT));
	assert_true(lbvs_tcp_over(LBVS_TCP_STATE_RST_REAL));
	assert_true(lbvs_tcp_over(LBVS_TCP_STATE_ENDED));
	assert_false(lbvs_tcp_over(LBVS_TCP_RESETTING));
	assert_false(lbvs_tcp_over(LBVS_TCP_RESETTING | LBVS_TCP_STATE_CLOSED));
}

static void a_connection_is_finished_once_a_side_closed_or_reset(void **state)
{
	(void)state;
	assert_false(lbvs_tcp_finished(LBVS_TCP_STATE_SYN));
	assert_false(lbvs_tcp_finished(LBVS_TCP_STATE_SYN_ACK));
	assert_false(lbvs_tcp_finished(LBVS_TCP_STATE_ESTABLISHED));
	assert_true(lbvs_tcp_finished(LBVS_TCP_STATE_FIN_CLIENT));
	assert_true(lbvs_tcp_finished(LBVS_TCP_STATE_FIN_REAL));
	assert_true(lbvs_tcp_finished(LBVS_TCP_STATE_CLOSED));
	assert_true(lbvs_tcp_finished(LBVS_TCP_STATE_RST_CLIENT));
	assert_true(lbvs_tcp_finished(LBVS_TCP_STATE_RST_REAL));
}

static void a_reset_must_be_near_the_acknowledgement(void **state)
{
	static const u32 acks[] = { 0,		1,	    1000,
				    0x7fffffff, 0x80000000, 0xfffff000,
				    0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(acks) / sizeof(acks[0]); i++) {
		assert_true(lbvs_tcp_rst_fits(acks[i], acks[i]));
		assert_true(lbvs_tcp_rst_fits(acks[i] + 1, acks[i]));
		assert_true(lbvs_tcp_rst_fits(acks[i] + LBVS_TCP_RST_WINDOW - 1,
					      acks[i]));
		assert_false(lbvs_tcp_rst_fits(acks[i] + LBVS_TCP_RST_WINDOW,
					       acks[i]));
		assert_false(lbvs_tcp_rst_fits(acks[i] - 1, acks[i]));
		assert_false(lbvs_tcp_rst_fits(acks[i] + 0x80000000, acks[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_that_closes_first),
		cmocka_unit_test(a_real_that_closes_first),
		cmocka_unit_test(a_client_that_is_answered_by_another_way),
		cmocka_unit_test(a_real_alone_does_not_bypass),
		cmocka_unit_test(retransmissions_change_nothing),
		cmocka_unit_test(a_real_that_refuses),
		cmocka_unit_test(a_forged_reset_is_disproved_by_its_owner),
		cmocka_unit_test(every_segment_leads_to_a_state),
		cmocka_unit_test(other_flags_mean_nothing),
		cmocka_unit_test(
			a_reset_ends_what_lives_and_finishes_what_was_ending),
		cmocka_unit_test(only_fin_and_reset_end_a_connection),
		cmocka_unit_test(only_a_reset_can_be_taken_back),
		cmocka_unit_test(a_syn_alone_changes_nothing),
		cmocka_unit_test(a_handshake_takes_both_sides),
		cmocka_unit_test(
			nothing_leads_out_of_a_connection_that_is_being_reset),
		cmocka_unit_test(
			a_connection_is_finished_once_a_side_closed_or_reset),
		cmocka_unit_test(
			nothing_leads_out_of_a_connection_that_is_forgotten),
		cmocka_unit_test(
			a_connection_is_over_once_both_sides_closed_or_one_reset),
		cmocka_unit_test(a_reset_must_be_near_the_acknowledgement),
	};

	return cmocka_run_group_tests_name("tcp_track", tests, NULL, NULL);
}
