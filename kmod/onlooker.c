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

/* A chain of a firewall can have any priority. */
static bool is_harmless(const struct nf_hook_ops *ops, int priority)
{
	return ops->priority == priority &&
	       ops->hook_ops_type == NF_HOOK_OP_UNDEFINED;
}

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
		    !is_harmless(READ_ONCE(ops[i]), harmless))
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

/* Where packets that are forwarded pass hooks, and who does no harm there. */
static const struct {
	u8 hook;
	int harmless;
} places[LBVS_ONLOOKER_PLACES] = {
	{ NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK_DEFRAG },
	{ NF_INET_FORWARD, INT_MIN },
	{ NF_INET_POST_ROUTING, NF_IP_PRI_SELINUX_FIRST },
};

static struct nf_hook_entries __rcu *const *hooks_of(const struct lbvs_net *ln,
						     u8 family)
{
	const struct netns_nf *nf = &ln->net->nf;

	return family == NFPROTO_IPV4 ? nf->hooks_ipv4 : nf->hooks_ipv6;
}

static const void **known_of(struct lbvs_net *ln, u8 family)
{
	return ln->known_hooks[family == NFPROTO_IPV6];
}

/* Each place is known for itself: CPUs that do this together do no harm. */
static noinline bool look_closely(struct lbvs_net *ln, u8 family)
{
	struct nf_hook_entries __rcu *const *hooks = hooks_of(ln, family);
	const void **known = known_of(ln, family);
	const struct nf_hook_entries *entries;
	unsigned int i;

	for (i = 0; i < LBVS_ONLOOKER_PLACES; i++) {
		entries = rcu_dereference(hooks[places[i].hook]);
		if (!is_ours_alone(ln, entries, places[i].harmless))
			return false;
		WRITE_ONCE(known[i], entries);
	}
	return true;
}

static __always_inline bool is_known(struct nf_hook_entries __rcu *const *hooks,
				     const void **known)
{
	return rcu_access_pointer(hooks[NF_INET_PRE_ROUTING]) ==
		       READ_ONCE(known[0]) &&
	       rcu_access_pointer(hooks[NF_INET_FORWARD]) ==
		       READ_ONCE(known[1]) &&
	       rcu_access_pointer(hooks[NF_INET_POST_ROUTING]) ==
		       READ_ONCE(known[2]);
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
 * Whoever hooks or goes makes netfilter write a new array. So an array that was
 * looked at needs no second look; unless two changes later another is at its
 * place in memory, which is why the gc forgets them all each second.
 *
 * Context: under RCU.
 * Return: true when nobody does.
 */
bool lbvs_onlooker_none(struct lbvs_net *ln, u8 family)
{
	if (has_policies(ln->net))
		return false;
	return likely(is_known(hooks_of(ln, family), known_of(ln, family))) ||
	       look_closely(ln, family);
}

static u32 sum_of_hooks(struct nf_hook_entries __rcu *const *hooks, u32 sum)
{
	const struct nf_hook_entries *entries;
	unsigned int i, j;

	for (i = 0; i < LBVS_ONLOOKER_PLACES; i++) {
		entries = rcu_dereference(hooks[places[i].hook]);
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

static void forget_known(struct lbvs_net *ln)
{
	unsigned int i;

	for (i = 0; i < LBVS_ONLOOKER_PLACES; i++) {
		WRITE_ONCE(ln->known_hooks[0][i], NULL);
		WRITE_ONCE(ln->known_hooks[1][i], NULL);
	}
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

	forget_known(ln);
	WRITE_ONCE(ln->onlookers, sum);
	return sum != before;
}
