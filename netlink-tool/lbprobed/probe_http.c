// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * HTTP and HTTPS, by libcurl: to the address of the real, whatever host and
 * name are asked for. The status decides, then the body.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "answer.h"
#include "tls.h"
#include "value.h"
#include "web.h"

struct request {
	struct web_transfer transfer;
	struct probe *probe;
	curl_socket_t fd;
	int err;		/* why there is none */
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	struct answer answer;
	char error[CURL_ERROR_SIZE];
};

/* Is TLS, if it is wanted, there? */
static bool is_secured(const struct request *r)
{
	curl_off_t time = 0;

	curl_easy_getinfo(r->transfer.easy, CURLINFO_APPCONNECT_TIME_T, &time);
	return time || r->probe->config->kind != CHECK_HTTPS;
}

/* libcurl tells when it was connected only once TLS is there as well. */
static bool is_connected(const struct request *r)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);

	return !getpeername(r->fd, (struct sockaddr *)&peer, &size);
}

/* Of a socket that cannot be had, libcurl does not keep the errno. */
static curl_socket_t on_open(void *arg, curlsocktype type,
			     struct curl_sockaddr *addr)
{
	struct request *r = arg;

	(void)type;
	r->fd = socket(addr->family, addr->socktype | SOCK_CLOEXEC,
		       addr->protocol);
	r->err = r->fd < 0 ? errno : 0;
	return r->fd < 0 ? CURL_SOCKET_BAD : r->fd;
}

/* The errno of a connection that did not come about, if it is known. */
static int error_number(const struct request *r)
{
	long err = 0;

	curl_easy_getinfo(r->transfer.easy, CURLINFO_OS_ERRNO, &err);
	return r->err ? r->err : err;
}

static const char *error_text(const struct request *r, CURLcode code)
{
	if (code == CURLE_GOT_NOTHING)
		return "connection closed";
	return r->error[0] ? r->error : curl_easy_strerror(code);
}

static void not_connected(struct request *r, CURLcode code)
{
	int err = error_number(r);

	probe_finish(r->probe, result_unconnected(err), "%s",
		     err ? strerror(err) : error_text(r, code));
}

static void fail(struct request *r, CURLcode code)
{
	enum result_status status;

	switch (code) {
	case CURLE_COULDNT_CONNECT:
		not_connected(r, code);
		return;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_ABORTED_BY_CALLBACK:
	case CURLE_FAILED_INIT:
	case CURLE_URL_MALFORMAT:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
		status = RESULT_SOCKERR;
		break;
	default:
		status = is_secured(r) ? RESULT_L7RSP : RESULT_L6RSP;
	}
	probe_finish(r->probe, status, "%s", error_text(r, code));
}

static void on_done(struct web_transfer *transfer, CURLcode code)
{
	struct request *r = loop_of(transfer, struct request, transfer);
	long status = 0;

	/* A body longer than what is looked at was cut off by us. */
	if (code && !(code == CURLE_WRITE_ERROR && r->answer.full)) {
		fail(r, code);
		return;
	}
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	answer_judge(&r->answer, r->probe, status);
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct request *r = arg;

	return answer_body(&r->answer, data, size * count);
}

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
	struct request *r = arg;

	answer_header(&r->answer, data, size * count);
	return size * count;
}

/* What the URL names: for TLS the name to ask for, for others it is the host. */
static char *url_host(const struct probe *probe)
{
	char addr[VALUE_ADDR_SIZE + 2], *name = probe_server_name(probe);

	if (!name || *name)
		return name;
	free(name);
	value_addr(probe->place.addr, addr);
	return probe_fill(probe, probe->place.addr->len == 4 ? "{address}" :
							      "[{address}]");
}

static bool set_url(struct request *r)
{
	bool tls = r->probe->config->kind == CHECK_HTTPS;
	const char *path = r->probe->config->path;
	char *host = url_host(r->probe), *filled;
	char *url = NULL;
	int n = -1;

	filled = probe_fill(r->probe, path ? path : "/");
	if (host && filled)
		n = asprintf(&url, "%s://%s:%u%s%s", tls ? "https" : "http",
			     host, probe_port(r->probe),
			     filled[0] == '/' ? "" : "/", filled);
	if (n >= 0) {
		curl_easy_setopt(r->transfer.easy, CURLOPT_URL, url);
		free(url);
	}
	free(filled);
	free(host);
	return n >= 0;
}

/* To the real, whatever the URL says. */
static bool set_address(struct request *r)
{
	char *to = probe_fill(r->probe, r->probe->place.addr->len == 4 ?
			      "::{address}:" : "::[{address}]:");

	if (to)
		r->connect_to = curl_slist_append(NULL, to);
	free(to);
	curl_easy_setopt(r->transfer.easy, CURLOPT_CONNECT_TO, r->connect_to);
	return r->connect_to;
}

static bool add_header(struct request *r, const char *header)
{
	struct curl_slist *more = curl_slist_append(r->headers, header);

	if (!more)
		return false;
	r->headers = more;
	return true;
}

static bool set_headers(struct request *r)
{
	const char *host = r->probe->config->host;
	char *filled, *header = NULL;
	bool added = true;

	if (host) {
		filled = probe_fill(r->probe, host);
		added = filled && asprintf(&header, "Host: %s", filled) >= 0 &&
			add_header(r, header);
		free(filled);
		free(header);
	}
	added = added && add_header(r, "Connection: close") &&
		add_header(r, "User-Agent: lbprobed");
	curl_easy_setopt(r->transfer.easy, CURLOPT_HTTPHEADER, r->headers);
	return added;
}

static void set_method(struct request *r)
{
	const char *method = r->probe->config->method;
	CURL *easy = r->transfer.easy;

	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	if (!method || !strcasecmp(method, "GET"))
		return;
	if (!strcasecmp(method, "HEAD"))
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

/*
 * The authorities are those of tls.c: what libcurl itself has read, it keeps for a
 * day, whatever is reloaded.
 */
static CURLcode on_tls(CURL *easy, void *ctx, void *arg)
{
	const struct request *r = arg;
	SSL_CTX *ours;
	char why[128];

	(void)easy;
	ours = tls_context(r->probe->config, why, sizeof(why));
	if (!ours)
		return CURLE_SSL_CACERT_BADFILE;
	SSL_CTX_set1_cert_store(ctx, SSL_CTX_get_cert_store(ours));
	return CURLE_OK;
}

static bool set_tls(struct request *r)
{
	static const long versions[] = {
		[CHECK_TLS_1_0] = CURL_SSLVERSION_TLSv1_0,
		[CHECK_TLS_1_1] = CURL_SSLVERSION_TLSv1_1,
		[CHECK_TLS_1_2] = CURL_SSLVERSION_TLSv1_2,
		[CHECK_TLS_1_3] = CURL_SSLVERSION_TLSv1_3,
	};
	const struct check_probe *config = r->probe->config;
	CURL *easy = r->transfer.easy;

	curl_easy_setopt(easy, CURLOPT_SSLVERSION, versions[config->tls_min]);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, (long)config->verify);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST,
			 config->verify ? 2L : 0L);
	if (config->ciphers)
		curl_easy_setopt(easy, CURLOPT_SSL_CIPHER_LIST,
				 config->ciphers);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	/* Else ours is what it keeps, and puts in the place of the next. */
	curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, r);
	return !curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
}

static bool set_all(struct request *r)
{
	CURL *easy = r->transfer.easy;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, r);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
	set_method(r);
	if (r->probe->config->kind == CHECK_HTTPS && !set_tls(r))
		return false;
	return set_url(r) && set_address(r) && set_headers(r);
}

static void start(struct probe *probe)
{
	struct request *r = calloc(1, sizeof(*r));
	struct web *web = probe->means->web;

	probe->run = r;
	if (r) {
		r->probe = probe;
		r->fd = -1;
		r->transfer.done = on_done;
	}
	if (!r || !web_new(web, &r->transfer) || !set_all(r) ||
	    web_start(web, &r->transfer))
		probe_finish(probe, RESULT_SOCKERR, "out of memory");
}

static void stop(struct probe *probe)
{
	struct request *r = probe->run;

	web_cancel(probe->means->web, &r->transfer);
	curl_slist_free_all(r->headers);
	curl_slist_free_all(r->connect_to);
	answer_free(&r->answer);
	free(r);
}

static enum result_status late(const struct probe *probe)
{
	const struct request *r = probe->run;

	if (!is_connected(r))
		return RESULT_L4TOUT;
	return is_secured(r) ? RESULT_L7TOUT : RESULT_L6TOUT;
}

const struct probe_ops probe_http = {
	.start = start,
	.stop = stop,
	.late = late,
};
