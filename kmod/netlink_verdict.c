// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"
#include "verdict.h"

#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/sock.h>

#define LBVS_NL_VERDICT_NAMES                               \
	[LBVS_A_VERDICT_GENERATION] = { .type = NLA_U32 },  \
	[LBVS_A_VERDICT_POOL] = LBVS_NL_NAME,               \
	[LBVS_A_VERDICT_REAL] = LBVS_NL_NAME,               \
	[LBVS_A_VERDICT_CHECK] = LBVS_NL_NAME,              \
	[LBVS_A_VERDICT_MAX] = { .type = NLA_REJECT }

#define LBVS_NL_VERDICT_SETTINGS                                            \
	[LBVS_A_VERDICT_STATE] =                                            \
		NLA_POLICY_RANGE(NLA_U32, LBVS_VERDICT_STATE_UP,            \
				 LBVS_VERDICT_STATE_MAX),                   \
	[LBVS_A_VERDICT_SHARE] =                                            \
		NLA_POLICY_RANGE(NLA_U32, 1, LBVS_SHARE_FULL),              \
	[LBVS_A_VERDICT_REASON] =                                           \
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, lbvs_nl_valid_text,  \
				       LBVS_REASON_SIZE - 1)

static const struct nla_policy entry_policy[LBVS_A_VERDICT_MAX + 1] = {
	[LBVS_A_VERDICT_POOL] = LBVS_NL_NAME,
	[LBVS_A_VERDICT_REAL] = LBVS_NL_NAME,
	[LBVS_A_VERDICT_CHECK] = LBVS_NL_NAME,
	LBVS_NL_VERDICT_SETTINGS,
};

static const struct nla_policy list_policy[LBVS_A_VERDICTS_MAX + 1] = {
	[LBVS_A_VERDICTS_ENTRY] = NLA_POLICY_NESTED(entry_policy),
};

const struct nla_policy lbvs_nl_verdict_set_policy[] = {
	LBVS_NL_VERDICT_NAMES,
	LBVS_NL_VERDICT_SETTINGS,
	[LBVS_A_VERDICT_AGENT] = LBVS_NL_NAME,
	[LBVS_A_VERDICT_EPOCH] = { .type = NLA_U32 },
	[LBVS_A_VERDICT_LIST] = NLA_POLICY_NESTED(list_policy),
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

static void read_names(struct nlattr **attrs, struct lbvs_verdict_edit *edit)
{
	lbvs_nl_read_name(attrs[LBVS_A_VERDICT_POOL], edit->pool);
	lbvs_nl_read_name(attrs[LBVS_A_VERDICT_REAL], edit->real);
	lbvs_nl_read_name(attrs[LBVS_A_VERDICT_CHECK], edit->check);
}

/* The verdict of a request, or of an entry in its list. */
static int read_verdict(struct nlattr **attrs, struct nlattr *nest,
			struct lbvs_verdict_edit *edit,
			struct netlink_ext_ack *extack)
{
	if (NL_REQ_ATTR_CHECK(extack, nest, attrs, LBVS_A_VERDICT_POOL) ||
	    NL_REQ_ATTR_CHECK(extack, nest, attrs, LBVS_A_VERDICT_REAL) ||
	    NL_REQ_ATTR_CHECK(extack, nest, attrs, LBVS_A_VERDICT_STATE))
		return -EINVAL;
	read_names(attrs, edit);
	edit->state = nla_get_u32(attrs[LBVS_A_VERDICT_STATE]);
	edit->share = LBVS_SHARE_FULL;
	if (attrs[LBVS_A_VERDICT_SHARE])
		edit->share = nla_get_u32(attrs[LBVS_A_VERDICT_SHARE]);
	if (attrs[LBVS_A_VERDICT_REASON])
		nla_strscpy(edit->reason, attrs[LBVS_A_VERDICT_REASON],
			    sizeof(edit->reason));
	return 0;
}

static u32 count_entries(const struct nlattr *list)
{
	const struct nlattr *entry;
	u32 n = 0;
	int rem;

	nla_for_each_nested(entry, list, rem)
		n++;
	return n;
}

static int read_list(struct genl_info *info, struct lbvs_verdict_edits *edits)
{
	struct nlattr *attrs[LBVS_A_VERDICT_MAX + 1];
	struct nlattr *entry;
	int rem, err;
	u32 i = 0;

	nla_for_each_nested(entry, info->attrs[LBVS_A_VERDICT_LIST], rem) {
		err = nla_parse_nested(attrs, LBVS_A_VERDICT_MAX, entry,
				       entry_policy, info->extack);
		if (!err)
			err = read_verdict(attrs, entry, &edits->edits[i++],
					   info->extack);
		if (err)
			return err;
	}
	return 0;
}

/* Beside a list there is nothing that is in its entries. */
static int check_list(struct genl_info *info)
{
	static const u16 in_entries[] = {
		LBVS_A_VERDICT_POOL, LBVS_A_VERDICT_REAL, LBVS_A_VERDICT_CHECK,
		LBVS_A_VERDICT_STATE, LBVS_A_VERDICT_REASON,
		LBVS_A_VERDICT_SHARE,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(in_entries); i++) {
		if (!info->attrs[in_entries[i]])
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[in_entries[i]],
				    "a request with a list has its verdicts in there");
		return -EINVAL;
	}
	return 0;
}

static int read_agent(struct genl_info *info, struct lbvs_verdict_edits *edits)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[LBVS_A_VERDICT_AGENT] &&
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_VERDICT_EPOCH))
		return -EINVAL;
	if (attrs[LBVS_A_VERDICT_EPOCH] &&
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_VERDICT_AGENT))
		return -EINVAL;
	lbvs_nl_read_name(attrs[LBVS_A_VERDICT_AGENT], edits->agent);
	if (attrs[LBVS_A_VERDICT_EPOCH])
		edits->epoch = nla_get_u32(attrs[LBVS_A_VERDICT_EPOCH]);
	return 0;
}

static int read_edits(struct genl_info *info, struct lbvs_verdict_edits *edits)
{
	int err = read_agent(info, edits);

	if (err)
		return err;
	if (!edits->is_list)
		return read_verdict(info->attrs, NULL, edits->edits,
				    info->extack);
	err = check_list(info);
	return err ?: read_list(info, edits);
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
	const struct nlattr *list = info->attrs[LBVS_A_VERDICT_LIST];
	struct lbvs_verdict_edits *edits;
	u32 n = list ? count_entries(list) : 1;
	int err;

	/* A request has 64 KiB at most, and so has its list. */
	edits = kvzalloc(struct_size(edits, edits, n), GFP_KERNEL);
	if (!edits)
		return -ENOMEM;
	edits->is_list = list;
	edits->n = n;
	err = read_edits(info, edits);
	if (!err)
		err = lbvs_nl_apply_health(info, lbvs_verdict_set, edits);
	kvfree(edits);
	return err;
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

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_VERDICT_POOL) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_VERDICT_REAL))
		return -EINVAL;
	read_names(info->attrs, &edit);
	return lbvs_nl_apply_health(info, lbvs_verdict_del, &edit);
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
	subject.ln = lbvs_net(sock_net(skb->sk));
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
