// SPDX-License-Identifier: GPL-2.0-or-later
#include "flow.h"

const struct lbctl_command flush_commands[] = {
	{ "config", lbctl_write, "remove every service and pool", NULL,
	  &parse_nothing, LBVS_CMD_CONFIG_DEL, "flush" },
	{ "flows", flow_end, "end all flows, or those that match",
	  FLOW_FILTERS, &parse_flow_filter, LBVS_CMD_FLOW_DEL, "flush" },
	{ 0 }
};
