/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arms: the devices that the fast path works between. */
#ifndef _LBVS_ARM_H
#define _LBVS_ARM_H

#include <linux/list.h>
#include <linux/netfilter.h>

#include "net.h"
#include "types.h"

struct net_device;

/**
 * struct lbvs_arm - an arm
 * @siblings: entry in the namespace's list. Protected by RTNL.
 * @dev: the device. While it is registered; the arm goes before it does.
 * @ops: our hook at its ingress.
 */
struct lbvs_arm {
	struct list_head siblings;
	struct net_device *dev;
	struct nf_hook_ops ops;
};

int lbvs_arm_add(struct lbvs_net *ln, const char *name,
		 struct lbvs_refusal *refusal);
int lbvs_arm_del(struct lbvs_net *ln, const char *name,
		 struct lbvs_refusal *refusal);
void lbvs_arm_del_all(struct lbvs_net *ln);
void lbvs_arm_init(struct lbvs_net *ln);

int lbvs_arm_setup(void);
void lbvs_arm_teardown(void);

#endif /* _LBVS_ARM_H */
