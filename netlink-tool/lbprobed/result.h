/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of a probe, in the status words of HAProxy. */
#ifndef LBVS_PROBED_RESULT_H
#define LBVS_PROBED_RESULT_H

#include "timing.h"

#define RESULT_TEXT_SIZE	96
#define RESULT_REASON_SIZE	LBVS_REASON_SIZE

enum result_status {
	RESULT_NONE,		/* nothing yet */
	RESULT_SOCKERR,		/* our own trouble: says nothing of the server */
	RESULT_L4OK,		/* connected */
	RESULT_L4TOUT,
	RESULT_L4CON,		/* refused, unreachable */
	RESULT_L6OK,		/* TLS established */
	RESULT_L6TOUT,
	RESULT_L6RSP,
	RESULT_L7OK,
	RESULT_L7TOUT,
	RESULT_L7RSP,		/* the answer is not what it should be */
	RESULT_L7STS,		/* the answer is a no */
	RESULT_PROCOK,		/* a command's exit status */
	RESULT_PROCERR,
	RESULT_PROCTOUT,
};

struct result {
	enum result_status status;
	bool no;		/* an explicit one */
	uint32_t latency_ms;
	char text[RESULT_TEXT_SIZE];
};

const char *result_word(enum result_status status);
/* Of a connection that did not come about: is it us, or the server? */
enum result_status result_unconnected(int err);
enum timing_outcome result_outcome(const struct result *result);

/* Sets the text, in printable ASCII. */
void result_say(struct result *result, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "L7STS 503 Service Unavailable, 12 ms". */
void result_reason(const struct result *result, char reason[RESULT_REASON_SIZE]);

#endif
