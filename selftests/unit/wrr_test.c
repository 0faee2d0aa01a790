// SPDX-License-Identifier: GPL-2.0-or-later
/* What weighted round robin holds to, whatever the weights are. */
#include "unit.h"

#include "algo/wrr.c"

#include <linux/minmax.h>
#include <string.h>

#define REALS_MOST 64
#define ROUNDS	   300

struct fixture {
	uint64_t random;
	u32 n;
	u32 weights[REALS_MOST];
	u32 ends[REALS_MOST];
	struct lbvs_wrr wrr;
};

static void fill(struct fixture *f, u32 n)
{
	f->n = n;
	f->wrr.ends = f->ends;
	assert_int_equal(lbvs_wrr_fill(&f->wrr, f->weights, n), 0);
}

static void draw(struct fixture *f)
{
	u32 i, n = 1 + next_random(&f->random) % REALS_MOST;

	for (i = 0; i < n; i++)
		f->weights[i] = random_weight(&f->random, 1000);
	fill(f, n);
}

static u32 cycle(const struct fixture *f)
{
	return (u32)1 << f->wrr.bits;
}

static u32 reduced_weight(const struct fixture *f, u32 i)
{
	return f->ends[i] - (i ? f->ends[i - 1] : 0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->random = 1;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static void a_cycle_gives_everybody_exactly_his_weight(void **state)
{
	struct fixture *f = *state;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		u32 counts[REALS_MOST] = { 0 };
		u32 start = next_random(&f->random);
		u32 i, slot;

		draw(f);
		for (i = 0; i < cycle(f); i++)
			if (lbvs_wrr_slot(&f->wrr, start + i, &slot))
				counts[lbvs_wrr_index(&f->wrr, slot)]++;
		for (i = 0; i < f->n; i++)
			assert_int_equal(counts[i], reduced_weight(f, i));
	}
}

static void a_cycle_visits_every_slot_once(void **state)
{
	struct fixture *f = *state;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		u32 i, slot;
		u8 *seen;

		draw(f);
		seen = calloc(f->wrr.total, 1);
		for (i = 0; i < cycle(f); i++) {
			if (!lbvs_wrr_slot(&f->wrr, i, &slot))
				continue;
			assert_true(slot < f->wrr.total);
			assert_int_equal(seen[slot]++, 0);
		}
		for (i = 0; i < f->wrr.total; i++)
			assert_int_equal(seen[i], 1);
		free(seen);
	}
}

static void of_two_cursors_one_has_a_slot(void **state)
{
	struct fixture *f = *state;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		u32 i, slot;

		draw(f);
		for (i = -5u; i != cycle(f) + 5; i++)
			assert_true(lbvs_wrr_slot(&f->wrr, i, &slot) ||
				    lbvs_wrr_slot(&f->wrr, i + 1, &slot));
	}
}

/*
 * After any number of turns, nobody is ahead of or behind his due by more than
 * a few turns: the discrepancy of the sequence grows with the logarithm of its
 * length. Blocks, the naive way, would be off by a whole weight.
 */
static void turns_are_spread(void **state)
{
	struct fixture *f = *state;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		u32 counts[REALS_MOST] = { 0 };
		u32 i, k, slot, turns = 0;

		draw(f);
		for (i = 0; i < cycle(f); i++) {
			if (!lbvs_wrr_slot(&f->wrr, i, &slot))
				continue;
			counts[lbvs_wrr_index(&f->wrr, slot)]++;
			turns++;
			for (k = 0; k < f->n; k++) {
				double due = (double)turns *
					     reduced_weight(f, k) /
					     f->wrr.total;
				double off = counts[k] - due;
				double most = 1 + f->wrr.bits / 3.0;

				assert_true(off <= most && off >= -most);
			}
		}
	}
}

/* Of those who were asked none is asked again, also where one weighs nearly all, and
 * the others get their turns by weight, give or take what chance would do.
 */
static void who_cannot_take_turns_leaves_them_by_weight(void **state)
{
	struct fixture *f = *state;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		u32 got[REALS_MOST] = { 0 };
		bool is_asked[REALS_MOST] = { false };
		u32 cursor = next_random(&f->random);
		u32 i, n_asked, left, turns = 20000;
		u16 asked[16];

		draw(f);
		if (f->n < 2)
			continue;
		left = f->wrr.total;
		n_asked = 1 + next_random(&f->random) % min(f->n - 1, 16u);
		for (i = 0; i < n_asked; i++) {
			do {
				asked[i] = next_random(&f->random) % f->n;
			} while (is_asked[asked[i]]);
			is_asked[asked[i]] = true;
			left -= reduced_weight(f, asked[i]);
		}
		for (i = 0; i < turns; i++)
			got[lbvs_wrr_rest(&f->wrr, cursor + i, asked,
					  n_asked)]++;
		for (i = 0; i < f->n; i++) {
			double due =
				(double)turns * reduced_weight(f, i) / left;

			if (is_asked[i])
				assert_int_equal(got[i], 0);
			else
				assert_true((got[i] - due) * (got[i] - due) <=
					    36 * (due + 1));
		}
	}
}

static void equal_weights_take_turns(void **state)
{
	struct fixture *f = *state;
	u32 n, i, slot;

	for (n = 1; n <= REALS_MOST; n++) {
		u64 seen = 0;

		for (i = 0; i < n; i++)
			f->weights[i] = 5000;
		fill(f, n);
		assert_int_equal(f->wrr.total, n);
		for (i = 0; i < cycle(f); i++)
			if (lbvs_wrr_slot(&f->wrr, i, &slot))
				seen |= (u64)1 << lbvs_wrr_index(&f->wrr, slot);
		assert_true(seen == ~(u64)0 >> (64 - n));
	}
}

static void only_the_ratio_of_weights_counts(void **state)
{
	struct fixture *f = *state;
	u32 ends[REALS_MOST];
	u32 i, n = 8;

	for (i = 0; i < n; i++)
		f->weights[i] = 1 + i;
	fill(f, n);
	memcpy(ends, f->ends, sizeof(ends));
	for (i = 0; i < n; i++)
		f->weights[i] *= 6007;
	fill(f, n);
	assert_memory_equal(ends, f->ends, n * sizeof(ends[0]));
}

static void every_slot_has_its_owner(void **state)
{
	struct fixture *f = *state;
	u32 round;

	for (round = 0; round < ROUNDS; round++) {
		u32 slot, owner = 0;

		draw(f);
		for (slot = 0; slot < f->wrr.total; slot++) {
			if (slot == f->ends[owner])
				owner++;
			assert_int_equal(lbvs_wrr_index(&f->wrr, slot), owner);
		}
	}
}

static void a_single_real_gets_every_turn(void **state)
{
	struct fixture *f = *state;
	u32 i, slot;

	f->weights[0] = 65535;
	fill(f, 1);
	for (i = -3u; i != 3; i++) {
		assert_true(lbvs_wrr_slot(&f->wrr, i, &slot));
		assert_int_equal(lbvs_wrr_index(&f->wrr, slot), 0);
	}
}

static void the_largest_sum_fits(void **state)
{
	struct fixture *f = *state;
	u32 i, slot;

	f->weights[0] = 0x7ffffffe;
	f->weights[1] = 1;
	fill(f, 2);
	assert_int_equal(f->wrr.total, 0x7fffffff);
	assert_int_equal(f->wrr.bits, 31);
	for (i = 0; i < 1000; i += 2) {
		assert_true(lbvs_wrr_slot(&f->wrr, i, &slot));
		assert_int_equal(lbvs_wrr_index(&f->wrr, slot), 0);
	}
	assert_int_equal(lbvs_wrr_index(&f->wrr, 0x7ffffffe), 1);
}

static void senseless_arguments_are_refused(void **state)
{
	struct fixture *f = *state;

	f->wrr.ends = f->ends;
	assert_int_equal(lbvs_wrr_fill(&f->wrr, f->weights, 0), -EINVAL);
	f->weights[0] = 1;
	f->weights[1] = 0;
	assert_int_equal(lbvs_wrr_fill(&f->wrr, f->weights, 2), -EINVAL);
	f->weights[0] = 0;
	assert_int_equal(lbvs_wrr_fill(&f->wrr, f->weights, 1), -EINVAL);
	f->weights[0] = 0x7fffffff;
	f->weights[1] = 1;
	assert_int_equal(lbvs_wrr_fill(&f->wrr, f->weights, 2), -EINVAL);
	f->weights[0] = 0xffffffff;
	f->weights[1] = 0xfffffffe;
	assert_int_equal(lbvs_wrr_fill(&f->wrr, f->weights, 2), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_cycle_gives_everybody_exactly_his_weight),
		TEST(a_cycle_visits_every_slot_once),
		TEST(of_two_cursors_one_has_a_slot),
		TEST(turns_are_spread),
		TEST(who_cannot_take_turns_leaves_them_by_weight),
		TEST(equal_weights_take_turns),
		TEST(only_the_ratio_of_weights_counts),
		TEST(every_slot_has_its_owner),
		TEST(a_single_real_gets_every_turn),
		TEST(the_largest_sum_fits),
		TEST(senseless_arguments_are_refused),
	};

	return cmocka_run_group_tests_name("wrr", tests, NULL, NULL);
}
