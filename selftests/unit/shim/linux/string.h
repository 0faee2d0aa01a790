/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kmod/algo/ takes from the kernel's header of this name. */
#ifndef SHIM_LINUX_STRING_H
#define SHIM_LINUX_STRING_H

#include <string.h>

#endif /* SHIM_LINUX_STRING_H */
