/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NH: makes two words of five, and two inputs give the same two words for no
 * more than one in 2^64 keys. A keyed hash then has less to do, which does not
 * show the key; NH alone would. J. Black, S. Halevi, H. Krawczyk, T. Krovetz
 * and P. Rogaway, "UMAC: Fast and Secure Message Authentication", 1999, section
 * 4; inline, as every packet comes by.
 */
#ifndef _LBVS_ALGO_NH_H
#define _LBVS_ALGO_NH_H

#include <linux/types.h>

#define LBVS_NH_WORDS 5

/**
 * struct lbvs_nh - what becomes of the words
 * @low: one word.
 * @high: the other.
 */
struct lbvs_nh {
	u64 low;
	u64 high;
};

/**
 * lbvs_nh - make two words of five
 * @key: random words.
 * @words: four words.
 * @last: the fifth. It has no partner but the key, and needs none: two that
 *	differ agree in the sum for one value of their key at most.
 *
 * Return: the two words.
 */
static __always_inline struct lbvs_nh lbvs_nh(const u64 key[LBVS_NH_WORDS],
					      const u64 words[4], u32 last)
{
	unsigned __int128 sum;

	sum = (unsigned __int128)(words[0] + key[0]) * (words[1] + key[1]);
	sum += (unsigned __int128)(words[2] + key[2]) * (words[3] + key[3]);
	sum += (unsigned __int128)last * key[4];
	return (struct lbvs_nh){ .low = (u64)sum, .high = (u64)(sum >> 64) };
}

#endif /* _LBVS_ALGO_NH_H */
