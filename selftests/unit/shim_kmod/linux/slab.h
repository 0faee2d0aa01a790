/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those parts of kmod/ that are run here take from the kernel's header. */
#ifndef SHIM_KMOD_LINUX_SLAB_H
#define SHIM_KMOD_LINUX_SLAB_H

#include <stdlib.h>

#define GFP_KERNEL	   0
#define GFP_KERNEL_ACCOUNT 0

#define kvmalloc_array(n, size, flags) calloc(n, size)
#define kvfree(p)		       free(p)

#endif /* SHIM_KMOD_LINUX_SLAB_H */
