/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening a flow: choose a member and bind the client to it. */
#ifndef _LBVS_OPEN_H
#define _LBVS_OPEN_H

#include "flow.h"
#include "packet.h"
#include "ruleset.h"
#include "types.h"

enum lbvs_verdict lbvs_open(struct lbvs_packet *p, const struct lbvs_rule *rule,
			    unsigned int hook, struct lbvs_flow **flow);

bool lbvs_open_anew(struct lbvs_flow *flow, const struct lbvs_packet *p);

#endif /* _LBVS_OPEN_H */
