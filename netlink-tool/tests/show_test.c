// SPDX-License-Identifier: GPL-2.0-or-later
/* What a person sees of the whole: lbctl show. */
#include "printed.h"

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
		"  ex1   203.0.113.11       1  usable, share 50 %, ramp 37 %",
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_overview_has_all_services_and_members),
		cmocka_unit_test(the_overview_counts_what_it_does_not_name),
		cmocka_unit_test(without_arms_all_is_slow),
		cmocka_unit_test(the_overview_is_one_json_object),
		cmocka_unit_test(an_empty_system_gets_a_hint),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
