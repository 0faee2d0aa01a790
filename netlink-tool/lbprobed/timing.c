// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A state ends after "rise" or "fall" outcomes in a row that speak against it;
 * one that speaks for it begins the count anew, so that what comes and goes is
 * held. Nothing known yet is left at the first success, for then there is
 * nothing to hold.
 *
 * While a count runs, "fastinter" decides. All waits are counted from start to
 * start: a host that swallows packets takes each timeout whole, and a wait
 * after it would double the time to notice. The jitter only shortens, so that
 * "inter" stays what it says: the longest time between two looks.
 */
#include "timing.h"

void timing_init(struct timing *t, enum lbvs_verdict_state state)
{
	*t = (struct timing){ .state = state };
}

static bool become(struct timing *t, enum lbvs_verdict_state state)
{
	timing_init(t, state);
	return true;
}

static bool take_pass(struct timing *t, const struct check_timing *config)
{
	t->fails = 0;
	t->noes = 0;
	if (t->state == LBVS_VERDICT_STATE_UP)
		return false;
	t->passes++;
	if (t->state == LBVS_VERDICT_STATE_UNKNOWN ||
	    t->passes >= config->rise)
		return become(t, LBVS_VERDICT_STATE_UP);
	return false;
}

static bool take_fail(struct timing *t, const struct check_timing *config,
		      bool no)
{
	t->passes = 0;
	if (t->state == LBVS_VERDICT_STATE_DOWN)
		return false;
	t->fails++;
	t->noes = no ? t->noes + 1 : 0;
	if (t->fails >= config->fall || t->noes >= config->fall_hard)
		return become(t, LBVS_VERDICT_STATE_DOWN);
	return false;
}

bool timing_take(struct timing *t, const struct check_timing *config,
		 enum timing_outcome outcome)
{
	switch (outcome) {
	case TIMING_PASS:
		return take_pass(t, config);
	case TIMING_FAIL:
		return take_fail(t, config, false);
	case TIMING_NO:
		return take_fail(t, config, true);
	case TIMING_NONE:
		break;
	}
	return false;
}

static bool is_changing(const struct timing *t)
{
	return t->state == LBVS_VERDICT_STATE_UNKNOWN || t->passes || t->fails;
}

/* A number below the limit; 0 below 0. */
static uint32_t below(uint32_t random, uint32_t limit)
{
	return (uint64_t)random * limit >> 32;
}

uint32_t timing_wait(const struct timing *t, const struct check_timing *config,
		     uint32_t random)
{
	uint32_t wait = config->inter;

	if (is_changing(t))
		wait = config->fastinter;
	else if (t->state == LBVS_VERDICT_STATE_DOWN)
		wait = config->downinter;
	return wait - below(random, (uint64_t)wait * config->jitter / 100);
}

uint32_t timing_phase(const struct check_timing *config, uint32_t random)
{
	return below(random, config->inter);
}
