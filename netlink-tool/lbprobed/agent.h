/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the prober wants of the kernel, as calls that a test can stand in for.
 * All return 0 or a negative errno; agent_error() has it in words.
 */
#ifndef LBVS_PROBED_AGENT_H
#define LBVS_PROBED_AGENT_H

#include "check.h"
#include "model.h"

struct agent;

/*
 * Verdicts that are pushed at once. The longest, of 260 bytes, fit into a request
 * of nl.c: one that does not would be tried again and again, and for ever.
 */
#define AGENT_PUSH_MAX	128

/* What there is to be probed, and what is known of it. */
struct agent_view {
	struct model_list pools;
	struct model_list reals;
	struct model_list verdicts;
};

/* What the kernel has told. */
struct agent_news {
	bool changed;		/* there is something else to be probed */
	/* Clients fail to connect to this real. */
	void (*suspect)(const char *pool, const char *real, void *arg);
	/* Somebody has changed it, and be it us. */
	void (*verdict)(const struct model_verdict *verdict, void *arg);
	void *arg;
};

struct agent_ops {
	/* Registers, in place of whoever has the name. */
	int (*join)(struct agent *agent, const struct check_agent *config);
	/* -ESTALE: another one has the name; see agent_kernel.c. */
	int (*renew)(struct agent *agent);
	/* All of them, or none; up to AGENT_PUSH_MAX. */
	int (*push)(struct agent *agent, const struct model_list *verdicts);
	int (*read)(struct agent *agent, struct agent_view *view);
	/* What has happened since; -ENOBUFS: more than was noticed. */
	int (*receive)(struct agent *agent, struct agent_news *news);
	/* In good order: the verdicts wait for a successor. */
	int (*leave)(struct agent *agent);
	void (*close)(struct agent *agent);
};

struct agent {
	const struct agent_ops *ops;
	int events_fd;		/* readable: there is something to receive */
	char error[512];
};

void agent_view_free(struct agent_view *view);

/* The agent that talks to the kernel. NULL: out of memory. */
struct agent *agent_kernel_new(void);
void agent_kernel_free(struct agent *agent);

#endif
