/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of the file, on the reals and against the verdicts of the kernel. */
#ifndef LBVS_PROBED_PLAN_H
#define LBVS_PROBED_PLAN_H

#include "agent.h"
#include "target.h"

/*
 * A target for each check of a pool on each of its reals, with the state that
 * the kernel knows. A check that the pool does not have is told of and left
 * out. Returns 0 or -ENOMEM.
 */
int plan_targets(const struct check_list *checks,
		 const struct agent_view *view,
		 const struct probe_means *means, struct target ***targets,
		 size_t *count);

/* Marks as due what the kernel does not know as the agent left it. */
void plan_compare(struct target **targets, size_t count,
		  const struct agent_view *view, const char *agent);

/* The verdict as it is to be pushed. */
void plan_verdict(struct model_verdict *v, const struct target *t);

#endif
