/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP errors about packets of flows. */
#ifndef _LBVS_ICMP_H
#define _LBVS_ICMP_H

#include "packet.h"
#include "types.h"

struct lbvs_flow_table;

enum lbvs_verdict lbvs_icmp_request(struct lbvs_packet *p,
				    const struct lbvs_flow_table *table);
enum lbvs_verdict lbvs_icmp_reply(struct lbvs_packet *p,
				  const struct lbvs_flow_table *table);

#endif /* _LBVS_ICMP_H */
