// SPDX-License-Identifier: GPL-2.0-or-later
/* IMAP: the greeting, and TLS if it is to be started. */
#include <string.h>
#include <strings.h>

#include "dialogue.h"

enum step {
	STEP_GREETING,
	STEP_STARTTLS,
};

static bool begins(const char *line, const char *word)
{
	size_t length = strlen(word);

	return !strncasecmp(line, word, length) &&
	       (!line[length] || line[length] == ' ');
}

static void take_greeting(struct dialogue *d, const char *line)
{
	if (begins(line, "* BYE")) {
		dialogue_refuse(d, line);
	} else if (!begins(line, "* OK") && !begins(line, "* PREAUTH")) {
		dialogue_odd(d, line);
	} else if (d->stream.probe->config->starttls) {
		d->step = STEP_STARTTLS;
		dialogue_say(d, "p1 STARTTLS\r\n");
	} else {
		dialogue_accept(d);
	}
}

static void take_line(struct dialogue *d, const char *line)
{
	if (d->step == STEP_GREETING)
		take_greeting(d, line);
	else if (begins(line, "p1 OK"))
		dialogue_secure(d);
	else if (begins(line, "p1 NO") || begins(line, "p1 BAD") ||
		 begins(line, "* BYE"))
		dialogue_refuse(d, line);
	else if (strncmp(line, "* ", 2))
		dialogue_odd(d, line);
}

static const struct dialogue_ops dialogue_ops = {
	.goodbye = "p2 LOGOUT\r\n",
	.line = take_line,
	.secured = dialogue_accept,
};

static void start(struct probe *probe)
{
	dialogue_start(probe, &dialogue_ops);
}

const struct probe_ops probe_imap = {
	.start = start,
	.stop = dialogue_stop,
	.late = dialogue_late,
};
