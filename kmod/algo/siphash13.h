/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SipHash-1-3 of a few 64-bit words: a keyed hash for tables that outsiders put
 * things into. J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input
 * PRF", 2012, with one round a word and three at the end, as in the kernel's
 * hsiphash(); inline, as every packet comes by.
 */
#ifndef _LBVS_ALGO_SIPHASH13_H
#define _LBVS_ALGO_SIPHASH13_H

#include <linux/types.h>

/**
 * struct lbvs_siphash_key - a key, and what it makes of the first round
 * @a: the state, as far as the first word does not yet count.
 * @b: the same.
 * @c: the same.
 * @d: the same.
 * @b_turned: @b as it is needed last.
 */
struct lbvs_siphash_key {
	u64 a;
	u64 b;
	u64 c;
	u64 d;
	u64 b_turned;
};

/**
 * struct lbvs_siphash - state of a hash, once it was started
 * @v: the state.
 */
struct lbvs_siphash {
	u64 v[4];
};

static __always_inline u64 lbvs_siphash_rotate(u64 word, unsigned int by)
{
	return word << by | word >> (64 - by);
}

static __always_inline void lbvs_siphash_round(struct lbvs_siphash *state)
{
	u64 a = state->v[0], b = state->v[1], c = state->v[2], d = state->v[3];

	a += b;
	c += d;
	b = lbvs_siphash_rotate(b, 13) ^ a;
	d = lbvs_siphash_rotate(d, 16) ^ c;
	a = lbvs_siphash_rotate(a, 32) + d;
	c += b;
	b = lbvs_siphash_rotate(b, 17) ^ c;
	d = lbvs_siphash_rotate(d, 21) ^ a;
	c = lbvs_siphash_rotate(c, 32);

	state->v[0] = a;
	state->v[1] = b;
	state->v[2] = c;
	state->v[3] = d;
}

/**
 * lbvs_siphash_expand - prepare a key
 * @key: filled in.
 * @random: 128 random bits.
 */
static inline void lbvs_siphash_expand(struct lbvs_siphash_key *key,
				       const u64 random[2])
{
	const u64 sum = (random[0] ^ 0x736f6d6570736575ull) +
			(random[1] ^ 0x646f72616e646f6dull);

	key->a = lbvs_siphash_rotate(sum, 32);
	key->b = lbvs_siphash_rotate(random[1] ^ 0x646f72616e646f6dull, 13) ^ sum;
	key->c = random[0] ^ 0x6c7967656e657261ull;
	key->d = random[1] ^ 0x7465646279746573ull;
	key->b_turned = lbvs_siphash_rotate(key->b, 17);
}

/**
 * lbvs_siphash_start - begin a hash
 * @state: the state.
 * @key: the key.
 * @word: the first word.
 */
static __always_inline void lbvs_siphash_start(struct lbvs_siphash *state,
					       const struct lbvs_siphash_key *key,
					       u64 word)
{
	u64 c, d;

	/* The rest of the round of the first word. */
	d = key->d ^ word;
	c = key->c + d;
	d = lbvs_siphash_rotate(d, 16) ^ c;
	state->v[0] = key->a + d;
	c += key->b;
	state->v[1] = key->b_turned ^ c;
	state->v[2] = lbvs_siphash_rotate(c, 32);
	state->v[3] = lbvs_siphash_rotate(d, 21) ^ state->v[0];
	state->v[0] ^= word;
}

/**
 * lbvs_siphash_word - add another word
 * @state: the state.
 * @word: the word.
 */
static __always_inline void lbvs_siphash_word(struct lbvs_siphash *state,
					      u64 word)
{
	state->v[3] ^= word;
	lbvs_siphash_round(state);
	state->v[0] ^= word;
}

/**
 * lbvs_siphash_end - finish a hash
 * @state: the state.
 *
 * The number of words is not mixed in: take the same one under one key, or
 * make the last word tell. A state serves once.
 *
 * Return: the hash.
 */
static __always_inline u64 lbvs_siphash_end(struct lbvs_siphash *state)
{
	state->v[2] ^= 0xff;
	lbvs_siphash_round(state);
	lbvs_siphash_round(state);
	lbvs_siphash_round(state);
	return state->v[0] ^ state->v[1] ^ state->v[2] ^ state->v[3];
}

#endif /* _LBVS_ALGO_SIPHASH13_H */
