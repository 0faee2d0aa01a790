/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of other modules that come with the kernel. They are asked for
 * when ours is loaded, and loaded if need be: so insmod of one file is enough
 * on any gateway, also where nothing has loaded them yet.
 */
#ifndef _LBVS_BORROW_H
#define _LBVS_BORROW_H

#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netfilter/ipv6/nf_reject.h>

#define LBVS_BORROWED(X)            \
	X(nf_ct_frag6_gather) \
	X(nf_send_reset)      \
	X(nf_send_reset6)     \
	X(nf_send_unreach)    \
	X(nf_send_unreach6)

/* A pointer to each, under its own name. */
struct lbvs_borrowed {
#define LBVS_BORROW_FIELD(symbol) typeof(&symbol) symbol;
	LBVS_BORROWED(LBVS_BORROW_FIELD)
#undef LBVS_BORROW_FIELD
};

extern struct lbvs_borrowed lbvs_borrowed;

int lbvs_borrow_setup(void);
void lbvs_borrow_teardown(void);

#endif /* _LBVS_BORROW_H */
