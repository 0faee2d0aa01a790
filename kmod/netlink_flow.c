// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"
#include "flow.h"

#include <linux/in.h>
#include <linux/sched.h>
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
 * struct flow_dump - a dump of flows; cb->ctx points to it
 * @cursor: where it stands.
 * @done: that is the end.
 * @sent: flows of the bucket at the cursor that earlier messages have taken.
 * @met: flows of it that have been met this time.
 * @skb: the message that is filled just now.
 * @cb: the dump to netlink.
 * @filter: which flows are meant. Its names point into the request, which
 *	netlink keeps until the dump is done.
 */
struct flow_dump {
	u32 cursor;
	bool done;
	u32 sent;
	u32 met;
	struct sk_buff *skb;
	struct netlink_callback *cb;
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
	const struct nlattr *client;
	struct flow_dump *dump;

	client = lbvs_dump_attrs(cb)[LBVS_A_FLOW_CLIENT_ADDR];
	if (client && lbvs_nl_valid_addr(client, cb->extack))
		return -EINVAL;
	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	read_filter(lbvs_dump_attrs(cb), &dump->filter);
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
	kfree(*dump_of(cb));
	return 0;
}

static int put_message(const struct flow_dump *dump, struct lbvs_flow *flow)
{
	void *header;

	header = genlmsg_put(dump->skb, NETLINK_CB(dump->cb->skb).portid,
			     dump->cb->nlh->nlmsg_seq, &lbvs_nl_family,
			     NLM_F_MULTI, LBVS_CMD_FLOW_GET);
	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(dump->skb, LBVS_A_FLOW_GENERATION, dump->cb->seq - 1) ||
	    lbvs_attr_put_flow(dump->skb, flow)) {
		genlmsg_cancel(dump->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(dump->skb, header);
	return 0;
}

static int put_flow(struct lbvs_flow *flow, void *arg)
{
	struct flow_dump *dump = arg;
	int err = 0;

	if (!lbvs_flow_gc_matches(flow, &dump->filter))
		return 0;
	if (dump->met >= dump->sent)
		err = put_message(dump, flow);
	if (!err)
		dump->met++;
	return err;
}

/*
 * All flows of a bucket, or none and -EMSGSIZE: what comes and goes between two
 * messages moves those behind it. Only where a message cannot take them all, as
 * when there was no memory for more buckets, is it as many as fit.
 */
static int put_bucket(struct lbvs_net *ln, struct flow_dump *dump)
{
	unsigned char *mark = skb_tail_pointer(dump->skb);
	bool empty = !dump->skb->len;
	int err;

	dump->met = 0;
	err = lbvs_flow_table_step(ln, &dump->cursor, put_flow, dump);
	if (!err) {
		dump->sent = 0;
		dump->done = !dump->cursor;
	} else if (empty) {
		dump->sent = dump->met;
	} else {
		nlmsg_trim(dump->skb, mark);
	}
	return err;
}

/**
 * lbvs_nl_flow_get_dumpit - LBVS_CMD_FLOW_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Flows come and go by themselves, so such a dump is never marked as
 * interrupted.
 *
 * Return: length of the message, or -EMSGSIZE.
 */
int lbvs_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lbvs_net *ln = lbvs_net(sock_net(cb->skb->sk));
	struct flow_dump *dump = *dump_of(cb);
	int err = 0;

	dump->skb = skb;
	dump->cb = cb;
	rcu_read_lock();
	lbvs_nl_dump_ruleset(skb, cb);
	rcu_read_unlock();
	while (!dump->done && !err) {
		err = put_bucket(ln, dump);
		cond_resched();
	}
	return skb->len ? skb->len : err;
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
	count = lbvs_flow_gc_sweep(lbvs_net(genl_info_net(info)), &filter);
	return answer_count(info, count);
}
