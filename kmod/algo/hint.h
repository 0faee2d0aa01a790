/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _LBVS_ALGO_HINT_H
#define _LBVS_ALGO_HINT_H

#include <linux/types.h>

/**
 * struct lbvs_hint - what clients' attempts to connect say of a real
 * @first: when the first of the failures came that are counted.
 * @failures: how many came since, without a success in between.
 * @told: when it was last told that there are many.
 * @was_told: it was told already.
 */
struct lbvs_hint {
	u32 first;
	u32 failures;
	u32 told;
	bool was_told;
};

bool lbvs_hint_fail(struct lbvs_hint *hint, u32 now, u32 enough,
		    u32 period);
bool lbvs_hint_repeats(u32 last, u32 now, u32 least);
void lbvs_hint_succeed(struct lbvs_hint *hint);

#endif /* _LBVS_ALGO_HINT_H */
