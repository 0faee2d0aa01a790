// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is remembered has no names, only identities. They are looked up in a list
 * that is made first: of all that may be met, as it was called at that moment.
 */
#include "netlink.h"
#include "affinity.h"
#include "compat.h"

#include <linux/bsearch.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/sock.h>

const struct nla_policy lbvs_nl_affinity_policy[] = {
	[LBVS_A_AFFINITY_CLIENT_ADDR] = LBVS_NL_ADDR,
	[LBVS_A_AFFINITY_POOL] = LBVS_NL_NAME,
	[LBVS_A_AFFINITY_SERVICE] = LBVS_NL_NAME,
	[LBVS_A_AFFINITY_REAL] = LBVS_NL_NAME,
	[LBVS_A_AFFINITY_MAX] = { .type = NLA_REJECT },
};

/**
 * struct name - a name
 * @id: what of: an owner, see lbvs_affinity_owner(), or a real.
 * @pool: name of the pool.
 * @name: name of the service, "" if all share it; or of the real.
 */
struct name {
	u64 id;
	char pool[LBVS_NAME_SIZE];
	char name[LBVS_NAME_SIZE];
};

struct names {
	u32 n;
	struct name *names;
};

/**
 * struct filter - which clients are meant
 * @owner: those of this owner; 0: any.
 * @pool: those of services of this pool, or NULL.
 * @real: those of reals of this name, or NULL.
 * @client: those that mean this address.
 * @family: its family; 0: any address.
 */
struct filter {
	u64 owner;
	const char *pool;
	const char *real;
	union nf_inet_addr client;
	u8 family;
};

/**
 * struct reading - clients that are gone through
 * @affinity: all of them, or NULL: there are none.
 * @owners: whose they are.
 * @reals: what reals there are.
 * @all: without exception, those too that nobody goes by any more.
 * @filter: which are meant. Its names point into the request, which netlink
 *	keeps until a dump is done.
 * @bucket: which bucket is next.
 */
struct reading {
	const struct lbvs_affinity *affinity;
	struct names owners;
	struct names reals;
	bool all;
	struct filter filter;
	u32 bucket;
};

/* A client that is meant. Returns 0, or -errno to stop. */
typedef int (*visitor)(struct reading *reading,
		       const struct lbvs_affinity_entry *entry,
		       const struct name *owner, const struct name *real,
		       void *arg);

static int compare_names(const void *left, const void *right)
{
	const struct name *a = left, *b = right;

	return a->id < b->id ? -1 : a->id > b->id;
}

static const struct name *find_name(const struct names *names, u64 id)
{
	const struct name key = { .id = id };

	return bsearch(&key, names->names, names->n, sizeof(key), compare_names);
}

static int make_names(struct names *names, u32 room)
{
	names->names = kvcalloc(room, sizeof(*names->names), GFP_KERNEL_ACCOUNT);
	return names->names || !room ? 0 : -ENOMEM;
}

static void add_name(struct names *names, u64 id, const char *pool,
		     const char *word)
{
	struct name *name = &names->names[names->n++];

	name->id = id;
	strscpy(name->pool, pool, sizeof(name->pool));
	strscpy(name->name, word, sizeof(name->name));
}

static void sort_names(struct names *names)
{
	sort(names->names, names->n, sizeof(*names->names), compare_names, NULL);
}

static bool has_own(const struct lbvs_rule *rule)
{
	return rule->cfg.persist_scope == LBVS_PERSIST_SCOPE_SERVICE;
}

static int name_owners(struct names *names, const struct lbvs_ruleset *ruleset)
{
	u32 i;

	if (make_names(names, ruleset->n_rules))
		return -ENOMEM;
	for (i = 0; i < ruleset->n_rules; i++) {
		const struct lbvs_rule *rule = ruleset->rules[i];

		if (rule->affinity)
			add_name(names, rule->affinity_owner,
				 rule->pool->cfg.name,
				 has_own(rule) ? rule->cfg.name : "");
		cond_resched();
	}
	sort_names(names);
	return 0;
}

static int name_reals(struct names *names, const struct lbvs_ruleset *ruleset)
{
	u32 n = 0;
	u32 i, j;

	for (i = 0; i < ruleset->n_pools; i++)
		n += ruleset->pools[i]->n_reals;
	if (make_names(names, n))
		return -ENOMEM;
	for (i = 0; i < ruleset->n_pools; i++) {
		const struct lbvs_pool *pool = ruleset->pools[i];

		for (j = 0; j < pool->n_reals; j++)
			add_name(names, pool->reals[j]->id, pool->cfg.name,
				 pool->reals[j]->cfg.name);
		cond_resched();
	}
	sort_names(names);
	return 0;
}

/* A service of which nothing is remembered has the owner of nobody. */
static void read_service(const struct nlattr *attr,
			 const struct lbvs_ruleset *ruleset,
			 struct filter *filter)
{
	int index = lbvs_ruleset_find_rule(ruleset, nla_data(attr));

	filter->owner = U64_MAX;
	if (index >= 0 && ruleset->rules[index]->affinity)
		filter->owner = ruleset->rules[index]->affinity_owner;
}

static void read_filter(struct nlattr **attrs,
			const struct lbvs_ruleset *ruleset,
			struct filter *filter)
{
	if (attrs[LBVS_A_AFFINITY_SERVICE])
		read_service(attrs[LBVS_A_AFFINITY_SERVICE], ruleset, filter);
	if (attrs[LBVS_A_AFFINITY_POOL])
		filter->pool = nla_data(attrs[LBVS_A_AFFINITY_POOL]);
	if (attrs[LBVS_A_AFFINITY_REAL])
		filter->real = nla_data(attrs[LBVS_A_AFFINITY_REAL]);
	if (attrs[LBVS_A_AFFINITY_CLIENT_ADDR])
		lbvs_nl_read_addr(attrs[LBVS_A_AFFINITY_CLIENT_ADDR],
				  &filter->client, &filter->family);
}

static void end_reading(struct reading *reading)
{
	kvfree(reading->owners.names);
	kvfree(reading->reals.names);
	kfree(reading);
}

static struct reading *begin_reading(struct lbvs_net *ln, struct nlattr **attrs,
				     struct netlink_ext_ack *extack)
{
	const struct nlattr *client = attrs[LBVS_A_AFFINITY_CLIENT_ADDR];
	const struct lbvs_ruleset *ruleset;
	struct reading *reading;
	int err;

	if (client && lbvs_nl_valid_addr(client, extack))
		return ERR_PTR(-EINVAL);
	reading = kzalloc(sizeof(*reading), GFP_KERNEL);
	if (!reading)
		return ERR_PTR(-ENOMEM);

	mutex_lock(&ln->config_lock);
	ruleset = rcu_dereference_protected(ln->ruleset,
					    lockdep_is_held(&ln->config_lock));
	reading->affinity = ln->affinity;
	read_filter(attrs, ruleset, &reading->filter);
	err = name_owners(&reading->owners, ruleset);
	if (!err)
		err = name_reals(&reading->reals, ruleset);
	mutex_unlock(&ln->config_lock);

	if (err) {
		end_reading(reading);
		return ERR_PTR(err);
	}
	return reading;
}

/* Those without names are remembered by nobody, or with a real that is gone. */
static bool is_meant(const struct reading *reading,
		     const struct lbvs_affinity_entry *entry,
		     const struct name *owner, const struct name *real)
{
	const struct filter *filter = &reading->filter;

	if (!owner || !real)
		return reading->all;
	return (!filter->owner || filter->owner == entry->who.owner) &&
	       (!filter->pool || !strcmp(filter->pool, owner->pool)) &&
	       (!filter->real || !strcmp(filter->real, real->name)) &&
	       (!filter->family ||
		lbvs_affinity_covers(&entry->who, &filter->client,
				     filter->family));
}

static int visit_bucket(struct reading *reading, visitor visit, void *arg)
{
	struct lbvs_affinity_entry entries[LBVS_AFFINITY_WAYS];
	u32 n = lbvs_affinity_read(reading->affinity, reading->bucket, entries);
	u32 i;
	int err;

	for (i = 0; i < n; i++) {
		const struct name *owner, *real;

		owner = find_name(&reading->owners, entries[i].who.owner);
		real = find_name(&reading->reals, entries[i].real_id);
		if (!is_meant(reading, &entries[i], owner, real))
			continue;
		err = visit(reading, &entries[i], owner, real, arg);
		if (err)
			return err;
	}
	return 0;
}

static bool is_done(const struct reading *reading)
{
	return !reading->affinity ||
	       reading->bucket == lbvs_affinity_buckets(reading->affinity);
}

static struct reading **reading_of(struct netlink_callback *cb)
{
	return (struct reading **)cb->ctx;
}

/**
 * lbvs_nl_affinity_get_start - begin LBVS_CMD_AFFINITY_GET
 * @cb: the dump.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_affinity_get_start(struct netlink_callback *cb)
{
	struct reading *reading;

	reading = begin_reading(lbvs_net(sock_net(cb->skb->sk)),
				lbvs_dump_attrs(cb), cb->extack);
	if (IS_ERR(reading))
		return PTR_ERR(reading);
	*reading_of(cb) = reading;
	return 0;
}

/**
 * lbvs_nl_affinity_get_done - end LBVS_CMD_AFFINITY_GET
 * @cb: the dump.
 *
 * Return: 0.
 */
int lbvs_nl_affinity_get_done(struct netlink_callback *cb)
{
	end_reading(*reading_of(cb));
	return 0;
}

static int put_affinity(struct sk_buff *skb,
			const struct lbvs_affinity_entry *entry,
			const struct name *owner, const struct name *real)
{
	s64 left = entry->expires - get_jiffies_64();

	if (lbvs_attr_put_addr(skb, LBVS_A_AFFINITY_CLIENT_ADDR,
			       &entry->who.client, entry->who.family) ||
	    nla_put_u32(skb, LBVS_A_AFFINITY_CLIENT_PREFIX,
			entry->who.prefix) ||
	    nla_put_string(skb, LBVS_A_AFFINITY_POOL, owner->pool) ||
	    nla_put_string(skb, LBVS_A_AFFINITY_REAL, real->name) ||
	    nla_put_u32(skb, LBVS_A_AFFINITY_EXPIRES,
			left > 0 ? jiffies_to_msecs(left) : 0))
		return -EMSGSIZE;
	if (!*owner->name)
		return 0;
	return nla_put_string(skb, LBVS_A_AFFINITY_SERVICE, owner->name);
}

struct message {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int show(struct reading *reading, const struct lbvs_affinity_entry *entry,
		const struct name *owner, const struct name *real, void *arg)
{
	const struct message *message = arg;
	struct netlink_callback *cb = message->cb;
	void *header;

	header = genlmsg_put(message->skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &lbvs_nl_family, NLM_F_MULTI,
			     LBVS_CMD_AFFINITY_GET);
	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(message->skb, LBVS_A_AFFINITY_GENERATION, cb->seq - 1) ||
	    put_affinity(message->skb, entry, owner, real)) {
		genlmsg_cancel(message->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(message->skb, header);
	return 0;
}

/**
 * lbvs_nl_affinity_get_dumpit - LBVS_CMD_AFFINITY_GET
 * @skb: the message to fill.
 * @cb: the dump.
 *
 * Clients come and go by themselves, so such a dump is never marked as
 * interrupted.
 *
 * Return: length of the message, or -EMSGSIZE.
 */
int lbvs_nl_affinity_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct message message = { .skb = skb, .cb = cb };
	struct reading *reading = *reading_of(cb);
	int err = 0;

	rcu_read_lock();
	lbvs_nl_dump_ruleset(skb, cb);
	rcu_read_unlock();
	while (!is_done(reading) && !err) {
		unsigned char *mark = skb_tail_pointer(skb);

		/* All clients of a bucket, or none. */
		err = visit_bucket(reading, show, &message);
		if (err)
			nlmsg_trim(skb, mark);
		else
			reading->bucket++;
		cond_resched();
	}
	return skb->len ? skb->len : err;
}

static int forget(struct reading *reading,
		  const struct lbvs_affinity_entry *entry,
		  const struct name *owner, const struct name *real, void *arg)
{
	u32 *count = arg;

	if (lbvs_affinity_forget(reading->affinity, reading->bucket, entry))
		++*count;
	return 0;
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
				   LBVS_CMD_AFFINITY_DEL);
	if (!header ||
	    nla_put_u32(skb, LBVS_A_AFFINITY_GENERATION, generation) ||
	    nla_put_u32(skb, LBVS_A_AFFINITY_COUNT, count)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/**
 * lbvs_nl_affinity_del_doit - LBVS_CMD_AFFINITY_DEL
 * @skb: the request.
 * @info: the request, parsed.
 *
 * Return: 0 or -errno.
 */
int lbvs_nl_affinity_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct reading *reading;
	u32 count = 0;

	reading = begin_reading(lbvs_net(genl_info_net(info)), info->attrs,
				info->extack);
	if (IS_ERR(reading))
		return PTR_ERR(reading);
	reading->all = !reading->filter.owner && !reading->filter.pool &&
		       !reading->filter.real && !reading->filter.family;
	for (; !is_done(reading); reading->bucket++) {
		visit_bucket(reading, forget, &count);
		cond_resched();
	}
	end_reading(reading);
	return answer_count(info, count);
}
