// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"

#include <linux/rcupdate.h>

/* More than the 16 bits that a policy has for a range. */
static struct netlink_range_validation weight_range = {
	.max = LBVS_WEIGHT_MAX,
};
struct netlink_range_validation lbvs_nl_rate_range = { .max = LBVS_RATE_MAX };

static struct netlink_range_validation deadline_range = {
	.max = LBVS_DEADLINE_MAX,
};

#define LBVS_NL_REAL_NAMES                                   \
	[LBVS_A_REAL_GENERATION] = { .type = NLA_U32 },      \
	[LBVS_A_REAL_POOL] = LBVS_NL_NAME,                   \
	[LBVS_A_REAL_NAME] = LBVS_NL_NAME,                   \
	[LBVS_A_REAL_MAX] = { .type = NLA_REJECT }

#define LBVS_NL_REAL_SETTINGS                                              \
	[LBVS_A_REAL_WEIGHT] =                                             \
		NLA_POLICY_FULL_RANGE(NLA_U32, &weight_range),             \
	[LBVS_A_REAL_ADMIN] = NLA_POLICY_RANGE(NLA_U32, 1, LBVS_ADMIN_MAX), \
	[LBVS_A_REAL_LIMIT_FLOWS] = { .type = NLA_U32 },                   \
	[LBVS_A_REAL_LIMIT_RATE] =                                         \
		NLA_POLICY_FULL_RANGE(NLA_U32, &lbvs_nl_rate_range),       \
	[LBVS_A_REAL_TIER] = NLA_POLICY_MAX(NLA_U32, LBVS_TIER_MAX)

const struct nla_policy lbvs_nl_real_new_policy[] = {
	LBVS_NL_REAL_NAMES,
	LBVS_NL_REAL_SETTINGS,
	[LBVS_A_REAL_ADDR] = LBVS_NL_ADDR,
};

const struct nla_policy lbvs_nl_real_set_policy[] = {
	LBVS_NL_REAL_NAMES,
	LBVS_NL_REAL_SETTINGS,
	[LBVS_A_REAL_DEADLINE] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &deadline_range),
	[LBVS_A_REAL_ADDR] = {
		.type = NLA_REJECT,
		.reject_message = "the address of a real can't be changed: add another real and drain this one",
	},
};

const struct nla_policy lbvs_nl_real_del_policy[] = {
	LBVS_NL_REAL_NAMES,
};

const struct nla_policy lbvs_nl_real_get_policy[] = {
	[LBVS_A_REAL_POOL] = LBVS_NL_NAME,
	[LBVS_A_REAL_NAME] = LBVS_NL_NAME,
	[LBVS_A_REAL_MAX] = { .type = NLA_REJECT },
};

static int read_names(struct genl_info *info, struct lbvs_real_edit *edit)
{
	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_REAL_POOL) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_REAL_NAME))
		return -EINVAL;
	lbvs_nl_read_name(info->attrs[LBVS_A_REAL_POOL], edit->pool);
	lbvs_nl_read_name(info->attrs[LBVS_A_REAL_NAME], edit->cfg.name);
	return 0;
}

static void read_settings(struct genl_info *info, struct lbvs_real_edit *edit)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[LBVS_A_REAL_WEIGHT]) {
		edit->set_weight = true;
		edit->cfg.weight = nla_get_u32(attrs[LBVS_A_REAL_WEIGHT]);
	}
	if (attrs[LBVS_A_REAL_ADMIN]) {
		edit->set_admin = true;
		edit->cfg.admin = nla_get_u32(attrs[LBVS_A_REAL_ADMIN]);
	}
	if (attrs[LBVS_A_REAL_LIMIT_FLOWS]) {
		edit->set_limit_flows = true;
		edit->cfg.limits.flows =
			nla_get_u32(attrs[LBVS_A_REAL_LIMIT_FLOWS]);
	}
	if (attrs[LBVS_A_REAL_LIMIT_RATE]) {
		edit->set_limit_rate = true;
		edit->cfg.limits.rate =
			nla_get_u32(attrs[LBVS_A_REAL_LIMIT_RATE]);
	}
	if (attrs[LBVS_A_REAL_TIER]) {
		edit->set_tier = true;
		edit->cfg.tier = nla_get_u32(attrs[LBVS_A_REAL_TIER]);
	}
	if (attrs[LBVS_A_REAL_DEADLINE]) {
		edit->set_deadline = true;
		edit->deadline = nla_get_u32(attrs[LBVS_A_REAL_DEADLINE]);
	}
}

/**
 * lbvs_nl_real_new_doit - LBVS_CMD_REAL_NEW
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_real_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_real_edit edit = {
		.cfg = { .weight = 1, .admin = LBVS_ADMIN_ENABLED },
	};

	if (read_names(info, &edit) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_REAL_ADDR) ||
	    lbvs_nl_valid_unicast(info->attrs[LBVS_A_REAL_ADDR], info->extack))
		return -EINVAL;
	lbvs_nl_read_addr(info->attrs[LBVS_A_REAL_ADDR], &edit.cfg.addr,
			  &edit.cfg.family);
	read_settings(info, &edit);
	return lbvs_nl_apply(info, lbvs_config_real_add, &edit);
}

/**
 * lbvs_nl_real_set_doit - LBVS_CMD_REAL_SET
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_real_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_real_edit edit = {};

	if (read_names(info, &edit))
		return -EINVAL;
	read_settings(info, &edit);
	return lbvs_nl_apply(info, lbvs_config_real_set, &edit);
}

/**
 * lbvs_nl_real_del_doit - LBVS_CMD_REAL_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_real_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_real_edit edit = {};

	if (read_names(info, &edit))
		return -EINVAL;
	return lbvs_nl_apply(info, lbvs_config_real_del, &edit);
}

static int dump_pool(struct sk_buff *skb, struct netlink_callback *cb,
		     struct lbvs_subject *subject, const struct nlattr *name)
{
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);

	for (; cursor->inner < subject->pool->n_reals; cursor->inner++) {
		subject->real = subject->pool->reals[cursor->inner];
		if (lbvs_nl_name_differs(name, subject->real->cfg.name))
			continue;
		if (lbvs_nl_dump_one(skb, cb, LBVS_CMD_REAL_GET,
				     lbvs_attr_put_real, subject))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * lbvs_nl_real_get_dumpit - LBVS_CMD_REAL_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Return: length of the message.
 */
int lbvs_nl_real_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	struct nlattr **attrs = lbvs_dump_attrs(cb);
	struct lbvs_subject subject = {};

	rcu_read_lock();
	subject.ruleset = lbvs_nl_dump_ruleset(skb, cb);
	while (cursor->outer < subject.ruleset->n_pools) {
		subject.pool = subject.ruleset->pools[cursor->outer];
		if (!lbvs_nl_name_differs(attrs[LBVS_A_REAL_POOL],
					  subject.pool->cfg.name) &&
		    dump_pool(skb, cb, &subject, attrs[LBVS_A_REAL_NAME]))
			break;
		cursor->outer++;
		cursor->inner = 0;
	}
	rcu_read_unlock();
	return skb->len;
}
