// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fast path opens flows where nobody else has a hook on the packet's way:
 * then nobody misses it. And a flow that knows its route goes past the hooks
 * that there were when it learned that. So the gc looks once a second whether
 * there are others by now, or the reverse path is to be checked: then all
 * routes are forgotten, and the next packets go through the stack.
 */
#include "onlooker.h"
#include "arm.h"

#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rcupdate.h>
#include <net/xfrm.h>

/*
 * Nobody but us hooked here, and whoever has the one priority that is known to
 * be harmless?
 */
static bool is_ours_alone(const struct lbvs_net *ln,
			  const struct nf_hook_entries *entries, int harmless)
{
	struct nf_hook_ops **ops;
	unsigned int i;

	if (!entries)
		return true;
	ops = nf_hook_entries_get_hook_ops(entries);
	for (i = 0; i < entries->num_hook_entries; i++)
		if (entries->hooks[i].priv != ln &&
		    READ_ONCE(ops[i])->priority != harmless)
			return false;
	return true;
}

static bool has_policies(const struct net *net)
{
#ifdef CONFIG_XFRM
	return net->xfrm.policy_count[XFRM_POLICY_FWD] ||
	       net->xfrm.policy_count[XFRM_POLICY_OUT];
#else
	return false;
#endif
}

/**
 * lbvs_onlooker_none - does nobody else want to see packets in the stack?
 * @ln: network namespace.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 *
 * What does no harm: defragmentation, as packets on the fast path are whole;
 * and AppArmor (alone at this priority in POST_ROUTING), which looks at packets
 * with a security mark that a local socket sends.
 *
 * Context: under RCU.
 * Return: true when nobody does.
 */
bool lbvs_onlooker_none(const struct lbvs_net *ln, u8 family)
{
	const struct netns_nf *nf = &ln->net->nf;
	struct nf_hook_entries __rcu *const *hooks;

	hooks = family == NFPROTO_IPV4 ? nf->hooks_ipv4 : nf->hooks_ipv6;
	return !has_policies(ln->net) &&
	       is_ours_alone(ln, rcu_dereference(hooks[NF_INET_PRE_ROUTING]),
			     NF_IP_PRI_CONNTRACK_DEFRAG) &&
	       is_ours_alone(ln, rcu_dereference(hooks[NF_INET_FORWARD]),
			     INT_MIN) &&
	       is_ours_alone(ln, rcu_dereference(hooks[NF_INET_POST_ROUTING]),
			     NF_IP_PRI_SELINUX_FIRST);
}

static u32 sum_of_hooks(struct nf_hook_entries __rcu *const *hooks, u32 sum)
{
	static const u8 places[] = {
		NF_INET_PRE_ROUTING, NF_INET_FORWARD, NF_INET_POST_ROUTING,
	};
	const struct nf_hook_entries *entries;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		entries = rcu_dereference(hooks[places[i]]);
		for (j = 0; entries && j < entries->num_hook_entries; j++)
			sum = jhash(&entries->hooks[j],
				    sizeof(entries->hooks[j]), sum);
		/* Which place a hook is at counts as well. */
		sum = jhash_1word(i, sum);
	}
	return sum;
}

static u32 sum_of_arms(const struct lbvs_net *ln, u32 sum)
{
	const struct lbvs_arm *arm;
	struct in_device *in_dev;

	list_for_each_entry_rcu(arm, &ln->arms, siblings) {
		in_dev = __in_dev_get_rcu(arm->dev);
		if (in_dev)
			sum = jhash_2words(arm->number, IN_DEV_RPFILTER(in_dev),
					   sum);
	}
	return sum;
}

/**
 * lbvs_onlooker_changed - are there others now than when this was last asked?
 * @ln: network namespace.
 *
 * Context: process.
 * Return: true when there are.
 */
bool lbvs_onlooker_changed(struct lbvs_net *ln)
{
	u32 before = READ_ONCE(ln->onlookers);
	u32 sum;

	rcu_read_lock();
	sum = sum_of_hooks(ln->net->nf.hooks_ipv4, 0);
	sum = sum_of_hooks(ln->net->nf.hooks_ipv6, sum);
	sum = sum_of_arms(ln, sum);
	rcu_read_unlock();

	WRITE_ONCE(ln->onlookers, sum);
	return sum != before;
}
