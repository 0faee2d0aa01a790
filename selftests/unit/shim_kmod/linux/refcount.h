/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those parts of kmod/ that are run here take from the kernel's header. */
#ifndef SHIM_KMOD_LINUX_REFCOUNT_H
#define SHIM_KMOD_LINUX_REFCOUNT_H

typedef struct {
	int refs;
} refcount_t;

#endif /* SHIM_KMOD_LINUX_REFCOUNT_H */
