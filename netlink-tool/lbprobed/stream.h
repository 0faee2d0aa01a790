/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection of a probe to its real, with TLS from the start, later, or not. */
#ifndef LBVS_PROBED_STREAM_H
#define LBVS_PROBED_STREAM_H

#include <sys/types.h>

#include "probe.h"

#define STREAM_OUT_SIZE	1024

struct ssl_st;
struct stream;

/* In each of them the stream may be closed. */
struct stream_ops {
	void (*opened)(struct stream *s);	/* with TLS, if that is wanted */
	void (*readable)(struct stream *s);
};

enum stream_phase {
	STREAM_CONNECTING,
	STREAM_SHAKING,		/* hands, in TLS */
	STREAM_OPEN,
};

struct stream {
	struct probe *probe;	/* finished here if the connection fails */
	const struct stream_ops *ops;
	enum stream_phase phase;
	struct loop_watch watch;
	struct ssl_st *ssl;
	uint32_t events;	/* what the handshake waits for */
	bool failed;		/* nothing more can be said on it */
	size_t out;
	char buf[STREAM_OUT_SIZE];	/* not sent yet */
};

/* Connects. If that fails at once, the probe is finished. */
void stream_open(struct stream *s, struct probe *probe,
		 const struct stream_ops *ops);

/* Goes over to TLS; opened() is called once more. */
void stream_secure(struct stream *s);

/*
 * What has come in. 0: the server has closed. -EAGAIN: nothing yet; another
 * negative errno: the connection is broken.
 */
ssize_t stream_read(struct stream *s, void *data, size_t size);

/* Never waits. Too much at once is -ENOBUFS. */
int stream_write(struct stream *s, const void *data, size_t size);

/* In good order: see linger.h. Can be called twice. */
void stream_close(struct stream *s);

enum result_status stream_late(const struct stream *s);

#endif
