// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration file: what is said of bad ones. */
#include "config_case.h"

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
		cmocka_unit_test(each_bad_word_is_named_with_its_line),
		cmocka_unit_test(all_errors_are_told_in_their_order),
		cmocka_unit_test(very_many_errors_end_somewhere),
		cmocka_unit_test(a_bad_file_leaves_nothing_behind),
		cmocka_unit_test(what_is_wrong_in_json_is_told_by_its_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
