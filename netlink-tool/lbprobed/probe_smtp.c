// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SMTP up to the depth that was asked for. A transport that is being drained
 * greets as ever and says 421 only to MAIL FROM.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dialogue.h"

enum step {
	STEP_BANNER,
	STEP_EHLO,
	STEP_STARTTLS,
	STEP_EHLO_AGAIN,
	STEP_MAIL_FROM,
};

static void say_ehlo(struct dialogue *d, enum step step)
{
	char name[128], line[160];

	if (gethostname(name, sizeof(name)))
		strcpy(name, "localhost");
	name[sizeof(name) - 1] = '\0';
	snprintf(line, sizeof(line), "EHLO %s\r\n", name);
	d->step = step;
	dialogue_say(d, line);
}

static void after_ehlo(struct dialogue *d)
{
	if (d->stream.probe->config->depth < CHECK_DEPTH_MAIL_FROM) {
		dialogue_accept(d);
		return;
	}
	d->step = STEP_MAIL_FROM;
	dialogue_say(d, "MAIL FROM:<>\r\n");
}

static void go_on(struct dialogue *d)
{
	const struct check_probe *config = d->stream.probe->config;

	switch (d->step) {
	case STEP_BANNER:
		if (config->depth == CHECK_DEPTH_BANNER && !config->starttls)
			dialogue_accept(d);
		else
			say_ehlo(d, STEP_EHLO);
		break;
	case STEP_EHLO:
		if (config->starttls) {
			d->step = STEP_STARTTLS;
			dialogue_say(d, "STARTTLS\r\n");
			break;
		}
		after_ehlo(d);
		break;
	case STEP_STARTTLS:
		dialogue_secure(d);
		break;
	case STEP_EHLO_AGAIN:
		after_ehlo(d);
		break;
	case STEP_MAIL_FROM:
		dialogue_accept(d);
		break;
	}
}

static bool has_code(const char *line)
{
	return isdigit((unsigned char)line[0]) &&
	       isdigit((unsigned char)line[1]) &&
	       isdigit((unsigned char)line[2]) &&
	       (!line[3] || line[3] == ' ' || line[3] == '-');
}

static void take_line(struct dialogue *d, const char *line)
{
	bool greets = d->step == STEP_BANNER || d->step == STEP_STARTTLS;

	if (!has_code(line))
		dialogue_odd(d, line);
	else if (line[3] == '-')
		return;
	else if (!strncmp(line, greets ? "220" : "250", 3))
		go_on(d);
	else if (*line == '4' || *line == '5')
		dialogue_refuse(d, line);
	else
		dialogue_odd(d, line);
}

static void secured(struct dialogue *d)
{
	say_ehlo(d, STEP_EHLO_AGAIN);
}

static const struct dialogue_ops dialogue_ops = {
	.goodbye = "QUIT\r\n",
	.line = take_line,
	.secured = secured,
};

static void start(struct probe *probe)
{
	dialogue_start(probe, &dialogue_ops);
}

const struct probe_ops probe_smtp = {
	.start = start,
	.stop = dialogue_stop,
	.late = dialogue_late,
};
