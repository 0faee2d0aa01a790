/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows whose answers go past the gateway. */
#ifndef _LBVS_BYPASS_H
#define _LBVS_BYPASS_H

#include "flow.h"
#include "net.h"

void lbvs_bypass_suspect(const struct lbvs_net *ln, struct lbvs_flow *flow);
void lbvs_bypass_tell(const struct lbvs_flow *flow);

#endif /* _LBVS_BYPASS_H */
