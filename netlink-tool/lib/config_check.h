/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks and the agent between a configuration file's tree and check.h. */
#ifndef LBVS_TOOL_CONFIG_CHECK_H
#define LBVS_TOOL_CONFIG_CHECK_H

#include "check.h"
#include "config_error.h"
#include "config_tree.h"

/* The words of each section's entries, one by one; NULL past the last. */
const char *config_check_word(size_t i);
const char *config_check_probe_word(size_t i);
const char *config_check_timing_word(size_t i);
const char *config_check_agent_word(size_t i);

/* What they return is 0, or -1 with the errors told. */
int config_check_read_timing(const struct config_node *section,
			     struct check_timing *timing,
			     struct config_errors *errors);
int config_check_read(const struct config_node *section, struct check *check,
		      struct config_errors *errors);
int config_check_read_agent(const struct config_node *section,
			    struct check_agent *agent,
			    struct config_errors *errors);

#endif
