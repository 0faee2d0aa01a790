/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every difference between kernel versions, and nothing else. */
#ifndef _LBVS_COMPAT_H
#define _LBVS_COMPAT_H

#include <linux/version.h>
#include <net/genetlink.h>

/* Got a header of its own in 6.5. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* What routing heeds of the type of service: all of DSCP since 6.11. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#include <net/inet_dscp.h>
#define LBVS_ROUTE_TOS_MASK INET_DSCP_MASK
#else
#include <net/route.h>
#define LBVS_ROUTE_TOS_MASK IPTOS_RT_MASK
#endif

/* Attributes of a dump's request: moved in 6.7. */
static inline struct nlattr **lbvs_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _LBVS_COMPAT_H */
