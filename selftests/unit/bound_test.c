// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bounded loads: nobody has more than so much of the mean, and somebody always
 * can take one more. The clients here are offices: a few have most of the flows.
 */
#include "unit.h"

#include <stdio.h>

#include "algo/bound.h"

#define REALS	8
#define OFFICES 1000
#define FLOWS	20000

struct pool {
	u32 n;
	u32 flows[REALS];
	u32 weights[REALS];
	u64 all_flows;
	u64 all_weights;
	u32 percent;
};

static bool is_full(const struct pool *pool, u32 i)
{
	return lbvs_bound_reached(pool->flows[i], pool->weights[i],
				  pool->all_flows + 1, pool->all_weights,
				  pool->percent);
}

/* As maglev would: by a hash of the office, and by hashes of that. */
static u32 place(struct pool *pool, uint64_t office, u32 *home)
{
	u32 tries = 0, i;

	*home = i = next_random(&office) % pool->n;
	while (is_full(pool, i)) {
		assert_true(tries++ < 10000);
		i = next_random(&office) % pool->n;
	}
	pool->flows[i]++;
	pool->all_flows++;
	return i;
}

static void expect_bounded(const struct pool *pool)
{
	u32 i;

	for (i = 0; i < pool->n; i++)
		assert_true((u64)(pool->flows[i] - !!pool->flows[i]) *
				    pool->all_weights * 100 <
			    pool->all_flows * pool->percent * pool->weights[i] +
				    !pool->all_flows);
}

/* The one with rank r has 1/r of what the first one has. */
static u32 zipf(uint64_t *seed)
{
	static double sums[OFFICES];
	double point;
	u32 i;

	for (i = 0; !sums[OFFICES - 1] && i < OFFICES; i++)
		sums[i] = (i ? sums[i - 1] : 0) + 1.0 / (i + 1);
	point = (next_random(seed) >> 11) * 0x1p-53 * sums[OFFICES - 1];
	for (i = 0; sums[i] < point; i++)
		;
	return i;
}

static void fill(struct pool *pool, u32 *away)
{
	uint64_t seed = 4;
	u32 i, home;

	*away = 0;
	for (i = 0; i < FLOWS; i++) {
		if (place(pool, zipf(&seed) * 77777ull, &home) != home)
			(*away)++;
		expect_bounded(pool);
	}
}

static void of_offices_nobody_has_more_than_the_bound(void **state)
{
	static const u32 percents[] = { 1000, 200, 150, 125, 110, 101 };
	u32 i, j, away, before = 0;

	(void)state;
	for (i = 0; i < sizeof(percents) / sizeof(*percents); i++) {
		struct pool pool = { .n = REALS, .percent = percents[i] };
		u32 most = 0;

		for (j = 0; j < REALS; j++)
			pool.all_weights += pool.weights[j] = 1;
		fill(&pool, &away);
		for (j = 0; j < REALS; j++)
			most = pool.flows[j] > most ? pool.flows[j] : most;
		printf("# bound %u %%: the most is %.3f of the mean, %.1f %% of the flows are not at their first choice\n",
		       percents[i], (double)most * REALS / FLOWS,
		       100.0 * away / FLOWS);
		assert_true(most * REALS * 100ull <=
			    (u64)FLOWS * percents[i] + REALS * 100);
		/* The tighter, the more move; and none without need. */
		assert_true(away >= before);
		before = away;
	}
}

static void the_bound_goes_by_weight(void **state)
{
	struct pool pool = {
		.n = 3,
		.weights = { 1, 2, 5 },
		.all_weights = 8,
		.percent = 110,
	};
	u32 away;

	(void)state;
	fill(&pool, &away);
	assert_true(pool.flows[0] <= FLOWS * 110 / 800 + 1);
	assert_true(pool.flows[1] <= FLOWS * 220 / 800 + 1);
	assert_true(pool.flows[2] >= FLOWS - FLOWS * 330 / 800 - 2);
}

static void somebody_can_always_take_one(void **state)
{
	uint64_t seed = 5;
	int round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		struct pool pool = {
			.n = 1 + next_random(&seed) % REALS,
			.percent = 101 + next_random(&seed) % 900,
		};
		u32 i, can = 0;

		for (i = 0; i < pool.n; i++) {
			pool.flows[i] = next_random(&seed) % 100;
			pool.weights[i] = random_weight(&seed, 65535);
			pool.all_flows += pool.flows[i];
			pool.all_weights += pool.weights[i];
		}
		for (i = 0; i < pool.n; i++)
			can += !is_full(&pool, i);
		assert_true(can);
	}
}

static void the_largest_numbers_do_not_overflow(void **state)
{
	const u32 most = 0x7fffffff;

	(void)state;
	assert_true(lbvs_bound_reached(most, most, most, most, 100));
	assert_false(lbvs_bound_reached(most - 1, most, most, most, 100));
	assert_false(lbvs_bound_reached(most, most, most, most, 1000));
	assert_true(lbvs_bound_reached(most, 1, most, most, 1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_offices_nobody_has_more_than_the_bound),
		cmocka_unit_test(the_bound_goes_by_weight),
		cmocka_unit_test(somebody_can_always_take_one),
		cmocka_unit_test(the_largest_numbers_do_not_overflow),
	};

	return cmocka_run_group_tests_name("bound", tests, NULL, NULL);
}
