// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * So many a second, and no more: the generic cell rate algorithm in the form of
 * virtual scheduling (ITU-T I.371, annex A). All it remembers is one moment, so
 * that any number of CPUs can share it without a lock.
 */
#include "rate.h"

#define SECOND 1000000000ull

/* How far ahead of time one may come: so much comes at once after a silence. */
#define TOLERANCE (SECOND / 10)

/**
 * lbvs_rate_admit - may one more come by now?
 * @due: when the next was due, by the last call that returned true; 0 at first.
 * @now: nanoseconds of a clock that never goes back.
 * @rate: how many may come in a second, 1 or more.
 * @next: gets when the next is due, if this one may come.
 *
 * In any second come at most @rate, and a tenth of it, and one.
 *
 * Return: true when it may.
 */
bool lbvs_rate_admit(u64 due, u64 now, u32 rate, u64 *next)
{
	if (due > now + TOLERANCE)
		return false;
	*next = (due > now ? due : now) + SECOND / rate;
	return true;
}
