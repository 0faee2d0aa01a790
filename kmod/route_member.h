/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes to members, that new flows take over. */
#ifndef _LBVS_ROUTE_MEMBER_H
#define _LBVS_ROUTE_MEMBER_H

#include "flow.h"
#include "packet.h"

struct lbvs_arm;

struct dst_entry *lbvs_route_member_get(const struct lbvs_packet *p,
					struct lbvs_flow *flow,
					const struct lbvs_arm *arm);
void lbvs_route_member_set(const struct lbvs_packet *p, struct lbvs_flow *flow,
			   const struct lbvs_arm *arm);
void lbvs_route_member_free(struct lbvs_member *member);

#endif /* _LBVS_ROUTE_MEMBER_H */
