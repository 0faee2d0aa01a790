// SPDX-License-Identifier: GPL-2.0-or-later
/* What a person sees of one kind of object, and what commands about it send. */
#include "printed.h"

static void one_service_is_explained(void **state)
{
	static const char *const lines[] = {
		"name                 owa\n",
		"hash                 source/24\n",
		"require              owa,mapi\n",
		"timeout established  40m\n",
		"  REAL  ADDRESS",
		"ex2", "check owa is down for 12s: HTTP 503\n",
		"ex3", "the operator drains the real: 4m10s left, 12 flows\n",
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

static void a_drain_has_a_deadline(void **state)
{
	(void)state;
	show(real_commands, "drain p r deadline 10m");
	assert_int_equal(last_real.admin, LBVS_ADMIN_DRAIN);
	assert_true(model_has(&last_real, LBVS_A_REAL_DEADLINE));
	assert_int_equal(last_real.deadline_ms, 600000);
	show(real_commands, "drain p r");
	assert_false(model_has(&last_real, LBVS_A_REAL_DEADLINE));
	assert_int_equal(run_words(real_commands, "enable p r deadline 1m",
				   false), LBCTL_USAGE);
	assert_int_equal(run_words(real_commands, "drain p r --wait --wait",
				   false), LBCTL_USAGE);
	assert_true(asked == 0);
}

static void who_waits_for_a_drain_sees_its_end(void **state)
{
	json_t *json;

	(void)state;
	drain_left = 1;
	show(real_commands, "drain p r --wait deadline 10m");
	assert_string_equal(output, "r: 4m10s left, 1 flow\n"
			    "r is drained: flows ended 3 reset 0 dropped 0\n");
	json = show_json(real_commands, "drain p r --wait");
	assert_int_equal(json_integer_value(json_object_get(json,
							    "drain_ended")),
			 3);
	json_decref(json);
	drain_left = 1;
	drain_end = LBVS_ADMIN_ENABLED;
	assert_int_equal(run_words(real_commands, "drain p r --wait", false),
			 LBCTL_FAILED);
	drain_left = -1;
	drain_end = LBVS_ADMIN_DRAIN;
	is_empty = true;
	assert_int_equal(run_words(real_commands, "drain p r --wait", false),
			 LBCTL_FAILED);
	is_empty = false;
}

static void the_list_of_reals_says_what_is_in_the_way(void **state)
{
	static const char *const lines[] = {
		"exchange  ex1", "exchange  ex3", "\n\nPOOL",
		"exchange  ex3   owa      the operator drains the real: "
		"4m10s left, 12 flows\n",
		NULL
	};
	static const char usable[] = "ex1   owa      usable";
	json_t *json, *real, *service;

	(void)state;
	show(real_commands, "show");
	expect_lines(lines);
	assert_null(strstr(output, usable));
	show(real_commands, "show exchange ex1");
	assert_non_null(strstr(output, usable));
	json = show_json(real_commands, "show");
	real = json_array_get(json, 1);
	assert_int_equal(json_integer_value(json_object_get(real,
							    "drain_left")), 12);
	assert_int_equal(json_integer_value(json_object_get(real,
							    "deadline_ms")),
			 249001);
	service = json_array_get(json_object_get(real, "services"), 0);
	assert_string_equal(json_string_value(json_object_get(service,
							      "service")),
			    "owa");
	assert_string_equal(json_string_value(json_object_get(service, "why")),
			    "the operator drains the real: 4m10s left, 12 flows");
	real = json_array_get(json, 0);
	assert_true(json_is_null(json_object_get(real, "drain_left")));
	assert_int_equal(json_array_size(json_object_get(real, "services")), 2);
	json_decref(json);
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
	assert_int_equal(run_words(arm_commands, "show eth0 eth1", false),
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

static void a_list_that_is_refused_is_not_an_empty_one(void **state)
{
	(void)state;
	refusal = EPERM;
	assert_int_equal(run_words(flow_commands, "show", false), LBCTL_FAILED);
	assert_string_equal(output, "");
	assert_int_equal(run_words(flow_commands, "show", true), LBCTL_FAILED);
	assert_string_equal(output, "");
	refusal = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_service_is_explained),
		cmocka_unit_test(tables_fit_eighty_columns),
		cmocka_unit_test(every_show_is_json_too),
		cmocka_unit_test(a_flow_shows_what_the_real_sees),
		cmocka_unit_test(what_is_not_there_is_an_error),
		cmocka_unit_test(admin_verbs_set_the_admin_state),
		cmocka_unit_test(a_drain_has_a_deadline),
		cmocka_unit_test(who_waits_for_a_drain_sees_its_end),
		cmocka_unit_test(the_list_of_reals_says_what_is_in_the_way),
		cmocka_unit_test(arms_are_listed),
		cmocka_unit_test(arms_come_and_go_in_silence),
		cmocka_unit_test(usage_and_refusal_have_exit_codes),
		cmocka_unit_test(a_list_that_is_refused_is_not_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
