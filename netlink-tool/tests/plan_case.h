/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A state and a file, as the tests of plans write them. */
#ifndef LBVS_TOOL_PLAN_CASE_H
#define LBVS_TOOL_PLAN_CASE_H

#include "config.h"
#include "plan.h"
#include "test.h"

#define REAL(name, addr) "real " name " { address = " addr " }\n"
#define POOL(name, in) "pool " name " {\n" in "}\n"
#define SERVICE(name, addr, more)					\
	"service " name " { proto = tcp address = " addr		\
	" port = 80 " more " }\n"

static void load(const char *text, struct config *config)
{
	struct config_errors errors = { .count = 0 };
	FILE *in = *text ? fmemopen((void *)text, strlen(text), "r") :
			   fopen("/dev/null", "r");

	assert_non_null(in);
	if (config_load(in, config, &errors))
		fail_msg("%s: line %u: %s", text, errors.error[0].line,
			 errors.error[0].sentence);
	fclose(in);
}

/* What the kernel reports and a file need not: an admin state. */
static void load_live(const char *text, struct config *config)
{
	struct model_real *r;

	load(text, config);
	model_for_each(r, &config->reals) {
		if (model_has(r, LBVS_A_REAL_ADMIN))
			continue;
		r->admin = LBVS_ADMIN_ENABLED;
		model_mark(r, LBVS_A_REAL_ADMIN);
	}
}

struct plan_case {
	struct config live, file;
	struct model_list verdicts;
	struct plan plan;
};

static void unmake(struct plan_case *c)
{
	plan_free(&c->plan);
	model_list_free(&c->verdicts);
	config_free(&c->live);
	config_free(&c->file);
}

#endif
