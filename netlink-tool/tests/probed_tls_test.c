// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose certificates are taken, and from when on: real handshakes with a server
 * of our own, of which the authority changes under the same name of a file.
 */
#include "test.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "linger.h"
#include "settings.h"
#include "target.h"
#include "tls.h"
#include "web.h"

#define HOST	"r1.example.com"

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

static void add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

/* Without an issuer it is an authority. */
static X509 *make_certificate(const char *name, EVP_PKEY *key, X509 *issuer,
			      EVP_PKEY *issuer_key)
{
	X509 *cert = X509_new();

	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
				   MBSTRING_ASC, (const unsigned char *)name,
				   -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer :
								  cert));
	X509_set_pubkey(cert, key);
	if (issuer)
		add_extension(cert, NID_subject_alt_name, "DNS:" HOST);
	else
		add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(cert, issuer_key, EVP_sha256()) > 0);
	return cert;
}

static void trust(struct site *site, X509 *cert)
{
	FILE *out = fopen(site->ca, "w");

	assert_non_null(out);
	assert_int_equal(PEM_write_X509(out, cert), 1);
	assert_int_equal(fclose(out), 0);
}

static void serve(SSL_CTX *ctx, int fd)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
		"Connection: close\r\n\r\nok";
	char request[2048];
	int client;
	SSL *ssl;

	while ((client = accept(fd, NULL, NULL)) >= 0) {
		ssl = SSL_new(ctx);
		SSL_set_fd(ssl, client);
		if (SSL_accept(ssl) == 1 &&
		    SSL_read(ssl, request, sizeof(request)) > 0)
			SSL_write(ssl, answer, sizeof(answer) - 1);
		SSL_shutdown(ssl);
		SSL_free(ssl);
		close(client);
	}
}

/* A web server in a process of its own. */
static void start_server(struct site *site, EVP_PKEY *key)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	SSL_CTX *ctx;
	int fd;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, size), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &size), 0);
	site->port = ntohs(in.sin_port);
	site->server = fork();
	if (!site->server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		ctx = SSL_CTX_new(TLS_server_method());
		SSL_CTX_use_certificate(ctx, site->served);
		SSL_CTX_use_PrivateKey(ctx, key);
		serve(ctx, fd);
		_exit(1);
	}
	close(fd);
}

static void write_conf(const struct site *site)
{
	FILE *out = fopen(site->conf, "w");

	assert_non_null(out);
	fprintf(out, "pool web {\n"
		"check https { kind = https port = %u host = " HOST " cafile = '%s' }\n"
		"check tls { kind = tls port = %u sni = " HOST " cafile = '%s' }\n"
		"}\n", site->port, site->ca, site->port, site->ca);
	assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
	struct site *site = calloc(1, sizeof(*site));
	EVP_PKEY *key, *authority;

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
	start_server(site, key);
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
