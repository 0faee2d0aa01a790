// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "log.h"
#include "target.h"

#define FULL_SHARE	100

/* Only to spread things out: not so random does as well. */
static uint32_t random_number(void)
{
	uint32_t number = 0;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
		number = loop_now() * 2654435761U;
	return number;
}

static void schedule(struct target *t, uint64_t at)
{
	/* Cannot fail but for want of memory, and then others still run. */
	if (loop_set(t->means->loop, &t->round, at))
		log_error("%s %s: %s is not checked any more: out of memory",
			  t->check->pool, t->real, t->check->name);
}

enum lbvs_verdict_state target_state(const struct target *t)
{
	if (t->timing.state == LBVS_VERDICT_STATE_DOWN && t->check->degrade)
		return LBVS_VERDICT_STATE_UP;
	return t->timing.state;
}

static uint32_t share_of(const struct target *t)
{
	if (t->timing.state == LBVS_VERDICT_STATE_DOWN && t->check->degrade)
		return t->check->degrade;
	return FULL_SHARE;
}

static void tell(const struct target *t)
{
	const char *pool = t->check->pool, *name = t->check->name;

	if (t->timing.state == LBVS_VERDICT_STATE_UP)
		log_info("%s %s: %s is up: %s", pool, t->real, name,
			 t->reason);
	else if (t->check->degrade)
		log_notice("%s %s: %s is degraded to %u %%: %s", pool, t->real,
			   name, t->share, t->reason);
	else
		log_notice("%s %s: %s is down: %s", pool, t->real, name,
			   t->reason);
}

static bool agrees(const struct target *t, enum timing_outcome outcome)
{
	switch (t->timing.state) {
	case LBVS_VERDICT_STATE_UP:
		return outcome == TIMING_PASS;
	case LBVS_VERDICT_STATE_DOWN:
		return outcome == TIMING_FAIL || outcome == TIMING_NO;
	default:
		return false;
	}
}

/*
 * Pushed is what changes the state or the cause of it, and once what only
 * confirms it: then it is known that somebody has looked.
 */
static void take_outcome(struct target *t, enum timing_outcome outcome)
{
	bool changed = timing_take(&t->timing, &t->check->timing, outcome);

	if (!agrees(t, outcome))
		return;
	if (!changed && t->owned && t->status == t->result.status &&
	    t->share == share_of(t))
		return;
	t->owned = true;
	t->due = true;
	t->status = t->result.status;
	t->share = share_of(t);
	result_reason(&t->result, t->reason);
	if (changed && !t->quiet)
		tell(t);
}

static void end_round(struct target *t)
{
	uint64_t at, now = loop_now();
	uint32_t i;

	t->asking = false;
	for (i = 0; i < t->check->probes; i++)
		probe_stop(&t->probe[i]);
	take_outcome(t, result_outcome(&t->result));
	at = t->began + timing_wait(&t->timing, &t->check->timing,
				    random_number()) * UINT64_C(1000);
	schedule(t, at > now ? at : now);
	t->done(t);
}

/* How much a result weighs against the others of its group. */
static int rank(const struct result *result)
{
	switch (result_outcome(result)) {
	case TIMING_PASS:
		return 0;
	case TIMING_NONE:
		return 1;
	case TIMING_FAIL:
		return 2;
	case TIMING_NO:
		return 3;
	}
	return 1;
}

/* Of a group, the reason says which of its probes it was. */
static void take_result(struct target *t, const struct probe *probe)
{
	const char *kind = words_find(words_check_kind, probe->config->kind);

	t->result = probe->result;
	if (t->check->probes > 1)
		result_say(&t->result, "%s:%u %s", kind, probe_port(probe),
			   probe->result.text);
}

static bool counts_more(const struct target *t, const struct result *result)
{
	int was = rank(&t->result), is = rank(result);

	if (!t->result.status)
		return true;
	return t->check->join == CHECK_ANY_OF ? is < was : is > was;
}

/* Leaves it nothing to wait for? */
static bool decides(const struct target *t, const struct result *result)
{
	enum timing_outcome outcome = result_outcome(result);

	return outcome == (t->check->join == CHECK_ANY_OF ? TIMING_PASS :
							    TIMING_NO);
}

/* All must pass: the worst counts. One suffices: the best does. */
static void on_result(struct probe *probe)
{
	struct target *t = probe->arg;

	t->open--;
	if (counts_more(t, &probe->result))
		take_result(t, probe);
	if (!t->open || decides(t, &probe->result))
		end_round(t);
}

void target_ask(struct target *t)
{
	uint32_t i;

	t->began = loop_now();
	t->asking = true;
	t->open = t->check->probes;
	t->result = (struct result){ 0 };
	for (i = 0; i < t->check->probes && t->asking; i++)
		probe_start(&t->probe[i], t->check->timing.timeout);
}

static void on_round(struct loop_timer *timer)
{
	target_ask(loop_of(timer, struct target, round));
}

struct target *target_new(const struct check *check,
			  const struct probe_means *means, const char *real,
			  const struct model_addr *addr)
{
	struct target *t = calloc(1, sizeof(*t) +
				  check->probes * sizeof(t->probe[0]));
	const struct check_probe *config = check->probe;
	struct probe_place place;
	uint32_t i;

	if (!t)
		return NULL;
	t->check = check;
	t->means = means;
	snprintf(t->real, sizeof(t->real), "%s", real);
	t->addr = *addr;
	t->share = FULL_SHARE;
	timing_init(&t->timing, LBVS_VERDICT_STATE_UNKNOWN);
	t->round.fn = on_round;
	place = (struct probe_place){ t->real, &t->addr };
	for (i = 0; i < check->probes; i++, config = config->next) {
		probe_init(&t->probe[i], means, config, &place, on_result);
		t->probe[i].arg = t;
	}
	return t;
}

void target_free(struct target *t)
{
	uint32_t i;

	if (!t)
		return;
	for (i = 0; i < t->check->probes; i++)
		probe_stop(&t->probe[i]);
	loop_unset(t->means->loop, &t->round);
	free(t);
}

void target_restore(struct target *t, enum lbvs_verdict_state state,
		    uint32_t share, const char *reason)
{
	/* Up with less than all is how a degraded one looks from there. */
	if (state == LBVS_VERDICT_STATE_UP && t->check->degrade &&
	    share < FULL_SHARE)
		state = LBVS_VERDICT_STATE_DOWN;
	timing_init(&t->timing, state);
	t->share = share;
	snprintf(t->reason, sizeof(t->reason), "%s", reason);
}

void target_inherit(struct target *t, const struct target *from)
{
	t->timing = from->timing;
	t->owned = from->owned;
	t->due = from->due;
	t->share = from->share;
	t->status = from->status;
	memcpy(t->reason, from->reason, sizeof(t->reason));
	schedule(t, from->round.place ? from->round.at : loop_now());
}

void target_start(struct target *t)
{
	schedule(t, loop_now() + timing_phase(&t->check->timing,
					      random_number()) *
		 UINT64_C(1000));
}

void target_hurry(struct target *t)
{
	uint64_t soonest = t->began +
			   t->check->timing.fastinter * UINT64_C(1000);
	uint64_t at = loop_now();

	if (t->began && at < soonest)
		at = soonest;
	/* While one is made there is none to come. */
	if (t->round.place && at < t->round.at)
		schedule(t, at);
}
