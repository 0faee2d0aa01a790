// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "value.h"

static const struct probe_ops *const kinds[] = {
	[CHECK_HTTP]	= &probe_http,
	[CHECK_HTTPS]	= &probe_http,
	[CHECK_SMTP]	= &probe_smtp,
	[CHECK_IMAP]	= &probe_imap,
	[CHECK_IMAPS]	= &probe_imap,
	[CHECK_POP3]	= &probe_pop3,
	[CHECK_POP3S]	= &probe_pop3,
	[CHECK_TCP]	= &probe_tcp,
	[CHECK_TLS]	= &probe_tcp,
	[CHECK_RPC]	= &probe_rpc,
	[CHECK_EXEC]	= &probe_exec,
};

static const char *const late_texts[] = {
	[RESULT_L4TOUT]		= "no answer to the connection",
	[RESULT_L6TOUT]		= "no answer in the TLS handshake",
	[RESULT_L7TOUT]		= "no answer",
	[RESULT_PROCTOUT]	= "the command does not end",
};

static void on_timeout(struct loop_timer *timer)
{
	struct probe *probe = loop_of(timer, struct probe, timeout);
	enum result_status status = probe->ops->late(probe);

	probe_finish(probe, status, "%s", late_texts[status]);
}

void probe_init(struct probe *probe, const struct probe_means *means,
		const struct check_probe *config,
		const struct probe_place *place,
		void (*done)(struct probe *probe))
{
	*probe = (struct probe){
		.means = means,
		.config = config,
		.place = *place,
		.ops = kinds[config->kind],
		.timeout = { .fn = on_timeout },
		.done = done,
	};
}

void probe_start(struct probe *probe, uint32_t timeout_ms)
{
	probe->result = (struct result){ 0 };
	probe->began = loop_now();
	probe->asking = true;
	if (loop_set(probe->means->loop, &probe->timeout,
		     probe->began + timeout_ms * UINT64_C(1000))) {
		probe_finish(probe, RESULT_SOCKERR, "out of memory");
		return;
	}
	probe->ops->start(probe);
}

void probe_stop(struct probe *probe)
{
	if (!probe->asking)
		return;
	probe->asking = false;
	loop_unset(probe->means->loop, &probe->timeout);
	if (probe->run)
		probe->ops->stop(probe);
	probe->run = NULL;
}

static void finish(struct probe *probe, enum result_status status, bool no,
		   const char *format, va_list args)
{
	struct result *result = &probe->result;
	char text[256];

	vsnprintf(text, sizeof(text), format, args);
	result->status = status;
	result->no = no;
	result->latency_ms = (loop_now() - probe->began) / 1000;
	result_say(result, "%s", text);
	probe_stop(probe);
	probe->done(probe);
}

void probe_finish(struct probe *probe, enum result_status status,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	finish(probe, status, false, format, args);
	va_end(args);
}

void probe_refuse(struct probe *probe, enum result_status status,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	finish(probe, status, true, format, args);
	va_end(args);
}

uint16_t probe_port(const struct probe *probe)
{
	const struct check_probe *config = probe->config;

	return config->port ? config->port : check_default_port(config);
}

/* What a placeholder at the text stands for, and how long it is itself. */
static const char *stands_for(const struct probe *probe, const char *text,
			      char addr[VALUE_ADDR_SIZE], size_t *length)
{
	if (!strncmp(text, "{real}", 6)) {
		*length = 6;
		return probe->place.real;
	}
	if (!strncmp(text, "{address}", 9)) {
		*length = 9;
		return value_addr(probe->place.addr, addr);
	}
	return NULL;
}

char *probe_fill(const struct probe *probe, const char *text)
{
	char addr[VALUE_ADDR_SIZE], *filled = NULL;
	const char *word;
	size_t size, length;
	FILE *out = open_memstream(&filled, &size);

	if (!out)
		return NULL;
	for (; *text; text += length) {
		length = 1;
		word = stands_for(probe, text, addr, &length);
		if (word)
			fputs(word, out);
		else
			putc(*text, out);
	}
	if (fclose(out)) {
		free(filled);
		return NULL;
	}
	return filled;
}

/* A host may come with a port, as in its header. */
static bool is_name(const char *host)
{
	struct model_addr addr;

	return !value_read_addr(host, &addr) && !strchr(host, ':');
}

char *probe_server_name(const struct probe *probe)
{
	const struct check_probe *config = probe->config;
	char *name;

	if (config->sni)
		return probe_fill(probe, config->sni);
	name = probe_fill(probe, config->host ? config->host : "");
	if (name && !is_name(name))
		*name = '\0';
	return name;
}
