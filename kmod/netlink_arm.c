// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "arm.h"
#include "compat.h"

#include <linux/rtnetlink.h>
#include <net/sock.h>

const struct nla_policy lbvs_nl_arm_policy[] = {
	[LBVS_A_ARM_DEV] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
	[LBVS_A_ARM_MAX] = { .type = NLA_REJECT },
};

const struct nla_policy lbvs_nl_arm_get_policy[] = {
	[LBVS_A_ARM_DEV] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
	[LBVS_A_ARM_MAX] = { .type = NLA_REJECT },
};

static int change_arm(struct genl_info *info,
		      int (*change)(struct lbvs_net *ln, const char *name,
				    struct lbvs_refusal *refusal))
{
	struct lbvs_refusal refusal = {};
	int err;

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_ARM_DEV))
		return -EINVAL;
	err = change(lbvs_net(genl_info_net(info)),
		     nla_data(info->attrs[LBVS_A_ARM_DEV]), &refusal);
	lbvs_nl_explain(info, &refusal);
	return err;
}

/**
 * lbvs_nl_arm_new_doit - LBVS_CMD_ARM_NEW
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_arm_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_arm(info, lbvs_arm_add);
}

/**
 * lbvs_nl_arm_del_doit - LBVS_CMD_ARM_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_arm_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_arm(info, lbvs_arm_del);
}

static int put_arm(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct lbvs_arm *arm)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &lbvs_nl_family, NLM_F_MULTI,
			     LBVS_CMD_ARM_GET);
	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(skb, LBVS_A_ARM_GENERATION, cb->seq - 1) ||
	    lbvs_attr_put_arm(skb, arm->dev)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static bool is_asked_for(const struct lbvs_arm *arm, const struct nlattr *dev)
{
	return !dev || !nla_strcmp(dev, arm->dev->name);
}

/**
 * lbvs_nl_arm_get_dumpit - LBVS_CMD_ARM_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Return: length of the message.
 */
int lbvs_nl_arm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lbvs_net *ln = lbvs_net(sock_net(cb->skb->sk));
	const struct nlattr *dev = lbvs_dump_attrs(cb)[LBVS_A_ARM_DEV];
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	const struct lbvs_arm *arm;

	rcu_read_lock();
	lbvs_nl_dump_ruleset(skb, cb);
	rcu_read_unlock();

	rtnl_lock();
	list_for_each_entry(arm, &ln->arms, siblings) {
		if (arm->number < cursor->outer)
			continue;
		if (is_asked_for(arm, dev) && put_arm(skb, cb, arm))
			break;
		cursor->outer = arm->number + 1;
	}
	rtnl_unlock();
	return skb->len;
}
