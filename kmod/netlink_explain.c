// SPDX-License-Identifier: GPL-2.0-or-later
#include "netlink.h"
#include "choose.h"
#include "compat.h"
#include "explain.h"
#include "member.h"
#include "pool.h"
#include "real.h"

#include <linux/in.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/sock.h>

const struct nla_policy lbvs_nl_explain_policy[] = {
	[LBVS_A_EXPLAIN_CLIENT_ADDR] = LBVS_NL_ADDR,
	[LBVS_A_EXPLAIN_CLIENT_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[LBVS_A_EXPLAIN_PROTO] = { .type = NLA_U8 },
	[LBVS_A_EXPLAIN_VIRTUAL_ADDR] = LBVS_NL_ADDR,
	[LBVS_A_EXPLAIN_VIRTUAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[LBVS_A_EXPLAIN_SERVICE] = LBVS_NL_NAME,
	[LBVS_A_EXPLAIN_MAX] = { .type = NLA_REJECT },
};

/**
 * struct explain_dump - a dump; cb->ctx points to it
 * @tuple: the packet that is asked about.
 * @explanation: what would become of it.
 * @name: name of the service.
 * @index: the member that comes next.
 * @begun: it is known what would become of the packet.
 * @done: that is the end.
 */
struct explain_dump {
	struct lbvs_tuple tuple;
	struct lbvs_explanation explanation;
	char name[LBVS_NAME_SIZE];
	u32 index;
	bool begun;
	bool done;
};

static struct explain_dump **dump_of(struct netlink_callback *cb)
{
	return (struct explain_dump **)cb->ctx;
}

static int refuse(struct netlink_callback *cb, int err, u16 attr,
		  const char *why)
{
	const struct nlattr *word = lbvs_dump_attrs(cb)[attr];

	if (word)
		NL_SET_BAD_ATTR(cb->extack, word);
	if (cb->extack)
		cb->extack->_msg = why;
	return err;
}

static int read_addr(struct netlink_callback *cb, u16 attr,
		     union nf_inet_addr *addr, u8 *family)
{
	const struct nlattr *word = lbvs_dump_attrs(cb)[attr];

	if (!word)
		return 0;
	if (lbvs_nl_valid_addr(word, cb->extack))
		return -EINVAL;
	lbvs_nl_read_addr(word, addr, family);
	return 0;
}

static bool has_port(const struct lbvs_service_cfg *cfg, u16 port)
{
	u32 i;

	for (i = 0; i < cfg->n_ports; i++)
		if (cfg->ports[i] == port)
			return true;
	return false;
}

static const struct lbvs_rule *find_named(const struct lbvs_ruleset *ruleset,
					  struct netlink_callback *cb,
					  struct lbvs_tuple *tuple)
{
	const struct nlattr *name = lbvs_dump_attrs(cb)[LBVS_A_EXPLAIN_SERVICE];
	const struct lbvs_service_cfg *cfg;
	int index;

	index = lbvs_ruleset_find_rule(ruleset, nla_data(name));
	if (index < 0)
		return ERR_PTR(refuse(cb, -ENOENT, LBVS_A_EXPLAIN_SERVICE,
				      "there is no service of this name"));
	cfg = &ruleset->rules[index]->cfg;
	if (!tuple->dport)
		tuple->dport = htons(cfg->ports[0]);
	if (!has_port(cfg, ntohs(tuple->dport)))
		return ERR_PTR(refuse(cb, -ENOENT, LBVS_A_EXPLAIN_VIRTUAL_PORT,
				      "the service has no such port"));
	tuple->dst = cfg->addr;
	tuple->proto = cfg->proto;
	return ruleset->rules[index];
}

static const struct lbvs_rule *find_rule(const struct lbvs_ruleset *ruleset,
					 struct netlink_callback *cb,
					 struct lbvs_tuple *tuple)
{
	const struct lbvs_rule *rule;

	if (lbvs_dump_attrs(cb)[LBVS_A_EXPLAIN_SERVICE])
		return find_named(ruleset, cb, tuple);
	rule = lbvs_ruleset_find(ruleset, tuple);
	if (!rule)
		return ERR_PTR(refuse(cb, -ENOENT, LBVS_A_EXPLAIN_VIRTUAL_ADDR,
				      "there is no service at this address and port"));
	return rule;
}

static int check_client(struct netlink_callback *cb,
			const struct lbvs_rule *rule, u8 family)
{
	const struct lbvs_service_cfg *cfg = &rule->cfg;

	if (family != cfg->family)
		return refuse(cb, -EINVAL, LBVS_A_EXPLAIN_CLIENT_ADDR,
			      "the client's address is of the other family than the service's");
	if (cfg->sched == LBVS_SCHED_MAGLEV && cfg->hash == LBVS_HASH_5TUPLE &&
	    !lbvs_dump_attrs(cb)[LBVS_A_EXPLAIN_CLIENT_PORT])
		return refuse(cb, -EINVAL, LBVS_A_EXPLAIN_CLIENT_ADDR,
			      "the service hashes the client's port too: say which");
	return 0;
}

/* What is asked. The family of @tuple is the client's. */
static int read_tuple(struct netlink_callback *cb, struct lbvs_tuple *tuple)
{
	struct nlattr **attrs = lbvs_dump_attrs(cb);
	u8 family = 0;

	if (!attrs[LBVS_A_EXPLAIN_CLIENT_ADDR])
		return refuse(cb, -EINVAL, LBVS_A_EXPLAIN_CLIENT_ADDR,
			      "the address of the client is missing");
	if (!attrs[LBVS_A_EXPLAIN_SERVICE] &&
	    (!attrs[LBVS_A_EXPLAIN_VIRTUAL_ADDR] ||
	     !attrs[LBVS_A_EXPLAIN_VIRTUAL_PORT] ||
	     !attrs[LBVS_A_EXPLAIN_PROTO]))
		return refuse(cb, -EINVAL, LBVS_A_EXPLAIN_SERVICE,
			      "the service is missing");
	if (read_addr(cb, LBVS_A_EXPLAIN_CLIENT_ADDR, &tuple->src,
		      &tuple->family) ||
	    read_addr(cb, LBVS_A_EXPLAIN_VIRTUAL_ADDR, &tuple->dst, &family))
		return -EINVAL;
	if (family && family != tuple->family)
		return refuse(cb, -EINVAL, LBVS_A_EXPLAIN_CLIENT_ADDR,
			      "the client's address is of the other family than the service's");
	if (attrs[LBVS_A_EXPLAIN_CLIENT_PORT])
		tuple->sport = htons(nla_get_u16(attrs[LBVS_A_EXPLAIN_CLIENT_PORT]));
	if (attrs[LBVS_A_EXPLAIN_VIRTUAL_PORT])
		tuple->dport = htons(nla_get_u16(attrs[LBVS_A_EXPLAIN_VIRTUAL_PORT]));
	if (attrs[LBVS_A_EXPLAIN_PROTO])
		tuple->proto = nla_get_u8(attrs[LBVS_A_EXPLAIN_PROTO]);
	return 0;
}

static int explain(struct netlink_callback *cb, struct explain_dump *dump)
{
	struct lbvs_net *ln = lbvs_net(sock_net(cb->skb->sk));
	const struct lbvs_rule *rule;
	int err;

	rcu_read_lock();
	rule = find_rule(rcu_dereference(ln->ruleset), cb, &dump->tuple);
	err = PTR_ERR_OR_ZERO(rule);
	if (!err)
		err = check_client(cb, rule, dump->tuple.family);
	if (!err) {
		strscpy(dump->name, rule->cfg.name, sizeof(dump->name));
		lbvs_explain(ln, rule, &dump->tuple, &dump->explanation);
	}
	rcu_read_unlock();
	return err;
}

/**
 * lbvs_nl_explain_get_start - begin LBVS_CMD_EXPLAIN_GET
 * @cb: the dump.
 *
 * What is wrong with the request is said by the dump itself: on 6.1 the start of
 * one has no way to say it.
 *
 * Return: 0 or -ENOMEM.
 */
int lbvs_nl_explain_get_start(struct netlink_callback *cb)
{
	struct explain_dump *dump;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	*dump_of(cb) = dump;
	return 0;
}

/**
 * lbvs_nl_explain_get_done - end LBVS_CMD_EXPLAIN_GET
 * @cb: the dump.
 *
 * Return: 0.
 */
int lbvs_nl_explain_get_done(struct netlink_callback *cb)
{
	kfree(*dump_of(cb));
	return 0;
}

static int put_rule(struct sk_buff *skb,
		    const struct lbvs_explanation *explanation)
{
	if (nla_put_u32(skb, LBVS_A_EXPLAIN_RULE, explanation->kind))
		return -EMSGSIZE;
	if (!explanation->table_size)
		return 0;
	return nla_put_u32(skb, LBVS_A_EXPLAIN_SLOT, explanation->slot) ||
	       nla_put_u32(skb, LBVS_A_EXPLAIN_TABLE_SIZE,
			   explanation->table_size) ? -EMSGSIZE : 0;
}

static int put_member(struct sk_buff *skb, const struct lbvs_subject *subject)
{
	const struct lbvs_explanation *explanation = subject->explanation;
	const struct lbvs_rule *rule = subject->rule;
	const struct lbvs_member *member = rule->members[subject->index];
	const struct lbvs_real *real = rule->pool->reals[subject->index];
	u8 passed = explanation->passed[subject->index];

	if (nla_put_string(skb, LBVS_A_EXPLAIN_SERVICE, rule->cfg.name) ||
	    nla_put_string(skb, LBVS_A_EXPLAIN_POOL, rule->pool->cfg.name) ||
	    nla_put_string(skb, LBVS_A_EXPLAIN_REAL, real->cfg.name) ||
	    lbvs_attr_put_addr(skb, LBVS_A_EXPLAIN_ADDR, &real->cfg.addr,
			       real->cfg.family) ||
	    nla_put_u32(skb, LBVS_A_EXPLAIN_ACTIVE_FLOWS,
			atomic_read(&member->flows)) ||
	    lbvs_attr_put_state(skb, subject, passed, LBVS_A_EXPLAIN_STATE,
				LBVS_A_EXPLAIN_CHECK, LBVS_A_EXPLAIN_PARTNER))
		return -EMSGSIZE;
	if (explanation->real_id == real->id)
		return put_rule(skb, explanation);
	return 0;
}

static int put_nobody(struct sk_buff *skb, const struct lbvs_subject *subject)
{
	const struct lbvs_rule *rule = subject->rule;

	return nla_put_string(skb, LBVS_A_EXPLAIN_SERVICE, rule->cfg.name) ||
	       nla_put_string(skb, LBVS_A_EXPLAIN_POOL, rule->pool->cfg.name) ||
	       put_rule(skb, subject->explanation) ? -EMSGSIZE : 0;
}

static int put_rest(struct sk_buff *skb, struct netlink_callback *cb,
		    struct explain_dump *dump, struct lbvs_subject *subject)
{
	for (; dump->index < subject->rule->n_members; dump->index++) {
		subject->index = dump->index;
		if (lbvs_nl_dump_one(skb, cb, LBVS_CMD_EXPLAIN_GET, put_member,
				     subject))
			return -EMSGSIZE;
	}
	if (dump->explanation.real_id)
		return 0;
	return lbvs_nl_dump_one(skb, cb, LBVS_CMD_EXPLAIN_GET, put_nobody,
				subject);
}

static int begin(struct netlink_callback *cb, struct explain_dump *dump)
{
	int err;

	if (dump->begun)
		return 0;
	err = read_tuple(cb, &dump->tuple);
	if (!err)
		err = explain(cb, dump);
	dump->begun = !err;
	return err;
}

/**
 * lbvs_nl_explain_get_dumpit - LBVS_CMD_EXPLAIN_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * When the configuration changes meanwhile the dump is marked as interrupted,
 * and has to be asked for again.
 *
 * Return: length of the message, or -errno.
 */
int lbvs_nl_explain_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct explain_dump *dump = *dump_of(cb);
	struct lbvs_subject subject = { .explanation = &dump->explanation };
	const struct lbvs_ruleset *ruleset;
	int index, err;

	err = begin(cb, dump);
	if (err)
		return err;

	rcu_read_lock();
	ruleset = lbvs_nl_dump_ruleset(skb, cb);
	index = lbvs_ruleset_find_rule(ruleset, dump->name);
	if (index < 0)
		dump->done = true;
	if (!dump->done) {
		subject.ruleset = ruleset;
		subject.rule = ruleset->rules[index];
		dump->done = !put_rest(skb, cb, dump, &subject);
	}
	rcu_read_unlock();
	return skb->len;
}
