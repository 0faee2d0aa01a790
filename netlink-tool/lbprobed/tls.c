// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "tls.h"
#include "value.h"

struct tls {
	struct tls *next;
	SSL_CTX *ctx;
	char *cafile;
	char *ciphers;
	bool verify;
	enum check_tls_version tls_min;
};

static struct tls *contexts;
static struct tls *aside;	/* what they were before */

static const int versions[] = {
	[CHECK_TLS_1_0] = TLS1_VERSION,
	[CHECK_TLS_1_1] = TLS1_1_VERSION,
	[CHECK_TLS_1_2] = TLS1_2_VERSION,
	[CHECK_TLS_1_3] = TLS1_3_VERSION,
};

bool tls_wanted(const struct check_probe *config)
{
	switch (config->kind) {
	case CHECK_HTTPS:
	case CHECK_IMAPS:
	case CHECK_POP3S:
	case CHECK_TLS:
		return true;
	default:
		return config->starttls;
	}
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static struct tls *find(const struct check_probe *config)
{
	struct tls *t;

	for (t = contexts; t; t = t->next)
		if (same(t->cafile, config->cafile) &&
		    same(t->ciphers, config->ciphers) &&
		    t->verify == config->verify &&
		    t->tls_min == config->tls_min)
			return t;
	return NULL;
}

static SSL_CTX *fail(SSL_CTX *ctx, char *why, size_t size, const char *what,
		     const char *word)
{
	snprintf(why, size, "%s%s", what, word);
	SSL_CTX_free(ctx);
	ERR_clear_error();
	return NULL;
}

static SSL_CTX *make(const struct check_probe *config, char *why, size_t size)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (!ctx)
		return fail(ctx, why, size, "out of memory", "");
	SSL_CTX_set_min_proto_version(ctx, versions[config->tls_min]);
	/* Half a close is one, too: many servers just hang up. */
	SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_AUTO_RETRY);
	if (config->ciphers && !SSL_CTX_set_cipher_list(ctx, config->ciphers))
		return fail(ctx, why, size, "OpenSSL knows no ciphers ",
			    config->ciphers);
	if (!config->verify)
		return ctx;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	/* Who is in the file need not be a root; libcurl says so, too. */
	X509_STORE_set_flags(SSL_CTX_get_cert_store(ctx),
			     X509_V_FLAG_PARTIAL_CHAIN);
	if (config->cafile) {
		if (!SSL_CTX_load_verify_file(ctx, config->cafile))
			return fail(ctx, why, size,
				    "cannot read certificates from ",
				    config->cafile);
	} else if (!SSL_CTX_set_default_verify_paths(ctx)) {
		return fail(ctx, why, size, "out of memory", "");
	}
	return ctx;
}

static void forget(struct tls *t)
{
	SSL_CTX_free(t->ctx);
	free(t->cafile);
	free(t->ciphers);
	free(t);
}

static bool keep_words(struct tls *t, const struct check_probe *config)
{
	t->verify = config->verify;
	t->tls_min = config->tls_min;
	t->cafile = config->cafile ? strdup(config->cafile) : NULL;
	t->ciphers = config->ciphers ? strdup(config->ciphers) : NULL;
	return !t->cafile == !config->cafile &&
	       !t->ciphers == !config->ciphers;
}

SSL_CTX *tls_context(const struct check_probe *config, char *why, size_t size)
{
	struct tls *t = find(config);
	SSL_CTX *ctx;

	if (t)
		return t->ctx;
	ctx = make(config, why, size);
	if (!ctx)
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t)
		return fail(ctx, why, size, "out of memory", "");
	t->ctx = ctx;
	if (!keep_words(t, config)) {
		forget(t);
		return fail(NULL, why, size, "out of memory", "");
	}
	t->next = contexts;
	contexts = t;
	return ctx;
}

/* The name that is asked for must be in the certificate, or the address. */
static bool set_names(SSL *ssl, const struct probe *probe, const char *name)
{
	const struct model_addr *addr = probe->place.addr;

	if (*name)
		return SSL_set_tlsext_host_name(ssl, name) &&
		       SSL_set1_host(ssl, name);
	return X509_VERIFY_PARAM_set1_ip(SSL_get0_param(ssl), addr->bytes,
					 addr->len);
}

SSL *tls_client(SSL_CTX *ctx, int fd, const struct probe *probe)
{
	char *name = probe_server_name(probe);
	SSL *ssl = name ? SSL_new(ctx) : NULL;

	if (ssl && (!set_names(ssl, probe, name) || !SSL_set_fd(ssl, fd))) {
		SSL_free(ssl);
		ssl = NULL;
	}
	free(name);
	if (ssl)
		SSL_set_connect_state(ssl);
	return ssl;
}

void tls_why(const SSL *ssl, char *why, size_t size)
{
	long verified = SSL_get_verify_result(ssl);
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);

	if (verified != X509_V_OK && SSL_get_verify_mode(ssl))
		reason = X509_verify_cert_error_string(verified);
	snprintf(why, size, "%s", reason ? reason : "connection closed");
	ERR_clear_error();
}

static void forget_all(struct tls **list)
{
	struct tls *t;

	while ((t = *list)) {
		*list = t->next;
		forget(t);
	}
}

void tls_begin(void)
{
	aside = contexts;
	contexts = NULL;
}

void tls_end(bool keep)
{
	forget_all(keep ? &aside : &contexts);
	if (!keep)
		contexts = aside;
	aside = NULL;
}

void tls_forget(void)
{
	forget_all(&contexts);
}
