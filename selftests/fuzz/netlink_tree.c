// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the family takes, by <linux/lbvs.h>. A new command is a line in
 * tree_commands[], a new attribute one in its list; ../unit/fuzz_tree_test.c
 * says what was forgotten.
 */
#include "fuzz.h"

#include <linux/lbvs.h>

/* Few, so that requests meet objects of each other's. */
#define WORDS(name, ...) static const char *const name[] = { __VA_ARGS__, NULL }

WORDS(pools, "p0", "p1", "p2");
WORDS(reals, "r0", "r1", "r2", "r3");
WORDS(services, "s0", "s1", "s2", "s3", "s4", "s5");
WORDS(checks, "c0", "c1", "c2");
WORDS(words, "", "w0", "w1");
WORDS(agents, "a0", "a1", "a2");
WORDS(reasons, "", "HTTP 503", "no answer within 4 s");
WORDS(devices, "out0", "in0", "lo", "nobody");

#define GENERATION                                                             \
	{                                                                      \
		LBVS_A_GENERATION, KIND_U32, 3, 100000                         \
	}
#define U32(type, percent, max)                                                \
	{                                                                      \
		type, KIND_U32, percent, max                                   \
	}
#define WORD(type, percent, words)                                             \
	{                                                                      \
		type, KIND_WORD, percent, 0, words                             \
	}
#define NEST(type, percent, inside)                                            \
	{                                                                      \
		type, KIND_NEST, percent, 0, NULL, inside                      \
	}
#define END                                                                    \
	{                                                                      \
		0                                                              \
	}

static const struct field check_list[] = { WORD(LBVS_A_CHECK_NAME, 100, checks),
					   WORD(LBVS_A_CHECK_NAME, 30, checks),
					   END };

static const struct field pool_new[] = {
	GENERATION,
	WORD(LBVS_A_POOL_NAME, 100, pools),
	NEST(LBVS_A_POOL_CHECK, 50, check_list),
	{ LBVS_A_POOL_HASH_KEY, KIND_BYTES, 30, LBVS_KEY_SIZE },
	U32(LBVS_A_POOL_MIN_USABLE, 20, 3),
	U32(LBVS_A_POOL_RAMP, 30, LBVS_RAMP_MAX),
	END,
};

static const struct field pool_name[] = { GENERATION,
					  WORD(LBVS_A_POOL_NAME, 100, pools),
					  END };

static const struct field pool_get[] = { WORD(LBVS_A_POOL_NAME, 30, pools),
					 END };

static const struct field real_new[] = {
	GENERATION,
	WORD(LBVS_A_REAL_POOL, 100, pools),
	WORD(LBVS_A_REAL_NAME, 100, reals),
	{ LBVS_A_REAL_ADDR, KIND_ADDR, 100 },
	U32(LBVS_A_REAL_WEIGHT, 50, LBVS_WEIGHT_MAX),
	U32(LBVS_A_REAL_ADMIN, 30, LBVS_ADMIN_MAX),
	U32(LBVS_A_REAL_LIMIT_FLOWS, 10, 100000),
	U32(LBVS_A_REAL_LIMIT_RATE, 10, LBVS_RATE_MAX),
	U32(LBVS_A_REAL_TIER, 20, LBVS_TIER_MAX),
	END,
};

static const struct field real_set[] = {
	GENERATION,
	WORD(LBVS_A_REAL_POOL, 100, pools),
	WORD(LBVS_A_REAL_NAME, 100, reals),
	U32(LBVS_A_REAL_WEIGHT, 50, 10),
	U32(LBVS_A_REAL_ADMIN, 50, LBVS_ADMIN_MAX),
	U32(LBVS_A_REAL_LIMIT_FLOWS, 10, 10),
	U32(LBVS_A_REAL_LIMIT_RATE, 10, 1000),
	U32(LBVS_A_REAL_TIER, 20, LBVS_TIER_MAX),
	U32(LBVS_A_REAL_DEADLINE, 20, 3000),
	END,
};

static const struct field real_name[] = { GENERATION,
					  WORD(LBVS_A_REAL_POOL, 100, pools),
					  WORD(LBVS_A_REAL_NAME, 100, reals),
					  END };

static const struct field real_get[] = { WORD(LBVS_A_REAL_POOL, 30, pools),
					 WORD(LBVS_A_REAL_NAME, 30, reals),
					 END };

/* The rest of a service, the same for NEW and SET. */
#define SERVICE_OPTIONS(percent)                                               \
	U32(LBVS_A_SERVICE_SCHED, percent, LBVS_SCHED_MAX),                    \
		U32(LBVS_A_SERVICE_HASH, percent, LBVS_HASH_MAX),              \
		U32(LBVS_A_SERVICE_HASH_PREFIX, 10, 32),                       \
		U32(LBVS_A_SERVICE_TABLE_SIZE, 10, LBVS_TABLE_SIZE_MIN),       \
		NEST(LBVS_A_SERVICE_REQUIRE, percent, check_list),             \
		U32(LBVS_A_SERVICE_TO_PORT, 10, 65535),                        \
		U32(LBVS_A_SERVICE_WHEN_EMPTY, percent, LBVS_WHEN_EMPTY_MAX),  \
		U32(LBVS_A_SERVICE_INITIAL, 10, LBVS_INITIAL_MAX),             \
		U32(LBVS_A_SERVICE_ON_DOWN, percent, LBVS_ON_DOWN_MAX),        \
		U32(LBVS_A_SERVICE_SNAT, percent, LBVS_SNAT_MAX),              \
		U32(LBVS_A_SERVICE_LIMIT_FLOWS, 10, 100000),                   \
		U32(LBVS_A_SERVICE_LIMIT_RATE, 10, LBVS_RATE_MAX),             \
		U32(LBVS_A_SERVICE_BOUND, 10, LBVS_BOUND_MAX),                 \
		U32(LBVS_A_SERVICE_PERSIST, percent, 2),                       \
		U32(LBVS_A_SERVICE_PERSIST_PREFIX, 10, 32),                    \
		U32(LBVS_A_SERVICE_PERSIST_SCOPE, percent,                     \
		    LBVS_PERSIST_SCOPE_MAX),                                   \
		WORD(LBVS_A_SERVICE_TOGETHER, 10, words),                      \
		U32(LBVS_A_SERVICE_TIMEOUT_ESTABLISHED, 10, LBVS_TIMEOUT_MAX), \
		U32(LBVS_A_SERVICE_TIMEOUT_SYN, 10, LBVS_TIMEOUT_MAX),         \
		U32(LBVS_A_SERVICE_TIMEOUT_FIN, 10, LBVS_TIMEOUT_MAX),         \
		U32(LBVS_A_SERVICE_TIMEOUT_CLOSED, 10, LBVS_TIMEOUT_MAX),      \
		U32(LBVS_A_SERVICE_TIMEOUT_UDP, 10, LBVS_TIMEOUT_MAX)

static const struct field service_new[] = {
	GENERATION,
	WORD(LBVS_A_SERVICE_NAME, 100, services),
	{ LBVS_A_SERVICE_PROTO, KIND_U8, 100, 17 },
	{ LBVS_A_SERVICE_ADDR, KIND_ADDR, 100 },
	{ LBVS_A_SERVICE_PORT, KIND_PORTS, 100 },
	WORD(LBVS_A_SERVICE_POOL, 100, pools),
	SERVICE_OPTIONS(20),
	END,
};

static const struct field service_set[] = {
	GENERATION,
	WORD(LBVS_A_SERVICE_NAME, 100, services),
	{ LBVS_A_SERVICE_PORT, KIND_PORTS, 20 },
	WORD(LBVS_A_SERVICE_POOL, 20, pools),
	SERVICE_OPTIONS(30),
	END,
};

static const struct field service_name[] = {
	GENERATION, WORD(LBVS_A_SERVICE_NAME, 100, services), END
};

static const struct field service_get[] = {
	WORD(LBVS_A_SERVICE_NAME, 30, services),
	WORD(LBVS_A_SERVICE_POOL, 30, pools), END
};

static const struct field member_get[] = {
	WORD(LBVS_A_MEMBER_SERVICE, 30, services),
	WORD(LBVS_A_MEMBER_POOL, 30, pools),
	WORD(LBVS_A_MEMBER_REAL, 30, reals), END
};

/* What a verdict says, alone and in a list. */
#define VERDICT                                                                \
	WORD(LBVS_A_VERDICT_POOL, 100, pools),                                 \
		WORD(LBVS_A_VERDICT_REAL, 100, reals),                         \
		WORD(LBVS_A_VERDICT_CHECK, 60, checks),                        \
		U32(LBVS_A_VERDICT_STATE, 100, LBVS_VERDICT_STATE_MAX),        \
		WORD(LBVS_A_VERDICT_REASON, 50, reasons),                      \
		U32(LBVS_A_VERDICT_SHARE, 20, 100)

/* Who says it. Epochs count from 1, and are few at first. */
#define VERDICT_BY                                                             \
	WORD(LBVS_A_VERDICT_AGENT, 20, agents),                                \
		U32(LBVS_A_VERDICT_EPOCH, 20, 64)

static const struct field verdict_set[] = { GENERATION, VERDICT, VERDICT_BY,
					    END };

static const struct field verdict_entry[] = { VERDICT, END };

static const struct field verdict_entries[] = {
	NEST(LBVS_A_VERDICTS_ENTRY, 100, verdict_entry),
	NEST(LBVS_A_VERDICTS_ENTRY, 50, verdict_entry),
	NEST(LBVS_A_VERDICTS_ENTRY, 50, verdict_entry), END
};

static const struct field verdict_list[] = {
	GENERATION, VERDICT_BY, NEST(LBVS_A_VERDICT_LIST, 100, verdict_entries),
	END
};

static const struct field verdict_name[] = {
	GENERATION,
	WORD(LBVS_A_VERDICT_POOL, 100, pools),
	WORD(LBVS_A_VERDICT_REAL, 100, reals),
	WORD(LBVS_A_VERDICT_CHECK, 60, checks),
	END,
};

static const struct field verdict_get[] = {
	WORD(LBVS_A_VERDICT_POOL, 30, pools),
	WORD(LBVS_A_VERDICT_REAL, 30, reals),
	WORD(LBVS_A_VERDICT_CHECK, 30, checks), END
};

static const struct field agent_new[] = {
	WORD(LBVS_A_AGENT_NAME, 100, agents),
	U32(LBVS_A_AGENT_LEASE, 100, LBVS_LEASE_MAX),
	U32(LBVS_A_AGENT_GRACE, 30, LBVS_LEASE_MAX),
	U32(LBVS_A_AGENT_ON_EXPIRY, 50, LBVS_ON_EXPIRY_MAX),
	END,
};

static const struct field agent_renew[] = {
	WORD(LBVS_A_AGENT_NAME, 100, agents), U32(LBVS_A_AGENT_EPOCH, 100, 64),
	END
};

static const struct field agent_del[] = { WORD(LBVS_A_AGENT_NAME, 100, agents),
					  U32(LBVS_A_AGENT_EPOCH, 50, 64),
					  END };

static const struct field agent_get[] = { WORD(LBVS_A_AGENT_NAME, 30, agents),
					  END };

static const struct field flow_filter[] = {
	WORD(LBVS_A_FLOW_SERVICE, 30, services),
	WORD(LBVS_A_FLOW_POOL, 30, pools),
	WORD(LBVS_A_FLOW_REAL, 30, reals),
	{ LBVS_A_FLOW_PROTO, KIND_U8, 20, 17 },
	{ LBVS_A_FLOW_CLIENT_ADDR, KIND_ADDR, 20 },
	{ LBVS_A_FLOW_CLIENT_PORT, KIND_U16, 20, 65535 },
	END,
};

static const struct field explain_what[] = {
	WORD(LBVS_A_EXPLAIN_SERVICE, 60, services),
	{ LBVS_A_EXPLAIN_CLIENT_ADDR, KIND_ADDR, 95 },
	{ LBVS_A_EXPLAIN_CLIENT_PORT, KIND_U16, 50, 65535 },
	{ LBVS_A_EXPLAIN_PROTO, KIND_U8, 60, 17 },
	{ LBVS_A_EXPLAIN_VIRTUAL_ADDR, KIND_ADDR, 60 },
	{ LBVS_A_EXPLAIN_VIRTUAL_PORT, KIND_U16, 40, 100 },
	END,
};

static const struct field affinity_filter[] = {
	WORD(LBVS_A_AFFINITY_SERVICE, 30, services),
	WORD(LBVS_A_AFFINITY_POOL, 30, pools),
	WORD(LBVS_A_AFFINITY_REAL, 30, reals),
	{ LBVS_A_AFFINITY_CLIENT_ADDR, KIND_ADDR, 20 },
	END,
};

static const struct field arm_name[] = { WORD(LBVS_A_ARM_DEV, 100, devices),
					 END };

static const struct field arm_filter[] = { WORD(LBVS_A_ARM_DEV, 40, devices),
					   END };

static const struct field nothing[] = { END };
static const struct field generation[] = { GENERATION, END };

#define WRITE(number, often, fields)                                           \
	{                                                                      \
		number, often, true, false, fields                             \
	}
#define READ(number, often, fields)                                            \
	{                                                                      \
		number, often, false, true, fields                             \
	}

const struct command tree_commands[] = {
	WRITE(LBVS_CMD_POOL_NEW, 10, pool_new),
	WRITE(LBVS_CMD_POOL_SET, 5, pool_new),
	WRITE(LBVS_CMD_POOL_DEL, 3, pool_name),
	READ(LBVS_CMD_POOL_GET, 2, pool_get),
	WRITE(LBVS_CMD_REAL_NEW, 15, real_new),
	WRITE(LBVS_CMD_REAL_SET, 10, real_set),
	WRITE(LBVS_CMD_REAL_DEL, 5, real_name),
	READ(LBVS_CMD_REAL_GET, 2, real_get),
	WRITE(LBVS_CMD_SERVICE_NEW, 15, service_new),
	WRITE(LBVS_CMD_SERVICE_SET, 10, service_set),
	WRITE(LBVS_CMD_SERVICE_DEL, 4, service_name),
	READ(LBVS_CMD_SERVICE_GET, 2, service_get),
	READ(LBVS_CMD_MEMBER_GET, 2, member_get),
	WRITE(LBVS_CMD_VERDICT_SET, 10, verdict_set),
	WRITE(LBVS_CMD_VERDICT_SET, 3, verdict_list),
	WRITE(LBVS_CMD_VERDICT_DEL, 5, verdict_name),
	READ(LBVS_CMD_VERDICT_GET, 2, verdict_get),
	WRITE(LBVS_CMD_AGENT_NEW, 3, agent_new),
	WRITE(LBVS_CMD_AGENT_RENEW, 3, agent_renew),
	WRITE(LBVS_CMD_AGENT_DEL, 1, agent_del),
	READ(LBVS_CMD_AGENT_GET, 1, agent_get),
	{ LBVS_CMD_FLOW_GET, 2, true, true, flow_filter },
	{ LBVS_CMD_EXPLAIN_GET, 4, true, true, explain_what },
	WRITE(LBVS_CMD_FLOW_DEL, 1, flow_filter),
	{ LBVS_CMD_AFFINITY_GET, 2, true, true, affinity_filter },
	WRITE(LBVS_CMD_AFFINITY_DEL, 1, affinity_filter),
	{ LBVS_CMD_STATS_GET, 2, false, false, nothing },
	WRITE(LBVS_CMD_CONFIG_DEL, 1, generation),
	WRITE(LBVS_CMD_CONFIG_BEGIN, 2, generation),
	WRITE(LBVS_CMD_CONFIG_COMMIT, 2, generation),
	WRITE(LBVS_CMD_CONFIG_ABORT, 1, nothing),
	WRITE(LBVS_CMD_ARM_NEW, 2, arm_name),
	WRITE(LBVS_CMD_ARM_DEL, 2, arm_name),
	READ(LBVS_CMD_ARM_GET, 1, arm_filter),
};

const size_t tree_size = ARRAY_SIZE(tree_commands);

const struct command *tree_find(uint8_t number)
{
	size_t i;

	for (i = 0; i < tree_size; i++)
		if (tree_commands[i].number == number)
			return &tree_commands[i];
	return NULL;
}

const struct command *tree_pick(struct random *random)
{
	uint32_t sum = 0, chosen;
	size_t i;

	for (i = 0; i < tree_size; i++)
		sum += tree_commands[i].often;
	chosen = random_below(random, sum);
	for (i = 0; chosen >= tree_commands[i].often; i++)
		chosen -= tree_commands[i].often;
	return &tree_commands[i];
}
