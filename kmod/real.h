/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real server: configuration and health. */
#ifndef _LBVS_REAL_H
#define _LBVS_REAL_H

#include <linux/lbvs.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>

#include "limit.h"
#include "types.h"

struct lbvs_load;

#define LBVS_SHARE_FULL 100

struct lbvs_drain;

/**
 * struct lbvs_health - the last verdict on a real, or on a check of it
 * @since: when the state last changed, ktime_get() in milliseconds.
 * @agent: who gave it, see struct lbvs_agent; 0: a person, or nobody yet.
 * @state: up, down, or unknown while there was none.
 * @share: percent of the weight that counts.
 * @stale: the agent's lease has run out.
 * @reason: what the one who gave the verdict said.
 */
struct lbvs_health {
	u64 since;
	u64 agent;
	enum lbvs_verdict_state state;
	u32 share;
	bool stale;
	char reason[LBVS_REASON_SIZE];
};

#define LBVS_HEALTH_UNKNOWN {                   \
	.state = LBVS_VERDICT_STATE_UNKNOWN,    \
	.share = LBVS_SHARE_FULL,               \
}

/* In place of the number of a check: it is about the real as a whole. */
#define LBVS_CHECK_NONE U32_MAX

/**
 * struct lbvs_demand - what verdicts a real has to have
 * @checks: the checks that must not be down, a bit each.
 * @known: those that must be up.
 * @whole_known: the real as a whole must be up, and not only not be down.
 */
struct lbvs_demand {
	u32 checks;
	u32 known;
	bool whole_known;
};

static inline bool lbvs_demand_equal(const struct lbvs_demand *a,
				     const struct lbvs_demand *b)
{
	return a->checks == b->checks && a->known == b->known &&
	       a->whole_known == b->whole_known;
}

/**
 * struct lbvs_real_cfg - what the operator says of a real
 * @name: unique in the pool.
 * @addr: address.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @weight: 0 to LBVS_WEIGHT_MAX.
 * @admin: admin state.
 * @limits: how much it may take, over all services.
 * @tier: 0 to LBVS_TIER_MAX; the lower ones come first.
 */
struct lbvs_real_cfg {
	char name[LBVS_NAME_SIZE];
	union nf_inet_addr addr;
	u8 family;
	u32 weight;
	enum lbvs_admin admin;
	struct lbvs_limits limits;
	u32 tier;
};

/**
 * struct lbvs_real - one version of a real
 * @refs: one for each version of a pool that holds it.
 * @id: the same in all versions of a real, and never used for another.
 * @cfg: what the operator says.
 * @load: what it has to do, the same in all versions.
 * @drain: while the admin state is drain, how far that is; the same in all
 *	versions of the real until it is drained anew. Else NULL.
 * @whole: health of the real as a whole.
 * @n_checks: number of checks; that of the pool that holds it.
 * @checks: health by check, in the order of the pool's list.
 *
 * A version is immutable once a ruleset with it is published. To change a
 * real, clone it, change the clone, and put it into a clone of the pool.
 */
struct lbvs_real {
	refcount_t refs;
	u64 id;
	struct lbvs_real_cfg cfg;
	struct lbvs_load *load;
	struct lbvs_drain *drain;
	struct lbvs_health whole;
	u32 n_checks;
	struct lbvs_health checks[];
};

struct lbvs_real *lbvs_real_alloc(const struct lbvs_real_cfg *cfg,
				  u32 n_checks);
struct lbvs_real *lbvs_real_clone(const struct lbvs_real *real);
struct lbvs_real *lbvs_real_clone_without_checks(const struct lbvs_real *real,
						 u32 n_checks);
struct lbvs_real *lbvs_real_get(struct lbvs_real *real);
void lbvs_real_put(struct lbvs_real *real);
void lbvs_real_demand(struct lbvs_demand *demand, u32 require,
		      enum lbvs_initial initial);
enum lbvs_member_state lbvs_real_health(const struct lbvs_real *real,
					const struct lbvs_demand *demand,
					u32 *check);
enum lbvs_member_state lbvs_real_state(const struct lbvs_real *real,
				       const struct lbvs_demand *demand,
				       u32 *check);
u32 lbvs_real_share(const struct lbvs_real *real,
		    const struct lbvs_demand *demand);

#endif /* _LBVS_REAL_H */
