/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_H
#define UNIT_H

/* cmocka wants these before itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

/* Repeatable: a failure can be looked into. splitmix64. */
static inline uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* One to most, heavy on the small ones as real weights are. */
static inline uint32_t random_weight(uint64_t *state, uint32_t most)
{
	uint32_t bits = next_random(state) % 17;
	uint32_t weight = 1 + next_random(state) % ((uint32_t)1 << bits);

	return weight < most ? weight : most;
}

#endif /* UNIT_H */
