// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the family takes, the fuzzer sends: each command that can be asked for,
 * each attribute that is not read only.
 */
#include "unit.h"

#include "../fuzz/netlink_tree.c"
#include "../fuzz/random.c"

#include <string.h>

#define BIT(n) (1ull << (n))

/* The attributes that all sets have, where no request has them. */
#define SILENT	BIT(LBVS_A_PAD)
#define READING (SILENT | BIT(LBVS_A_GENERATION))

/* A set of attributes, and of them those that never are in a request. */
static const struct set {
	const char *name;
	uint8_t commands[6];
	unsigned int max;
	uint64_t read_only;
} sets[] = {
	{ "pool",
	  { LBVS_CMD_POOL_NEW, LBVS_CMD_POOL_SET, LBVS_CMD_POOL_DEL,
	    LBVS_CMD_POOL_GET },
	  LBVS_A_POOL_MAX,
	  SILENT | BIT(LBVS_A_POOL_REALS) | BIT(LBVS_A_POOL_SERVICES) |
		  BIT(LBVS_A_POOL_EVENT) },
	{ "real",
	  { LBVS_CMD_REAL_NEW, LBVS_CMD_REAL_SET, LBVS_CMD_REAL_DEL,
	    LBVS_CMD_REAL_GET },
	  LBVS_A_REAL_MAX,
	  SILENT | BIT(LBVS_A_REAL_VERDICT) | BIT(LBVS_A_REAL_ACTIVE_FLOWS) |
		  BIT(LBVS_A_REAL_COUNTERS) | BIT(LBVS_A_REAL_RAMP) |
		  BIT(LBVS_A_REAL_EVENT) | BIT(LBVS_A_REAL_DRAIN_LEFT) |
		  BIT(LBVS_A_REAL_DRAIN_ENDED) | BIT(LBVS_A_REAL_DRAIN_RESET) |
		  BIT(LBVS_A_REAL_DRAIN_DROPPED) },
	{ "service",
	  { LBVS_CMD_SERVICE_NEW, LBVS_CMD_SERVICE_SET, LBVS_CMD_SERVICE_DEL,
	    LBVS_CMD_SERVICE_GET },
	  LBVS_A_SERVICE_MAX,
	  SILENT | BIT(LBVS_A_SERVICE_STATE) | BIT(LBVS_A_SERVICE_MEMBERS) |
		  BIT(LBVS_A_SERVICE_USABLE) |
		  BIT(LBVS_A_SERVICE_ACTIVE_FLOWS) |
		  BIT(LBVS_A_SERVICE_COUNTERS) | BIT(LBVS_A_SERVICE_EVENT) },
	{ "member",
	  { LBVS_CMD_MEMBER_GET },
	  LBVS_A_MEMBER_MAX,
	  READING | BIT(LBVS_A_MEMBER_ADDR) | BIT(LBVS_A_MEMBER_WEIGHT) |
		  BIT(LBVS_A_MEMBER_STATE) | BIT(LBVS_A_MEMBER_CHECK) |
		  BIT(LBVS_A_MEMBER_SHARE) | BIT(LBVS_A_MEMBER_ACTIVE_FLOWS) |
		  BIT(LBVS_A_MEMBER_COUNTERS) | BIT(LBVS_A_MEMBER_RAMP) |
		  BIT(LBVS_A_MEMBER_EVENT) | BIT(LBVS_A_MEMBER_PARTNER) },
	{ "verdict",
	  { LBVS_CMD_VERDICT_SET, LBVS_CMD_VERDICT_DEL, LBVS_CMD_VERDICT_GET },
	  LBVS_A_VERDICT_MAX,
	  SILENT | BIT(LBVS_A_VERDICT_STALE) | BIT(LBVS_A_VERDICT_LEASE_LEFT) |
		  BIT(LBVS_A_VERDICT_AGE) | BIT(LBVS_A_VERDICT_EVENT) },
	{ "agent",
	  { LBVS_CMD_AGENT_NEW, LBVS_CMD_AGENT_RENEW, LBVS_CMD_AGENT_DEL,
	    LBVS_CMD_AGENT_GET },
	  LBVS_A_AGENT_MAX,
	  READING | BIT(LBVS_A_AGENT_STATE) | BIT(LBVS_A_AGENT_LEFT) |
		  BIT(LBVS_A_AGENT_VERDICTS) | BIT(LBVS_A_AGENT_EVENT) },
	{ "flow",
	  { LBVS_CMD_FLOW_GET, LBVS_CMD_FLOW_DEL },
	  LBVS_A_FLOW_MAX,
	  READING | BIT(LBVS_A_FLOW_VIRTUAL_ADDR) |
		  BIT(LBVS_A_FLOW_VIRTUAL_PORT) | BIT(LBVS_A_FLOW_REAL_ADDR) |
		  BIT(LBVS_A_FLOW_REAL_PORT) | BIT(LBVS_A_FLOW_SNAT_ADDR) |
		  BIT(LBVS_A_FLOW_SNAT_PORT) | BIT(LBVS_A_FLOW_STATE) |
		  BIT(LBVS_A_FLOW_EXPIRES) | BIT(LBVS_A_FLOW_COUNT) |
		  BIT(LBVS_A_FLOW_EVENT) },
	{ "explain",
	  { LBVS_CMD_EXPLAIN_GET },
	  LBVS_A_EXPLAIN_MAX,
	  READING | BIT(LBVS_A_EXPLAIN_POOL) | BIT(LBVS_A_EXPLAIN_REAL) |
		  BIT(LBVS_A_EXPLAIN_ADDR) | BIT(LBVS_A_EXPLAIN_STATE) |
		  BIT(LBVS_A_EXPLAIN_CHECK) | BIT(LBVS_A_EXPLAIN_PARTNER) |
		  BIT(LBVS_A_EXPLAIN_ACTIVE_FLOWS) | BIT(LBVS_A_EXPLAIN_RULE) |
		  BIT(LBVS_A_EXPLAIN_SLOT) | BIT(LBVS_A_EXPLAIN_TABLE_SIZE) },
	{ "affinity",
	  { LBVS_CMD_AFFINITY_GET, LBVS_CMD_AFFINITY_DEL },
	  LBVS_A_AFFINITY_MAX,
	  READING | BIT(LBVS_A_AFFINITY_CLIENT_PREFIX) |
		  BIT(LBVS_A_AFFINITY_EXPIRES) | BIT(LBVS_A_AFFINITY_COUNT) },
	{ "arm",
	  { LBVS_CMD_ARM_NEW, LBVS_CMD_ARM_DEL, LBVS_CMD_ARM_GET },
	  LBVS_A_ARM_MAX,
	  READING | BIT(LBVS_A_ARM_IFINDEX) | BIT(LBVS_A_ARM_EVENT) },
	{ "stats",
	  { LBVS_CMD_STATS_GET, LBVS_CMD_CONFIG_DEL, LBVS_CMD_CONFIG_BEGIN,
	    LBVS_CMD_CONFIG_COMMIT, LBVS_CMD_CONFIG_ABORT },
	  LBVS_A_STATS_MAX,
	  SILENT | BIT(LBVS_A_STATS_POOLS) | BIT(LBVS_A_STATS_SERVICES) |
		  BIT(LBVS_A_STATS_FLOWS) | BIT(LBVS_A_STATS_FLOWS_MAX) |
		  BIT(LBVS_A_STATS_FLOW_BYTES) |
		  BIT(LBVS_A_STATS_FLOW_BUCKETS) | BIT(LBVS_A_STATS_STAT) },
};

/* What only the kernel sends. */
static const uint8_t notifications[] = {
	LBVS_CMD_POOL_NTF,   LBVS_CMD_REAL_NTF,	   LBVS_CMD_SERVICE_NTF,
	LBVS_CMD_MEMBER_NTF, LBVS_CMD_VERDICT_NTF, LBVS_CMD_FLOW_NTF,
	LBVS_CMD_ARM_NTF,    LBVS_CMD_AGENT_NTF,
};

static bool is_notification(uint8_t command)
{
	return memchr(notifications, command, sizeof(notifications));
}

static bool is_in_set(const struct set *set, uint8_t command)
{
	return memchr(set->commands, command, sizeof(set->commands));
}

static uint64_t fields_of(const struct set *set)
{
	const struct field *field;
	uint64_t seen = 0;
	size_t i;

	for (i = 0; i < tree_size; i++) {
		if (!is_in_set(set, tree_commands[i].number))
			continue;
		field = tree_commands[i].fields;
		for (; field->kind != KIND_END; field++)
			seen |= BIT(field->type);
	}
	return seen;
}

static void each_command_is_sent(void **state)
{
	unsigned int command;

	(void)state;
	for (command = 1; command <= LBVS_CMD_MAX; command++)
		if (!is_notification(command) && !tree_find(command))
			fail_msg("command %u is not in the tree", command);
}

static void each_command_has_its_set(void **state)
{
	unsigned int command;
	size_t i;

	(void)state;
	for (command = 1; command <= LBVS_CMD_MAX; command++) {
		for (i = 0; i < ARRAY_SIZE(sets); i++)
			if (is_in_set(&sets[i], command))
				break;
		if (i == ARRAY_SIZE(sets) && !is_notification(command))
			fail_msg("command %u has no set here", command);
	}
}

static void each_attribute_is_sent(void **state)
{
	unsigned int type;
	uint64_t known;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		known = fields_of(&sets[i]) | sets[i].read_only;
		assert_true(sets[i].max < 64);
		for (type = 1; type <= sets[i].max; type++)
			if (!(known & BIT(type)))
				fail_msg(
					"attribute %u of the set \"%s\" is not in the tree",
					type, sets[i].name);
	}
}

/* Nests have a set of their own each. */
static void each_attribute_of_a_nest_is_sent(void **state)
{
	(void)state;
	assert_int_equal(LBVS_A_CHECK_MAX, LBVS_A_CHECK_NAME);
	assert_int_equal(check_list[0].type, LBVS_A_CHECK_NAME);
	assert_int_equal(LBVS_A_VERDICTS_MAX, LBVS_A_VERDICTS_ENTRY);
	assert_int_equal(verdict_entries[0].type, LBVS_A_VERDICTS_ENTRY);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_command_is_sent),
		cmocka_unit_test(each_command_has_its_set),
		cmocka_unit_test(each_attribute_is_sent),
		cmocka_unit_test(each_attribute_of_a_nest_is_sent),
	};

	return cmocka_run_group_tests_name("fuzz tree", tests, NULL, NULL);
}
