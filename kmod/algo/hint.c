// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When is it worth a look at a real that clients fail to connect to? When so
 * many attempts failed within a time, and none succeeded in between. Then not
 * again for that time: who looks has other ways to find out whether it goes on.
 */
#include "hint.h"

#include <linux/types.h>

/**
 * lbvs_hint_fail - an attempt to connect has failed
 * @hint: what is known of the real.
 * @now: the time.
 * @enough: how many failures are worth a look, ...
 * @period: ... in how much time.
 *
 * Return: true when somebody should have a look.
 */
bool lbvs_hint_fail(struct lbvs_hint *hint, u32 now, u32 enough, u32 period)
{
	if (!hint->failures || now - hint->first > period) {
		hint->first = now;
		hint->failures = 0;
	}
	hint->failures++;
	if (hint->failures < enough)
		return false;
	if (hint->was_told && now - hint->told < period)
		return false;
	hint->told = now;
	hint->was_told = true;
	return true;
}

/**
 * lbvs_hint_repeats - is an attempt to connect a second one, for want of an
 *	answer to the first?
 * @last: when the one before came.
 * @now: the time.
 * @least: as long as that at least waits who asks again.
 *
 * What comes sooner is one attempt that the network doubled; or another CPU saw
 * it first, whose time may be ahead.
 *
 * Return: true when it is.
 */
bool lbvs_hint_repeats(u32 last, u32 now, u32 least)
{
	return (s32)(now - last) >= (s32)least;
}

/**
 * lbvs_hint_succeed - an attempt to connect has succeeded
 * @hint: what is known of the real.
 */
void lbvs_hint_succeed(struct lbvs_hint *hint)
{
	hint->failures = 0;
}
