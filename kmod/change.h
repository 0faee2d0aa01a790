/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change on its own, from its beginning to its end. */
#ifndef _LBVS_CHANGE_H
#define _LBVS_CHANGE_H

#include "config.h"

int lbvs_change_config(struct lbvs_net *ln, lbvs_config_edit edit,
		       const void *arg, struct lbvs_refusal *refusal);
int lbvs_change_health(struct lbvs_net *ln, lbvs_config_edit edit,
		       const void *arg, struct lbvs_refusal *refusal);

#endif /* _LBVS_CHANGE_H */
