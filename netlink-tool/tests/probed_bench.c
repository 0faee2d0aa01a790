// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What probing costs, and whether servers that are gone hold up the others: with
 * real connections to this machine, and a kernel that is played. Prints what it
 * measures; exit status 1 if it is more than what we hold ourselves to.
 *
 * With --hole it is a test, in TAP, that a machine with other things to do passes
 * too: only whether servers that are gone hold up the others.
 */
#include <errno.h>
#include <sys/resource.h>

#include <openssl/pem.h>

#include "linger.h"
#include "prober.h"
#include "tls.h"
#include "tls_server.h"
#include "web.h"

#define CHECKS		10	/* of the pool, on each of its reals */
#define INTER		5000	/* milliseconds, the default */
#define TLS_SERVERS	4	/* one handshake does not wait for another */
#define SECONDS		15
#define WARM_UP		6
#define CPU_BAR		20	/* percent of a core */
/*
 * OpenSSL takes a millisecond for a handshake, whoever asks for it, and libcurl a
 * new context for each: of these it is only wanted that they are kept up with.
 */
#define TLS_CPU_BAR	100
#define LATE_BAR	100	/* milliseconds that a look may come too late */
#define HOLE_BAR	1000	/* the same on a machine that is busy */

struct bench {
	struct agent agent;
	unsigned int reals;
	struct loop loop;
	struct web web;
	struct probe_means means;
	struct prober prober;
	struct loop_timer timer;
};

static int fake_join(struct agent *agent, const struct check_agent *config)
{
	(void)agent;
	(void)config;
	return 0;
}

static int fake_call(struct agent *agent)
{
	(void)agent;
	return 0;
}

static int fake_push(struct agent *agent, const struct model_list *list)
{
	(void)agent;
	(void)list;
	return 0;
}

static void *no_memory_is_the_end(void *p)
{
	if (!p)
		abort();
	return p;
}

static int fake_read(struct agent *agent, struct agent_view *view)
{
	struct bench *bench = (struct bench *)agent;
	struct model_pool *pool = no_memory_is_the_end(model_new(MODEL_POOL));
	struct model_real *real;
	unsigned int i;

	strcpy(pool->name, "bench");
	for (i = 0; i < CHECKS; i++)
		snprintf(pool->checks.name[pool->checks.count++],
			 LBVS_NAME_SIZE, "c%u", i);
	model_list_add(&view->pools, &pool->head);
	for (i = 0; i < bench->reals; i++) {
		real = no_memory_is_the_end(model_new(MODEL_REAL));
		strcpy(real->pool, "bench");
		snprintf(real->name, sizeof(real->name), "r%u", i);
		real->addr = (struct model_addr){ 4, { 127, 0, 0, 1 } };
		model_list_add(&view->reals, &real->head);
	}
	return 0;
}

static void fake_close(struct agent *agent)
{
	(void)agent;
}

static const struct agent_ops fake_ops = {
	.join = fake_join,
	.renew = fake_call,
	.push = fake_push,
	.read = fake_read,
	.leave = fake_call,
	.close = fake_close,
};

/* A web server in a process of its own. */
static uint16_t serve(pid_t *pid)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
		"Connection: close\r\n\r\nok";
	char request[2048];
	uint16_t port;
	int fd, client;

	port = tls_listen(&fd, 4096);
	*pid = fork();
	if (*pid) {
		close(fd);
		return port;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((client = accept(fd, NULL, NULL)) >= 0) {
		if (read(client, request, sizeof(request)) > 0 &&
		    write(client, answer, sizeof(answer) - 1) < 0)
			perror("write");
		close(client);
	}
	_exit(1);
}

/*
 * The same with TLS, and an authority in a file that its certificate is of. The
 * keys are as those of an Exchange server mostly are.
 */
static uint16_t serve_tls(pid_t pid[TLS_SERVERS], char *cafile)
{
	EVP_PKEY *authority = no_memory_is_the_end(EVP_RSA_gen(2048));
	EVP_PKEY *key = no_memory_is_the_end(EVP_RSA_gen(2048));
	X509 *ca = make_certificate("authority", authority, NULL, authority);
	X509 *cert = make_certificate("server", key, ca, authority);
	static const int ok = 200;
	int fd = mkstemp(cafile), i;
	uint16_t port;
	FILE *out;

	out = no_memory_is_the_end(fd < 0 ? NULL : fdopen(fd, "w"));
	if (!PEM_write_X509(out, ca) || fclose(out))
		abort();
	port = tls_listen(&fd, 4096);
	for (i = 0; i < TLS_SERVERS; i++)
		pid[i] = tls_serve(fd, cert, key, &ok);
	close(fd);
	X509_free(ca);
	X509_free(cert);
	EVP_PKEY_free(authority);
	EVP_PKEY_free(key);
	return port;
}

/* A port at which the queue is full: what comes is dropped, as in a hole. */
static uint16_t dig_hole(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd, i, client;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(tls_listen(&fd, 0));
	for (i = 0; i < 4; i++) {
		client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(client, (struct sockaddr *)&in, sizeof(in)) &&
		    errno != EINPROGRESS)
			abort();
	}
	return ntohs(in.sin_port);
}

static void on_end(struct loop_timer *timer)
{
	loop_stop(&loop_of(timer, struct bench, timer)->loop);
}

static void run_for(struct bench *bench, unsigned int seconds)
{
	bench->loop.stopped = false;
	bench->timer.fn = on_end;
	loop_set(&bench->loop, &bench->timer,
		 loop_now() + seconds * UINT64_C(1000000));
	loop_run(&bench->loop);
}

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
		(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Up are all but those in the hole: else what follows is about nothing. */
static bool are_as_they_should(const struct bench *bench, uint16_t hole)
{
	const struct target *t;
	size_t i, wrong = 0;

	for (i = 0; i < bench->prober.count; i++) {
		t = bench->prober.targets[i];
		if ((t->timing.state == LBVS_VERDICT_STATE_UP) ==
		    (t->check->probe->port == hole))
			wrong++;
	}
	if (wrong)
		printf("# %zu of %zu checks are not what they should be\n", wrong,
		       bench->prober.count);
	return bench->prober.count && !wrong;
}

/* The longest that a result of a server that is well has taken. */
static uint32_t latest(const struct bench *bench, uint64_t *gap)
{
	uint64_t now = loop_now();
	uint32_t latest = 0;
	size_t i;

	*gap = 0;
	for (i = 0; i < bench->prober.count; i++) {
		const struct target *t = bench->prober.targets[i];

		if (t->timing.state != LBVS_VERDICT_STATE_UP)
			continue;
		if (t->result.latency_ms > latest)
			latest = t->result.latency_ms;
		if (now - t->began > *gap)
			*gap = now - t->began;
	}
	return latest;
}

static void add_probe(struct check *check, const struct check_probe *like,
		      uint16_t port)
{
	struct check_probe *probe;

	probe = no_memory_is_the_end(check_probe_new(check, like->kind));
	probe->port = port;
	if (like->host)
		probe->host = no_memory_is_the_end(strdup(like->host));
	if (like->cafile)
		probe->cafile = no_memory_is_the_end(strdup(like->cafile));
}

/*
 * The milliseconds since the look that is longest ago; UINT32_MAX: it was not as
 * it should. Half of the checks are in the hole, unless that is 0.
 */
static uint32_t measure(const char *what, const struct check_probe *like,
			uint16_t hole, unsigned int reals, double *percent)
{
	struct bench bench = { .agent = { .ops = &fake_ops, .events_fd = -1 },
			       .reals = reals };
	struct check_list checks = { 0 };
	struct check_agent config;
	uint32_t late;
	uint64_t gap;
	double before;
	unsigned int i;
	char name[16];
	bool well;

	if (loop_init(&bench.loop) || web_init(&bench.web, &bench.loop))
		abort();
	bench.means = (struct probe_means){ &bench.loop, &bench.web };
	check_agent_init(&config);
	for (i = 0; i < CHECKS; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		check_list_add(&checks, no_memory_is_the_end(
			check_new("bench", name)));
		add_probe(checks.last, like, hole && i % 2 ? hole : like->port);
	}
	if (prober_start(&bench.prober, &bench.means, &bench.agent, &config,
			 &checks))
		abort();
	run_for(&bench, WARM_UP);
	before = cpu_seconds();
	run_for(&bench, SECONDS);
	*percent = (cpu_seconds() - before) * 100 / SECONDS;
	late = latest(&bench, &gap);
	printf("# %-34s %5zu checks  %4.1f %% of a core, answers within %u ms, none older than %llu ms\n",
	       what, bench.prober.count, *percent, late,
	       (unsigned long long)gap / 1000);
	well = are_as_they_should(&bench, hole);
	prober_stop(&bench.prober, true);
	web_done(&bench.web);
	linger_end(&bench.loop);
	loop_done(&bench.loop);
	return well ? gap / 1000 : UINT32_MAX;
}

static bool reaches(const char *what, const struct check_probe *like,
		    uint16_t hole, unsigned int reals)
{
	double bar = like->kind == CHECK_HTTPS ? TLS_CPU_BAR : CPU_BAR;
	double percent;

	return measure(what, like, hole, reals, &percent) <=
		       INTER + LATE_BAR && percent <= bar;
}

static bool test_hole(const struct check_probe *http, uint16_t hole)
{
	double percent;
	bool good;

	printf("1..1\n");
	good = measure("half of them in a black hole", http, hole, 100,
		       &percent) <= INTER + HOLE_BAR;
	printf("%sok 1 a black hole does not hold up the others\n",
	       good ? "" : "not ");
	return good;
}

/* Each check is a connection, a handshake and a verification of its own. */
static bool reaches_https(void)
{
	char cafile[] = "/tmp/probed_bench.XXXXXX";
	struct check_probe https = {
		.kind = CHECK_HTTPS, .host = TLS_HOST, .cafile = cafile,
	};
	pid_t server[TLS_SERVERS];
	bool good;
	int i;

	https.port = serve_tls(server, cafile);
	good = reaches("https", &https, 0, 200);
	for (i = 0; i < TLS_SERVERS; i++)
		kill(server[i], SIGKILL);
	unlink(cafile);
	tls_forget();
	return good;
}

int main(int argc, char **argv)
{
	struct check_probe tcp = { .kind = CHECK_TCP };
	struct check_probe http = { .kind = CHECK_HTTP };
	struct rlimit limit;
	bool good = true;
	uint16_t hole;
	pid_t server;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	signal(SIGPIPE, SIG_IGN);
	/* A line for each check that goes up is not what is measured. */
	if (!freopen("/dev/null", "w", stderr))
		abort();
	tcp.port = http.port = serve(&server);
	hole = dig_hole();
	if (argc > 1 && !strcmp(argv[1], "--hole")) {
		good = test_hole(&http, hole);
	} else {
		good &= reaches("tcp", &tcp, 0, 200);
		good &= reaches("http", &http, 0, 200);
		good &= reaches("http, half of them in a black hole", &http,
				hole, 100);
		good &= reaches_https();
	}
	kill(server, SIGKILL);
	return good ? 0 : 1;
}
