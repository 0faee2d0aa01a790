// SPDX-License-Identifier: GPL-2.0-or-later
#include "lbctl.h"
#include "value.h"

/* Rows that share their column widths; more would delay the first of them. */
#define BLOCK 1000

#define HAS(attr) model_has(a, LBVS_A_AFFINITY_##attr)

/* A list that is refused is none, and not an empty one. */
struct list {
	struct print *print;
	bool begun;
};

static void begin(struct list *list)
{
	if (!list->begun)
		print_list_begin(list->print, NULL, PRINT_TABLE);
	list->begun = true;
}

static void client_cell(struct print *p, const struct model_affinity *a)
{
	char text[VALUE_ADDR_SIZE];

	if (HAS(CLIENT_PREFIX) && a->client_prefix < a->client_addr.len * 8u)
		print_text(p, "client", "%s/%u",
			   value_addr(&a->client_addr, text), a->client_prefix);
	else
		print_text(p, "client", "%s",
			   value_addr(&a->client_addr, text));
}

static int show_client(struct model_head *m, void *arg)
{
	const struct model_affinity *a = (const struct model_affinity *)m;
	struct list *list = arg;
	struct print *p = list->print;
	char text[VALUE_NUMBER_SIZE];

	begin(list);
	print_row_begin(p);
	print_addr(p, NULL, "client_address", &a->client_addr);
	print_uint(p, NULL, "client_prefix", HAS(CLIENT_PREFIX),
		   a->client_prefix);
	client_cell(p, a);
	print_str(p, "pool", "pool", HAS(POOL) ? a->pool : NULL);
	print_str(p, "service", "service", HAS(SERVICE) ? a->service : NULL);
	print_str(p, "real", "real", HAS(REAL) ? a->real : NULL);
	print_uint(p, NULL, "expires_ms", HAS(EXPIRES), a->expires_ms);
	print_str(p, "expires", NULL,
		  HAS(EXPIRES) ? value_age(a->expires_ms, text) : NULL);
	print_row_end(p);
	return 0;
}

static int affinity_show(struct lbctl *ctl, const struct lbctl_command *command,
			 struct parse *words)
{
	struct list list = { .print = &ctl->print };
	struct model_affinity filter;
	int ret;

	ret = lbctl_read(command, words, &filter.head);
	if (!ret)
		ret = lbctl_connect(ctl);
	if (ret)
		return ret;
	ctl->print.block = BLOCK;
	ret = lbnl_stream(&ctl->nl, command->request, &filter.head, show_client,
			  &list);
	if (!ret)
		begin(&list);
	if (list.begun)
		print_list_end(&ctl->print);
	return ret ? lbctl_refused(&ctl->nl.error) : LBCTL_OK;
}

static int affinity_flush(struct lbctl *ctl,
			  const struct lbctl_command *command,
			  struct parse *words)
{
	struct model_affinity filter, answer;
	int ret;

	model_init(&answer.head, MODEL_AFFINITY);
	ret = lbctl_read(command, words, &filter.head);
	if (!ret)
		ret = lbctl_request(ctl, command->request, &filter.head,
				    &answer.head);
	if (ret)
		return ret;
	print_object_begin(&ctl->print, PRINT_LINE);
	print_uint(&ctl->print, "clients forgotten:", "clients_forgotten", true,
		   answer.count);
	print_object_end(&ctl->print);
	return LBCTL_OK;
}

#define FILTERS								\
	"[ service SERVICE ] [ pool POOL ] [ real REAL ] [ client ADDR ]"

const struct lbctl_command affinity_commands[] = {
	{ "show", affinity_show, "list clients that are remembered (persist)",
	  FILTERS, &parse_affinity_filter, LBVS_CMD_AFFINITY_GET, "affinity" },
	{ "flush", affinity_flush, "forget them; their flows live on", FILTERS,
	  &parse_affinity_filter, LBVS_CMD_AFFINITY_DEL, "affinity" },
	{ 0 }
};
