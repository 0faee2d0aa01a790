// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "linger.h"
#include "stream.h"
#include "tls.h"

static int watch_for(struct stream *s, uint32_t events)
{
	if (s->watch.fd >= 0 && s->events == events)
		return 0;
	s->events = events;
	return loop_watch(s->probe->means->loop, &s->watch, s->watch.fd,
			  events);
}

static void trouble(struct stream *s, int err)
{
	probe_finish(s->probe, RESULT_SOCKERR, "%s", strerror(err));
}

static void not_connected(struct stream *s, int err)
{
	probe_finish(s->probe, result_unconnected(err), "%s", strerror(err));
}

static void shake(struct stream *s)
{
	char why[64];
	int ret, err;

	ERR_clear_error();
	ret = SSL_do_handshake(s->ssl);
	if (ret == 1) {
		s->phase = STREAM_OPEN;
		err = watch_for(s, EPOLLIN);
		if (err)
			trouble(s, -err);
		else
			s->ops->opened(s);
		return;
	}
	switch (SSL_get_error(s->ssl, ret)) {
	case SSL_ERROR_WANT_READ:
		err = watch_for(s, EPOLLIN);
		break;
	case SSL_ERROR_WANT_WRITE:
		err = watch_for(s, EPOLLOUT);
		break;
	default:
		s->failed = true;
		tls_why(s->ssl, why, sizeof(why));
		probe_finish(s->probe, RESULT_L6RSP, "%s", why);
		return;
	}
	if (err)
		trouble(s, -err);
}

void stream_secure(struct stream *s)
{
	char why[128];
	SSL_CTX *ctx = tls_context(s->probe->config, why, sizeof(why));

	if (!ctx) {
		probe_finish(s->probe, RESULT_SOCKERR, "%s", why);
		return;
	}
	s->ssl = tls_client(ctx, s->watch.fd, s->probe);
	if (!s->ssl) {
		trouble(s, ENOMEM);
		return;
	}
	s->phase = STREAM_SHAKING;
	shake(s);
}

static void on_connected(struct stream *s)
{
	socklen_t size = sizeof(int);
	int err = 0;

	getsockopt(s->watch.fd, SOL_SOCKET, SO_ERROR, &err, &size);
	if (err) {
		not_connected(s, err);
		return;
	}
	if (tls_wanted(s->probe->config) && !s->probe->config->starttls) {
		stream_secure(s);
		return;
	}
	s->phase = STREAM_OPEN;
	err = watch_for(s, EPOLLIN);
	if (err)
		trouble(s, -err);
	else
		s->ops->opened(s);
}

/* Returns 0, -EAGAIN or another negative errno. */
static int flush(struct stream *s)
{
	ssize_t n;

	while (s->out) {
		if (s->ssl) {
			ERR_clear_error();
			n = SSL_write(s->ssl, s->buf, s->out);
			if (n <= 0)
				n = SSL_want(s->ssl) == SSL_NOTHING ? -EIO :
								      -EAGAIN;
		} else {
			n = send(s->watch.fd, s->buf, s->out, MSG_NOSIGNAL);
			if (n < 0)
				n = -errno;
		}
		if (n < 0)
			return n;
		s->out -= n;
		memmove(s->buf, s->buf + n, s->out);
	}
	return 0;
}

static void on_open(struct stream *s, uint32_t events)
{
	int err = flush(s);

	if (!err && s->events != EPOLLIN)
		err = watch_for(s, EPOLLIN);
	/* A server that reads no more may still have said why. */
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		s->ops->readable(s);
	else if (err && err != -EAGAIN)
		probe_finish(s->probe, RESULT_L7RSP, "%s", strerror(-err));
}

static void on_event(struct loop_watch *watch, uint32_t events)
{
	struct stream *s = loop_of(watch, struct stream, watch);

	switch (s->phase) {
	case STREAM_CONNECTING:
		on_connected(s);
		break;
	case STREAM_SHAKING:
		shake(s);
		break;
	case STREAM_OPEN:
		on_open(s, events);
		break;
	}
}

static socklen_t sockaddr_of(const struct probe *probe,
			     struct sockaddr_storage *ss)
{
	const struct model_addr *addr = probe->place.addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (addr->len == 4) {
		in->sin_family = AF_INET;
		in->sin_port = htons(probe_port(probe));
		memcpy(&in->sin_addr, addr->bytes, 4);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(probe_port(probe));
	memcpy(&in6->sin6_addr, addr->bytes, 16);
	return sizeof(*in6);
}

void stream_open(struct stream *s, struct probe *probe,
		 const struct stream_ops *ops)
{
	struct sockaddr_storage ss;
	socklen_t size = sockaddr_of(probe, &ss);
	int fd, on = 1, err;

	memset(s, 0, sizeof(*s));
	s->probe = probe;
	s->ops = ops;
	s->watch = (struct loop_watch){ .fd = -1, .fn = on_event };
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    0);
	if (fd < 0) {
		trouble(s, errno);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	err = connect(fd, (struct sockaddr *)&ss, size) ? errno : 0;
	if (err && err != EINPROGRESS) {
		close(fd);
		not_connected(s, err);
		return;
	}
	s->events = EPOLLOUT;
	err = loop_watch(probe->means->loop, &s->watch, fd, EPOLLOUT);
	if (err) {
		close(fd);
		trouble(s, -err);
	}
}

ssize_t stream_read(struct stream *s, void *data, size_t size)
{
	ssize_t n;

	if (!s->ssl) {
		n = read(s->watch.fd, data, size);
		return n < 0 ? -errno : n;
	}
	ERR_clear_error();
	n = SSL_read(s->ssl, data, size);
	if (n > 0)
		return n;
	switch (SSL_get_error(s->ssl, n)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		s->failed = true;
		return errno == ECONNRESET ? -ECONNRESET : -EPROTO;
	}
}

int stream_write(struct stream *s, const void *data, size_t size)
{
	int err;

	if (size > sizeof(s->buf) - s->out)
		return -ENOBUFS;
	memcpy(s->buf + s->out, data, size);
	s->out += size;
	err = flush(s);
	if (err == -EAGAIN)
		return watch_for(s, EPOLLIN | EPOLLOUT);
	return err;
}

void stream_close(struct stream *s)
{
	struct loop *loop = s->probe->means->loop;
	int fd = s->watch.fd;

	if (fd < 0)
		return;
	loop_unwatch(loop, &s->watch);
	if (s->ssl) {
		ERR_clear_error();
		if (s->phase == STREAM_OPEN && !s->failed)
			SSL_shutdown(s->ssl);
		SSL_free(s->ssl);
		s->ssl = NULL;
		ERR_clear_error();
	}
	linger(loop, fd);
}

enum result_status stream_late(const struct stream *s)
{
	switch (s->phase) {
	case STREAM_CONNECTING:
		return RESULT_L4TOUT;
	case STREAM_SHAKING:
		return RESULT_L6TOUT;
	case STREAM_OPEN:
		break;
	}
	return RESULT_L7TOUT;
}
