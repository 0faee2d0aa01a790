// SPDX-License-Identifier: GPL-2.0-or-later
/* When clients' failures to connect are worth a look at the real. */
#include "unit.h"

#include "algo/hint.c"

#define ENOUGH 3
#define TIME   1000

static void fail_quietly(struct lbvs_hint *hint, u32 now, int times)
{
	while (times--)
		assert_false(lbvs_hint_fail(hint, now, ENOUGH, TIME));
}

static void the_third_failure_in_time_is_told(void **state)
{
	struct lbvs_hint hint = { 0 };

	(void)state;
	fail_quietly(&hint, 5, ENOUGH - 1);
	assert_true(lbvs_hint_fail(&hint, 5 + TIME, ENOUGH, TIME));
}

static void failures_far_apart_are_not_told(void **state)
{
	struct lbvs_hint hint = { 0 };
	u32 i;

	(void)state;
	for (i = 0; i < 100; i++)
		fail_quietly(&hint, 7 + i * (TIME + 1), 1);
}

static void a_success_in_between_begins_anew(void **state)
{
	struct lbvs_hint hint = { 0 };

	(void)state;
	fail_quietly(&hint, 5, ENOUGH - 1);
	lbvs_hint_succeed(&hint);
	fail_quietly(&hint, 6, ENOUGH - 1);
	assert_true(lbvs_hint_fail(&hint, 6, ENOUGH, TIME));
}

static void it_is_not_told_again_for_a_while(void **state)
{
	struct lbvs_hint hint = { 0 };
	u32 now, told = 0;

	(void)state;
	for (now = 1; now <= 3 * TIME; now++)
		told += lbvs_hint_fail(&hint, now, ENOUGH, TIME);
	assert_int_equal(told, 3);
}

static void time_wraps_around(void **state)
{
	struct lbvs_hint hint = { 0 };

	(void)state;
	fail_quietly(&hint, UINT32_MAX - 1, ENOUGH - 1);
	assert_true(lbvs_hint_fail(&hint, 3, ENOUGH, TIME));
	fail_quietly(&hint, TIME + 2, 1);
	assert_false(lbvs_hint_fail(&hint, TIME + 2, ENOUGH, TIME));
}

static void who_waited_asks_again(void **state)
{
	(void)state;
	assert_false(lbvs_hint_repeats(5, 5, TIME));
	assert_false(lbvs_hint_repeats(5, 5 + TIME - 1, TIME));
	assert_true(lbvs_hint_repeats(5, 5 + TIME, TIME));
	assert_true(lbvs_hint_repeats(UINT32_MAX - 1, TIME, TIME));
}

static void a_clock_that_is_behind_repeats_nothing(void **state)
{
	(void)state;
	assert_false(lbvs_hint_repeats(5, 4, TIME));
	assert_false(lbvs_hint_repeats(0, UINT32_MAX, TIME));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_third_failure_in_time_is_told),
		cmocka_unit_test(failures_far_apart_are_not_told),
		cmocka_unit_test(a_success_in_between_begins_anew),
		cmocka_unit_test(it_is_not_told_again_for_a_while),
		cmocka_unit_test(time_wraps_around),
		cmocka_unit_test(who_waited_asks_again),
		cmocka_unit_test(a_clock_that_is_behind_repeats_nothing),
	};

	return cmocka_run_group_tests_name("hint", tests, NULL, NULL);
}
