/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A check on one real: made round after round. In a round all probes of the
 * check are asked at the same time, and what they say together is one outcome.
 */
#ifndef LBVS_PROBED_TARGET_H
#define LBVS_PROBED_TARGET_H

#include "probe.h"

struct target {
	const struct check *check;
	const struct probe_means *means;
	char real[LBVS_NAME_SIZE];
	struct model_addr addr;

	struct timing timing;
	struct loop_timer round;	/* the next one */
	uint64_t began;			/* the last one */
	bool asking;
	uint32_t open;			/* probes without a result yet */
	struct result result;		/* of the last round */

	/* The verdict as it should be in the kernel. */
	bool owned;			/* it has been confirmed by us */
	bool due;			/* to be pushed */
	bool kept;			/* over a change of the others */
	bool quiet;			/* no line in the log */
	uint32_t share;
	enum result_status status;	/* that it was made from */
	char reason[LBVS_REASON_SIZE];

	/* A round is over, and "due" may have been set. */
	void (*done)(struct target *target);
	void *arg;
	struct probe probe[];
};

/* The check must outlive the target. NULL: out of memory. */
struct target *target_new(const struct check *check,
			  const struct probe_means *means, const char *real,
			  const struct model_addr *addr);
void target_free(struct target *target);

/* What is known of it from before; until then nothing is. */
void target_restore(struct target *target, enum lbvs_verdict_state state,
		    uint32_t share, const char *reason);
/* The same check, configured anew: starts where the other one is. */
void target_inherit(struct target *target, const struct target *from);

/* Begins with a random phase. */
void target_start(struct target *target);
/* The next round now, unless the last one has begun less than fastinter ago. */
void target_hurry(struct target *target);
/* One round, now. */
void target_ask(struct target *target);

/* Up, down or unknown, as the kernel should know it. */
enum lbvs_verdict_state target_state(const struct target *target);

#endif
