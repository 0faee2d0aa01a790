// SPDX-License-Identifier: GPL-2.0-or-later
/* Which words each command takes, and each section of the file. */
#include "parse_item.h"

#define FIELD(type, member) .offset = offsetof(struct model_##type, member)

const struct parse_grammar parse_nothing = {
	.kind = MODEL_STATS,
};

static const struct parse_item pool_name[] = {
	{ "name of the pool", parse_read_name, LBVS_A_POOL_NAME,
	  FIELD(pool, name) },
	{ 0 }
};

/* In the file the checks are sections. */
#define POOL_OPTIONS							\
	{ "hash-key", parse_read_key, LBVS_A_POOL_HASH_KEY,		\
	  FIELD(pool, hash_key) },					\
	{ "min-usable", parse_read_number, LBVS_A_POOL_MIN_USABLE,	\
	  FIELD(pool, min_usable), .min = 1, .max = LBVS_REALS_MAX },	\
	{ "ramp", parse_read_time, LBVS_A_POOL_RAMP,			\
	  FIELD(pool, ramp), .max = LBVS_RAMP_MAX, .alias = "off" }

static const struct parse_item pool_keywords[] = {
	{ "check", parse_read_checks, LBVS_A_POOL_CHECK, FIELD(pool, checks) },
	POOL_OPTIONS,
	{ 0 }
};

const struct parse_grammar parse_pool_new = {
	.kind = MODEL_POOL, .positional = pool_name, .required = 1,
	.keywords = pool_keywords,
};

const struct parse_grammar parse_pool_set = {
	.kind = MODEL_POOL, .positional = pool_name, .required = 1,
	.keywords = pool_keywords, .one_at_least = true,
};

const struct parse_grammar parse_pool_key = {
	.kind = MODEL_POOL, .positional = pool_name, .required = 1,
};

const struct parse_grammar parse_pool_filter = {
	.kind = MODEL_POOL, .positional = pool_name,
};

static const struct parse_item pool_file_keywords[] = {
	POOL_OPTIONS,
	{ 0 }
};

const struct parse_grammar parse_pool_file = {
	.kind = MODEL_POOL, .keywords = pool_file_keywords,
};

#define REAL_POOL							\
	{ "name of the pool", parse_read_name, LBVS_A_REAL_POOL,	\
	  FIELD(real, pool) }
#define REAL_NAME							\
	{ "name of the real", parse_read_name, LBVS_A_REAL_NAME,	\
	  FIELD(real, name) }

static const struct parse_item real_key[] = {
	REAL_POOL,
	REAL_NAME,
	{ 0 }
};

static const struct parse_item real_new[] = {
	REAL_POOL,
	REAL_NAME,
	{ "address of the real", parse_read_addr, LBVS_A_REAL_ADDR,
	  FIELD(real, addr) },
	{ 0 }
};

#define REAL_OPTIONS							\
	{ "weight", parse_read_number, LBVS_A_REAL_WEIGHT,		\
	  FIELD(real, weight), .max = LBVS_WEIGHT_MAX },		\
	{ "admin", parse_read_word, LBVS_A_REAL_ADMIN,			\
	  FIELD(real, admin), .words = words_admin },			\
	{ "max-flows", parse_read_number, LBVS_A_REAL_LIMIT_FLOWS,	\
	  FIELD(real, max_flows), .min = 1, .max = UINT32_MAX,		\
	  .alias = "none" },						\
	{ "max-rate", parse_read_number, LBVS_A_REAL_LIMIT_RATE,	\
	  FIELD(real, max_rate), .min = 1, .max = LBVS_RATE_MAX,	\
	  .alias = "none" },						\
	{ "tier", parse_read_number, LBVS_A_REAL_TIER,			\
	  FIELD(real, tier), .max = LBVS_TIER_MAX }

static const struct parse_item real_keywords[] = {
	REAL_OPTIONS,
	{ 0 }
};

static const struct parse_item real_file_keywords[] = {
	{ "address", parse_read_addr, LBVS_A_REAL_ADDR, FIELD(real, addr) },
	REAL_OPTIONS,
	{ 0 }
};

const struct parse_grammar parse_real_file = {
	.kind = MODEL_REAL, .keywords = real_file_keywords,
};

const struct parse_grammar parse_real_defaults = {
	.kind = MODEL_REAL, .keywords = real_keywords,
};

const struct parse_grammar parse_real_new = {
	.kind = MODEL_REAL, .positional = real_new, .required = 3,
	.keywords = real_keywords,
};

const struct parse_grammar parse_real_set = {
	.kind = MODEL_REAL, .positional = real_key, .required = 2,
	.keywords = real_keywords, .one_at_least = true,
};

const struct parse_grammar parse_real_key = {
	.kind = MODEL_REAL, .positional = real_key, .required = 2,
};

static const struct parse_item real_drain_keywords[] = {
	{ "deadline", parse_read_deadline, LBVS_A_REAL_DEADLINE,
	  FIELD(real, deadline_ms), .max = LBVS_DEADLINE_MAX },
	{ 0 }
};

const struct parse_grammar parse_real_drain = {
	.kind = MODEL_REAL, .positional = real_key, .required = 2,
	.keywords = real_drain_keywords,
};

const struct parse_grammar parse_real_filter = {
	.kind = MODEL_REAL, .positional = real_key,
};

#define SERVICE_NAME							\
	{ "name of the service", parse_read_name, LBVS_A_SERVICE_NAME,	\
	  FIELD(service, name) }

static const struct parse_item service_key[] = {
	SERVICE_NAME,
	{ 0 }
};

static const struct parse_item service_new[] = {
	SERVICE_NAME,
	{ "protocol", parse_read_proto, LBVS_A_SERVICE_PROTO,
	  FIELD(service, proto), .words = words_proto },
	{ .word = "virtual address and port", .read = parse_read_endpoint },
	{ 0 }
};

/* Known to both add and set; what differs comes before. */
#define SERVICE_OPTIONS							\
	{ "pool", parse_read_name, LBVS_A_SERVICE_POOL,			\
	  FIELD(service, pool) },					\
	{ "sched", parse_read_word, LBVS_A_SERVICE_SCHED,		\
	  FIELD(service, sched), .words = words_sched },		\
	{ "table-size", parse_read_number, LBVS_A_SERVICE_TABLE_SIZE,	\
	  FIELD(service, table_size), .min = LBVS_TABLE_SIZE_MIN,	\
	  .max = LBVS_TABLE_SIZE_MAX, .alias = "auto" },		\
	{ "require", parse_read_checks, LBVS_A_SERVICE_REQUIRE,		\
	  FIELD(service, require) },					\
	{ "to", parse_read_number, LBVS_A_SERVICE_TO_PORT,		\
	  FIELD(service, to_port), .min = 1, .max = 65535,		\
	  .alias = "none" },						\
	{ "when-empty", parse_read_word, LBVS_A_SERVICE_WHEN_EMPTY,	\
	  FIELD(service, when_empty), .words = words_when_empty },	\
	{ "initial", parse_read_word, LBVS_A_SERVICE_INITIAL,		\
	  FIELD(service, initial), .words = words_initial },		\
	{ "on-down", parse_read_word, LBVS_A_SERVICE_ON_DOWN,		\
	  FIELD(service, on_down), .words = words_on_down },		\
	{ "snat", parse_read_word, LBVS_A_SERVICE_SNAT,			\
	  FIELD(service, snat), .words = words_snat },			\
	{ "max-flows", parse_read_number, LBVS_A_SERVICE_LIMIT_FLOWS,	\
	  FIELD(service, max_flows), .min = 1, .max = UINT32_MAX,	\
	  .alias = "none" },						\
	{ "max-rate", parse_read_number, LBVS_A_SERVICE_LIMIT_RATE,	\
	  FIELD(service, max_rate), .min = 1, .max = LBVS_RATE_MAX,	\
	  .alias = "none" },						\
	{ "bound", parse_read_ratio, LBVS_A_SERVICE_BOUND,		\
	  FIELD(service, bound), .min = LBVS_BOUND_MIN,			\
	  .max = LBVS_BOUND_MAX, .alias = "off" },			\
	{ "persist", parse_read_persist, LBVS_A_SERVICE_PERSIST,	\
	  FIELD(service, persist) },					\
	{ "persist-scope", parse_read_word,				\
	  LBVS_A_SERVICE_PERSIST_SCOPE, FIELD(service, persist_scope),	\
	  .words = words_persist_scope },				\
	{ "together", parse_read_together, LBVS_A_SERVICE_TOGETHER,	\
	  FIELD(service, together) },					\
	{ "timeout", parse_read_timeout, .words = words_timeout }

static const struct parse_item service_new_keywords[] = {
	{ "hash", parse_read_hash_new, LBVS_A_SERVICE_HASH,
	  .words = words_hash },
	SERVICE_OPTIONS,
	{ 0 }
};

static const struct parse_item service_set_keywords[] = {
	{ "port", parse_read_ports, LBVS_A_SERVICE_PORT,
	  FIELD(service, ports) },
	{ "hash", parse_read_hash_set, LBVS_A_SERVICE_HASH,
	  .words = words_hash },
	SERVICE_OPTIONS,
	{ 0 }
};

static const struct parse_item service_file_keywords[] = {
	{ "proto", parse_read_proto, LBVS_A_SERVICE_PROTO,
	  FIELD(service, proto), .words = words_proto },
	{ "address", parse_read_addr, LBVS_A_SERVICE_ADDR,
	  FIELD(service, addr) },
	{ "port", parse_read_ports, LBVS_A_SERVICE_PORT,
	  FIELD(service, ports) },
	{ "hash", parse_read_hash_set, LBVS_A_SERVICE_HASH,
	  .words = words_hash },
	SERVICE_OPTIONS,
	{ 0 }
};

static const struct parse_item service_defaults_keywords[] = {
	{ "hash", parse_read_hash_set, LBVS_A_SERVICE_HASH,
	  .words = words_hash },
	SERVICE_OPTIONS,
	{ 0 }
};

const struct parse_grammar parse_service_file = {
	.kind = MODEL_SERVICE, .keywords = service_file_keywords,
};

const struct parse_grammar parse_service_defaults = {
	.kind = MODEL_SERVICE, .keywords = service_defaults_keywords,
};

const struct parse_grammar parse_service_new = {
	.kind = MODEL_SERVICE, .positional = service_new, .required = 3,
	.keywords = service_new_keywords,
	.mandatory = LBVS_A_SERVICE_POOL, .mandatory_text = "pool POOL",
};

const struct parse_grammar parse_service_set = {
	.kind = MODEL_SERVICE, .positional = service_key, .required = 1,
	.keywords = service_set_keywords, .one_at_least = true,
};

const struct parse_grammar parse_service_key = {
	.kind = MODEL_SERVICE, .positional = service_key, .required = 1,
};

const struct parse_grammar parse_service_filter = {
	.kind = MODEL_SERVICE, .positional = service_key,
};

static const struct parse_item verdict_key[] = {
	{ "name of the pool", parse_read_name, LBVS_A_VERDICT_POOL,
	  FIELD(verdict, pool) },
	{ "name of the real", parse_read_name, LBVS_A_VERDICT_REAL,
	  FIELD(verdict, real) },
	{ 0 }
};

#define VERDICT_CHECK							\
	{ "check", parse_read_name, LBVS_A_VERDICT_CHECK,		\
	  FIELD(verdict, check) }

static const struct parse_item verdict_check[] = {
	VERDICT_CHECK,
	{ 0 }
};

static const struct parse_item verdict_keywords[] = {
	{ .word = "up", .read = parse_read_state,
	  .words = words_verdict_state },
	{ .word = "down", .read = parse_read_state,
	  .words = words_verdict_state },
	VERDICT_CHECK,
	{ "share", parse_read_number, LBVS_A_VERDICT_SHARE,
	  FIELD(verdict, share), .min = 1, .max = 100 },
	{ "reason", parse_read_reason, LBVS_A_VERDICT_REASON,
	  FIELD(verdict, reason) },
	{ 0 }
};

const struct parse_grammar parse_verdict_set = {
	.kind = MODEL_VERDICT, .positional = verdict_key, .required = 2,
	.keywords = verdict_keywords,
	.mandatory = LBVS_A_VERDICT_STATE, .mandatory_text = "up or down",
};

const struct parse_grammar parse_verdict_key = {
	.kind = MODEL_VERDICT, .positional = verdict_key, .required = 2,
	.keywords = verdict_check,
};

const struct parse_grammar parse_verdict_filter = {
	.kind = MODEL_VERDICT, .positional = verdict_key,
};

static const struct parse_item agent_name[] = {
	{ "name of the agent", parse_read_name, LBVS_A_AGENT_NAME,
	  FIELD(agent, name) },
	{ 0 }
};

const struct parse_grammar parse_agent_key = {
	.kind = MODEL_AGENT, .positional = agent_name, .required = 1,
};

const struct parse_grammar parse_agent_filter = {
	.kind = MODEL_AGENT, .positional = agent_name,
};

static const struct parse_item flow_keywords[] = {
	{ "service", parse_read_name, LBVS_A_FLOW_SERVICE,
	  FIELD(flow, service) },
	{ "pool", parse_read_name, LBVS_A_FLOW_POOL, FIELD(flow, pool) },
	{ "real", parse_read_name, LBVS_A_FLOW_REAL, FIELD(flow, real) },
	{ "proto", parse_read_proto, LBVS_A_FLOW_PROTO, FIELD(flow, proto),
	  .words = words_proto },
	{ "client", parse_read_client, LBVS_A_FLOW_CLIENT_ADDR,
	  FIELD(flow, client_addr) },
	{ 0 }
};

const struct parse_grammar parse_flow_filter = {
	.kind = MODEL_FLOW, .keywords = flow_keywords,
};

const struct parse_grammar parse_flow_some = {
	.kind = MODEL_FLOW, .keywords = flow_keywords, .one_at_least = true,
};

static const struct parse_item explain_what[] = {
	{ "client", parse_read_asker, LBVS_A_EXPLAIN_CLIENT_ADDR,
	  FIELD(explain, client_addr) },
	{ .word = "service", .read = parse_read_asked },
	{ 0 }
};

static const struct parse_item explain_keywords[] = {
	{ "proto", parse_read_proto, LBVS_A_EXPLAIN_PROTO,
	  FIELD(explain, proto), .words = words_proto },
	{ 0 }
};

const struct parse_grammar parse_explain = {
	.kind = MODEL_EXPLAIN, .positional = explain_what, .required = 2,
	.keywords = explain_keywords,
};

static const struct parse_item affinity_keywords[] = {
	{ "service", parse_read_name, LBVS_A_AFFINITY_SERVICE,
	  FIELD(affinity, service) },
	{ "pool", parse_read_name, LBVS_A_AFFINITY_POOL,
	  FIELD(affinity, pool) },
	{ "real", parse_read_name, LBVS_A_AFFINITY_REAL,
	  FIELD(affinity, real) },
	{ "client", parse_read_addr, LBVS_A_AFFINITY_CLIENT_ADDR,
	  FIELD(affinity, client_addr) },
	{ 0 }
};

const struct parse_grammar parse_affinity_filter = {
	.kind = MODEL_AFFINITY, .keywords = affinity_keywords,
};

static const struct parse_item arm_key[] = {
	{ "name of the device", parse_read_dev, LBVS_A_ARM_DEV,
	  FIELD(arm, dev) },
	{ 0 }
};

const struct parse_grammar parse_arm_key = {
	.kind = MODEL_ARM, .positional = arm_key, .required = 1,
};

const struct parse_grammar parse_arm_filter = {
	.kind = MODEL_ARM, .positional = arm_key,
};
