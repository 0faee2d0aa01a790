// SPDX-License-Identifier: GPL-2.0-or-later
/* A connection that comes about, or for tls a handshake, is enough. */
#include <errno.h>
#include <stdlib.h>

#include "stream.h"
#include "tls.h"

static void on_opened(struct stream *s)
{
	bool tls = tls_wanted(s->probe->config);

	probe_finish(s->probe, tls ? RESULT_L6OK : RESULT_L4OK, "%s",
		     tls ? "TLS established" : "connected");
}

/* Cannot come: what opens is closed at once. */
static void on_readable(struct stream *s)
{
	(void)s;
}

static const struct stream_ops stream_ops = {
	.opened = on_opened,
	.readable = on_readable,
};

static void start(struct probe *probe)
{
	struct stream *s = malloc(sizeof(*s));

	if (!s) {
		probe_finish(probe, RESULT_SOCKERR, "out of memory");
		return;
	}
	probe->run = s;
	stream_open(s, probe, &stream_ops);
}

static void stop(struct probe *probe)
{
	stream_close(probe->run);
	free(probe->run);
}

static enum result_status late(const struct probe *probe)
{
	return stream_late(probe->run);
}

const struct probe_ops probe_tcp = {
	.start = start,
	.stop = stop,
	.late = late,
};
