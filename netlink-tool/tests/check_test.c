// SPDX-License-Identifier: GPL-2.0-or-later
/* What a check is by default, and the values that only checks have. */
#include "test.h"

#include "check.h"

static void a_check_has_the_documented_timing(void **state)
{
	struct check *check = check_new("exchange", "owa");

	(void)state;
	assert_non_null(check);
	assert_string_equal(check->pool, "exchange");
	assert_string_equal(check->name, "owa");
	assert_int_equal(check->timing.inter, 5000);
	assert_int_equal(check->timing.timeout, 4000);
	assert_int_equal(check->timing.fastinter, 1000);
	assert_int_equal(check->timing.downinter, 10000);
	assert_int_equal(check->timing.fall, 3);
	assert_int_equal(check->timing.fall_hard, 1);
	assert_int_equal(check->timing.rise, 2);
	assert_int_equal(check->timing.jitter, 5);
	check_free(check);
}

static void probes_keep_their_order(void **state)
{
	struct check *check = check_new("exchange", "mapi");
	struct check_probe *first, *second;

	(void)state;
	assert_non_null(check);
	first = check_probe_new(check, CHECK_RPC);
	second = check_probe_new(check, CHECK_TLS);
	assert_int_equal(check->probes, 2);
	assert_ptr_equal(check->probe, first);
	assert_ptr_equal(first->next, second);
	assert_int_equal(check_default_port(first), 135);
	assert_int_equal(check_default_port(second), 0);
	assert_true(first->verify);
	check_free(check);
}

static void an_interface_is_a_name_or_a_uuid(void **state)
{
	static const uint8_t nspi[] = { 0xf5, 0xcc, 0x5a, 0x18 };
	struct check_interface interface;

	(void)state;
	assert_true(check_read_interface("nspi", &interface));
	assert_memory_equal(interface.uuid, nspi, sizeof(nspi));
	assert_int_equal(interface.major, 56);
	assert_true(check_read_interface(
		"A4F1DB00-ca47-1067-b31f-00dd010662da/0.81", &interface));
	assert_int_equal(interface.uuid[0], 0xa4);
	assert_int_equal(interface.uuid[15], 0xda);
	assert_int_equal(interface.major, 0);
	assert_int_equal(interface.minor, 81);
	assert_true(check_read_interface(
		"a4f1db00-ca47-1067-b31f-00dd010662da", &interface));
	assert_int_equal(interface.major, 1);
}

static void what_is_no_interface_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "nspi ", "a4f1db00", "a4f1db00-ca47-1067-b31f-00dd010662d",
		"a4f1db00-ca47-1067-b31f-00dd010662da/",
		"a4f1db00-ca47-1067-b31f-00dd010662da/1.",
		"a4f1db00-ca47-1067-b31f-00dd010662da/65536",
		"a4f1db00+ca47-1067-b31f-00dd010662da",
		"a4f1db00-ca47-1067-b31f-00dd010662dax",
	};
	struct check_interface interface = { .major = 7 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(check_read_interface(bad[i], &interface));
	assert_int_equal(interface.major, 7);
}

static void statuses_are_numbers_and_ranges(void **state)
{
	struct check_probe probe = { 0 };

	(void)state;
	assert_true(check_read_statuses("200,301-303", &probe));
	assert_int_equal(probe.statuses, 2);
	assert_int_equal(probe.status[0].first, 200);
	assert_int_equal(probe.status[0].last, 200);
	assert_int_equal(probe.status[1].first, 301);
	assert_int_equal(probe.status[1].last, 303);
	assert_false(check_read_statuses("200,", &probe));
	assert_false(check_read_statuses("", &probe));
	assert_false(check_read_statuses("99", &probe));
	assert_false(check_read_statuses("2000", &probe));
	assert_false(check_read_statuses("300-200", &probe));
	assert_false(check_read_statuses("200-", &probe));
	assert_false(check_read_statuses("1,2", &probe));
	assert_int_equal(probe.statuses, 2);
	assert_true(check_read_statuses(
		"200,201,202,203,204,205,206,207,208,209,210,211,212,213,214,215",
		&probe));
	assert_int_equal(probe.statuses, CHECK_STATUS_MAX);
	assert_false(check_read_statuses(
		"200,201,202,203,204,205,206,207,208,209,210,211,212,213,214,215,216",
		&probe));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_has_the_documented_timing),
		cmocka_unit_test(probes_keep_their_order),
		cmocka_unit_test(an_interface_is_a_name_or_a_uuid),
		cmocka_unit_test(what_is_no_interface_is_refused),
		cmocka_unit_test(statuses_are_numbers_and_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
