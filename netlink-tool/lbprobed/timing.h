/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a check is made next, and how many of its outcomes make a state. Pure:
 * time and randomness come from the caller.
 */
#ifndef LBVS_PROBED_TIMING_H
#define LBVS_PROBED_TIMING_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"

enum timing_outcome {
	TIMING_PASS = 1,
	TIMING_FAIL,
	TIMING_NO,		/* the server itself says that it is not well */
	TIMING_NONE,		/* the trouble is ours: counts for nothing */
};

struct timing {
	enum lbvs_verdict_state state;
	uint32_t passes;	/* in a row, against the state */
	uint32_t fails;
	uint32_t noes;
};

/* From a state that is known already, or LBVS_VERDICT_STATE_UNKNOWN. */
void timing_init(struct timing *t, enum lbvs_verdict_state state);

/* Takes one outcome. Is the state another one now? */
bool timing_take(struct timing *t, const struct check_timing *config,
		 enum timing_outcome outcome);

/*
 * Milliseconds from the start of the last time to the start of the next, which
 * begins at once if the last one took longer. "random" is any number.
 */
uint32_t timing_wait(const struct timing *t, const struct check_timing *config,
		     uint32_t random);

/* Milliseconds until the first time: so that not all begin together. */
uint32_t timing_phase(const struct check_timing *config, uint32_t random);

#endif
