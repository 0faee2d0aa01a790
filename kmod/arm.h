/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arms: the devices that the fast path works between. */
#ifndef _LBVS_ARM_H
#define _LBVS_ARM_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rculist.h>

#include "net.h"
#include "types.h"

/**
 * struct lbvs_arm - an arm
 * @ln: the network namespace.
 * @dev: the device. While it is registered; the arm goes before it does.
 * @number: from 1 on, no other arm of the namespace has it.
 * @siblings: entry in the namespace's list.
 * @ops: our hook at its ingress.
 */
struct lbvs_arm {
	struct lbvs_net *ln;
	struct net_device *dev;
	u8 number;
	struct list_head siblings;
	struct nf_hook_ops ops;
};

/**
 * lbvs_arm_number - the arm by which a packet came in
 * @ln: network namespace.
 * @ifindex: index of the device.
 *
 * Context: under RCU.
 * Return: the arm's number, or 0 when the device is none.
 */
static inline u8 lbvs_arm_number(const struct lbvs_net *ln, int ifindex)
{
	const struct lbvs_arm *arm;

	list_for_each_entry_rcu(arm, &ln->arms, siblings)
		if (arm->dev->ifindex == ifindex)
			return arm->number;
	return 0;
}

int lbvs_arm_add(struct lbvs_net *ln, const char *name,
		 struct lbvs_refusal *refusal);
int lbvs_arm_del(struct lbvs_net *ln, const char *name,
		 struct lbvs_refusal *refusal);
void lbvs_arm_del_all(struct lbvs_net *ln);
void lbvs_arm_init(struct lbvs_net *ln);

int lbvs_arm_setup(void);
void lbvs_arm_teardown(void);

#endif /* _LBVS_ARM_H */
