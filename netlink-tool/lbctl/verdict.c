// SPDX-License-Identifier: GPL-2.0-or-later
#include "lbctl.h"
#include "value.h"

void verdict_cells(struct print *p, const struct model_verdict *v)
{
	bool leased = model_has(v, LBVS_A_VERDICT_LEASE_LEFT);
	bool aged = model_has(v, LBVS_A_VERDICT_AGE);
	bool stale = model_has(v, LBVS_A_VERDICT_STALE);
	char text[VALUE_NUMBER_SIZE];

	print_str(p, "pool", "pool", v->pool);
	print_str(p, "real", "real", v->real);
	print_str(p, "check", "check",
		  model_has(v, LBVS_A_VERDICT_CHECK) ? v->check : NULL);
	print_word(p, "state", "state", model_has(v, LBVS_A_VERDICT_STATE),
		   words_verdict_state, v->state);
	print_uint(p, "share", "share", model_has(v, LBVS_A_VERDICT_SHARE),
		   v->share);
	print_str(p, "agent", "agent",
		  model_has(v, LBVS_A_VERDICT_AGENT) ? v->agent : NULL);
	print_bool(p, NULL, "stale", stale);
	print_uint(p, NULL, "lease_left_ms", leased, v->lease_left_ms);
	print_str(p, "lease", NULL, stale ? "stale" :
		  leased ? value_age(v->lease_left_ms, text) : NULL);
	print_uint(p, NULL, "age_ms", aged, v->age_ms);
	print_str(p, "age", NULL, aged ? value_age(v->age_ms, text) : NULL);
	print_str(p, "reason", "reason",
		  model_has(v, LBVS_A_VERDICT_REASON) ? v->reason : NULL);
}

static void verdict_row(struct print *p, const struct model_head *m)
{
	verdict_cells(p, (const struct model_verdict *)m);
}

static int verdict_show(struct lbctl *ctl, const struct lbctl_command *command,
			struct parse *words)
{
	return lbctl_list(ctl, command, words, verdict_row, 0);
}

const struct lbctl_command verdict_commands[] = {
	{ "set", lbctl_write, "say that a real, or a check on it, is up or down",
	  "POOL REAL [ check CHECK ] { up | down } [ share PERCENT ]\n"
	  "\t[ reason TEXT ]",
	  &parse_verdict_set, LBVS_CMD_VERDICT_SET, "verdict" },
	{ "del", lbctl_write, "forget a verdict", "POOL REAL [ check CHECK ]",
	  &parse_verdict_key, LBVS_CMD_VERDICT_DEL, "verdict" },
	{ "show", verdict_show, "list verdicts", "[ POOL [ REAL ] ]",
	  &parse_verdict_filter, LBVS_CMD_VERDICT_GET, "verdict" },
	{ 0 }
};
