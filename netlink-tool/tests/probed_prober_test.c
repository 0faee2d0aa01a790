// SPDX-License-Identifier: GPL-2.0-or-later
/* What the prober finds, and pushes or does not: with real connections. */
#include <fcntl.h>

#include "probed_site.h"

static void what_is_found_is_pushed_once(void **state)
{
	struct site *site = *state;
	int pushes;

	add_check(site, "c1", site->port, 0);
	add_check(site, "c2", site->shut, 0);
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	run_until(site, state_of(site, "r1", "c2") == LBVS_VERDICT_STATE_DOWN);
	assert_non_null(strstr(find_verdict(&site->fake, "r1", "c2")->reason,
			       "L4CON Connection refused, "));
	pushes = site->fake.pushes;
	assert_in_range(pushes, 1, 2);
	run_for(site, 500);
	assert_int_equal(site->fake.pushes, pushes);
	prober_stop(&site->prober, true);
	assert_int_equal(site->fake.leaves, 1);
}

static void all_of_a_group_must_pass_or_any(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, site->shut);
	add_check(site, "c2", site->shut, site->port)->join = CHECK_ANY_OF;
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_DOWN);
	run_until(site, state_of(site, "r1", "c2") == LBVS_VERDICT_STATE_UP);
	prober_stop(&site->prober, true);
}

/* A server that is there at every other look. */
static struct {
	struct site *site;
	void (*done)(struct target *t);
	unsigned int looks;
} flapping;

static void on_look(struct target *t)
{
	struct site *site = flapping.site;
	bool there = site->listener >= 0;

	assert_int_equal(result_outcome(&t->result),
			 there ? TIMING_PASS : TIMING_FAIL);
	flapping.looks++;
	flapping.done(t);
	if (there) {
		close(site->listener);
		site->listener = -1;
	} else {
		listen_at(&site->listener, site->port);
	}
}

static void assert_held(struct site *site, enum lbvs_verdict_state known)
{
	int pushes;

	add_check(site, "c1", site->port, 0);
	set_verdict(&site->fake, "r1", "c1", known);
	start(site);
	flapping.site = site;
	flapping.looks = 0;
	flapping.done = site->prober.targets[0]->done;
	site->prober.targets[0]->done = on_look;
	/* What was known is confirmed once. */
	run_until(site, flapping.looks >= 3);
	pushes = site->fake.pushes;
	assert_int_equal(pushes, 1);
	run_until(site, flapping.looks >= 23);
	assert_int_equal(site->fake.pushes, pushes);
	assert_int_equal(state_of(site, "r1", "c1"), known);
	prober_stop(&site->prober, true);
}

static void a_server_that_comes_and_goes_stays_up_if_it_was(void **state)
{
	assert_held(*state, LBVS_VERDICT_STATE_UP);
}

static void a_server_that_comes_and_goes_stays_down_if_it_was(void **state)
{
	assert_held(*state, LBVS_VERDICT_STATE_DOWN);
}

static void a_degraded_real_stays_up_with_a_share(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->shut, 0)->degrade = 30;
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	assert_int_equal(find_verdict(&site->fake, "r1", "c1")->share, 30);
	prober_stop(&site->prober, true);
}

static void what_the_kernel_knows_is_where_it_begins(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0)->timing.rise = 100;
	set_verdict(&site->fake, "r1", "c1", LBVS_VERDICT_STATE_DOWN)->stale =
		true;
	start(site);
	run_until(site, site->prober.targets[0]->timing.passes > 1);
	assert_int_equal(state_of(site, "r1", "c1"), LBVS_VERDICT_STATE_DOWN);
	assert_int_equal(site->fake.pushes, 0);
	assert_int_equal(site->prober.targets[0]->timing.state,
			 LBVS_VERDICT_STATE_DOWN);
	prober_stop(&site->prober, false);
	assert_int_equal(site->fake.leaves, 0);
}

static void a_stale_verdict_is_pushed_anew_when_it_is_confirmed(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	set_verdict(&site->fake, "r1", "c1", LBVS_VERDICT_STATE_UP)->stale =
		true;
	start(site);
	assert_int_equal(site->fake.pushes, 0);
	run_until(site, site->fake.pushes == 1);
	assert_false(find_verdict(&site->fake, "r1", "c1")->stale);
	prober_stop(&site->prober, true);
}

static void a_check_that_the_pool_lacks_is_left_out(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	add_check(site, "c9", site->port, 0);
	start(site);
	assert_int_equal(site->prober.count, 1);
	prober_stop(&site->prober, true);
}

static void a_real_that_comes_is_probed_and_the_others_go_on(void **state)
{
	struct site *site = *state;
	struct target *kept;

	add_check(site, "c1", site->port, 0);
	start(site);
	run_for(site, 300);
	kept = site->prober.targets[0];
	site->fake.reals[1] = "r2";
	site->prober.reread.fn(&site->prober.reread);
	assert_int_equal(site->prober.count, 2);
	assert_ptr_equal(site->prober.targets[0], kept);
	run_until(site, state_of(site, "r2", "c1") == LBVS_VERDICT_STATE_UP);
	prober_stop(&site->prober, true);
}

static void a_real_that_goes_takes_only_its_own_verdict_along(void **state)
{
	struct site *site = *state;

	site->fake.reals[0] = "r1";
	site->fake.reals[1] = "r2";
	add_check(site, "c1", site->port, 0);
	start(site);
	/* It goes before the prober hears of that. */
	site->fake.reals[1] = NULL;
	run_until(site, site->prober.count == 1);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	assert_int_equal(state_of(site, "r2", "c1"),
			 LBVS_VERDICT_STATE_UNKNOWN);
	prober_stop(&site->prober, true);
}

static void what_somebody_else_has_set_is_set_right(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	start(site);
	run_for(site, 400);
	set_verdict(&site->fake, "r1", "c1", LBVS_VERDICT_STATE_DOWN);
	site->prober.reread.fn(&site->prober.reread);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	prober_stop(&site->prober, true);
}

static void a_reload_keeps_what_is_known(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->port, 0);
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP);
	add_check(site, "c1", site->port, 0)->timing.inter = 60000;
	add_check(site, "c2", site->port, 0);
	assert_int_equal(prober_reload(&site->prober, &site->checks), 0);
	assert_int_equal(site->prober.count, 2);
	assert_int_equal(site->prober.targets[0]->timing.state,
			 LBVS_VERDICT_STATE_UP);
	assert_int_equal(site->prober.targets[0]->check->timing.inter, 60000);
	run_until(site, state_of(site, "r1", "c2") == LBVS_VERDICT_STATE_UP);
	prober_stop(&site->prober, true);
}

/* From now on none is left. */
static void take_descriptors(struct site *site)
{
	struct rlimit limit = site->descriptors;
	int fd = open("/dev/null", O_RDONLY);

	assert_true(fd >= 0);
	close(fd);
	limit.rlim_cur = fd;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void assert_out_of_descriptors(struct site *site, enum check_kind kind)
{
	struct target *t;
	unsigned int rounds;

	add_check(site, "c1", site->port, 0)->probe->kind = kind;
	set_verdict(&site->fake, "r1", "c1", LBVS_VERDICT_STATE_UP);
	start(site);
	t = site->prober.targets[0];
	take_descriptors(site);
	for (rounds = 0; rounds < 5; rounds++) {
		t->result.status = RESULT_NONE;
		run_until(site, t->result.status != RESULT_NONE);
		assert_string_equal(result_word(t->result.status), "SOCKERR");
		assert_string_equal(t->result.text, "Too many open files");
	}
	assert_int_equal(t->timing.state, LBVS_VERDICT_STATE_UP);
	assert_int_equal(site->fake.pushes, 0);
	prober_stop(&site->prober, true);
}

static void a_real_is_not_down_for_want_of_descriptors_for_tcp(void **state)
{
	assert_out_of_descriptors(*state, CHECK_TCP);
}

static void a_real_is_not_down_for_want_of_descriptors_for_http(void **state)
{
	assert_out_of_descriptors(*state, CHECK_HTTP);
}

static void a_real_is_not_down_for_want_of_descriptors_for_https(void **state)
{
	assert_out_of_descriptors(*state, CHECK_HTTPS);
}

static void a_refused_connection_is_one_for_http_as_well(void **state)
{
	struct site *site = *state;

	add_check(site, "c1", site->shut, 0)->probe->kind = CHECK_HTTP;
	start(site);
	run_until(site, state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_DOWN);
	assert_non_null(strstr(find_verdict(&site->fake, "r1", "c1")->reason,
			       "L4CON Connection refused, "));
	prober_stop(&site->prober, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_found_is_pushed_once),
		test(all_of_a_group_must_pass_or_any),
		test(a_server_that_comes_and_goes_stays_up_if_it_was),
		test(a_server_that_comes_and_goes_stays_down_if_it_was),
		test(a_degraded_real_stays_up_with_a_share),
		test(what_the_kernel_knows_is_where_it_begins),
		test(a_stale_verdict_is_pushed_anew_when_it_is_confirmed),
		test(a_check_that_the_pool_lacks_is_left_out),
		test(a_real_that_comes_is_probed_and_the_others_go_on),
		test(a_real_that_goes_takes_only_its_own_verdict_along),
		test(what_somebody_else_has_set_is_set_right),
		test(a_reload_keeps_what_is_known),
		test(a_real_is_not_down_for_want_of_descriptors_for_tcp),
		test(a_real_is_not_down_for_want_of_descriptors_for_http),
		test(a_real_is_not_down_for_want_of_descriptors_for_https),
		test(a_refused_connection_is_one_for_http_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
