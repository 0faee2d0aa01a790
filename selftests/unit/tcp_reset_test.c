// SPDX-License-Identifier: GPL-2.0-or-later
/* Resetting a connection from the middle: who is told what, who is asked when. */
#include "unit.h"

#include "algo/tcp_reset.c"

#define SECOND 250
#define BEGUN  LBVS_TCP_RESETTING
#define ACK    LBVS_TCP_ACK
#define RST    LBVS_TCP_RST
#define SYN    LBVS_TCP_SYN

enum { REAL, CLIENT };

static void a_segment_is_answered_by_its_own_number(void **state)
{
	struct lbvs_reset_answer a =
		lbvs_reset_answer(BEGUN, true, ACK, 1000, 5000);

	(void)state;
	assert_true(a.to_sender);
	assert_int_equal(a.sender_seq, 5000);
	assert_true(a.to_other);
	assert_int_equal(a.other_seq, 1000);
	assert_true(a.told);
}

static void a_side_that_was_told_is_told_no_more_by_the_other(void **state)
{
	u32 told = lbvs_reset_tell(BEGUN, CLIENT);

	(void)state;
	assert_false(lbvs_reset_answer(told, false, ACK, 1, 2).to_other);
	assert_true(lbvs_reset_answer(told, true, ACK, 1, 2).to_other);
	/* But whenever it speaks. */
	assert_true(lbvs_reset_answer(told, true, ACK, 1, 2).to_sender);
}

static void a_reset_is_passed_on_and_not_answered(void **state)
{
	struct lbvs_reset_answer a = lbvs_reset_answer(BEGUN, false, RST, 7, 0);

	(void)state;
	assert_false(a.to_sender);
	assert_true(a.to_other);
	assert_int_equal(a.other_seq, 7);
	assert_true(a.told);
	assert_false(
		lbvs_reset_answer(BEGUN, false, RST | ACK, 7, 1).to_sender);
}

static void a_syn_tells_the_other_side_nothing(void **state)
{
	struct lbvs_reset_answer a;

	(void)state;
	a = lbvs_reset_answer(BEGUN, false, SYN | ACK, 7, 9);
	assert_true(a.to_sender);
	assert_int_equal(a.sender_seq, 9);
	assert_false(a.to_other);
	assert_true(a.told);
}

static void a_segment_without_acknowledgement_says_nothing(void **state)
{
	static const u8 flags[] = { 0, SYN, LBVS_TCP_FIN };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(flags); i++) {
		struct lbvs_reset_answer a;

		a = lbvs_reset_answer(BEGUN, true, flags[i], 7, 9);
		assert_false(a.to_sender || a.to_other || a.told);
	}
}

static void telling_one_side_is_not_telling_the_other(void **state)
{
	u32 told = lbvs_reset_tell(BEGUN, REAL);

	(void)state;
	assert_false(lbvs_reset_told(BEGUN, CLIENT) ||
		     lbvs_reset_told(BEGUN, REAL));
	assert_true(lbvs_reset_told(told, REAL));
	assert_false(lbvs_reset_told(told, CLIENT));
	assert_true(lbvs_tcp_resetting(told));
	assert_int_equal(lbvs_reset_tell(told, REAL), told);
}

/* Asked at once, then waits so long in each step until the next is due. */
static void expect_steps(u32 now)
{
	static const struct {
		u32 wait;
		enum lbvs_reset_step step;
	} steps[] = {
		{ SECOND, LBVS_RESET_ASK },
		{ 2 * SECOND, LBVS_RESET_ASK_SYN },
		{ 2 * SECOND, LBVS_RESET_END },
	};
	u32 s = BEGUN;
	unsigned int i;

	assert_int_equal(lbvs_reset_next(s, now, SECOND), LBVS_RESET_ASK);
	for (i = 0; i < 3; i++) {
		s = lbvs_reset_asked(s, now);
		assert_true(lbvs_tcp_resetting(s));
		assert_int_equal(lbvs_reset_next(s, now, SECOND),
				 LBVS_RESET_WAIT);
		now += steps[i].wait - 1;
		assert_int_equal(lbvs_reset_next(s, now, SECOND),
				 LBVS_RESET_WAIT);
		now++;
		assert_int_equal(lbvs_reset_next(s, now, SECOND),
				 steps[i].step);
	}
}

static void the_silent_are_asked_three_times_in_five_seconds(void **state)
{
	(void)state;
	expect_steps(0);
	expect_steps(123456789);
	/* Time wraps around, and what is kept of it does so sooner. */
	expect_steps((1u << 24) - 1);
	expect_steps((1u << 24) - 2 * SECOND);
	expect_steps(UINT32_MAX);
	expect_steps(UINT32_MAX - 3 * SECOND);
}

static void when_both_are_told_it_ends_a_second_after_its_turn(void **state)
{
	u32 s = lbvs_reset_tell(lbvs_reset_tell(BEGUN, REAL), CLIENT);

	(void)state;
	/* It may be told before its turn has come. */
	assert_int_equal(lbvs_reset_next(s, 77, SECOND), LBVS_RESET_ASK);
	s = lbvs_reset_asked(s, 77);
	assert_int_equal(lbvs_reset_next(s, 77 + SECOND - 1, SECOND),
			 LBVS_RESET_WAIT);
	assert_int_equal(lbvs_reset_next(s, 77 + SECOND, SECOND),
			 LBVS_RESET_END);
}

static void when_one_is_told_the_other_is_asked_on(void **state)
{
	u32 s = lbvs_reset_asked(lbvs_reset_tell(BEGUN, CLIENT), 5);

	(void)state;
	assert_int_equal(lbvs_reset_next(s, 5 + SECOND, SECOND),
			 LBVS_RESET_ASK);
	s = lbvs_reset_asked(s, 5 + SECOND);
	assert_true(lbvs_reset_told(s, CLIENT));
	assert_int_equal(lbvs_reset_next(s, 5 + 3 * SECOND, SECOND),
			 LBVS_RESET_ASK_SYN);
}

static void it_is_never_asked_so_often_that_it_forgets(void **state)
{
	u32 s = lbvs_reset_tell(BEGUN, REAL);
	u32 i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		s = lbvs_reset_asked(s, i * 12345);
		assert_true(lbvs_tcp_resetting(s));
		assert_true(lbvs_reset_told(s, REAL));
		assert_false(lbvs_reset_told(s, CLIENT));
	}
	assert_int_equal(lbvs_reset_next(s, 999 * 12345 + 2 * SECOND, SECOND),
			 LBVS_RESET_END);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_segment_is_answered_by_its_own_number),
		cmocka_unit_test(
			a_side_that_was_told_is_told_no_more_by_the_other),
		cmocka_unit_test(a_reset_is_passed_on_and_not_answered),
		cmocka_unit_test(a_syn_tells_the_other_side_nothing),
		cmocka_unit_test(
			a_segment_without_acknowledgement_says_nothing),
		cmocka_unit_test(telling_one_side_is_not_telling_the_other),
		cmocka_unit_test(
			the_silent_are_asked_three_times_in_five_seconds),
		cmocka_unit_test(
			when_both_are_told_it_ends_a_second_after_its_turn),
		cmocka_unit_test(when_one_is_told_the_other_is_asked_on),
		cmocka_unit_test(it_is_never_asked_so_often_that_it_forgets),
	};

	return cmocka_run_group_tests_name("tcp_reset", tests, NULL, NULL);
}
