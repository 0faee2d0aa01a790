// SPDX-License-Identifier: GPL-2.0-or-later
#include "member.h"
#include "value.h"

#define HAS(attr) model_has(s, LBVS_A_SERVICE_##attr)

static void timeout_cell(struct print *p, const char *head, const char *key,
			 bool has, uint32_t seconds)
{
	char text[VALUE_NUMBER_SIZE];

	print_uint(p, NULL, key, has, seconds);
	if (head)
		print_str(p, head, NULL,
			  has ? value_time(seconds, text) : NULL);
}

static void hash_text(struct print *p, const struct model_service *s)
{
	const char *word = words_find(words_hash, s->hash);

	if (HAS(HASH) && HAS(HASH_PREFIX) && s->hash_prefix &&
	    s->hash == LBVS_HASH_SOURCE)
		print_text(p, "hash", "%s/%u", word, s->hash_prefix);
	else
		print_word(p, "hash", NULL, HAS(HASH), words_hash, s->hash);
}

static void persist_text(struct print *p, const struct model_service *s)
{
	char text[VALUE_NUMBER_SIZE];

	if (!s->persist)
		print_none(p, "persist", NULL);
	else if (s->persist_prefix)
		print_text(p, "persist", "%s/%u", value_time(s->persist, text),
			   s->persist_prefix);
	else
		print_text(p, "persist", "%s", value_time(s->persist, text));
}

static void persist_cells(struct print *p, const struct model_service *s,
			  bool text)
{
	bool persists = HAS(PERSIST) && s->persist;

	print_uint(p, NULL, "persist", persists, s->persist);
	print_uint(p, NULL, "persist_prefix", persists && s->persist_prefix,
		   s->persist_prefix);
	if (text)
		persist_text(p, s);
	print_word(p, text ? "persist-scope" : NULL, "persist_scope",
		   HAS(PERSIST_SCOPE), words_persist_scope, s->persist_scope);
	print_str(p, text ? "together" : NULL, "together",
		  s->together[0] ? s->together : NULL);
}

static void settings_cells(struct print *p, const struct model_service *s,
			   bool text)
{
	bool has_prefix = HAS(HASH_PREFIX) && s->hash_prefix;
	bool has_size = HAS(TABLE_SIZE) && s->table_size;
	bool has_port = HAS(TO_PORT) && s->to_port;
	char ratio[VALUE_NUMBER_SIZE];

#define HEAD(head) (text ? (head) : NULL)
	print_word(p, NULL, "hash", HAS(HASH), words_hash, s->hash);
	print_uint(p, NULL, "hash_prefix", has_prefix, s->hash_prefix);
	if (text)
		hash_text(p, s);
	print_uint(p, HEAD("table-size"), "table_size", has_size,
		   s->table_size);
	print_checks(p, HEAD("require"), "require", HAS(REQUIRE), &s->require);
	print_uint(p, HEAD("to"), "to_port", has_port, s->to_port);
	print_word(p, HEAD("when-empty"), "when_empty", HAS(WHEN_EMPTY),
		   words_when_empty, s->when_empty);
	print_word(p, HEAD("initial"), "initial", HAS(INITIAL), words_initial,
		   s->initial);
	print_word(p, HEAD("on-down"), "on_down", HAS(ON_DOWN), words_on_down,
		   s->on_down);
	print_word(p, HEAD("snat"), "snat", HAS(SNAT), words_snat, s->snat);
	print_uint(p, HEAD("max-flows"), "max_flows",
		   HAS(LIMIT_FLOWS) && s->max_flows, s->max_flows);
	print_uint(p, HEAD("max-rate"), "max_rate",
		   HAS(LIMIT_RATE) && s->max_rate, s->max_rate);
	print_uint(p, NULL, "bound_percent", HAS(BOUND) && s->bound, s->bound);
	if (text)
		print_str(p, "bound", NULL, HAS(BOUND) && s->bound ?
			  value_ratio(s->bound, ratio) : NULL);
	persist_cells(p, s, text);
	timeout_cell(p, HEAD("timeout established"), "timeout_established",
		     HAS(TIMEOUT_ESTABLISHED), s->timeout_established);
	timeout_cell(p, HEAD("timeout syn"), "timeout_syn", HAS(TIMEOUT_SYN),
		     s->timeout_syn);
	timeout_cell(p, HEAD("timeout fin"), "timeout_fin", HAS(TIMEOUT_FIN),
		     s->timeout_fin);
	timeout_cell(p, HEAD("timeout closed"), "timeout_closed",
		     HAS(TIMEOUT_CLOSED), s->timeout_closed);
	timeout_cell(p, HEAD("timeout udp"), "timeout_udp", HAS(TIMEOUT_UDP),
		     s->timeout_udp);
#undef HEAD
}

void service_cells(struct print *p, const struct model_service *s, bool full)
{
	char text[VALUE_ENDPOINT_SIZE];

	print_str(p, "name", "name", s->name);
	print_word(p, "proto", "proto", HAS(PROTO), words_proto, s->proto);
	print_addr(p, NULL, "address", &s->addr);
	print_ports(p, NULL, "ports", HAS(PORT), &s->ports);
	if (HAS(ADDR))
		print_text(p, "address", "%s",
			   value_endpoint(&s->addr, &s->ports, text,
					  sizeof(text)));
	else
		print_none(p, "address", NULL);
	print_str(p, "pool", "pool", HAS(POOL) ? s->pool : NULL);
	print_word(p, "sched", "sched", HAS(SCHED), words_sched, s->sched);
	settings_cells(p, s, full);
	print_word(p, "state", "state", HAS(STATE), words_service_state,
		   s->state);
	print_uint(p, NULL, "members_total", HAS(MEMBERS), s->members);
	print_uint(p, NULL, "members_usable", HAS(USABLE), s->usable);
	if (HAS(MEMBERS))
		print_text(p, "usable", "%u/%u", s->usable, s->members);
	else
		print_none(p, "usable", NULL);
	print_uint(p, "flows", "flows_active", HAS(ACTIVE_FLOWS),
		   s->active_flows);
	print_counters(p, full, HAS(COUNTERS), &s->counters);
}

static void show_list(struct print *p, const struct model_list *list)
{
	const struct model_service *s;

	print_list_begin(p, NULL, PRINT_TABLE);
	model_for_each(s, list) {
		print_row_begin(p);
		service_cells(p, s, false);
		print_row_end(p);
	}
	print_list_end(p);
}

static int show_one(struct lbctl *ctl, const struct model_service *s)
{
	struct member_view view;
	int ret;

	ret = member_load(ctl, s->name, s->pool, &view);
	if (ret)
		return ret;
	print_list_begin(&ctl->print, NULL, PRINT_FIELDS);
	print_row_begin(&ctl->print);
	service_cells(&ctl->print, s, true);
	member_table(&ctl->print, &view, s->name, true);
	print_row_end(&ctl->print);
	print_list_end(&ctl->print);
	member_unload(&view);
	return LBCTL_OK;
}

static int service_show(struct lbctl *ctl, const struct lbctl_command *command,
			struct parse *words)
{
	struct model_list list = { 0 };
	struct model_service filter;
	int ret;

	ret = lbctl_read(command, words, &filter.head);
	if (!ret)
		ret = lbctl_dump(ctl, command->request, &filter.head, &list);
	if (ret)
		return ret;
	if (!filter.head.set)
		show_list(&ctl->print, &list);
	else if (!list.first)
		ret = lbctl_not_found(command, filter.name);
	else
		ret = show_one(ctl, (struct model_service *)list.first);
	model_list_free(&list);
	return ret;
}

#define OPTIONS								\
	"[ sched { rr | wrr | lc | wlc | maglev } ]\n"			\
	"\t[ hash { source[/LEN] | 5tuple } ] [ table-size { PRIME | auto } ]\n" \
	"\t[ require { CHECK[,CHECK...] | none } ] [ to { PORT | none } ]\n" \
	"\t[ when-empty { open | reject } ] [ initial { up | down } ]\n" \
	"\t[ on-down { keep | reset | drop } ] [ snat { off | auto | auto-smtp } ]\n"	\
	"\t[ max-flows { N | none } ] [ max-rate { N | none } ]\n"	\
	"\t[ bound { FACTOR | off } ]\n"				\
	"\t[ persist { TIME[/LEN] | off } ] [ persist-scope { pool | service } ]\n" \
	"\t[ together { WORD | none } ]\n"				\
	"\t[ timeout { established | syn | fin | closed | udp } TIME ]..."

const struct lbctl_command service_commands[] = {
	{ "add", lbctl_write, "create a service",
	  "NAME { tcp | udp } ADDR:PORT[,PORT...] pool POOL\n"
	  "\t" OPTIONS,
	  &parse_service_new, LBVS_CMD_SERVICE_NEW, "service" },
	{ "set", lbctl_write, "change a service",
	  "NAME [ port PORT[,PORT...] ] [ pool POOL ]\n"
	  "\t" OPTIONS,
	  &parse_service_set, LBVS_CMD_SERVICE_SET, "service" },
	{ "del", lbctl_write, "remove a service and its flows", "NAME",
	  &parse_service_key, LBVS_CMD_SERVICE_DEL, "service" },
	{ "show", service_show, "list services, or all about one", "[ NAME ]",
	  &parse_service_filter, LBVS_CMD_SERVICE_GET, "service" },
	{ 0 }
};
