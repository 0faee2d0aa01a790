/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the service manager how we are, as sd_notify(3) does. */
#ifndef LBVS_PROBED_NOTIFY_H
#define LBVS_PROBED_NOTIFY_H

/* "READY=1", "WATCHDOG=1"; without a manager that asked for it, nothing. */
void notify(const char *state);

#endif
