// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>

const struct nla_policy lbvs_nl_pool_new_policy[] = {
	[LBVS_A_POOL_GENERATION] = { .type = NLA_U32 },
	[LBVS_A_POOL_NAME] = LBVS_NL_NAME,
	[LBVS_A_POOL_CHECK] = LBVS_NL_CHECKS,
	[LBVS_A_POOL_HASH_KEY] = NLA_POLICY_EXACT_LEN(LBVS_KEY_SIZE),
	[LBVS_A_POOL_MIN_USABLE] = NLA_POLICY_RANGE(NLA_U32, 1, LBVS_REALS_MAX),
	[LBVS_A_POOL_RAMP] = NLA_POLICY_RANGE(NLA_U32, 0, LBVS_RAMP_MAX),
	[LBVS_A_POOL_MAX] = { .type = NLA_REJECT },
};

const struct nla_policy lbvs_nl_pool_del_policy[] = {
	[LBVS_A_POOL_GENERATION] = { .type = NLA_U32 },
	[LBVS_A_POOL_NAME] = LBVS_NL_NAME,
	[LBVS_A_POOL_MAX] = { .type = NLA_REJECT },
};

const struct nla_policy lbvs_nl_pool_get_policy[] = {
	[LBVS_A_POOL_NAME] = LBVS_NL_NAME,
	[LBVS_A_POOL_MAX] = { .type = NLA_REJECT },
};

static int read_pool(struct genl_info *info, struct lbvs_pool_edit *edit)
{
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_POOL_NAME))
		return -EINVAL;
	lbvs_nl_read_name(attrs[LBVS_A_POOL_NAME], edit->cfg.name);
	if (attrs[LBVS_A_POOL_HASH_KEY]) {
		edit->set_key = true;
		nla_memcpy(&edit->cfg.key, attrs[LBVS_A_POOL_HASH_KEY],
			   sizeof(edit->cfg.key));
	}
	if (attrs[LBVS_A_POOL_MIN_USABLE])
		edit->cfg.min_usable =
			nla_get_u32(attrs[LBVS_A_POOL_MIN_USABLE]);
	if (attrs[LBVS_A_POOL_RAMP]) {
		edit->set_ramp = true;
		edit->cfg.ramp = nla_get_u32(attrs[LBVS_A_POOL_RAMP]);
	}
	if (!attrs[LBVS_A_POOL_CHECK])
		return 0;
	edit->set_checks = true;
	return lbvs_nl_read_checks(attrs[LBVS_A_POOL_CHECK], edit->cfg.checks,
				   &edit->cfg.n_checks, info->extack);
}

static int edit_pool(struct genl_info *info, lbvs_config_edit how)
{
	struct lbvs_pool_edit *edit;
	int err;

	edit = kzalloc(sizeof(*edit), GFP_KERNEL);
	if (!edit)
		return -ENOMEM;
	err = read_pool(info, edit);
	if (!err)
		err = lbvs_nl_apply(info, how, edit);
	kfree_sensitive(edit);
	return err;
}

/**
 * lbvs_nl_pool_new_doit - LBVS_CMD_POOL_NEW
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_pool_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_pool(info, lbvs_config_pool_add);
}

/**
 * lbvs_nl_pool_set_doit - LBVS_CMD_POOL_SET
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_pool_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_pool(info, lbvs_config_pool_set);
}

/**
 * lbvs_nl_pool_del_doit - LBVS_CMD_POOL_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_pool_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	char name[LBVS_NAME_SIZE];

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_POOL_NAME))
		return -EINVAL;
	lbvs_nl_read_name(info->attrs[LBVS_A_POOL_NAME], name);
	return lbvs_nl_apply(info, lbvs_config_pool_del, name);
}

/* The hash key tells whoever knows it how to aim at one real. */
static bool may_see_key(struct netlink_callback *cb)
{
	return lbvs_nl_may_write(cb->skb);
}

/**
 * lbvs_nl_pool_get_dumpit - LBVS_CMD_POOL_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Return: length of the message.
 */
int lbvs_nl_pool_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *name = lbvs_dump_attrs(cb)[LBVS_A_POOL_NAME];
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	const struct lbvs_ruleset *ruleset;

	rcu_read_lock();
	ruleset = lbvs_nl_dump_ruleset(skb, cb);
	for (; cursor->outer < ruleset->n_pools; cursor->outer++) {
		const struct lbvs_subject subject = {
			.ruleset = ruleset,
			.pool = ruleset->pools[cursor->outer],
			.index = cursor->outer,
			.privileged = may_see_key(cb),
		};

		if (lbvs_nl_name_differs(name, subject.pool->cfg.name))
			continue;
		if (lbvs_nl_dump_one(skb, cb, LBVS_CMD_POOL_GET,
				     lbvs_attr_put_pool, &subject))
			break;
	}
	rcu_read_unlock();
	return skb->len;
}
