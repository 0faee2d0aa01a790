/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fast path: from the ingress of one arm straight out of another. */
#ifndef _LBVS_FASTPATH_H
#define _LBVS_FASTPATH_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

unsigned int lbvs_fastpath_ingress(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state);

#endif /* _LBVS_FASTPATH_H */
