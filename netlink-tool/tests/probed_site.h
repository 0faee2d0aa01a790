/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A prober between a listener on this machine and a kernel that is played. What
 * that knows, says and refuses, a test sets in "fake".
 */
#ifndef LBVS_TOOL_PROBED_SITE_H
#define LBVS_TOOL_PROBED_SITE_H

#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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

static inline struct fake *of(struct agent *agent)
{
	return (struct fake *)agent;
}

static inline int fake_join(struct agent *agent,
			    const struct check_agent *config)
{
	assert_string_equal(config->name, "lbprobed");
	of(agent)->joins++;
	of(agent)->open = !of(agent)->join_error;
	return of(agent)->join_error;
}

static inline int fake_renew(struct agent *agent)
{
	assert_true(of(agent)->open);
	of(agent)->renewals++;
	return of(agent)->renew_error;
}

static inline bool knows_real(const struct fake *fake, const char *name)
{
	int i;

	for (i = 0; i < 4 && fake->reals[i]; i++)
		if (!strcmp(fake->reals[i], name))
			return true;
	return false;
}

static inline struct model_verdict *
find_verdict(struct fake *fake, const char *real, const char *check)
{
	size_t i;

	for (i = 0; i < fake->verdicts; i++)
		if (!strcmp(fake->known[i].real, real) &&
		    !strcmp(fake->known[i].check, check))
			return &fake->known[i];
	return NULL;
}

static inline struct model_verdict *
set_verdict(struct fake *fake, const char *real, const char *check,
	    uint32_t state)
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

static inline int fake_push(struct agent *agent, const struct model_list *list)
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

static inline void add_real(struct agent_view *view, const char *name)
{
	struct model_real *real = (struct model_real *)model_new(MODEL_REAL);

	assert_non_null(real);
	strcpy(real->pool, "web");
	strcpy(real->name, name);
	real->addr = (struct model_addr){ 4, { 127, 0, 0, 1 } };
	model_list_add(&view->reals, &real->head);
}

static inline int fake_read(struct agent *agent, struct agent_view *view)
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

static inline int fake_receive(struct agent *agent, struct agent_news *news)
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

static inline int fake_leave(struct agent *agent)
{
	assert_true(of(agent)->open);
	of(agent)->leaves++;
	return 0;
}

static inline void fake_close(struct agent *agent)
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

static inline uint16_t listen_at(int *fd, uint16_t port)
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

static inline uint16_t listen_somewhere(int *fd)
{
	return listen_at(fd, 0);
}

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
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
static inline struct check *add_check(struct site *site, const char *name,
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

static inline void start(struct site *site)
{
	assert_int_equal(prober_start(&site->prober, &site->means,
				      &site->fake.agent, &site->config,
				      &site->checks), 0);
}

static inline void on_enough(struct loop_timer *timer)
{
	struct loop *loop = *(struct loop **)(timer + 1);

	loop_stop(loop);
}

static inline void run_for(struct site *site, unsigned int ms)
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

static inline uint32_t state_of(struct site *site, const char *real,
				const char *check)
{
	struct model_verdict *v = find_verdict(&site->fake, real, check);

	return v ? v->state : LBVS_VERDICT_STATE_UNKNOWN;
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
