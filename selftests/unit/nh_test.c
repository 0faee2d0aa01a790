// SPDX-License-Identifier: GPL-2.0-or-later
/* NH is what the paper says, and no bit of its input is lost. */
#include "unit.h"

#include "algo/nh.h"

#include <string.h>

static const u64 test_key[LBVS_NH_WORDS] = {
	0x0706050403020100, 0x1817161514131211, 0x2928272625242322,
	0x3a39383736353433, 0x4b4a494847464544,
};

/* Worked out with numbers of any length. */
static void the_sum_is_that_of_the_paper(void **state)
{
	static const struct {
		u64 words[4];
		u32 last;
		struct lbvs_nh nh;
	} expected[] = {
		{ { 0 }, 0, { 0x3cec0b9993f8c6, 0xa057e76f0ee717c } },
		{ { 1, 2, 3, 4 }, 5, { 0xf21fbfd04f3a905a, 0xa057e76f0ee717e } },
		{ { -1, -1, -1, -1 },
		  -1,
		  { 0x79ba6d90dfdf491e, 0xa057e773c38bac3 } },
		{ { 0x20010db800000001, 0xfedcba9876543210, 0x123456789abcdef,
		    0x8000000000000000 },
		  0xe95e01bb,
		  { 0xa7b60c441568bc30, 0x2244081724ec4891 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct lbvs_nh nh =
			lbvs_nh(test_key, expected[i].words, expected[i].last);

		assert_int_equal(nh.low, expected[i].nh.low);
		assert_int_equal(nh.high, expected[i].nh.high);
	}
}

static bool is_same(struct lbvs_nh a, struct lbvs_nh b)
{
	return a.low == b.low && a.high == b.high;
}

static void each_bit_of_the_words_counts(void **state)
{
	u64 words[4] = { 1, 2, 3, 4 };
	struct lbvs_nh first = lbvs_nh(test_key, words, 5);
	int bit;

	(void)state;
	for (bit = 0; bit < 256; bit++) {
		words[bit / 64] ^= (u64)1 << bit % 64;
		assert_false(is_same(lbvs_nh(test_key, words, 5), first));
		words[bit / 64] ^= (u64)1 << bit % 64;
	}
	for (bit = 0; bit < 32; bit++)
		assert_false(is_same(
			lbvs_nh(test_key, words, 5 ^ (u32)1 << bit), first));
}

static void each_word_of_the_key_counts(void **state)
{
	const u64 words[4] = { 1, 2, 3, 4 };
	struct lbvs_nh first = lbvs_nh(test_key, words, 5);
	int i;

	(void)state;
	for (i = 0; i < LBVS_NH_WORDS; i++) {
		u64 key[LBVS_NH_WORDS];

		memcpy(key, test_key, sizeof(key));
		key[i]++;
		assert_false(is_same(lbvs_nh(key, words, 5), first));
	}
}

/*
 * Addresses that an outsider would choose: many in one network, or that differ
 * by what another destination differs by, so that plain sums would be equal.
 */
static void chosen_addresses_do_not_meet(void **state)
{
	u64 key[LBVS_NH_WORDS], lows[4096];
	uint64_t seed = 1;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < LBVS_NH_WORDS; i++)
		key[i] = next_random(&seed);
	for (i = 0; i < 4096; i++) {
		u64 part = (u64)(i % 64) << 48, rest = i / 64;
		const u64 words[4] = { 1 + part, 7 - rest, 9 - part, 7 + rest };

		lows[i] = lbvs_nh(key, words, 443).low;
		for (j = 0; j < i; j++)
			assert_int_not_equal(lows[i], lows[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_is_that_of_the_paper),
		cmocka_unit_test(each_bit_of_the_words_counts),
		cmocka_unit_test(each_word_of_the_key_counts),
		cmocka_unit_test(chosen_addresses_do_not_meet),
	};

	return cmocka_run_group_tests_name("nh", tests, NULL, NULL);
}
