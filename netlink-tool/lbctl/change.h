/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as a person reads it. */
#ifndef LBVS_LBCTL_CHANGE_H
#define LBVS_LBCTL_CHANGE_H

#include "plan.h"
#include "print.h"

/* A line for each change, and one for each service whose clients move. */
void change_show(struct print *p, const struct plan *plan,
		 uint32_t generation);

#endif
