// SPDX-License-Identifier: GPL-2.0-or-later
/* What every maglev table holds to, whatever the reals are. */
#include "unit.h"

#include "algo/maglev.c"

#include <string.h>

#define REALS_MOST  1024
#define WEIGHT_MOST 65535

struct fixture {
	uint64_t random;
	u32 size;
	u32 n;
	u16 *table;
	u32 shares[REALS_MOST];
	struct lbvs_maglev_entry entries[REALS_MOST];
};

static void draw_reals(struct fixture *f, u32 size, u32 n)
{
	u32 i;

	f->size = size;
	f->n = n;
	for (i = 0; i < n; i++) {
		f->entries[i].hash_offset = next_random(&f->random);
		f->entries[i].hash_skip = next_random(&f->random);
		f->entries[i].weight = 1;
		/* Scratch is the callee's: what is in it must not matter. */
		f->entries[i].position = next_random(&f->random);
		f->entries[i].skip = next_random(&f->random);
		f->entries[i].credit = next_random(&f->random);
	}
}

static void draw_weights(struct fixture *f, u32 most)
{
	u32 i;

	for (i = 0; i < f->n; i++)
		f->entries[i].weight = random_weight(&f->random, most);
}

/* A table of exactly the size, for the sanitizer to watch its ends. */
static void fill(struct fixture *f)
{
	u32 i;

	free(f->table);
	f->table = malloc(f->size * sizeof(*f->table));
	assert_non_null(f->table);
	assert_int_equal(lbvs_maglev_fill(f->table, f->size, f->entries, f->n),
			 0);
	memset(f->shares, 0, sizeof(f->shares));
	for (i = 0; i < f->size; i++) {
		assert_true(f->table[i] < f->n);
		f->shares[f->table[i]]++;
	}
}

static u16 *keep_table(const struct fixture *f)
{
	u16 *copy = malloc(f->size * sizeof(*copy));

	assert_non_null(copy);
	return memcpy(copy, f->table, f->size * sizeof(*copy));
}

static void remove_real(struct fixture *f, u32 index)
{
	memmove(&f->entries[index], &f->entries[index + 1],
		(f->n - index - 1) * sizeof(f->entries[0]));
	f->n--;
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
	struct fixture *f = *state;

	free(f->table);
	free(f);
	return 0;
}

static void every_slot_has_an_owner(void **state)
{
	static const u32 sizes[] = { 3, 5, 251, 257, 1021, 16381, 131071 };
	static const u32 counts[] = { 1, 2, 3, 7, 64, 250, REALS_MOST };
	struct fixture *f = *state;
	size_t s, c;

	for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		for (c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
			draw_reals(f, sizes[s], counts[c]);
			fill(f);
			draw_weights(f, 64);
			fill(f);
		}
	}
}

static void extreme_hashes_are_in_range(void **state)
{
	static const u32 extremes[] = { 0, 1, 250, 251, 252, 0xffffffff };
	struct fixture *f = *state;
	u32 i;

	draw_reals(f, 251, 36);
	for (i = 0; i < f->n; i++) {
		f->entries[i].hash_offset = extremes[i / 6];
		f->entries[i].hash_skip = extremes[i % 6];
	}
	fill(f);
}

static void equal_inputs_give_equal_tables(void **state)
{
	struct fixture *f = *state;
	u16 *first;
	u32 i;

	draw_reals(f, 16381, 50);
	draw_weights(f, 100);
	fill(f);
	first = keep_table(f);
	for (i = 0; i < f->n; i++)
		f->entries[i].credit = f->entries[i].position = i;
	fill(f);
	assert_memory_equal(first, f->table, f->size * sizeof(*first));
	free(first);
}

static void equal_weights_differ_by_one_slot_at_most(void **state)
{
	struct fixture *f = *state;
	u32 i, n;

	for (n = 1; n <= 128; n++) {
		draw_reals(f, 16381, n);
		/* How heavy equal weights are is of no importance. */
		for (i = 0; i < n; i++)
			f->entries[i].weight = n * 17;
		fill(f);
		for (i = 0; i < n; i++) {
			assert_true(f->shares[i] >= f->size / n);
			assert_true(f->shares[i] <= f->size / n + 1);
		}
	}
}

/*
 * To a few slots of 16381: half a slot of rounding, one of the last round not
 * being whole, and a share of what the others are off.
 */
static void weights_are_honoured(void **state)
{
	struct fixture *f = *state;
	unsigned int round;

	for (round = 0; round < 200; round++) {
		u64 total = 0;
		u32 i;

		draw_reals(f, 16381, 1 + next_random(&f->random) % 128);
		draw_weights(f, WEIGHT_MOST);
		fill(f);
		for (i = 0; i < f->n; i++)
			total += f->entries[i].weight;
		for (i = 0; i < f->n; i++) {
			double share = (double)f->entries[i].weight / total;
			double off = f->shares[i] - share * f->size;

			assert_true(off <= 4 && off >= -4);
		}
	}
}

/* Slots that change hands between reals that are there before and after. */
static u32 needless_moves(const struct fixture *f, const u16 *before,
			  u32 removed)
{
	u32 i, moves = 0;

	for (i = 0; i < f->size; i++) {
		u16 owner = before[i];

		if (owner == removed)
			continue;
		if (owner > removed)
			owner--;
		moves += f->table[i] != owner;
	}
	return moves;
}

static void removing_one_moves_few_others(void **state)
{
	static const u32 counts[] = { 2, 3, 5, 10, 50, 100 };
	struct fixture *f = *state;
	size_t c;

	for (c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		u32 removed = counts[c] / 2;
		u16 *before;

		draw_reals(f, 16381, counts[c]);
		fill(f);
		before = keep_table(f);
		remove_real(f, removed);
		fill(f);
		/* A modulo would move all but one in n of them. */
		assert_true(needless_moves(f, before, removed) <=
			    f->size * 2 / 100);
		free(before);
	}
}

static void a_small_change_of_weight_moves_little(void **state)
{
	struct fixture *f = *state;
	u32 i, moves = 0;
	u16 *before;

	draw_reals(f, 16381, 20);
	for (i = 0; i < f->n; i++)
		f->entries[i].weight = 100;
	fill(f);
	before = keep_table(f);
	f->entries[7].weight = 95;
	fill(f);
	for (i = 0; i < f->size; i++)
		moves += before[i] != f->table[i];
	assert_true(moves <= f->size / 100);
	free(before);
}

/* As a ramp has it: what it gets it gets from all, who else has a slot keeps it. */
static void a_real_that_comes_in_steps_moves_few_others(void **state)
{
	static const u32 percent[] = { 12, 25, 50, 75, 100 };
	struct fixture *f = *state;
	u32 moves = 0;
	u16 *before;
	u32 i, step;

	draw_reals(f, 16381, 4);
	for (i = 0; i < f->n; i++)
		f->entries[i].weight = 100;
	f->n = 3;
	fill(f);
	f->n = 4;
	for (step = 0; step < sizeof(percent) / sizeof(percent[0]); step++) {
		before = keep_table(f);
		f->entries[3].weight = percent[step];
		fill(f);
		for (i = 0; i < f->size; i++)
			moves += before[i] != f->table[i] && f->table[i] != 3;
		free(before);
		assert_in_range(
			f->shares[3],
			f->size * percent[step] / (300 + percent[step]) - 4,
			f->size * percent[step] / (300 + percent[step]) + 4);
	}
	print_message("# %u of %u slots changed hands needlessly\n", moves,
		      f->size);
	assert_true(moves <= f->size * 2 / 100);
}

static void
the_least_weight_of_all_is_left_out_rather_than_rounded_up(void **state)
{
	struct fixture *f = *state;

	draw_reals(f, 251, 2);
	f->entries[0].weight = WEIGHT_MOST;
	f->entries[1].weight = 1;
	fill(f);
	assert_int_equal(f->shares[1], 0);
}

static void the_heaviest_weights_do_not_overflow(void **state)
{
	struct fixture *f = *state;

	draw_reals(f, 251, 3);
	f->entries[0].weight = 0x7fffffff;
	f->entries[1].weight = 0x7fffffff;
	f->entries[2].weight = 0x3fffffff;
	fill(f);
	assert_in_range(f->shares[0], 100, 101);
	assert_in_range(f->shares[1], 100, 101);
	assert_in_range(f->shares[2], 50, 51);
}

static void senseless_arguments_are_refused(void **state)
{
	struct fixture *f = *state;
	u16 table[3];

	draw_reals(f, 3, 2);
	assert_int_equal(lbvs_maglev_fill(table, 2, f->entries, 2), -EINVAL);
	assert_int_equal(lbvs_maglev_fill(table, 0, f->entries, 2), -EINVAL);
	assert_int_equal(lbvs_maglev_fill(table, 3, f->entries, 0), -EINVAL);
	assert_int_equal(lbvs_maglev_fill(table, 3, f->entries, 65535),
			 -EINVAL);
	f->entries[1].weight = 0;
	assert_int_equal(lbvs_maglev_fill(table, 3, f->entries, 2), -EINVAL);
	f->entries[1].weight = 0x80000000;
	assert_int_equal(lbvs_maglev_fill(table, 3, f->entries, 2), -EINVAL);
}

static void primes_are_found(void **state)
{
	static const u32 pairs[][2] = {
		{ 0, 2 },
		{ 2, 2 },
		{ 3, 3 },
		{ 4, 5 },
		{ 24, 29 },
		{ 250, 251 },
		{ 16381, 16381 },
		{ 16382, 16411 },
		{ 65537, 65537 },
		{ 1048574, 1048583 },
		{ 4294967280, 4294967291 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_int_equal(lbvs_maglev_prime(pairs[i][0]), pairs[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(every_slot_has_an_owner),
		TEST(extreme_hashes_are_in_range),
		TEST(equal_inputs_give_equal_tables),
		TEST(equal_weights_differ_by_one_slot_at_most),
		TEST(weights_are_honoured),
		TEST(removing_one_moves_few_others),
		TEST(a_small_change_of_weight_moves_little),
		TEST(a_real_that_comes_in_steps_moves_few_others),
		TEST(the_least_weight_of_all_is_left_out_rather_than_rounded_up),
		TEST(the_heaviest_weights_do_not_overflow),
		TEST(senseless_arguments_are_refused),
		TEST(primes_are_found),
	};

	return cmocka_run_group_tests_name("maglev", tests, NULL, NULL);
}
