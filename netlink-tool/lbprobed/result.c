// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "result.h"

static const struct words_entry words_status[] = {
	{ RESULT_NONE, "-" },
	{ RESULT_SOCKERR, "SOCKERR" },
	{ RESULT_L4OK, "L4OK" },
	{ RESULT_L4TOUT, "L4TOUT" },
	{ RESULT_L4CON, "L4CON" },
	{ RESULT_L6OK, "L6OK" },
	{ RESULT_L6TOUT, "L6TOUT" },
	{ RESULT_L6RSP, "L6RSP" },
	{ RESULT_L7OK, "L7OK" },
	{ RESULT_L7TOUT, "L7TOUT" },
	{ RESULT_L7RSP, "L7RSP" },
	{ RESULT_L7STS, "L7STS" },
	{ RESULT_PROCOK, "PROCOK" },
	{ RESULT_PROCERR, "PROCERR" },
	{ RESULT_PROCTOUT, "PROCTOUT" },
	{ 0, NULL }
};

const char *result_word(enum result_status status)
{
	return words_find(words_status, status);
}

enum result_status result_unconnected(int err)
{
	switch (err) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
	case EACCES:
	case EPERM:
		return RESULT_SOCKERR;
	case ETIMEDOUT:
		return RESULT_L4TOUT;
	default:
		return RESULT_L4CON;
	}
}

enum timing_outcome result_outcome(const struct result *result)
{
	switch (result->status) {
	case RESULT_L4OK:
	case RESULT_L6OK:
	case RESULT_L7OK:
	case RESULT_PROCOK:
		return TIMING_PASS;
	case RESULT_NONE:
	case RESULT_SOCKERR:
		return TIMING_NONE;
	default:
		return result->no ? TIMING_NO : TIMING_FAIL;
	}
}

void result_say(struct result *result, const char *format, ...)
{
	size_t length;
	va_list args;
	char *c;

	va_start(args, format);
	vsnprintf(result->text, sizeof(result->text), format, args);
	va_end(args);
	for (c = result->text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = *c == '\r' || *c == '\n' || *c == '\t' ? ' ' : '?';
	for (length = strlen(result->text);
	     length && result->text[length - 1] == ' '; length--)
		result->text[length - 1] = '\0';
}

void result_reason(const struct result *result, char reason[RESULT_REASON_SIZE])
{
	snprintf(reason, RESULT_REASON_SIZE, "%s%s%s, %u ms",
		 result_word(result->status), result->text[0] ? " " : "",
		 result->text, result->latency_ms);
}
