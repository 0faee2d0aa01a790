/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those parts of kmod/ that are run here take from the kernel's header. */
#ifndef SHIM_KMOD_LINUX_TIMEKEEPING_H
#define SHIM_KMOD_LINUX_TIMEKEEPING_H

#include <linux/jiffies.h>
#include <linux/types.h>

static inline u64 ktime_get_ns(void)
{
	return jiffies * (1000000000ull / HZ);
}

#endif /* SHIM_KMOD_LINUX_TIMEKEEPING_H */
