// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <netinet/in.h>

#include "value.h"
#include "words_split.h"

static void accepts(const char *line, const struct parse_grammar *g, void *m)
{
	struct words_split w;

	if (parse_words(split(&w, line), g, m))
		fail_msg("%s: %s", line, w.parse.error);
}

/* The sentence has to contain all of "words", separated by |. */
static void refuses(const char *line, const struct parse_grammar *g,
		   const char *words)
{
	char copy[256], *word, *rest = NULL;
	struct model_service m;
	struct words_split w;

	assert_int_equal(parse_words(split(&w, line), g, &m.head), -1);
	strcpy(copy, words);
	for (word = strtok_r(copy, "|", &rest); word;
	     word = strtok_r(NULL, "|", &rest))
		if (!strstr(w.parse.error, word))
			fail_msg("%s: \"%s\" lacks \"%s\"", line,
				 w.parse.error, word);
}

static void pool_takes_checks_and_key(void **state)
{
	struct model_pool m;

	(void)state;
	accepts("exchange check owa,mapi hash-key "
	       "000102030405060708090a0b0c0d0eFf", &parse_pool_new, &m);
	assert_string_equal(m.name, "exchange");
	assert_int_equal(m.checks.count, 2);
	assert_string_equal(m.checks.name[0], "owa");
	assert_string_equal(m.checks.name[1], "mapi");
	assert_int_equal(m.hash_key[1], 1);
	assert_int_equal(m.hash_key[15], 0xff);
	assert_true(model_has(&m, LBVS_A_POOL_CHECK));
	assert_false(model_has(&m, LBVS_A_POOL_REALS));
}

static void none_is_an_empty_list_that_is_set(void **state)
{
	struct model_pool m;

	(void)state;
	accepts("p check none", &parse_pool_set, &m);
	assert_int_equal(m.checks.count, 0);
	assert_true(model_has(&m, LBVS_A_POOL_CHECK));
}

static void real_takes_both_families(void **state)
{
	struct model_real m;

	(void)state;
	accepts("p r1 192.0.2.1 weight 0 admin drain", &parse_real_new, &m);
	assert_int_equal(m.addr.len, 4);
	assert_int_equal(m.addr.bytes[3], 1);
	assert_int_equal(m.weight, 0);
	assert_true(model_has(&m, LBVS_A_REAL_WEIGHT));
	assert_int_equal(m.admin, LBVS_ADMIN_DRAIN);
	accepts("p r1 2001:db8::1", &parse_real_new, &m);
	assert_int_equal(m.addr.len, 16);
	assert_false(model_has(&m, LBVS_A_REAL_WEIGHT));
}

static void drain_takes_a_deadline(void **state)
{
	struct model_real m;

	(void)state;
	accepts("p r1 deadline 7d", &parse_real_drain, &m);
	assert_int_equal(m.deadline_ms, LBVS_DEADLINE_MAX);
	accepts("p r1 deadline 0", &parse_real_drain, &m);
	assert_int_equal(m.deadline_ms, 0);
	assert_true(model_has(&m, LBVS_A_REAL_DEADLINE));
	accepts("p r1", &parse_real_drain, &m);
	assert_false(model_has(&m, LBVS_A_REAL_DEADLINE));
}

static void service_takes_everything(void **state)
{
	struct model_service m;

	(void)state;
	accepts("owa tcp [2001:db8::1]:443,8443 pool p sched maglev "
	       "hash source/64 table-size 65537 require owa,mapi to 8080 "
	       "when-empty reject timeout established 2h timeout syn 5 "
	       "timeout udp 1d", &parse_service_new, &m);
	assert_int_equal(m.proto, IPPROTO_TCP);
	assert_int_equal(m.addr.len, 16);
	assert_int_equal(m.ports.count, 2);
	assert_int_equal(m.ports.port[1], 8443);
	assert_int_equal(m.sched, LBVS_SCHED_MAGLEV);
	assert_int_equal(m.hash, LBVS_HASH_SOURCE);
	assert_int_equal(m.hash_prefix, 64);
	assert_int_equal(m.table_size, 65537);
	assert_int_equal(m.require.count, 2);
	assert_int_equal(m.to_port, 8080);
	assert_int_equal(m.when_empty, LBVS_WHEN_EMPTY_REJECT);
	assert_int_equal(m.timeout_established, 7200);
	assert_int_equal(m.timeout_syn, 5);
	assert_int_equal(m.timeout_udp, 86400);
	assert_false(model_has(&m, LBVS_A_SERVICE_TIMEOUT_FIN));
}

static void service_set_resets_what_it_is_told_to(void **state)
{
	struct model_service m;

	(void)state;
	accepts("s hash source table-size auto to none require none port 1,2",
	       &parse_service_set, &m);
	assert_true(model_has(&m, LBVS_A_SERVICE_HASH_PREFIX));
	assert_int_equal(m.hash_prefix, 0);
	assert_true(model_has(&m, LBVS_A_SERVICE_TABLE_SIZE));
	assert_int_equal(m.table_size, 0);
	assert_true(model_has(&m, LBVS_A_SERVICE_TO_PORT));
	assert_true(model_has(&m, LBVS_A_SERVICE_REQUIRE));
	assert_int_equal(m.ports.count, 2);
	accepts("s tcp 192.0.2.1:80 pool p hash source", &parse_service_new, &m);
	assert_false(model_has(&m, LBVS_A_SERVICE_HASH_PREFIX));
}

static void verdict_words_come_in_any_order(void **state)
{
	struct model_verdict m;

	(void)state;
	accepts("p r check owa down reason HTTP-503", &parse_verdict_set, &m);
	assert_int_equal(m.state, LBVS_VERDICT_STATE_DOWN);
	assert_string_equal(m.check, "owa");
	assert_string_equal(m.reason, "HTTP-503");
	accepts("p r up check owa", &parse_verdict_set, &m);
	assert_int_equal(m.state, LBVS_VERDICT_STATE_UP);
}

static void flow_client_may_have_a_port(void **state)
{
	struct model_flow m;

	(void)state;
	accepts("client 192.0.2.1", &parse_flow_filter, &m);
	assert_false(model_has(&m, LBVS_A_FLOW_CLIENT_PORT));
	accepts("client 192.0.2.1:1024 proto udp", &parse_flow_filter, &m);
	assert_int_equal(m.client_port, 1024);
	assert_int_equal(m.proto, IPPROTO_UDP);
	accepts("client 2001:db8::1", &parse_flow_filter, &m);
	assert_int_equal(m.client_addr.len, 16);
	assert_false(model_has(&m, LBVS_A_FLOW_CLIENT_PORT));
	accepts("client [2001:db8::1]", &parse_flow_filter, &m);
	accepts("client [2001:db8::1]:53", &parse_flow_filter, &m);
	assert_int_equal(m.client_port, 53);
	accepts("", &parse_flow_filter, &m);
	assert_true(m.head.set == 0);
}

static void an_arm_is_any_device(void **state)
{
	char dev[IFNAMSIZ];
	struct model_arm m;

	(void)state;
	accepts("eth0.100", &parse_arm_key, &m);
	assert_string_equal(m.dev, "eth0.100");
	assert_true(model_has(&m, LBVS_A_ARM_DEV));
	assert_false(model_has(&m, LBVS_A_ARM_IFINDEX));
	accepts("-_@\303\2443456789012", &parse_arm_key, &m);
	assert_int_equal(strlen(m.dev), IFNAMSIZ - 1);
	accepts("eth0", &parse_arm_filter, &m);
	accepts("", &parse_arm_filter, &m);
	assert_true(m.head.set == 0);
	assert_false(value_read_dev("", dev));
	assert_false(value_read_dev(" \t\n", dev));
}

static void bad_words_are_named(void **state)
{
	static const struct {
		const char *line;
		const struct parse_grammar *grammar;
		const char *words;
	} cases[] = {
		{ "", &parse_pool_new, "name of the pool|missing" },
		{ "p frob", &parse_pool_new, "\"frob\"|check, hash-key, "
		  "min-usable or ramp" },
		{ "p check", &parse_pool_new, "\"check\"|needs a value" },
		{ "p check a check b", &parse_pool_new, "\"check\"|twice" },
		{ "p check a,", &parse_pool_new, "check \"a,\"|expected" },
		{ "p hash-key 00", &parse_pool_new, "\"00\"|32 hex" },
		{ "p ramp 0s", &parse_pool_new, "\"0s\"|from 1s to 1h|or off" },
		{ "p ramp 61m", &parse_pool_new, "\"61m\"|from 1s to 1h|or off" },
		{ "p ramp", &parse_pool_set, "\"ramp\" needs a value" },
		{ "p", &parse_pool_set, "check, hash-key, min-usable or ramp" },
		{ "p q", &parse_pool_key, "\"q\"|too many" },
		{ "-p", &parse_pool_key, "\"-p\"" },
		{ "a2345678901234567890123456789012", &parse_pool_key,
		  "1 to 31" },
		{ "p r 192.0.2.256", &parse_real_new, "\"192.0.2.256\"" },
		{ "p r 192.0.2.1 weight 65536", &parse_real_new,
		  "weight \"65536\"|65535" },
		{ "p r 192.0.2.1 weight -1", &parse_real_new, "\"-1\"" },
		{ "p r 192.0.2.1 weigh 1", &parse_real_new, "\"weigh\"" },
		{ "p r admin up", &parse_real_set,
		  "\"up\"|enabled, drain or disabled" },
		{ "p r deadline", &parse_real_drain, "\"deadline\"|value" },
		{ "p r deadline 8d", &parse_real_drain,
		  "deadline \"8d\"|0 to 7d" },
		{ "p r deadline 604800001ms", &parse_real_drain, "0 to 7d" },
		{ "p r deadline -1", &parse_real_drain, "\"-1\"" },
		{ "p r soon", &parse_real_drain, "\"soon\"|deadline" },
		{ "s", &parse_service_new, "protocol|missing" },
		{ "s icmp 192.0.2.1:1", &parse_service_new, "tcp or udp" },
		{ "s tcp 192.0.2.1", &parse_service_new, "ADDR:PORT" },
		{ "s tcp [192.0.2.1]:80", &parse_service_new, "ADDR:PORT" },
		{ "s tcp 192.0.2.1:0", &parse_service_new, "ADDR:PORT" },
		{ "s tcp 192.0.2.1:65536", &parse_service_new, "65536" },
		{ "s tcp 192.0.2.1:80", &parse_service_new, "pool POOL" },
		{ "s tcp 192.0.2.1:80 pool p port 81", &parse_service_new,
		  "\"port\"" },
		{ "s timeout", &parse_service_set, "timeout" },
		{ "s timeout syn", &parse_service_set, "\"timeout syn\"" },
		{ "s timeout syn 0", &parse_service_set, "timeout syn \"0\"" },
		{ "s timeout syn 8d", &parse_service_set, "\"8d\"" },
		{ "s timeout syn 1 timeout syn 2", &parse_service_set,
		  "\"timeout syn\"|twice" },
		{ "s hash 5tuple/24", &parse_service_set, "\"5tuple/24\"" },
		{ "s hash source/0", &parse_service_set, "\"source/0\"" },
		{ "s table-size 250", &parse_service_set, "\"250\"|auto" },
		{ "p r", &parse_verdict_set, "up or down" },
		{ "p r up down", &parse_verdict_set, "\"down\"" },
		{ "p r up up", &parse_verdict_set, "\"up\"" },
		{ "", &parse_flow_some, "at least one" },
		{ "client 192.0.2.1:1,2", &parse_flow_some, "192.0.2.1:1,2" },
		{ "", &parse_arm_key, "name of the device|missing" },
		{ "a234567890123456", &parse_arm_key,
		  "\"a234567890123456\"|1 to 15 bytes" },
		{ "eth0 eth1", &parse_arm_key, "\"eth1\"|too many" },
		{ "eth0 eth1", &parse_arm_filter, "\"eth1\"|too many" },
		{ "x", &parse_nothing, "\"x\"" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		refuses(cases[i].line, cases[i].grammar, cases[i].words);
}

static void too_many_ports_and_checks_are_refused(void **state)
{
	char line[512] = "s port 1";
	int i;

	(void)state;
	for (i = 2; i <= LBVS_PORTS_MAX; i++)
		sprintf(line + strlen(line), ",%d", i);
	accepts(line, &parse_service_set, &(struct model_service){ 0 });
	strcat(line, ",99");
	refuses(line, &parse_service_set, "1 to 32 ports");
	strcpy(line, "p check c0");
	for (i = 1; i < LBVS_CHECKS_MAX; i++)
		sprintf(line + strlen(line), ",c%d", i);
	accepts(line, &parse_pool_set, &(struct model_pool){ 0 });
	strcat(line, ",more");
	refuses(line, &parse_pool_set, "1 to 32 names");
}

static void a_long_word_does_not_overrun(void **state)
{
	char line[1000] = "p check ";

	(void)state;
	memset(line + strlen(line), 'x', sizeof(line) - strlen(line) - 1);
	refuses(line, &parse_pool_set, "check \"xxxx");
	memcpy(line, "s tcp [:", 8);
	refuses(line, &parse_service_new, "[:");
}

static void numbers_are_written_for_people(void **state)
{
	char buf[VALUE_NUMBER_SIZE];

	(void)state;
	assert_string_equal(value_time(2400, buf), "40m");
	assert_string_equal(value_time(90, buf), "90s");
	assert_string_equal(value_time(7200, buf), "2h");
	assert_string_equal(value_time(86400, buf), "1d");
	assert_string_equal(value_time(0, buf), "0s");
	assert_string_equal(value_left(0, buf), "0s");
	assert_string_equal(value_left(1, buf), "1s");
	assert_string_equal(value_left(59001, buf), "1m");
	assert_string_equal(value_left(249001, buf), "4m10s");
	assert_string_equal(value_left(3605000, buf), "1h");
	assert_string_equal(value_left(LBVS_DEADLINE_MAX - 1000, buf), "6d23h");
	assert_string_equal(value_age(0, buf), "0ms");
	assert_string_equal(value_age(999, buf), "999ms");
	assert_string_equal(value_age(119999, buf), "119s");
	assert_string_equal(value_age(120000, buf), "2m");
	assert_string_equal(value_bytes(999, buf), "999");
	assert_string_equal(value_bytes(1000, buf), "1.0K");
	assert_string_equal(value_bytes(1250000, buf), "1.2M");
	assert_string_equal(value_bytes(34500000, buf), "34M");
	assert_string_equal(value_bytes(999999, buf), "999K");
	assert_string_equal(value_bytes(1000000, buf), "1.0M");
	assert_string_equal(value_bytes(UINT64_MAX, buf), "18E");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_takes_checks_and_key),
		cmocka_unit_test(none_is_an_empty_list_that_is_set),
		cmocka_unit_test(real_takes_both_families),
		cmocka_unit_test(drain_takes_a_deadline),
		cmocka_unit_test(service_takes_everything),
		cmocka_unit_test(service_set_resets_what_it_is_told_to),
		cmocka_unit_test(verdict_words_come_in_any_order),
		cmocka_unit_test(flow_client_may_have_a_port),
		cmocka_unit_test(an_arm_is_any_device),
		cmocka_unit_test(bad_words_are_named),
		cmocka_unit_test(too_many_ports_and_checks_are_refused),
		cmocka_unit_test(a_long_word_does_not_overrun),
		cmocka_unit_test(numbers_are_written_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
