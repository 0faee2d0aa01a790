// SPDX-License-Identifier: GPL-2.0-or-later
#include "transmit.h"

/**
 * lbvs_transmit_wait - hand a packet to a neighbour that has to be looked for
 * @skb: the packet.
 * @dst: its route.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @neighbour: who is not known, or not any more.
 *
 * Meanwhile the packet waits with its route; if nobody is found the stack says
 * so to the sender, for which it reads what its own input would have left in
 * the packet.
 *
 * Context: softirq, under RCU.
 */
void lbvs_transmit_wait(struct sk_buff *skb, struct dst_entry *dst, u8 family,
			struct neighbour *neighbour)
{
	if (family == NFPROTO_IPV4) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		IPCB(skb)->iif = skb->skb_iif;
	} else {
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		IP6CB(skb)->iif = skb->skb_iif;
	}
	skb_dst_set_noref(skb, dst);
	READ_ONCE(neighbour->output)(neighbour, skb);
}
