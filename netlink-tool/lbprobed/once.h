/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every check of a file on every real of it, once, for a person to read. */
#ifndef LBVS_PROBED_ONCE_H
#define LBVS_PROBED_ONCE_H

#include "config.h"
#include "probe.h"

/* Returns an exit status: 0 if all are well, 1 if not, 2 for our own trouble. */
int once_run(const struct config *config, const struct probe_means *means,
	     bool json);

#endif
