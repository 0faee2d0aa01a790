// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a person sees, with a canned kernel: the calls of nl.h are wrapped by
 * the linker and answered from here.
 */
#include "test.h"

#include <errno.h>
#include <netinet/in.h>

#include <jansson.h>

#include "lbctl.h"
#include "value.h"
#include "words_split.h"

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

static void *add(struct model_list *list, enum model_kind kind)
{
	struct model_head *m = model_new(kind);

	assert_non_null(m);
	m->set = ~UINT64_C(0);
	m->generation = 7;
	model_list_add(list, m);
	return m;
}

static void add_service(struct model_list *list, const char *name,
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

static void add_member(struct model_list *list, const char *service,
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
	if (strcmp(service, "mapi"))
		m->head.set &= ~(UINT64_C(1) << LBVS_A_MEMBER_SHARE);
	m->active_flows = 60;
	m->counters = (struct model_counters){ 12345, 1234567, 9, 99, 200, 7, 2 };
}

static void add_real(struct model_list *list, const char *name, uint32_t admin,
		     uint32_t verdict)
{
	struct model_real *r = add(list, MODEL_REAL);

	strcpy(r->pool, "exchange");
	strcpy(r->name, name);
	value_read_addr("203.0.113.11", &r->addr);
	r->weight = 1;
	r->admin = admin;
	r->verdict = verdict;
	r->counters.request_bytes = 1234567;
}

static void add_verdict(struct model_list *list, const char *real,
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

static void add_members(struct model_list *list)
{
	add_member(list, "owa", "ex1", LBVS_MEMBER_STATE_USABLE, "");
	add_member(list, "mapi", "ex1", LBVS_MEMBER_STATE_USABLE, "");
	add_member(list, "owa", "ex2", LBVS_MEMBER_STATE_CHECK_DOWN, "owa");
	add_member(list, "owa", "ex3", LBVS_MEMBER_STATE_DRAIN, "");
	add_member(list, "owa", "ex4", LBVS_MEMBER_STATE_DOWN, "");
}

static bool snat;

static void add_flow(struct model_list *list)
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

static void add_arms(struct model_list *list)
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

	(void)nl;
	(void)cmd;
	(void)filter;
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

static char *output;

static int run_words(const struct lbctl_command *commands, const char *line,
		     bool json)
{
	struct lbctl ctl = { 0 };
	struct words_split w;
	size_t size;
	FILE *out;
	int ret;

	free(output);
	output = NULL;
	asked = 0;
	out = open_memstream(&output, &size);
	assert_non_null(out);
	print_init(&ctl.print, out, json);
	ret = lbctl_run(&ctl, "object", commands, split(&w, line));
	assert_int_equal(print_done(&ctl.print), 0);
	fclose(out);
	return ret;
}

static void show(const struct lbctl_command *commands, const char *line)
{
	assert_int_equal(run_words(commands, line, false), LBCTL_OK);
}

static void expect_lines(const char *const *lines)
{
	const char *at = output;

	for (; *lines; lines++) {
		at = strstr(at, *lines);
		if (!at)
			fail_msg("no \"%s\" in:\n%s", *lines, output);
	}
}

static void expect_end(const char *text)
{
	size_t len = strlen(output);

	if (len < strlen(text) || strcmp(output + len - strlen(text), text))
		fail_msg("no \"%s\" at the end of:\n%s", text, output);
}

static void expect_width(size_t most)
{
	const char *line = output;

	while (*line) {
		if (strcspn(line, "\n") > most)
			fail_msg("wide: %.*s", (int)strcspn(line, "\n"), line);
		line += strcspn(line, "\n") + 1;
	}
}

static json_t *show_json(const struct lbctl_command *commands,
			 const char *line)
{
	json_t *json;

	assert_int_equal(run_words(commands, line, true), LBCTL_OK);
	json = json_loads(output, 0, NULL);
	if (!json)
		fail_msg("not JSON: %s", output);
	return json;
}

static void the_overview_has_all_services_and_members(void **state)
{
	static const char *const lines[] = {
		"owa: tcp 198.51.100.1:443, maglev, pool exchange, ready 1/4\n",
		"  REAL  ADDRESS       WEIGHT  STATE        FLOWS",
		"  ex1   203.0.113.11       1  usable          60  12345/1.2M",
		"  ex2   203.0.113.11       1  owa down",
		"  ex3   203.0.113.11       1  drain, down",
		"  ex4   203.0.113.11       1  down",
		"\n\nmapi: tcp [2001:db8::1]:135,59531, maglev, pool exchange, "
		"open 1/4 (all that are",
		"  ex1   203.0.113.11       1  usable, share 50 %",
		"\narms: eth0, eth1 (fast path)\n",
		NULL
	};

	(void)state;
	show(show_commands, "");
	expect_lines(lines);
	expect_end("\narms: eth0, eth1 (fast path)\n");
}

static void the_overview_counts_what_it_does_not_name(void **state)
{
	(void)state;
	arms = 16;
	show(show_commands, "");
	expect_end(", eth15 (fast path)\n");
	arms = 40;
	show(show_commands, "");
	expect_end(", eth15, and 24 more (fast path)\n");
	arms = 2;
}

static void without_arms_all_is_slow(void **state)
{
	static const char sentence[] = "\nno arms: every packet takes the slow "
				       "path (lbctl arm add DEV)\n";
	json_t *json;

	(void)state;
	arms = 0;
	show(show_commands, "");
	expect_end(sentence);
	json = show_json(show_commands, "");
	assert_int_equal(json_array_size(json_object_get(json, "arms")), 0);
	assert_true(json_is_array(json_object_get(json, "arms")));
	json_decref(json);
	is_empty = true;
	show(show_commands, "");
	expect_end(sentence);
	is_empty = false;
	arms = 2;
}

static void the_overview_is_one_json_object(void **state)
{
	json_t *json, *service, *member;

	(void)state;
	json = show_json(show_commands, "");
	assert_int_equal(json_array_size(json_object_get(json, "services")),
			 2);
	assert_true(json_is_array(json_object_get(json, "warnings")));
	assert_int_equal(json_array_size(json_object_get(json, "arms")), 2);
	service = json_array_get(json_object_get(json, "services"), 0);
	assert_int_equal(json_array_size(json_object_get(service, "members")),
			 4);
	assert_true(json_is_null(json_object_get(service, "to_port")));
	member = json_array_get(json_object_get(service, "members"), 1);
	assert_string_equal(json_string_value(json_object_get(member, "check")),
			    "owa");
	assert_true(json_is_integer(json_object_get(member, "request_bytes")));
	json_decref(json);
}

static void an_empty_system_gets_a_hint(void **state)
{
	json_t *json;

	(void)state;
	is_empty = true;
	show(show_commands, "");
	assert_non_null(strstr(output, "No service is configured"));
	assert_non_null(strstr(output, "lbctl service add"));
	json = show_json(show_commands, "");
	json_decref(json);
	is_empty = false;
}

static void one_service_is_explained(void **state)
{
	static const char *const lines[] = {
		"name                 owa\n",
		"hash                 source/24\n",
		"require              owa,mapi\n",
		"timeout established  40m\n",
		"  REAL  ADDRESS",
		"ex2", "check owa is down for 12s: HTTP 503\n",
		"ex3", "the operator drains the real\n",
		"ex4", "the whole real is down for 12s: no route\n",
		NULL
	};
	json_t *json;

	(void)state;
	show(service_commands, "show owa");
	expect_lines(lines);
	json = show_json(service_commands, "show owa");
	assert_int_equal(json_array_size(json), 1);
	json_decref(json);
}

static void tables_fit_eighty_columns(void **state)
{
	(void)state;
	show(service_commands, "show");
	expect_width(80);
	show(real_commands, "show");
	expect_width(80);
	show(verdict_commands, "show");
	expect_width(80);
	show(flow_commands, "show");
	expect_width(80);
	show(stats_commands, "");
	expect_width(80);
	show(show_commands, "");
	expect_width(110);
}

static void every_show_is_json_too(void **state)
{
	json_t *json;

	(void)state;
	json = show_json(service_commands, "show");
	assert_int_equal(json_array_size(json), 2);
	json_decref(json);
	json_decref(show_json(real_commands, "show"));
	json_decref(show_json(verdict_commands, "show"));
	json_decref(show_json(pool_commands, "show"));
	json = show_json(flow_commands, "show");
	assert_int_equal(json_integer_value(json_object_get(
		json_array_get(json, 0), "client_port")), 40123);
	json_decref(json);
	json = show_json(stats_commands, "show");
	assert_int_equal(json_array_size(json_object_get(json, "counters")),
			 1);
	json_decref(json);
	json = show_json(flush_commands, "flows");
	assert_int_equal(json_integer_value(json_object_get(json,
							    "flows_ended")),
			 3);
	json_decref(json);
}

static void a_flow_shows_what_the_real_sees(void **state)
{
	json_t *json, *flow;

	(void)state;
	snat = true;
	show(flow_commands, "show");
	assert_non_null(strstr(output, "203.0.113.1:20123"));
	json = show_json(flow_commands, "show");
	flow = json_array_get(json, 0);
	assert_string_equal(json_string_value(json_object_get(flow,
							      "snat_address")),
			    "203.0.113.1");
	assert_int_equal(json_integer_value(json_object_get(flow, "snat_port")),
			 20123);
	json_decref(json);

	snat = false;
	show(flow_commands, "show");
	assert_null(strstr(output, "20123"));
	json = show_json(flow_commands, "show");
	assert_true(json_is_null(json_object_get(json_array_get(json, 0),
						 "snat_port")));
	json_decref(json);
}

static void what_is_not_there_is_an_error(void **state)
{
	(void)state;
	is_empty = true;
	assert_int_equal(run_words(pool_commands, "show p", false),
			 LBCTL_FAILED);
	assert_int_equal(run_words(real_commands, "show p r", false),
			 LBCTL_FAILED);
	assert_int_equal(run_words(service_commands, "show s", false),
			 LBCTL_FAILED);
	assert_int_equal(run_words(pool_commands, "show", false), LBCTL_OK);
	is_empty = false;
}

static void admin_verbs_set_the_admin_state(void **state)
{
	(void)state;
	show(real_commands, "drain p r");
	assert_int_equal(last_real.admin, LBVS_ADMIN_DRAIN);
	assert_false(model_has(&last_real, LBVS_A_REAL_WEIGHT));
	show(real_commands, "disable p r");
	assert_int_equal(last_real.admin, LBVS_ADMIN_DISABLED);
	show(real_commands, "enable p r");
	assert_int_equal(last_real.admin, LBVS_ADMIN_ENABLED);
	assert_true(asked == UINT64_C(1) << LBVS_CMD_REAL_SET);
	assert_string_equal(output, "");
}

static void arms_are_listed(void **state)
{
	json_t *json, *arm;

	(void)state;
	show(arm_commands, "show");
	assert_string_equal(output,
			    "DEV   IFINDEX\n"
			    "eth0        2\n"
			    "eth1        3\n");
	json = show_json(arm_commands, "show");
	assert_int_equal(json_array_size(json), 2);
	arm = json_array_get(json, 1);
	assert_int_equal(json_object_size(arm), 2);
	assert_string_equal(json_string_value(json_object_get(arm, "dev")),
			    "eth1");
	assert_int_equal(json_integer_value(json_object_get(arm, "ifindex")),
			 3);
	json_decref(json);
}

static void arms_come_and_go_in_silence(void **state)
{
	(void)state;
	show(arm_commands, "add eth0");
	assert_true(asked == UINT64_C(1) << LBVS_CMD_ARM_NEW);
	assert_true(last_arm.head.set == UINT64_C(1) << LBVS_A_ARM_DEV);
	assert_string_equal(last_arm.dev, "eth0");
	assert_string_equal(output, "");
	show(arm_commands, "del eth1");
	assert_true(asked == UINT64_C(1) << LBVS_CMD_ARM_DEL);
	assert_string_equal(last_arm.dev, "eth1");
	assert_int_equal(run_words(arm_commands, "add", false), LBCTL_USAGE);
	assert_int_equal(run_words(arm_commands, "show eth0", false),
			 LBCTL_USAGE);
	assert_true(asked == 0);
}

static void usage_and_refusal_have_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(run_words(pool_commands, "", false), LBCTL_USAGE);
	assert_int_equal(run_words(pool_commands, "ad p", false), LBCTL_USAGE);
	assert_int_equal(run_words(pool_commands, "add", false), LBCTL_USAGE);
	assert_true(asked == 0);
	refusal = EPERM;
	assert_int_equal(run_words(pool_commands, "add p", false),
			 LBCTL_FAILED);
	refusal = 0;
}

static int release(void **state)
{
	(void)state;
	free(output);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_overview_has_all_services_and_members),
		cmocka_unit_test(the_overview_counts_what_it_does_not_name),
		cmocka_unit_test(without_arms_all_is_slow),
		cmocka_unit_test(the_overview_is_one_json_object),
		cmocka_unit_test(an_empty_system_gets_a_hint),
		cmocka_unit_test(one_service_is_explained),
		cmocka_unit_test(tables_fit_eighty_columns),
		cmocka_unit_test(every_show_is_json_too),
		cmocka_unit_test(a_flow_shows_what_the_real_sees),
		cmocka_unit_test(what_is_not_there_is_an_error),
		cmocka_unit_test(admin_verbs_set_the_admin_state),
		cmocka_unit_test(arms_are_listed),
		cmocka_unit_test(arms_come_and_go_in_silence),
		cmocka_unit_test(usage_and_refusal_have_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
