// SPDX-License-Identifier: GPL-2.0-or-later
/* How soon a change is noticed, and what is not taken for one; fake clock. */
#include "test.h"

#include "timing.h"

/* Any number, the same in each run. */
static uint32_t random_number(void)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return state;
}

/*
 * A server changes right after a look at it has ended well, which is the worst
 * moment. From then on each look takes "takes" ms and has this outcome.
 * Returns the ms until the state is another one.
 */
static uint32_t time_to_change(struct timing *t,
			       const struct check_timing *config,
			       uint32_t takes, enum timing_outcome outcome)
{
	uint32_t now = 0, begin = 0, wait, looks;

	for (looks = 0; looks < 1000; looks++) {
		wait = timing_wait(t, config, random_number());
		begin = begin + wait > now ? begin + wait : now;
		now = begin + takes;
		if (timing_take(t, config, outcome))
			return now;
	}
	return UINT32_MAX;
}

static uint32_t longest(enum lbvs_verdict_state from, uint32_t takes,
			enum timing_outcome outcome)
{
	struct check_timing config;
	uint32_t longest = 0, time;
	struct timing t;
	int i;

	check_timing_init(&config);
	for (i = 0; i < 10000; i++) {
		timing_init(&t, from);
		time = time_to_change(&t, &config, takes, outcome);
		if (time > longest)
			longest = time;
	}
	return longest;
}

static void a_black_hole_is_down_within_19_s(void **state)
{
	uint32_t ms = longest(LBVS_VERDICT_STATE_UP, 4000, TIMING_FAIL);

	(void)state;
	assert_in_range(ms, 12000, 19000);
}

static void an_explicit_no_is_down_within_5_s(void **state)
{
	(void)state;
	assert_in_range(longest(LBVS_VERDICT_STATE_UP, 0, TIMING_NO), 4000,
			5000);
}

static void a_refused_connection_is_down_within_7_s(void **state)
{
	(void)state;
	assert_in_range(longest(LBVS_VERDICT_STATE_UP, 1, TIMING_FAIL), 6000,
			7010);
}

static void a_server_is_back_within_11_s(void **state)
{
	(void)state;
	assert_in_range(longest(LBVS_VERDICT_STATE_DOWN, 5, TIMING_PASS), 9000,
			11010);
}

static void the_first_success_is_up_at_once(void **state)
{
	struct check_timing config;
	struct timing t;

	(void)state;
	check_timing_init(&config);
	timing_init(&t, LBVS_VERDICT_STATE_UNKNOWN);
	assert_true(timing_take(&t, &config, TIMING_PASS));
	assert_int_equal(t.state, LBVS_VERDICT_STATE_UP);
}

static void a_server_not_known_yet_gets_all_its_chances(void **state)
{
	struct check_timing config;
	struct timing t;

	(void)state;
	check_timing_init(&config);
	timing_init(&t, LBVS_VERDICT_STATE_UNKNOWN);
	assert_false(timing_take(&t, &config, TIMING_FAIL));
	assert_false(timing_take(&t, &config, TIMING_FAIL));
	assert_int_equal(t.state, LBVS_VERDICT_STATE_UNKNOWN);
	assert_true(timing_take(&t, &config, TIMING_FAIL));
	assert_int_equal(t.state, LBVS_VERDICT_STATE_DOWN);
}

static void what_comes_and_goes_is_held(void **state)
{
	struct check_timing config;
	struct timing up, down;
	int i;

	(void)state;
	check_timing_init(&config);
	timing_init(&up, LBVS_VERDICT_STATE_UP);
	timing_init(&down, LBVS_VERDICT_STATE_DOWN);
	for (i = 0; i < 100; i++) {
		assert_false(timing_take(&up, &config, TIMING_FAIL));
		assert_false(timing_take(&up, &config, TIMING_FAIL));
		assert_false(timing_take(&up, &config, TIMING_PASS));
		assert_false(timing_take(&down, &config, TIMING_PASS));
		assert_false(timing_take(&down, &config, TIMING_FAIL));
	}
}

static void noes_and_failures_add_up(void **state)
{
	struct check_timing config;
	struct timing t;

	(void)state;
	check_timing_init(&config);
	config.fall_hard = 2;
	timing_init(&t, LBVS_VERDICT_STATE_UP);
	assert_false(timing_take(&t, &config, TIMING_NO));
	assert_false(timing_take(&t, &config, TIMING_FAIL));
	/* Not two noes in a row, but three failures. */
	assert_true(timing_take(&t, &config, TIMING_NO));
	timing_init(&t, LBVS_VERDICT_STATE_UP);
	assert_false(timing_take(&t, &config, TIMING_NO));
	assert_true(timing_take(&t, &config, TIMING_NO));
}

static void our_own_trouble_counts_for_nothing(void **state)
{
	struct check_timing config;
	struct timing t;

	(void)state;
	check_timing_init(&config);
	timing_init(&t, LBVS_VERDICT_STATE_UP);
	assert_false(timing_take(&t, &config, TIMING_FAIL));
	assert_false(timing_take(&t, &config, TIMING_FAIL));
	assert_false(timing_take(&t, &config, TIMING_NONE));
	assert_true(timing_take(&t, &config, TIMING_FAIL));
}

static void the_jitter_only_shortens_and_by_what_was_said(void **state)
{
	struct check_timing config;
	uint32_t wait, least = UINT32_MAX, most = 0;
	struct timing t;
	int i;

	(void)state;
	check_timing_init(&config);
	timing_init(&t, LBVS_VERDICT_STATE_UP);
	for (i = 0; i < 10000; i++) {
		wait = timing_wait(&t, &config, random_number());
		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
	}
	assert_in_range(least, 4750, 4760);
	assert_in_range(most, 4990, 5000);
	assert_int_equal(timing_wait(&t, &config, 0), 5000);
	assert_int_equal(timing_wait(&t, &config, UINT32_MAX), 4751);
}

static void the_phases_are_spread(void **state)
{
	uint32_t fifth[5] = { 0 }, phase;
	struct check_timing config;
	int i;

	(void)state;
	check_timing_init(&config);
	for (i = 0; i < 10000; i++) {
		phase = timing_phase(&config, random_number());
		assert_true(phase < 5000);
		fifth[phase / 1000]++;
	}
	for (i = 0; i < 5; i++)
		assert_in_range(fifth[i], 1800, 2200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_black_hole_is_down_within_19_s),
		cmocka_unit_test(an_explicit_no_is_down_within_5_s),
		cmocka_unit_test(a_refused_connection_is_down_within_7_s),
		cmocka_unit_test(a_server_is_back_within_11_s),
		cmocka_unit_test(the_first_success_is_up_at_once),
		cmocka_unit_test(a_server_not_known_yet_gets_all_its_chances),
		cmocka_unit_test(what_comes_and_goes_is_held),
		cmocka_unit_test(noes_and_failures_add_up),
		cmocka_unit_test(our_own_trouble_counts_for_nothing),
		cmocka_unit_test(the_jitter_only_shortens_and_by_what_was_said),
		cmocka_unit_test(the_phases_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
