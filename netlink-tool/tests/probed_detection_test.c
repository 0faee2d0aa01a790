// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long it takes until the kernel is told that a server has changed: with the
 * timing that there is by default, by the clock of the wall, and with servers
 * that are well, asked, and then change. All at the same time, for one of them
 * takes a quarter of a minute.
 */
#include "probed_site.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "config.h"
#include "tls.h"
#include "tls_server.h"

/*
 * A server changes so long after an answer. The next look is then nearly as far
 * away as it can be; what is missing is what a machine that is busy may take.
 */
#define AFTER_US	UINT64_C(200000)

enum { STATUS, TRANSPORT, HOLE, HOLE_TLS, SERVERS };

static const char *const names[SERVERS] = {
	"status", "transport", "hole", "hole-tls",
};

static struct server {
	struct target *target;
	void (*done)(struct target *t);
	struct loop_timer timer;
	struct sockaddr_in at;
	pid_t pid;
	uint64_t changed;	/* when it did */
	uint64_t told;		/* when the kernel was told */
} servers[SERVERS];

/* What the servers see: the status to answer with, and whether there is mail. */
static volatile struct shared {
	int status[SERVERS];
	bool drained;
} *shared;

/* --- servers ------------------------------------------------------------- */

static void talk_smtp(FILE *io)
{
	char line[512];

	fputs("220 r1.example.com ESMTP\r\n", io);
	while (!fflush(io) && fgets(line, sizeof(line), io)) {
		if (!strncmp(line, "QUIT", 4)) {
			fputs("221 bye\r\n", io);
			return;
		}
		if (!strncmp(line, "MAIL", 4) && shared->drained)
			fputs("421 4.3.2 Service not active\r\n", io);
		else
			fputs("250 OK\r\n", io);
		/* From writing to reading, and back. */
		if (fflush(io))
			return;
		fseek(io, 0, SEEK_CUR);
	}
}

static pid_t serve_smtp(int fd)
{
	pid_t pid = fork();
	int client;
	FILE *io;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	while ((client = accept(fd, NULL, NULL)) >= 0) {
		io = tls_need(fdopen(client, "r+"));
		talk_smtp(io);
		fclose(io);
	}
	_exit(1);
}

static uint16_t start_server(int number, X509 *cert, EVP_PKEY *key)
{
	struct server *s = &servers[number];
	uint16_t port;
	int fd;

	/* A hole has room for nobody when its process stands still. */
	port = tls_listen(&fd, number >= HOLE ? 0 : 16);
	s->at = (struct sockaddr_in){ AF_INET, htons(port),
				      { htonl(INADDR_LOOPBACK) }, { 0 } };
	s->pid = number == TRANSPORT ? serve_smtp(fd) :
		 tls_serve(fd, cert, key, &shared->status[number]);
	close(fd);
	return port;
}

static void stop_servers(void)
{
	int i;

	for (i = 0; i < SERVERS; i++) {
		kill(servers[i].pid, SIGKILL);
		waitpid(servers[i].pid, NULL, 0);
	}
}

/* It accepts nobody any more, and its queue is full: what comes is dropped. */
static void dig_hole(const struct server *s)
{
	int i, fd;

	kill(s->pid, SIGSTOP);
	waitpid(s->pid, NULL, WUNTRACED);
	for (i = 0; i < 4; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			    0);
		if (connect(fd, (const struct sockaddr *)&s->at, sizeof(s->at)))
			assert_int_equal(errno, EINPROGRESS);
	}
}

static void on_change(struct loop_timer *timer)
{
	struct server *s = loop_of(timer, struct server, timer);

	s->changed = loop_now();
	if (s == &servers[STATUS])
		shared->status[STATUS] = 503;
	else if (s == &servers[TRANSPORT])
		shared->drained = true;
	else
		dig_hole(s);
}

/* --- looking on ---------------------------------------------------------- */

static struct server *server_of(const char *check)
{
	int i;

	for (i = 0; i < SERVERS; i++)
		if (!strcmp(names[i], check))
			return &servers[i];
	fail();
	return NULL;
}

/* The kernel knows that it is up, and it has been seen to be so once more. */
static void on_look(struct target *t)
{
	struct server *s = server_of(t->check->name);

	if (!s->timer.fn && t->timing.state == LBVS_VERDICT_STATE_UP &&
	    !t->due) {
		s->timer.fn = on_change;
		loop_set(t->means->loop, &s->timer, loop_now() + AFTER_US);
	}
	s->done(t);
}

static int note_push(struct agent *agent, const struct model_list *list)
{
	const struct model_verdict *v;
	struct server *s;

	model_for_each(v, list) {
		s = server_of(v->check);
		if (v->state == LBVS_VERDICT_STATE_DOWN && !s->told)
			s->told = loop_now();
	}
	return fake_push(agent, list);
}

static bool all_are_told(void)
{
	int i;

	for (i = 0; i < SERVERS; i++)
		if (!servers[i].told)
			return false;
	return true;
}

static void read_checks(struct site *site, const uint16_t *port)
{
	struct config_errors errors = { 0 };
	struct config config;
	char text[1024];
	FILE *in;

	snprintf(text, sizeof(text), "pool web {\n"
		 "check status { kind = https port = %u verify = no }\n"
		 "check transport { kind = smtp port = %u }\n"
		 "check hole { kind = tcp port = %u }\n"
		 "check hole-tls { kind = https port = %u verify = no }\n"
		 "}\n", port[STATUS], port[TRANSPORT], port[HOLE],
		 port[HOLE_TLS]);
	in = fmemopen(text, strlen(text), "r");
	assert_non_null(in);
	assert_int_equal(config_load(in, &config, &errors), 0);
	fclose(in);
	site->checks = config.checks;
	config.checks = (struct check_list){ 0 };
	config_free(&config);
}

static void start_all(struct site *site)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = make_certificate("server", key, NULL, key);
	uint16_t port[SERVERS];
	int i;

	for (i = 0; i < SERVERS; i++) {
		port[i] = start_server(i, cert, key);
		site->fake.checks[i] = names[i];
	}
	X509_free(cert);
	EVP_PKEY_free(key);
	read_checks(site, port);
	start(site);
	assert_int_equal(site->prober.count, SERVERS);
	for (i = 0; i < SERVERS; i++) {
		struct target *t = site->prober.targets[i];
		struct server *s = server_of(t->check->name);

		s->target = t;
		s->done = t->done;
		t->done = on_look;
	}
}

static int watch_all(void **state)
{
	struct agent_ops ops = fake_ops;
	struct site *site;
	int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	for (i = 0; i < SERVERS; i++)
		shared->status[i] = 200;
	signal(SIGPIPE, SIG_IGN);
	/* Not measured is what else the machine has to do, where we may say so. */
	sched_setscheduler(0, SCHED_RR, &(struct sched_param){ 1 });
	set_up((void **)&site);
	ops.push = note_push;
	site->fake.agent.ops = &ops;
	start_all(site);
	/* A third of a minute and the time to begin with; 40 s, if need be. */
	for (i = 0; i < 400 && !all_are_told(); i++)
		run_for(site, 100);
	prober_stop(&site->prober, true);
	tear_down((void **)&site);
	tls_forget();
	stop_servers();
	*state = NULL;
	return 0;
}

/* --- what is expected ---------------------------------------------------- */

static void expect_within(int number, unsigned int ms)
{
	const struct server *s = &servers[number];
	uint64_t took = s->told - s->changed;

	assert_true(s->changed);
	assert_true(s->told);
	printf("# note: %s: %llu.%02llu s until the kernel was told, of at most %u\n",
	       names[number], (unsigned long long)took / 1000000,
	       (unsigned long long)took / 10000 % 100, ms / 1000);
	assert_in_range(took, 0, ms * UINT64_C(1000));
}

static void a_status_that_is_not_200_is_down_within_5_s(void **state)
{
	(void)state;
	expect_within(STATUS, 5000);
}

static void a_421_at_mail_from_is_down_within_5_s(void **state)
{
	(void)state;
	expect_within(TRANSPORT, 5000);
}

static void a_black_hole_is_down_within_19_s_for_tcp(void **state)
{
	(void)state;
	expect_within(HOLE, 19000);
}

static void a_black_hole_is_down_within_19_s_for_https(void **state)
{
	(void)state;
	expect_within(HOLE_TLS, 19000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_that_is_not_200_is_down_within_5_s),
		cmocka_unit_test(a_421_at_mail_from_is_down_within_5_s),
		cmocka_unit_test(a_black_hole_is_down_within_19_s_for_tcp),
		cmocka_unit_test(a_black_hole_is_down_within_19_s_for_https),
	};

	return cmocka_run_group_tests(tests, watch_all, NULL);
}
