/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those parts of kmod/ that are run here take from the kernel's header. */
#ifndef SHIM_KMOD_LINUX_JIFFIES_H
#define SHIM_KMOD_LINUX_JIFFIES_H

#define HZ 250

/* The test turns it on. */
extern unsigned long jiffies;

#endif /* SHIM_KMOD_LINUX_JIFFIES_H */
