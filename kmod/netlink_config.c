// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration as a whole: transactions, and removing everything. */
#include "netlink.h"
#include "drain.h"
#include "event.h"
#include "transaction.h"

#include <linux/rcupdate.h>

const struct nla_policy lbvs_nl_config_policy[] = {
	[LBVS_A_STATS_GENERATION] = { .type = NLA_U32 },
};

static int reply_generation(struct genl_info *info, enum lbvs_cmd cmd,
			    u32 generation)
{
	struct sk_buff *answer;
	void *header;

	answer = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	header = genlmsg_put_reply(answer, info, &lbvs_nl_family, 0, cmd);
	if (!header || nla_put_u32(answer, LBVS_A_STATS_GENERATION, generation)) {
		nlmsg_free(answer);
		return -EMSGSIZE;
	}
	genlmsg_end(answer, header);
	return genlmsg_reply(answer, info);
}

static int begin(struct genl_info *info, struct lbvs_net *ln, u32 *base,
		 struct lbvs_refusal *refusal)
{
	struct lbvs_transaction *transaction;
	int err;

	err = lbvs_nl_check_generation(info, ln, refusal);
	if (err)
		return err;
	transaction = lbvs_transaction_begin(ln, info->snd_portid, refusal);
	if (IS_ERR(transaction))
		return PTR_ERR(transaction);
	*base = transaction->base;
	return 0;
}

/**
 * lbvs_nl_config_begin_doit - LBVS_CMD_CONFIG_BEGIN
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_config_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_refusal refusal = {};
	u32 base = 0;
	int err;

	mutex_lock(&ln->config_lock);
	err = begin(info, ln, &base, &refusal);
	mutex_unlock(&ln->config_lock);
	if (err) {
		lbvs_nl_explain(info, &refusal);
		return err;
	}

	err = reply_generation(info, LBVS_CMD_CONFIG_BEGIN, base);
	/* Who did not hear of it will not end it either. */
	if (err)
		lbvs_transaction_release(ln, info->snd_portid);
	return err;
}

static struct lbvs_transaction *need_open(struct genl_info *info,
					  struct lbvs_net *ln,
					  struct lbvs_refusal *refusal)
{
	struct lbvs_transaction *transaction;

	transaction = lbvs_transaction_find(ln, info->snd_portid);
	if (!transaction)
		lbvs_refuse(refusal, -ENOENT, 0,
			    "this socket has no transaction open");
	return transaction;
}

static int commit(struct genl_info *info, struct lbvs_net *ln, u32 *generation,
		  struct lbvs_refusal *refusal)
{
	struct lbvs_transaction *transaction = need_open(info, ln, refusal);
	int err;

	if (!transaction)
		return -ENOENT;
	err = lbvs_nl_check_generation(info, ln, refusal);
	if (!err) {
		err = lbvs_transaction_commit(transaction, refusal);
		/* The word that it is about is in another request. */
		refusal->attr = 0;
	}
	if (!err) {
		lbvs_event_commit(&transaction->stage);
		lbvs_drain_look(ln);
	}
	lbvs_transaction_end(transaction);
	*generation = rcu_dereference_protected(ln->ruleset,
						lockdep_is_held(&ln->config_lock))->generation;
	return err;
}

/**
 * lbvs_nl_config_commit_doit - LBVS_CMD_CONFIG_COMMIT
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_config_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_refusal refusal = {};
	u32 generation = 0;
	int err;

	mutex_lock(&ln->config_lock);
	err = commit(info, ln, &generation, &refusal);
	mutex_unlock(&ln->config_lock);
	if (err) {
		lbvs_nl_explain(info, &refusal);
		return err;
	}

	/* It is in force. That the answer got lost is no failure of it: the
	 * socket has the acknowledgement, or an overrun to report.
	 */
	reply_generation(info, LBVS_CMD_CONFIG_COMMIT, generation);
	return 0;
}

/**
 * lbvs_nl_config_abort_doit - LBVS_CMD_CONFIG_ABORT
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_config_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_transaction *transaction;
	struct lbvs_refusal refusal = {};

	mutex_lock(&ln->config_lock);
	transaction = need_open(info, ln, &refusal);
	if (transaction)
		lbvs_transaction_end(transaction);
	mutex_unlock(&ln->config_lock);

	lbvs_nl_explain(info, &refusal);
	return transaction ? 0 : -ENOENT;
}

/**
 * lbvs_nl_config_del_doit - LBVS_CMD_CONFIG_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_config_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return lbvs_nl_apply(info, lbvs_config_clear, NULL);
}
