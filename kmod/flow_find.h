/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the flow of a packet: inline, as every packet comes by. */
#ifndef _LBVS_FLOW_FIND_H
#define _LBVS_FLOW_FIND_H

#include "flow.h"
#include "flow_table.h"

/**
 * lbvs_flow_find - the flow that a packet belongs to
 * @p: the packet, parsed; gets its hash.
 * @dir: gets the direction in which the packet goes.
 *
 * A flow that was silent for too long is ended here and not found, even if the
 * gc did not come by yet.
 *
 * Context: under RCU, bottom halves off.
 * Return: the flow, valid until the end of the RCU read section; or NULL.
 */
static __always_inline struct lbvs_flow *lbvs_flow_find(struct lbvs_packet *p,
							enum lbvs_dir *dir)
{
	const struct lbvs_flow_table *table = p->ln->flows;
	const struct lbvs_flow_node *node;
	struct lbvs_flow *flow;

	p->hash = lbvs_flow_hash(table, &p->tuple);
	node = lbvs_flow_table_find(table, &p->tuple, p->hash);
	if (!node)
		return NULL;

	flow = lbvs_flow_of(node);
	if (unlikely(p->now - READ_ONCE(flow->seen) >= HZ) &&
	    lbvs_flow_is_stale(p->ln, flow, p->now))
		return NULL;
	*dir = node->dir;
	return flow;
}

#endif /* _LBVS_FLOW_FIND_H */
