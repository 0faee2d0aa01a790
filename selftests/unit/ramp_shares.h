/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comes before whatever ramp_shares_test.c runs of kmod/: instead of the headers
 * that know of packets and of the configuration, what is asked of them there. A
 * field that is missing here does not compile.
 */
#ifndef RAMP_SHARES_H
#define RAMP_SHARES_H

#define _LBVS_AFFINITY_H
#define _LBVS_MEMBER_H
#define _LBVS_PACKET_H
#define _LBVS_RULESET_H
#define _LBVS_SERVICE_H
#define _LBVS_TYPES_H

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/lbvs.h>
#include <linux/netfilter.h>
#include <linux/spinlock.h>

#include "load.h"
#include "ramp.h"

struct list_head;
struct lbvs_tuple;

struct lbvs_affinity_look {
	u64 real_id;
};

struct lbvs_service {
	atomic_t cursor;
	atomic_t reserve_cursor;
	atomic_t opened;
};

struct lbvs_member {
	u64 real_id;
	u32 tier;
	atomic_t flows;
	struct lbvs_limit limit;
	struct lbvs_load *load;
	struct lbvs_service *service;
	spinlock_t hint_lock;
	struct {
		u32 failures;
	} hint;
	struct lbvs_ramp ramp;
};

struct lbvs_rule {
	struct lbvs_sched_table *sched;
	struct lbvs_member **choices;
	u32 n_choices;
	u32 n_reserve;
	bool guarded;
	bool ramps;
	const struct lbvs_affinity *affinity;
	u64 affinity_owner;
	struct lbvs_service *service;
	struct lbvs_member **members;
	struct {
		u32 bound;
		u32 persist;
		u32 persist_prefix;
		enum lbvs_hash hash;
		u32 hash_prefix;
	} cfg;
};

u64 lbvs_affinity_find(const struct lbvs_affinity *affinity, u64 owner,
		       u32 prefix, const struct lbvs_tuple *tuple,
		       struct lbvs_affinity_look *look);
u64 lbvs_affinity_claim(const struct lbvs_affinity *affinity,
			struct lbvs_affinity_look *look, u64 real_id,
			u32 seconds);

#endif /* RAMP_SHARES_H */
