// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A real that is new takes a growing share of the new flows.
 *
 * What is capped is the share of the new flows, not the weight: with least
 * connections an empty real stays the one with the fewest flows for a long time,
 * whatever its weight is. The cap grows from little to the fair share, the one
 * that the weights say. A real that chooses by flows has fewer than the others
 * even then: without a cap it would get all new flows until it has as many. So
 * the cap stays at one and a half fair shares until it has caught up.
 *
 * Each real has an account. Each new flow of the service pays in the real's fair
 * share of a flow, times the cap; a flow that goes to the real costs one. What
 * is saved up is bounded, so that at no moment a burst is due to a past in which
 * the scheduler did not want it. A bound of two lets those that take turns have
 * their cap to the flow: they come by once in a while only, and can't spend
 * what is half a flow.
 *
 * Clients that are remembered with the real come without asking. Each costs one
 * too, and what is not there is owed: as long as there is a debt no other flow
 * goes there. So with them the real has as much as its cap, or, if they alone are
 * more, no others. The debt is bounded, so that it does not outlive them.
 *
 * A small share of few flows may be none for long. So a real that got none for
 * a while may have one as soon as it would be its turn without a cap: this is
 * never more than the fair share.
 *
 * An account is one number, to be replaced at once: how many flows there were
 * when it was last looked at, and what was saved up, or is owed, by then.
 */
#include "ramp.h"

#include <linux/minmax.h>
#include <linux/types.h>

#define LBVS_RAMP_SAVED_MOST (2 * LBVS_RAMP_WHOLE)

#define LBVS_RAMP_OWED_MOST (8 * (s64)LBVS_RAMP_WHOLE)

/* No scheduler that wants the real lets so much be saved up. */
#define LBVS_RAMP_OVERFLOW (3 * LBVS_RAMP_WHOLE)

/* What a fair share of a flow is cut to, by cap. Shares are cut to whole numbers, and
 * of three reals that take turns each would lack one when its turn comes, and wait
 * for the next. Down to a share of one in 8000 less is lost than a part in 128.
 */
#define LBVS_RAMP_TURN (LBVS_RAMP_WHOLE / LBVS_RAMP_FAIR * 127 / 128)

/* Behind a quarter, half and three quarters of the time. */
#define LBVS_RAMP_STEPS 4

/* Cut both to 16 bits: what is lost is less than a part in 32768. */
static u32 fraction(u32 part, u32 whole, u32 of)
{
	while (whole >= 0x8000) {
		whole >>= 1;
		part >>= 1;
	}
	return part * of / whole;
}

/**
 * lbvs_ramp_cap - how much of its fair share may a real have?
 * @elapsed: for how long it was there.
 * @length: how long the ramp is, 1 or more.
 * @catches_up: it has fewer flows than others at the end, which matters.
 *
 * Return: the cap, of LBVS_RAMP_FAIR.
 */
u32 lbvs_ramp_cap(u32 elapsed, u32 length, bool catches_up)
{
	if (elapsed >= length)
		return catches_up ? LBVS_RAMP_CAP_MOST : LBVS_RAMP_FAIR;
	return max(fraction(elapsed, length, LBVS_RAMP_FAIR),
		   LBVS_RAMP_CAP_LEAST);
}

/**
 * lbvs_ramp_step - how much of its weight has a real in a table?
 * @elapsed: for how long it was there.
 * @length: how long the ramp is, 1 or more.
 *
 * Tables are built anew for each step, so there are few.
 *
 * Return: percent.
 */
u32 lbvs_ramp_step(u32 elapsed, u32 length)
{
	static const u32 percent[LBVS_RAMP_STEPS] = { 12, 25, 50, 75 };

	if (elapsed >= length)
		return 100;
	return percent[min(fraction(elapsed, length, LBVS_RAMP_STEPS),
			   LBVS_RAMP_STEPS - 1u)];
}

/**
 * lbvs_ramp_open - an account for a real that is new
 * @opened: how many flows the service had so far; it wraps around.
 *
 * Return: the account: the first flow is as good as earned.
 */
u64 lbvs_ramp_open(u32 opened)
{
	return (u64)opened << 32 | LBVS_RAMP_WHOLE;
}

/* Another CPU may have been faster, with a flow that came later. */
static u32 later(u32 a, u32 b)
{
	return (s32)(a - b) > 0 ? a : b;
}

/* Less than 0: it is owed. */
static s64 saved(u64 account, u32 opened, const struct lbvs_ramp_terms *terms)
{
	u32 seen = account >> 32;
	s64 share = (u64)terms->fair * terms->cap / LBVS_RAMP_FAIR;

	return (s32)account + (later(opened, seen) - seen) * share;
}

static u64 settle(u64 account, u32 opened, s64 credit)
{
	return (u64)later(opened, account >> 32) << 32 | (u32)credit;
}

/**
 * lbvs_ramp_admit - may a real have a new flow?
 * @account: its account.
 * @opened: how many flows the service had by now, this one included.
 * @terms: the terms.
 * @next: gets the account as it is then, whether it has the flow or not: each
 *	flow counts with the cap of its own time, however late it is asked again.
 *
 * Return: true when it may.
 */
bool lbvs_ramp_admit(u64 account, u32 opened,
		     const struct lbvs_ramp_terms *terms, u64 *next)
{
	s64 credit = min_t(s64, saved(account, opened, terms),
			   LBVS_RAMP_SAVED_MOST);
	u32 fair_turn = terms->cap * LBVS_RAMP_TURN;
	bool may = credit >= LBVS_RAMP_WHOLE ||
		   (terms->due && credit >= fair_turn);

	may = may && (terms->due || !terms->paused);
	if (may)
		credit = max_t(s64, credit - LBVS_RAMP_WHOLE, 0);
	*next = settle(account, opened, credit);
	return may;
}

/**
 * lbvs_ramp_spend - a real has a new flow, whether it may or not
 * @account: its account.
 * @opened: how many flows the service had by now, this one included.
 * @terms: the terms.
 *
 * Return: the account as it is then.
 */
u64 lbvs_ramp_spend(u64 account, u32 opened,
		    const struct lbvs_ramp_terms *terms)
{
	s64 credit = min_t(s64, saved(account, opened, terms),
			   LBVS_RAMP_SAVED_MOST);

	return settle(account, opened, max_t(s64, credit - LBVS_RAMP_WHOLE,
					     -LBVS_RAMP_OWED_MOST));
}

/**
 * lbvs_ramp_overflows - does the scheduler pass a real by that could have flows?
 * @account: its account.
 * @opened: how many flows the service had by now.
 * @terms: the terms.
 *
 * To a real that has fewer flows than all others each flow is offered. So one
 * that could have had some, and was not asked, has caught up.
 *
 * Return: true when it does.
 */
bool lbvs_ramp_overflows(u64 account, u32 opened,
			 const struct lbvs_ramp_terms *terms)
{
	return saved(account, opened, terms) > LBVS_RAMP_OVERFLOW;
}

/**
 * lbvs_ramp_pause - how long to leave a real alone that fails again
 * @pause: how long it was the last time; 0: it never was.
 * @least: for how long the first time.
 * @most: for how long at most.
 *
 * Return: the pause.
 */
u32 lbvs_ramp_pause(u32 pause, u32 least, u32 most)
{
	return pause ? min(2 * pause, most) : least;
}
