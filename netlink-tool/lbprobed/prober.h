/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole of it: makes the checks of the file on the reals of the kernel,
 * and keeps the kernel's verdicts and the lease on them up to date.
 */
#ifndef LBVS_PROBED_PROBER_H
#define LBVS_PROBED_PROBER_H

#include "agent.h"
#include "target.h"

#define PROBER_RENEW_US	UINT64_C(1000000)

struct prober {
	const struct probe_means *means;
	struct agent *agent;
	struct check_agent config;
	struct check_list checks;	/* ours; they outlive the targets */
	struct check_list next;		/* in their place, after a rejoin */
	struct target **targets;	/* sorted by pool, real, check */
	size_t count;

	bool joined;		/* the kernel knows us, and will for a while */
	bool told;		/* of the trouble with it */
	bool reloaded;		/* "next" waits for the kernel */
	int outcome;		/* why it stopped: 0 or a negative errno */
	struct loop_watch events;
	struct loop_timer renew;
	struct loop_timer push;
	struct loop_timer reread;
	/* Called for each renewal: the loop is alive, and the kernel as well. */
	void (*alive)(struct prober *prober);
};

/*
 * Joins, reads what there is, and begins. Takes the checks over. Returns 0 or
 * a negative errno with the sentence in agent->error.
 */
int prober_start(struct prober *prober, const struct probe_means *means,
		 struct agent *agent, const struct check_agent *config,
		 struct check_list *checks);
/*
 * Goes on with other checks, which it takes over: at once, or when the kernel is
 * back if it is not "joined" then. -ENOMEM changes nothing.
 */
int prober_reload(struct prober *prober, struct check_list *checks);
/* Hands over, or just ends if "leave" is false. */
void prober_stop(struct prober *prober, bool leave);

#endif
