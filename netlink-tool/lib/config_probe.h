/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One probe between a configuration file's tree and check.h. */
#ifndef LBVS_TOOL_CONFIG_PROBE_H
#define LBVS_TOOL_CONFIG_PROBE_H

#include "check.h"
#include "config_error.h"
#include "config_tree.h"

/* The words of a probe, one by one; NULL past the last. */
const char *config_probe_word(size_t i);
bool config_probe_has_word(const char *word);

/* Adds the probe that the section's entries say to the check. 0 or -1. */
int config_probe_read(const struct config_node *section, struct check *check,
		      struct config_errors *errors);

/* The one value of an entry, or NULL with the error told. */
const char *config_probe_value(const struct config_node *entry,
			       struct config_errors *errors);

#endif
