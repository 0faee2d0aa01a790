// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "drain.h"
#include "lbctl.h"
#include "member.h"
#include "value.h"

/* Of an event: until when, and what came of it. JSON has all of it at any time. */
static void drain_cells(struct print *p, const struct model_real *real)
{
	bool has = model_has(real, LBVS_A_REAL_DRAIN_LEFT);
	bool drained = has && real->head.event == LBVS_EVENT_DRAINED;
	char left[VALUE_NUMBER_SIZE];

	if (has && real->head.event == LBVS_EVENT_CHANGED &&
	    model_has(real, LBVS_A_REAL_DEADLINE))
		print_text(p, "deadline in", "%s",
			   value_left(real->deadline_ms, left));
	print_uint(p, NULL, "deadline_ms",
		   model_has(real, LBVS_A_REAL_DEADLINE), real->deadline_ms);
	print_uint(p, NULL, "drain_left", has, real->drain_left);
	print_uint(p, drained ? "ended" : NULL, "drain_ended", has,
		   real->drain_ended);
	print_uint(p, drained ? "reset" : NULL, "drain_reset", has,
		   real->drain_reset);
	print_uint(p, drained ? "dropped" : NULL, "drain_dropped", has,
		   real->drain_dropped);
}

/* How much of it counts, and when it does, is of interest where that is not
 * everything, and always.
 */
static void weight_cells(struct print *p, const struct model_real *real)
{
	bool has_weight = model_has(real, LBVS_A_REAL_WEIGHT);
	bool has_ramp = model_has(real, LBVS_A_REAL_RAMP);
	bool plain = !has_ramp && !real->tier;
	char ramp[24] = "", tier[24] = "";

	print_uint(p, plain ? "weight" : NULL, "weight", has_weight,
		   real->weight);
	print_uint(p, NULL, "ramp", has_ramp, real->ramp);
	print_uint(p, NULL, "tier", model_has(real, LBVS_A_REAL_TIER),
		   real->tier);
	if (has_ramp)
		snprintf(ramp, sizeof(ramp), " (%u%%)", real->ramp);
	if (real->tier)
		snprintf(tier, sizeof(tier), " tier %u", real->tier);
	if (!plain)
		print_text(p, "weight", "%u%s%s", real->weight, ramp, tier);
}

void real_cells(struct print *p, const struct model_real *real)
{
	print_str(p, "pool", "pool", real->pool);
	print_str(p, "name", "name", real->name);
	print_addr(p, "address", "address", &real->addr);
	weight_cells(p, real);
	print_word(p, "admin", "admin", model_has(real, LBVS_A_REAL_ADMIN),
		   words_admin, real->admin);
	print_uint(p, NULL, "max_flows", model_has(real, LBVS_A_REAL_LIMIT_FLOWS) &&
		   real->max_flows, real->max_flows);
	print_uint(p, NULL, "max_rate", model_has(real, LBVS_A_REAL_LIMIT_RATE) &&
		   real->max_rate, real->max_rate);
	print_word(p, "verdict", "verdict",
		   model_has(real, LBVS_A_REAL_VERDICT), words_verdict_state,
		   real->verdict);
	print_uint(p, "flows", "flows_active",
		   model_has(real, LBVS_A_REAL_ACTIVE_FLOWS),
		   real->active_flows);
	print_counters(p, false, model_has(real, LBVS_A_REAL_COUNTERS),
		       &real->counters);
	print_bytes(p, "in", NULL, model_has(real, LBVS_A_REAL_COUNTERS),
		    real->counters.request_bytes);
	print_bytes(p, "out", NULL, model_has(real, LBVS_A_REAL_COUNTERS),
		    real->counters.reply_bytes);
	drain_cells(p, real);
}

static void real_row(struct print *p, const struct member_view *view,
		     const struct model_real *real)
{
	print_row_begin(p);
	real_cells(p, real);
	/* For a list: events are long enough. */
	print_attempts(p, model_has(real, LBVS_A_REAL_COUNTERS),
		       &real->counters);
	if (p->json) {
		print_list_begin(p, "services", PRINT_TABLE);
		member_reasons(p, view, real, true);
		print_list_end(p);
	}
	print_row_end(p);
}

/* Of one real it is told for all services, else only where there is a reason. */
static void real_tables(struct print *p, const struct member_view *view,
			bool one)
{
	const struct model_real *real;
	bool told = false;

	print_list_begin(p, NULL, PRINT_TABLE);
	model_for_each(real, &view->reals)
		real_row(p, view, real);
	print_list_end(p);
	model_for_each(real, &view->reals)
		told |= member_has_reasons(view, real, one);
	if (p->json || !told)
		return;
	print_note(p, "", "");
	print_list_begin(p, NULL, PRINT_TABLE);
	model_for_each(real, &view->reals)
		member_reasons(p, view, real, one);
	print_list_end(p);
}

static int real_show(struct lbctl *ctl, const struct lbctl_command *command,
		     struct parse *words)
{
	struct member_view view;
	struct model_real filter;
	bool one;
	int ret;

	ret = lbctl_read(command, words, &filter.head);
	if (!ret)
		ret = member_load_reals(ctl, &filter, &view);
	if (ret)
		return ret;
	one = model_has(&filter, LBVS_A_REAL_NAME);
	if (one && !view.reals.count)
		ret = lbctl_not_found(command, filter.name);
	else
		real_tables(&ctl->print, &view, one);
	member_unload(&view);
	return ret;
}

static int real_set_admin(struct lbctl *ctl,
			  const struct lbctl_command *command,
			  struct parse *words, enum lbvs_admin admin,
			  struct model_real *real)
{
	int ret;

	ret = lbctl_read(command, words, &real->head);
	if (ret)
		return ret;
	real->admin = admin;
	model_mark(real, LBVS_A_REAL_ADMIN);
	return lbctl_request(ctl, command->request, &real->head, NULL);
}

/* The one option, wherever it stands, is taken out. */
static bool take_wait(struct parse *words)
{
	int i;

	for (i = 0; i < words->argc; i++) {
		if (strcmp(words->argv[i], "--wait"))
			continue;
		words->argc--;
		memmove(&words->argv[i], &words->argv[i + 1],
			(words->argc - i) * sizeof(words->argv[0]));
		return true;
	}
	return false;
}

static int real_drain(struct lbctl *ctl, const struct lbctl_command *command,
		      struct parse *words)
{
	bool wait = take_wait(words);
	struct model_real real;
	int ret;

	if (wait && take_wait(words)) {
		lbctl_complain("\"--wait\" is given twice");
		return LBCTL_USAGE;
	}
	if (wait && ctl->batch) {
		lbctl_complain("\"--wait\" cannot be part of a batch");
		return LBCTL_USAGE;
	}
	ret = real_set_admin(ctl, command, words, LBVS_ADMIN_DRAIN, &real);
	return ret || !wait ? ret : drain_wait(ctl, &real);
}

static int real_enable(struct lbctl *ctl, const struct lbctl_command *command,
		       struct parse *words)
{
	struct model_real real;

	return real_set_admin(ctl, command, words, LBVS_ADMIN_ENABLED, &real);
}

static int real_disable(struct lbctl *ctl, const struct lbctl_command *command,
			struct parse *words)
{
	struct model_real real;

	return real_set_admin(ctl, command, words, LBVS_ADMIN_DISABLED, &real);
}

#define OPTIONS								\
	"[ weight WEIGHT ] [ tier TIER ]\n"				\
	"\t[ admin { enabled | drain | disabled } ]\n"			\
	"\t[ max-flows { N | none } ] [ max-rate { N | none } ]"

const struct lbctl_command real_commands[] = {
	{ "add", lbctl_write, "add a real server to a pool",
	  "POOL NAME ADDR " OPTIONS,
	  &parse_real_new, LBVS_CMD_REAL_NEW, "real" },
	{ "set", lbctl_write, "change a real server",
	  "POOL NAME " OPTIONS,
	  &parse_real_set, LBVS_CMD_REAL_SET, "real" },
	{ "drain", real_drain, "keep its flows, until a deadline if there is one, "
	  "give it no new ones",
	  "POOL NAME [ deadline TIME ] [ --wait ]",
	  &parse_real_drain, LBVS_CMD_REAL_SET, "real" },
	{ "enable", real_enable, "let it take flows",
	  "POOL NAME", &parse_real_key, LBVS_CMD_REAL_SET, "real" },
	{ "disable", real_disable, "take it out of service",
	  "POOL NAME", &parse_real_key, LBVS_CMD_REAL_SET, "real" },
	{ "del", lbctl_write, "remove a real server; its flows live on",
	  "POOL NAME", &parse_real_key, LBVS_CMD_REAL_DEL, "real" },
	{ "show", real_show, "list real servers, and why they are not usable",
	  "[ POOL [ NAME ] ]",
	  &parse_real_filter, LBVS_CMD_REAL_GET, "real" },
	{ 0 }
};
