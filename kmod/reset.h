/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resetting TCP connections at both ends. */
#ifndef _LBVS_RESET_H
#define _LBVS_RESET_H

#include "flow.h"
#include "net.h"
#include "packet.h"
#include "types.h"

/* Is a flow one of those that are meant? Called under RCU. */
typedef bool (*lbvs_reset_meant)(const struct lbvs_flow *flow, const void *arg);

/**
 * struct lbvs_reset_count - what became of the flows that were meant
 * @reset: how many are being reset now.
 * @dropped: how many were ended at once that were not over.
 */
struct lbvs_reset_count {
	u32 reset;
	u32 dropped;
};

struct lbvs_reset_count lbvs_reset_flows(struct lbvs_net *ln,
					 lbvs_reset_meant meant,
					 const void *arg);
enum lbvs_verdict lbvs_reset_packet(const struct lbvs_packet *p,
				    struct lbvs_flow *flow, enum lbvs_dir dir,
				    unsigned int hook);
void lbvs_reset_init(struct lbvs_net *ln);
void lbvs_reset_exit(struct lbvs_net *ln);

#endif /* _LBVS_RESET_H */
