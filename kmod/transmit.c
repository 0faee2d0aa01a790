// SPDX-License-Identifier: GPL-2.0-or-later
#include "transmit.h"
#include "packet.h"

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
	lbvs_packet_set_control(skb, family);
	skb_dst_set_noref(skb, dst);
	READ_ONCE(neighbour->output)(neighbour, skb);
}
