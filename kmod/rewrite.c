// SPDX-License-Identifier: GPL-2.0-or-later
#include "rewrite.h"

/**
 * lbvs_rewrite_is_outer_open - is the checksum of a tunnel's own header open?
 * @skb: a packet of a tunnel, CHECKSUM_PARTIAL.
 * @thoff: offset of the tunnel's transport header from skb->data.
 *
 * Of two headers in a tunnel one is left open: the inner one, unless the tunnel is
 * to be cut into segments and has checksums of its own. Not inline: other packets
 * shall not pay for it.
 *
 * Context: softirq or process.
 * Return: true when it is.
 */
bool lbvs_rewrite_is_outer_open(const struct sk_buff *skb, unsigned int thoff)
{
	return skb_checksum_start_offset(skb) == (int)thoff ||
	       (skb_is_gso(skb) &&
		skb_shinfo(skb)->gso_type & SKB_GSO_UDP_TUNNEL_CSUM);
}
