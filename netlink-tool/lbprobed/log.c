// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "log.h"

/* The journal takes the level from the head of a line; a person needs none. */
static void put_line(int level, const char *format, va_list args)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, args);
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "lbprobed: %s\n", line);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(LOG_INFO, format, args);
	va_end(args);
}

void log_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(LOG_NOTICE, format, args);
	va_end(args);
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line(LOG_ERR, format, args);
	va_end(args);
}
