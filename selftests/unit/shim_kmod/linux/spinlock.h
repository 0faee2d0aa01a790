/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those parts of kmod/ that are run here take from the kernel's header. */
#ifndef SHIM_KMOD_LINUX_SPINLOCK_H
#define SHIM_KMOD_LINUX_SPINLOCK_H

typedef struct {
	bool held;
} spinlock_t;

#define spin_lock_bh(lock)   ((lock)->held = true)
#define spin_unlock_bh(lock) ((lock)->held = false)

#endif /* SHIM_KMOD_LINUX_SPINLOCK_H */
