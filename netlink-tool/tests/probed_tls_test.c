// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose certificates are taken, and from when on: real handshakes with a server
 * of our own, of which the authority changes under the same name of a file.
 */
#include "test.h"

#include <sys/wait.h>

#include <openssl/pem.h>

#include "linger.h"
#include "settings.h"
#include "target.h"
#include "tls.h"
#include "tls_server.h"
#include "web.h"

struct site {
	char dir[32];
	char ca[64], conf[64];
	struct loop loop;
	struct web web;
	struct probe_means means;
	struct config config;
	struct model_addr addr;
	X509 *authority, *other, *served;
	uint16_t port;
	pid_t server;
};

static void trust(struct site *site, X509 *cert)
{
	FILE *out = fopen(site->ca, "w");

	assert_non_null(out);
	assert_int_equal(PEM_write_X509(out, cert), 1);
	assert_int_equal(fclose(out), 0);
}

static void write_conf(const struct site *site)
{
	FILE *out = fopen(site->conf, "w");

	assert_non_null(out);
	fprintf(out, "pool web {\n"
		"check https { kind = https port = %u host = " TLS_HOST " cafile = '%s' }\n"
		"check tls { kind = tls port = %u sni = " TLS_HOST " cafile = '%s' }\n"
		"}\n", site->port, site->ca, site->port, site->ca);
	assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
	struct site *site = calloc(1, sizeof(*site));
	static const int ok = 200;
	EVP_PKEY *key, *authority;
	int fd;

	assert_non_null(site);
	strcpy(site->dir, "/tmp/probed_tls.XXXXXX");
	assert_non_null(mkdtemp(site->dir));
	sprintf(site->ca, "%s/ca.pem", site->dir);
	sprintf(site->conf, "%s/lbvs.conf", site->dir);
	key = EVP_EC_gen("P-256");
	authority = EVP_EC_gen("P-256");
	site->authority = make_certificate("authority", authority, NULL,
					   authority);
	site->other = make_certificate("other", key, NULL, key);
	site->served = make_certificate("server", key, site->authority,
					authority);
	site->port = tls_listen(&fd, 16);
	site->server = tls_serve(fd, site->served, key, &ok);
	close(fd);
	write_conf(site);
	EVP_PKEY_free(key);
	EVP_PKEY_free(authority);
	assert_int_equal(loop_init(&site->loop), 0);
	assert_int_equal(web_init(&site->web, &site->loop), 0);
	site->means = (struct probe_means){ &site->loop, &site->web };
	site->addr = (struct model_addr){ 4, { 127, 0, 0, 1 } };
	signal(SIGPIPE, SIG_IGN);
	*state = site;
	return 0;
}

static int tear_down(void **state)
{
	struct site *site = *state;

	web_done(&site->web);
	linger_end(&site->loop);
	loop_done(&site->loop);
	config_free(&site->config);
	tls_forget();
	kill(site->server, SIGKILL);
	waitpid(site->server, NULL, 0);
	X509_free(site->authority);
	X509_free(site->other);
	X509_free(site->served);
	unlink(site->ca);
	unlink(site->conf);
	rmdir(site->dir);
	free(site);
	return 0;
}

/* As at the start, and after SIGHUP. */
static void load(struct site *site)
{
	config_free(&site->config);
	assert_int_equal(settings_load(site->conf, &site->config), 0);
}

static void on_done(struct target *t)
{
	loop_stop(t->means->loop);
}

/* Makes each of the checks once. */
static void expect(struct site *site, const char *https, const char *tls)
{
	const struct check *check;
	struct target *t;
	char word[16];
	bool is_https;

	for (check = site->config.checks.first; check; check = check->next) {
		is_https = check->probe->kind == CHECK_HTTPS;
		t = target_new(check, &site->means, "r1", &site->addr);
		assert_non_null(t);
		t->done = on_done;
		t->quiet = true;
		site->loop.stopped = false;
		target_ask(t);
		assert_int_equal(loop_run(&site->loop), 0);
		snprintf(word, sizeof(word), "%s",
			 result_word(t->result.status));
		target_free(t);
		assert_string_equal(word, is_https ? https : tls);
	}
}

static void an_authority_is_read_anew_with_the_file(void **state)
{
	struct site *site = *state;

	trust(site, site->authority);
	load(site);
	expect(site, "L7OK", "L6OK");
	trust(site, site->other);
	load(site);
	expect(site, "L6RSP", "L6RSP");
	trust(site, site->authority);
	load(site);
	expect(site, "L7OK", "L6OK");
}

static void until_then_it_is_what_it_was(void **state)
{
	struct site *site = *state;

	trust(site, site->authority);
	load(site);
	trust(site, site->other);
	expect(site, "L7OK", "L6OK");
	unlink(site->ca);
	expect(site, "L7OK", "L6OK");
}

static void a_file_that_is_not_taken_leaves_what_was(void **state)
{
	struct site *site = *state;
	struct config refused;

	trust(site, site->authority);
	load(site);
	unlink(site->ca);
	assert_int_not_equal(settings_load(site->conf, &refused), 0);
	expect(site, "L7OK", "L6OK");
	trust(site, site->other);
	load(site);
	expect(site, "L6RSP", "L6RSP");
}

static void a_server_is_taken_that_is_in_the_file_itself(void **state)
{
	struct site *site = *state;

	trust(site, site->served);
	load(site);
	expect(site, "L7OK", "L6OK");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(an_authority_is_read_anew_with_the_file),
		test(until_then_it_is_what_it_was),
		test(a_file_that_is_not_taken_leaves_what_was),
		test(a_server_is_taken_that_is_in_the_file_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
