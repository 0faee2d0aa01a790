// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "compat.h"

#include <linux/in.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

/* Ranges that do not fit the 16 bits that a policy has for them. */
static struct netlink_range_validation port_range = { .max = U16_MAX };
static struct netlink_range_validation timeout_range = {
	.min = 1,
	.max = LBVS_TIMEOUT_MAX,
};
static struct netlink_range_validation persist_range = {
	.max = LBVS_TIMEOUT_MAX,
};

static int valid_proto(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) == IPPROTO_TCP || nla_get_u8(attr) == IPPROTO_UDP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the protocol is neither TCP nor UDP");
	return -EINVAL;
}

static int valid_ports(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	int n = nla_len(attr) / sizeof(u16);
	u16 port;
	int i;

	if (nla_len(attr) % sizeof(u16) || n < 1 || n > LBVS_PORTS_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a service has 1 to 32 ports");
		return -EINVAL;
	}
	for (i = 0; i < n; i++) {
		memcpy(&port, nla_data(attr) + i * sizeof(port), sizeof(port));
		if (port)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr, "0 is not a port");
		return -EINVAL;
	}
	return 0;
}

static int valid_together(const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	const char *word = nla_data(attr);

	return *word ? lbvs_nl_valid_name(attr, extack) : 0;
}

#define LBVS_NL_TIMEOUT NLA_POLICY_FULL_RANGE(NLA_U32, &timeout_range)

#define LBVS_NL_SERVICE_NAME                                \
	[LBVS_A_SERVICE_GENERATION] = { .type = NLA_U32 },  \
	[LBVS_A_SERVICE_NAME] = LBVS_NL_NAME,               \
	[LBVS_A_SERVICE_EVENT] = { .type = NLA_REJECT }

#define LBVS_NL_SERVICE_SETTINGS                                              \
	[LBVS_A_SERVICE_PORT] =                                               \
		{ .type = NLA_BINARY, .len = LBVS_PORTS_MAX * sizeof(u16) },  \
	[LBVS_A_SERVICE_POOL] = LBVS_NL_NAME,                                 \
	[LBVS_A_SERVICE_SCHED] =                                              \
		NLA_POLICY_RANGE(NLA_U32, 1, LBVS_SCHED_MAX),                 \
	[LBVS_A_SERVICE_HASH] = NLA_POLICY_RANGE(NLA_U32, 1, LBVS_HASH_MAX),  \
	[LBVS_A_SERVICE_HASH_PREFIX] = NLA_POLICY_MAX(NLA_U32, 128),          \
	[LBVS_A_SERVICE_TABLE_SIZE] =                                         \
		{ .type = NLA_U32 },                                          \
	[LBVS_A_SERVICE_REQUIRE] = LBVS_NL_CHECKS,                            \
	[LBVS_A_SERVICE_TO_PORT] =                                            \
		NLA_POLICY_FULL_RANGE(NLA_U32, &port_range),                  \
	[LBVS_A_SERVICE_INITIAL] =                                            \
		NLA_POLICY_RANGE(NLA_U32, 1, LBVS_INITIAL_MAX),               \
	[LBVS_A_SERVICE_ON_DOWN] =                                            \
		NLA_POLICY_RANGE(NLA_U32, 1, LBVS_ON_DOWN_MAX),               \
	[LBVS_A_SERVICE_SNAT] = NLA_POLICY_RANGE(NLA_U32, 1, LBVS_SNAT_MAX),  \
	[LBVS_A_SERVICE_LIMIT_FLOWS] = { .type = NLA_U32 },                   \
	[LBVS_A_SERVICE_LIMIT_RATE] =                                         \
		NLA_POLICY_FULL_RANGE(NLA_U32, &lbvs_nl_rate_range),          \
	[LBVS_A_SERVICE_BOUND] = NLA_POLICY_MAX(NLA_U32, LBVS_BOUND_MAX),     \
	[LBVS_A_SERVICE_PERSIST] =                                            \
		NLA_POLICY_FULL_RANGE(NLA_U32, &persist_range),               \
	[LBVS_A_SERVICE_PERSIST_PREFIX] = NLA_POLICY_MAX(NLA_U32, 128),       \
	[LBVS_A_SERVICE_PERSIST_SCOPE] =                                      \
		NLA_POLICY_RANGE(NLA_U32, 1, LBVS_PERSIST_SCOPE_MAX),         \
	[LBVS_A_SERVICE_TOGETHER] =                                           \
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, valid_together,        \
				       LBVS_NAME_SIZE - 1),                   \
	[LBVS_A_SERVICE_WHEN_EMPTY] =                                         \
		NLA_POLICY_RANGE(NLA_U32, 1, LBVS_WHEN_EMPTY_MAX),            \
	[LBVS_A_SERVICE_TIMEOUT_ESTABLISHED] = LBVS_NL_TIMEOUT,               \
	[LBVS_A_SERVICE_TIMEOUT_SYN] = LBVS_NL_TIMEOUT,                       \
	[LBVS_A_SERVICE_TIMEOUT_FIN] = LBVS_NL_TIMEOUT,                       \
	[LBVS_A_SERVICE_TIMEOUT_CLOSED] = LBVS_NL_TIMEOUT,                    \
	[LBVS_A_SERVICE_TIMEOUT_UDP] = LBVS_NL_TIMEOUT

const struct nla_policy lbvs_nl_service_new_policy[LBVS_A_SERVICE_MAX + 1] = {
	LBVS_NL_SERVICE_NAME,
	LBVS_NL_SERVICE_SETTINGS,
	[LBVS_A_SERVICE_PROTO] = { .type = NLA_U8 },
	[LBVS_A_SERVICE_ADDR] = LBVS_NL_ADDR,
};

const struct nla_policy lbvs_nl_service_set_policy[LBVS_A_SERVICE_MAX + 1] = {
	LBVS_NL_SERVICE_NAME,
	LBVS_NL_SERVICE_SETTINGS,
	[LBVS_A_SERVICE_PROTO] = {
		.type = NLA_REJECT,
		.reject_message = "the protocol of a service can't be changed: add another service",
	},
	[LBVS_A_SERVICE_ADDR] = {
		.type = NLA_REJECT,
		.reject_message = "the address of a service can't be changed: add another service",
	},
};

const struct nla_policy lbvs_nl_service_del_policy[LBVS_A_SERVICE_MAX + 1] = {
	LBVS_NL_SERVICE_NAME,
};

const struct nla_policy lbvs_nl_service_get_policy[LBVS_A_SERVICE_MAX + 1] = {
	[LBVS_A_SERVICE_NAME] = LBVS_NL_NAME,
	[LBVS_A_SERVICE_POOL] = LBVS_NL_NAME,
	[LBVS_A_SERVICE_EVENT] = { .type = NLA_REJECT },
};

static u32 read_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static void read_timeouts(struct nlattr **attrs, u32 *timeouts)
{
	timeouts[LBVS_TIMEOUT_ESTABLISHED] =
		read_u32(attrs[LBVS_A_SERVICE_TIMEOUT_ESTABLISHED]);
	timeouts[LBVS_TIMEOUT_SYN] =
		read_u32(attrs[LBVS_A_SERVICE_TIMEOUT_SYN]);
	timeouts[LBVS_TIMEOUT_FIN] =
		read_u32(attrs[LBVS_A_SERVICE_TIMEOUT_FIN]);
	timeouts[LBVS_TIMEOUT_CLOSED] =
		read_u32(attrs[LBVS_A_SERVICE_TIMEOUT_CLOSED]);
	timeouts[LBVS_TIMEOUT_UDP] =
		read_u32(attrs[LBVS_A_SERVICE_TIMEOUT_UDP]);
}

static void read_ports(const struct nlattr *attr, struct lbvs_service_cfg *cfg)
{
	if (!attr)
		return;
	nla_memcpy(cfg->ports, attr, sizeof(cfg->ports));
	cfg->n_ports = nla_len(attr) / sizeof(*cfg->ports);
}

static int read_service(struct genl_info *info, struct lbvs_service_edit *edit)
{
	struct lbvs_service_cfg *cfg = &edit->cfg;
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_SERVICE_NAME) ||
	    (attrs[LBVS_A_SERVICE_PORT] &&
	     valid_ports(attrs[LBVS_A_SERVICE_PORT], info->extack)))
		return -EINVAL;
	lbvs_nl_read_name(attrs[LBVS_A_SERVICE_NAME], cfg->name);
	lbvs_nl_read_name(attrs[LBVS_A_SERVICE_POOL], edit->pool);
	read_ports(attrs[LBVS_A_SERVICE_PORT], cfg);
	cfg->sched = read_u32(attrs[LBVS_A_SERVICE_SCHED]);
	cfg->hash = read_u32(attrs[LBVS_A_SERVICE_HASH]);
	cfg->when_empty = read_u32(attrs[LBVS_A_SERVICE_WHEN_EMPTY]);
	cfg->initial = read_u32(attrs[LBVS_A_SERVICE_INITIAL]);
	cfg->on_down = read_u32(attrs[LBVS_A_SERVICE_ON_DOWN]);
	cfg->snat = read_u32(attrs[LBVS_A_SERVICE_SNAT]);
	cfg->hash_prefix = read_u32(attrs[LBVS_A_SERVICE_HASH_PREFIX]);
	edit->set_prefix = attrs[LBVS_A_SERVICE_HASH_PREFIX];
	cfg->table_size = read_u32(attrs[LBVS_A_SERVICE_TABLE_SIZE]);
	edit->set_table_size = attrs[LBVS_A_SERVICE_TABLE_SIZE];
	cfg->to_port = read_u32(attrs[LBVS_A_SERVICE_TO_PORT]);
	edit->set_to_port = attrs[LBVS_A_SERVICE_TO_PORT];
	cfg->limits.flows = read_u32(attrs[LBVS_A_SERVICE_LIMIT_FLOWS]);
	edit->set_limit_flows = attrs[LBVS_A_SERVICE_LIMIT_FLOWS];
	cfg->limits.rate = read_u32(attrs[LBVS_A_SERVICE_LIMIT_RATE]);
	edit->set_limit_rate = attrs[LBVS_A_SERVICE_LIMIT_RATE];
	cfg->bound = read_u32(attrs[LBVS_A_SERVICE_BOUND]);
	edit->set_bound = attrs[LBVS_A_SERVICE_BOUND];
	cfg->persist = read_u32(attrs[LBVS_A_SERVICE_PERSIST]);
	edit->set_persist = attrs[LBVS_A_SERVICE_PERSIST];
	cfg->persist_prefix = read_u32(attrs[LBVS_A_SERVICE_PERSIST_PREFIX]);
	edit->set_persist_prefix = attrs[LBVS_A_SERVICE_PERSIST_PREFIX];
	cfg->persist_scope = read_u32(attrs[LBVS_A_SERVICE_PERSIST_SCOPE]);
	lbvs_nl_read_name(attrs[LBVS_A_SERVICE_TOGETHER], cfg->together);
	edit->set_together = attrs[LBVS_A_SERVICE_TOGETHER];
	read_timeouts(attrs, cfg->timeouts);

	if (!attrs[LBVS_A_SERVICE_REQUIRE])
		return 0;
	edit->set_require = true;
	return lbvs_nl_read_checks(attrs[LBVS_A_SERVICE_REQUIRE],
				   edit->require, &edit->n_require,
				   info->extack);
}

static int read_new_service(struct genl_info *info,
			    struct lbvs_service_edit *edit)
{
	struct lbvs_service_cfg *cfg = &edit->cfg;

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_SERVICE_PROTO) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_SERVICE_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_SERVICE_PORT) ||
	    GENL_REQ_ATTR_CHECK(info, LBVS_A_SERVICE_POOL))
		return -EINVAL;
	if (valid_proto(info->attrs[LBVS_A_SERVICE_PROTO], info->extack) ||
	    lbvs_nl_valid_unicast(info->attrs[LBVS_A_SERVICE_ADDR],
				  info->extack))
		return -EINVAL;
	cfg->proto = nla_get_u8(info->attrs[LBVS_A_SERVICE_PROTO]);
	lbvs_nl_read_addr(info->attrs[LBVS_A_SERVICE_ADDR], &cfg->addr,
			  &cfg->family);
	return 0;
}

static int edit_service(struct genl_info *info, lbvs_config_edit how, bool new)
{
	struct lbvs_service_edit *edit;
	int err;

	edit = kzalloc(sizeof(*edit), GFP_KERNEL);
	if (!edit)
		return -ENOMEM;
	err = read_service(info, edit);
	if (!err && new)
		err = read_new_service(info, edit);
	if (!err)
		err = lbvs_nl_apply(info, how, edit);
	kfree(edit);
	return err;
}

/**
 * lbvs_nl_service_new_doit - LBVS_CMD_SERVICE_NEW
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_service_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_service(info, lbvs_config_service_add, true);
}

/**
 * lbvs_nl_service_set_doit - LBVS_CMD_SERVICE_SET
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_service(info, lbvs_config_service_set, false);
}

/**
 * lbvs_nl_service_del_doit - LBVS_CMD_SERVICE_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	char name[LBVS_NAME_SIZE];

	if (GENL_REQ_ATTR_CHECK(info, LBVS_A_SERVICE_NAME))
		return -EINVAL;
	lbvs_nl_read_name(info->attrs[LBVS_A_SERVICE_NAME], name);
	return lbvs_nl_apply(info, lbvs_config_service_del, name);
}

/**
 * lbvs_nl_service_get_dumpit - LBVS_CMD_SERVICE_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Return: length of the message.
 */
int lbvs_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lbvs_nl_cursor *cursor = lbvs_nl_cursor(cb);
	struct nlattr **attrs = lbvs_dump_attrs(cb);
	const struct lbvs_ruleset *ruleset;

	rcu_read_lock();
	ruleset = lbvs_nl_dump_ruleset(skb, cb);
	for (; cursor->outer < ruleset->n_rules; cursor->outer++) {
		const struct lbvs_rule *rule = ruleset->rules[cursor->outer];
		const struct lbvs_subject subject = { .rule = rule };

		if (lbvs_nl_name_differs(attrs[LBVS_A_SERVICE_NAME],
					 rule->cfg.name) ||
		    lbvs_nl_name_differs(attrs[LBVS_A_SERVICE_POOL],
					 rule->pool->cfg.name))
			continue;
		if (lbvs_nl_dump_one(skb, cb, LBVS_CMD_SERVICE_GET,
				     lbvs_attr_put_service, &subject))
			break;
	}
	rcu_read_unlock();
	return skb->len;
}
