/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lbvs keeps of one network namespace. */
#ifndef _LBVS_NET_H
#define _LBVS_NET_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "types.h"

struct lbvs_affinity;
struct lbvs_flow_table;
struct lbvs_local;
struct lbvs_member_filter;
struct lbvs_ruleset;
struct lbvs_stats;

/* Arms have a number from 1 on, below this; with the last, which none has, it
 * fits into a byte.
 */
#define LBVS_ARM_NUMBERS 255
#define LBVS_ARM_NEVER	 255

/* Packets that are forwarded pass hooks at so many places. */
#define LBVS_ONLOOKER_PLACES 3

extern unsigned int lbvs_net_id;

/**
 * struct lbvs_net - the balancer of one network namespace
 * @ruleset: what the packet path follows; never NULL. Read under RCU, replaced
 *	under @config_lock.
 * @flows: the flow table.
 * @filter: which addresses may be a real's, see member.h.
 * @stats: per-CPU counters.
 * @net: the namespace.
 * @local: the gateway's own IPv4 addresses. Read under RCU, written under RTNL.
 * @known_hooks: arrays of hooks in which there is no onlooker, for IPv4 and IPv6.
 * @route_epoch: changes when routes that are known are to be learned anew.
 * @n_arms: number of arms. Written under RTNL.
 * @arms: list of struct lbvs_arm. Read under RCU, written under RTNL.
 * @arm_numbers: the numbers that they have. Protected by RTNL.
 * @onlookers: who looked at packets when that was last asked; for the gc alone.
 * @config_lock: serialises every change of the configuration. Process context;
 *	never taken in the packet path.
 * @transactions: list of struct lbvs_transaction, those that are open.
 *	Protected by @config_lock.
 * @edits: number of the last edit. Protected by @config_lock.
 * @agents: list of struct lbvs_agent. Read under RCU, written under
 *	@config_lock.
 * @last_agent: identity of the last new agent. Protected by @config_lock.
 * @last_epoch: epoch of the last registration. Protected by @config_lock.
 * @expiry: wakes up when a lease may have run out.
 * @snats: how sources are translated, see snat.c; NULL until a service wants
 *	that. Written under @config_lock.
 * @snat_hooks: as @hooks, of snat_hook.c.
 * @affinity: which real clients were sent to; NULL until a service persists.
 *	Written under @config_lock; the packet path has it from its rule.
 * @hooks: our own copy of the hook array while it is registered, else NULL.
 *	Protected by @config_lock.
 * @reset: goes on resetting flows, see reset.c.
 * @reset_cursor: where it stands in the flow table; used by @reset alone.
 * @reset_met: it met such a flow since it was last at the start; likewise.
 * @reset_more: flows were marked since.
 * @ramps: looks after members that have a ramp, see config_ramp.c.
 * @hint: tells of reals that clients fail to connect to, see hint.c.
 * @drains: list of struct lbvs_drain, those that are pending. Protected by
 *	@config_lock.
 * @drain: looks after them, see drain.c.
 */
struct lbvs_net {
	/* read by every packet */
	struct lbvs_ruleset __rcu *ruleset;
	struct lbvs_flow_table *flows;
	struct lbvs_member_filter *filter;
	struct lbvs_stats __percpu *stats;
	struct net *net;
	struct lbvs_local __rcu *local;
	const void *known_hooks[2][LBVS_ONLOOKER_PLACES];
	u32 route_epoch;
	u32 n_arms;

	/* configuration */
	struct mutex config_lock;
	struct list_head transactions;
	u64 edits;
	struct list_head agents;
	u64 last_agent;
	u32 last_epoch;
	struct delayed_work expiry;
	struct lbvs_flow_table *snats;
	struct nf_hook_ops *snat_hooks;
	struct lbvs_affinity *affinity;
	struct nf_hook_ops *hooks;
	struct list_head arms;
	DECLARE_BITMAP(arm_numbers, LBVS_ARM_NUMBERS);
	u32 onlookers;
	struct delayed_work reset;
	u32 reset_cursor;
	bool reset_met;
	bool reset_more;
	struct delayed_work ramps;
	struct work_struct hint;
	struct list_head drains;
	struct delayed_work drain;
};

static inline struct lbvs_net *lbvs_net(const struct net *net)
{
	return net_generic(net, lbvs_net_id);
}

#endif /* _LBVS_NET_H */
