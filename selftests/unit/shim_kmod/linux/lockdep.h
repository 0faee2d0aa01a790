/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those parts of kmod/ that are run here take from the kernel's header. */
#ifndef SHIM_KMOD_LINUX_LOCKDEP_H
#define SHIM_KMOD_LINUX_LOCKDEP_H

#define lockdep_assert_held(lock) ((void)(lock))

#endif /* SHIM_KMOD_LINUX_LOCKDEP_H */
