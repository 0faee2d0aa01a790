// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration file: what it is read as, and written from. */
#include "config_case.h"

#include <netinet/in.h>

#include "config_file.h"
#include "config_json.h"

static const char whole[] =
	"# comment\n"
	"arm = {out, 'in side'} // comment\n"
	"/* a comment\n"
	"   of two lines */ agent watcher {\n"
	"	lease = 2s grace = 0 on-expiry = down\n"
	"}\n"
	"defaults {\n"
	"	service { sched = wrr timeout { syn = 5 udp = 1m } }\n"
	"	check { inter = 10s fall-hard = 2 }\n"
	"	real { weight = 7 }\n"
	"}\n"
	"pool web {\n"
	"	hash-key = 000102030405060708090a0b0c0d0e0f min-usable = 2\n"
	"	ramp = 90s\n"
	"	check page {\n"
	"		kind = https path = /a?b&c host = 'h' status = {200, 300-399}\n"
	"		verify = no tls-min = 1.3 body = \"two \\\"words\\\" {real}\"\n"
	"		timeout = 500ms rise = 4 degrade = 50\n"
	"	}\n"
	"	check both {\n"
	"		join = any-of\n"
	"		probe { kind = rpc interface = nspi expect-port = 59532 }\n"
	"		probe { kind = exec command = {/bin/x, 'a b', '${y}', ''} }\n"
	"	}\n"
	"	check other {}\n"
	"	real a { address = 192.0.2.1 max-flows = 9 max-rate = none }\n"
	"	real b { address = 192.0.2.2 weight = 0 admin = drain tier = 3 }\n"
	"}\n"
	"service s {\n"
	"	proto = tcp address = 198.51.100.1 port = {80, 443} pool = web\n"
	"	require = 'page,other' timeout { syn = 9 }\n"
	"	initial = down on-down = drop snat = auto "
	"persist = 30m/24 persist-scope = service\n"
	"}\n"
	"service t {\n"
	"	proto = udp address = 198.51.100.1 port = 80 pool = web to = 8080\n"
	"	sched = maglev hash = source/24 table-size = 251 require = {} "
	"together = outlook\n"
	"	max-flows = 100 max-rate = 20 bound = 1.25\n"
	"}\n";

static void objects_are_what_the_file_says(void **state)
{
	struct model_service *s, *t;
	struct model_real *a, *b;
	struct model_pool *pool;
	struct config c;

	(void)state;
	accepts(whole, &c);
	assert_true(c.has_arms);
	assert_int_equal(c.arms.count, 2);
	assert_string_equal(((struct model_arm *)c.arms.last)->dev, "in side");
	pool = (void *)c.pools.first;
	assert_int_equal(pool->hash_key[15], 15);
	assert_int_equal(pool->ramp, 90);
	assert_int_equal(pool->checks.count, 3);
	assert_string_equal(pool->checks.name[2], "other");
	a = (void *)c.reals.first;
	b = (void *)c.reals.last;
	assert_int_equal(a->weight, 7);
	assert_false(model_has(a, LBVS_A_REAL_ADMIN));
	assert_int_equal(pool->min_usable, 2);
	assert_int_equal(a->max_flows, 9);
	assert_int_equal(a->max_rate, 0);
	assert_true(model_has(a, LBVS_A_REAL_LIMIT_RATE));
	assert_int_equal(a->tier, 0);
	assert_int_equal(b->tier, 3);
	assert_int_equal(b->weight, 0);
	assert_int_equal(b->admin, LBVS_ADMIN_DRAIN);
	s = (void *)c.services.first;
	t = (void *)c.services.last;
	assert_int_equal(s->sched, LBVS_SCHED_WRR);
	assert_int_equal(s->require.count, 2);
	assert_int_equal(s->timeout_syn, 9);
	assert_int_equal(s->timeout_udp, 60);
	assert_int_equal(s->timeout_established, 2400);
	assert_int_equal(s->initial, LBVS_INITIAL_DOWN);
	assert_int_equal(s->on_down, LBVS_ON_DOWN_DROP);
	assert_int_equal(s->snat, LBVS_SNAT_AUTO);
	assert_int_equal(s->persist, 1800);
	assert_int_equal(s->persist_prefix, 24);
	assert_int_equal(s->persist_scope, LBVS_PERSIST_SCOPE_SERVICE);
	assert_string_equal(s->together, "");
	assert_string_equal(t->together, "outlook");
	assert_int_equal(t->persist, 0);
	assert_int_equal(t->persist_scope, LBVS_PERSIST_SCOPE_POOL);
	assert_int_equal(t->initial, LBVS_INITIAL_UP);
	assert_int_equal(t->on_down, LBVS_ON_DOWN_KEEP);
	assert_int_equal(t->snat, LBVS_SNAT_OFF);
	assert_int_equal(t->max_flows, 100);
	assert_int_equal(t->max_rate, 20);
	assert_int_equal(t->bound, 125);
	assert_int_equal(s->bound, 0);
	assert_true(model_has(s, LBVS_A_SERVICE_BOUND));
	assert_int_equal(t->proto, IPPROTO_UDP);
	assert_int_equal(t->sched, LBVS_SCHED_MAGLEV);
	assert_int_equal(t->hash_prefix, 24);
	assert_int_equal(t->timeout_syn, 5);
	assert_int_equal(t->require.count, 0);
	assert_true(model_has(t, LBVS_A_SERVICE_REQUIRE));
	assert_int_equal(config_line(&c, t, LBVS_A_SERVICE_HASH), 36);
	assert_int_equal(config_line(&c, t, 0), 34);
	config_free(&c);
}

static void checks_are_what_the_file_says(void **state)
{
	struct check_probe *probe;
	struct check *check;
	struct config c;

	(void)state;
	accepts(whole, &c);
	assert_string_equal(c.agent.name, "watcher");
	assert_int_equal(c.agent.lease, 2000);
	assert_int_equal(c.agent.grace, 0);
	assert_int_equal(c.agent.on_expiry, LBVS_ON_EXPIRY_DOWN);
	assert_int_equal(c.checks.count, 2);
	check = c.checks.first;
	assert_string_equal(check->pool, "web");
	assert_string_equal(check->name, "page");
	assert_int_equal(check->timing.inter, 10000);
	assert_int_equal(check->timing.timeout, 500);
	assert_int_equal(check->timing.fall_hard, 2);
	assert_int_equal(check->timing.rise, 4);
	assert_int_equal(check->degrade, 50);
	probe = check->probe;
	assert_int_equal(probe->kind, CHECK_HTTPS);
	assert_string_equal(probe->path, "/a?b&c");
	assert_string_equal(probe->body, "two \"words\" {real}");
	assert_int_equal(probe->statuses, 2);
	assert_int_equal(probe->status[1].last, 399);
	assert_false(probe->verify);
	assert_int_equal(probe->tls_min, CHECK_TLS_1_3);
	check = c.checks.last;
	assert_int_equal(check->join, CHECK_ANY_OF);
	assert_int_equal(check->probes, 2);
	assert_int_equal(check->probe->expect_port, 59532);
	probe = check->probe->next;
	assert_string_equal(probe->command[1], "a b");
	assert_string_equal(probe->command[2], "${y}");
	assert_string_equal(probe->command[3], "");
	assert_null(probe->command[4]);
	config_free(&c);
}

static void an_empty_file_says_nothing(void **state)
{
	struct config c;

	(void)state;
	accepts("", &c);
	assert_int_equal(c.services.count, 0);
	assert_false(c.has_arms);
	assert_string_equal(c.agent.name, "lbprobed");
	config_free(&c);
	accepts("arm = {}", &c);
	assert_true(c.has_arms);
	assert_int_equal(c.arms.count, 0);
	config_free(&c);
}

static char *written(const struct config *c, bool json)
{
	struct config_node *tree = config_write(c);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(tree);
	assert_non_null(out);
	if (json)
		assert_int_equal(config_json_write(tree, out), 0);
	else
		config_file_write(tree, out);
	fclose(out);
	config_node_free(tree);
	return text;
}

static void what_is_written_reads_the_same(void **state)
{
	struct config_errors errors;
	char *text, *again, *json;
	struct config c, d;

	(void)state;
	accepts(whole, &c);
	text = written(&c, false);
	json = written(&c, true);
	accepts(text, &d);
	again = written(&d, false);
	assert_string_equal(text, again);
	free(again);
	config_free(&d);
	assert_int_equal(load(json, &d, &errors), 0);
	again = written(&d, false);
	assert_string_equal(text, again);
	free(again);
	config_free(&d);
	config_free(&c);
	free(text);
	free(json);
}

static void only_what_is_not_default_is_written(void **state)
{
	struct config c;
	char *text;

	(void)state;
	accepts("arm = 'a b'\n"
		"pool p { check c { kind = http }\n"
		"real r { address = 192.0.2.1 weight = 1 admin = enabled }\n"
		"real s { address = 192.0.2.2 weight = 2 admin = disabled } }\n"
		SERVICE("s", "port = {80, 81} sched = rr require = c "
			"timeout { udp = 61 established = 40m }"), &c);
	text = written(&c, false);
	assert_string_equal(text,
		"arm = {'a b'}\n"
		"\n"
		"pool p {\n"
		"	check c {}\n"
		"	real r {\n"
		"		address = 192.0.2.1\n"
		"	}\n"
		"	real s {\n"
		"		address = 192.0.2.2\n"
		"		weight = 2\n"
		"		admin = disabled\n"
		"	}\n"
		"}\n"
		"\n"
		"service s {\n"
		"	proto = tcp\n"
		"	address = 198.51.100.1\n"
		"	port = {80, 81}\n"
		"	pool = p\n"
		"	require = {c}\n"
		"	timeout {\n"
		"		udp = 61s\n"
		"	}\n"
		"}\n");
	free(text);
	config_free(&c);
}

/* Who applies it does not need them: they are for who makes the checks. */
static void files_that_it_names_are_read_where_that_is_asked(void **state)
{
	static const char text[] =
		"pool web {\n"
		"	check a { kind = https cafile = /none/a.pem verify = no }\n"
		"	check b {\n"
		"		kind = https\n"
		"		cafile = /none/b.pem\n"
		"	}\n"
		"	check c { kind = tls port = 1 cafile = / }\n"
		"	check d { kind = tls port = 1 cafile = /dev/null }\n"
		"	check e { kind = tls port = 1 cafile = /proc/self/maps }\n"
		"}\n";
	static const char json[] =
		"{ \"pool\": [ { \"name\": \"web\", \"check\": [ { \"name\": \"b\","
		" \"kind\": \"https\", \"cafile\": \"/none/b.pem\" } ] } ] }";
	struct config config;
	char *said;

	(void)state;
	accepts(text, &config);
	config_free(&config);
	said = complaints_of(text, config_load_files);
	assert_string_equal(said,
		"f:5: cafile \"/none/b.pem\": cannot be read: No such file or directory\n"
		"f:7: cafile \"/\": cannot be read: Is a directory\n"
		"f:8: cafile \"/dev/null\": cannot be read: it is empty\n");
	free(said);
	said = complaints_of(json, config_load_files);
	assert_non_null(strstr(said, "f: pool web, check b: "));
	assert_non_null(strstr(said, "cafile \"/none/b.pem\": cannot be read: "));
	free(said);
}

static void json_says_the_same_as_a_file(void **state)
{
	static const char json[] =
		"{ \"arm\": [\"a\"], \"agent\": [{ \"name\": \"w\", "
		"\"on_expiry\": \"up\" }], \"pool\": [{ \"name\": \"p\", "
		"\"check\": [{ \"name\": \"c\", \"kind\": \"tcp\", \"port\": 5, "
		"\"fall_hard\": 3 }], "
		"\"real\": [{ \"name\": \"r\", \"address\": \"192.0.2.1\" }] }], "
		"\"service\": [{ \"name\": \"s\", \"proto\": \"tcp\", \"address\": "
		"\"198.51.100.1\", \"port\": [80, 81], \"pool\": \"p\", "
		"\"when_empty\": \"reject\", \"timeout\": { \"syn\": 5 } }] }";
	struct model_service *s;
	struct config_errors errors;
	struct config c;

	(void)state;
	assert_int_equal(load(json, &c, &errors), 0);
	s = (void *)c.services.first;
	assert_int_equal(s->ports.count, 2);
	assert_int_equal(s->timeout_syn, 5);
	assert_int_equal(s->when_empty, LBVS_WHEN_EMPTY_REJECT);
	assert_int_equal(c.agent.on_expiry, LBVS_ON_EXPIRY_UP);
	assert_int_equal(c.checks.first->timing.fall_hard, 3);
	config_free(&c);
	complains_of("\n {", "f:2: ");
	complains_of("[]", "expected an object");
	complains_of("{ \"frob\": 1 }", "\"frob\"");
	complains_of("{ \"arm\": null }", "\"arm\"");
	complains_of("{ \"arm\": [[1]] }", "\"arm\"");
	complains_of("{ \"pool\": [{ }] }", "\"pool\" needs a name");
	complains_of("{ \"pool\": [{ \"name\": 5 }] }", "\"pool\"");
	complains_of("{ \"pool\": { \"name\": \"p\", \"real\": [1] } }", "\"real\"");
	complains_of("{ \"arm\": [\"a\"], \"arm\": [] }", "f:1: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_what_the_file_says),
		cmocka_unit_test(checks_are_what_the_file_says),
		cmocka_unit_test(an_empty_file_says_nothing),
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(only_what_is_not_default_is_written),
		cmocka_unit_test(files_that_it_names_are_read_where_that_is_asked),
		cmocka_unit_test(json_says_the_same_as_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
