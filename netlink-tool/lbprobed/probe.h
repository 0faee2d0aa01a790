/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One probe of a check on one real: asked over and over, one question at a
 * time. How to ask is a matter of its kind.
 */
#ifndef LBVS_PROBED_PROBE_H
#define LBVS_PROBED_PROBE_H

#include "check.h"
#include "loop.h"
#include "model.h"
#include "result.h"

struct web;
struct probe;

/* What all probes share. */
struct probe_means {
	struct loop *loop;
	struct web *web;		/* for http and https */
};

/* Whom to ask. */
struct probe_place {
	const char *real;
	const struct model_addr *addr;
};

struct probe_ops {
	/*
	 * Asks. Ends with probe_finish(), maybe at once. "run" of the probe is
	 * its own.
	 */
	void (*start)(struct probe *probe);
	/* Frees "run"; the question may still be open. */
	void (*stop)(struct probe *probe);
	/* How far it got until now, for a timeout. */
	enum result_status (*late)(const struct probe *probe);
};

extern const struct probe_ops probe_http;
extern const struct probe_ops probe_tcp;	/* tls as well */
extern const struct probe_ops probe_smtp;
extern const struct probe_ops probe_imap;
extern const struct probe_ops probe_pop3;
extern const struct probe_ops probe_rpc;
extern const struct probe_ops probe_exec;

struct probe {
	const struct probe_means *means;
	const struct check_probe *config;
	struct probe_place place;
	const struct probe_ops *ops;
	void *run;			/* not NULL: a question is open */
	bool asking;
	uint64_t began;
	struct loop_timer timeout;
	struct result result;		/* of the last question */
	void (*done)(struct probe *probe);
	void *arg;
};

void probe_init(struct probe *probe, const struct probe_means *means,
		const struct check_probe *config,
		const struct probe_place *place,
		void (*done)(struct probe *probe));

/* done() is called once for each, maybe before this returns. */
void probe_start(struct probe *probe, uint32_t timeout_ms);
/* Lets the question go; done() is not called any more. */
void probe_stop(struct probe *probe);

/* For the kinds: this is the result. The probe may be gone afterwards. */
void probe_finish(struct probe *probe, enum result_status status,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for an explicit no. */
void probe_refuse(struct probe *probe, enum result_status status,
		  const char *format, ...)
	__attribute__((format(printf, 3, 4)));

uint16_t probe_port(const struct probe *probe);

/* The text with what stands for "{real}" and "{address}"; NULL: no memory. */
char *probe_fill(const struct probe *probe, const char *text);

/* Who is asked for in TLS: the name, or "" for none. NULL: no memory. */
char *probe_server_name(const struct probe *probe);

#endif
