/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The members of services together with what explains them: the admin state
 * of their reals and the verdicts on them.
 */
#ifndef LBVS_LBCTL_MEMBER_H
#define LBVS_LBCTL_MEMBER_H

#include "index.h"
#include "lbctl.h"

struct member_view {
	struct model_list members, reals, verdicts;
	struct index by_service, of_real, by_real, by_check;
};

/* Of one service (then give its pool too), or of all of them (NULL). */
int member_load(struct lbctl *ctl, const char *service, const char *pool,
		struct member_view *view);
/* Of the reals that are meant, of all services. */
int member_load_reals(struct lbctl *ctl, const struct model_real *filter,
		      struct member_view *view);
void member_unload(struct member_view *view);

/* The members of a service as a table; "why" adds a column of reasons. */
void member_table(struct print *p, const struct member_view *view,
		  const char *service, bool why);

/* Why a member takes no new flows, or NULL if it does. */
const char *member_why(const struct member_view *view,
		       const struct model_member *m, char *text, size_t size);

/* Is there such a row as below? */
bool member_has_reasons(const struct member_view *view,
			const struct model_real *real, bool all);

/*
 * Rows that say for each service why a real takes no new flows of it: for those
 * of which it does, only if "all" are wanted.
 */
void member_reasons(struct print *p, const struct member_view *view,
		    const struct model_real *real, bool all);

#endif
