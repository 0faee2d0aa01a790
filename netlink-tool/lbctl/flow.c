// SPDX-License-Identifier: GPL-2.0-or-later
#include "flow.h"
#include "value.h"

/* Rows that share their column widths; more would delay the first of them. */
#define BLOCK 1000

#define HAS(attr) model_has(f, LBVS_A_FLOW_##attr)

static void endpoint_cell(struct print *p, const char *head, bool has,
			  const struct model_addr *addr, uint16_t port)
{
	struct model_ports ports = { .count = 1, .port = { port } };
	char text[VALUE_ENDPOINT_SIZE];

	if (has)
		print_text(p, head, "%s",
			   value_endpoint(addr, &ports, text, sizeof(text)));
	else
		print_none(p, head, NULL);
}

void flow_cells(struct print *p, const struct model_flow *f)
{
	char text[VALUE_NUMBER_SIZE];

	print_word(p, "proto", "proto", HAS(PROTO), words_proto, f->proto);
	print_addr(p, NULL, "client_address", &f->client_addr);
	print_uint(p, NULL, "client_port", HAS(CLIENT_PORT), f->client_port);
	endpoint_cell(p, "client", HAS(CLIENT_ADDR), &f->client_addr,
		      f->client_port);
	print_addr(p, NULL, "virtual_address", &f->virtual_addr);
	print_uint(p, NULL, "virtual_port", HAS(VIRTUAL_PORT),
		   f->virtual_port);
	endpoint_cell(p, "virtual", HAS(VIRTUAL_ADDR), &f->virtual_addr,
		      f->virtual_port);
	print_addr(p, NULL, "real_address", &f->real_addr);
	print_uint(p, NULL, "real_port", HAS(REAL_PORT), f->real_port);
	print_str(p, NULL, "service", HAS(SERVICE) ? f->service : NULL);
	print_str(p, NULL, "pool", HAS(POOL) ? f->pool : NULL);
	print_str(p, NULL, "real", HAS(REAL) ? f->real : NULL);
	/* A real that was removed may have an address only. */
	if (HAS(REAL))
		print_str(p, "real", NULL, f->real);
	else
		endpoint_cell(p, "real", HAS(REAL_ADDR), &f->real_addr,
			      f->real_port);
	print_addr(p, NULL, "snat_address", &f->snat_addr);
	print_uint(p, NULL, "snat_port", HAS(SNAT_PORT), f->snat_port);
	endpoint_cell(p, "snat", HAS(SNAT_ADDR), &f->snat_addr, f->snat_port);
	print_word(p, "state", "state", HAS(STATE), words_flow_state,
		   f->state);
	print_uint(p, NULL, "expires_ms", HAS(EXPIRES), f->expires_ms);
	print_str(p, "expires", NULL,
		  HAS(EXPIRES) ? value_age(f->expires_ms, text) : NULL);
}

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

static int show_flow(struct model_head *m, void *arg)
{
	struct list *list = arg;
	struct print *p = list->print;

	begin(list);
	print_row_begin(p);
	flow_cells(p, (struct model_flow *)m);
	print_row_end(p);
	return 0;
}

static int flow_show(struct lbctl *ctl, const struct lbctl_command *command,
		     struct parse *words)
{
	struct list list = { .print = &ctl->print };
	struct model_flow filter;
	int ret;

	ret = lbctl_read(command, words, &filter.head);
	if (!ret)
		ret = lbctl_connect(ctl);
	if (ret)
		return ret;
	ctl->print.block = BLOCK;
	ret = lbnl_stream(&ctl->nl, command->request, &filter.head, show_flow,
			  &list);
	if (!ret)
		begin(&list);
	if (list.begun)
		print_list_end(&ctl->print);
	return ret ? lbctl_refused(&ctl->nl.error) : LBCTL_OK;
}

int flow_end(struct lbctl *ctl, const struct lbctl_command *command,
	     struct parse *words)
{
	struct model_flow filter, answer;
	int ret;

	model_init(&answer.head, MODEL_FLOW);
	ret = lbctl_read(command, words, &filter.head);
	if (!ret)
		ret = lbctl_request(ctl, command->request, &filter.head,
				    &answer.head);
	if (ret)
		return ret;
	print_object_begin(&ctl->print, PRINT_LINE);
	print_uint(&ctl->print, "flows ended:", "flows_ended", true,
		   answer.count);
	print_object_end(&ctl->print);
	return LBCTL_OK;
}

const struct lbctl_command flow_commands[] = {
	{ "show", flow_show, "list flows", FLOW_FILTERS,
	  &parse_flow_filter, LBVS_CMD_FLOW_GET, "flow" },
	{ "del", flow_end, "end the flows that match, one word at least",
	  FLOW_FILTERS, &parse_flow_some, LBVS_CMD_FLOW_DEL, "flow" },
	{ 0 }
};
