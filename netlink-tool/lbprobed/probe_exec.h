/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LBVS_PROBED_PROBE_EXEC_H
#define LBVS_PROBED_PROBE_EXEC_H

/* A child has ended: takes all that have. */
void probe_exec_reap(void);

#endif
