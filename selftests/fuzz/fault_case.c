// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One request of each kind that writes, and what takes it back. They work on
 * objects of their own: a pool "fuzz" with a real and a service, and what these
 * requests add.
 */
#include "fuzz.h"
#include "fault.h"

#include <linux/lbvs.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>

#define WORD(type, word)                                                       \
	{                                                                      \
		type, sizeof(word), word                                       \
	}
#define U32(type, value)                                                       \
	{                                                                      \
		type, 4, &(const uint32_t)                                     \
		{                                                              \
			value                                                  \
		}                                                              \
	}
#define U16(type, value)                                                       \
	{                                                                      \
		type, 2, &(const uint16_t)                                     \
		{                                                              \
			value                                                  \
		}                                                              \
	}
#define U8(type, value)                                                        \
	{                                                                      \
		type, 1, &(const uint8_t)                                      \
		{                                                              \
			value                                                  \
		}                                                              \
	}
#define ADDR(type, a, b, c, d)                                                 \
	{                                                                      \
		type, 4, (const uint8_t[])                                     \
		{                                                              \
			a, b, c, d                                             \
		}                                                              \
	}

/* A list of one check, with a name of one letter. */
struct one_check {
	uint16_t length;
	uint16_t type;
	char name[4];
};
#define CHECK(type, letter)                                                    \
	{                                                                      \
		(type) | NLA_F_NESTED, sizeof(struct one_check),               \
			&(const struct one_check)                              \
		{                                                              \
			6, LBVS_A_CHECK_NAME, letter                           \
		}                                                              \
	}

#define POOL_NEW                                                               \
	{                                                                      \
		LBVS_CMD_POOL_NEW,                                             \
		{                                                              \
			WORD(LBVS_A_POOL_NAME, "fuzz"),                        \
				CHECK(LBVS_A_POOL_CHECK, "a")                  \
		}                                                              \
	}
#define REAL_NEW                                                               \
	{                                                                      \
		LBVS_CMD_REAL_NEW,                                             \
		{                                                              \
			WORD(LBVS_A_REAL_POOL, "fuzz"),                        \
				WORD(LBVS_A_REAL_NAME, "r"),                   \
				ADDR(LBVS_A_REAL_ADDR, 203, 0, 113, 99)        \
		}                                                              \
	}
#define REAL_SET(weight)                                                       \
	{                                                                      \
		LBVS_CMD_REAL_SET,                                             \
		{                                                              \
			WORD(LBVS_A_REAL_POOL, "fuzz"),                        \
				WORD(LBVS_A_REAL_NAME, "r"),                   \
				U32(LBVS_A_REAL_WEIGHT, weight)                \
		}                                                              \
	}
#define REAL_DRAIN(deadline)                                                   \
	{                                                                      \
		LBVS_CMD_REAL_SET,                                             \
		{                                                              \
			WORD(LBVS_A_REAL_POOL, "fuzz"),                        \
				WORD(LBVS_A_REAL_NAME, "r"),                   \
				U32(LBVS_A_REAL_ADMIN, LBVS_ADMIN_DRAIN),      \
				U32(LBVS_A_REAL_DEADLINE, deadline)            \
		}                                                              \
	}
#define REAL_ENABLE                                                            \
	{                                                                      \
		LBVS_CMD_REAL_SET,                                             \
		{                                                              \
			WORD(LBVS_A_REAL_POOL, "fuzz"),                        \
				WORD(LBVS_A_REAL_NAME, "r"),                   \
				U32(LBVS_A_REAL_ADMIN, LBVS_ADMIN_ENABLED)     \
		}                                                              \
	}
#define SERVICE_NEW                                                            \
	{                                                                      \
		LBVS_CMD_SERVICE_NEW,                                          \
		{                                                              \
			WORD(LBVS_A_SERVICE_NAME, "fuzz"),                     \
				U8(LBVS_A_SERVICE_PROTO, IPPROTO_UDP),         \
				ADDR(LBVS_A_SERVICE_ADDR, 198, 51, 100, 99),   \
				U16(LBVS_A_SERVICE_PORT, 99),                  \
				WORD(LBVS_A_SERVICE_POOL, "fuzz"),             \
				CHECK(LBVS_A_SERVICE_REQUIRE, "a")             \
		}                                                              \
	}
#define SERVICE_NEW_SNAT                                                       \
	{                                                                      \
		LBVS_CMD_SERVICE_NEW,                                          \
		{                                                              \
			WORD(LBVS_A_SERVICE_NAME, "fuzz"),                     \
				U8(LBVS_A_SERVICE_PROTO, IPPROTO_UDP),         \
				ADDR(LBVS_A_SERVICE_ADDR, 198, 51, 100, 99),   \
				U16(LBVS_A_SERVICE_PORT, 99),                  \
				WORD(LBVS_A_SERVICE_POOL, "fuzz"),             \
				U32(LBVS_A_SERVICE_SNAT, LBVS_SNAT_AUTO)       \
		}                                                              \
	}
#define SERVICE_SET(sched)                                                     \
	{                                                                      \
		LBVS_CMD_SERVICE_SET,                                          \
		{                                                              \
			WORD(LBVS_A_SERVICE_NAME, "fuzz"),                     \
				U32(LBVS_A_SERVICE_SCHED, sched)               \
		}                                                              \
	}
#define SERVICE_PERSIST(seconds)                                               \
	{                                                                      \
		LBVS_CMD_SERVICE_SET,                                          \
		{                                                              \
			WORD(LBVS_A_SERVICE_NAME, "fuzz"),                     \
				U32(LBVS_A_SERVICE_PERSIST, seconds)           \
		}                                                              \
	}
#define SERVICE_TOGETHER(word)                                                 \
	{                                                                      \
		LBVS_CMD_SERVICE_SET,                                          \
		{                                                              \
			WORD(LBVS_A_SERVICE_NAME, "fuzz"),                     \
				WORD(LBVS_A_SERVICE_TOGETHER, word)            \
		}                                                              \
	}
#define VERDICT_SET                                                            \
	{                                                                      \
		LBVS_CMD_VERDICT_SET,                                          \
		{                                                              \
			WORD(LBVS_A_VERDICT_POOL, "fuzz"),                     \
				WORD(LBVS_A_VERDICT_REAL, "r"),                \
				WORD(LBVS_A_VERDICT_CHECK, "a"),               \
				U32(LBVS_A_VERDICT_STATE,                      \
				    LBVS_VERDICT_STATE_DOWN),                  \
				WORD(LBVS_A_VERDICT_REASON, "because")         \
		}                                                              \
	}
#define NAMED(cmd, type, word)                                                 \
	{                                                                      \
		cmd,                                                           \
		{                                                              \
			WORD(type, word)                                       \
		}                                                              \
	}
#define POOL_DEL    NAMED(LBVS_CMD_POOL_DEL, LBVS_A_POOL_NAME, "fuzz")
#define SERVICE_DEL NAMED(LBVS_CMD_SERVICE_DEL, LBVS_A_SERVICE_NAME, "fuzz")
#define REAL_DEL                                                               \
	{                                                                      \
		LBVS_CMD_REAL_DEL,                                             \
		{                                                              \
			WORD(LBVS_A_REAL_POOL, "fuzz"),                        \
				WORD(LBVS_A_REAL_NAME, "r")                    \
		}                                                              \
	}
#define VERDICT_DEL                                                            \
	{                                                                      \
		LBVS_CMD_VERDICT_DEL,                                          \
		{                                                              \
			WORD(LBVS_A_VERDICT_POOL, "fuzz"),                     \
				WORD(LBVS_A_VERDICT_REAL, "r"),                \
				WORD(LBVS_A_VERDICT_CHECK, "a")                \
		}                                                              \
	}
#define ARM(cmd) NAMED(cmd, LBVS_A_ARM_DEV, "spare")

const struct fault_case fault_cases[] = {
	{ "POOL_NEW", POOL_NEW, { POOL_DEL }, {} },
	{ "POOL_SET",
	  { LBVS_CMD_POOL_SET,
	    { WORD(LBVS_A_POOL_NAME, "fuzz"), CHECK(LBVS_A_POOL_CHECK, "b") } },
	  { POOL_DEL, POOL_NEW },
	  { POOL_NEW } },
	{ "POOL_DEL", POOL_DEL, { POOL_NEW, REAL_NEW }, { POOL_NEW, REAL_NEW } },
	{ "REAL_NEW", REAL_NEW, { REAL_DEL }, { POOL_NEW, SERVICE_NEW } },
	{ "REAL_SET",
	  REAL_SET(7),
	  { REAL_SET(1) },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW, SERVICE_SET(LBVS_SCHED_WRR) } },
	{ "REAL_DRAIN",
	  REAL_DRAIN(60000),
	  { REAL_ENABLE },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	{ "REAL_DEL",
	  REAL_DEL,
	  { REAL_NEW },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	{ "SERVICE_NEW", SERVICE_NEW, { SERVICE_DEL }, { POOL_NEW, REAL_NEW } },
	/* The first one brings more hooks with it. */
	{ "SERVICE_NEW snat",
	  SERVICE_NEW_SNAT,
	  { SERVICE_DEL },
	  { POOL_NEW, REAL_NEW } },
	{ "SERVICE_SET",
	  SERVICE_SET(LBVS_SCHED_MAGLEV),
	  { SERVICE_SET(LBVS_SCHED_RR) },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	{ "SERVICE_DEL",
	  SERVICE_DEL,
	  { SERVICE_NEW },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	{ "VERDICT_SET",
	  VERDICT_SET,
	  { VERDICT_DEL },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	{ "VERDICT_DEL",
	  VERDICT_DEL,
	  { VERDICT_SET },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW, VERDICT_SET } },
	{ "FLOW_DEL",
	  NAMED(LBVS_CMD_FLOW_DEL, LBVS_A_FLOW_SERVICE, "fuzz"),
	  {},
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	/* The first service that persists brings the table with it. */
	{ "SERVICE_SET persist",
	  SERVICE_PERSIST(60),
	  { SERVICE_PERSIST(0) },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	{ "SERVICE_SET together",
	  SERVICE_TOGETHER("word"),
	  { SERVICE_TOGETHER("") },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW, SERVICE_SET(LBVS_SCHED_MAGLEV) } },
	{ "AFFINITY_DEL",
	  NAMED(LBVS_CMD_AFFINITY_DEL, LBVS_A_AFFINITY_SERVICE, "fuzz"),
	  {},
	  { POOL_NEW, REAL_NEW, SERVICE_NEW, SERVICE_PERSIST(60) } },
	{ "ARM_NEW", ARM(LBVS_CMD_ARM_NEW), { ARM(LBVS_CMD_ARM_DEL) }, {} },
	{ "ARM_DEL",
	  ARM(LBVS_CMD_ARM_DEL),
	  { ARM(LBVS_CMD_ARM_NEW) },
	  { ARM(LBVS_CMD_ARM_NEW) } },
	{ "CONFIG_DEL",
	  { LBVS_CMD_CONFIG_DEL },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW },
	  { POOL_NEW, REAL_NEW, SERVICE_NEW } },
	{ "STATS_GET", { LBVS_CMD_STATS_GET }, {}, { POOL_NEW } },
};

const size_t n_fault_cases = ARRAY_SIZE(fault_cases);
