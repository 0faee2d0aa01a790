/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_RAMP_H
#define _LBVS_ALGO_RAMP_H

#include <linux/types.h>

/* Shares and caps: 24 and 16 bits behind the point. */
#define LBVS_RAMP_WHOLE (1u << 24)
#define LBVS_RAMP_FAIR	(1u << 16)

/* What a ramp begins with, and what comes after it where that is needed. */
#define LBVS_RAMP_CAP_LEAST (LBVS_RAMP_FAIR / 16)
#define LBVS_RAMP_CAP_MOST  (LBVS_RAMP_FAIR + LBVS_RAMP_FAIR / 2)

/**
 * struct lbvs_ramp_terms - on which terms a real may have a new flow
 * @fair: its share of the flows by weight, of LBVS_RAMP_WHOLE.
 * @cap: how much of that it may have, of LBVS_RAMP_FAIR.
 * @due: it got none for a while.
 * @paused: it gets one only when it is due.
 */
struct lbvs_ramp_terms {
	u32 fair;
	u32 cap;
	bool due;
	bool paused;
};

u32 lbvs_ramp_cap(u32 elapsed, u32 length, bool catches_up);
u32 lbvs_ramp_step(u32 elapsed, u32 length);
u64 lbvs_ramp_open(u32 opened);
bool lbvs_ramp_admit(u64 account, u32 opened,
		     const struct lbvs_ramp_terms *terms, u64 *next);
u64 lbvs_ramp_spend(u64 account, u32 opened,
		    const struct lbvs_ramp_terms *terms);
bool lbvs_ramp_overflows(u64 account, u32 opened,
			 const struct lbvs_ramp_terms *terms);
u32 lbvs_ramp_pause(u32 pause, u32 least, u32 most);

#endif /* _LBVS_ALGO_RAMP_H */
