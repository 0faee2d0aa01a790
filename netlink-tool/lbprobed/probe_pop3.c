// SPDX-License-Identifier: GPL-2.0-or-later
/* POP3: the greeting, and TLS if it is to be started. */
#include <string.h>

#include "dialogue.h"

enum step {
	STEP_GREETING,
	STEP_STLS,
};

static void take_line(struct dialogue *d, const char *line)
{
	if (!strncmp(line, "-ERR", 4)) {
		dialogue_refuse(d, line);
	} else if (strncmp(line, "+OK", 3)) {
		dialogue_odd(d, line);
	} else if (d->step == STEP_STLS) {
		dialogue_secure(d);
	} else if (d->stream.probe->config->starttls) {
		d->step = STEP_STLS;
		dialogue_say(d, "STLS\r\n");
	} else {
		dialogue_accept(d);
	}
}

static const struct dialogue_ops dialogue_ops = {
	.goodbye = "QUIT\r\n",
	.line = take_line,
	.secured = dialogue_accept,
};

static void start(struct probe *probe)
{
	dialogue_start(probe, &dialogue_ops);
}

const struct probe_ops probe_pop3 = {
	.start = start,
	.stop = dialogue_stop,
	.late = dialogue_late,
};
