// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "member.h"
#include "value.h"

/* The one that is chosen; the last message when nobody is. */
static const struct model_explain *find_chosen(const struct model_list *list)
{
	const struct model_explain *e;

	model_for_each(e, list)
		if (model_has(e, LBVS_A_EXPLAIN_RULE))
			return e;
	return NULL;
}

static const char *because(uint32_t rule)
{
	switch (rule) {
	case LBVS_RULE_FLOW:
		return "the client has a flow to it";
	case LBVS_RULE_AFFINITY:
		return "the client is remembered with it";
	case LBVS_RULE_TURN:
		return "it is its turn";
	case LBVS_RULE_LEAST:
		return "it has the fewest flows";
	case LBVS_RULE_HASH:
		return "the client's hash leads there";
	case LBVS_RULE_NEXT:
		return "it is next: who was first could not take the flow";
	case LBVS_RULE_RESERVE:
		return "nobody of a lower tier could take the flow";
	case LBVS_RULE_TIER:
		return "too few of lower tiers are usable";
	case LBVS_RULE_OPEN:
		return "nobody is usable, so all that are enabled are (when-empty open)";
	case LBVS_RULE_EMPTY:
		return "nobody is usable: the client is refused";
	case LBVS_RULE_LIMIT:
		return "all are at their limits: the client is refused";
	default:
		return "for a reason that this lbctl does not know";
	}
}

/* What the sentences about members are made from. */
static struct model_member as_member(const struct model_explain *e)
{
	struct model_member m;

	model_init(&m.head, MODEL_MEMBER);
	strcpy(m.service, e->service);
	strcpy(m.pool, e->pool);
	strcpy(m.real, e->real);
	strcpy(m.check, e->check);
	strcpy(m.partner, e->partner);
	m.state = e->state;
	return m;
}

static void member_row(struct print *p, const struct model_explain *e,
		       const struct member_view *view)
{
	bool chosen = model_has(e, LBVS_A_EXPLAIN_RULE);
	struct model_member m = as_member(e);
	const char *why;
	char text[256];

	why = chosen ? because(e->rule) :
		       member_why(view, &m, text, sizeof(text));
	print_row_begin(p);
	print_str(p, "", NULL, chosen ? "->" : "");
	print_str(p, "real", "real", e->real);
	print_addr(p, "address", "address", &e->addr);
	print_uint(p, "flows", "flows_active",
		   model_has(e, LBVS_A_EXPLAIN_ACTIVE_FLOWS), e->active_flows);
	print_word(p, "state", "state", true, words_member_state, e->state);
	print_str(p, NULL, "check", e->check[0] ? e->check : NULL);
	print_str(p, "why", "why", why);
	print_row_end(p);
}

static void members(struct print *p, const struct model_list *list,
		    const struct member_view *view)
{
	const struct model_explain *e;

	print_list_begin(p, "members", PRINT_TABLE);
	model_for_each(e, list)
		if (e->real[0])
			member_row(p, e, view);
	print_list_end(p);
}

/* Where the hash leads, also when the flow goes elsewhere. */
static void slot(struct print *p, const struct model_explain *chosen)
{
	bool hashed = model_has(chosen, LBVS_A_EXPLAIN_SLOT);

	if (hashed)
		print_text(p, "slot", "%" PRIu32 " of %" PRIu32, chosen->slot,
			   chosen->table_size);
	print_uint(p, NULL, "slot", hashed, chosen->slot);
	print_uint(p, NULL, "table_size", hashed, chosen->table_size);
}

static void show(struct lbctl *ctl, const struct model_explain *asked,
		 const struct model_explain *chosen,
		 const struct model_list *list, const struct member_view *view)
{
	struct print *p = &ctl->print;

	print_object_begin(p, PRINT_FIELDS);
	print_addr(p, "client", "client_address", &asked->client_addr);
	print_uint(p, NULL, "client_port", asked->client_port,
		   asked->client_port);
	print_str(p, "service", "service", chosen->service);
	print_str(p, "pool", "pool", chosen->pool);
	print_str(p, "real", "real", chosen->real[0] ? chosen->real : NULL);
	print_word(p, NULL, "rule", true, words_rule, chosen->rule);
	print_str(p, "because", "because", because(chosen->rule));
	slot(p, chosen);
	members(p, list, view);
	print_object_end(p);
}

/* The end of a dump tells what is wrong, but not with which word. */
static void name_word(const struct model_explain *asked,
		      struct lbnl_error *error)
{
	struct model_ports port = { .count = 1, .port = { asked->virtual_port } };

	if (error->word[0] || !error->sentence[0])
		return;
	if (error->err != ENOENT)
		value_addr(&asked->client_addr, error->word);
	else if (asked->service[0])
		strcpy(error->word, asked->service);
	else
		value_endpoint(&asked->virtual_addr, &port, error->word,
			       sizeof(error->word));
}

static int ask(struct lbctl *ctl, uint8_t request,
	       const struct model_explain *asked, struct model_list *list)
{
	int ret = lbctl_connect(ctl);

	if (ret || !lbnl_dump(&ctl->nl, request, &asked->head, list))
		return ret;
	name_word(asked, &ctl->nl.error);
	return lbctl_refused(&ctl->nl.error);
}

static int explain(struct lbctl *ctl, const struct lbctl_command *command,
		   struct parse *words)
{
	struct model_list list = { 0 };
	const struct model_explain *chosen;
	struct member_view view;
	struct model_explain asked;
	int ret;

	ret = lbctl_read(command, words, &asked.head);
	if (ret)
		return ret;
	if (!asked.proto && model_has(&asked, LBVS_A_EXPLAIN_VIRTUAL_ADDR)) {
		asked.proto = IPPROTO_TCP;
		model_mark(&asked, LBVS_A_EXPLAIN_PROTO);
	}
	ret = ask(ctl, command->request, &asked, &list);
	if (ret)
		return ret;
	chosen = find_chosen(&list);
	if (!chosen) {
		lbctl_complain("the configuration changed meanwhile: ask again");
		ret = LBCTL_FAILED;
	} else {
		ret = member_load(ctl, chosen->service, chosen->pool, &view);
	}
	if (!ret) {
		show(ctl, &asked, chosen, &list, &view);
		member_unload(&view);
	}
	model_list_free(&list);
	return ret;
}

const struct lbctl_command explain_commands[] = {
	{ "", explain, "where a new flow of a client would go, and why",
	  "CLIENT[:PORT] { SERVICE | VIP:PORT } [ proto { tcp | udp } ]",
	  &parse_explain, LBVS_CMD_EXPLAIN_GET, "explain" },
	{ 0 }
};
