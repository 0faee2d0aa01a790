// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slow path: every packet takes the way through the IP stack.
 *
 *   PRE_ROUTING   requests: destination to real. Before conntrack, so that it
 *                 and every firewall see one tuple, client to real; and before
 *                 routing, so that the virtual address need not be local.
 *                 Fragments, of replies too, are put together here.
 *   LOCAL_OUT     the same for clients on the gateway itself, which then needs
 *                 another route.
 *   POST_ROUTING  replies: source to service. After NAT; conntrack still sees
 *                 real to client. Not earlier: with the virtual address as
 *                 source, routing would take a reply for a martian.
 *   LOCAL_IN      the same for clients on the gateway itself.
 *
 * ICMP errors about packets of flows go the same ways, see icmp.c.
 *
 * Most packets may be none of ours. So the hooks that forwarded ones pass are
 * compiled for each family, and leave all but the first look to functions that
 * they call last: it takes a dozen instructions, and no frame on the stack.
 */
#include "hook.h"
#include "arm.h"
#include "flow_find.h"
#include "follow.h"
#include "fragment.h"
#include "icmp.h"
#include "member.h"
#include "open.h"
#include "packet.h"
#include "reset.h"
#include "route.h"
#include "ruleset.h"
#include "snat_hook.h"
#include "stats.h"

#include <linux/bottom_half.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/route.h>

#define LBVS_PRI_REQUEST (NF_IP_PRI_CONNTRACK - 1)
#define LBVS_PRI_REPLY	 (NF_IP_PRI_CONNTRACK_CONFIRM - 1)

static enum lbvs_verdict follow(struct lbvs_packet *p, struct lbvs_flow *flow,
				enum lbvs_dir dir)
{
	const struct lbvs_summary s = lbvs_packet_summary(p);

	if (lbvs_follow(p->ln, p->skb, &s, flow, &flow->nodes[dir],
			LBVS_HOP_STACK) != LBVS_NEXT)
		return LBVS_DROP;
	lbvs_stats_inc(p->ln, LBVS_STAT_PACKETS_SLOW);
	return LBVS_PASS;
}

static enum lbvs_verdict walk_request(struct lbvs_packet *p, unsigned int hook)
{
	enum lbvs_dir dir = LBVS_REQUEST;
	const struct lbvs_rule *rule;
	enum lbvs_verdict verdict;
	struct lbvs_flow *flow;

	if (p->is_error)
		return lbvs_icmp_request(p, p->ln->flows);

	rule = lbvs_ruleset_find(rcu_dereference(p->ln->ruleset), &p->tuple);
	if (!rule)
		return LBVS_PASS;

	flow = lbvs_flow_find(p, &dir);
	if (flow && dir != LBVS_REQUEST)
		return LBVS_PASS;
	if (flow && lbvs_open_anew(flow, p)) {
		if (lbvs_flow_end(p->ln, flow))
			lbvs_stats_inc(p->ln, LBVS_STAT_FLOW_REPLACED);
		flow = NULL;
	}
	if (!flow) {
		verdict = lbvs_open(p, rule, hook, &flow);
		if (verdict != LBVS_NEXT)
			return verdict;
	}
	if (lbvs_flow_is_resetting(flow))
		return lbvs_reset_packet(p, flow, LBVS_REQUEST, hook);
	if (READ_ONCE(p->ln->n_arms))
		this_cpu_write(p->ln->stats->request, p->skb);
	return follow(p, flow, LBVS_REQUEST);
}

static void learn_route(const struct lbvs_packet *p, struct lbvs_flow *flow,
			enum lbvs_dir dir)
{
	if (READ_ONCE(flow->nodes[dir].dst) || lbvs_flow_is_resetting(flow))
		return;
	lbvs_route_learn(flow, dir, p->skb,
			 lbvs_route_genid(p->ln, p->tuple.family),
			 lbvs_arm_number(p->ln, p->skb->skb_iif));
}

/*
 * A request that comes to its end here was rewritten on the way in, just now
 * and on this CPU. It is looked for only to learn its route; where packets go
 * through the stack in batches, the last one of each has to do.
 */
static void learn_request(const struct lbvs_packet *p)
{
	struct lbvs_flow *flow;
	enum lbvs_dir dir;

	flow = lbvs_flow_find_reverse(p, &dir);
	if (flow && dir == LBVS_REPLY)
		learn_route(p, flow, LBVS_REQUEST);
}

static enum lbvs_verdict walk_reply(struct lbvs_packet *p, unsigned int hook,
				    bool learn)
{
	struct lbvs_flow *flow;
	enum lbvs_dir dir;

	if (p->is_error)
		return lbvs_icmp_reply(p, p->ln->flows);

	flow = lbvs_flow_find(p, &dir);
	if (flow && dir == LBVS_REPLY) {
		if (lbvs_flow_is_resetting(flow))
			return lbvs_reset_packet(p, flow, dir, hook);
		if (learn)
			learn_route(p, flow, dir);
		return follow(p, flow, dir);
	}
	if (learn)
		learn_request(p);
	return LBVS_PASS;
}

/**
 * lbvs_hook_answer - what netfilter is told
 * @verdict: what became of the packet.
 *
 * The only place where a verdict becomes netfilter's.
 *
 * Return: NF_ACCEPT, NF_DROP or NF_STOLEN.
 */
unsigned int lbvs_hook_answer(enum lbvs_verdict verdict)
{
	switch (verdict) {
	case LBVS_NEXT:
	case LBVS_PASS:
		return NF_ACCEPT;
	case LBVS_DROP:
		return NF_DROP;
	case LBVS_STOLEN:
		return NF_STOLEN;
	}
	return NF_DROP;
}

static __always_inline bool wants_request(const struct lbvs_net *ln,
					  const struct sk_buff *skb, u8 family)
{
	u32 slot = lbvs_hook_destination(skb, family, LBVS_VIP_BITS);

	return lbvs_ruleset_filter_test(rcu_dereference(ln->ruleset), slot);
}

static enum lbvs_verdict request(struct lbvs_net *ln, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct lbvs_packet p LBVS_UNINITIALIZED;
	enum lbvs_verdict verdict;

	p.ln = ln;
	verdict = lbvs_packet_parse(&p, skb, state->pf);
	if (verdict != LBVS_NEXT)
		return verdict;
	return walk_request(&p, state->hook);
}

/*
 * A request, a fragment, or none of them. A packet that a rule before us sent to
 * a program (NFQUEUE) comes on in the context of that program, with bottom halves
 * on.
 */
static noinline unsigned int look_at_request(void *priv, struct sk_buff *skb,
					     const struct nf_hook_state *state)
{
	enum lbvs_verdict verdict = lbvs_fragment_gather(priv, skb, state);

	if (verdict == LBVS_NEXT && wants_request(priv, skb, state->pf)) {
		local_bh_disable();
		verdict = request(priv, skb, state);
		local_bh_enable();
	}
	return lbvs_hook_answer(verdict);
}

static __always_inline unsigned int
pre_routing(void *priv, struct sk_buff *skb, const struct nf_hook_state *state,
	    const u8 family)
{
	if (likely(!lbvs_fragment_possible(skb, family) &&
		   !wants_request(priv, skb, family)))
		return NF_ACCEPT;
	return look_at_request(priv, skb, state);
}

static unsigned int pre_routing_ipv4(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return pre_routing(priv, skb, state, NFPROTO_IPV4);
}

static unsigned int pre_routing_ipv6(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return pre_routing(priv, skb, state, NFPROTO_IPV6);
}

static __always_inline bool wants_reply(const struct lbvs_net *ln,
					const struct sk_buff *skb, u8 family)
{
	u32 slot = lbvs_hook_source(skb, family, LBVS_MEMBER_BITS);

	return lbvs_member_filter_test(ln, slot) ||
	       this_cpu_read(ln->stats->request) == skb ||
	       lbvs_hook_may_be_error(skb, family);
}

/*
 * LOCAL_OUT and POST_ROUTING of local packets run in process context, where
 * the per-CPU counters and the table want bottom halves off.
 */
static noinline unsigned int look_at_reply(void *priv, struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	struct lbvs_packet p LBVS_UNINITIALIZED;
	const struct lbvs_net *ln = priv;
	enum lbvs_verdict verdict;
	bool learn;

	/* A packet that conntrack follows teaches nothing, nor does one of the
	 * gateway's own sockets, which came in by no arm.
	 */
	learn = READ_ONCE(ln->n_arms) && state->hook == NF_INET_POST_ROUTING &&
		!skb_nfct(skb);

	p.ln = priv;
	verdict = lbvs_packet_parse(&p, skb, state->pf);
	if (verdict == LBVS_NEXT) {
		local_bh_disable();
		verdict = walk_reply(&p, state->hook, learn);
		local_bh_enable();
	}
	return lbvs_hook_answer(verdict);
}

static __always_inline unsigned int
post_routing(void *priv, struct sk_buff *skb, const struct nf_hook_state *state,
	     const u8 family)
{
	if (likely(!wants_reply(priv, skb, family)))
		return NF_ACCEPT;
	return look_at_reply(priv, skb, state);
}

static unsigned int post_routing_ipv4(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	return post_routing(priv, skb, state, NFPROTO_IPV4);
}

static unsigned int post_routing_ipv6(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	return post_routing(priv, skb, state, NFPROTO_IPV6);
}

static unsigned int local_in(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	if (!wants_reply(priv, skb, state->pf))
		return NF_ACCEPT;
	return look_at_reply(priv, skb, state);
}

static int find_route(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		return ip_route_me_harder(state->net, state->sk, skb,
					  RTN_UNSPEC);
	return ip6_route_me_harder(state->net, state->sk, skb);
}

static bool destination_changed(const struct sk_buff *skb, u8 family,
				const union nf_inet_addr *before)
{
	if (family == NFPROTO_IPV4)
		return ip_hdr(skb)->daddr != before->ip;
	return !ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &before->in6);
}

/**
 * lbvs_hook_route_again - give a local packet another route, if it needs one
 * @verdict: what became of it.
 * @skb: the packet.
 * @state: the hook.
 * @before: its destination before.
 *
 * Return: @verdict, or LBVS_DROP when there is no route.
 */
enum lbvs_verdict lbvs_hook_route_again(enum lbvs_verdict verdict,
					struct sk_buff *skb,
					const struct nf_hook_state *state,
					const union nf_inet_addr *before)
{
	if (verdict == LBVS_PASS &&
	    destination_changed(skb, state->pf, before) &&
	    find_route(skb, state) < 0)
		return LBVS_DROP;
	return verdict;
}

static unsigned int local_out(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	enum lbvs_verdict verdict = lbvs_fragment_gather(priv, skb, state);
	union nf_inet_addr before = {};

	if (verdict != LBVS_NEXT || !wants_request(priv, skb, state->pf))
		return lbvs_hook_answer(verdict);
	if (state->pf == NFPROTO_IPV4)
		before.ip = ip_hdr(skb)->daddr;
	else
		before.in6 = ipv6_hdr(skb)->daddr;

	local_bh_disable();
	verdict = request(priv, skb, state);
	local_bh_enable();

	verdict = lbvs_hook_route_again(verdict, skb, state, &before);
	return lbvs_hook_answer(verdict);
}

static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = pre_routing_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = LBVS_PRI_REQUEST,
	},
	{
		.hook = pre_routing_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = LBVS_PRI_REQUEST,
	},
	{
		.hook = local_out,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = LBVS_PRI_REQUEST,
	},
	{
		.hook = post_routing_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = LBVS_PRI_REPLY,
	},
	{
		.hook = post_routing_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = LBVS_PRI_REPLY,
	},
	{
		.hook = local_in,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = LBVS_PRI_REPLY,
	},
};

/**
 * lbvs_hook_register - let packets of a network namespace come by
 * @ln: the namespace.
 *
 * Does nothing when they do already.
 *
 * Context: process, config_lock held.
 * Return: 0 or -errno.
 */
int lbvs_hook_register(struct lbvs_net *ln)
{
	struct nf_hook_ops *ops;
	unsigned int i;
	int err;

	lockdep_assert_held(&ln->config_lock);

	if (ln->hooks)
		return 0;
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
	ln->hooks = ops;
	lbvs_flow_gc_start(ln);
	return 0;
}

/**
 * lbvs_hook_unregister - let packets of a network namespace go by
 * @ln: the namespace.
 *
 * Packets that are in a hook already may go on until the next grace period.
 * Does nothing when none come by.
 *
 * Context: process; config_lock held, or the namespace is going away.
 */
void lbvs_hook_unregister(struct lbvs_net *ln)
{
	if (!ln->hooks)
		return;
	lbvs_flow_gc_stop(ln);
	lbvs_snat_hook_unregister(ln);
	nf_unregister_net_hooks(ln->net, ln->hooks, ARRAY_SIZE(hook_ops));
	/* Those who list hooks read the array under RCU. */
	synchronize_net();
	kfree(ln->hooks);
	ln->hooks = NULL;
}
