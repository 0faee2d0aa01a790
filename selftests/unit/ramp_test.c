// SPDX-License-Identifier: GPL-2.0-or-later
/* What part of the flows a real gets that is new, with each scheduler. */
#include "unit.h"

#include "algo/least.h"
#include "algo/ramp.c"
#include "algo/wrr.c"

#include <stdio.h>
#include <string.h>

#define REALS  4
#define NEW    3 /* the one that comes last */
#define RATE   100 /* flows a second */
#define LENGTH 60 /* of the ramp, in seconds */
#define WINDOW 5 /* seconds */
#define HOUR   3600

enum sched { RR, WRR, LC, WLC };

struct simulation {
	enum sched sched;
	u32 weights[REALS];
	u32 rate;
	u32 life; /* seconds that a flow lives, ... */
	bool random_life; /* ... or does on average */

	/* what there is */
	uint64_t random;
	struct lbvs_wrr wrr;
	u32 ends[REALS];
	u32 cursor;
	u32 reals;
	u32 flows[REALS];
	u32 *dying; /* per flow that comes, and real */

	/* of the new one */
	bool ramps;
	u64 account;
	u32 last;
	u32 got[2 * HOUR]; /* by second */
};

static u32 weight_of(const struct simulation *s, u32 i)
{
	return s->sched == RR || s->sched == LC ? 1 : s->weights[i];
}

static u32 total_weight(const struct simulation *s)
{
	u32 total = 0;
	u32 i;

	for (i = 0; i < REALS; i++)
		total += weight_of(s, i);
	return total;
}

static u32 fair_of(const struct simulation *s)
{
	return ((u64)LBVS_RAMP_WHOLE * weight_of(s, NEW)) / total_weight(s);
}

static bool is_least(const struct simulation *s)
{
	return s->sched == LC || s->sched == WLC;
}

static bool admits(struct simulation *s, u32 now, u32 opened)
{
	const struct lbvs_ramp_terms terms = {
		.fair = fair_of(s),
		.cap = lbvs_ramp_cap(now, LENGTH * s->rate, is_least(s)),
		.due = opened - s->last >= s->rate,
	};

	if (!s->ramps)
		return true;
	if (now >= LENGTH * s->rate &&
	    (!is_least(s) || lbvs_ramp_overflows(s->account, opened, &terms))) {
		s->ramps = false;
		return true;
	}
	if (!lbvs_ramp_admit(s->account, opened, &terms, &s->account))
		return false;
	s->last = opened;
	return true;
}

static u32 pick(struct simulation *s, bool with_new)
{
	u32 best = REALS;
	u32 slot, i;

	if (s->sched == RR)
		return s->cursor++ % s->reals;
	if (s->sched == WRR) {
		while (!lbvs_wrr_slot(&s->wrr, s->cursor++, &slot))
			;
		return lbvs_wrr_index(&s->wrr, slot);
	}
	for (i = 0; i < s->reals; i++) {
		if (i == NEW && !with_new)
			continue;
		if (best == REALS ||
		    lbvs_least_compare(s->flows[i], weight_of(s, i),
				       s->flows[best], weight_of(s, best)) < 0)
			best = i;
	}
	return best;
}

static u32 life_of(struct simulation *s)
{
	if (!s->random_life)
		return s->life * s->rate;
	return 1 + next_random(&s->random) % (2 * s->life * s->rate);
}

static void add_real(struct simulation *s)
{
	s->reals++;
	if (s->sched == WRR)
		assert_int_equal(lbvs_wrr_fill(&s->wrr, s->weights, s->reals),
				 0);
}

static void one_flow(struct simulation *s, u32 tick, u32 start)
{
	bool is_new = tick >= start;
	u32 to, i;

	for (i = 0; i < REALS; i++)
		s->flows[i] -= s->dying[tick * REALS + i];
	to = pick(s, is_new);
	while (to == NEW && !admits(s, tick - start, tick + 1))
		to = pick(s, false);
	s->flows[to]++;
	s->dying[(tick + life_of(s)) * REALS + to]++;
	if (is_new && to == NEW)
		s->got[(tick - start) / s->rate]++;
}

/* For an hour three reals had all there was; then there is a fourth. */
static void simulate(struct simulation *s, u32 seconds)
{
	u32 start = HOUR * s->rate;
	u32 end = start + seconds * s->rate;
	u32 tick;

	s->random = 1;
	s->wrr.ends = s->ends;
	s->dying = calloc((size_t)REALS * (end + 2 * s->life * s->rate + 2),
			  sizeof(*s->dying));
	assert_non_null(s->dying);
	s->reals = NEW - 1;
	add_real(s);
	for (tick = 0; tick < start; tick++)
		one_flow(s, tick, start);
	add_real(s);
	s->ramps = true;
	s->account = lbvs_ramp_open(tick);
	s->last = tick - s->rate;
	for (; tick < end; tick++)
		one_flow(s, tick, start);
	free(s->dying);
}

static u32 got_in(const struct simulation *s, u32 second, u32 seconds)
{
	u32 n = 0;

	while (seconds--)
		n += s->got[second++];
	return n;
}

/* Hundredths of what would be fair. */
static u32 most_in_window(const struct simulation *s, u32 from, u32 to)
{
	u32 most = 0;
	u32 i;

	for (i = from; i + WINDOW <= to; i++)
		most = max(most, got_in(s, i, WINDOW));
	return (u64)most * 100 * total_weight(s) /
	       ((u64)s->rate * WINDOW * weight_of(s, NEW));
}

static u32 mean_of_others(const struct simulation *s)
{
	u32 flows = 0, weights = 0;
	u32 i;

	for (i = 0; i < NEW; i++) {
		flows += s->flows[i];
		weights += weight_of(s, i);
	}
	return (u64)flows * weight_of(s, NEW) / weights;
}

/* In all of the time, two flows more are saved up at most. */
static void expect_capped(struct simulation *s, const char *name, u32 seconds)
{
	u32 second_most, fair, least = UINT32_MAX;
	u32 i;

	simulate(s, seconds);
	second_most = most_in_window(s, 0, seconds);
	fair = s->rate * WINDOW * weight_of(s, NEW) / total_weight(s);
	for (i = 0; i < LENGTH; i++)
		least = min(least, s->got[i]);
	print_message("# %s: in %d s at most %u %% of the fair share, "
		      "in the ramp at least %u a second, at the end %u flows, "
		      "the others %u\n",
		      name, WINDOW, second_most, least, s->flows[NEW],
		      mean_of_others(s));
	assert_true(second_most <= 150 + 200 / fair + 1);
	assert_true(least >= 1);
	assert_false(s->ramps);
	/* And in the first second next to nothing. */
	assert_true(s->got[0] * 8 <=
		    s->rate * weight_of(s, NEW) / total_weight(s));
}

static void expect_caught_up(const struct simulation *s)
{
	assert_true(s->flows[NEW] * 20 >= mean_of_others(s) * 19);
}

static struct simulation *simulation(enum sched sched)
{
	struct simulation *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->sched = sched;
	s->rate = RATE;
	s->life = 600;
	s->weights[0] = s->weights[1] = s->weights[2] = s->weights[NEW] = 1;
	return s;
}

static void with_lc_it_catches_up_under_the_cap(void **state)
{
	struct simulation *s = simulation(LC);

	(void)state;
	expect_capped(s, "lc", 1200);
	expect_caught_up(s);
	free(s);
}

static void with_lc_and_lives_at_random_too(void **state)
{
	struct simulation *s = simulation(LC);

	(void)state;
	s->random_life = true;
	expect_capped(s, "lc, lives at random", 1800);
	expect_caught_up(s);
	free(s);
}

static void with_wlc_it_catches_up_under_the_cap(void **state)
{
	struct simulation *s = simulation(WLC);

	(void)state;
	s->weights[0] = 5;
	s->weights[NEW] = 3;
	expect_capped(s, "wlc, 3 of 10", 1200);
	expect_caught_up(s);
	free(s);
}

/* After the ramp it has its share, and never had more. */
static void expect_linear(struct simulation *s, const char *name)
{
	u32 fair = LENGTH * s->rate * weight_of(s, NEW) / total_weight(s);
	u32 half;

	expect_capped(s, name, 300);
	half = got_in(s, 0, LENGTH);
	assert_true(half * 100 >= fair * 45 && half * 100 <= fair * 55);
	assert_true(most_in_window(s, 0, 300) <= 103);
	assert_true(got_in(s, 200, 100) * 100 >=
		    99 * 100 * s->rate * weight_of(s, NEW) / total_weight(s));
}

static void with_rr_the_share_grows_to_the_fair_one(void **state)
{
	struct simulation *s = simulation(RR);

	(void)state;
	expect_linear(s, "rr");
	free(s);
}

static void with_wrr_the_share_grows_to_the_fair_one(void **state)
{
	struct simulation *s = simulation(WRR);

	(void)state;
	s->weights[0] = 5;
	s->weights[NEW] = 3;
	expect_linear(s, "wrr, 3 of 10");
	free(s);
}

/* The plain scheduler, to see that there is something to be capped. */
static void without_a_ramp_lc_gives_it_everything(void **state)
{
	struct simulation *s = simulation(LC);
	u32 tick, start = HOUR * RATE;

	(void)state;
	s->dying = calloc(REALS * (start + 700 * RATE), sizeof(*s->dying));
	assert_non_null(s->dying);
	s->reals = NEW;
	for (tick = 0; tick < start; tick++)
		one_flow(s, tick, start);
	s->reals++;
	for (; tick < start + 20 * RATE; tick++)
		one_flow(s, tick, start);
	assert_int_equal(got_in(s, 0, 20), 20 * RATE);
	free(s->dying);
	free(s);
}

/* How many of so many flows it gets, all of which are offered to it. */
static u32 offer(u64 *account, u32 *opened, struct lbvs_ramp_terms terms, u32 n)
{
	u32 got = 0;

	while (n--)
		got += lbvs_ramp_admit(*account, ++*opened, &terms, account);
	return got;
}

static void no_burst_is_due_to_the_past(void **state)
{
	const struct lbvs_ramp_terms terms = { LBVS_RAMP_WHOLE / 4,
					       LBVS_RAMP_FAIR };
	u32 opened = UINT32_MAX - 500000;
	u64 account = lbvs_ramp_open(opened);

	(void)state;
	opened += 1000000;
	assert_true(offer(&account, &opened, terms, 4) <= 2 + 1);
	assert_int_equal(offer(&account, &opened, terms, 400), 100);
}

static void one_that_was_not_asked_has_caught_up(void **state)
{
	const struct lbvs_ramp_terms terms = { LBVS_RAMP_WHOLE / 4,
					       LBVS_RAMP_CAP_MOST };
	u32 opened = 7;
	u64 account = lbvs_ramp_open(opened);
	u32 i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		offer(&account, &opened, terms, 1);
		assert_false(lbvs_ramp_overflows(account, opened, &terms));
	}
	assert_true(lbvs_ramp_overflows(account, opened + 12, &terms));
}

/* So many percent of the flows come without asking, at random; it is offered the
 * others.
 */
static u32 offer_beside(u32 percent)
{
	const struct lbvs_ramp_terms terms = { LBVS_RAMP_WHOLE / 4,
					       LBVS_RAMP_CAP_MOST };
	uint64_t random = 1;
	u32 opened = UINT32_MAX - 5000;
	u64 account = lbvs_ramp_open(opened);
	u32 got = 0;
	u32 i;

	for (i = 0; i < 10000; i++) {
		opened++;
		if (next_random(&random) % 100 < percent) {
			account = lbvs_ramp_spend(account, opened, &terms);
			got++;
		} else if (lbvs_ramp_admit(account, opened, &terms, &account)) {
			got++;
		}
	}
	return got;
}

/* 37.5 % is the cap. */
static void who_comes_without_asking_counts_too(void **state)
{
	(void)state;
	assert_in_range(offer_beside(0), 3749, 3751);
	assert_in_range(offer_beside(10), 3740, 3760);
	assert_in_range(offer_beside(30), 3740, 3850);
	assert_in_range(offer_beside(50), 4850, 5150);
}

static void a_debt_is_forgotten(void **state)
{
	const struct lbvs_ramp_terms terms = { LBVS_RAMP_WHOLE / 4,
					       LBVS_RAMP_FAIR };
	u32 opened = 0;
	u64 account = lbvs_ramp_open(opened);
	u32 i;

	(void)state;
	for (i = 0; i < 1000; i++)
		account = lbvs_ramp_spend(account, ++opened, &terms);
	assert_false(lbvs_ramp_overflows(account, opened, &terms));
	assert_int_equal(offer(&account, &opened, terms, 35), 0);
	assert_int_equal(offer(&account, &opened, terms, 400), 100);
}

/* Flows of the time when its cap was low, of which it was offered each, do not count
 * by what the cap is at the end, when nobody came meanwhile: else it seemed to have
 * caught up.
 */
static void flows_count_by_the_cap_of_their_time(void **state)
{
	const struct lbvs_ramp_terms low = { LBVS_RAMP_WHOLE / 4,
					     LBVS_RAMP_CAP_LEAST };
	const struct lbvs_ramp_terms high = { LBVS_RAMP_WHOLE / 4,
					      LBVS_RAMP_CAP_MOST };
	u32 opened = UINT32_MAX - 7;
	u64 account = lbvs_ramp_open(opened);

	(void)state;
	/* The first is as good as earned. */
	assert_int_equal(offer(&account, &opened, low, 15), 1);
	assert_false(lbvs_ramp_overflows(account, opened + 1, &high));
	assert_int_equal(offer(&account, &opened, high, 2), 0);
}

/* Of 4 a second its share is one: it gets that, and no more. */
static void one_is_let_through_when_it_is_due(void **state)
{
	struct lbvs_ramp_terms terms = { LBVS_RAMP_WHOLE / 4,
					 LBVS_RAMP_CAP_LEAST, .due = true };
	u32 opened = 0;
	u64 account = lbvs_ramp_open(opened);

	(void)state;
	assert_int_equal(offer(&account, &opened, terms, 1), 1);
	assert_int_equal(offer(&account, &opened, terms, 400), 100);
	terms.due = false;
	assert_true(offer(&account, &opened, terms, 6400) <= 101);
}

/* A share such as a third is cut to a whole number: three of them may be less than one. */
static void who_is_due_waits_for_one_turn_of_any_share(void **state)
{
	struct lbvs_ramp_terms terms = { .due = true };
	u32 opened = 0;
	u32 n, cap;

	(void)state;
	for (n = 2; n <= 1024; n++) {
		for (cap = LBVS_RAMP_CAP_LEAST; cap <= LBVS_RAMP_FAIR;
		     cap += 997) {
			u64 account = lbvs_ramp_open(opened);

			terms.fair = LBVS_RAMP_WHOLE / n;
			terms.cap = cap;
			assert_int_equal(offer(&account, &opened, terms, 1), 1);
			assert_in_range(offer(&account, &opened, terms, 8 * n),
					8, 9);
		}
	}
}

static void in_a_pause_it_gets_one_when_it_is_due_only(void **state)
{
	struct lbvs_ramp_terms terms = { LBVS_RAMP_WHOLE / 4,
					 LBVS_RAMP_CAP_LEAST, .paused = true };
	u32 opened = 0;
	u64 account = lbvs_ramp_open(opened);

	(void)state;
	assert_int_equal(offer(&account, &opened, terms, 10000), 0);
	terms.due = true;
	assert_int_equal(offer(&account, &opened, terms, 1), 1);
	terms.due = false;
	assert_int_equal(offer(&account, &opened, terms, 10000), 0);
}

static void a_CPU_that_is_behind_earns_nothing(void **state)
{
	const struct lbvs_ramp_terms terms = { LBVS_RAMP_WHOLE / 4,
					       LBVS_RAMP_FAIR };
	u64 account = lbvs_ramp_open(100);

	(void)state;
	assert_true(lbvs_ramp_admit(account, 99, &terms, &account));
	assert_int_equal(account >> 32, 100);
	assert_int_equal((u32)account, 0);
	assert_false(lbvs_ramp_admit(account, 98, &terms, &account));
}

static void caps_and_steps_only_grow(void **state)
{
	static const u32 lengths[] = { 1,     2,     3,	      4,
				       5,     250,   32767,   32768,
				       32769, 65537, 3600000, UINT32_MAX };
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		u32 length = lengths[i];
		u32 cap = 0, step = 0;
		u32 part;

		for (part = 0; part < 1000; part++) {
			u32 elapsed = (u64)length * part / 1000;
			u32 now = lbvs_ramp_cap(elapsed, length, true);
			u32 step_now = lbvs_ramp_step(elapsed, length);

			assert_true(now >= cap && now <= LBVS_RAMP_FAIR);
			assert_true(now >= LBVS_RAMP_CAP_LEAST);
			assert_true(step_now >= step && step_now < 100);
			cap = now;
			step = step_now;
		}
		assert_int_equal(lbvs_ramp_step(0, length), 12);
		assert_true(lbvs_ramp_step(length - 1, length) <= 75);
		assert_int_equal(lbvs_ramp_step(length, length), 100);
		assert_int_equal(lbvs_ramp_cap(length, length, false),
				 LBVS_RAMP_FAIR);
		assert_int_equal(lbvs_ramp_cap(UINT32_MAX, length, true),
				 LBVS_RAMP_CAP_MOST);
	}
}

static void a_pause_doubles_up_to_the_most(void **state)
{
	u32 pause = 0;
	u32 i;

	(void)state;
	for (i = 0; i < 6; i++) {
		pause = lbvs_ramp_pause(pause, 1, 60);
		assert_int_equal(pause, 1 << i);
	}
	assert_int_equal(lbvs_ramp_pause(pause, 1, 60), 60);
	assert_int_equal(lbvs_ramp_pause(60, 1, 60), 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_ramp_lc_gives_it_everything),
		cmocka_unit_test(with_lc_it_catches_up_under_the_cap),
		cmocka_unit_test(with_lc_and_lives_at_random_too),
		cmocka_unit_test(with_wlc_it_catches_up_under_the_cap),
		cmocka_unit_test(with_rr_the_share_grows_to_the_fair_one),
		cmocka_unit_test(with_wrr_the_share_grows_to_the_fair_one),
		cmocka_unit_test(no_burst_is_due_to_the_past),
		cmocka_unit_test(one_that_was_not_asked_has_caught_up),
		cmocka_unit_test(who_comes_without_asking_counts_too),
		cmocka_unit_test(a_debt_is_forgotten),
		cmocka_unit_test(flows_count_by_the_cap_of_their_time),
		cmocka_unit_test(one_is_let_through_when_it_is_due),
		cmocka_unit_test(who_is_due_waits_for_one_turn_of_any_share),
		cmocka_unit_test(in_a_pause_it_gets_one_when_it_is_due_only),
		cmocka_unit_test(a_CPU_that_is_behind_earns_nothing),
		cmocka_unit_test(caps_and_steps_only_grow),
		cmocka_unit_test(a_pause_doubles_up_to_the_most),
	};

	return cmocka_run_group_tests_name("ramp", tests, NULL, NULL);
}
