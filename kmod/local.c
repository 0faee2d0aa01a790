// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A packet from outside that has an address of the gateway as its source is
 * refused by the stack. Where that is skipped, somebody has to tell: a filter
 * of addresses, kept up to date by the core's notifier. An address that is new
 * is added to it; when one goes the filter is made anew, as another one may
 * have the same slot. All of that happens under RTNL.
 */
#include "local.h"

#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

static void add_addresses(struct lbvs_local *local, const struct net_device *dev)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rtnl(ifa, in_dev)
		__set_bit(lbvs_filter_slot_ipv4(ifa->ifa_local, LBVS_LOCAL_BITS), local->slots);
}

static int make_anew(struct lbvs_net *ln)
{
	struct lbvs_local *local, *old;
	struct net_device *dev;

	ASSERT_RTNL();

	local = kzalloc(sizeof(*local), GFP_KERNEL);
	if (!local)
		return -ENOMEM;
	for_each_netdev(ln->net, dev)
		add_addresses(local, dev);
	old = rcu_replace_pointer(ln->local, local, lockdep_rtnl_is_held());
	kfree_rcu(old, rcu);
	return 0;
}

static int address_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct lbvs_net *ln = lbvs_net(dev_net(ifa->ifa_dev->dev));

	if (event == NETDEV_UP)
		set_bit(lbvs_filter_slot_ipv4(ifa->ifa_local, LBVS_LOCAL_BITS),
			rtnl_dereference(ln->local)->slots);
	else if (event == NETDEV_DOWN)
		/* Without memory the old one serves: it has a slot too many. */
		make_anew(ln);
	return NOTIFY_DONE;
}

static struct notifier_block address_notifier = {
	.notifier_call = address_event,
};

/**
 * lbvs_local_init - a network namespace without addresses
 * @ln: the namespace.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int lbvs_local_init(struct lbvs_net *ln)
{
	struct lbvs_local *local;

	local = kzalloc(sizeof(*local), GFP_KERNEL);
	RCU_INIT_POINTER(ln->local, local);
	return local ? 0 : -ENOMEM;
}

/**
 * lbvs_local_exit - undo lbvs_local_init()
 * @ln: a namespace whose packet path has stopped, and without addresses.
 */
void lbvs_local_exit(struct lbvs_net *ln)
{
	kfree(rcu_dereference_protected(ln->local, true));
}

static int find_addresses(void)
{
	struct net *net;
	int err = 0;

	ASSERT_RTNL();

	down_read(&net_rwsem);
	for_each_net(net) {
		err = make_anew(lbvs_net(net));
		if (err)
			break;
	}
	up_read(&net_rwsem);
	return err;
}

/**
 * lbvs_local_setup - learn which addresses there are, and will be
 *
 * Context: process, takes RTNL; every namespace is initialised.
 * Return: 0 or -errno.
 */
int lbvs_local_setup(void)
{
	int err;

	rtnl_lock();
	err = find_addresses();
	if (!err)
		err = register_inetaddr_notifier(&address_notifier);
	rtnl_unlock();
	return err;
}

/**
 * lbvs_local_teardown - undo lbvs_local_setup()
 *
 * Context: process.
 */
void lbvs_local_teardown(void)
{
	unregister_inetaddr_notifier(&address_notifier);
}
