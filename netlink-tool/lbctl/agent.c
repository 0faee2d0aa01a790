// SPDX-License-Identifier: GPL-2.0-or-later
#include "lbctl.h"
#include "value.h"

#define HAS(attr) model_has(a, LBVS_A_AGENT_##attr)

static void span_cell(struct print *p, const char *head, const char *key,
		      bool has, uint32_t ms)
{
	char text[VALUE_NUMBER_SIZE];

	print_uint(p, NULL, key, has, ms);
	print_str(p, head, NULL, has ? value_age(ms, text) : NULL);
}

void agent_cells(struct print *p, const struct model_agent *a)
{
	bool runs = HAS(LEFT) && a->state != LBVS_AGENT_STATE_EXPIRED;

	print_str(p, "name", "name", a->name);
	print_uint(p, "epoch", "epoch", HAS(EPOCH), a->epoch);
	print_word(p, "state", "state", HAS(STATE), words_agent_state,
		   a->state);
	span_cell(p, "left", "left_ms", runs, a->left_ms);
	span_cell(p, "lease", "lease_ms", HAS(LEASE), a->lease_ms);
	span_cell(p, "grace", "grace_ms", HAS(GRACE), a->grace_ms);
	print_word(p, "on-expiry", "on_expiry", HAS(ON_EXPIRY),
		   words_on_expiry, a->on_expiry);
	print_uint(p, "verdicts", "verdicts", HAS(VERDICTS), a->verdicts);
}

static void agent_row(struct print *p, const struct model_head *m)
{
	agent_cells(p, (const struct model_agent *)m);
}

static int agent_show(struct lbctl *ctl, const struct lbctl_command *command,
		      struct parse *words)
{
	return lbctl_list(ctl, command, words, agent_row, LBVS_A_AGENT_NAME);
}

const struct lbctl_command agent_commands[] = {
	{ "del", lbctl_write, "remove an agent and forget its verdicts", "NAME",
	  &parse_agent_key, LBVS_CMD_AGENT_DEL, "agent" },
	{ "show", agent_show, "list agents, and how long their word counts",
	  "[ NAME ]", &parse_agent_filter, LBVS_CMD_AGENT_GET, "agent" },
	{ 0 }
};
