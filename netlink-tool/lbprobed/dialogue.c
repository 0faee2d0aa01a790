// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue.h"
#include "tls.h"

static struct dialogue *of(struct stream *s)
{
	return loop_of(s, struct dialogue, stream);
}

static void on_opened(struct stream *s)
{
	struct dialogue *d = of(s);

	if (s->ssl && s->probe->config->starttls)
		d->ops->secured(d);
}

static void over(struct dialogue *d, ssize_t n)
{
	struct probe *probe = d->stream.probe;

	if (n)
		probe_finish(probe, RESULT_L7RSP, "%s%s%s", d->last,
			     d->last[0] ? ", then: " : "", strerror(-n));
	else
		probe_finish(probe, RESULT_L7RSP, "%s%sconnection closed",
			     d->last, d->last[0] ? ", then: " : "");
}

/* Takes the first line out of what has come. False: there is no whole one. */
static bool take_line(struct dialogue *d, char line[DIALOGUE_LINE_SIZE])
{
	char *end = memchr(d->line, '\n', d->used);
	size_t length;

	if (!end)
		return false;
	length = end - d->line;
	memcpy(line, d->line, length);
	if (length && line[length - 1] == '\r')
		line[length - 1] = '\0';
	line[length] = '\0';
	d->used -= length + 1;
	memmove(d->line, end + 1, d->used);
	return true;
}

/* False: the dialogue is over. */
static bool handle_lines(struct dialogue *d)
{
	struct probe *probe = d->stream.probe;
	char line[DIALOGUE_LINE_SIZE];

	while (take_line(d, line)) {
		if (++d->lines > DIALOGUE_LINES_MAX) {
			dialogue_odd(d, "the server does not stop talking");
			return false;
		}
		snprintf(d->last, sizeof(d->last), "%.*s",
			 (int)sizeof(d->last) - 1, line);
		d->ops->line(d, line);
		if (probe->run != d)
			return false;
	}
	if (d->used == sizeof(d->line)) {
		dialogue_odd(d, "the server's line is too long");
		return false;
	}
	return true;
}

static void on_readable(struct stream *s)
{
	struct dialogue *d = of(s);
	ssize_t n;

	/* TLS may hold more than the socket tells of. */
	do {
		n = stream_read(s, d->line + d->used,
				sizeof(d->line) - d->used);
		if (n == -EAGAIN)
			return;
		if (n <= 0) {
			over(d, n);
			return;
		}
		d->used += n;
	} while (handle_lines(d) && s->phase == STREAM_OPEN);
}

static const struct stream_ops stream_ops = {
	.opened = on_opened,
	.readable = on_readable,
};

void dialogue_start(struct probe *probe, const struct dialogue_ops *ops)
{
	struct dialogue *d = calloc(1, sizeof(*d));

	if (!d) {
		probe_finish(probe, RESULT_SOCKERR, "out of memory");
		return;
	}
	d->ops = ops;
	probe->run = d;
	stream_open(&d->stream, probe, &stream_ops);
}

void dialogue_stop(struct probe *probe)
{
	struct dialogue *d = probe->run;

	stream_close(&d->stream);
	free(d);
}

enum result_status dialogue_late(const struct probe *probe)
{
	const struct dialogue *d = probe->run;

	return stream_late(&d->stream);
}

void dialogue_say(struct dialogue *d, const char *line)
{
	int err = stream_write(&d->stream, line, strlen(line));

	if (err)
		over(d, err);
}

void dialogue_secure(struct dialogue *d)
{
	/* What came before TLS must not count as said in it. */
	if (d->used)
		dialogue_odd(d, "the server talks before TLS is there");
	else
		stream_secure(&d->stream);
}

/* The answer to it is for nobody. */
static void say_goodbye(struct dialogue *d)
{
	stream_write(&d->stream, d->ops->goodbye, strlen(d->ops->goodbye));
}

void dialogue_accept(struct dialogue *d)
{
	say_goodbye(d);
	probe_finish(d->stream.probe, RESULT_L7OK, "%s", d->last);
}

void dialogue_refuse(struct dialogue *d, const char *line)
{
	say_goodbye(d);
	probe_refuse(d->stream.probe, RESULT_L7STS, "%s", line);
}

void dialogue_odd(struct dialogue *d, const char *line)
{
	say_goodbye(d);
	probe_finish(d->stream.probe, RESULT_L7RSP, "%s", line);
}
