/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of the configuration: begin, edit, commit, finish. */
#ifndef _LBVS_CONFIG_H
#define _LBVS_CONFIG_H

#include <linux/lbvs.h>

#include "net.h"
#include "pool.h"
#include "real.h"
#include "ruleset.h"
#include "service.h"
#include "types.h"

/**
 * struct lbvs_stage - a change in the making
 * @ln: network namespace.
 * @old: the ruleset in force.
 * @next: the one to be: a clone of @old, edited; or @old itself as long as
 *	there is nothing to edit.
 * @changed: an edit changed something.
 * @health: all that changed is verdicts, or ramps, which are no configuration.
 * @drops: flows of members that went down have to go, ...
 * @resets: ... or to be reset.
 * @drains: there are reals in @next whose drain has not begun yet.
 * @committed: @next is in force.
 * @request: number of the request that is carried out.
 */
struct lbvs_stage {
	struct lbvs_net *ln;
	struct lbvs_ruleset *old;
	struct lbvs_ruleset *next;
	bool changed;
	bool health;
	bool drops;
	bool resets;
	bool drains;
	bool committed;
	u32 request;
};

/* Changes stage->next; on failure it fills in the refusal. */
typedef int (*lbvs_config_edit)(struct lbvs_stage *stage, const void *arg,
				struct lbvs_refusal *refusal);

int lbvs_config_begin(struct lbvs_stage *stage, struct lbvs_net *ln);
void lbvs_config_look(struct lbvs_stage *stage, struct lbvs_net *ln);
int lbvs_config_own(struct lbvs_stage *stage);
int lbvs_config_check_generation(const struct lbvs_net *ln, u32 seen,
				 struct lbvs_refusal *refusal);
int lbvs_config_commit(struct lbvs_stage *stage, struct lbvs_refusal *refusal);
void lbvs_config_finish(struct lbvs_stage *stage);
const struct lbvs_rule *lbvs_config_in_force(const struct lbvs_stage *stage,
					     const struct lbvs_rule *rule);
void lbvs_config_tell_new(const struct lbvs_stage *stage);
void lbvs_config_tell_flows(struct lbvs_stage *stage);
void lbvs_config_ramp_tell(const struct lbvs_stage *stage);
void lbvs_config_ramp_init(struct lbvs_net *ln);
void lbvs_config_ramp_exit(struct lbvs_net *ln);
int lbvs_config_init(struct lbvs_net *ln);
void lbvs_config_exit(struct lbvs_net *ln);

int lbvs_config_need_pool(const struct lbvs_stage *stage, const char *name,
			  u16 attr, struct lbvs_refusal *refusal);
int lbvs_config_need_real(const struct lbvs_pool *pool, const char *name,
			  u16 attr, struct lbvs_refusal *refusal);
void lbvs_config_replace_pool(struct lbvs_stage *stage, int index,
			      struct lbvs_pool *pool);
int lbvs_config_replace_real(struct lbvs_stage *stage, int pool_index,
			     int real_index, struct lbvs_real *real);

/**
 * struct lbvs_pool_edit - a pool to create or change
 * @cfg: name, and what is to be set.
 * @set_key: set the hash key.
 * @set_checks: set the list of checks.
 * @set_ramp: set the ramp.
 */
struct lbvs_pool_edit {
	struct lbvs_pool_cfg cfg;
	bool set_key;
	bool set_checks;
	bool set_ramp;
};

/**
 * struct lbvs_real_edit - a real to create or change
 * @pool: name of its pool.
 * @cfg: name, and what is to be set.
 * @set_weight: set the weight.
 * @set_admin: set the admin state.
 * @set_limit_flows: set the limit of flows.
 * @set_limit_rate: set the limit of new flows.
 * @set_tier: set the tier.
 * @set_deadline: and with it, as it is drain, a deadline.
 * @deadline: how long after the commit that is, in milliseconds.
 */
struct lbvs_real_edit {
	char pool[LBVS_NAME_SIZE];
	struct lbvs_real_cfg cfg;
	bool set_weight;
	bool set_admin;
	bool set_limit_flows;
	bool set_limit_rate;
	bool set_tier;
	bool set_deadline;
	u32 deadline;
};

/**
 * struct lbvs_service_edit - a service to create or change
 * @cfg: name, and what is to be set; but for checks and timeouts a field is set
 *	when it is not 0, or when its flag below says so.
 * @pool: name of its pool, or "" to keep it.
 * @set_prefix: set the prefix of the hash key.
 * @set_table_size: set the table size.
 * @set_to_port: set the port of the reals.
 * @set_limit_flows: set the limit of flows.
 * @set_limit_rate: set the limit of new flows.
 * @set_bound: set the bound.
 * @set_persist: set how long clients are remembered.
 * @set_persist_prefix: set the prefix that they are remembered by.
 * @set_together: set whom it goes together with.
 * @set_require: set the list of checks that it requires.
 * @n_require: number of these.
 * @require: their names.
 */
struct lbvs_service_edit {
	struct lbvs_service_cfg cfg;
	char pool[LBVS_NAME_SIZE];
	bool set_prefix;
	bool set_table_size;
	bool set_to_port;
	bool set_limit_flows;
	bool set_limit_rate;
	bool set_bound;
	bool set_persist;
	bool set_persist_prefix;
	bool set_together;
	bool set_require;
	u32 n_require;
	char require[LBVS_CHECKS_MAX][LBVS_NAME_SIZE];
};

/* The edits, each a lbvs_config_edit. */
int lbvs_config_pool_add(struct lbvs_stage *stage, const void *edit,
			 struct lbvs_refusal *refusal);
int lbvs_config_pool_set(struct lbvs_stage *stage, const void *edit,
			 struct lbvs_refusal *refusal);
int lbvs_config_pool_del(struct lbvs_stage *stage, const void *name,
			 struct lbvs_refusal *refusal);
int lbvs_config_real_add(struct lbvs_stage *stage, const void *edit,
			 struct lbvs_refusal *refusal);
int lbvs_config_real_set(struct lbvs_stage *stage, const void *edit,
			 struct lbvs_refusal *refusal);
int lbvs_config_real_del(struct lbvs_stage *stage, const void *edit,
			 struct lbvs_refusal *refusal);
int lbvs_config_service_add(struct lbvs_stage *stage, const void *edit,
			    struct lbvs_refusal *refusal);
int lbvs_config_service_set(struct lbvs_stage *stage, const void *edit,
			    struct lbvs_refusal *refusal);
int lbvs_config_service_del(struct lbvs_stage *stage, const void *name,
			    struct lbvs_refusal *refusal);
int lbvs_config_clear(struct lbvs_stage *stage, const void *unused,
		      struct lbvs_refusal *refusal);

#endif /* _LBVS_CONFIG_H */
