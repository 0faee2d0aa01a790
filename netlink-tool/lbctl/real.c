// SPDX-License-Identifier: GPL-2.0-or-later
#include "lbctl.h"

/* How much of it counts is of interest while that is not all. */
static void weight_cells(struct print *p, const struct model_real *real)
{
	bool has_weight = model_has(real, LBVS_A_REAL_WEIGHT);
	bool has_ramp = model_has(real, LBVS_A_REAL_RAMP);

	print_uint(p, has_ramp ? NULL : "weight", "weight", has_weight,
		   real->weight);
	print_uint(p, NULL, "ramp", has_ramp, real->ramp);
	if (has_ramp)
		print_text(p, "weight", "%u (%u%%)", real->weight, real->ramp);
}

void real_cells(struct print *p, const struct model_real *real)
{
	print_str(p, "pool", "pool", real->pool);
	print_str(p, "name", "name", real->name);
	print_addr(p, "address", "address", &real->addr);
	weight_cells(p, real);
	print_word(p, "admin", "admin", model_has(real, LBVS_A_REAL_ADMIN),
		   words_admin, real->admin);
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
}

static void real_row(struct print *p, const struct model_head *m)
{
	const struct model_real *real = (const struct model_real *)m;

	real_cells(p, real);
	/* For a list: events are long enough. */
	print_attempts(p, model_has(real, LBVS_A_REAL_COUNTERS),
		       &real->counters);
}

static int real_show(struct lbctl *ctl, const struct lbctl_command *command,
		     struct parse *words)
{
	return lbctl_list(ctl, command, words, real_row, LBVS_A_REAL_NAME);
}

static int real_set_admin(struct lbctl *ctl,
			  const struct lbctl_command *command,
			  struct parse *words, enum lbvs_admin admin)
{
	struct model_real real;
	int ret;

	ret = lbctl_read(command, words, &real.head);
	if (ret)
		return ret;
	real.admin = admin;
	model_mark(&real, LBVS_A_REAL_ADMIN);
	return lbctl_request(ctl, command->request, &real.head, NULL);
}

static int real_drain(struct lbctl *ctl, const struct lbctl_command *command,
		      struct parse *words)
{
	return real_set_admin(ctl, command, words, LBVS_ADMIN_DRAIN);
}

static int real_enable(struct lbctl *ctl, const struct lbctl_command *command,
		       struct parse *words)
{
	return real_set_admin(ctl, command, words, LBVS_ADMIN_ENABLED);
}

static int real_disable(struct lbctl *ctl, const struct lbctl_command *command,
			struct parse *words)
{
	return real_set_admin(ctl, command, words, LBVS_ADMIN_DISABLED);
}

#define ADMIN "{ enabled | drain | disabled }"

const struct lbctl_command real_commands[] = {
	{ "add", lbctl_write, "add a real server to a pool",
	  "POOL NAME ADDR [ weight WEIGHT ]\n"
	  "\t[ admin " ADMIN " ]",
	  &parse_real_new, LBVS_CMD_REAL_NEW, "real" },
	{ "set", lbctl_write, "change a real server",
	  "POOL NAME [ weight WEIGHT ]\n"
	  "\t[ admin " ADMIN " ]",
	  &parse_real_set, LBVS_CMD_REAL_SET, "real" },
	{ "drain", real_drain, "keep its flows, give it no new ones",
	  "POOL NAME", &parse_real_key, LBVS_CMD_REAL_SET, "real" },
	{ "enable", real_enable, "let it take flows",
	  "POOL NAME", &parse_real_key, LBVS_CMD_REAL_SET, "real" },
	{ "disable", real_disable, "take it out of service",
	  "POOL NAME", &parse_real_key, LBVS_CMD_REAL_SET, "real" },
	{ "del", lbctl_write, "remove a real server; its flows live on",
	  "POOL NAME", &parse_real_key, LBVS_CMD_REAL_DEL, "real" },
	{ "show", real_show, "list real servers", "[ POOL [ NAME ] ]",
	  &parse_real_filter, LBVS_CMD_REAL_GET, "real" },
	{ 0 }
};
