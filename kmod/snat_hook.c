// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hooks of their own, there from the first service on that says "snat auto": who
 * has none pays nothing.
 *
 *   PRE_ROUTING   before the one of hook.c, and so before conntrack: packets of
 *                 reals get the client as their destination. The gateway's
 *                 address may be that of a service, too.
 *   POST_ROUTING  before the one of hook.c, after NAT: packets of clients get the
 *                 gateway's address as their source.
 *   LOCAL_OUT     errors of the gateway about a packet that has its own address
 *                 as the source already: to the client, not to itself.
 */
#include "snat_hook.h"
#include "fragment.h"
#include "hook.h"
#include "icmp.h"
#include "member.h"
#include "snat.h"

#include <linux/netfilter_ipv4.h>
#include <linux/slab.h>

#define LBVS_PRI_FROM_REAL   (NF_IP_PRI_CONNTRACK - 2)
#define LBVS_PRI_FROM_CLIENT (NF_IP_PRI_CONNTRACK_CONFIRM - 2)

static enum lbvs_verdict translate(struct lbvs_packet *p, enum lbvs_dir dir)
{
	if (!p->is_error)
		return lbvs_snat_translate(p, dir);
	return dir == LBVS_REQUEST ? lbvs_icmp_request(p, p->ln->snats) :
				     lbvs_icmp_reply(p, p->ln->snats);
}

static unsigned int look(struct lbvs_net *ln, struct sk_buff *skb, u8 family,
			 u32 slot, enum lbvs_dir dir)
{
	struct lbvs_packet p LBVS_UNINITIALIZED;
	enum lbvs_verdict verdict;

	if (lbvs_snat_none(ln) || (!lbvs_member_filter_test(ln, slot) &&
				   !lbvs_hook_may_be_error(skb, family)))
		return NF_ACCEPT;
	p.ln = ln;
	verdict = lbvs_packet_parse(&p, skb, family);
	if (verdict == LBVS_NEXT)
		verdict = translate(&p, dir);
	return lbvs_hook_answer(verdict);
}

/* Among what is translated, a request is what the real sends. */
static unsigned int from_real(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	enum lbvs_verdict verdict = lbvs_fragment_gather(priv, skb, state);

	if (verdict != LBVS_NEXT)
		return lbvs_hook_answer(verdict);
	return look(priv, skb, state->pf,
		    lbvs_hook_source(skb, state->pf, LBVS_MEMBER_BITS),
		    LBVS_REQUEST);
}

static unsigned int from_client(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	return look(priv, skb, state->pf,
		    lbvs_hook_destination(skb, state->pf, LBVS_MEMBER_BITS),
		    LBVS_REPLY);
}

static unsigned int own_error(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct lbvs_packet p LBVS_UNINITIALIZED;
	struct lbvs_net *ln = priv;
	enum lbvs_verdict verdict;

	if (lbvs_snat_none(ln) || !lbvs_hook_may_be_error(skb, state->pf))
		return NF_ACCEPT;
	p.ln = ln;
	verdict = lbvs_packet_parse(&p, skb, state->pf);
	if (verdict != LBVS_NEXT || !p.is_error)
		return NF_ACCEPT;
	verdict = lbvs_icmp_request(&p, ln->snats);
	return lbvs_hook_answer(lbvs_hook_route_again(verdict, skb, state,
						      &p.tuple.dst));
}

static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = from_real,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = LBVS_PRI_FROM_REAL,
	},
	{
		.hook = own_error,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = LBVS_PRI_FROM_REAL,
	},
	{
		.hook = from_client,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = LBVS_PRI_FROM_CLIENT,
	},
};

/**
 * lbvs_snat_hook_register - let packets come by whose source is translated
 * @ln: the network namespace.
 *
 * Does nothing when they do already. They go on to until there are no services:
 * flows outlive the setting.
 *
 * Context: process, config_lock held.
 * Return: 0 or -errno.
 */
int lbvs_snat_hook_register(struct lbvs_net *ln)
{
	struct nf_hook_ops *ops;
	unsigned int i;
	int err;

	lockdep_assert_held(&ln->config_lock);

	if (ln->snat_hooks)
		return 0;
	err = lbvs_snat_init(ln);
	if (err)
		return err;
	ops = kmemdup(hook_ops, sizeof(hook_ops), GFP_KERNEL_ACCOUNT);
	if (!ops)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hook_ops); i++)
		ops[i].priv = ln;
	err = nf_register_net_hooks(ln->net, ops, ARRAY_SIZE(hook_ops));
	if (err) {
		kfree(ops);
		return err;
	}
	ln->snat_hooks = ops;
	return 0;
}

/**
 * lbvs_snat_hook_unregister - let them go by
 * @ln: the network namespace.
 *
 * Does nothing when none come by.
 *
 * Context: process; config_lock held, or the namespace is going away.
 */
void lbvs_snat_hook_unregister(struct lbvs_net *ln)
{
	if (!ln->snat_hooks)
		return;
	nf_unregister_net_hooks(ln->net, ln->snat_hooks, ARRAY_SIZE(hook_ops));
	/* Those who list hooks read the array under RCU. */
	synchronize_net();
	kfree(ln->snat_hooks);
	ln->snat_hooks = NULL;
}
