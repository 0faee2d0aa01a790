/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translation of the source, for flows whose answers would not come back. */
#ifndef _LBVS_SNAT_H
#define _LBVS_SNAT_H

#include "flow.h"
#include "net.h"
#include "packet.h"
#include "types.h"

struct lbvs_member;

/**
 * struct lbvs_snat_pair - how the packets of a flow get the gateway's address
 * @nodes: both directions, by enum lbvs_dir, seen from the real: its packets to
 *	the gateway's address and port are the requests, which go to the client;
 *	those of the client are the replies. Immutable while in the table.
 * @rcu: defers the free.
 */
struct lbvs_snat_pair {
	struct lbvs_flow_node nodes[LBVS_DIRS];
	struct rcu_head rcu;
};

struct lbvs_snat_pair *lbvs_snat_open(const struct lbvs_packet *p,
				 const struct lbvs_member *member,
				 __be16 real_port);
void lbvs_snat_close(const struct lbvs_net *ln, struct lbvs_snat_pair *snat);
bool lbvs_snat_none(const struct lbvs_net *ln);
enum lbvs_verdict lbvs_snat_translate(const struct lbvs_packet *p,
				      enum lbvs_dir dir);

int lbvs_snat_init(struct lbvs_net *ln);
void lbvs_snat_exit(struct lbvs_net *ln);

#endif /* _LBVS_SNAT_H */
