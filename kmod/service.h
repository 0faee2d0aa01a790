/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A service: its configuration, and what of it outlives a configuration. */
#ifndef _LBVS_SERVICE_H
#define _LBVS_SERVICE_H

#include <linux/lbvs.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "limit.h"
#include "stats.h"
#include "types.h"

/* Which timeout of a service counts for a flow. */
enum lbvs_timeout {
	LBVS_TIMEOUT_ESTABLISHED,
	LBVS_TIMEOUT_SYN,
	LBVS_TIMEOUT_FIN,
	LBVS_TIMEOUT_CLOSED,
	LBVS_TIMEOUT_UDP,
	LBVS_TIMEOUTS,
};

/**
 * struct lbvs_service_cfg - what the operator says of a service
 * @name: unique in the network namespace.
 * @addr: virtual address.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @proto: IPPROTO_TCP or IPPROTO_UDP.
 * @n_ports: number of ports.
 * @ports: the ports, in host order.
 * @to_port: port of the reals, or 0: the one that the client used.
 * @sched: scheduler.
 * @hash: what a hashing scheduler hashes.
 * @hash_prefix: bits of the source address that count; 0: all.
 * @table_size: slots of the maglev table, a prime; 0: chosen by the number of
 *	reals.
 * @require: the checks that it requires, a bit each, in the order of its pool.
 * @when_empty: what to do while no member is usable.
 * @initial: what counts while there is no verdict.
 * @on_down: what becomes of flows when verdicts make their member unusable.
 * @snat: whose address the reals see.
 * @limits: how much each member may take.
 * @bound: percent of the mean that a member may have at most; 0: any.
 * @persist: so many seconds clients are remembered; 0: they are not.
 * @persist_prefix: bits of their address that count for that; 0: all.
 * @persist_scope: who else goes by what it remembers.
 * @together: the word of services that demand of reals what it does; or "".
 * @timeouts: in seconds, by enum lbvs_timeout.
 */
struct lbvs_service_cfg {
	char name[LBVS_NAME_SIZE];
	union nf_inet_addr addr;
	u8 family;
	u8 proto;
	u16 n_ports;
	u16 ports[LBVS_PORTS_MAX];
	u16 to_port;
	enum lbvs_sched sched;
	enum lbvs_hash hash;
	u32 hash_prefix;
	u32 table_size;
	u32 require;
	enum lbvs_when_empty when_empty;
	enum lbvs_initial initial;
	enum lbvs_on_down on_down;
	enum lbvs_snat snat;
	struct lbvs_limits limits;
	u32 bound;
	u32 persist;
	u32 persist_prefix;
	enum lbvs_persist_scope persist_scope;
	char together[LBVS_NAME_SIZE];
	u32 timeouts[LBVS_TIMEOUTS];
};

/**
 * struct lbvs_service - what of a service outlives a configuration
 * @refs: one for each rule and each member that points here.
 * @id: its identity, never used for another.
 * @name: its name.
 * @cursor: whose turn it is, for the schedulers that take turns.
 * @reserve_cursor: whose turn it is in the reserve.
 * @opened: flows that were to be opened while a member had a ramp.
 * @timeouts: in jiffies. Flows read them at any time, commits write them.
 * @told: when a bypass was last told of, jiffies cut to 32 bits; or 0.
 * @lock: protects @members and @gone. Process and softirq context.
 * @members: every member, those that left the pool but still have flows too.
 * @gone: totals of the members that are no more.
 */
struct lbvs_service {
	refcount_t refs;
	u64 id;
	char name[LBVS_NAME_SIZE];
	atomic_t cursor;
	atomic_t reserve_cursor;
	atomic_t opened;
	u32 timeouts[LBVS_TIMEOUTS];
	u32 told;
	spinlock_t lock;
	struct list_head members;
	struct lbvs_totals gone;
};

struct lbvs_service *lbvs_service_alloc(const char *name);
struct lbvs_service *lbvs_service_get(struct lbvs_service *service);
void lbvs_service_put(struct lbvs_service *service);
void lbvs_service_adopt(struct lbvs_service *service,
			const struct lbvs_service_cfg *cfg);
int lbvs_service_check(const struct lbvs_service_cfg *cfg,
		       struct lbvs_refusal *refusal);

/**
 * lbvs_service_is_new - has it never been published?
 * @service: the service.
 *
 * Each timeout is a second at least.
 *
 * Context: process, config_lock held.
 * Return: true when lbvs_service_adopt() is still to come.
 */
static inline bool lbvs_service_is_new(const struct lbvs_service *service)
{
	return !service->timeouts[0];
}

#endif /* _LBVS_SERVICE_H */
