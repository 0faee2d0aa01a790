/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gateway's own IPv4 addresses. */
#ifndef _LBVS_LOCAL_H
#define _LBVS_LOCAL_H

#include <linux/bitops.h>
#include <linux/rcupdate.h>

#include "net.h"
#include "types.h"

/* A bit for each slot that one of the addresses has. */
struct lbvs_local {
	DECLARE_BITMAP(slots, 1 << LBVS_LOCAL_BITS);
	struct rcu_head rcu;
};

/**
 * lbvs_local_test - may an address be one of the gateway's?
 * @ln: network namespace.
 * @addr: the address.
 *
 * Context: under RCU.
 * Return: false when surely it is none.
 */
static inline bool lbvs_local_test(const struct lbvs_net *ln, __be32 addr)
{
	return test_bit(lbvs_filter_slot_ipv4(addr, LBVS_LOCAL_BITS),
			rcu_dereference(ln->local)->slots);
}

int lbvs_local_init(struct lbvs_net *ln);
void lbvs_local_exit(struct lbvs_net *ln);
int lbvs_local_setup(void);
void lbvs_local_teardown(void);

#endif /* _LBVS_LOCAL_H */
