/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file, as far as it is ours. */
#ifndef LBVS_PROBED_SETTINGS_H
#define LBVS_PROBED_SETTINGS_H

#include <stdio.h>

#include "config.h"

/*
 * Returns 0, or -1 with all that is wrong written to standard error. The
 * config must be freed after a 0.
 */
int settings_load(const char *path, struct config *config);

#endif
