/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS settings of probes as contexts of OpenSSL. Probes with the same settings
 * share one, since the authorities take long to read.
 */
#ifndef LBVS_PROBED_TLS_H
#define LBVS_PROBED_TLS_H

#include <openssl/ssl.h>

#include "probe.h"

bool tls_wanted(const struct check_probe *config);

/*
 * The context for a probe; it stays ours. NULL with a sentence: one of its
 * settings is no good.
 */
SSL_CTX *tls_context(const struct check_probe *config, char *why, size_t size);

/* A client on a connected socket; NULL: out of memory. */
SSL *tls_client(SSL_CTX *ctx, int fd, const struct probe *probe);

/* Why the last call failed, in a few words. */
void tls_why(const SSL *ssl, char *why, size_t size);

/*
 * From here on all are made anew, from files that may have changed; at the end
 * either these are kept, or those from before.
 */
void tls_begin(void);
void tls_end(bool keep);
void tls_forget(void);

#endif
