// SPDX-License-Identifier: GPL-2.0-or-later
/* Least connections: who has less to do, and what shares that leads to. */
#include "unit.h"

#include "algo/least.h"

#define MOST 0x7fffffffu

static u32 least(const u32 *flows, const u32 *weights, u32 n)
{
	u32 best = 0;
	u32 i;

	for (i = 1; i < n; i++)
		if (lbvs_least_compare(flows[i], weights[i], flows[best],
				       weights[best]) < 0)
			best = i;
	return best;
}

static void the_one_with_fewer_comes_first(void **state)
{
	(void)state;
	assert_true(lbvs_least_compare(3, 1, 4, 1) < 0);
	assert_true(lbvs_least_compare(4, 1, 3, 1) > 0);
	assert_int_equal(lbvs_least_compare(4, 1, 4, 1), 0);
}

static void of_two_without_any_the_heavier_comes_first(void **state)
{
	(void)state;
	assert_true(lbvs_least_compare(0, 2, 0, 1) < 0);
	assert_int_equal(lbvs_least_compare(1, 3, 0, 1), 0);
	assert_true(lbvs_least_compare(1, 2, 0, 1) > 0);
}

static void the_largest_numbers_do_not_overflow(void **state)
{
	(void)state;
	assert_true(lbvs_least_compare(MOST - 1, 1, MOST, MOST) > 0);
	assert_true(lbvs_least_compare(MOST, MOST, MOST - 1, 1) < 0);
	assert_int_equal(lbvs_least_compare(MOST, MOST, MOST, MOST), 0);
}

/* What each has is its weight times one number for all, rounded. */
static void expect_exact_shares(const u32 *flows, const u32 *weights, u32 n)
{
	u32 i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++)
			assert_true((2 * (s64)flows[i] - 1) * weights[j] <=
				    (2 * (s64)flows[j] + 1) * weights[i]);
}

/* Whenever one looks; and after as many flows as there is weight, to the flow. */
static void shares_are_exact_at_any_moment(void **state)
{
	uint64_t seed = 1;
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		u32 weights[12], flows[12] = { 0 };
		u32 n = 1 + next_random(&seed) % 12;
		u32 total = 0;
		u32 i;

		for (i = 0; i < n; i++) {
			weights[i] = random_weight(&seed, 500);
			total += weights[i];
		}
		for (i = 0; i < total; i++) {
			flows[least(flows, weights, n)]++;
			expect_exact_shares(flows, weights, n);
		}
		for (i = 0; i < n; i++)
			assert_int_equal(flows[i], weights[i]);
	}
}

/* Flows end at random: nobody has more than it should while another has less. */
static void who_has_lost_flows_gets_the_next(void **state)
{
	const u32 weights[] = { 1, 2, 5 };
	u32 flows[3] = { 0 };
	uint64_t seed = 2;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		u32 next = least(flows, weights, 3);
		u32 end = next_random(&seed) % 3;
		u32 other;

		for (other = 0; other < 3; other++)
			assert_true((2 * flows[next] + 1) * weights[other] <=
				    (2 * flows[other] + 1) * weights[next]);
		flows[next]++;
		if (next_random(&seed) % 3 && flows[end])
			flows[end]--;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_with_fewer_comes_first),
		cmocka_unit_test(of_two_without_any_the_heavier_comes_first),
		cmocka_unit_test(the_largest_numbers_do_not_overflow),
		cmocka_unit_test(shares_are_exact_at_any_moment),
		cmocka_unit_test(who_has_lost_flows_gets_the_next),
	};

	return cmocka_run_group_tests_name("least", tests, NULL, NULL);
}
