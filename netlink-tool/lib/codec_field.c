// SPDX-License-Identifier: GPL-2.0-or-later
#include "codec_field.h"

#define AT(type, member)						\
	.offset = offsetof(struct model_##type, member),		\
	.size = sizeof(((struct model_##type *)NULL)->member)

const struct codec_field codec_counters[] = {
	{ "request_packets", LBVS_A_COUNTERS_REQUEST_PACKETS, CODEC_U64,
	  AT(counters, request_packets) },
	{ "request_bytes", LBVS_A_COUNTERS_REQUEST_BYTES, CODEC_U64,
	  AT(counters, request_bytes) },
	{ "reply_packets", LBVS_A_COUNTERS_REPLY_PACKETS, CODEC_U64,
	  AT(counters, reply_packets) },
	{ "reply_bytes", LBVS_A_COUNTERS_REPLY_BYTES, CODEC_U64,
	  AT(counters, reply_bytes) },
	{ "flows", LBVS_A_COUNTERS_FLOWS, CODEC_U64, AT(counters, flows) },
	{ "refused", LBVS_A_COUNTERS_REFUSED, CODEC_U64,
	  AT(counters, refused) },
	{ "unanswered", LBVS_A_COUNTERS_UNANSWERED, CODEC_U64,
	  AT(counters, unanswered) },
	{ 0 }
};

static const struct codec_field pool_fields[] = {
	{ "generation", LBVS_A_POOL_GENERATION, CODEC_U32,
	  AT(pool, head.generation) },
	{ "pool name", LBVS_A_POOL_NAME, CODEC_STRING, AT(pool, name) },
	{ "check", LBVS_A_POOL_CHECK, CODEC_CHECKS, AT(pool, checks) },
	{ "hash-key", LBVS_A_POOL_HASH_KEY, CODEC_KEY, AT(pool, hash_key) },
	{ "reals", LBVS_A_POOL_REALS, CODEC_U32, AT(pool, reals) },
	{ "services", LBVS_A_POOL_SERVICES, CODEC_U32, AT(pool, services) },
	{ "event", LBVS_A_POOL_EVENT, CODEC_U32, AT(pool, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field real_fields[] = {
	{ "generation", LBVS_A_REAL_GENERATION, CODEC_U32,
	  AT(real, head.generation) },
	{ "pool name", LBVS_A_REAL_POOL, CODEC_STRING, AT(real, pool) },
	{ "real name", LBVS_A_REAL_NAME, CODEC_STRING, AT(real, name) },
	{ "address", LBVS_A_REAL_ADDR, CODEC_ADDR, AT(real, addr) },
	{ "weight", LBVS_A_REAL_WEIGHT, CODEC_U32, AT(real, weight) },
	{ "admin", LBVS_A_REAL_ADMIN, CODEC_U32, AT(real, admin), .words = words_admin },
	{ "verdict", LBVS_A_REAL_VERDICT, CODEC_U32, AT(real, verdict),
	  .words = words_verdict_state },
	{ "active flows", LBVS_A_REAL_ACTIVE_FLOWS, CODEC_U32,
	  AT(real, active_flows) },
	{ "counters", LBVS_A_REAL_COUNTERS, CODEC_COUNTERS,
	  AT(real, counters) },
	{ "event", LBVS_A_REAL_EVENT, CODEC_U32, AT(real, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field service_fields[] = {
	{ "generation", LBVS_A_SERVICE_GENERATION, CODEC_U32,
	  AT(service, head.generation) },
	{ "service name", LBVS_A_SERVICE_NAME, CODEC_STRING,
	  AT(service, name) },
	{ "protocol", LBVS_A_SERVICE_PROTO, CODEC_U8, AT(service, proto),
	  .words = words_proto },
	{ "address", LBVS_A_SERVICE_ADDR, CODEC_ADDR, AT(service, addr) },
	{ "port", LBVS_A_SERVICE_PORT, CODEC_PORTS, AT(service, ports) },
	{ "pool", LBVS_A_SERVICE_POOL, CODEC_STRING, AT(service, pool) },
	{ "sched", LBVS_A_SERVICE_SCHED, CODEC_U32, AT(service, sched),
	  .words = words_sched },
	{ "hash", LBVS_A_SERVICE_HASH, CODEC_U32, AT(service, hash),
	  .words = words_hash },
	{ "hash prefix", LBVS_A_SERVICE_HASH_PREFIX, CODEC_U32,
	  AT(service, hash_prefix) },
	{ "table-size", LBVS_A_SERVICE_TABLE_SIZE, CODEC_U32,
	  AT(service, table_size) },
	{ "require", LBVS_A_SERVICE_REQUIRE, CODEC_CHECKS,
	  AT(service, require) },
	{ "to", LBVS_A_SERVICE_TO_PORT, CODEC_U32, AT(service, to_port) },
	{ "when-empty", LBVS_A_SERVICE_WHEN_EMPTY, CODEC_U32,
	  AT(service, when_empty), .words = words_when_empty },
	{ "initial", LBVS_A_SERVICE_INITIAL, CODEC_U32, AT(service, initial),
	  .words = words_initial },
	{ "on-down", LBVS_A_SERVICE_ON_DOWN, CODEC_U32, AT(service, on_down),
	  .words = words_on_down },
	{ "snat", LBVS_A_SERVICE_SNAT, CODEC_U32, AT(service, snat),
	  .words = words_snat },
	{ "persist", LBVS_A_SERVICE_PERSIST, CODEC_TIME, AT(service, persist) },
	{ "persist prefix", LBVS_A_SERVICE_PERSIST_PREFIX, CODEC_U32,
	  AT(service, persist_prefix) },
	{ "persist-scope", LBVS_A_SERVICE_PERSIST_SCOPE, CODEC_U32,
	  AT(service, persist_scope), .words = words_persist_scope },
	{ "together", LBVS_A_SERVICE_TOGETHER, CODEC_STRING,
	  AT(service, together) },
	{ "timeout established", LBVS_A_SERVICE_TIMEOUT_ESTABLISHED, CODEC_TIME,
	  AT(service, timeout_established) },
	{ "timeout syn", LBVS_A_SERVICE_TIMEOUT_SYN, CODEC_TIME,
	  AT(service, timeout_syn) },
	{ "timeout fin", LBVS_A_SERVICE_TIMEOUT_FIN, CODEC_TIME,
	  AT(service, timeout_fin) },
	{ "timeout closed", LBVS_A_SERVICE_TIMEOUT_CLOSED, CODEC_TIME,
	  AT(service, timeout_closed) },
	{ "timeout udp", LBVS_A_SERVICE_TIMEOUT_UDP, CODEC_TIME,
	  AT(service, timeout_udp) },
	{ "state", LBVS_A_SERVICE_STATE, CODEC_U32, AT(service, state),
	  .words = words_service_state },
	{ "members", LBVS_A_SERVICE_MEMBERS, CODEC_U32, AT(service, members) },
	{ "usable", LBVS_A_SERVICE_USABLE, CODEC_U32, AT(service, usable) },
	{ "active flows", LBVS_A_SERVICE_ACTIVE_FLOWS, CODEC_U32,
	  AT(service, active_flows) },
	{ "counters", LBVS_A_SERVICE_COUNTERS, CODEC_COUNTERS,
	  AT(service, counters) },
	{ "event", LBVS_A_SERVICE_EVENT, CODEC_U32, AT(service, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field member_fields[] = {
	{ "generation", LBVS_A_MEMBER_GENERATION, CODEC_U32,
	  AT(member, head.generation) },
	{ "service", LBVS_A_MEMBER_SERVICE, CODEC_STRING, AT(member, service) },
	{ "pool", LBVS_A_MEMBER_POOL, CODEC_STRING, AT(member, pool) },
	{ "real", LBVS_A_MEMBER_REAL, CODEC_STRING, AT(member, real) },
	{ "address", LBVS_A_MEMBER_ADDR, CODEC_ADDR, AT(member, addr) },
	{ "weight", LBVS_A_MEMBER_WEIGHT, CODEC_U32, AT(member, weight) },
	{ "state", LBVS_A_MEMBER_STATE, CODEC_U32, AT(member, state),
	  .words = words_member_state },
	{ "check", LBVS_A_MEMBER_CHECK, CODEC_STRING, AT(member, check) },
	{ "partner", LBVS_A_MEMBER_PARTNER, CODEC_STRING, AT(member, partner) },
	{ "share", LBVS_A_MEMBER_SHARE, CODEC_U32, AT(member, share) },
	{ "active flows", LBVS_A_MEMBER_ACTIVE_FLOWS, CODEC_U32,
	  AT(member, active_flows) },
	{ "counters", LBVS_A_MEMBER_COUNTERS, CODEC_COUNTERS,
	  AT(member, counters) },
	{ "event", LBVS_A_MEMBER_EVENT, CODEC_U32, AT(member, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field verdict_fields[] = {
	{ "generation", LBVS_A_VERDICT_GENERATION, CODEC_U32,
	  AT(verdict, head.generation) },
	{ "pool name", LBVS_A_VERDICT_POOL, CODEC_STRING, AT(verdict, pool) },
	{ "real name", LBVS_A_VERDICT_REAL, CODEC_STRING, AT(verdict, real) },
	{ "check", LBVS_A_VERDICT_CHECK, CODEC_STRING, AT(verdict, check) },
	{ "state", LBVS_A_VERDICT_STATE, CODEC_U32, AT(verdict, state),
	  .words = words_verdict_state },
	{ "reason", LBVS_A_VERDICT_REASON, CODEC_STRING, AT(verdict, reason) },
	{ "share", LBVS_A_VERDICT_SHARE, CODEC_U32, AT(verdict, share) },
	{ "agent", LBVS_A_VERDICT_AGENT, CODEC_STRING, AT(verdict, agent) },
	{ "epoch", LBVS_A_VERDICT_EPOCH, CODEC_U32, AT(verdict, epoch) },
	{ "stale", LBVS_A_VERDICT_STALE, CODEC_FLAG, AT(verdict, stale) },
	{ "lease left", LBVS_A_VERDICT_LEASE_LEFT, CODEC_U32,
	  AT(verdict, lease_left_ms) },
	{ "age", LBVS_A_VERDICT_AGE, CODEC_U64, AT(verdict, age_ms) },
	{ "verdicts", LBVS_A_VERDICT_LIST, CODEC_VERDICTS, AT(verdict, list) },
	{ "event", LBVS_A_VERDICT_EVENT, CODEC_U32, AT(verdict, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field flow_fields[] = {
	{ "generation", LBVS_A_FLOW_GENERATION, CODEC_U32,
	  AT(flow, head.generation) },
	{ "proto", LBVS_A_FLOW_PROTO, CODEC_U8, AT(flow, proto), .words = words_proto },
	{ "client", LBVS_A_FLOW_CLIENT_ADDR, CODEC_ADDR,
	  AT(flow, client_addr) },
	{ "client port", LBVS_A_FLOW_CLIENT_PORT, CODEC_U16,
	  AT(flow, client_port) },
	{ "virtual address", LBVS_A_FLOW_VIRTUAL_ADDR, CODEC_ADDR,
	  AT(flow, virtual_addr) },
	{ "virtual port", LBVS_A_FLOW_VIRTUAL_PORT, CODEC_U16,
	  AT(flow, virtual_port) },
	{ "real address", LBVS_A_FLOW_REAL_ADDR, CODEC_ADDR,
	  AT(flow, real_addr) },
	{ "real port", LBVS_A_FLOW_REAL_PORT, CODEC_U16, AT(flow, real_port) },
	{ "snat address", LBVS_A_FLOW_SNAT_ADDR, CODEC_ADDR,
	  AT(flow, snat_addr) },
	{ "snat port", LBVS_A_FLOW_SNAT_PORT, CODEC_U16, AT(flow, snat_port) },
	{ "service", LBVS_A_FLOW_SERVICE, CODEC_STRING, AT(flow, service) },
	{ "pool", LBVS_A_FLOW_POOL, CODEC_STRING, AT(flow, pool) },
	{ "real", LBVS_A_FLOW_REAL, CODEC_STRING, AT(flow, real) },
	{ "state", LBVS_A_FLOW_STATE, CODEC_U32, AT(flow, state),
	  .words = words_flow_state },
	{ "expires", LBVS_A_FLOW_EXPIRES, CODEC_U32, AT(flow, expires_ms) },
	{ "count", LBVS_A_FLOW_COUNT, CODEC_U32, AT(flow, count) },
	{ "event", LBVS_A_FLOW_EVENT, CODEC_U32, AT(flow, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field affinity_fields[] = {
	{ "generation", LBVS_A_AFFINITY_GENERATION, CODEC_U32,
	  AT(affinity, head.generation) },
	{ "client", LBVS_A_AFFINITY_CLIENT_ADDR, CODEC_ADDR,
	  AT(affinity, client_addr) },
	{ "client prefix", LBVS_A_AFFINITY_CLIENT_PREFIX, CODEC_U32,
	  AT(affinity, client_prefix) },
	{ "pool", LBVS_A_AFFINITY_POOL, CODEC_STRING, AT(affinity, pool) },
	{ "service", LBVS_A_AFFINITY_SERVICE, CODEC_STRING,
	  AT(affinity, service) },
	{ "real", LBVS_A_AFFINITY_REAL, CODEC_STRING, AT(affinity, real) },
	{ "expires", LBVS_A_AFFINITY_EXPIRES, CODEC_U32,
	  AT(affinity, expires_ms) },
	{ "count", LBVS_A_AFFINITY_COUNT, CODEC_U32, AT(affinity, count) },
	{ 0 }
};

static const struct codec_field arm_fields[] = {
	{ "generation", LBVS_A_ARM_GENERATION, CODEC_U32,
	  AT(arm, head.generation) },
	{ "device", LBVS_A_ARM_DEV, CODEC_STRING, AT(arm, dev) },
	{ "ifindex", LBVS_A_ARM_IFINDEX, CODEC_U32, AT(arm, ifindex) },
	{ "event", LBVS_A_ARM_EVENT, CODEC_U32, AT(arm, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field agent_fields[] = {
	{ "generation", LBVS_A_AGENT_GENERATION, CODEC_U32,
	  AT(agent, head.generation) },
	{ "name", LBVS_A_AGENT_NAME, CODEC_STRING, AT(agent, name) },
	{ "epoch", LBVS_A_AGENT_EPOCH, CODEC_U32, AT(agent, epoch) },
	{ "lease", LBVS_A_AGENT_LEASE, CODEC_U32, AT(agent, lease_ms) },
	{ "grace", LBVS_A_AGENT_GRACE, CODEC_U32, AT(agent, grace_ms) },
	{ "on-expiry", LBVS_A_AGENT_ON_EXPIRY, CODEC_U32, AT(agent, on_expiry),
	  .words = words_on_expiry },
	{ "state", LBVS_A_AGENT_STATE, CODEC_U32, AT(agent, state),
	  .words = words_agent_state },
	{ "left", LBVS_A_AGENT_LEFT, CODEC_U32, AT(agent, left_ms) },
	{ "verdicts", LBVS_A_AGENT_VERDICTS, CODEC_U32, AT(agent, verdicts) },
	{ "event", LBVS_A_AGENT_EVENT, CODEC_U32, AT(agent, head.event),
	  .words = words_event },
	{ 0 }
};

static const struct codec_field stat_fields[] = {
	{ "name", LBVS_A_STAT_NAME, CODEC_STRING, AT(stat, name) },
	{ "value", LBVS_A_STAT_VALUE, CODEC_U64, AT(stat, value) },
	{ "drop", LBVS_A_STAT_DROP, CODEC_FLAG, AT(stat, drop) },
	{ "help", LBVS_A_STAT_HELP, CODEC_STRING, AT(stat, help) },
	{ 0 }
};

static const struct codec_field stats_fields[] = {
	{ "generation", LBVS_A_STATS_GENERATION, CODEC_U32,
	  AT(stats, head.generation) },
	{ "pools", LBVS_A_STATS_POOLS, CODEC_U32, AT(stats, pools) },
	{ "services", LBVS_A_STATS_SERVICES, CODEC_U32, AT(stats, services) },
	{ "flows", LBVS_A_STATS_FLOWS, CODEC_U32, AT(stats, flows) },
	{ "most flows", LBVS_A_STATS_FLOWS_MAX, CODEC_U32,
	  AT(stats, flows_max) },
	{ "flow bytes", LBVS_A_STATS_FLOW_BYTES, CODEC_U32,
	  AT(stats, flow_bytes) },
	{ "flow buckets", LBVS_A_STATS_FLOW_BUCKETS, CODEC_U32,
	  AT(stats, flow_buckets) },
	{ "counter", LBVS_A_STATS_STAT, CODEC_STATS, AT(stats, stat) },
	{ 0 }
};

static const struct codec_field *const tables[MODEL_KINDS] = {
	[MODEL_POOL]	= pool_fields,
	[MODEL_REAL]	= real_fields,
	[MODEL_SERVICE]	= service_fields,
	[MODEL_MEMBER]	= member_fields,
	[MODEL_VERDICT]	= verdict_fields,
	[MODEL_FLOW]	= flow_fields,
	[MODEL_AFFINITY] = affinity_fields,
	[MODEL_ARM]	= arm_fields,
	[MODEL_AGENT]	= agent_fields,
	[MODEL_STAT]	= stat_fields,
	[MODEL_STATS]	= stats_fields,
};

const struct codec_field *codec_fields(enum model_kind kind)
{
	return tables[kind];
}
