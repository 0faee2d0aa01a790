// SPDX-License-Identifier: GPL-2.0-or-later
/* The overview for a person: all services, and below each its members. */
#include <stdio.h>
#include <string.h>

#include "member.h"
#include "value.h"

/* More arms than that are only counted, so that the line stays one. */
#define ARMS_NAMED 16

struct overview {
	struct model_list services, arms;
	struct member_view view;
};

static void headline(struct print *p, const struct model_service *s)
{
	const char *state = words_find(words_service_state, s->state);
	const char *sched = words_find(words_sched, s->sched);
	const char *proto = words_find(words_proto, s->proto);
	char text[VALUE_ENDPOINT_SIZE];

	print_text(p, "", "%s: %s %s, %s, pool %s, %s %u/%u", s->name,
		   proto ? proto : "?",
		   value_endpoint(&s->addr, &s->ports, text, sizeof(text)),
		   sched ? sched : "?", s->pool, state ? state : "?",
		   s->usable, s->members);
	if (s->state == LBVS_SERVICE_STATE_OPEN)
		print_text(p, "", "(all that are enabled take flows)");
	else if (s->state == LBVS_SERVICE_STATE_EMPTY)
		print_text(p, "", "(new flows are refused)");
}

static void json_only(struct print *p, const struct model_service *s)
{
	if (p->json)
		service_cells(p, s, false);
}

static void show_services(struct print *p, const struct model_list *services,
			  const struct member_view *view)
{
	const struct model_service *s;

	print_list_begin(p, "services", PRINT_LINE);
	model_for_each(s, services) {
		if (s != (const void *)services->first && !p->json)
			print_note(p, "", "");
		print_row_begin(p);
		json_only(p, s);
		headline(p, s);
		member_table(p, view, s->name, false);
		print_row_end(p);
	}
	print_list_end(p);
}

/* True also if it can't be read: then there is nothing to warn about. */
static bool is_forwarding(const char *path)
{
	FILE *f = fopen(path, "re");
	int c;

	if (!f)
		return true;
	c = fgetc(f);
	fclose(f);
	return c != '0';
}

static void show_warnings(struct print *p, const struct model_list *services)
{
	const struct model_service *s;
	bool v4 = false, v6 = false;

	model_for_each(s, services) {
		v4 |= s->addr.len == 4;
		v6 |= s->addr.len == 16;
	}
	print_list_begin(p, "warnings", PRINT_LINE);
	if (v4 && !is_forwarding("/proc/sys/net/ipv4/ip_forward"))
		print_note(p, "warning: ", "net.ipv4.ip_forward is 0: "
			   "nothing is balanced until it is 1");
	if (v6 && !is_forwarding("/proc/sys/net/ipv6/conf/all/forwarding"))
		print_note(p, "warning: ", "net.ipv6.conf.all.forwarding "
			   "is 0: nothing is balanced until it is 1");
	print_list_end(p);
}

static void show_hint(struct print *p)
{
	if (p->json)
		return;
	print_note(p, "", "No service is configured. To begin:");
	print_note(p, "  ", "lbctl pool add NAME");
	print_note(p, "  ", "lbctl real add POOL NAME ADDR");
	print_note(p, "  ", "lbctl service add NAME tcp ADDR:PORT pool POOL");
}

static void arms_text(struct print *p, const struct model_list *arms)
{
	const struct model_arm *arm;
	size_t named = 0;

	if (!arms->count) {
		print_text(p, "", "no arms: every packet takes the slow path "
			   "(lbctl arm add DEV)");
		return;
	}
	print_text(p, "", "arms:");
	model_for_each(arm, arms) {
		if (named++ == ARMS_NAMED)
			break;
		print_text(p, "", "%s%s", arm->dev, arm->head.next ? "," : "");
	}
	if (arms->count > ARMS_NAMED)
		print_text(p, "", "and %zu more", arms->count - ARMS_NAMED);
	print_text(p, "", "(fast path)");
}

/* The last line of the text. */
static void show_arms(struct print *p, const struct model_list *arms)
{
	if (p->json)
		arm_table(p, "arms", arms);
	else
		arms_text(p, arms);
}

static int load(struct lbctl *ctl, struct overview *o)
{
	struct model_service service;
	struct model_arm arm;
	int ret;

	model_init(&service.head, MODEL_SERVICE);
	model_init(&arm.head, MODEL_ARM);
	memset(o, 0, sizeof(*o));
	ret = lbctl_dump(ctl, LBVS_CMD_SERVICE_GET, &service.head,
			 &o->services);
	if (!ret)
		ret = lbctl_dump(ctl, LBVS_CMD_ARM_GET, &arm.head, &o->arms);
	if (!ret)
		ret = member_load(ctl, NULL, NULL, &o->view);
	return ret;
}

static void unload(struct overview *o)
{
	member_unload(&o->view);
	model_list_free(&o->services);
	model_list_free(&o->arms);
}

static int show(struct lbctl *ctl, const struct lbctl_command *command,
		struct parse *words)
{
	struct print *p = &ctl->print;
	struct model_stats nothing;
	struct overview o;
	int ret;

	ret = lbctl_read(command, words, &nothing.head);
	if (ret)
		return ret;
	ret = load(ctl, &o);
	if (ret)
		goto out;
	print_object_begin(p, PRINT_LINE);
	show_services(p, &o.services, &o.view);
	show_warnings(p, &o.services);
	if (!o.services.count)
		show_hint(p);
	show_arms(p, &o.arms);
	print_object_end(p);
out:
	unload(&o);
	return ret;
}

const struct lbctl_command show_commands[] = {
	{ "", show, "an overview of all services and their members", NULL,
	  &parse_nothing, 0, "show" },
	{ 0 }
};
