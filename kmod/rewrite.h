/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rewriting of addresses and ports; no lookups. */
#ifndef _LBVS_REWRITE_H
#define _LBVS_REWRITE_H

#include "flow.h"
#include "packet.h"
#include "types.h"

enum lbvs_verdict lbvs_rewrite(struct lbvs_packet *p,
			       const struct lbvs_flow *flow,
			       enum lbvs_dir dir);

#endif /* _LBVS_REWRITE_H */
