/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LBVS_LBCTL_FLOW_H
#define LBVS_LBCTL_FLOW_H

#include "lbctl.h"

#define FLOW_FILTERS							\
	"[ service SERVICE ] [ pool POOL ] [ real REAL ]\n"		\
	"\t[ proto { tcp | udp } ] [ client ADDR[:PORT] ]"

/* Ends the flows that the words select, and says how many. */
int flow_end(struct lbctl *ctl, const struct lbctl_command *command,
	     struct parse *words);

#endif
