/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows: connections and conversations, each bound to a member. */
#ifndef _LBVS_FLOW_H
#define _LBVS_FLOW_H

#include <linux/jiffies.h>
#include <linux/lbvs.h>

#include "algo/tcp_reset.h"
#include "algo/tcp_track.h"
#include "net.h"
#include "packet.h"
#include "types.h"

struct dst_entry;
struct lbvs_member;
struct lbvs_snat_pair;

/**
 * struct lbvs_flow_node - one direction of a flow, by which packets find it
 * @next: next one in its bucket.
 * @tuple: what a packet of this direction looks like on arrival. Its spare
 *	field is what the checksums change by with the addresses (RFC 1624).
 * @dst: the route that the stack chose for this direction, see route.c.
 * @genid: what changes when @dst is no more the right one, see route.h.
 * @mtu: longest packet that @dst takes, or 0: there is no @dst to be used.
 * @arm: number of the arm by which packets come in that @dst is for; or
 *	LBVS_ARM_NEVER: there will be no @dst.
 * @dir: which direction it is.
 *
 * One cache line, for all that a packet on the fast path reads.
 */
struct lbvs_flow_node {
	struct lbvs_flow_node __rcu *next;
	struct lbvs_tuple tuple;
	struct dst_entry *dst;
	u32 genid;
	u16 mtu;
	u8 arm;
	u8 dir;
};

/**
 * struct lbvs_flow - a flow
 * @nodes: its directions, by enum lbvs_dir. Immutable while in the table. The
 *	packets of one direction get the addresses and ports of the other,
 *	turned around.
 * @member: the member; the flow holds a reference.
 * @seen: when the last packet came, jiffies cut to 32 bits; up to a second old.
 * @state: for TCP, enum lbvs_tcp_state, or what algo/tcp_reset.c makes of it
 *	when the flow is being reset; for UDP 0.
 * @acks: for TCP, what each side last acknowledged, once it did.
 * @rcu: defers the free.
 *
 * One for each connection there is: an operator plans memory by its size.
 */
struct lbvs_flow {
	/* lookup */
	struct lbvs_flow_node nodes[LBVS_DIRS];

	/* written by packets */
	struct lbvs_member *member;
	u32 seen;
	u32 state;
	u32 acks[LBVS_DIRS];

	/* cold */
	struct rcu_head rcu;
};

/**
 * struct lbvs_flow_snat - a flow whose source is translated too
 * @flow: the flow, which never has a route: only the stack goes past both of its
 *	translations, see snat.c. That is how it is known.
 * @pair: how its packets get the gateway's address as their source. Immutable
 *	while the flow is in the table.
 */
struct lbvs_flow_snat {
	struct lbvs_flow flow;
	struct lbvs_snat_pair *pair;
};

/**
 * struct lbvs_flow_filter - which flows are meant; what is not set matches all
 * @service: name of the service, or NULL.
 * @pool: name of the pool, or NULL.
 * @real: name of the real, or NULL.
 * @client: address of the client.
 * @family: family of @client, or 0 for any.
 * @port: port of the client, or 0 for any.
 * @proto: protocol, or 0 for any.
 */
struct lbvs_flow_filter {
	const char *service;
	const char *pool;
	const char *real;
	union nf_inet_addr client;
	u8 family;
	u8 proto;
	__be16 port;
};

/**
 * lbvs_flow_delta - what new addresses add to the checksums
 * @node: the direction of the packet.
 *
 * Return: one's complement sum of the new address less the old one.
 */
static inline __sum16 lbvs_flow_delta(const struct lbvs_flow_node *node)
{
	return (__force __sum16)node->tuple.spare;
}

/* The other direction of the same flow. */
static __always_inline const struct lbvs_flow_node *
lbvs_flow_other(const struct lbvs_flow_node *node)
{
	return node->dir == LBVS_REQUEST ? node + 1 : node - 1;
}

/**
 * lbvs_flow_snat - how the source of a flow is translated
 * @flow: the flow.
 *
 * Return: how, valid as long as the flow; or NULL: it keeps the client's address.
 */
static inline struct lbvs_snat_pair *
lbvs_flow_snat(const struct lbvs_flow *flow)
{
	if (READ_ONCE(flow->nodes[LBVS_REQUEST].arm) != LBVS_ARM_NEVER)
		return NULL;
	return container_of(flow, const struct lbvs_flow_snat, flow)->pair;
}

/* It goes nowhere any more, see reset.c. */
static inline bool lbvs_flow_is_resetting(const struct lbvs_flow *flow)
{
	return lbvs_tcp_resetting(READ_ONCE(flow->state));
}

/* Called for a flow, under RCU; other than 0 stops the walk. */
typedef int (*lbvs_flow_visit)(struct lbvs_flow *flow, void *arg);

void lbvs_flow_weigh(const struct lbvs_flow *flow, bool works);
void lbvs_flow_expire(struct lbvs_net *ln, struct lbvs_flow *flow);
bool lbvs_flow_is_stale(struct lbvs_net *ln, struct lbvs_flow *flow, u32 now);
struct lbvs_flow *lbvs_flow_find_reverse(const struct lbvs_packet *p,
					 enum lbvs_dir *dir);
const struct lbvs_flow_node *
lbvs_flow_find_answer(const struct lbvs_flow_table *table,
		      const struct lbvs_tuple *tuple);
void lbvs_flow_set_deltas(struct lbvs_flow_node nodes[LBVS_DIRS],
			  const union nf_inet_addr *from,
			  const union nf_inet_addr *to);
struct lbvs_flow *lbvs_flow_create(const struct lbvs_packet *p,
				   struct lbvs_member *member, __be16 real_port,
				   struct lbvs_snat_pair *snat);
bool lbvs_flow_end(struct lbvs_net *ln, struct lbvs_flow *flow);
u32 lbvs_flow_timeout(const struct lbvs_flow *flow);
enum lbvs_flow_state lbvs_flow_state(const struct lbvs_flow *flow);
u32 lbvs_flow_count(const struct lbvs_net *ln);
u32 lbvs_flow_max(const struct lbvs_net *ln);
u32 lbvs_flow_buckets(const struct lbvs_net *ln);
bool lbvs_flow_matches(const struct lbvs_flow *flow,
		       const struct lbvs_flow_filter *filter);

/* flow_table.c */

/* A step of a walk passes so many buckets at most. */
#define LBVS_FLOW_STEP 64

int lbvs_flow_table_step(struct lbvs_net *ln, u32 *cursor,
			 lbvs_flow_visit visit, void *arg);

/* flow_evict.c */
bool lbvs_flow_evict(struct lbvs_net *ln, u32 hash, u32 now);

/* flow_gc.c */
int lbvs_flow_gc_init(struct lbvs_net *ln);
void lbvs_flow_gc_exit(struct lbvs_net *ln);
void lbvs_flow_gc_start(struct lbvs_net *ln);
void lbvs_flow_gc_stop(struct lbvs_net *ln);
void lbvs_flow_gc_tidy(struct lbvs_net *ln);
void lbvs_flow_gc_forget(struct lbvs_net *ln, u8 arm);
u32 lbvs_flow_gc_sweep(struct lbvs_net *ln,
		       const struct lbvs_flow_filter *filter);
bool lbvs_flow_gc_matches(const struct lbvs_flow *flow,
			  const struct lbvs_flow_filter *filter);

int lbvs_flow_setup(void);
void lbvs_flow_teardown(void);

/**
 * lbvs_flow_refresh - a packet of the flow was seen
 * @flow: the flow.
 * @now: jiffies, cut to 32 bits.
 *
 * Written at most once a second, so that CPUs do not fight for the line. That of
 * a connection that is said to be reset remains the time of the reset.
 */
static inline void lbvs_flow_refresh(struct lbvs_flow *flow, u32 now)
{
	if (now - READ_ONCE(flow->seen) >= HZ &&
	    !lbvs_tcp_said_reset(READ_ONCE(flow->state)))
		WRITE_ONCE(flow->seen, now);
}

/**
 * lbvs_flow_expired - has it been silent for too long?
 * @flow: the flow.
 * @now: jiffies, cut to 32 bits.
 *
 * Return: true when it has. As @seen may be a second old, so may be the answer.
 */
static inline bool lbvs_flow_expired(const struct lbvs_flow *flow, u32 now)
{
	u32 silent = now - READ_ONCE(flow->seen);

	/* The other CPU's jiffies may be one ahead: that is not silence. */
	return (s32)silent > 0 && silent > lbvs_flow_timeout(flow) + HZ;
}

#endif /* _LBVS_FLOW_H */
