// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The prober and its kernel: what it does when that is gone, has gone on without
 * it, has somebody else in its place, or has something to tell.
 */
#include "probed_site.h"

#include "../lbprobed/plan.h"	/* lib has one, too */
#include "fake_kernel.h"

static void the_lease_is_renewed_every_second(void **state)
{
	struct site *site = *state;
	uint64_t began;

	add_check(site, "c1", site->port, 0);
	start(site);
	began = loop_now();
	run_until(site, site->fake.renewals == 3);
	assert_true(loop_now() - began >= UINT64_C(2000000));
	prober_stop(&site->prober, true);
}

static void it_gives_way_to_who_has_taken_its_name(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	start(site);
	site->fake.renew_error = -ESTALE;
	strcpy(site->fake.agent.error, "another one has the name");
	run_until(site, site->prober.outcome == -ESTALE);
	assert_int_equal(site->fake.joins, 1);
	prober_stop(&site->prober, true);
	assert_int_equal(site->fake.leaves, 0);
}

static void it_joins_again_when_its_lease_has_run_out(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	set_verdict(&site->fake, "r1", "c1", LBVS_VERDICT_STATE_UP)->stale =
		true;
	site->fake.renew_error = -ECONNRESET;
	run_until(site, site->fake.joins == 2);
	site->fake.renew_error = 0;
	run_until(site, !find_verdict(&site->fake, "r1", "c1")->stale);
	assert_true(site->prober.joined);
	assert_int_equal(state_of(site, "r1", "c1"), LBVS_VERDICT_STATE_UP);
	prober_stop(&site->prober, true);
}

static void while_the_kernel_is_gone_it_probes_on(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	site->fake.renew_error = -EIO;
	site->fake.join_error = -ENOENT;
	run_until(site, !site->prober.joined);
	close(site->listener);
	site->listener = -1;
	run_until(site, site->prober.targets[0]->timing.state ==
				LBVS_VERDICT_STATE_DOWN);
	assert_int_equal(state_of(site, "r1", "c1"), LBVS_VERDICT_STATE_UP);
	site->fake.renew_error = 0;
	site->fake.join_error = 0;
	run_until(site, site->prober.joined);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_DOWN);
	prober_stop(&site->prober, true);
}

static void what_is_reloaded_without_the_kernel_waits_for_it(void **state)
{
	struct site *site = *state;
	int listener;
	uint16_t port;

	port = listen_somewhere(&listener);
	add_check(site, "c1", site->port, 0);
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	site->fake.renew_error = -EIO;
	site->fake.join_error = -ENOENT;
	run_until(site, !site->prober.joined);
	/* The second one counts; until then the old one does. */
	add_check(site, "c2", site->shut, 0);
	assert_int_equal(prober_reload(&site->prober, &site->checks), 0);
	add_check(site, "c2", port, 0);
	assert_int_equal(prober_reload(&site->prober, &site->checks), 0);
	assert_null(site->checks.first);
	close(site->listener);
	site->listener = -1;
	run_until(site, site->prober.targets[0]->timing.state ==
				LBVS_VERDICT_STATE_DOWN);
	assert_int_equal(state_of(site, "r1", "c2"),
			 LBVS_VERDICT_STATE_UNKNOWN);
	site->fake.renew_error = 0;
	site->fake.join_error = 0;
	run_until(site, site->prober.joined);
	assert_int_equal(site->prober.count, 1);
	run_until(site, state_of(site, "r1", "c2") == LBVS_VERDICT_STATE_UP);
	prober_stop(&site->prober, true);
	close(listener);
}

static void what_is_reloaded_as_the_kernel_goes_waits_as_well(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	start(site);
	site->fake.read_error = -EIO;
	add_check(site, "c2", site->port, 0);
	assert_int_equal(prober_reload(&site->prober, &site->checks), 0);
	assert_false(site->prober.joined);
	site->fake.read_error = 0;
	run_until(site, state_of(site, "r1", "c2") == LBVS_VERDICT_STATE_UP);
	assert_int_equal(site->prober.count, 1);
	prober_stop(&site->prober, true);
}

static void what_waits_for_the_kernel_is_gone_at_the_end(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	start(site);
	site->fake.renew_error = -EIO;
	site->fake.join_error = -ENOENT;
	run_until(site, !site->prober.joined);
	add_check(site, "c2", site->port, 0);
	assert_int_equal(prober_reload(&site->prober, &site->checks), 0);
	prober_stop(&site->prober, true);
	assert_int_equal(site->fake.leaves, 0);
}

static void
a_real_that_clients_fail_to_connect_to_is_looked_at_at_once(void **state)
{
	struct site *site = *state;
	int pipes[2];

	add_check(site, "c1", site->port, 0)->timing.inter = 60000;
	assert_int_equal(pipe(pipes), 0);
	site->fake.agent.events_fd = pipes[0];
	start(site);
	target_ask(site->prober.targets[0]);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	close(site->listener);
	site->listener = -1;
	/* Another real is none of ours. */
	site->fake.suspect = "r2";
	assert_int_equal(write(pipes[1], "", 1), 1);
	run_for(site, 500);
	assert_int_equal(state_of(site, "r1", "c1"), LBVS_VERDICT_STATE_UP);
	site->fake.suspect = "r1";
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_DOWN);
	prober_stop(&site->prober, true);
	close(pipes[0]);
	close(pipes[1]);
}

/* Of a target with the longest names, that has the most to say. */
static void add_longest_verdict(struct model_list *list)
{
	struct model_verdict *v =
		(struct model_verdict *)model_new(MODEL_VERDICT);
	struct target t = { .share = 50 };
	struct check check = { 0 };

	assert_non_null(v);
	memset(check.pool, 'p', sizeof(check.pool) - 1);
	memset(check.name, 'c', sizeof(check.name) - 1);
	memset(t.real, 'r', sizeof(t.real) - 1);
	memset(t.reason, 'x', sizeof(t.reason) - 1);
	t.check = &check;
	plan_verdict(v, &t);
	model_list_add(list, &v->head);
}

static void the_longest_verdicts_fit_into_one_push(void **state)
{
	struct fake_kernel k = { 0 };
	struct model_verdict request;
	struct lbnl nl;
	int i, err;

	(void)state;
	model_init(&request.head, MODEL_VERDICT);
	memset(request.agent, 'a', sizeof(request.agent) - 1);
	for (i = 0; i < AGENT_PUSH_MAX; i++)
		add_longest_verdict(&request.list);
	model_mark(&request, LBVS_A_VERDICT_AGENT);
	model_mark(&request, LBVS_A_VERDICT_EPOCH);
	model_mark(&request, LBVS_A_VERDICT_LIST);
	fake_start(&k, &nl);
	err = lbnl_request(&nl, LBVS_CMD_VERDICT_SET, &request.head, NULL);
	fake_stop(&k);
	lbnl_close(&nl);
	model_list_free(&request.list);
	assert_int_equal(err, 0);
	assert_in_range(k.longest, AGENT_PUSH_MAX * 260, UINT16_MAX);
}

static void drain(int fd)
{
	char byte;

	assert_int_equal(read(fd, &byte, 1), 1);
}

/* The real is up, and the kernel's events are heard. */
static void start_listening(struct site *site, int pipes[2])
{
	add_check(site, "c1", site->port, 0);
	assert_int_equal(pipe(pipes), 0);
	site->fake.agent.events_fd = pipes[0];
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
}

static void stop_listening(struct site *site, int pipes[2])
{
	prober_stop(&site->prober, true);
	close(pipes[0]);
	close(pipes[1]);
}

static void what_it_could_not_hear_makes_it_look(void **state)
{
	struct model_verdict nothing;
	struct site *site = *state;
	int pipes[2];

	start_listening(site, pipes);
	model_init(&nothing.head, MODEL_VERDICT);
	site->fake.told = &nothing;
	site->fake.lost = -ENOBUFS;
	site->fake.reals[1] = "r2";
	assert_int_equal(write(pipes[1], "", 1), 1);
	run_until(site, state_of(site, "r2", "c1") == LBVS_VERDICT_STATE_UP);
	assert_int_equal(site->prober.count, 2);
	assert_int_equal(site->fake.lost, 0);
	assert_int_equal(site->fake.joins, 1);
	stop_listening(site, pipes);
}

static void what_is_said_by_hand_of_a_check_is_set_right(void **state)
{
	static const enum lbvs_verdict_state said[] = {
		LBVS_VERDICT_STATE_UNKNOWN,	/* it was deleted */
		LBVS_VERDICT_STATE_DOWN,
		LBVS_VERDICT_STATE_UP,		/* without a lease */
	};
	struct site *site = *state;
	struct model_verdict *v;
	int pipes[2];
	size_t i;

	start_listening(site, pipes);
	for (i = 0; i < ARRAY_SIZE(said); i++) {
		v = set_verdict(&site->fake, "r1", "c1", said[i]);
		v->agent[0] = '\0';
		site->fake.told = v;
		assert_int_equal(write(pipes[1], "", 1), 1);
		run_until(site, v->agent[0]);
		assert_int_equal(v->state, LBVS_VERDICT_STATE_UP);
		drain(pipes[0]);
	}
	stop_listening(site, pipes);
}

static void what_has_gone_stale_of_another_agent_is_set_right(void **state)
{
	struct site *site = *state;
	struct model_verdict *v;
	int pipes[2];

	start_listening(site, pipes);
	v = set_verdict(&site->fake, "r1", "c1", LBVS_VERDICT_STATE_DOWN);
	strcpy(v->agent, "other");
	v->stale = true;
	site->fake.told = v;
	assert_int_equal(write(pipes[1], "", 1), 1);
	run_until(site, !strcmp(v->agent, "lbprobed"));
	assert_int_equal(v->state, LBVS_VERDICT_STATE_UP);
	stop_listening(site, pipes);
}

static void what_is_said_of_something_else_is_no_news(void **state)
{
	static const struct {
		const char *pool, *real, *check, *agent;
	} cases[] = {
		{ "web", "r1", "c1", "lbprobed" },
		{ "web", "r1", "c1", "other" },
		{ "web", "r1", "c2", "" },
		{ "web", "r1", "", "" },
		{ "web", "r2", "c1", "" },
		{ "mail", "r1", "c1", "" },
	};
	struct site *site = *state;
	struct model_verdict v;
	int pipes[2], reads;
	size_t i;

	start_listening(site, pipes);
	reads = site->fake.reads;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		model_init(&v.head, MODEL_VERDICT);
		strcpy(v.pool, cases[i].pool);
		strcpy(v.real, cases[i].real);
		strcpy(v.check, cases[i].check);
		strcpy(v.agent, cases[i].agent);
		v.state = LBVS_VERDICT_STATE_DOWN;
		site->fake.told = &v;
		assert_int_equal(write(pipes[1], "", 1), 1);
		run_for(site, 300);
		assert_int_equal(site->fake.reads, reads);
		drain(pipes[0]);
	}
	stop_listening(site, pipes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_lease_is_renewed_every_second),
		test(it_gives_way_to_who_has_taken_its_name),
		test(it_joins_again_when_its_lease_has_run_out),
		test(while_the_kernel_is_gone_it_probes_on),
		test(what_is_reloaded_without_the_kernel_waits_for_it),
		test(what_is_reloaded_as_the_kernel_goes_waits_as_well),
		test(what_waits_for_the_kernel_is_gone_at_the_end),
		test(a_real_that_clients_fail_to_connect_to_is_looked_at_at_once),
		test(what_it_could_not_hear_makes_it_look),
		test(what_is_said_by_hand_of_a_check_is_set_right),
		test(what_has_gone_stale_of_another_agent_is_set_right),
		test(what_is_said_of_something_else_is_no_news),
		cmocka_unit_test(the_longest_verdicts_fit_into_one_push),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
