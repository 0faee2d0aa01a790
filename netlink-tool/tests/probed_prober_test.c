// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The prober between real connections to this machine and a kernel that is
 * played: what it pushes, and what it does when the kernel is gone, has gone on
 * without us, or has somebody else in our place.
 */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lbprobed/plan.h"	/* lib has one, too */
#include "fake_kernel.h"
#include "linger.h"
#include "prober.h"
#include "web.h"

/* The kernel as it is played. */
struct fake {
	struct agent agent;
	const char *reals[4];
	const char *checks[4];
	struct model_verdict known[8];
	size_t verdicts;
	bool open;
	int joins, renewals, pushes, reads, leaves;
	int join_error, renew_error, push_error, read_error;
	/* What there is to be received. */
	const char *suspect;
	const struct model_verdict *told;
	int lost;		/* an error, once */
};

struct site {
	struct loop loop;
	struct web web;
	struct probe_means means;
	struct fake fake;
	struct prober prober;
	struct check_list checks;
	struct check_agent config;
	struct rlimit descriptors;
	int listener;
	uint16_t port;		/* somebody listens */
	uint16_t shut;		/* nobody does */
};

static struct fake *of(struct agent *agent)
{
	return (struct fake *)agent;
}

static int fake_join(struct agent *agent, const struct check_agent *config)
{
	assert_string_equal(config->name, "lbprobed");
	of(agent)->joins++;
	of(agent)->open = !of(agent)->join_error;
	return of(agent)->join_error;
}

static int fake_renew(struct agent *agent)
{
	assert_true(of(agent)->open);
	of(agent)->renewals++;
	return of(agent)->renew_error;
}

static bool knows_real(const struct fake *fake, const char *name)
{
	int i;

	for (i = 0; i < 4 && fake->reals[i]; i++)
		if (!strcmp(fake->reals[i], name))
			return true;
	return false;
}

static struct model_verdict *find_verdict(struct fake *fake, const char *real,
					  const char *check)
{
	size_t i;

	for (i = 0; i < fake->verdicts; i++)
		if (!strcmp(fake->known[i].real, real) &&
		    !strcmp(fake->known[i].check, check))
			return &fake->known[i];
	return NULL;
}

static struct model_verdict *set_verdict(struct fake *fake, const char *real,
					 const char *check, uint32_t state)
{
	struct model_verdict *v = find_verdict(fake, real, check);

	if (!v) {
		v = &fake->known[fake->verdicts++];
		model_init(&v->head, MODEL_VERDICT);
		strcpy(v->pool, "web");
		strcpy(v->real, real);
		strcpy(v->check, check);
	}
	v->state = state;
	v->share = 100;
	model_mark(v, LBVS_A_VERDICT_SHARE);
	strcpy(v->agent, "lbprobed");
	return v;
}

static int fake_push(struct agent *agent, const struct model_list *list)
{
	struct fake *fake = of(agent);
	const struct model_verdict *v;
	struct model_verdict *known;

	assert_true(fake->open);
	fake->pushes++;
	if (fake->push_error)
		return fake->push_error;
	model_for_each(v, list)
		if (!knows_real(fake, v->real))
			return -ENOENT;
	model_for_each(v, list) {
		known = set_verdict(fake, v->real, v->check, v->state);
		known->share = v->share;
		known->stale = false;
		strcpy(known->reason, v->reason);
	}
	return 0;
}

static void add_real(struct agent_view *view, const char *name)
{
	struct model_real *real = (struct model_real *)model_new(MODEL_REAL);

	assert_non_null(real);
	strcpy(real->pool, "web");
	strcpy(real->name, name);
	real->addr = (struct model_addr){ 4, { 127, 0, 0, 1 } };
	model_list_add(&view->reals, &real->head);
}

static int fake_read(struct agent *agent, struct agent_view *view)
{
	struct fake *fake = of(agent);
	struct model_pool *pool;
	struct model_verdict *v;
	size_t i;

	assert_true(fake->open);
	fake->reads++;
	if (fake->read_error)
		return fake->read_error;
	pool = (struct model_pool *)model_new(MODEL_POOL);
	assert_non_null(pool);
	strcpy(pool->name, "web");
	for (i = 0; i < 4 && fake->checks[i]; i++)
		strcpy(pool->checks.name[pool->checks.count++],
		       fake->checks[i]);
	model_list_add(&view->pools, &pool->head);
	for (i = 0; i < 4 && fake->reals[i]; i++)
		add_real(view, fake->reals[i]);
	for (i = 0; i < fake->verdicts; i++) {
		v = (struct model_verdict *)model_new(MODEL_VERDICT);
		assert_non_null(v);
		*v = fake->known[i];
		model_list_add(&view->verdicts, &v->head);
	}
	return 0;
}

static int fake_receive(struct agent *agent, struct agent_news *news)
{
	struct fake *fake = of(agent);
	int lost = fake->lost;

	assert_true(fake->open);
	if (lost)
		fake->lost = 0;
	else if (fake->suspect)
		news->suspect("web", fake->suspect, news->arg);
	else if (fake->told)
		news->verdict(fake->told, news->arg);
	else
		news->changed = true;
	return lost;
}

static int fake_leave(struct agent *agent)
{
	assert_true(of(agent)->open);
	of(agent)->leaves++;
	return 0;
}

static void fake_close(struct agent *agent)
{
	of(agent)->open = false;
}

static const struct agent_ops fake_ops = {
	.join = fake_join,
	.renew = fake_renew,
	.push = fake_push,
	.read = fake_read,
	.receive = fake_receive,
	.leave = fake_leave,
	.close = fake_close,
};

static uint16_t listen_at(int *fd, uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	int on = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(port);
	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(*fd >= 0);
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(*fd, (struct sockaddr *)&in, size), 0);
	assert_int_equal(listen(*fd, 1024), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&in, &size), 0);
	return ntohs(in.sin_port);
}

static uint16_t listen_somewhere(int *fd) { return listen_at(fd, 0); }

static int set_up(void **state)
{
	struct site *site = calloc(1, sizeof(*site));
	int gone;

	assert_non_null(site);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &site->descriptors), 0);
	assert_int_equal(loop_init(&site->loop), 0);
	assert_int_equal(web_init(&site->web, &site->loop), 0);
	site->means = (struct probe_means){ &site->loop, &site->web };
	site->port = listen_somewhere(&site->listener);
	site->shut = listen_somewhere(&gone);
	close(gone);
	check_agent_init(&site->config);
	site->fake.agent.ops = &fake_ops;
	site->fake.agent.events_fd = -1;
	site->fake.reals[0] = "r1";
	site->fake.checks[0] = "c1";
	site->fake.checks[1] = "c2";
	*state = site;
	return 0;
}

static int tear_down(void **state)
{
	struct site *site = *state;

	setrlimit(RLIMIT_NOFILE, &site->descriptors);
	/* A test that has failed has left it at work. */
	prober_stop(&site->prober, false);
	web_done(&site->web);
	linger_end(&site->loop);
	loop_done(&site->loop);
	check_list_free(&site->checks);
	if (site->listener >= 0)
		close(site->listener);
	free(site);
	return 0;
}

/* A check with a probe of TCP for each port, as fast as is allowed. */
static struct check *add_check(struct site *site, const char *name,
			       uint16_t port, uint16_t other)
{
	struct check *check = check_new("web", name);

	assert_non_null(check);
	check_probe_new(check, CHECK_TCP)->port = port;
	if (other)
		check_probe_new(check, CHECK_TCP)->port = other;
	check->timing.inter = 100;
	check->timing.fastinter = 100;
	check->timing.downinter = 100;
	check_list_add(&site->checks, check);
	return check;
}

static void start(struct site *site)
{
	assert_int_equal(prober_start(&site->prober, &site->means,
				      &site->fake.agent, &site->config,
				      &site->checks), 0);
}

static void on_enough(struct loop_timer *timer)
{
	struct loop *loop = *(struct loop **)(timer + 1);

	loop_stop(loop);
}

static void run_for(struct site *site, unsigned int ms)
{
	struct {
		struct loop_timer timer;
		struct loop *loop;
	} end = { { .fn = on_enough }, &site->loop };

	site->loop.stopped = false;
	loop_set(&site->loop, &end.timer, loop_now() + ms * UINT64_C(1000));
	assert_int_equal(loop_run(&site->loop), 0);
	loop_unset(&site->loop, &end.timer);
}

/* However busy the machine is. */
#define run_until(site, condition)				\
	do {							\
		int left;					\
								\
		for (left = 1000; left && !(condition); left--)	\
			run_for(site, 20);			\
		assert_true(condition);				\
	} while (0)

static uint32_t state_of(struct site *site, const char *real,
			 const char *check)
{
	struct model_verdict *v = find_verdict(&site->fake, real, check);

	return v ? v->state : LBVS_VERDICT_STATE_UNKNOWN;
}

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

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		test(the_lease_is_renewed_every_second),
		test(it_gives_way_to_who_has_taken_its_name),
		test(it_joins_again_when_its_lease_has_run_out),
		test(while_the_kernel_is_gone_it_probes_on),
		test(a_reload_keeps_what_is_known),
		test(what_is_reloaded_without_the_kernel_waits_for_it),
		test(what_is_reloaded_as_the_kernel_goes_waits_as_well),
		test(what_waits_for_the_kernel_is_gone_at_the_end),
		test(a_real_is_not_down_for_want_of_descriptors_for_tcp),
		test(a_real_is_not_down_for_want_of_descriptors_for_http),
		test(a_real_is_not_down_for_want_of_descriptors_for_https),
		test(a_refused_connection_is_one_for_http_as_well),
		test(a_real_that_clients_fail_to_connect_to_is_looked_at_at_once),
		test(what_it_could_not_hear_makes_it_look),
		test(what_is_said_by_hand_of_a_check_is_set_right),
		test(what_has_gone_stale_of_another_agent_is_set_right),
		test(what_is_said_of_something_else_is_no_news),
		cmocka_unit_test(the_longest_verdicts_fit_into_one_push),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
