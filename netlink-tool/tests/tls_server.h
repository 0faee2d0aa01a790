/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Web servers with TLS, each in a process of its own, and what they show. */
#ifndef LBVS_TOOL_TLS_SERVER_H
#define LBVS_TOOL_TLS_SERVER_H

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define TLS_HOST	"r1.example.com"

/* Also in programs that are no tests, so without cmocka. */
static inline void *tls_need(void *p)
{
	if (!p)
		abort();
	return p;
}

static inline void add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	X509_add_ext(cert, tls_need(extension), -1);
	X509_EXTENSION_free(extension);
}

/* Without an issuer it is an authority. */
static inline X509 *make_certificate(const char *name, EVP_PKEY *key,
				     X509 *issuer, EVP_PKEY *issuer_key)
{
	X509 *cert = tls_need(X509_new());

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
		add_extension(cert, NID_subject_alt_name, "DNS:" TLS_HOST);
	else
		add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	if (X509_sign(cert, issuer_key, EVP_sha256()) <= 0)
		abort();
	return cert;
}

/* At a port of this machine that nobody else has. */
static inline uint16_t tls_listen(int *fd, int backlog)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 || bind(*fd, (struct sockaddr *)&in, size) ||
	    listen(*fd, backlog) ||
	    getsockname(*fd, (struct sockaddr *)&in, &size))
		abort();
	return ntohs(in.sin_port);
}

/* The status is looked at for each answer: another process may change it. */
static inline void tls_answer(SSL *ssl, const volatile int *status)
{
	char request[2048], answer[128];
	int length;

	if (SSL_read(ssl, request, sizeof(request)) <= 0)
		return;
	length = snprintf(answer, sizeof(answer), "HTTP/1.1 %d X\r\n"
			  "Content-Length: 2\r\nConnection: close\r\n\r\nok",
			  *status);
	SSL_write(ssl, answer, length);
}

/* Serves what comes to fd until it is killed. Returns its process. */
static inline pid_t tls_serve(int fd, X509 *cert, EVP_PKEY *key,
			      const volatile int *status)
{
	pid_t pid = fork();
	SSL_CTX *ctx;
	int client;
	SSL *ssl;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	ctx = tls_need(SSL_CTX_new(TLS_server_method()));
	SSL_CTX_use_certificate(ctx, cert);
	SSL_CTX_use_PrivateKey(ctx, key);
	while ((client = accept(fd, NULL, NULL)) >= 0) {
		ssl = tls_need(SSL_new(ctx));
		SSL_set_fd(ssl, client);
		if (SSL_accept(ssl) == 1)
			tls_answer(ssl, status);
		SSL_shutdown(ssl);
		SSL_free(ssl);
		close(client);
	}
	_exit(1);
}

#endif
