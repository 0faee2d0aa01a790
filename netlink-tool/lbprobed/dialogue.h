/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A conversation in lines, as SMTP, IMAP and POP3 have it: the server speaks
 * first. libcurl could hold it, but when it hangs up it waits for the answer
 * to its goodbye, and everybody else with it.
 */
#ifndef LBVS_PROBED_DIALOGUE_H
#define LBVS_PROBED_DIALOGUE_H

#include "stream.h"

#define DIALOGUE_LINE_SIZE	512
#define DIALOGUE_LINES_MAX	100	/* who talks on and on is not well */

struct dialogue;

struct dialogue_ops {
	const char *goodbye;
	/* One line without its end. May end the dialogue. */
	void (*line)(struct dialogue *d, const char *line);
	/* TLS was agreed on during the dialogue, and is there now. */
	void (*secured)(struct dialogue *d);
};

struct dialogue {
	struct stream stream;
	const struct dialogue_ops *ops;
	int step;		/* of the protocol */
	unsigned int lines;
	size_t used;
	char line[DIALOGUE_LINE_SIZE];
	char last[RESULT_TEXT_SIZE];	/* what the server said last */
};

void dialogue_start(struct probe *probe, const struct dialogue_ops *ops);
void dialogue_stop(struct probe *probe);
enum result_status dialogue_late(const struct probe *probe);

void dialogue_say(struct dialogue *d, const char *line);
void dialogue_secure(struct dialogue *d);

/* Each says goodbye, and is the last call. */
void dialogue_accept(struct dialogue *d);
void dialogue_refuse(struct dialogue *d, const char *line);
void dialogue_odd(struct dialogue *d, const char *line);

#endif
