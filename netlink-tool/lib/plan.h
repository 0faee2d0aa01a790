/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be done so that a state becomes what a file says: the changes,
 * for a person, and the requests that make them, for the kernel. Only what
 * differs is touched.
 */
#ifndef LBVS_TOOL_PLAN_H
#define LBVS_TOOL_PLAN_H

#include "config.h"
#include "order.h"

enum plan_action {
	PLAN_ADD = 1,
	PLAN_CHANGE,
	PLAN_REPLACE,		/* removed, and another of this name added */
	PLAN_REMOVE,
};

extern const struct words_entry words_plan_action[];

/* A config, and its objects by name. */
struct plan_side {
	const struct config *config;
	struct index pools;
	struct index reals;
	struct index services;
	struct index together;		/* services by pool and word */
	struct index arms;
};

struct plan_change {
	struct plan_change *next;
	enum plan_action action;
	enum model_kind kind;
	const struct model_head *before;	/* NULL: it is new */
	const struct model_head *after;		/* NULL: it goes */
	uint64_t differ;		/* attributes of both, one bit each */
};

struct plan_request {
	struct plan_request *next;
	uint8_t cmd;
	struct model_head *object;
	const struct plan_change *change;	/* what it is for */
};

/* A service that hashes, and clients of it that get another real. */
struct plan_move {
	struct plan_move *next;
	const struct model_service *service;
	uint32_t clients;		/* of a million */
};

struct plan {
	struct plan_side before, after;
	struct plan_change *changes, **last_change;
	struct plan_request *requests, **last_request;
	struct plan_move *moves, **last_move;
};

/*
 * Both configs must outlive the plan. The live one comes from the kernel, the
 * verdicts too. The plan is to be freed in any case. 0 or -ENOMEM.
 */
int plan_make(struct plan *plan, const struct config *live,
	      const struct model_list *verdicts, const struct config *file);
void plan_free(struct plan *plan);

/*
 * Its parts. The requests are in an order in which the kernel takes each of
 * them in one transaction. Arms are no part of one: those to be added and
 * those to be removed are found among the changes.
 */
int plan_differ(struct plan *plan);
int plan_order(struct plan *plan);
int plan_share(struct plan *plan, const struct model_list *verdicts);

#endif
