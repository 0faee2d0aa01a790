// SPDX-License-Identifier: GPL-2.0-or-later
#include "reject.h"
#include "borrow.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>

static void reject_ipv4(const struct lbvs_packet *p, unsigned int hook)
{
	if (lbvs_packet_is_tcp(p))
		lbvs_borrowed.nf_send_reset(p->ln->net, NULL, p->skb, hook);
	else
		lbvs_borrowed.nf_send_unreach(p->skb, ICMP_PORT_UNREACH, hook);
}

static void reject_ipv6(const struct lbvs_packet *p, unsigned int hook)
{
	if (lbvs_packet_is_tcp(p))
		lbvs_borrowed.nf_send_reset6(p->ln->net, NULL, p->skb, hook);
	else
		lbvs_borrowed.nf_send_unreach6(p->ln->net, p->skb,
					       ICMPV6_PORT_UNREACH, hook);
}

/**
 * lbvs_reject - refuse a request in the service's name
 * @p: the packet, not rewritten.
 * @hook: the netfilter hook it is in.
 *
 * TCP gets a reset (RFC 9293, section 3.10.7.1), so that the client knows at
 * once and tries elsewhere; a reset is never answered. UDP gets an ICMP port
 * unreachable. The caller counts.
 *
 * Context: softirq or process, under RCU.
 * Return: LBVS_DROP.
 */
enum lbvs_verdict lbvs_reject(const struct lbvs_packet *p, unsigned int hook)
{
	/* At PRE_ROUTING there is nothing else in it yet; and those who call that
	 * hook theirs may be at the ingress of an arm.
	 */
	if (hook == NF_INET_PRE_ROUTING)
		lbvs_packet_set_control(p->skb, p->tuple.family);
	if (p->tuple.family == NFPROTO_IPV4)
		reject_ipv4(p, hook);
	else
		reject_ipv6(p, hook);
	return LBVS_DROP;
}
