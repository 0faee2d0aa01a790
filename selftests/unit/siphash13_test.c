// SPDX-License-Identifier: GPL-2.0-or-later
/* SipHash-1-3 is the one that is published. */
#include "unit.h"

#include "algo/siphash13.h"

#define KEY_LOW	 0x0706050403020100ull
#define KEY_HIGH 0x0f0e0d0c0b0a0908ull

static u64 hash_words(const u64 random[2], const u64 *words, size_t n)
{
	struct lbvs_siphash_key key;
	struct lbvs_siphash state;
	size_t i;

	lbvs_siphash_expand(&key, random);
	lbvs_siphash_start(&state, &key, words[0]);
	for (i = 1; i < n; i++)
		lbvs_siphash_word(&state, words[i]);
	return lbvs_siphash_end(&state);
}

/* The function takes words; the paper's takes bytes, and adds their number. */
static u64 hash_bytes(const u8 *bytes, size_t n)
{
	const u64 random[2] = { KEY_LOW, KEY_HIGH };
	u64 words[8] = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		words[i / 8] |= (u64)bytes[i] << i % 8 * 8;
	words[n / 8] |= (u64)n << 56;
	return hash_words(random, words, n / 8 + 1);
}

static void the_published_hashes_come_out(void **state)
{
	static const struct {
		size_t n;
		u64 hash;
	} expected[] = {
		{ 0, 0xabac0158050fc4dcull },  { 8, 0x369095118d299a8eull },
		{ 12, 0x78a384b157b4d9a2ull }, { 16, 0xcc4fdd1a7d908b66ull },
		{ 36, 0x2cf508d3ada26206ull },
	};
	u8 bytes[36];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(hash_bytes(bytes, expected[i].n),
				 expected[i].hash);
}

static void each_bit_of_the_key_counts(void **state)
{
	u64 base[2] = { KEY_LOW, KEY_HIGH };
	const u64 word = 1;
	u64 first;
	int bit;

	(void)state;
	first = hash_words(base, &word, 1);
	for (bit = 0; bit < 128; bit++) {
		u64 key[2] = { KEY_LOW, KEY_HIGH };

		key[bit / 64] ^= (u64)1 << bit % 64;
		assert_int_not_equal(hash_words(key, &word, 1), first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_hashes_come_out),
		cmocka_unit_test(each_bit_of_the_key_counts),
	};

	return cmocka_run_group_tests_name("siphash13", tests, NULL, NULL);
}
