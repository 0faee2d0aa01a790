/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those parts of kmod/ that are run here take from the kernel's header. */
#ifndef SHIM_KMOD_LINUX_SIPHASH_H
#define SHIM_KMOD_LINUX_SIPHASH_H

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

#endif /* SHIM_KMOD_LINUX_SIPHASH_H */
