// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"
#include "verdict.h"

#include <linux/rcupdate.h>

#define LBVS_NL_VERDICT_NAMES                               \
	[LBVS_A_VERDICT_GENERATION] = { .type = NLA_U32 },  \
	[LBVS_A_VERDICT_POOL] = LBVS_NL_NAME,               \
	[LBVS_A_VERDICT_REAL] = LBVS_NL_NAME,               \
	[LBVS_A_VERDICT_CHECK] = LBVS_NL_NAME,              \
	[LBVS_A_VERDICT_MAX] = { .type = NLA_REJECT }

const struct nla_policy lbvs_nl_verdict_set_policy[] = {
	LBVS_NL_VERDICT_NAMES,
	[LBVS_A_VERDICT_STATE] = NLA_POLICY_RANGE(NLA_U32,
						  LBVS_VERDICT_STATE_UP,
						  LBVS_VERDICT_STATE_MAX),
	[LBVS_A_VERDICT_REASON] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, lbvs_nl_valid_text,
				       LBVS_REASON_SIZE - 1),
};

const struct nla_policy lbvs_nl_verdict_del_policy[] = {
	LBVS_NL_VERDICT_NAMES,
};

const struct nla_policy lbvs_nl_verdict_get_policy[] = {
	[LBVS_A_VERDICT_POOL] = LBVS_NL_NAME,
	[LBVS_A_VERDICT_REAL] = LBVS_NL_NAME,
	[LBVS_A_VERDICT_CHECK] = LBVS_NL_NAME,
	[LBVS_A_VERDICT_MAX] = { .type = NLA_REJECT },
};

static int read_names(struct genl_info *info, struct lbvs_verdict_edit *edit)
{
	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_VERDICT_POOL) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_VERDICT_REAL))
		return -EINVAL;
	lbvs_nl_read_name(info->attrs[LBVS_A_VERDICT_POOL], edit->pool);
	lbvs_nl_read_name(info->attrs[LBVS_A_VERDICT_REAL], edit->real);
	lbvs_nl_read_name(info->attrs[LBVS_A_VERDICT_CHECK], edit->check);
	return 0;
}

/**
 * lbvs_nl_verdict_set_doit - LBVS_CMD_VERDICT_SET
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_verdict_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_verdict_edit edit = {};

	if (read_names(info, &edit) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_VERDICT_STATE))
		return -EINVAL;
	edit.state = nla_get_u32(info->attrs[LBVS_A_VERDICT_STATE]);
	if (info->attrs[LBVS_A_VERDICT_REASON])
		nla_strscpy(edit.reason, info->attrs[LBVS_A_VERDICT_REASON],
			    sizeof(edit.reason));
	return lbvs_nl_apply_now(info, lbvs_verdict_set, &edit);
}

/**
 * lbvs_nl_verdict_del_doit - LBVS_CMD_VERDICT_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_verdict_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lbvs_verdict_edit edit = {};

	if (read_names(info, &edit))
		return -EINVAL;
	return lbvs_nl_apply_now(info, lbvs_verdict_del, &edit);
}

static bool check_is_meant(const struct nlattr *filter,
			   const struct lbvs_subject *subject)
{
	if (!filter)
		return true;
	return subject->check >= 0 &&
	       !nla_strcmp(filter, subject->pool->cfg.checks[subject->check]);
}

/* The cursor counts the verdicts of a pool: 1 + checks for each real. */
static int dump_pool(struct sk_buff *skb, struct netlink_callback *cb,
		     struct lbvs_subject *subject, struct nlattr **attrs)
{
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	u32 per_real = 1 + subject->pool->cfg.n_checks;

	for (; cursor->inner < subject->pool->n_reals * per_real;
	     cursor->inner++) {
		subject->real = subject->pool->reals[cursor->inner / per_real];
		subject->check = (int)(cursor->inner % per_real) - 1;
		if (lbvs_nl_name_differs(attrs[LBVS_A_VERDICT_REAL],
					 subject->real->cfg.name) ||
		    !check_is_meant(attrs[LBVS_A_VERDICT_CHECK], subject))
			continue;
		if (lbvs_nl_dump_one(skb, cb, LBVS_CMD_VERDICT_GET,
				     lbvs_attr_put_verdict, subject))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * lbvs_nl_verdict_get_dumpit - LBVS_CMD_VERDICT_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Return: length of the message.
 */
int lbvs_nl_verdict_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	struct nlattr **attrs = lbvs_dump_attrs(cb);
	struct lbvs_subject subject = {};

	rcu_read_lock();
	subject.ruleset = lbvs_nl_dump_ruleset(skb, cb);
	while (cursor->outer < subject.ruleset->n_pools) {
		subject.pool = subject.ruleset->pools[cursor->outer];
		if (!lbvs_nl_name_differs(attrs[LBVS_A_VERDICT_POOL],
					  subject.pool->cfg.name) &&
		    dump_pool(skb, cb, &subject, attrs))
			break;
		cursor->outer++;
		cursor->inner = 0;
	}
	rcu_read_unlock();
	return skb->len;
}
