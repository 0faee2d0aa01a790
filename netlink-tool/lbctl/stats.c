// SPDX-License-Identifier: GPL-2.0-or-later
#include "lbctl.h"

#define HAS(attr) model_has(s, LBVS_A_STATS_##attr)

static void stats_cells(struct print *p, const struct model_stats *s)
{
	print_uint(p, "generation", "generation", HAS(GENERATION),
		   s->head.generation);
	print_uint(p, "pools", "pools", HAS(POOLS), s->pools);
	print_uint(p, "services", "services", HAS(SERVICES), s->services);
	print_uint(p, NULL, "flows_active", HAS(FLOWS), s->flows);
	print_uint(p, NULL, "flows_max", HAS(FLOWS_MAX), s->flows_max);
	print_text(p, "flows", "%u of at most %u", s->flows, s->flows_max);
	print_uint(p, "bytes per flow", "flow_bytes", HAS(FLOW_BYTES),
		   s->flow_bytes);
	print_uint(p, "buckets", "flow_buckets", HAS(FLOW_BUCKETS),
		   s->flow_buckets);
}

static void counter_table(struct print *p, const struct model_list *list)
{
	const struct model_stat *stat;

	print_list_begin(p, "counters", PRINT_TABLE);
	model_for_each(stat, list) {
		print_row_begin(p);
		print_str(p, "counter", "name", stat->name);
		print_uint(p, "value", "value", true, stat->value);
		print_bool(p, NULL, "drop", stat->drop);
		print_text(p, "drop", "%s", stat->drop ? "drop" : "-");
		print_str(p, "help", "help", stat->help);
		print_row_end(p);
	}
	print_list_end(p);
}

static int stats_show(struct lbctl *ctl, const struct lbctl_command *command,
		      struct parse *words)
{
	struct model_stats request, stats;
	int ret;

	model_init(&stats.head, MODEL_STATS);
	ret = lbctl_read(command, words, &request.head);
	if (!ret)
		ret = lbctl_request(ctl, command->request, &request.head,
				    &stats.head);
	if (ret)
		return ret;
	print_object_begin(&ctl->print, PRINT_FIELDS);
	stats_cells(&ctl->print, &stats);
	counter_table(&ctl->print, &stats.stat);
	print_object_end(&ctl->print);
	model_clear(&stats.head);
	return LBCTL_OK;
}

const struct lbctl_command stats_commands[] = {
	{ "show", stats_show, "list the counters", NULL,
	  &parse_nothing, LBVS_CMD_STATS_GET, "stats" },
	{ "", stats_show, "the same", NULL,
	  &parse_nothing, LBVS_CMD_STATS_GET, "stats" },
	{ 0 }
};
