// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz.h"

/* splitmix64: each seed and stream is as good as any other. */
uint64_t random_word(struct random *random)
{
	uint64_t word = random->state += 0x9e3779b97f4a7c15;

	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
	word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
	return word ^ (word >> 31);
}

void random_start(struct random *random, uint64_t seed, uint64_t stream)
{
	random->state = seed;
	random->state = random_word(random) ^ stream;
	random->state = random_word(random);
}

uint32_t random_below(struct random *random, uint32_t limit)
{
	return (random_word(random) >> 32) * limit >> 32;
}

bool random_percent(struct random *random, unsigned int percent)
{
	return random_below(random, 100) < percent;
}

void random_fill(struct random *random, void *to, size_t size)
{
	uint8_t *bytes = to;

	while (size--)
		*bytes++ = random_word(random);
}
