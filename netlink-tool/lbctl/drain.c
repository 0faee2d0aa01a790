// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waits by asking once a second, and not for the event: that may be lost, or
 * have come before there was anybody to hear it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "drain.h"
#include "value.h"

/* Whoever reads no terminal is told no oftener than that, in seconds. */
#define PAUSE 5

static volatile sig_atomic_t interrupted;

struct waiting {
	struct lbctl *ctl;
	const struct model_real *real;	/* its pool and name */
	bool terminal;			/* one line is written again and again */
	char said[DRAIN_TEXT_SIZE];
	time_t when;			/* that was said, in seconds */
};

bool drain_text(const struct model_real *real, char text[DRAIN_TEXT_SIZE])
{
	char left[VALUE_NUMBER_SIZE];
	const char *s;

	text[0] = '\0';
	if (!real || !model_has(real, LBVS_A_REAL_DRAIN_LEFT))
		return false;
	s = real->drain_left == 1 ? "" : "s";
	if (!real->drain_left)
		snprintf(text, DRAIN_TEXT_SIZE, "no flow left");
	else if (!model_has(real, LBVS_A_REAL_DEADLINE))
		snprintf(text, DRAIN_TEXT_SIZE, "%u flow%s left",
			 real->drain_left, s);
	else if (real->deadline_ms)
		snprintf(text, DRAIN_TEXT_SIZE, "%s left, %u flow%s",
			 value_left(real->deadline_ms, left), real->drain_left,
			 s);
	else
		snprintf(text, DRAIN_TEXT_SIZE, "past the deadline, %u flow%s",
			 real->drain_left, s);
	return true;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void say(struct waiting *w, const struct model_real *now)
{
	FILE *out = w->ctl->print.out;
	char text[DRAIN_TEXT_SIZE];

	if (w->ctl->print.json || !drain_text(now, text) ||
	    !strcmp(text, w->said))
		return;
	if (!w->terminal && w->said[0] && seconds() - w->when < PAUSE)
		return;
	fprintf(out, w->terminal ? "\r%s: %s\033[K" : "%s: %s\n",
		w->real->name, text);
	fflush(out);
	strcpy(w->said, text);
	w->when = seconds();
}

static void end_line(struct waiting *w)
{
	if (w->terminal && w->said[0])
		fputs("\r\033[K", w->ctl->print.out);
}

static int result(struct waiting *w, const struct model_real *now)
{
	struct print *p = &w->ctl->print;

	end_line(w);
	print_object_begin(p, PRINT_LINE);
	print_str(p, NULL, "pool", now->pool);
	print_str(p, NULL, "name", now->name);
	print_text(p, "", "%s is drained:", now->name);
	print_uint(p, "flows ended", "drain_ended", true, now->drain_ended);
	print_uint(p, "reset", "drain_reset", true, now->drain_reset);
	print_uint(p, "dropped", "drain_dropped", true, now->drain_dropped);
	print_object_end(p);
	return LBCTL_OK;
}

static int failed(struct waiting *w, const char *why)
{
	end_line(w);
	fflush(w->ctl->print.out);
	lbctl_complain("%s %s", w->real->name, why);
	return LBCTL_FAILED;
}

/* Returns true when there is nothing to wait for any more. */
static bool is_over(struct waiting *w, const struct model_real *now, int *ret)
{
	if (!now)
		*ret = failed(w, "was removed; the flows that it had live on");
	else if (now->admin != LBVS_ADMIN_DRAIN)
		*ret = failed(w, "is not drained any more: somebody else has "
			      "set its admin state");
	else if (!model_has(now, LBVS_A_REAL_DRAIN_LEFT))
		*ret = failed(w, "is drained, but this module does not tell "
			      "how far");
	else if (!now->drain_left)
		*ret = result(w, now);
	else
		return false;
	return true;
}

static bool look(struct waiting *w, const struct model_real *filter, int *ret)
{
	const struct model_real *now;
	struct model_list list;
	bool over;

	*ret = lbctl_dump(w->ctl, LBVS_CMD_REAL_GET, &filter->head, &list);
	if (*ret)
		return true;
	now = (const struct model_real *)(const void *)list.first;
	over = is_over(w, now, ret);
	if (!over && !interrupted)
		say(w, now);
	if (!over && interrupted) {
		over = true;
		drain_text(now, w->said);
		end_line(w);
		fflush(w->ctl->print.out);
		lbctl_complain("the drain of %s goes on: %s", now->name,
			       w->said);
		*ret = LBCTL_FAILED;
	}
	model_list_free(&list);
	return over;
}

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static int follow(struct waiting *w)
{
	const struct timespec second = { .tv_sec = 1 };
	struct model_real filter;
	int ret;

	model_init(&filter.head, MODEL_REAL);
	strcpy(filter.pool, w->real->pool);
	model_mark(&filter, LBVS_A_REAL_POOL);
	strcpy(filter.name, w->real->name);
	model_mark(&filter, LBVS_A_REAL_NAME);
	while (!look(w, &filter, &ret))
		nanosleep(&second, NULL);
	return ret;
}

int drain_wait(struct lbctl *ctl, const struct model_real *real)
{
	struct waiting w = {
		.ctl = ctl,
		.real = real,
		.terminal = !ctl->print.json && isatty(fileno(ctl->print.out)),
	};
	struct sigaction action = { .sa_handler = interrupt }, before;
	int ret;

	interrupted = 0;
	sigaction(SIGINT, &action, &before);
	ret = follow(&w);
	sigaction(SIGINT, &before, NULL);
	return ret;
}
