/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/*
 * lbvs: generic netlink interface of the layer-4 load balancer.
 *
 * Objects
 *   A pool is a named set of reals (real servers) and the names of the checks
 *   that can be healthy or not on each of them. A service is one virtual
 *   address, protocol and one or more ports, and sends its flows to the reals
 *   of one pool. A member is a real as seen by one service; it can be read,
 *   never configured. Names are 1 to 31 characters of [A-Za-z0-9._-] and start
 *   with a letter or a digit. Service names are unique in a network namespace,
 *   and so are pool names; real and check names are unique in their pool.
 *
 * Requests
 *   *_NEW creates, and answers -EEXIST when the name is taken. *_SET changes
 *   what its attributes name and nothing else. *_DEL removes. *_GET with
 *   NLM_F_DUMP lists, narrowed by the attributes marked "filter". Every write
 *   is one transaction: it is done whole or, with a sentence in the extended
 *   acknowledgement, not at all. Where the sentence is about one word of the
 *   request, NLMSGERR_ATTR_OFFS points to it.
 *
 *   Attribute 1 of every set is the configuration generation, which each
 *   write that changes something raises by one. In a write it is optional
 *   and states the generation that the writer has seen: the kernel answers
 *   -ESTALE when another writer was faster. In answers, dumps and
 *   notifications it is always present. A dump during which the
 *   configuration changed is marked NLM_F_DUMP_INTR.
 *
 * Permissions
 *   Reads need no privilege. Writes need CAP_NET_ADMIN in the initial user
 *   namespace, or, with the module parameter userns=1, in the user namespace
 *   that owns the network namespace.
 *
 * Notifications
 *   Group "config": *_NTF for each pool, real, service and arm added, changed
 *   or removed. Group "health": VERDICT_NTF, MEMBER_NTF when a member becomes
 *   usable or stops being so, and SERVICE_NTF with LBVS_EVENT_STATE when a
 *   service runs out of usable members or gets one back.
 *
 * Byte order: addresses are in network order, everything else, ports included,
 * in host order.
 */
#ifndef _UAPI_LINUX_LBVS_H
#define _UAPI_LINUX_LBVS_H

#include <linux/types.h>

#define LBVS_FAMILY_NAME	"lbvs"
#define LBVS_FAMILY_VERSION	1

#define LBVS_MCGRP_CONFIG	"config"
#define LBVS_MCGRP_HEALTH	"health"

#define LBVS_NAME_SIZE		32	/* with the closing NUL */
#define LBVS_REASON_SIZE	128	/* with the closing NUL */
#define LBVS_KEY_SIZE		16	/* bytes of a pool's hash key */
#define LBVS_WEIGHT_MAX		65535
#define LBVS_PORTS_MAX		32	/* ports of a service */
#define LBVS_CHECKS_MAX		32	/* checks of a pool */
#define LBVS_REALS_MAX		1024	/* reals of a pool */
#define LBVS_SERVICES_MAX	65536	/* services of a network namespace */
#define LBVS_POOLS_MAX		65536	/* pools of a network namespace */
#define LBVS_TABLE_SIZE_MIN	251	/* slots of a maglev table; a prime */
#define LBVS_TABLE_SIZE_MAX	1048573
#define LBVS_TIMEOUT_MAX	604800	/* seconds: a week */

/**
 * enum lbvs_cmd - commands of the family
 * @LBVS_CMD_POOL_NEW: create a pool. NAME; optional CHECK list, HASH_KEY.
 * @LBVS_CMD_POOL_SET: change a pool. NAME; CHECK replaces the list (verdicts
 *	of checks that stay are kept), HASH_KEY.
 * @LBVS_CMD_POOL_DEL: remove a pool and its reals. NAME. -EBUSY while a
 *	service uses it.
 * @LBVS_CMD_POOL_GET: dump pools. Filter: NAME.
 * @LBVS_CMD_POOL_NTF: notification.
 * @LBVS_CMD_REAL_NEW: add a real to a pool. POOL, NAME, ADDR; optional WEIGHT
 *	(default 1), ADMIN (default enabled).
 * @LBVS_CMD_REAL_SET: change a real. POOL, NAME; WEIGHT, ADMIN.
 * @LBVS_CMD_REAL_DEL: remove a real. POOL, NAME. Its flows live on.
 * @LBVS_CMD_REAL_GET: dump reals. Filters: POOL, NAME.
 * @LBVS_CMD_REAL_NTF: notification.
 * @LBVS_CMD_SERVICE_NEW: create a service. NAME, PROTO, ADDR, PORT, POOL;
 *	everything else is optional.
 * @LBVS_CMD_SERVICE_SET: change a service. NAME; anything else but PROTO and
 *	ADDR. Established flows are kept, but for those of ports taken away.
 * @LBVS_CMD_SERVICE_DEL: remove a service and its flows. NAME.
 * @LBVS_CMD_SERVICE_GET: dump services. Filters: NAME, POOL.
 * @LBVS_CMD_SERVICE_NTF: notification.
 * @LBVS_CMD_MEMBER_GET: dump members. Filters: SERVICE, POOL, REAL.
 * @LBVS_CMD_MEMBER_NTF: notification.
 * @LBVS_CMD_VERDICT_SET: set a verdict. POOL, REAL, STATE; optional CHECK
 *	(without it the verdict is on the whole real), REASON. Idempotent.
 * @LBVS_CMD_VERDICT_DEL: forget a verdict, as if none had ever come. POOL,
 *	REAL; optional CHECK.
 * @LBVS_CMD_VERDICT_GET: dump verdicts, one per real (without CHECK) and one
 *	per real and check. Filters: POOL, REAL, CHECK.
 * @LBVS_CMD_VERDICT_NTF: notification.
 * @LBVS_CMD_FLOW_GET: dump flows. Filters: SERVICE, POOL, REAL, PROTO,
 *	CLIENT_ADDR, CLIENT_PORT.
 * @LBVS_CMD_FLOW_DEL: end the flows that match all the filters given, as
 *	above; without a filter, all. Answers with COUNT.
 * @LBVS_CMD_STATS_GET: answers with the counters of the network namespace.
 * @LBVS_CMD_CONFIG_DEL: remove every service and pool. No attribute but
 *	LBVS_A_STATS_GENERATION.
 * @LBVS_CMD_ARM_NEW: make a device an arm of the fast path. DEV. Arms follow
 *	their devices and do not count in the generation.
 * @LBVS_CMD_ARM_DEL: let it be none any more. DEV.
 * @LBVS_CMD_ARM_GET: dump arms.
 * @LBVS_CMD_ARM_NTF: notification; LBVS_EVENT_CHANGED means a new name.
 */
enum lbvs_cmd {
	LBVS_CMD_POOL_NEW = 1,
	LBVS_CMD_POOL_SET,
	LBVS_CMD_POOL_DEL,
	LBVS_CMD_POOL_GET,
	LBVS_CMD_POOL_NTF,
	LBVS_CMD_REAL_NEW,
	LBVS_CMD_REAL_SET,
	LBVS_CMD_REAL_DEL,
	LBVS_CMD_REAL_GET,
	LBVS_CMD_REAL_NTF,
	LBVS_CMD_SERVICE_NEW,
	LBVS_CMD_SERVICE_SET,
	LBVS_CMD_SERVICE_DEL,
	LBVS_CMD_SERVICE_GET,
	LBVS_CMD_SERVICE_NTF,
	LBVS_CMD_MEMBER_GET,
	LBVS_CMD_MEMBER_NTF,
	LBVS_CMD_VERDICT_SET,
	LBVS_CMD_VERDICT_DEL,
	LBVS_CMD_VERDICT_GET,
	LBVS_CMD_VERDICT_NTF,
	LBVS_CMD_FLOW_GET,
	LBVS_CMD_FLOW_DEL,
	LBVS_CMD_STATS_GET,
	LBVS_CMD_CONFIG_DEL,
	LBVS_CMD_ARM_NEW,
	LBVS_CMD_ARM_DEL,
	LBVS_CMD_ARM_GET,
	LBVS_CMD_ARM_NTF,
	__LBVS_CMD_MAX,
};
#define LBVS_CMD_MAX (__LBVS_CMD_MAX - 1)

/**
 * enum lbvs_event - what a notification tells of its object
 * @LBVS_EVENT_ADDED: it is new.
 * @LBVS_EVENT_CHANGED: its configuration, or its verdict, changed.
 * @LBVS_EVENT_REMOVED: it is gone; the attributes show it as it last was.
 * @LBVS_EVENT_STATE: its derived state changed.
 */
enum lbvs_event {
	LBVS_EVENT_ADDED = 1,
	LBVS_EVENT_CHANGED,
	LBVS_EVENT_REMOVED,
	LBVS_EVENT_STATE,
};

/**
 * enum lbvs_admin - what the operator said of a real
 * @LBVS_ADMIN_ENABLED: takes flows.
 * @LBVS_ADMIN_DRAIN: keeps its flows, takes no new one.
 * @LBVS_ADMIN_DISABLED: takes no new flow. Flows that live are kept here too;
 *	use LBVS_CMD_FLOW_DEL to end them.
 */
enum lbvs_admin {
	LBVS_ADMIN_ENABLED = 1,
	LBVS_ADMIN_DRAIN,
	LBVS_ADMIN_DISABLED,
	__LBVS_ADMIN_MAX,
};
#define LBVS_ADMIN_MAX (__LBVS_ADMIN_MAX - 1)

/**
 * enum lbvs_sched - how a service chooses the real of a new flow
 * @LBVS_SCHED_RR: in turn, weights ignored (but 0: no new flow).
 * @LBVS_SCHED_WRR: in turn, in proportion to the weights.
 * @LBVS_SCHED_MAGLEV: by consistent hash, in proportion to the weights.
 */
enum lbvs_sched {
	LBVS_SCHED_RR = 1,
	LBVS_SCHED_WRR,
	LBVS_SCHED_MAGLEV,
	__LBVS_SCHED_MAX,
};
#define LBVS_SCHED_MAX (__LBVS_SCHED_MAX - 1)

/**
 * enum lbvs_hash - what the maglev scheduler hashes
 * @LBVS_HASH_SOURCE: the client's address, cut to HASH_PREFIX bits.
 * @LBVS_HASH_5TUPLE: protocol, both addresses, both ports.
 */
enum lbvs_hash {
	LBVS_HASH_SOURCE = 1,
	LBVS_HASH_5TUPLE,
	__LBVS_HASH_MAX,
};
#define LBVS_HASH_MAX (__LBVS_HASH_MAX - 1)

/**
 * enum lbvs_when_empty - what a service does while no member is usable
 * @LBVS_WHEN_EMPTY_OPEN: take every member that is enabled and has a weight,
 *	as if nothing were down.
 * @LBVS_WHEN_EMPTY_REJECT: refuse: TCP reset, ICMP port unreachable.
 */
enum lbvs_when_empty {
	LBVS_WHEN_EMPTY_OPEN = 1,
	LBVS_WHEN_EMPTY_REJECT,
	__LBVS_WHEN_EMPTY_MAX,
};
#define LBVS_WHEN_EMPTY_MAX (__LBVS_WHEN_EMPTY_MAX - 1)

/**
 * enum lbvs_service_state - derived: how a service stands
 * @LBVS_SERVICE_STATE_READY: at least one member is usable.
 * @LBVS_SERVICE_STATE_OPEN: none is, and new flows go to all that are enabled.
 * @LBVS_SERVICE_STATE_EMPTY: none is, and new flows are refused.
 */
enum lbvs_service_state {
	LBVS_SERVICE_STATE_READY = 1,
	LBVS_SERVICE_STATE_OPEN,
	LBVS_SERVICE_STATE_EMPTY,
};

/**
 * enum lbvs_member_state - derived: is a member usable, and if not, why not
 * @LBVS_MEMBER_STATE_USABLE: takes new flows.
 * @LBVS_MEMBER_STATE_DISABLED: its real is disabled.
 * @LBVS_MEMBER_STATE_DRAIN: its real is being drained.
 * @LBVS_MEMBER_STATE_DOWN: the verdict on the whole real is down.
 * @LBVS_MEMBER_STATE_CHECK_DOWN: a check that the service requires is down.
 * @LBVS_MEMBER_STATE_WEIGHT_ZERO: its real has weight 0.
 */
enum lbvs_member_state {
	LBVS_MEMBER_STATE_USABLE = 1,
	LBVS_MEMBER_STATE_DISABLED,
	LBVS_MEMBER_STATE_DRAIN,
	LBVS_MEMBER_STATE_DOWN,
	LBVS_MEMBER_STATE_CHECK_DOWN,
	LBVS_MEMBER_STATE_WEIGHT_ZERO,
};

/**
 * enum lbvs_verdict_state - health of a real, or of a check on a real
 * @LBVS_VERDICT_STATE_UNKNOWN: no verdict yet; counts as up. Never in a SET.
 * @LBVS_VERDICT_STATE_UP: up.
 * @LBVS_VERDICT_STATE_DOWN: down.
 */
enum lbvs_verdict_state {
	LBVS_VERDICT_STATE_UNKNOWN = 1,
	LBVS_VERDICT_STATE_UP,
	LBVS_VERDICT_STATE_DOWN,
	__LBVS_VERDICT_STATE_MAX,
};
#define LBVS_VERDICT_STATE_MAX (__LBVS_VERDICT_STATE_MAX - 1)

/**
 * enum lbvs_flow_state - where a flow stands in its life
 * @LBVS_FLOW_STATE_SYN: TCP, the client's SYN was seen.
 * @LBVS_FLOW_STATE_SYN_ACK: TCP, the real answered it.
 * @LBVS_FLOW_STATE_ESTABLISHED: TCP, the handshake is complete.
 * @LBVS_FLOW_STATE_FIN: TCP, one side has closed.
 * @LBVS_FLOW_STATE_CLOSED: TCP, both sides have closed, or a reset was seen.
 * @LBVS_FLOW_STATE_UDP: UDP.
 */
enum lbvs_flow_state {
	LBVS_FLOW_STATE_SYN = 1,
	LBVS_FLOW_STATE_SYN_ACK,
	LBVS_FLOW_STATE_ESTABLISHED,
	LBVS_FLOW_STATE_FIN,
	LBVS_FLOW_STATE_CLOSED,
	LBVS_FLOW_STATE_UDP,
	__LBVS_FLOW_STATE_MAX,
};
#define LBVS_FLOW_STATE_MAX (__LBVS_FLOW_STATE_MAX - 1)

/* The same number in every set. */
#define LBVS_A_GENERATION	1	/* u32, see above */
#define LBVS_A_PAD		2	/* pads 64-bit attributes */

/**
 * enum lbvs_a_counters - nested in members and services
 * @LBVS_A_COUNTERS_REQUEST_PACKETS: u64, packets from clients.
 * @LBVS_A_COUNTERS_REQUEST_BYTES: u64, their bytes, from the IP header on.
 * @LBVS_A_COUNTERS_REPLY_PACKETS: u64, packets to clients.
 * @LBVS_A_COUNTERS_REPLY_BYTES: u64, their bytes, from the IP header on.
 * @LBVS_A_COUNTERS_FLOWS: u64, flows opened.
 */
enum lbvs_a_counters {
	LBVS_A_COUNTERS_PAD = LBVS_A_PAD,
	LBVS_A_COUNTERS_REQUEST_PACKETS,
	LBVS_A_COUNTERS_REQUEST_BYTES,
	LBVS_A_COUNTERS_REPLY_PACKETS,
	LBVS_A_COUNTERS_REPLY_BYTES,
	LBVS_A_COUNTERS_FLOWS,
	__LBVS_A_COUNTERS_MAX,
};
#define LBVS_A_COUNTERS_MAX (__LBVS_A_COUNTERS_MAX - 1)

/**
 * enum lbvs_a_check - one entry of a list of checks
 * @LBVS_A_CHECK_NAME: string, may stand more than once in the nest.
 */
enum lbvs_a_check {
	LBVS_A_CHECK_NAME = 1,
	__LBVS_A_CHECK_MAX,
};
#define LBVS_A_CHECK_MAX (__LBVS_A_CHECK_MAX - 1)

/**
 * enum lbvs_a_pool - attributes of a pool
 * @LBVS_A_POOL_GENERATION: u32.
 * @LBVS_A_POOL_NAME: string.
 * @LBVS_A_POOL_CHECK: nest of enum lbvs_a_check, the pool's checks.
 * @LBVS_A_POOL_HASH_KEY: binary of LBVS_KEY_SIZE, what the maglev tables and
 *	hashes of the pool's services are keyed with; random unless set. Two
 *	gateways with equal keys and reals send a client to the same real. Read
 *	back only if it was set, and only by who may write.
 * @LBVS_A_POOL_REALS: u32, read only, number of reals.
 * @LBVS_A_POOL_SERVICES: u32, read only, number of services that use it.
 * @LBVS_A_POOL_EVENT: u32, enum lbvs_event, notifications only.
 */
enum lbvs_a_pool {
	LBVS_A_POOL_GENERATION = LBVS_A_GENERATION,
	LBVS_A_POOL_PAD,
	LBVS_A_POOL_NAME,
	LBVS_A_POOL_CHECK,
	LBVS_A_POOL_HASH_KEY,
	LBVS_A_POOL_REALS,
	LBVS_A_POOL_SERVICES,
	LBVS_A_POOL_EVENT,
	__LBVS_A_POOL_MAX,
};
#define LBVS_A_POOL_MAX (__LBVS_A_POOL_MAX - 1)

/**
 * enum lbvs_a_real - attributes of a real
 * @LBVS_A_REAL_GENERATION: u32.
 * @LBVS_A_REAL_POOL: string, name of its pool.
 * @LBVS_A_REAL_NAME: string.
 * @LBVS_A_REAL_ADDR: binary, 4 bytes of IPv4 or 16 of IPv6.
 * @LBVS_A_REAL_WEIGHT: u32, 0 to LBVS_WEIGHT_MAX; 0 takes no new flows.
 * @LBVS_A_REAL_ADMIN: u32, enum lbvs_admin.
 * @LBVS_A_REAL_VERDICT: u32, read only, enum lbvs_verdict_state, the verdict
 *	on the whole real.
 * @LBVS_A_REAL_ACTIVE_FLOWS: u32, read only, flows that live now.
 * @LBVS_A_REAL_COUNTERS: nest of enum lbvs_a_counters, read only, the sum over
 *	the services that use the real.
 * @LBVS_A_REAL_EVENT: u32, enum lbvs_event, notifications only.
 */
enum lbvs_a_real {
	LBVS_A_REAL_GENERATION = LBVS_A_GENERATION,
	LBVS_A_REAL_PAD,
	LBVS_A_REAL_POOL,
	LBVS_A_REAL_NAME,
	LBVS_A_REAL_ADDR,
	LBVS_A_REAL_WEIGHT,
	LBVS_A_REAL_ADMIN,
	LBVS_A_REAL_VERDICT,
	LBVS_A_REAL_ACTIVE_FLOWS,
	LBVS_A_REAL_COUNTERS,
	LBVS_A_REAL_EVENT,
	__LBVS_A_REAL_MAX,
};
#define LBVS_A_REAL_MAX (__LBVS_A_REAL_MAX - 1)

/**
 * enum lbvs_a_service - attributes of a service
 * @LBVS_A_SERVICE_GENERATION: u32.
 * @LBVS_A_SERVICE_NAME: string.
 * @LBVS_A_SERVICE_PROTO: u8, IPPROTO_TCP or IPPROTO_UDP.
 * @LBVS_A_SERVICE_ADDR: binary, the virtual address, 4 or 16 bytes. All reals
 *	of its pool must be of the same family.
 * @LBVS_A_SERVICE_PORT: binary, an array of 1 to LBVS_PORTS_MAX different u16,
 *	none 0.
 * @LBVS_A_SERVICE_POOL: string, name of its pool.
 * @LBVS_A_SERVICE_SCHED: u32, enum lbvs_sched, default rr.
 * @LBVS_A_SERVICE_HASH: u32, enum lbvs_hash, default source.
 * @LBVS_A_SERVICE_HASH_PREFIX: u32, bits of the source address that count, 1 to
 *	32 or 128; default: all. 0 in a SET restores the default.
 * @LBVS_A_SERVICE_TABLE_SIZE: u32, slots of the maglev table, a prime; 0 is the
 *	default and means: the smallest good prime for the number of reals.
 * @LBVS_A_SERVICE_REQUIRE: nest of enum lbvs_a_check, the checks of the pool
 *	that a member must not fail.
 * @LBVS_A_SERVICE_TO_PORT: u32, the port of the reals, only with a single PORT;
 *	0: the port that the client used (default).
 * @LBVS_A_SERVICE_WHEN_EMPTY: u32, enum lbvs_when_empty, default open.
 * @LBVS_A_SERVICE_TIMEOUT_ESTABLISHED: u32, seconds of silence after which an
 *	established TCP flow is forgotten, default 2400.
 * @LBVS_A_SERVICE_TIMEOUT_SYN: u32, seconds, TCP handshake, default 30.
 * @LBVS_A_SERVICE_TIMEOUT_FIN: u32, seconds, one side closed, default 60.
 * @LBVS_A_SERVICE_TIMEOUT_CLOSED: u32, seconds, both closed, default 5.
 * @LBVS_A_SERVICE_TIMEOUT_UDP: u32, seconds, default 60.
 * @LBVS_A_SERVICE_STATE: u32, enum lbvs_service_state, read only.
 * @LBVS_A_SERVICE_MEMBERS: u32, read only, number of members.
 * @LBVS_A_SERVICE_USABLE: u32, read only, how many of them are usable.
 * @LBVS_A_SERVICE_ACTIVE_FLOWS: u32, read only, flows that live now.
 * @LBVS_A_SERVICE_COUNTERS: nest of enum lbvs_a_counters, read only.
 * @LBVS_A_SERVICE_EVENT: u32, enum lbvs_event, notifications only.
 */
enum lbvs_a_service {
	LBVS_A_SERVICE_GENERATION = LBVS_A_GENERATION,
	LBVS_A_SERVICE_PAD,
	LBVS_A_SERVICE_NAME,
	LBVS_A_SERVICE_PROTO,
	LBVS_A_SERVICE_ADDR,
	LBVS_A_SERVICE_PORT,
	LBVS_A_SERVICE_POOL,
	LBVS_A_SERVICE_SCHED,
	LBVS_A_SERVICE_HASH,
	LBVS_A_SERVICE_HASH_PREFIX,
	LBVS_A_SERVICE_TABLE_SIZE,
	LBVS_A_SERVICE_REQUIRE,
	LBVS_A_SERVICE_TO_PORT,
	LBVS_A_SERVICE_WHEN_EMPTY,
	LBVS_A_SERVICE_TIMEOUT_ESTABLISHED,
	LBVS_A_SERVICE_TIMEOUT_SYN,
	LBVS_A_SERVICE_TIMEOUT_FIN,
	LBVS_A_SERVICE_TIMEOUT_CLOSED,
	LBVS_A_SERVICE_TIMEOUT_UDP,
	LBVS_A_SERVICE_STATE,
	LBVS_A_SERVICE_MEMBERS,
	LBVS_A_SERVICE_USABLE,
	LBVS_A_SERVICE_ACTIVE_FLOWS,
	LBVS_A_SERVICE_COUNTERS,
	LBVS_A_SERVICE_EVENT,
	__LBVS_A_SERVICE_MAX,
};
#define LBVS_A_SERVICE_MAX (__LBVS_A_SERVICE_MAX - 1)

/**
 * enum lbvs_a_member - attributes of a member, all read only
 * @LBVS_A_MEMBER_GENERATION: u32.
 * @LBVS_A_MEMBER_SERVICE: string.
 * @LBVS_A_MEMBER_POOL: string.
 * @LBVS_A_MEMBER_REAL: string.
 * @LBVS_A_MEMBER_ADDR: binary, address of the real.
 * @LBVS_A_MEMBER_WEIGHT: u32, weight of the real.
 * @LBVS_A_MEMBER_STATE: u32, enum lbvs_member_state.
 * @LBVS_A_MEMBER_CHECK: string, the first required check that is down, with
 *	LBVS_MEMBER_STATE_CHECK_DOWN.
 * @LBVS_A_MEMBER_ACTIVE_FLOWS: u32, flows that live now.
 * @LBVS_A_MEMBER_COUNTERS: nest of enum lbvs_a_counters.
 * @LBVS_A_MEMBER_EVENT: u32, enum lbvs_event, notifications only.
 */
enum lbvs_a_member {
	LBVS_A_MEMBER_GENERATION = LBVS_A_GENERATION,
	LBVS_A_MEMBER_PAD,
	LBVS_A_MEMBER_SERVICE,
	LBVS_A_MEMBER_POOL,
	LBVS_A_MEMBER_REAL,
	LBVS_A_MEMBER_ADDR,
	LBVS_A_MEMBER_WEIGHT,
	LBVS_A_MEMBER_STATE,
	LBVS_A_MEMBER_CHECK,
	LBVS_A_MEMBER_ACTIVE_FLOWS,
	LBVS_A_MEMBER_COUNTERS,
	LBVS_A_MEMBER_EVENT,
	__LBVS_A_MEMBER_MAX,
};
#define LBVS_A_MEMBER_MAX (__LBVS_A_MEMBER_MAX - 1)

/**
 * enum lbvs_a_verdict - attributes of a verdict
 * @LBVS_A_VERDICT_GENERATION: u32.
 * @LBVS_A_VERDICT_POOL: string.
 * @LBVS_A_VERDICT_REAL: string.
 * @LBVS_A_VERDICT_CHECK: string; absent: the verdict is on the whole real.
 * @LBVS_A_VERDICT_STATE: u32, enum lbvs_verdict_state.
 * @LBVS_A_VERDICT_REASON: string of up to LBVS_REASON_SIZE - 1 printable bytes.
 * @LBVS_A_VERDICT_AGE: u64, read only, milliseconds since the state changed;
 *	absent while it is unknown.
 * @LBVS_A_VERDICT_EVENT: u32, enum lbvs_event, notifications only.
 */
enum lbvs_a_verdict {
	LBVS_A_VERDICT_GENERATION = LBVS_A_GENERATION,
	LBVS_A_VERDICT_PAD,
	LBVS_A_VERDICT_POOL,
	LBVS_A_VERDICT_REAL,
	LBVS_A_VERDICT_CHECK,
	LBVS_A_VERDICT_STATE,
	LBVS_A_VERDICT_REASON,
	LBVS_A_VERDICT_AGE,
	LBVS_A_VERDICT_EVENT,
	__LBVS_A_VERDICT_MAX,
};
#define LBVS_A_VERDICT_MAX (__LBVS_A_VERDICT_MAX - 1)

/**
 * enum lbvs_a_flow - attributes of a flow, read only but as filters
 * @LBVS_A_FLOW_GENERATION: u32.
 * @LBVS_A_FLOW_PROTO: u8.
 * @LBVS_A_FLOW_CLIENT_ADDR: binary, 4 or 16 bytes.
 * @LBVS_A_FLOW_CLIENT_PORT: u16.
 * @LBVS_A_FLOW_VIRTUAL_ADDR: binary, the service's address.
 * @LBVS_A_FLOW_VIRTUAL_PORT: u16, the port that the client used.
 * @LBVS_A_FLOW_REAL_ADDR: binary, address of the real.
 * @LBVS_A_FLOW_REAL_PORT: u16, port on the real.
 * @LBVS_A_FLOW_SERVICE: string.
 * @LBVS_A_FLOW_POOL: string.
 * @LBVS_A_FLOW_REAL: string.
 * @LBVS_A_FLOW_STATE: u32, enum lbvs_flow_state.
 * @LBVS_A_FLOW_EXPIRES: u32, milliseconds until it is forgotten if it stays
 *	silent.
 * @LBVS_A_FLOW_COUNT: u32, in the answer to a DEL: flows ended.
 */
enum lbvs_a_flow {
	LBVS_A_FLOW_GENERATION = LBVS_A_GENERATION,
	LBVS_A_FLOW_PAD,
	LBVS_A_FLOW_PROTO,
	LBVS_A_FLOW_CLIENT_ADDR,
	LBVS_A_FLOW_CLIENT_PORT,
	LBVS_A_FLOW_VIRTUAL_ADDR,
	LBVS_A_FLOW_VIRTUAL_PORT,
	LBVS_A_FLOW_REAL_ADDR,
	LBVS_A_FLOW_REAL_PORT,
	LBVS_A_FLOW_SERVICE,
	LBVS_A_FLOW_POOL,
	LBVS_A_FLOW_REAL,
	LBVS_A_FLOW_STATE,
	LBVS_A_FLOW_EXPIRES,
	LBVS_A_FLOW_COUNT,
	__LBVS_A_FLOW_MAX,
};
#define LBVS_A_FLOW_MAX (__LBVS_A_FLOW_MAX - 1)

/**
 * enum lbvs_a_arm - attributes of an arm
 * @LBVS_A_ARM_GENERATION: u32, never in a request.
 * @LBVS_A_ARM_DEV: string, name of the device.
 * @LBVS_A_ARM_IFINDEX: u32, read only, its index.
 * @LBVS_A_ARM_EVENT: u32, enum lbvs_event, notifications only.
 */
enum lbvs_a_arm {
	LBVS_A_ARM_GENERATION = LBVS_A_GENERATION,
	LBVS_A_ARM_PAD,
	LBVS_A_ARM_DEV,
	LBVS_A_ARM_IFINDEX,
	LBVS_A_ARM_EVENT,
	__LBVS_A_ARM_MAX,
};
#define LBVS_A_ARM_MAX (__LBVS_A_ARM_MAX - 1)

/**
 * enum lbvs_a_stat - one named counter
 * @LBVS_A_STAT_NAME: string, a stable word such as "no-real".
 * @LBVS_A_STAT_VALUE: u64.
 * @LBVS_A_STAT_DROP: flag, each count is a packet dropped.
 * @LBVS_A_STAT_HELP: string, one line that says what was counted.
 */
enum lbvs_a_stat {
	LBVS_A_STAT_NAME = 1,
	LBVS_A_STAT_PAD = LBVS_A_PAD,
	LBVS_A_STAT_VALUE,
	LBVS_A_STAT_DROP,
	LBVS_A_STAT_HELP,
	__LBVS_A_STAT_MAX,
};
#define LBVS_A_STAT_MAX (__LBVS_A_STAT_MAX - 1)

/**
 * enum lbvs_a_stats - the network namespace as a whole
 * @LBVS_A_STATS_GENERATION: u32.
 * @LBVS_A_STATS_POOLS: u32.
 * @LBVS_A_STATS_SERVICES: u32.
 * @LBVS_A_STATS_FLOWS: u32, flows that live now.
 * @LBVS_A_STATS_FLOWS_MAX: u32, how many may.
 * @LBVS_A_STATS_FLOW_BYTES: u32, bytes of memory that one flow takes.
 * @LBVS_A_STATS_FLOW_BUCKETS: u32, buckets that the flow table has just now,
 *	of a pointer each.
 * @LBVS_A_STATS_STAT: nest of enum lbvs_a_stat; stands once per counter.
 */
enum lbvs_a_stats {
	LBVS_A_STATS_GENERATION = LBVS_A_GENERATION,
	LBVS_A_STATS_PAD,
	LBVS_A_STATS_POOLS,
	LBVS_A_STATS_SERVICES,
	LBVS_A_STATS_FLOWS,
	LBVS_A_STATS_FLOWS_MAX,
	LBVS_A_STATS_FLOW_BYTES,
	LBVS_A_STATS_FLOW_BUCKETS,
	LBVS_A_STATS_STAT,
	__LBVS_A_STATS_MAX,
};
#define LBVS_A_STATS_MAX (__LBVS_A_STATS_MAX - 1)

#endif /* _UAPI_LINUX_LBVS_H */
