// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "flow.h"
#include "stats.h"

#include <linux/rcupdate.h>

/* Room for all counters, with the lines that explain them, in one message. */
#define LBVS_STATS_SIZE 8192

const struct nla_policy lbvs_nl_stats_get_policy[] = {
	[LBVS_A_STATS_MAX] = { .type = NLA_REJECT },
};

static int put_stat(struct sk_buff *skb, const struct lbvs_net *ln,
		    enum lbvs_stat stat)
{
	const struct lbvs_stat_info *info = &lbvs_stat_infos[stat];
	struct nlattr *nest = nla_nest_start(skb, LBVS_A_STATS_STAT);

	if (!nest || nla_put_string(skb, LBVS_A_STAT_NAME, info->name) ||
	    nla_put_u64_64bit(skb, LBVS_A_STAT_VALUE, lbvs_stats_sum(ln, stat),
			      LBVS_A_STAT_PAD) ||
	    nla_put_string(skb, LBVS_A_STAT_HELP, info->help))
		return -EMSGSIZE;
	if (info->drop && nla_put_flag(skb, LBVS_A_STAT_DROP))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_sizes(struct sk_buff *skb, const struct lbvs_net *ln)
{
	const struct lbvs_ruleset *ruleset;
	u32 generation, pools, services;

	rcu_read_lock();
	ruleset = rcu_dereference(ln->ruleset);
	generation = ruleset->generation;
	pools = ruleset->n_pools;
	services = ruleset->n_rules;
	rcu_read_unlock();

	return nla_put_u32(skb, LBVS_A_STATS_GENERATION, generation) ||
	       nla_put_u32(skb, LBVS_A_STATS_POOLS, pools) ||
	       nla_put_u32(skb, LBVS_A_STATS_SERVICES, services) ||
	       nla_put_u32(skb, LBVS_A_STATS_FLOWS,
			   lbvs_flow_count(ln)) ||
	       nla_put_u32(skb, LBVS_A_STATS_FLOWS_MAX,
			   lbvs_flow_max(ln)) ||
	       nla_put_u32(skb, LBVS_A_STATS_FLOW_BYTES,
			   sizeof(struct lbvs_flow)) ||
	       nla_put_u32(skb, LBVS_A_STATS_FLOW_BUCKETS,
			   lbvs_flow_buckets(ln)) ?
		-EMSGSIZE : 0;
}

/**
 * lbvs_nl_stats_get_doit - LBVS_CMD_STATS_GET
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct lbvs_net *ln = lbvs_net(genl_info_net(info));
	struct sk_buff *answer;
	void *header;
	int stat;

	answer = genlmsg_new(LBVS_STATS_SIZE, GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	header = genlmsg_put_reply(answer, info, &lbvs_nl_family, 0,
				   LBVS_CMD_STATS_GET);
	if (!header || put_sizes(answer, ln))
		goto err_free;
	for (stat = 0; stat < LBVS_STAT_COUNT; stat++)
		if (put_stat(answer, ln, stat))
			goto err_free;
	genlmsg_end(answer, header);
	return genlmsg_reply(answer, info);

err_free:
	nlmsg_free(answer);
	return -EMSGSIZE;
}
