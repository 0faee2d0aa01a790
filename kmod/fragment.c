// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Only the first fragment of a datagram has ports, so those that may be ours
 * are put together before all else. The kernel does that, by the same code and
 * in the same queues as for conntrack. But while conntrack has it look at every
 * packet and gather every fragment, we hand it ours alone: the others go on as
 * they came, and packets that are none pay for no hook.
 *
 * Where conntrack does follow packets, it has left no fragments for us.
 */
#include "fragment.h"
#include "borrow.h"
#include "hook.h"
#include "member.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/bottom_half.h>
#include <linux/netfilter_bridge.h>
#include <linux/rcupdate.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>

/* By its addresses: of a request, or of a reply. */
static bool is_known(const struct lbvs_net *ln, const struct sk_buff *skb,
		     u8 family)
{
	u32 destination = lbvs_hook_destination(skb, family, LBVS_VIP_BITS);
	u32 source = lbvs_hook_source(skb, family, LBVS_MEMBER_BITS);

	return lbvs_ruleset_filter_test(rcu_dereference(ln->ruleset),
					destination) ||
	       lbvs_member_filter_test(ln, source);
}

static u32 user_ipv4(const struct sk_buff *skb, unsigned int hook)
{
	if (nf_bridge_in_prerouting(skb))
		return IP_DEFRAG_CONNTRACK_BRIDGE_IN;
	return hook == NF_INET_LOCAL_OUT ? IP_DEFRAG_CONNTRACK_OUT :
					   IP_DEFRAG_CONNTRACK_IN;
}

static u32 user_ipv6(const struct sk_buff *skb, unsigned int hook)
{
	if (nf_bridge_in_prerouting(skb))
		return IP6_DEFRAG_CONNTRACK_BRIDGE_IN;
	return hook == NF_INET_LOCAL_OUT ? IP6_DEFRAG_CONNTRACK_OUT :
					   IP6_DEFRAG_CONNTRACK_IN;
}

static void count_failure(const struct lbvs_net *ln, int err)
{
	if (err != -EINPROGRESS)
		lbvs_stats_inc(ln, LBVS_STAT_DROP_FRAGMENT);
}

/* An error may come from anywhere, about any flow. */
static bool is_ours_ipv4(const struct lbvs_net *ln, const struct sk_buff *skb)
{
	return ip_hdr(skb)->protocol == IPPROTO_ICMP ||
	       is_known(ln, skb, NFPROTO_IPV4);
}

static enum lbvs_verdict gather_ipv4(struct lbvs_net *ln, struct sk_buff *skb,
				     unsigned int hook)
{
	int err;

	if (!is_ours_ipv4(ln, skb))
		return LBVS_NEXT;

	local_bh_disable();
	err = ip_defrag(ln->net, skb, user_ipv4(skb, hook));
	local_bh_enable();
	/* It was kept, or freed. */
	if (err) {
		count_failure(ln, err);
		return LBVS_STOLEN;
	}
	/* It is to be taken apart again, whatever its header says. */
	skb->ignore_df = 1;
	return LBVS_NEXT;
}

/* Returns false when it is no fragment, too. */
static bool is_ours_ipv6(const struct lbvs_net *ln, const struct sk_buff *skb)
{
	const struct frag_hdr *header;
	struct frag_hdr copy;
	unsigned int at = 0;

	if (ipv6_find_hdr(skb, &at, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return false;
	header = skb_header_pointer(skb, at, sizeof(copy), &copy);
	if (!header)
		return false;
	return (header->nexthdr != IPPROTO_UDP &&
		header->nexthdr != IPPROTO_TCP) ||
	       is_known(ln, skb, NFPROTO_IPV6);
}

static enum lbvs_verdict gather_ipv6(struct lbvs_net *ln, struct sk_buff *skb,
				     unsigned int hook)
{
	int err;

	if (!is_ours_ipv6(ln, skb))
		return LBVS_NEXT;

	err = lbvs_borrowed.nf_ct_frag6_gather(ln->net, skb,
					       user_ipv6(skb, hook));
	if (!err)
		return LBVS_NEXT;
	count_failure(ln, err);
	return err == -EINPROGRESS ? LBVS_STOLEN : LBVS_DROP;
}

/**
 * lbvs_fragment_gather - let fragments that may be ours be put together
 * @ln: network namespace.
 * @skb: a packet, also one that is no fragment.
 * @state: the hook, PRE_ROUTING or LOCAL_OUT.
 *
 * Context: any hook of the IP stack, under RCU.
 * Return: LBVS_NEXT for a packet that is whole, by now or ever, and for fragments
 * of others; else the fragment is no longer the caller's to see.
 */
enum lbvs_verdict lbvs_fragment_gather(struct lbvs_net *ln, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	if (!lbvs_fragment_possible(skb, state->pf))
		return LBVS_NEXT;
	if (state->pf == NFPROTO_IPV4)
		return gather_ipv4(ln, skb, state->hook);
	return gather_ipv6(ln, skb, state->hook);
}
