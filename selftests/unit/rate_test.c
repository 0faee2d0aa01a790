// SPDX-License-Identifier: GPL-2.0-or-later
/* So many a second, and no more. */
#include "unit.h"

#include "algo/rate.c"

/* Nanoseconds; whoever asks does not know that the clock starts at 0. */
static u64 after(u64 ms)
{
	return SECOND + ms * 1000000;
}

static u32 admitted(u64 *due, u64 now, u32 rate, u32 tries)
{
	u32 n = 0;

	while (tries--)
		n += lbvs_rate_admit(*due, now, rate, due);
	return n;
}

static void a_tenth_of_a_second_may_come_at_once(void **state)
{
	u64 due = 0;

	(void)state;
	assert_int_equal(admitted(&due, after(0), 100, 1000), 11);
	assert_int_equal(admitted(&due, after(0), 100, 1000), 0);
	assert_int_equal(admitted(&due, after(10), 100, 1000), 1);
	assert_int_equal(admitted(&due, after(30), 100, 1000), 2);
}

static void silence_saves_up_nothing(void **state)
{
	u64 due = 0;

	(void)state;
	admitted(&due, after(0), 100, 1000);
	assert_int_equal(admitted(&due, after(3600000), 100, 1000), 11);
}

static void one_a_second_is_one_a_second(void **state)
{
	u64 due = 0;

	(void)state;
	assert_int_equal(admitted(&due, after(0), 1, 10), 1);
	assert_int_equal(admitted(&due, after(899), 1, 10), 0);
	assert_int_equal(admitted(&due, after(900), 1, 10), 1);
	assert_int_equal(admitted(&due, after(1899), 1, 10), 0);
	assert_int_equal(admitted(&due, after(1900), 1, 10), 1);
}

/* In any second, whenever it starts; and whoever always comes gets all of it. */
static void no_second_has_more(void **state)
{
	static const u32 rates[] = { 1, 3, 10, 100, 997 };
	uint64_t seed = 3;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		u32 seen[10000] = { 0 }, sum = 0, ms;
		u64 due = 0;

		for (ms = 0; ms < 10000; ms++) {
			seen[ms] = admitted(&due, after(ms), rates[i],
					    next_random(&seed) % 8);
			sum += seen[ms];
			if (ms >= 1000)
				sum -= seen[ms - 1000];
			assert_true(sum <= rates[i] + rates[i] / 10 + 1);
		}
		assert_true(sum + rates[i] / 100 + 1 >= rates[i]);
	}
}

static void the_highest_rate_and_the_latest_time(void **state)
{
	u64 due = 0;

	(void)state;
	assert_int_equal(admitted(&due, after(0), 1000000, 1000000), 100001);
	due = 0;
	assert_int_equal(admitted(&due, 1ull << 62, 1000000, 1000000), 100001);
}

static void who_is_refused_costs_nothing(void **state)
{
	u64 due = 0, before;

	(void)state;
	admitted(&due, after(0), 10, 100);
	before = due;
	assert_int_equal(admitted(&due, after(0), 10, 100), 0);
	assert_int_equal(due, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tenth_of_a_second_may_come_at_once),
		cmocka_unit_test(silence_saves_up_nothing),
		cmocka_unit_test(one_a_second_is_one_a_second),
		cmocka_unit_test(no_second_has_more),
		cmocka_unit_test(the_highest_rate_and_the_latest_time),
		cmocka_unit_test(who_is_refused_costs_nothing),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
