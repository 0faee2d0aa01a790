/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_RATE_H
#define _LBVS_ALGO_RATE_H

#include <linux/types.h>

bool lbvs_rate_admit(u64 due, u64 now, u32 rate, u64 *next);

#endif /* _LBVS_ALGO_RATE_H */
