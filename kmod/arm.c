// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An arm is a device with our hook at its ingress. It follows the device: it
 * keeps its name when that is renamed, and is gone when the device is removed
 * or moved to another namespace, or becomes a port of a bridge or the like: the
 * frames that a port gets are not yet ours to judge. RTNL protects all of it,
 * as devices come and go under that.
 */
#include "arm.h"
#include "event.h"
#include "fastpath.h"
#include "flow.h"

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

static struct lbvs_arm *find_arm(const struct lbvs_net *ln,
				 const struct net_device *dev)
{
	struct lbvs_arm *arm;

	ASSERT_RTNL();

	list_for_each_entry(arm, &ln->arms, siblings)
		if (arm->dev == dev)
			return arm;
	return NULL;
}

/* They are in the order of their numbers, which is where a list can go on. */
static struct list_head *place_of(struct lbvs_net *ln, u8 number)
{
	struct lbvs_arm *arm;

	list_for_each_entry(arm, &ln->arms, siblings)
		if (arm->number > number)
			return &arm->siblings;
	return &ln->arms;
}

static int attach(struct lbvs_net *ln, struct net_device *dev, u8 number)
{
	struct lbvs_arm *arm;
	int err;

	arm = kzalloc(sizeof(*arm), GFP_KERNEL_ACCOUNT);
	if (!arm)
		return -ENOMEM;
	arm->ln = ln;
	arm->dev = dev;
	arm->number = number;
	arm->ops.hook = lbvs_fastpath_ingress;
	arm->ops.priv = arm;
	arm->ops.dev = dev;
	arm->ops.pf = NFPROTO_NETDEV;
	arm->ops.hooknum = NF_NETDEV_INGRESS;
	/* Last: whoever filters here sees every packet first, also one who
	 * comes later.
	 */
	arm->ops.priority = INT_MAX;

	err = nf_register_net_hook(ln->net, &arm->ops);
	if (err) {
		kfree(arm);
		return err;
	}
	__set_bit(number, ln->arm_numbers);
	list_add_tail_rcu(&arm->siblings, place_of(ln, number));
	WRITE_ONCE(ln->n_arms, ln->n_arms + 1);
	lbvs_event_arm(ln->net, LBVS_EVENT_ADDED, dev);
	return 0;
}

static void detach(struct lbvs_net *ln, struct lbvs_arm *arm)
{
	nf_unregister_net_hook(ln->net, &arm->ops);
	list_del_rcu(&arm->siblings);
	WRITE_ONCE(ln->n_arms, ln->n_arms - 1);
	lbvs_event_arm(ln->net, LBVS_EVENT_REMOVED, arm->dev);
	/* Packets may still be in the hook, and lists of hooks be read. */
	synchronize_net();
	/* The number may be given to another arm, which is not its heir. */
	lbvs_flow_gc_forget(ln, arm->number);
	__clear_bit(arm->number, ln->arm_numbers);
	kfree(arm);
}

static bool is_port(const struct net_device *dev)
{
	return netif_is_bridge_port(dev) || netif_is_ovs_port(dev) ||
	       netif_is_lag_port(dev);
}

static int add_device(struct lbvs_net *ln, struct net_device *dev,
		      struct lbvs_refusal *refusal)
{
	unsigned long number = find_next_zero_bit(ln->arm_numbers,
						  LBVS_ARM_NUMBERS, 1);

	if (find_arm(ln, dev))
		return lbvs_refuse(refusal, -EEXIST, LBVS_A_ARM_DEV,
				   "the device is an arm already");
	if (dev->flags & IFF_LOOPBACK)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_ARM_DEV,
				   "the loopback device can't be an arm");
	if (is_port(dev))
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_ARM_DEV,
				   "a port can't be an arm; take the bridge, bond or team that it belongs to");
	if (number == LBVS_ARM_NUMBERS)
		return lbvs_refuse(refusal, -ENOSPC, LBVS_A_ARM_DEV,
				   "there are 254 arms already");
	return attach(ln, dev, number);
}

/**
 * lbvs_arm_add - make a device an arm
 * @ln: network namespace.
 * @name: name of the device.
 * @refusal: filled in on failure.
 *
 * Context: process, takes RTNL.
 * Return: 0 or -errno.
 */
int lbvs_arm_add(struct lbvs_net *ln, const char *name,
		 struct lbvs_refusal *refusal)
{
	struct net_device *dev;
	int err;

	rtnl_lock();
	dev = __dev_get_by_name(ln->net, name);
	if (dev)
		err = add_device(ln, dev, refusal);
	else
		err = lbvs_refuse(refusal, -ENODEV, LBVS_A_ARM_DEV,
				  "there is no device of this name");
	rtnl_unlock();
	return err;
}

/**
 * lbvs_arm_del - let a device be no arm any more
 * @ln: network namespace.
 * @name: name of the device.
 * @refusal: filled in on failure.
 *
 * Its flows go on, on the slow path.
 *
 * Context: process, takes RTNL.
 * Return: 0 or -errno.
 */
int lbvs_arm_del(struct lbvs_net *ln, const char *name,
		 struct lbvs_refusal *refusal)
{
	struct net_device *dev;
	struct lbvs_arm *arm;
	int err = 0;

	rtnl_lock();
	dev = __dev_get_by_name(ln->net, name);
	arm = dev ? find_arm(ln, dev) : NULL;
	if (arm)
		detach(ln, arm);
	else
		err = lbvs_refuse(refusal, -ENOENT, LBVS_A_ARM_DEV,
				  "there is no arm of this name");
	rtnl_unlock();
	return err;
}

/**
 * lbvs_arm_del_all - leave no arm
 * @ln: network namespace.
 *
 * Context: process, takes RTNL.
 */
void lbvs_arm_del_all(struct lbvs_net *ln)
{
	struct lbvs_arm *arm, *next;

	rtnl_lock();
	list_for_each_entry_safe(arm, next, &ln->arms, siblings)
		detach(ln, arm);
	rtnl_unlock();
}

/**
 * lbvs_arm_init - a network namespace without arms
 * @ln: the namespace.
 */
void lbvs_arm_init(struct lbvs_net *ln)
{
	INIT_LIST_HEAD(&ln->arms);
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct lbvs_net *ln = lbvs_net(dev_net(dev));
	struct lbvs_arm *arm = find_arm(ln, dev);

	/* Routes know the MTU of the device at their other end. For IPv6 the
	 * kernel changes it in them and says nothing.
	 */
	if (event == NETDEV_CHANGEMTU && ln->n_arms)
		lbvs_flow_gc_forget(ln, 0);
	if (!arm)
		return NOTIFY_DONE;
	if (event == NETDEV_UNREGISTER ||
	    (event == NETDEV_CHANGEUPPER && is_port(dev)))
		detach(ln, arm);
	else if (event == NETDEV_CHANGENAME)
		lbvs_event_arm(ln->net, LBVS_EVENT_CHANGED, dev);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/**
 * lbvs_arm_setup - learn of devices that go away
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int lbvs_arm_setup(void)
{
	return register_netdevice_notifier(&device_notifier);
}

/**
 * lbvs_arm_teardown - undo lbvs_arm_setup(); leaves no arm anywhere
 *
 * Context: process.
 */
void lbvs_arm_teardown(void)
{
	unregister_netdevice_notifier(&device_notifier);
}
