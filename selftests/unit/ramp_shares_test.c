// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What shares reals get while some of them have ramps, of pools drawn at random:
 * how many reals, their weights, who comes new and when, how long ramps are, how
 * many flows there are and how fast they come. Flows are chosen for by the very
 * code of the module, from lbvs_choose_next() down, see ramp_shares.h.
 *
 * Environment:
 *   LBVS_RAMP_SEED   as printed by a run that is to be repeated
 *   LBVS_RAMP_POOLS  how many pools for each scheduler
 */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "algo/least.h"
#include "algo/ramp.h"
#include "choose.h"
#include "linux/jiffies.h"

#define POOLS	   100
#define REALS_MOST 64
#define NEW_MOST   8
#define FLOWS	   5000
#define LIVE_MOST  20000

/* How much of a flow sums of fractions may be off. */
#define NOTHING 1e-6

/*
 * By how many flows more than its cap may a real be ahead in any window. Two may
 * have been saved up before it, and what lets one through that is due may have
 * been less than a whole one, once: after that nothing is left, and the next one
 * that is due had to wait for as many flows as its fair share has one of.
 */
#define AHEAD_MOST 3

/* Ticks of the clock, and how many of them a flow waits in the mean. */
unsigned long jiffies;

/**
 * struct watch - what is seen of a real that is new
 * @fair: the sum of its fair shares of all flows that came.
 * @capped: the sum of what its ramp let it have of them, ...
 * @due: ... and of those since it got one, of the ramp of now.
 * @lowest: the least that it was ahead of 1.5 times the fair share so far.
 * @got: what it got.
 * @last: when it got the last one.
 * @waits: it ought to have got one for so many flows.
 * @watched: it has begun.
 */
struct watch {
	double fair;
	double capped;
	double due;
	double lowest;
	u32 got;
	u32 last;
	u32 waits;
	bool watched;
};

struct pool {
	uint64_t random;
	enum lbvs_sched sched;
	const struct lbvs_sched_ops *ops;
	u32 n;
	u32 weights[REALS_MOST];
	bool is_new[REALS_MOST];
	u32 comes[REALS_MOST]; /* before that flow */
	u32 length; /* of ramps, in jiffies */
	double now; /* jiffies, with a fraction */
	double gap; /* between two flows, likewise */
	u32 tended;

	struct lbvs_service service;
	struct lbvs_load loads[REALS_MOST];
	struct lbvs_member members[REALS_MOST];
	struct lbvs_member *choices[REALS_MOST];
	struct lbvs_sched_choice inputs[REALS_MOST];
	struct lbvs_sched_table table;
	struct lbvs_rule rule;

	u16 live[LIVE_MOST];
	u32 n_live;
	u32 live_most;

	struct watch watch[REALS_MOST];
	u32 settled[REALS_MOST]; /* flows since the last commit */
	u32 passed; /* likewise, that who was first could not take */
};

/* Nobody persists, and no scheduler here hashes. */
u64 lbvs_affinity_find(const struct lbvs_affinity *affinity, u64 owner,
		       u32 prefix, const struct lbvs_tuple *tuple,
		       struct lbvs_affinity_look *look)
{
	abort();
}

u64 lbvs_affinity_claim(const struct lbvs_affinity *affinity,
			struct lbvs_affinity_look *look, u64 real_id,
			u32 seconds)
{
	abort();
}

u32 lbvs_sched_hash(const struct lbvs_tuple *tuple, enum lbvs_hash hash,
		    u32 prefix, const siphash_key_t *key)
{
	abort();
}

static u32 draw(struct pool *p, u32 least, u32 most)
{
	return least + next_random(&p->random) % (most - least + 1);
}

static bool is_least(const struct pool *p)
{
	return p->sched == LBVS_SCHED_LC || p->sched == LBVS_SCHED_WLC;
}

static u32 weight_of(const struct pool *p, u32 i)
{
	return p->sched == LBVS_SCHED_RR || p->sched == LBVS_SCHED_LC ?
		       1 :
		       p->weights[i];
}

static u32 index_of(const struct pool *p, const struct lbvs_member *member)
{
	return member - p->members;
}

static bool has_ramp(const struct pool *p, u32 i)
{
	return p->members[i].ramp.kind != LBVS_RAMP_OFF;
}

static double fair_share(const struct pool *p, u32 i)
{
	double total = 0;
	u32 c;

	for (c = 0; c < p->rule.n_choices; c++)
		total += weight_of(p, index_of(p, p->choices[c]));
	return weight_of(p, i) / total;
}

/* What it is meant to be, without regard to how it is computed. */
static double cap_of(const struct pool *p, u32 i)
{
	double elapsed = (u32)((u32)jiffies - p->members[i].ramp.began);

	if (elapsed >= p->length)
		return is_least(p) ? 1.5 : 1;
	return elapsed / p->length > 1.0 / 16 ? elapsed / p->length : 1.0 / 16;
}

/* --- a pool, and its changes ------------------------------------------------- */

static void draw_members(struct pool *p)
{
	u32 n_new = draw(p, 1, p->n - 1 < NEW_MOST ? p->n - 1 : NEW_MOST);
	u32 i;

	for (i = 0; i < p->n; i++) {
		p->weights[i] = random_weight(&p->random, 65535);
		p->members[i].real_id = i + 1;
		p->members[i].load = &p->loads[i];
		p->members[i].service = &p->service;
	}
	while (n_new--) {
		do {
			i = draw(p, 0, p->n - 1);
		} while (p->is_new[i]);
		p->is_new[i] = true;
		p->comes[i] = draw(p, 500, 2000);
	}
}

/* The clock and the counter of flows wrap around in some of them. */
static void draw_pool(struct pool *p, u64 seed, enum lbvs_sched sched)
{
	static const struct lbvs_sched_ops *const ops[] = {
		[LBVS_SCHED_RR] = &lbvs_sched_rr_ops,
		[LBVS_SCHED_WRR] = &lbvs_sched_wrr_ops,
		[LBVS_SCHED_LC] = &lbvs_sched_lc_ops,
		[LBVS_SCHED_WLC] = &lbvs_sched_wlc_ops,
	};

	free(p->table.wrr.ends);
	memset(p, 0, sizeof(*p));
	p->random = seed;
	p->sched = sched;
	p->ops = ops[sched];
	p->n = draw(p, 2, draw(p, 0, 1) ? 8 : REALS_MOST);
	p->length = draw(p, 1, 60) * HZ;
	p->now = draw(p, 0, 1) ? UINT32_MAX - draw(p, 0, 100 * HZ) : 1;
	p->live_most = draw(p, 1, draw(p, 0, 1) ? LIVE_MOST : 300);
	p->service.opened.counter = -(int)draw(p, 0, 4000);
	p->service.cursor.counter = draw(p, 0, 1000000);
	draw_members(p);
}

static bool is_there(const struct pool *p, u32 i, u32 flow)
{
	return !p->is_new[i] || p->comes[i] <= flow;
}

static void compile(struct pool *p, u32 flow)
{
	struct lbvs_rule *rule = &p->rule;
	u32 i, n = 0;

	for (i = 0; i < p->n; i++) {
		if (!is_there(p, i, flow))
			continue;
		p->choices[n] = &p->members[i];
		p->inputs[n++] = (struct lbvs_sched_choice){
			.id = i + 1,
			.weight = p->weights[i],
		};
	}
	free(p->table.wrr.ends);
	memset(&p->table, 0, sizeof(p->table));
	p->table.input.ops = p->ops;
	p->table.input.n = n;
	p->table.input.choices = p->inputs;
	assert_int_equal(p->ops->build(&p->table), 0);
	rule->sched = &p->table;
	rule->choices = p->choices;
	rule->n_choices = n;
	rule->service = &p->service;
	memset(p->settled, 0, sizeof(p->settled));
	p->passed = 0;
}

static void begin_watch(struct pool *p, u32 i)
{
	p->watch[i] = (struct watch){
		.watched = true,
		.last = (u32)jiffies - HZ,
	};
}

static void begin_ramp(struct pool *p, u32 i)
{
	lbvs_ramp_begin(&p->members[i], (u32)jiffies);
	p->members[i].ramp.kind = is_least(p) ? LBVS_RAMP_LEAST :
						LBVS_RAMP_TURNS;
	p->members[i].ramp.length = p->length;
	begin_watch(p, i);
}

/* As commits do: fair shares change for all, and those that are there now begin. */
static void commit(struct pool *p, u32 flow)
{
	u32 i;

	/* Turns begin anew, wherever. */
	compile(p, flow);
	for (i = 0; i < p->n; i++)
		p->watch[i].waits = 0;
	p->rule.ramps = p->rule.guarded = false;
	for (i = 0; i < p->n; i++) {
		if (p->is_new[i] && p->comes[i] == flow)
			begin_ramp(p, i);
		if (!has_ramp(p, i))
			continue;
		p->members[i].ramp.fair = fair_share(p, i) * LBVS_RAMP_WHOLE;
		if (!p->members[i].ramp.fair)
			p->members[i].ramp.fair = 1;
		p->rule.ramps = p->rule.guarded = true;
	}
}

static bool any_comes(const struct pool *p, u32 flow)
{
	u32 i;

	for (i = 0; i < p->n; i++)
		if (p->is_new[i] && p->comes[i] == flow)
			return true;
	return false;
}

static int compare(const struct pool *p, u32 i, u32 than)
{
	return lbvs_least_compare(p->members[i].flows.counter, weight_of(p, i),
				  p->members[than].flows.counter,
				  weight_of(p, than));
}

static bool has_fewer_than_settled(const struct pool *p, u32 i)
{
	u32 c;

	for (c = 0; c < p->rule.n_choices; c++) {
		u32 other = index_of(p, p->choices[c]);

		if (!has_ramp(p, other) && compare(p, i, other) >= 0)
			return false;
	}
	return true;
}

/* As the work does that looks after ramps. */
static void tend(struct pool *p)
{
	u32 i;

	if ((u32)jiffies - p->tended < HZ / 8)
		return;
	p->tended = (u32)jiffies;
	for (i = 0; i < p->n; i++) {
		if (!has_ramp(p, i))
			continue;
		if ((u32)jiffies - p->members[i].ramp.began >= p->length &&
		    (!is_least(p) || !has_fewer_than_settled(p, i)))
			lbvs_ramp_end(&p->members[i]);
		else
			lbvs_ramp_hold(&p->members[i], (u32)jiffies);
	}
}

/* --- what must hold ---------------------------------------------------------- */

static bool has_fewest_of_all(const struct pool *p, u32 i)
{
	u32 c;

	for (c = 0; c < p->rule.n_choices; c++) {
		u32 other = index_of(p, p->choices[c]);

		if (other != i && compare(p, i, other) >= 0)
			return false;
	}
	return true;
}

/* How many flows until it is its turn, if it is not passed by; for those that
 * choose by flows it is, when it has the fewest of all.
 */
static u32 turn_within(const struct pool *p, u32 i)
{
	switch (p->sched) {
	case LBVS_SCHED_RR:
		return p->rule.n_choices;
	case LBVS_SCHED_WRR:
		/* See wrr_test.c for how far turns are from where they are due. */
		return 1 + (3 + 2 * p->table.wrr.bits / 3.0) / fair_share(p, i);
	default:
		return has_fewest_of_all(p, i) ? 1 : UINT32_MAX;
	}
}

/* It got none for an interval, and of as many flows as it should have one of by now:
 * the cap of their time counts, so more are needed while it grows.
 */
static bool ought_to_get_one(const struct pool *p, u32 i)
{
	const struct watch *w = &p->watch[i];

	return (u32)jiffies - w->last >= HZ && w->due >= cap_of(p, i);
}

static void watch_flow(struct pool *p, u32 i)
{
	struct watch *w = &p->watch[i];
	double fair = fair_share(p, i);
	double ahead = w->got - 1.5 * w->fair;

	if (ahead < w->lowest)
		w->lowest = ahead;
	w->fair += fair;
	w->capped += fair * cap_of(p, i);
	w->due += fair * cap_of(p, i);
	if (!ought_to_get_one(p, i))
		w->waits = 0;
	else if (!is_least(p) || has_fewest_of_all(p, i))
		w->waits++;
}

static void watch_choice(struct pool *p, u32 i, u32 chosen, u32 turn)
{
	struct watch *w = &p->watch[i];
	double seconds =
		(double)(u32)((u32)jiffies - p->members[i].ramp.began) / HZ;

	if (i == chosen) {
		w->got++;
		w->last = (u32)jiffies;
		w->waits = 0;
		w->due = 0;
	}
	assert_true(w->got - 1.5 * w->fair - w->lowest < AHEAD_MOST + NOTHING);
	/* Of the ramp alone: the first is as good as earned, and one a second. */
	assert_true(w->got <= w->capped + seconds + 2 + NOTHING);
	assert_true(w->waits < turn);
}

/* Whoever is settled and gets a flow has no more than others that are. */
static void expect_fewest_of_settled(const struct pool *p, u32 chosen)
{
	u32 c;

	for (c = 0; c < p->rule.n_choices; c++) {
		u32 other = index_of(p, p->choices[c]);

		if (!has_ramp(p, other))
			assert_true(compare(p, chosen, other) <= 0);
	}
}

/* By how many flows may one be off that has such a share of what the settled got?
 * In wrr turns are off, see wrr_test.c, the others' too; and turns that are passed on
 * are spread no worse than by chance, of which six deviations are enough.
 */
static double off_most(const struct pool *p, double share, u32 n)
{
	double turns = 2 + 2 * p->table.wrr.bits / 3.0;

	if (p->sched == LBVS_SCHED_RR)
		return 1;
	return turns + turns * n * share + 6 * sqrt(p->passed * share);
}

/* Since the last commit, of the flows of those who were settled all the time. */
static void expect_proportions(const struct pool *p)
{
	double flows = 0, weights = 0;
	u32 i, n = 0;

	for (i = 0; i < p->n; i++) {
		if (p->is_new[i])
			continue;
		flows += p->settled[i];
		weights += weight_of(p, i);
		n++;
	}
	for (i = 0; i < p->n && !is_least(p); i++) {
		double share = weight_of(p, i) / weights;

		if (!p->is_new[i])
			assert_true(fabs(p->settled[i] - flows * share) <=
				    off_most(p, share, n));
	}
}

/* --- flows -------------------------------------------------------------------- */

static void end_some(struct pool *p)
{
	while (p->n_live >= p->live_most) {
		u32 which = draw(p, 0, p->n_live - 1);

		atomic_dec(&p->members[p->live[which]].flows);
		p->live[which] = p->live[--p->n_live];
	}
}

/* From one in four seconds to a hundred in one, and then at another rate. */
static void let_time_pass(struct pool *p, u32 flow)
{
	if (flow % 250 == 0)
		p->gap = 2.5 * (1 << draw(p, 0, 8)) * draw(p, 1, 100) / 64;
	p->now += p->gap * draw(p, 0, 1000) / 500;
	jiffies = (u64)p->now;
}

static u32 choose(struct pool *p)
{
	struct lbvs_choosing choosing = {};
	struct lbvs_member *member;

	lbvs_choose_start(&choosing, &p->rule, NULL);
	member = lbvs_choose_next(&choosing);
	assert_non_null(member);
	p->passed += choosing.pick.attempt > 1;
	return index_of(p, member);
}

static void one_flow(struct pool *p)
{
	u32 turns[REALS_MOST];
	bool watched[REALS_MOST];
	u32 i, chosen;

	for (i = 0; i < p->n; i++) {
		watched[i] = p->watch[i].watched && has_ramp(p, i);
		if (!watched[i])
			continue;
		watch_flow(p, i);
		turns[i] = turn_within(p, i);
	}
	chosen = choose(p);
	for (i = 0; i < p->n; i++)
		if (watched[i] && has_ramp(p, i))
			watch_choice(p, i, chosen, turns[i]);
	if (is_least(p) && !has_ramp(p, chosen))
		expect_fewest_of_settled(p, chosen);
	if (!p->is_new[chosen])
		p->settled[chosen]++;
	atomic_inc(&p->members[chosen].flows);
	p->live[p->n_live++] = chosen;
}

static void let_flows_come(struct pool *p)
{
	u32 flow;

	commit(p, 0);
	for (flow = 1; flow <= FLOWS; flow++) {
		let_time_pass(p, flow);
		end_some(p);
		tend(p);
		if (any_comes(p, flow)) {
			expect_proportions(p);
			commit(p, flow);
		}
		one_flow(p);
	}
	expect_proportions(p);
}

static u64 from_environment(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* The last one is the one that failed, if one did. */
struct run {
	struct pool *pool;
	u64 seed;
};

static void expect_shares(struct run *run, enum lbvs_sched sched)
{
	u64 seed = from_environment("LBVS_RAMP_SEED", time(NULL));
	u32 pools = from_environment("LBVS_RAMP_POOLS", POOLS);
	u32 i;

	for (i = 0; i < pools; i++) {
		run->seed = seed + i;
		draw_pool(run->pool, run->seed, sched);
		let_flows_come(run->pool);
	}
}

static int set_up(void **state)
{
	struct run *run = calloc(1, sizeof(*run));

	run->pool = calloc(1, sizeof(*run->pool));
	*state = run;
	return 0;
}

static int tear_down(void **state)
{
	struct run *run = *state;

	print_message(
		"# the last pool again: LBVS_RAMP_POOLS=1 LBVS_RAMP_SEED=%llu\n",
		(unsigned long long)run->seed);
	free(run->pool->table.wrr.ends);
	free(run->pool);
	free(run);
	return 0;
}

static void rr_keeps_to_shares(void **state)
{
	expect_shares(*state, LBVS_SCHED_RR);
}

static void wrr_keeps_to_shares(void **state)
{
	expect_shares(*state, LBVS_SCHED_WRR);
}

static void lc_keeps_to_shares(void **state)
{
	expect_shares(*state, LBVS_SCHED_LC);
}

static void wlc_keeps_to_shares(void **state)
{
	expect_shares(*state, LBVS_SCHED_WLC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(rr_keeps_to_shares),
		TEST(wrr_keeps_to_shares),
		TEST(lc_keeps_to_shares),
		TEST(wlc_keeps_to_shares),
	};

	return cmocka_run_group_tests_name("ramp_shares", tests, NULL, NULL);
}
