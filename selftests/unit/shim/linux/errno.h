/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kmod/algo/ takes from the kernel's header of this name. */
#ifndef SHIM_LINUX_ERRNO_H
#define SHIM_LINUX_ERRNO_H

#include <asm/errno.h>

#endif /* SHIM_LINUX_ERRNO_H */
