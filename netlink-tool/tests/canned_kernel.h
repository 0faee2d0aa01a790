/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel of which the answers are known: the calls of nl.h are wrapped by the
 * linker and answered from here.
 */
#ifndef LBVS_TOOL_CANNED_KERNEL_H
#define LBVS_TOOL_CANNED_KERNEL_H

#include "test.h"

#include <errno.h>
#include <netinet/in.h>

#include "nl.h"
#include "value.h"

int __wrap_lbnl_open(struct lbnl *nl);
void __wrap_lbnl_close(struct lbnl *nl);
int __wrap_lbnl_dump(struct lbnl *nl, uint8_t cmd,
		     const struct model_head *filter, struct model_list *list);
int __wrap_lbnl_stream(struct lbnl *nl, uint8_t cmd,
		       const struct model_head *filter, lbnl_each_fn fn,
		       void *arg);
int __wrap_lbnl_request(struct lbnl *nl, uint8_t cmd,
			const struct model_head *request,
			struct model_head *answer);

#define DRAIN_ATTRS (UINT64_C(1) << LBVS_A_REAL_DEADLINE |		\
		     UINT64_C(1) << LBVS_A_REAL_DRAIN_LEFT |		\
		     UINT64_C(1) << LBVS_A_REAL_DRAIN_ENDED |		\
		     UINT64_C(1) << LBVS_A_REAL_DRAIN_RESET |		\
		     UINT64_C(1) << LBVS_A_REAL_DRAIN_DROPPED)

static bool is_empty;
static int refusal;
static uint64_t asked;		/* commands that came, one bit each */
static struct model_real last_real;
static struct model_arm last_arm;
static int arms = 2;

int __wrap_lbnl_open(struct lbnl *nl)
{
	memset(nl, 0, sizeof(*nl));
	return 0;
}

void __wrap_lbnl_close(struct lbnl *nl)
{
	(void)nl;
}

static inline void *add(struct model_list *list, enum model_kind kind)
{
	struct model_head *m = model_new(kind);

	assert_non_null(m);
	m->set = ~UINT64_C(0);
	m->generation = 7;
	model_list_add(list, m);
	return m;
}

static inline void add_service(struct model_list *list, const char *name,
			       const char *endpoint, uint32_t state)
{
	struct model_service *s = add(list, MODEL_SERVICE);

	strcpy(s->name, name);
	strcpy(s->pool, "exchange");
	assert_true(value_read_endpoint(endpoint, &s->addr, &s->ports, false));
	s->proto = IPPROTO_TCP;
	s->sched = LBVS_SCHED_MAGLEV;
	s->hash = LBVS_HASH_SOURCE;
	s->hash_prefix = 24;
	s->when_empty = LBVS_WHEN_EMPTY_OPEN;
	value_read_checks("owa,mapi", &s->require);
	s->timeout_established = 2400;
	s->timeout_syn = 30;
	s->timeout_fin = 60;
	s->timeout_closed = 5;
	s->timeout_udp = 60;
	s->state = state;
	s->members = 4;
	s->usable = 1;
	s->active_flows = 120;
	s->counters = (struct model_counters){ 12345, 1234567, 9, 99, 200, 7, 2 };
}

static inline void add_member(struct model_list *list, const char *service,
			      const char *real, uint32_t state, const char *check)
{
	struct model_member *m = add(list, MODEL_MEMBER);

	strcpy(m->service, service);
	strcpy(m->pool, "exchange");
	strcpy(m->real, real);
	strcpy(m->check, check);
	value_read_addr("203.0.113.11", &m->addr);
	m->weight = 1;
	m->state = state;
	m->share = 50;
	m->ramp = 37;
	if (strcmp(service, "mapi"))
		m->head.set &= ~(UINT64_C(1) << LBVS_A_MEMBER_SHARE |
				 UINT64_C(1) << LBVS_A_MEMBER_RAMP);
	m->active_flows = 60;
	m->counters = (struct model_counters){ 12345, 1234567, 9, 99, 200, 7, 2 };
}

static inline void add_real(struct model_list *list, const char *name, uint32_t admin,
			    uint32_t verdict)
{
	struct model_real *r = add(list, MODEL_REAL);

	strcpy(r->pool, "exchange");
	strcpy(r->name, name);
	value_read_addr("203.0.113.11", &r->addr);
	r->weight = 1;
	r->ramp = 5;
	r->admin = admin;
	r->verdict = verdict;
	r->counters.request_bytes = 1234567;
	r->deadline_ms = 249001;
	r->drain_left = 12;
	r->drain_ended = 3;
	if (admin != LBVS_ADMIN_DRAIN)
		r->head.set &= ~DRAIN_ATTRS;
}

/*
 * Somebody waits for the drain of a real: these many flows are left, one less
 * each time that is asked. Then it is over, or was taken back; -1: nobody does.
 */
static int drain_left = -1;
static enum lbvs_admin drain_end = LBVS_ADMIN_DRAIN;

static inline void add_drained(struct model_list *list)
{
	struct model_real *r;

	add_real(list, "r", drain_left ? LBVS_ADMIN_DRAIN : drain_end,
		 LBVS_VERDICT_STATE_UP);
	r = (struct model_real *)(void *)list->last;
	r->drain_left = drain_left;
	if (drain_left)
		drain_left--;
}

static inline void add_verdict(struct model_list *list, const char *real,
			       const char *check, const char *reason)
{
	struct model_verdict *v = add(list, MODEL_VERDICT);

	strcpy(v->pool, "exchange");
	strcpy(v->real, real);
	strcpy(v->check, check);
	strcpy(v->reason, reason);
	v->state = LBVS_VERDICT_STATE_DOWN;
	v->share = 100;
	strcpy(v->agent, "lbprobed");
	v->stale = !check[0];
	v->lease_left_ms = 4000;
	v->age_ms = 12000;
	if (check[0])
		v->head.set &= ~(UINT64_C(1) << LBVS_A_VERDICT_STALE);
}

static inline void add_members(struct model_list *list)
{
	add_member(list, "owa", "ex1", LBVS_MEMBER_STATE_USABLE, "");
	add_member(list, "mapi", "ex1", LBVS_MEMBER_STATE_USABLE, "");
	add_member(list, "owa", "ex2", LBVS_MEMBER_STATE_CHECK_DOWN, "owa");
	add_member(list, "owa", "ex3", LBVS_MEMBER_STATE_DRAIN, "");
	add_member(list, "owa", "ex4", LBVS_MEMBER_STATE_DOWN, "");
}

static bool snat;

static inline void add_flow(struct model_list *list)
{
	struct model_flow *f = add(list, MODEL_FLOW);

	f->proto = IPPROTO_TCP;
	value_read_addr("192.0.2.33", &f->client_addr);
	value_read_addr("198.51.100.1", &f->virtual_addr);
	value_read_addr("203.0.113.11", &f->real_addr);
	f->client_port = 40123;
	f->virtual_port = 443;
	f->real_port = 443;
	value_read_addr("203.0.113.1", &f->snat_addr);
	f->snat_port = 20123;
	if (!snat)
		f->head.set &= ~(UINT64_C(1) << LBVS_A_FLOW_SNAT_ADDR |
				 UINT64_C(1) << LBVS_A_FLOW_SNAT_PORT);
	strcpy(f->service, "owa");
	strcpy(f->pool, "exchange");
	strcpy(f->real, "ex1");
	f->state = LBVS_FLOW_STATE_ESTABLISHED;
	f->expires_ms = 2390000;
}

static inline void add_arms(struct model_list *list)
{
	struct model_arm *arm;
	int i;

	for (i = 0; i < arms; i++) {
		arm = add(list, MODEL_ARM);
		sprintf(arm->dev, "eth%d", i);
		arm->ifindex = i + 2;
	}
}

int __wrap_lbnl_dump(struct lbnl *nl, uint8_t cmd,
		     const struct model_head *filter, struct model_list *list)
{
	(void)nl;
	(void)filter;
	asked |= UINT64_C(1) << cmd;
	memset(list, 0, sizeof(*list));
	if (is_empty)
		return 0;
	switch (cmd) {
	case LBVS_CMD_SERVICE_GET:
		add_service(list, "owa", "198.51.100.1:443",
			    LBVS_SERVICE_STATE_READY);
		add_service(list, "mapi", "[2001:db8::1]:135,59531",
			    LBVS_SERVICE_STATE_OPEN);
		break;
	case LBVS_CMD_MEMBER_GET:
		add_members(list);
		break;
	case LBVS_CMD_REAL_GET:
		if (drain_left >= 0) {
			add_drained(list);
			break;
		}
		add_real(list, "ex1", LBVS_ADMIN_ENABLED,
			 LBVS_VERDICT_STATE_UNKNOWN);
		add_real(list, "ex3", LBVS_ADMIN_DRAIN,
			 LBVS_VERDICT_STATE_DOWN);
		break;
	case LBVS_CMD_VERDICT_GET:
		add_verdict(list, "ex2", "owa", "HTTP 503");
		add_verdict(list, "ex4", "", "no route");
		break;
	case LBVS_CMD_ARM_GET:
		add_arms(list);
		break;
	}
	return 0;
}

int __wrap_lbnl_stream(struct lbnl *nl, uint8_t cmd,
		       const struct model_head *filter, lbnl_each_fn fn,
		       void *arg)
{
	struct model_list list = { 0 };

	(void)cmd;
	(void)filter;
	if (refusal) {
		nl->error.err = refusal;
		return -refusal;
	}
	add_flow(&list);
	fn(list.first, arg);
	model_list_free(&list);
	return 0;
}

int __wrap_lbnl_request(struct lbnl *nl, uint8_t cmd,
			const struct model_head *request,
			struct model_head *answer)
{
	struct model_stat *stat;

	asked |= UINT64_C(1) << cmd;
	if (request->kind == MODEL_REAL)
		memcpy(&last_real, request, sizeof(last_real));
	if (request->kind == MODEL_ARM)
		memcpy(&last_arm, request, sizeof(last_arm));
	if (refusal) {
		nl->error.err = refusal;
		return -refusal;
	}
	if (cmd == LBVS_CMD_FLOW_DEL)
		((struct model_flow *)answer)->count = 3;
	if (cmd == LBVS_CMD_STATS_GET) {
		answer->set = ~UINT64_C(0);
		stat = add(&((struct model_stats *)answer)->stat, MODEL_STAT);
		strcpy(stat->name, "no-real");
		strcpy(stat->help, "no member of the service was usable");
		stat->value = 5;
		stat->drop = true;
	}
	return 0;
}

#endif /* LBVS_TOOL_CANNED_KERNEL_H */
