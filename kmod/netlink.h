/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The netlink family: handlers, and what they share. */
#ifndef _LBVS_NETLINK_H
#define _LBVS_NETLINK_H

#include <linux/lbvs.h>
#include <net/genetlink.h>

#include "attr.h"
#include "config.h"
#include "types.h"

extern struct genl_family lbvs_nl_family;

/* policies, a table per command, in netlink_<noun>.c */
extern const struct nla_policy lbvs_nl_pool_new_policy[LBVS_A_POOL_MAX + 1];
extern const struct nla_policy lbvs_nl_pool_del_policy[LBVS_A_POOL_MAX + 1];
extern const struct nla_policy lbvs_nl_pool_get_policy[LBVS_A_POOL_MAX + 1];
extern const struct nla_policy lbvs_nl_real_new_policy[LBVS_A_REAL_MAX + 1];
extern const struct nla_policy lbvs_nl_real_set_policy[LBVS_A_REAL_MAX + 1];
extern const struct nla_policy lbvs_nl_real_del_policy[LBVS_A_REAL_MAX + 1];
extern const struct nla_policy lbvs_nl_real_get_policy[LBVS_A_REAL_MAX + 1];
extern const struct nla_policy
	lbvs_nl_service_new_policy[LBVS_A_SERVICE_MAX + 1];
extern const struct nla_policy
	lbvs_nl_service_set_policy[LBVS_A_SERVICE_MAX + 1];
extern const struct nla_policy
	lbvs_nl_service_del_policy[LBVS_A_SERVICE_MAX + 1];
extern const struct nla_policy
	lbvs_nl_service_get_policy[LBVS_A_SERVICE_MAX + 1];
extern const struct nla_policy lbvs_nl_member_get_policy[LBVS_A_MEMBER_MAX + 1];
extern const struct nla_policy
	lbvs_nl_verdict_set_policy[LBVS_A_VERDICT_MAX + 1];
extern const struct nla_policy
	lbvs_nl_verdict_del_policy[LBVS_A_VERDICT_MAX + 1];
extern const struct nla_policy
	lbvs_nl_verdict_get_policy[LBVS_A_VERDICT_MAX + 1];
extern const struct nla_policy lbvs_nl_agent_new_policy[LBVS_A_AGENT_MAX + 1];
extern const struct nla_policy lbvs_nl_agent_epoch_policy[LBVS_A_AGENT_MAX + 1];
extern const struct nla_policy lbvs_nl_agent_get_policy[LBVS_A_AGENT_MAX + 1];
extern const struct nla_policy lbvs_nl_explain_policy[LBVS_A_EXPLAIN_MAX + 1];
extern const struct nla_policy lbvs_nl_flow_policy[LBVS_A_FLOW_MAX + 1];
extern const struct nla_policy
	lbvs_nl_affinity_policy[LBVS_A_AFFINITY_MAX + 1];
extern const struct nla_policy lbvs_nl_arm_policy[LBVS_A_ARM_MAX + 1];
extern const struct nla_policy lbvs_nl_arm_get_policy[LBVS_A_ARM_MAX + 1];
extern const struct nla_policy lbvs_nl_stats_get_policy[LBVS_A_STATS_MAX + 1];
extern const struct nla_policy lbvs_nl_config_policy[LBVS_A_GENERATION + 1];

/* handlers */
int lbvs_nl_pool_new_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_pool_set_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_pool_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_pool_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lbvs_nl_real_new_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_real_set_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_real_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_real_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lbvs_nl_service_new_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_service_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int lbvs_nl_member_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lbvs_nl_verdict_set_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_verdict_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_verdict_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int lbvs_nl_agent_new_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_agent_renew_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_agent_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_agent_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lbvs_nl_explain_get_start(struct netlink_callback *cb);
int lbvs_nl_explain_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lbvs_nl_explain_get_done(struct netlink_callback *cb);
int lbvs_nl_affinity_get_start(struct netlink_callback *cb);
int lbvs_nl_affinity_get_done(struct netlink_callback *cb);
int lbvs_nl_affinity_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int lbvs_nl_affinity_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_flow_get_start(struct netlink_callback *cb);
int lbvs_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lbvs_nl_flow_get_done(struct netlink_callback *cb);
int lbvs_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_arm_new_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_arm_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_arm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lbvs_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_config_del_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_config_begin_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_config_commit_doit(struct sk_buff *skb, struct genl_info *info);
int lbvs_nl_config_abort_doit(struct sk_buff *skb, struct genl_info *info);

/* netlink_read.c: attributes into plain values */
int lbvs_nl_valid_name(const struct nlattr *attr,
		       struct netlink_ext_ack *extack);
int lbvs_nl_valid_unicast(const struct nlattr *attr,
			  struct netlink_ext_ack *extack);
int lbvs_nl_valid_addr(const struct nlattr *attr,
		       struct netlink_ext_ack *extack);
int lbvs_nl_valid_text(const struct nlattr *attr,
		       struct netlink_ext_ack *extack);
void lbvs_nl_read_name(const struct nlattr *attr, char *name);
void lbvs_nl_read_addr(const struct nlattr *attr, union nf_inet_addr *addr,
		       u8 *family);
int lbvs_nl_read_checks(const struct nlattr *attr,
			char (*checks)[LBVS_NAME_SIZE], u32 *n,
			struct netlink_ext_ack *extack);
extern const struct nla_policy lbvs_nl_check_policy[LBVS_A_CHECK_MAX + 1];

/* New flows a second; more than the 16 bits that a policy has for a range. */
extern struct netlink_range_validation lbvs_nl_rate_range;

#define LBVS_NL_NAME \
	NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, lbvs_nl_valid_name, \
			       LBVS_NAME_SIZE - 1)
/*
 * The handlers check the rest: a function in the policy of a number or of bytes
 * makes the kernel warn when somebody reads the policy.
 */
#define LBVS_NL_ADDR { .type = NLA_BINARY, .len = 16 }
#define LBVS_NL_CHECKS NLA_POLICY_NESTED(lbvs_nl_check_policy)

/* netlink.c: one way for all writes, one for all dumps */
int lbvs_nl_apply(struct genl_info *info, lbvs_config_edit edit,
		  const void *arg);
int lbvs_nl_apply_health(struct genl_info *info, lbvs_config_edit edit,
			 const void *arg);
int lbvs_nl_check_generation(const struct genl_info *info,
			     const struct lbvs_net *ln,
			     struct lbvs_refusal *refusal);
void lbvs_nl_explain(struct genl_info *info,
		     const struct lbvs_refusal *refusal);

/**
 * struct lbvs_nl_cursor - where a dump stands; lives in cb->ctx
 * @outer: place in the ruleset's array.
 * @inner: place within that object.
 * @id: or, for what is in no array, the identity of the last one shown.
 */
struct lbvs_nl_cursor {
	u32 outer;
	u32 inner;
	u64 id;
};

static inline struct lbvs_nl_cursor *lbvs_nl_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct lbvs_nl_cursor) > sizeof(cb->ctx));
	return (struct lbvs_nl_cursor *)cb->ctx;
}

/* RCU: the ruleset that a dump shows, with its generation noted in @cb. */
const struct lbvs_ruleset *lbvs_nl_dump_ruleset(struct sk_buff *skb,
						struct netlink_callback *cb);
int lbvs_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		     enum lbvs_cmd cmd, lbvs_attr_put put,
		     const struct lbvs_subject *subject);
bool lbvs_nl_name_differs(const struct nlattr *filter, const char *name);

bool lbvs_nl_may_write(struct sk_buff *skb);
int lbvs_nl_init(void);
void lbvs_nl_exit(void);

#endif /* _LBVS_NETLINK_H */
