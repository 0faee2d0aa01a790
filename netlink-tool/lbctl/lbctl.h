/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lbctl is a table of objects, each with a table of commands, each of which
 * reads its words by a grammar and asks the kernel.
 */
#ifndef LBVS_LBCTL_H
#define LBVS_LBCTL_H

#include "nl.h"
#include "parse.h"
#include "print.h"

enum {
	LBCTL_OK,
	LBCTL_FAILED,		/* the kernel refused, or could not be asked */
	LBCTL_USAGE,		/* the words are wrong */
	LBCTL_STAGE,		/* a batch was refused; see there for which line */
};

struct lbnl_batch;

struct lbctl {
	const char *netns;	/* NULL: the one we are in */
	struct lbnl nl;
	bool connected;
	struct print print;
	struct lbnl_batch *batch;	/* writes become part of it, if not NULL */
	size_t line;			/* where we are in it */
};

struct lbctl_command {
	/* "" is the object without any word after it. */
	const char *name;
	int (*run)(struct lbctl *ctl, const struct lbctl_command *command,
		   struct parse *words);
	const char *help;
	const char *syntax;		/* BNF of the words that follow */
	const struct parse_grammar *grammar;
	uint8_t request;		/* LBVS_CMD_* */
	const char *object;		/* its noun, for messages */
};

/* Tables of commands, one per object; end with a NULL name. */
extern const struct lbctl_command pool_commands[];
extern const struct lbctl_command real_commands[];
extern const struct lbctl_command service_commands[];
extern const struct lbctl_command verdict_commands[];
extern const struct lbctl_command flow_commands[];
extern const struct lbctl_command explain_commands[];
extern const struct lbctl_command affinity_commands[];
extern const struct lbctl_command arm_commands[];
extern const struct lbctl_command stats_commands[];
extern const struct lbctl_command show_commands[];
extern const struct lbctl_command monitor_commands[];
extern const struct lbctl_command flush_commands[];
extern const struct lbctl_command batch_commands[];
extern const struct lbctl_command agent_commands[];
extern const struct lbctl_command check_commands[];
extern const struct lbctl_command plan_commands[];
extern const struct lbctl_command apply_commands[];
extern const struct lbctl_command export_commands[];
extern const struct lbctl_command template_commands[];

/* Finds the command that the next word names and runs it. */
int lbctl_run(struct lbctl *ctl, const char *object,
	      const struct lbctl_command *commands, struct parse *words);
/* The BNF of one command; "first" of several has the word Usage before it. */
void lbctl_usage(FILE *out, bool first, const char *object,
		 const struct lbctl_command *command);

/* Messages from here on are about this line, or about the file if it is 0. */
void lbctl_place(const char *file, size_t line);
/* Tells the person what is wrong, and where. */
void lbctl_complain(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* The steps of a command; all but LBCTL_OK have told the person why. */
int lbctl_read(const struct lbctl_command *command, struct parse *words,
	       struct model_head *m);
int lbctl_connect(struct lbctl *ctl);
int lbctl_dump(struct lbctl *ctl, uint8_t request,
	       const struct model_head *filter, struct model_list *list);
int lbctl_request(struct lbctl *ctl, uint8_t request,
		  const struct model_head *m, struct model_head *answer);
int lbctl_refused(const struct lbnl_error *error);
int lbctl_not_found(const struct lbctl_command *command, const char *name);

/* A whole command: read, send, be silent about success. */
int lbctl_write(struct lbctl *ctl, const struct lbctl_command *command,
		struct parse *words);

/* The same for one that lists: a row for each object that matches the words. */
typedef void (*lbctl_row)(struct print *p, const struct model_head *m);

/* When an object is named, by "name_attr", and there is none, that is said. */
int lbctl_list(struct lbctl *ctl, const struct lbctl_command *command,
	       struct parse *words, lbctl_row row, uint16_t name_attr);

/* One object as cells; "full" has more of them in text. JSON has them all. */
void pool_cells(struct print *p, const struct model_pool *pool);
void real_cells(struct print *p, const struct model_real *real);
void service_cells(struct print *p, const struct model_service *s, bool full);
void member_cells(struct print *p, const struct model_member *m);
void verdict_cells(struct print *p, const struct model_verdict *v);
void agent_cells(struct print *p, const struct model_agent *a);
void flow_cells(struct print *p, const struct model_flow *f);
void arm_cells(struct print *p, const struct model_arm *arm);

/* All arms; the key is for the list inside another document. */
void arm_table(struct print *p, const char *key, const struct model_list *list);

#endif
