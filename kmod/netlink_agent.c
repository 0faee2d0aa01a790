// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "agent.h"
#include "compat.h"

#include <linux/rcupdate.h>
#include <net/sock.h>

static struct netlink_range_validation lease_range = {
	.min = LBVS_LEASE_MIN,
	.max = LBVS_LEASE_MAX,
};

static struct netlink_range_validation grace_range = { .max = LBVS_LEASE_MAX };

const struct nla_policy lbvs_nl_agent_new_policy[] = {
	[LBVS_A_AGENT_NAME] = LBVS_NL_NAME,
	[LBVS_A_AGENT_LEASE] = NLA_POLICY_FULL_RANGE(NLA_U32, &lease_range),
	[LBVS_A_AGENT_GRACE] = NLA_POLICY_FULL_RANGE(NLA_U32, &grace_range),
	[LBVS_A_AGENT_ON_EXPIRY] = NLA_POLICY_RANGE(NLA_U32, 1,
						    LBVS_ON_EXPIRY_MAX),
	[LBVS_A_AGENT_MAX] = { .type = NLA_REJECT },
};

const struct nla_policy lbvs_nl_agent_epoch_policy[] = {
	[LBVS_A_AGENT_NAME] = LBVS_NL_NAME,
	[LBVS_A_AGENT_EPOCH] = { .type = NLA_U32 },
	[LBVS_A_AGENT_MAX] = { .type = NLA_REJECT },
};

const struct nla_policy lbvs_nl_agent_get_policy[] = {
	[LBVS_A_AGENT_NAME] = LBVS_NL_NAME,
	[LBVS_A_AGENT_MAX] = { .type = NLA_REJECT },
};

static int read_agent(struct genl_info *info, struct lbvs_agent_cfg *cfg)
{
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_AGENT_NAME) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_AGENT_LEASE))
		return -EINVAL;
	lbvs_nl_read_name(attrs[LBVS_A_AGENT_NAME], cfg->name);
	cfg->lease = nla_get_u32(attrs[LBVS_A_AGENT_LEASE]);
	if (attrs[LBVS_A_AGENT_GRACE])
		cfg->grace = nla_get_u32(attrs[LBVS_A_AGENT_GRACE]);
	if (attrs[LBVS_A_AGENT_ON_EXPIRY])
		cfg->on_expiry = nla_get_u32(attrs[LBVS_A_AGENT_ON_EXPIRY]);
	return 0;
}

/* Made before the agent is: whoever is one has its epoch. */
static struct sk_buff *prepare_answer(struct genl_info *info, void **header)
{
	struct sk_buff *answer;

	answer = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!answer)
		return NULL;
	*header = genlmsg_put_reply(answer, info, &lbvs_nl_family, 0,
				    LBVS_CMD_AGENT_NEW);
	if (*header)
		return answer;
	nlmsg_free(answer);
	return NULL;
}

/* There is room: two small attributes and a name in a whole page. */
static int put_answer(struct sk_buff *answer, struct lbvs_net *ln,
		      const struct lbvs_agent *agent)
{
	u32 generation = rcu_dereference_protected(ln->ruleset,
						   lockdep_is_held(&ln->config_lock))->generation;

	return nla_put_u32(answer, LBVS_A_AGENT_GENERATION, generation) ||
	       nla_put_string(answer, LBVS_A_AGENT_NAME, agent->cfg.name) ||
	       nla_put_u32(answer, LBVS_A_AGENT_EPOCH, agent->epoch) ?
		-EMSGSIZE : 0;
}

/**
 * lbvs_nl_agent_new_doit - LBVS_CMD_AGENT_NEW
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_agent_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_agent_cfg cfg = {
		.grace = LBVS_GRACE_DEFAULT,
		.on_expiry = LBVS_ON_EXPIRY_HOLD,
	};
	struct lbvs_refusal refusal = {};
	struct lbvs_agent *agent;
	struct sk_buff *answer;
	void *header;
	int err;

	err = read_agent(info, &cfg);
	if (err)
		return err;
	answer = prepare_answer(info, &header);
	if (!answer)
		return -ENOMEM;

	mutex_lock(&ln->config_lock);
	agent = lbvs_agent_register(ln, &cfg, info->snd_portid, &refusal);
	err = IS_ERR(agent) ? PTR_ERR(agent) : put_answer(answer, ln, agent);
	mutex_unlock(&ln->config_lock);
	if (err) {
		nlmsg_free(answer);
		lbvs_nl_explain(info, &refusal);
		return err;
	}
	genlmsg_end(answer, header);
	return genlmsg_reply(answer, info);
}

/**
 * lbvs_nl_agent_renew_doit - LBVS_CMD_AGENT_RENEW
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_agent_renew_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_refusal refusal = {};
	char name[LBVS_NAME_SIZE];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_AGENT_NAME) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_AGENT_EPOCH))
		return -EINVAL;
	lbvs_nl_read_name(info->attrs[LBVS_A_AGENT_NAME], name);

	mutex_lock(&ln->config_lock);
	err = lbvs_agent_renew(ln, name,
			       nla_get_u32(info->attrs[LBVS_A_AGENT_EPOCH]),
			       info->snd_portid, &refusal);
	mutex_unlock(&ln->config_lock);
	lbvs_nl_explain(info, &refusal);
	return err;
}

/**
 * lbvs_nl_agent_del_doit - LBVS_CMD_AGENT_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_agent_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *epoch = info->attrs[LBVS_A_AGENT_EPOCH];
	struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct lbvs_refusal refusal = {};
	char name[LBVS_NAME_SIZE];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_AGENT_NAME))
		return -EINVAL;
	lbvs_nl_read_name(info->attrs[LBVS_A_AGENT_NAME], name);

	mutex_lock(&ln->config_lock);
	if (epoch)
		err = lbvs_agent_leave(ln, name, nla_get_u32(epoch), &refusal);
	else
		err = lbvs_agent_remove(ln, name, &refusal);
	mutex_unlock(&ln->config_lock);
	/* Only what an agent's own requests have can be pointed at. */
	lbvs_nl_explain(info, &refusal);
	return err;
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct lbvs_net *ln, const struct lbvs_agent *agent)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &lbvs_nl_family, NLM_F_MULTI,
			     LBVS_CMD_AGENT_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	if (nla_put_u32(skb, LBVS_A_GENERATION, cb->seq - 1) ||
	    lbvs_attr_put_agent(skb, ln, agent)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

/**
 * lbvs_nl_agent_get_dumpit - LBVS_CMD_AGENT_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * The cursor is the greatest identity shown so far: agents are listed in the
 * order in which they came.
 *
 * Return: length of the message.
 */
int lbvs_nl_agent_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct lbvs_net *ln = lbvs_net(sock_net(skb->sk));
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	const struct nlattr *name = lbvs_dump_attrs(cb)[LBVS_A_AGENT_NAME];
	const struct lbvs_agent *agent;

	rcu_read_lock();
	lbvs_nl_dump_ruleset(skb, cb);
	list_for_each_entry_rcu(agent, &ln->agents, node) {
		if (agent->id <= cursor->id ||
		    lbvs_nl_name_differs(name, agent->cfg.name))
			continue;
		if (dump_one(skb, cb, ln, agent))
			break;
		cursor->id = agent->id;
	}
	rcu_read_unlock();
	return skb->len;
}
