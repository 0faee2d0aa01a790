// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration file: what it is read as, and what is said of bad ones. */
#include "test.h"

#include <netinet/in.h>

#include "config.h"
#include "config_file.h"
#include "config_json.h"

static FILE *open_text(const char *text)
{
	FILE *in = *text ? fmemopen((void *)text, strlen(text), "r") :
			   fopen("/dev/null", "r");

	assert_non_null(in);
	return in;
}

static int load(const char *text, struct config *config,
		struct config_errors *errors)
{
	FILE *in = open_text(text);
	int ret;

	memset(errors, 0, sizeof(*errors));
	ret = config_load(in, config, errors);
	fclose(in);
	return ret;
}

static void accepts(const char *text, struct config *config)
{
	struct config_errors errors;

	if (load(text, config, &errors))
		fail_msg("%s: line %u: %s", text, errors.error[0].line,
			 errors.error[0].sentence);
	config_errors_free(&errors);
}

/* What is printed of it, as "f:LINE: SENTENCE". */
static char *complaints_of(const char *text,
			   int (*load_by)(FILE *in, struct config *config,
					  struct config_errors *errors))
{
	struct config_errors errors = { .count = 0 };
	FILE *in = open_text(text);
	struct config config;
	size_t size = 0;
	char *said = NULL;
	FILE *out = open_memstream(&said, &size);

	assert_non_null(out);
	if (!load_by(in, &config, &errors))
		fail_msg("%s: accepted", text);
	fclose(in);
	config_errors_print(&errors, "f", out);
	fclose(out);
	config_free(&config);
	config_errors_free(&errors);
	return said;
}

static char *complaints(const char *text)
{
	return complaints_of(text, config_load);
}

/* All of "said", separated by |, has to be in it. */
static void complains_of(const char *text, const char *said)
{
	char *all = complaints(text), copy[512], *part, *rest = NULL;

	snprintf(copy, sizeof(copy), "%s", said);
	for (part = strtok_r(copy, "|", &rest); part;
	     part = strtok_r(NULL, "|", &rest))
		if (!strstr(all, part))
			fail_msg("%s\ngives:\n%swithout \"%s\"", text, all,
				 part);
	free(all);
}

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

#define POOL "pool p { check c {} real r { address = 192.0.2.1 } }\n"
#define SERVICE(name, more)						\
	"service " name " { proto = tcp address = 198.51.100.1 pool = p "	\
	more " }\n"

static void each_bad_word_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} cases[] = {
		/* spelling */
		{ "pool p {", "f:1: \"{\"" },
		{ "\n}", "f:2: \"}\"" },
		{ "arm = {a}\n\narm = \"x\n\n", "f:3: |quotation" },
		{ "# x\n/* y", "f:2: \"/*\"" },
		{ "arm = {a b}", "f:1: |\"b\"" },
		{ "arm a", "f:1: |\"arm\"" },
		{ "arm = ${HOME}", "f:1: \"${\"" },
		{ "arm = \"${HOME}\"", "f:1: \"${\"" },
		{ "arm = \"\\n\"", "f:1: \"\\\"" },
		{ "arm = a*b", "f:1: \"*\"" },
		{ "arm = a\001", "control character (0x01)" },
		{ "arm = 1 + 2", "f:1: \"+\"" },
		/* words */
		{ "frob = 1\nknob = 2", "f:1: \"frob\"|f:2: \"knob\"|service" },
		{ "pool p {\nreal r {\nwait = 1\n} }", "f:3: \"wait\"|weight" },
		{ "frob x { y = 1 }", "f:1: \"frob\"" },
		{ "service s { timeout { rst = 5 } }", "\"rst\"|closed" },
		{ "service s { timeout = 5 }", "\"timeout\"" },
		{ "'a|b' = 1", "f:1: " },
		{ "'p p' { }", "f:1: " },
		/* values */
		{ "pool p { real r {\naddress = 192.0.2.256 } }",
		  "f:2: address \"192.0.2.256\"" },
		{ "pool p { real r { address = 192.0.2.1\n\nweight = 65536 } }",
		  "f:3: weight \"65536\"|65535" },
		{ "pool p { real r { address = {192.0.2.1, 192.0.2.2} } }",
		  "\"192.0.2.1,192.0.2.2\"" },
		{ "pool p { real r { address = 192.0.2.1\n weight = 1\n"
		  " weight = 1 } }", "f:3: \"weight\" is given twice" },
		{ "pool p { real r { } }", "f:1: real \"r\"|address is miss" },
		{ "pool '' { }", "\"\": expected a name" },
		{ "pool p { hash-key = 00 }", "hash-key \"00\"|32 hex" },
		{ "pool p { ramp = fast }", "ramp \"fast\"|or off" },
		{ "arm = {abcdefghijklmnopq}", "\"abcdefghijklmnopq\"" },
		{ "arm = a arm = b", "\"arm\" is given twice" },
		{ "service s { proto = icmp }", "proto \"icmp\"|tcp or udp|"
		  "the pool is missing|the port is missing" },
		{ POOL SERVICE("s", "port = 0"), "f:2: port \"0\"" },
		{ POOL SERVICE("s", "port = 80 timeout { syn = 8d }"),
		  "timeout syn \"8d\"" },
		/* checks */
		{ "pool p { check c { kind = ftp } }", "kind \"ftp\"|smtp" },
		{ "pool p { check c { path = / } }", "\"c\"|kind is missing" },
		{ "pool p { check c { kind = tcp } }", "port is missing" },
		{ "pool p { check c { kind = exec } }", "command is missing" },
		{ "pool p { check c { kind = exec command = ls } }",
		  "command \"ls\"" },
		{ "pool p { check c { kind = smtp path = /x } }",
		  "\"path\"|smtp|https" },
		{ "pool p { check c { kind = smtp sni = x } }",
		  "\"sni\"|starttls" },
		{ "pool p { check c { kind = http path = x } }", "path \"x\"" },
		{ "pool p { check c { kind = http status = 99 } }",
		  "status \"99\"" },
		{ "pool p { check c { kind = http port = {1, 2} } }",
		  "\"port\"|single" },
		{ "pool p { check c { kind = https verify = maybe } }",
		  "verify \"maybe\"|yes or no" },
		{ "pool p { check c { kind = rpc interface = x } }",
		  "interface \"x\"|nspi" },
		{ "pool p { check c { kind = http inter = 5ms } }",
		  "inter \"5ms\"|100ms|1h" },
		{ "pool p { check c { kind = http fall = 0 } }", "fall \"0\"" },
		{ "pool p { check c { kind = http fall = 1 fall = 1 } }",
		  "\"fall\" is given twice" },
		{ "pool p { check c { kind = http kind = tcp } }",
		  "\"kind\" is given twice" },
		{ "pool p { check c { kind = http degrade = 100 } }",
		  "degrade \"100\"" },
		{ "pool p { check c { kind = http join = all-of } }",
		  "\"join\" goes only" },
		{ "pool p { check c { probe { kind = http } path = /x } }",
		  "\"path\" stands beside" },
		{ "pool p { check c { probe { port = 5 } } }",
		  "\"c\"|kind is missing" },
		{ "pool p { check c { inter = 5s } }", "\"inter\"|\"c\"" },
		{ "pool p { check none {} }", "check \"none\"" },
		{ "agent a { lease = 1ms }", "lease \"1ms\"|1s|1h" },
		{ "agent a { on-expiry = x }", "on-expiry \"x\"|hold" },
		{ "agent a {}\nagent b {}", "f:2: agent \"b\"|\"a\"" },
		/* sense */
		{ "pool p {}\npool p {}", "f:2: pool \"p\"" },
		{ "pool p { check c {}\ncheck c {} }", "f:2: check \"c\"" },
		{ "pool p { real r { address = 192.0.2.1 }\n"
		  "real r { address = 192.0.2.2 } }", "f:2: real \"r\"" },
		{ "pool p { real r { address = 192.0.2.1 }\n"
		  "real s { address = 192.0.2.1 } }",
		  "f:2: address \"192.0.2.1\"|\"r\"" },
		{ "pool p { real r { address = 192.0.2.1 }\n"
		  "real s { address = 2001:db8::1 } }",
		  "f:2: address \"2001:db8::1\"|family" },
		{ "pool p { real r { address = 224.0.0.1 } }",
		  "address \"224.0.0.1\"|unicast" },
		{ "arm = {a,\na}", "f:1: arm \"a\"" },
		{ POOL SERVICE("s", "port = 80") SERVICE("s", "port = 81"),
		  "f:3: service \"s\"" },
		{ POOL SERVICE("s", "port = {80, 81}") SERVICE("t", "port = 81"),
		  "f:3: port \"81\"|\"s\"|tcp 198.51.100.1:81" },
		{ POOL SERVICE("s", "port = {80, 80}"), "f:2: port \"80\"" },
		{ POOL SERVICE("s", "port = 80\nrequire = {c, x}"),
		  "f:3: require \"x\"" },
		{ POOL "service s { proto = tcp address = 192.0.2.1\n"
		  "port = 1 pool = p }",
		  "f:1: address \"192.0.2.1\"|service \"s\"" },
		{ POOL "service s { proto = tcp address = 2001:db8::1\n"
		  "port = 1 pool = p }", "f:3: pool \"p\"|family" },
		{ "service s { proto = tcp address = 192.0.2.1 port = 1\n"
		  "pool = p }", "f:2: pool \"p\": there is no" },
		{ POOL SERVICE("s", "port = {80, 81} to = 1"), "to \"1\"" },
		{ POOL SERVICE("s", "port = 1 hash = source/33"),
		  "hash \"source/33\"" },
		{ POOL SERVICE("s", "port = 1 table-size = 1000"),
		  "table-size \"1000\"|prime" },
		{ POOL SERVICE("s", "port = 1 sched = lc bound = 1.25"),
		  "bound \"1.25\"|maglev" },
		{ POOL SERVICE("s", "port = 1 bound = 1"),
		  "bound \"1\"|1.01 to 10, or off" },
		{ POOL SERVICE("s", "port = 1 bound = 1.255"),
		  "bound \"1.255\"" },
		{ POOL SERVICE("s", "port = 1 max-flows = 0"),
		  "max-flows \"0\"|none" },
		{ POOL SERVICE("s", "port = {587, 25} snat = auto"),
		  "snat \"auto\"|port 25" },
		{ POOL SERVICE("s", "port = 26 persist = 5m sched = maglev"),
		  "persist|maglev needs none" },
		{ POOL SERVICE("s", "port = 26 persist = 5m/33"),
		  "/33|longer than an address" },
		{ POOL SERVICE("s", "port = 26 together = w"),
		  "together \"w\"|one real" },
		{ POOL SERVICE("s", "port = 26 together = w sched = maglev "
			       "hash = 5tuple"), "together \"w\"|one real" },
		{ POOL SERVICE("s", "port = 26 together = w persist = 5m "
			       "persist-scope = service"),
		  "together \"w\"|one real" },
		{ POOL SERVICE("s", "port = 26 persist = 8d"),
		  "8d|expected a time" },
		{ POOL SERVICE("s", "port = 26 persist = off/24"),
		  "off/24|expected a time" },
		{ POOL SERVICE("s", "port = 26 to = 25 snat = auto"),
		  "snat \"auto\"|port 25" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		complains_of(cases[i].text, cases[i].said);
}

static void all_errors_are_told_in_their_order(void **state)
{
	char *said;

	(void)state;
	said = complaints("service s { frob = 1 }\n"
			  "pool p { real r {\n"
			  "weight = x\n"
			  "address = y } }\n");
	assert_string_equal(said,
		"f:1: \"frob\" is not known here: expected one of proto, "
		"address, port, hash, pool, sched, table-size, require, to, "
		"when-empty, initial, on-down, snat, max-flows, max-rate, "
		"bound, persist, persist-scope, together, timeout\n"
		"f:1: service \"s\": the proto is missing\n"
		"f:1: service \"s\": the address is missing\n"
		"f:1: service \"s\": the port is missing\n"
		"f:1: service \"s\": the pool is missing\n"
		"f:3: weight \"x\": expected a number from 0 to 65535\n"
		"f:4: address \"y\": expected an IPv4 or IPv6 address\n");
	free(said);
}

static void very_many_errors_end_somewhere(void **state)
{
	char text[4096] = "pool p {\n", *said;
	int i;

	(void)state;
	for (i = 0; i < 120; i++)
		strcat(text, "real r {}\n");
	strcat(text, "}\n");
	said = complaints(text);
	assert_non_null(strstr(said, "and more errors than these 100"));
	free(said);
}

/* A bad file must not be in the way of the next: one process reads many. */
static void a_bad_file_leaves_nothing_behind(void **state)
{
	static const char *const bad[] = {
		"arm = \"x", "arm = 'x", "/* x", "pool p { real r {", "arm =",
		"arm = {a", "frob x {}", "= = =",
	};
	struct config c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		free(complaints(bad[i]));
		accepts("arm = {a}", &c);
		assert_int_equal(c.arms.count, 1);
		config_free(&c);
	}
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

/* Which has no lines, for who reads it. */
static void what_is_wrong_in_json_is_told_by_its_object(void **state)
{
	static const char good[] =
		"{ \"pool\": [{ \"name\": \"p\" }], \"service\": [{ \"name\": \"s\", "
		"\"proto\": \"tcp\", \"address\": \"198.51.100.1\", \"port\": 80, "
		"\"pool\": \"p\" }] }";
	struct config c;

	(void)state;
	complains_of("{ \"service\": [{ \"name\": \"s\", \"proto\": \"tcp\", "
		"\"address\": \"198.51.100.1\", \"port\": 80, \"pool\": \"q\", "
		"\"timeout\": { \"syn\": \"x\" } }, { \"name\": \"t\", "
		"\"proto\": \"frob\" }], "
		"\"pool\": [{ \"name\": \"p\", \"check\": [{ \"name\": \"c\", "
		"\"probe\": [{ \"kind\": \"frob\" }] }], \"real\": [{ \"name\": \"r\", "
		"\"address\": [1.5] }] }], \"defaults\": { \"check\": { \"inter\": 0 } } }",
		"f: service s, timeout: timeout syn \"x\"|f: service t: proto \"frob\"|"
		"f: pool p, check c, probe: |f: pool p, real r: \"address\"|"
		"f: defaults, check: inter \"0\"");
	complains_of("{ \"service\": [{ \"name\": \"s\", \"proto\": \"tcp\", "
		"\"address\": \"198.51.100.1\", \"port\": 80, \"pool\": \"q\" }] }",
		"f: service s: pool \"q\": there is no pool");
	accepts(good, &c);
	assert_int_equal(config_line(&c, c.services.first, 0), 0);
	config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_what_the_file_says),
		cmocka_unit_test(checks_are_what_the_file_says),
		cmocka_unit_test(an_empty_file_says_nothing),
		cmocka_unit_test(each_bad_word_is_named_with_its_line),
		cmocka_unit_test(all_errors_are_told_in_their_order),
		cmocka_unit_test(very_many_errors_end_somewhere),
		cmocka_unit_test(a_bad_file_leaves_nothing_behind),
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(only_what_is_not_default_is_written),
		cmocka_unit_test(files_that_it_names_are_read_where_that_is_asked),
		cmocka_unit_test(json_says_the_same_as_a_file),
		cmocka_unit_test(what_is_wrong_in_json_is_told_by_its_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
