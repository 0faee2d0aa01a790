// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"

#include <linux/rcupdate.h>

const struct nla_policy lbvs_nl_member_get_policy[LBVS_A_MEMBER_MAX + 1] = {
	[LBVS_A_MEMBER_SERVICE] = LBVS_NL_NAME,
	[LBVS_A_MEMBER_POOL] = LBVS_NL_NAME,
	[LBVS_A_MEMBER_REAL] = LBVS_NL_NAME,
	[LBVS_A_MEMBER_EVENT] = { .type = NLA_REJECT },
};

static int dump_rule(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct lbvs_ruleset *ruleset,
		     const struct lbvs_rule *rule, const struct nlattr *real)
{
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);

	for (; cursor->inner < rule->n_members; cursor->inner++) {
		const struct lbvs_subject subject = {
			.ruleset = ruleset,
			.rule = rule,
			.index = cursor->inner,
		};

		if (lbvs_nl_name_differs(real, rule->pool->reals[cursor->inner]
						       ->cfg.name))
			continue;
		if (lbvs_nl_dump_one(skb, cb, LBVS_CMD_MEMBER_GET,
				     lbvs_attr_put_member, &subject))
			return -EMSGSIZE;
	}
	return 0;
}

static bool is_meant(struct nlattr **attrs, const struct lbvs_rule *rule)
{
	return !lbvs_nl_name_differs(attrs[LBVS_A_MEMBER_SERVICE],
				     rule->cfg.name) &&
	       !lbvs_nl_name_differs(attrs[LBVS_A_MEMBER_POOL],
				     rule->pool->cfg.name);
}

/**
 * lbvs_nl_member_get_dumpit - LBVS_CMD_MEMBER_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Return: length of the message.
 */
int lbvs_nl_member_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	struct nlattr **attrs = lbvs_dump_attrs(cb);
	const struct lbvs_ruleset *ruleset;

	rcu_read_lock();
	ruleset = lbvs_nl_dump_ruleset(skb, cb);
	while (cursor->outer < ruleset->n_rules) {
		const struct lbvs_rule *rule = ruleset->rules[cursor->outer];

		if (is_meant(attrs, rule) &&
		    dump_rule(skb, cb, ruleset, rule,
			      attrs[LBVS_A_MEMBER_REAL]))
			break;
		cursor->outer++;
		cursor->inner = 0;
	}
	rcu_read_unlock();
	return skb->len;
}
