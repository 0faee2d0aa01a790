/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_EVICT_H
#define _LBVS_ALGO_EVICT_H

#include <linux/types.h>

/* It does not make room for another. */
#define LBVS_EVICT_NEVER 0

u32 lbvs_evict_rank(u32 state, u32 silent);

#endif /* _LBVS_ALGO_EVICT_H */
