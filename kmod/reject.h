/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refusals that a client understands at once. */
#ifndef _LBVS_REJECT_H
#define _LBVS_REJECT_H

#include "packet.h"
#include "types.h"

enum lbvs_verdict lbvs_reject(const struct lbvs_packet *p, unsigned int hook);

#endif /* _LBVS_REJECT_H */
