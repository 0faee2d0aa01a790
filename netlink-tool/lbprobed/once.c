// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linger.h"
#include "log.h"
#include "once.h"
#include "print.h"
#include "target.h"

struct once {
	const struct probe_means *means;
	struct target **targets;
	size_t count;
	size_t open;
};

static void on_done(struct target *t)
{
	struct once *once = t->arg;

	/* One round is all. */
	loop_unset(once->means->loop, &t->round);
	if (!--once->open)
		loop_stop(once->means->loop);
}

static int add(struct once *once, const struct check *check,
	       const struct model_real *real)
{
	struct target **more, *t;

	more = realloc(once->targets,
		       (once->count + 1) * sizeof(once->targets[0]));
	if (!more)
		return -ENOMEM;
	once->targets = more;
	t = target_new(check, once->means, real->name, &real->addr);
	if (!t)
		return -ENOMEM;
	t->arg = once;
	t->done = on_done;
	t->quiet = true;
	once->targets[once->count++] = t;
	return 0;
}

static int add_all(struct once *once, const struct config *config)
{
	const struct check *check;
	const struct model_real *real;
	int err = 0;

	model_for_each(real, &config->reals)
		for (check = config->checks.first; check; check = check->next)
			if (!err && !strcmp(real->pool, check->pool))
				err = add(once, check, real);
	return err;
}

static void print_target(struct print *p, const struct target *t)
{
	const struct result *result = &t->result;
	bool well = result_outcome(result) == TIMING_PASS;

	print_row_begin(p);
	print_str(p, "POOL", "pool", t->check->pool);
	print_str(p, "REAL", "real", t->real);
	print_addr(p, "ADDRESS", "address", &t->addr);
	print_str(p, "CHECK", "check", t->check->name);
	print_str(p, "RESULT", NULL, well ? "ok" : "FAILED");
	print_bool(p, NULL, "ok", well);
	print_str(p, "STATUS", "status", result_word(result->status));
	print_text(p, "TIME", "%u ms", result->latency_ms);
	print_uint(p, NULL, "latency_ms", true, result->latency_ms);
	print_str(p, "TEXT", "text", result->text);
	print_row_end(p);
}

static int print_all(const struct once *once, bool json)
{
	struct print p;
	size_t i, failed = 0;

	print_init(&p, stdout, json);
	print_list_begin(&p, NULL, PRINT_TABLE);
	for (i = 0; i < once->count; i++) {
		print_target(&p, once->targets[i]);
		failed += result_outcome(&once->targets[i]->result) !=
			TIMING_PASS;
	}
	print_list_end(&p);
	if (print_done(&p))
		return 2;
	return failed ? 1 : 0;
}

int once_run(const struct config *config, const struct probe_means *means,
	     bool json)
{
	struct once once = { .means = means };
	int ret = 2;
	size_t i;

	if (add_all(&once, config)) {
		log_error("out of memory");
	} else {
		once.open = once.count;
		for (i = 0; i < once.count; i++)
			target_ask(once.targets[i]);
		if (once.count)
			loop_run(means->loop);
		ret = print_all(&once, json);
	}
	for (i = 0; i < once.count; i++)
		target_free(once.targets[i]);
	free(once.targets);
	return ret;
}
