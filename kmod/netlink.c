// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The generic netlink family. Every write is require, read, call, answer;
 * every dump walks the ruleset in force under RCU, without a lock, and notes
 * its generation so that netlink marks a dump that spans two of them.
 */
#include "netlink.h"
#include "agent.h"
#include "change.h"
#include "compat.h"
#include "event.h"
#include "transaction.h"

#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <net/sock.h>

static bool userns;
module_param(userns, bool, 0444);
MODULE_PARM_DESC(userns, "let CAP_NET_ADMIN of the user namespace that owns a network namespace write, and list flows, there (default: only of the initial one)");

#define LBVS_NL_WRITE(command, handler, table)            \
	{                                                  \
		.cmd = (command),                          \
		.doit = (handler),                         \
		.policy = (table),                         \
		.maxattr = ARRAY_SIZE(table) - 1,          \
		.flags = GENL_ADMIN_PERM,                  \
	}

#define LBVS_NL_DUMP(command, handler, table)             \
	{                                                  \
		.cmd = (command),                          \
		.dumpit = (handler),                       \
		.policy = (table),                         \
		.maxattr = ARRAY_SIZE(table) - 1,          \
	}

/* Written once, before the family is registered: see lbvs_nl_init(). */
static struct genl_ops lbvs_nl_ops[] __ro_after_init = {
	LBVS_NL_WRITE(LBVS_CMD_POOL_NEW, lbvs_nl_pool_new_doit,
		      lbvs_nl_pool_new_policy),
	LBVS_NL_WRITE(LBVS_CMD_POOL_SET, lbvs_nl_pool_set_doit,
		      lbvs_nl_pool_new_policy),
	LBVS_NL_WRITE(LBVS_CMD_POOL_DEL, lbvs_nl_pool_del_doit,
		      lbvs_nl_pool_del_policy),
	LBVS_NL_DUMP(LBVS_CMD_POOL_GET, lbvs_nl_pool_get_dumpit,
		     lbvs_nl_pool_get_policy),
	LBVS_NL_WRITE(LBVS_CMD_REAL_NEW, lbvs_nl_real_new_doit,
		      lbvs_nl_real_new_policy),
	LBVS_NL_WRITE(LBVS_CMD_REAL_SET, lbvs_nl_real_set_doit,
		      lbvs_nl_real_set_policy),
	LBVS_NL_WRITE(LBVS_CMD_REAL_DEL, lbvs_nl_real_del_doit,
		      lbvs_nl_real_del_policy),
	LBVS_NL_DUMP(LBVS_CMD_REAL_GET, lbvs_nl_real_get_dumpit,
		     lbvs_nl_real_get_policy),
	LBVS_NL_WRITE(LBVS_CMD_SERVICE_NEW, lbvs_nl_service_new_doit,
		      lbvs_nl_service_new_policy),
	LBVS_NL_WRITE(LBVS_CMD_SERVICE_SET, lbvs_nl_service_set_doit,
		      lbvs_nl_service_set_policy),
	LBVS_NL_WRITE(LBVS_CMD_SERVICE_DEL, lbvs_nl_service_del_doit,
		      lbvs_nl_service_del_policy),
	LBVS_NL_DUMP(LBVS_CMD_SERVICE_GET, lbvs_nl_service_get_dumpit,
		     lbvs_nl_service_get_policy),
	LBVS_NL_DUMP(LBVS_CMD_MEMBER_GET, lbvs_nl_member_get_dumpit,
		     lbvs_nl_member_get_policy),
	LBVS_NL_WRITE(LBVS_CMD_VERDICT_SET, lbvs_nl_verdict_set_doit,
		      lbvs_nl_verdict_set_policy),
	LBVS_NL_WRITE(LBVS_CMD_VERDICT_DEL, lbvs_nl_verdict_del_doit,
		      lbvs_nl_verdict_del_policy),
	LBVS_NL_DUMP(LBVS_CMD_VERDICT_GET, lbvs_nl_verdict_get_dumpit,
		     lbvs_nl_verdict_get_policy),
	LBVS_NL_WRITE(LBVS_CMD_AGENT_NEW, lbvs_nl_agent_new_doit,
		      lbvs_nl_agent_new_policy),
	LBVS_NL_WRITE(LBVS_CMD_AGENT_RENEW, lbvs_nl_agent_renew_doit,
		      lbvs_nl_agent_epoch_policy),
	LBVS_NL_WRITE(LBVS_CMD_AGENT_DEL, lbvs_nl_agent_del_doit,
		      lbvs_nl_agent_epoch_policy),
	LBVS_NL_DUMP(LBVS_CMD_AGENT_GET, lbvs_nl_agent_get_dumpit,
		     lbvs_nl_agent_get_policy),
	/* They tell who the clients are. */
	{
		.cmd = LBVS_CMD_FLOW_GET,
		.start = lbvs_nl_flow_get_start,
		.dumpit = lbvs_nl_flow_get_dumpit,
		.done = lbvs_nl_flow_get_done,
		.policy = lbvs_nl_flow_policy,
		.maxattr = ARRAY_SIZE(lbvs_nl_flow_policy) - 1,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = LBVS_CMD_EXPLAIN_GET,
		.start = lbvs_nl_explain_get_start,
		.dumpit = lbvs_nl_explain_get_dumpit,
		.done = lbvs_nl_explain_get_done,
		.policy = lbvs_nl_explain_policy,
		.maxattr = ARRAY_SIZE(lbvs_nl_explain_policy) - 1,
		.flags = GENL_ADMIN_PERM,
	},
	LBVS_NL_WRITE(LBVS_CMD_FLOW_DEL, lbvs_nl_flow_del_doit,
		      lbvs_nl_flow_policy),
	{
		.cmd = LBVS_CMD_AFFINITY_GET,
		.start = lbvs_nl_affinity_get_start,
		.dumpit = lbvs_nl_affinity_get_dumpit,
		.done = lbvs_nl_affinity_get_done,
		.policy = lbvs_nl_affinity_policy,
		.maxattr = ARRAY_SIZE(lbvs_nl_affinity_policy) - 1,
		.flags = GENL_ADMIN_PERM,
	},
	LBVS_NL_WRITE(LBVS_CMD_AFFINITY_DEL, lbvs_nl_affinity_del_doit,
		      lbvs_nl_affinity_policy),
	{
		.cmd = LBVS_CMD_STATS_GET,
		.doit = lbvs_nl_stats_get_doit,
		.policy = lbvs_nl_stats_get_policy,
		.maxattr = ARRAY_SIZE(lbvs_nl_stats_get_policy) - 1,
	},
	LBVS_NL_WRITE(LBVS_CMD_CONFIG_DEL, lbvs_nl_config_del_doit,
		      lbvs_nl_config_policy),
	LBVS_NL_WRITE(LBVS_CMD_CONFIG_BEGIN, lbvs_nl_config_begin_doit,
		      lbvs_nl_config_policy),
	LBVS_NL_WRITE(LBVS_CMD_CONFIG_COMMIT, lbvs_nl_config_commit_doit,
		      lbvs_nl_config_policy),
	LBVS_NL_WRITE(LBVS_CMD_CONFIG_ABORT, lbvs_nl_config_abort_doit,
		      lbvs_nl_stats_get_policy),
	LBVS_NL_WRITE(LBVS_CMD_ARM_NEW, lbvs_nl_arm_new_doit,
		      lbvs_nl_arm_policy),
	LBVS_NL_WRITE(LBVS_CMD_ARM_DEL, lbvs_nl_arm_del_doit,
		      lbvs_nl_arm_policy),
	LBVS_NL_DUMP(LBVS_CMD_ARM_GET, lbvs_nl_arm_get_dumpit,
		     lbvs_nl_arm_get_policy),
};

static const struct genl_multicast_group lbvs_nl_groups[] = {
	[LBVS_EVENT_GROUP_CONFIG] = { .name = LBVS_MCGRP_CONFIG },
	[LBVS_EVENT_GROUP_HEALTH] = { .name = LBVS_MCGRP_HEALTH },
	/* Addresses of clients are not for everybody, as with FLOW_GET. */
	[LBVS_EVENT_GROUP_FLOW] = { .name = LBVS_MCGRP_FLOW,
				    .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family lbvs_nl_family __ro_after_init = {
	.name = LBVS_FAMILY_NAME,
	.version = LBVS_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = lbvs_nl_ops,
	.n_ops = ARRAY_SIZE(lbvs_nl_ops),
	.resv_start_op = LBVS_CMD_POOL_NEW,
	.mcgrps = lbvs_nl_groups,
	.n_mcgrps = ARRAY_SIZE(lbvs_nl_groups),
};

MODULE_ALIAS_GENL_FAMILY(LBVS_FAMILY_NAME);

static const struct nlattr *nth_entry(const struct nlattr *list, u16 n)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, list, rem)
		if (!--n)
			return attr;
	return list;
}

/**
 * lbvs_nl_explain - say why, and point to the word that it is about
 * @info: the request.
 * @refusal: why, if there is a reason.
 */
void lbvs_nl_explain(struct genl_info *info, const struct lbvs_refusal *refusal)
{
	const struct nlattr *attr;

	if (!refusal->sentence || !info->extack)
		return;
	info->extack->_msg = refusal->sentence;
	attr = refusal->attr ? info->attrs[refusal->attr] : NULL;
	if (attr && refusal->entry)
		attr = nth_entry(attr, refusal->entry);
	info->extack->bad_attr = attr;
	if (refusal->request && refusal->request != info->snd_seq) {
		memcpy(info->extack->cookie, &refusal->request,
		       sizeof(refusal->request));
		info->extack->cookie_len = sizeof(refusal->request);
	}
}

/**
 * lbvs_nl_check_generation - is what the request says it has seen still so?
 * @info: the request.
 * @ln: network namespace.
 * @refusal: filled in when it is not.
 *
 * Context: process, config_lock held.
 * Return: 0 or -ESTALE.
 */
int lbvs_nl_check_generation(const struct genl_info *info,
			     const struct lbvs_net *ln,
			     struct lbvs_refusal *refusal)
{
	const struct nlattr *attr = info->attrs[LBVS_A_GENERATION];

	if (!attr)
		return 0;
	return lbvs_config_check_generation(ln, nla_get_u32(attr), refusal);
}

static int apply_staged(struct genl_info *info,
			struct lbvs_transaction *transaction,
			lbvs_config_edit edit, const void *arg,
			struct lbvs_refusal *refusal)
{
	transaction->stage.request = info->snd_seq;
	return edit(&transaction->stage, arg, refusal);
}

/**
 * lbvs_nl_apply - carry out a write, alone or as part of a transaction
 * @info: the request.
 * @edit: what it does.
 * @arg: to what.
 *
 * Context: process, may sleep.
 * Return: 0, or -errno with the reason in the extended acknowledgement.
 */
int lbvs_nl_apply(struct genl_info *info, lbvs_config_edit edit,
		  const void *arg)
{
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_transaction *transaction;
	struct lbvs_refusal refusal = {};
	int err;

	mutex_lock(&ln->config_lock);
	err = lbvs_nl_check_generation(info, ln, &refusal);
	transaction = lbvs_transaction_find(ln, info->snd_portid);
	if (!err && transaction)
		err = apply_staged(info, transaction, edit, arg, &refusal);
	else if (!err)
		err = lbvs_change_config(ln, edit, arg, &refusal);
	mutex_unlock(&ln->config_lock);

	lbvs_nl_explain(info, &refusal);
	return err;
}

/**
 * lbvs_nl_apply_health - set or forget verdicts, which no transaction holds up
 * @info: the request.
 * @edit: what it does.
 * @arg: to what.
 *
 * Context: process, may sleep.
 * Return: 0, or -errno with the reason in the extended acknowledgement.
 */
int lbvs_nl_apply_health(struct genl_info *info, lbvs_config_edit edit,
			 const void *arg)
{
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_refusal refusal = {};
	int err;

	mutex_lock(&ln->config_lock);
	err = lbvs_nl_check_generation(info, ln, &refusal);
	if (!err)
		err = lbvs_change_health(ln, edit, arg, &refusal);
	mutex_unlock(&ln->config_lock);

	lbvs_nl_explain(info, &refusal);
	return err;
}

/**
 * lbvs_nl_dump_ruleset - the ruleset that a dump shows
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Context: under RCU.
 * Return: the ruleset.
 */
const struct lbvs_ruleset *lbvs_nl_dump_ruleset(struct sk_buff *skb,
						struct netlink_callback *cb)
{
	const struct lbvs_net *ln = lbvs_net(sock_net(skb->sk));
	const struct lbvs_ruleset *ruleset = rcu_dereference(ln->ruleset);

	/* 0 means to netlink that there is no sequence. */
	cb->seq = ruleset->generation + 1;
	return ruleset;
}

/**
 * lbvs_nl_dump_one - put an object into a dump
 * @skb: the message to fill.
 * @cb: the dump.
 * @cmd: command of the entry.
 * @put: puts the object.
 * @subject: the object.
 *
 * Context: under RCU.
 * Return: 0, or -EMSGSIZE when it has to wait for the next message.
 */
int lbvs_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		     enum lbvs_cmd cmd, lbvs_attr_put put,
		     const struct lbvs_subject *subject)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &lbvs_nl_family, NLM_F_MULTI,
			     cmd);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	if (nla_put_u32(skb, LBVS_A_GENERATION, cb->seq - 1) ||
	    put(skb, subject)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/**
 * lbvs_nl_name_differs - does a filter leave a name out?
 * @filter: a string attribute, or NULL: everything is meant.
 * @name: the name.
 *
 * Return: true when it does.
 */
bool lbvs_nl_name_differs(const struct nlattr *filter, const char *name)
{
	return filter && nla_strcmp(filter, name);
}

/**
 * lbvs_nl_may_write - may the sender of a request configure?
 * @skb: the request.
 *
 * Return: true when it may.
 */
bool lbvs_nl_may_write(struct sk_buff *skb)
{
	struct net *net = sock_net(skb->sk);

	return userns ? netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN) :
			netlink_capable(skb, CAP_NET_ADMIN);
}

/* A socket was closed: what only it could end, ends with it. */
static int on_release(struct notifier_block *block, unsigned long event,
		      void *data)
{
	const struct netlink_notify *socket = data;
	struct lbvs_net *ln = lbvs_net(socket->net);

	if (event != NETLINK_URELEASE || socket->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	lbvs_transaction_release(ln, socket->portid);
	lbvs_agent_release(ln, socket->portid);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = {
	.notifier_call = on_release,
};

/**
 * lbvs_nl_init - offer the family
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int __init lbvs_nl_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(lbvs_nl_ops); i++)
		if (userns && lbvs_nl_ops[i].flags == GENL_ADMIN_PERM)
			lbvs_nl_ops[i].flags = GENL_UNS_ADMIN_PERM;

	lbvs_event_init(&lbvs_nl_family);
	err = netlink_register_notifier(&release_notifier);
	if (err)
		return err;
	err = genl_register_family(&lbvs_nl_family);
	if (err)
		netlink_unregister_notifier(&release_notifier);
	return err;
}

/**
 * lbvs_nl_exit - withdraw the family
 *
 * Context: process. No handler runs when it returns.
 */
void lbvs_nl_exit(void)
{
	genl_unregister_family(&lbvs_nl_family);
	netlink_unregister_notifier(&release_notifier);
}
