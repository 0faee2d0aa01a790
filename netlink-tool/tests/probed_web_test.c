// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What becomes of libcurl's transfers when a socket cannot be watched: libcurl
 * gives up all of them then. With real connections.
 */
#include "probed_site.h"

#include <sys/wait.h>

#include "tls_server.h"

static bool out_of_watches;
static unsigned int refused;

int __real_loop_watch(struct loop *loop, struct loop_watch *watch, int fd,
		      uint32_t events);
int __wrap_loop_watch(struct loop *loop, struct loop_watch *watch, int fd,
		      uint32_t events);

/* As when the user has as many as fs.epoll.max_user_watches. */
int __wrap_loop_watch(struct loop *loop, struct loop_watch *watch, int fd,
		      uint32_t events)
{
	if (out_of_watches) {
		refused++;
		return -ENOSPC;
	}
	return __real_loop_watch(loop, watch, fd, events);
}

static pid_t serve(uint16_t *port)
{
	static const int ok = 200;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = make_certificate("server", key, NULL, key);
	pid_t pid;
	int fd;

	*port = tls_listen(&fd, 64);
	pid = tls_serve(fd, cert, key, &ok);
	close(fd);
	X509_free(cert);
	EVP_PKEY_free(key);
	return pid;
}

/* One that fails once is down. */
static void add_https(struct site *site, const char *name, uint16_t port)
{
	struct check *check = check_new("web", name);
	struct check_probe *probe;

	assert_non_null(check);
	probe = check_probe_new(check, CHECK_HTTPS);
	probe->port = port;
	probe->verify = false;
	check->timing.inter = 100;
	check->timing.fastinter = 100;
	check->timing.downinter = 100;
	check->timing.fall = 1;
	check_list_add(&site->checks, check);
}

static bool both_are_up(struct site *site)
{
	return state_of(site, "r1", "c1") == LBVS_VERDICT_STATE_UP &&
	       state_of(site, "r1", "c2") == LBVS_VERDICT_STATE_UP;
}

static enum result_status status_of(const struct site *site, size_t i)
{
	return site->prober.targets[i]->result.status;
}

static void without_watches_nobody_is_down_and_then_all_goes_on(void **state)
{
	struct site *site = *state;
	int pushes, round;
	uint64_t since;
	uint16_t port;
	pid_t server;
	size_t i;

	server = serve(&port);
	add_https(site, "c1", port);
	add_https(site, "c2", port);
	start(site);
	run_until(site, both_are_up(site));
	for (round = 0; round < 3; round++) {
		pushes = site->fake.pushes;
		refused = 0;
		out_of_watches = true;
		run_until(site, refused > 4);
		out_of_watches = false;
		/* All of them look again, and are well, and soon. */
		since = loop_now();
		for (i = 0; i < site->prober.count; i++)
			run_until(site, site->prober.targets[i]->began > since &&
					status_of(site, i) == RESULT_L7OK);
		assert_in_range(loop_now() - since, 0, 2000000);
		assert_int_equal(site->fake.pushes, pushes);
		assert_true(both_are_up(site));
	}
	prober_stop(&site->prober, true);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(without_watches_nobody_is_down_and_then_all_goes_on),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
