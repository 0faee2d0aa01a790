// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"
#include "flow.h"

#include <linux/in.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/sock.h>

const struct nla_policy lbvs_nl_flow_policy[] = {
	[LBVS_A_FLOW_PROTO] = { .type = NLA_U8 },
	[LBVS_A_FLOW_CLIENT_ADDR] = LBVS_NL_ADDR,
	[LBVS_A_FLOW_CLIENT_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[LBVS_A_FLOW_SERVICE] = LBVS_NL_NAME,
	[LBVS_A_FLOW_POOL] = LBVS_NL_NAME,
	[LBVS_A_FLOW_REAL] = LBVS_NL_NAME,
	[LBVS_A_FLOW_MAX] = { .type = NLA_REJECT },
};

/**
 * struct flow_dump - a dump of flows; lives in cb->ctx
 * @iter: where it stands.
 * @filter: which flows are meant. Its names point into the request, which
 *	netlink keeps until the dump is done.
 */
struct flow_dump {
	struct rhashtable_iter iter;
	struct lbvs_flow_filter filter;
};

static const char *read_string(const struct nlattr *attr)
{
	return attr ? nla_data(attr) : NULL;
}

static void read_filter(struct nlattr **attrs, struct lbvs_flow_filter *filter)
{
	memset(filter, 0, sizeof(*filter));
	filter->service = read_string(attrs[LBVS_A_FLOW_SERVICE]);
	filter->pool = read_string(attrs[LBVS_A_FLOW_POOL]);
	filter->real = read_string(attrs[LBVS_A_FLOW_REAL]);
	if (attrs[LBVS_A_FLOW_PROTO])
		filter->proto = nla_get_u8(attrs[LBVS_A_FLOW_PROTO]);
	if (attrs[LBVS_A_FLOW_CLIENT_PORT])
		filter->port = htons(nla_get_u16(attrs[LBVS_A_FLOW_CLIENT_PORT]));
	if (attrs[LBVS_A_FLOW_CLIENT_ADDR])
		lbvs_nl_read_addr(attrs[LBVS_A_FLOW_CLIENT_ADDR],
				  &filter->client, &filter->family);
}

static struct flow_dump **dump_of(struct netlink_callback *cb)
{
	return (struct flow_dump **)cb->ctx;
}

/**
 * lbvs_nl_flow_get_start - begin LBVS_CMD_FLOW_GET
 * @cb: the dump.
 *
 * Return: 0 or -ENOMEM.
 */
int lbvs_nl_flow_get_start(struct netlink_callback *cb)
{
	struct lbvs_net *ln = lbvs_net(sock_net(cb->skb->sk));
	const struct nlattr *client;
	struct flow_dump *dump;

	client = lbvs_dump_attrs(cb)[LBVS_A_FLOW_CLIENT_ADDR];
	if (client && lbvs_nl_valid_addr(client, cb->extack))
		return -EINVAL;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	read_filter(lbvs_dump_attrs(cb), &dump->filter);
	lbvs_flow_table_walk_enter(ln, &dump->iter);
	*dump_of(cb) = dump;
	return 0;
}

/**
 * lbvs_nl_flow_get_done - end LBVS_CMD_FLOW_GET
 * @cb: the dump.
 *
 * Return: 0.
 */
int lbvs_nl_flow_get_done(struct netlink_callback *cb)
{
	struct flow_dump *dump = *dump_of(cb);

	rhashtable_walk_exit(&dump->iter);
	kfree(dump);
	return 0;
}

struct put_flow {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int put_flow(struct lbvs_flow *flow, void *arg)
{
	struct put_flow *to = arg;
	void *header;

	header = genlmsg_put(to->skb, NETLINK_CB(to->cb->skb).portid,
			     to->cb->nlh->nlmsg_seq, &lbvs_nl_family,
			     NLM_F_MULTI, LBVS_CMD_FLOW_GET);
	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(to->skb, LBVS_A_FLOW_GENERATION, to->cb->seq - 1) ||
	    lbvs_attr_put_flow(to->skb, flow)) {
		genlmsg_cancel(to->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(to->skb, header);
	return 0;
}

/**
 * lbvs_nl_flow_get_dumpit - LBVS_CMD_FLOW_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Flows come and go by themselves, so such a dump is never marked as
 * interrupted.
 *
 * Return: length of the message.
 */
int lbvs_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct flow_dump *dump = *dump_of(cb);
	struct put_flow to = { .skb = skb, .cb = cb };

	rcu_read_lock();
	lbvs_nl_dump_ruleset(skb, cb);
	rcu_read_unlock();
	lbvs_flow_table_walk(&dump->iter, &dump->filter, put_flow, &to);
	return skb->len;
}

static int answer_count(struct genl_info *info, u32 count)
{
	const struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct sk_buff *skb;
	u32 generation;
	void *header;

	rcu_read_lock();
	generation = rcu_dereference(ln->ruleset)->generation;
	rcu_read_unlock();

	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, &lbvs_nl_family, 0,
				   LBVS_CMD_FLOW_DEL);
	if (!header || nla_put_u32(skb, LBVS_A_FLOW_GENERATION, generation) ||
	    nla_put_u32(skb, LBVS_A_FLOW_COUNT, count)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/**
 * lbvs_nl_flow_del_doit - LBVS_CMD_FLOW_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_flow_filter filter;
	const struct nlattr *client = info->attrs[LBVS_A_FLOW_CLIENT_ADDR];
	u32 count;

	if (client && lbvs_nl_valid_addr(client, info->extack))
		return -EINVAL;
	read_filter(info->attrs, &filter);
	count = lbvs_flow_table_sweep(lbvs_net(genl_info_net(info)), &filter);
	return answer_count(info, count);
}
