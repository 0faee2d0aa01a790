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
 *   -ESTALE when another writer was faster. Verdicts raise the generation but
 *   make nobody's stale: they are no configuration. In answers, dumps and
 *   notifications it is always present. A dump during which the
 *   configuration changed is marked NLM_F_DUMP_INTR.
 *
 * Transactions
 *   CONFIG_BEGIN opens a transaction on the socket that it comes from. The
 *   *_NEW, *_SET and *_DEL of pools, reals and services, and CONFIG_DEL, that
 *   follow on this socket change a staged copy of the configuration, each
 *   checked against what is staged so far; one that is refused changes
 *   nothing, and the transaction goes on without it. CONFIG_COMMIT puts all
 *   of them in force at one moment, with one generation and one set of
 *   notifications. CONFIG_ABORT, or closing the socket, forgets them.
 *   Everything else is never staged: verdicts, agents, arms and flows change
 *   at once, and so does what is remembered of clients; dumps, on this socket too, show what is in force. Verdicts
 *   that are set meanwhile are kept by the commit.
 *
 *   Other writers are not kept out. CONFIG_COMMIT answers -ESTALE when one of
 *   them has changed the configuration since CONFIG_BEGIN. Whether it is
 *   obeyed or refused, CONFIG_COMMIT ends the transaction. What can be judged
 *   only of the whole (two services with one address and port) is refused at
 *   the commit; NLMSGERR_ATTR_COOKIE then holds, as u32, the nlmsg_seq of the
 *   request that brought it in. GENERATION in a staged command means the
 *   same as in any other write. A network namespace has at most
 *   LBVS_TRANSACTIONS_MAX of them open.
 *
 * Agents
 *   An agent is a program that watches reals and says, by verdicts, how they
 *   are. AGENT_NEW registers it under a name, with a lease, and answers with
 *   an epoch, which the agent states from then on. Who registers a name that
 *   is taken takes over, with its verdicts and a greater epoch: to the one
 *   before the kernel answers -ESTALE. AGENT_RENEW renews the lease for all
 *   verdicts of the agent. The lease runs out when it was not renewed in
 *   time, and also when the socket that registered or renewed last was closed
 *   and nobody has renewed within GRACE. What then becomes of the agent's
 *   verdicts is ON_EXPIRY; they are marked STALE until somebody sets them
 *   anew. After that the name has to be registered again. The last one to set
 *   a verdict owns it; one that was set without AGENT has no lease.
 *
 * Permissions
 *   Reads need no privilege, but for FLOW_GET and AFFINITY_GET, which tell the
 *   addresses of clients. They and all writes need CAP_NET_ADMIN in the initial
 *   user namespace, or, with the module parameter userns=1, in the user
 *   namespace that owns the network namespace.
 *
 * Notifications
 *   Group "config": *_NTF for each pool, real, service and arm added, changed
 *   or removed. Group "health": VERDICT_NTF, MEMBER_NTF when a member becomes
 *   usable or stops being so, and with LBVS_EVENT_SUSPECT when clients fail to
 *   connect to it, SERVICE_NTF with LBVS_EVENT_STATE when a service
 *   runs out of usable members or gets one back, REAL_NTF with
 *   LBVS_EVENT_DRAINED when a real that is drained has lost its last flow, and
 *   AGENT_NTF: ADDED when an agent registers, CHANGED when another takes over
 *   its name, STATE when its lease runs out or its grace begins or ends,
 *   REMOVED. Group "flow", which takes CAP_NET_ADMIN in the user namespace that
 *   owns the network namespace: FLOW_NTF with LBVS_EVENT_BYPASSED when the
 *   answers of a real do not come by the gateway; once for a flow, and for a
 *   service once in LBVS_BYPASSED_INTERVAL seconds: the counter "bypassed" has
 *   them all.
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
#define LBVS_MCGRP_FLOW		"flow"

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
#define LBVS_RATE_MAX		1000000	/* new flows a second */
#define LBVS_TIER_MAX		7
#define LBVS_BOUND_MIN		101	/* percent of the mean */
#define LBVS_BOUND_MAX		1000
#define LBVS_RAMP_MAX		3600	/* seconds: an hour */
#define LBVS_TRANSACTIONS_MAX	4	/* open ones of a network namespace */
#define LBVS_AGENTS_MAX		64	/* agents of a network namespace */
#define LBVS_LEASE_MIN		1000	/* milliseconds */
#define LBVS_LEASE_MAX		3600000	/* an hour */
#define LBVS_GRACE_DEFAULT	5000	/* milliseconds */
#define LBVS_BYPASSED_INTERVAL	10	/* seconds */
#define LBVS_DEADLINE_MAX	604800000	/* milliseconds: a week */
#define LBVS_RESET_RATE		2000	/* connections asked in a second, at most */
#define LBVS_HINT_FAILURES	3	/* attempts to connect that failed ... */
#define LBVS_HINT_SECONDS	10	/* ... in this time: see LBVS_EVENT_SUSPECT */

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
 * @LBVS_CMD_REAL_SET: change a real. POOL, NAME; WEIGHT, ADMIN, and DEADLINE if
 *	ADMIN is drain.
 * @LBVS_CMD_REAL_DEL: remove a real. POOL, NAME. Its flows live on, also past
 *	the deadline of a drain.
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
 *	(without it the verdict is on the whole real), REASON, SHARE, and AGENT
 *	with EPOCH. Idempotent. Or LIST, in place of all but AGENT and EPOCH, to
 *	set many at one moment: all of them, or none.
 * @LBVS_CMD_VERDICT_DEL: forget a verdict, as if none had ever come. POOL,
 *	REAL; optional CHECK.
 * @LBVS_CMD_VERDICT_GET: dump verdicts, one per real (without CHECK) and one
 *	per real and check. Filters: POOL, REAL, CHECK.
 * @LBVS_CMD_VERDICT_NTF: notification.
 * @LBVS_CMD_FLOW_GET: dump flows. Filters: SERVICE, POOL, REAL, PROTO,
 *	CLIENT_ADDR, CLIENT_PORT. Needs the same capability as a write.
 * @LBVS_CMD_FLOW_DEL: end the flows that match all the filters given, as
 *	above; without a filter, all. Answers with COUNT.
 * @LBVS_CMD_FLOW_NTF: notification.
 * @LBVS_CMD_STATS_GET: answers with the counters of the network namespace.
 * @LBVS_CMD_CONFIG_DEL: remove every service and pool. No attribute but
 *	LBVS_A_STATS_GENERATION.
 * @LBVS_CMD_ARM_NEW: make a device an arm of the fast path. DEV. Arms follow
 *	their devices and do not count in the generation.
 * @LBVS_CMD_ARM_DEL: let it be none any more. DEV.
 * @LBVS_CMD_ARM_GET: dump arms, or with DEV that one.
 * @LBVS_CMD_ARM_NTF: notification; LBVS_EVENT_CHANGED means a new name.
 * @LBVS_CMD_CONFIG_BEGIN: open a transaction on this socket. No attribute but
 *	LBVS_A_STATS_GENERATION. Answers with the generation that it starts
 *	from. -EBUSY when the socket has one open already, -ENOSPC when there
 *	are too many.
 * @LBVS_CMD_CONFIG_COMMIT: put what is staged in force. No attribute but
 *	LBVS_A_STATS_GENERATION. Answers with the generation that is in force
 *	now. -ESTALE when the configuration has changed meanwhile, -ENOENT when
 *	the socket has no transaction open.
 * @LBVS_CMD_CONFIG_ABORT: forget what is staged. No attribute. -ENOENT when
 *	the socket has no transaction open.
 * @LBVS_CMD_AGENT_NEW: register an agent, or take over its name. NAME, LEASE;
 *	optional GRACE, ON_EXPIRY. Answers with NAME and EPOCH.
 * @LBVS_CMD_AGENT_RENEW: renew the lease. NAME, EPOCH. -ESTALE when the epoch
 *	is not that of the name any more, or the lease has run out.
 * @LBVS_CMD_AGENT_DEL: leave in good order. NAME, EPOCH. The verdicts hold for
 *	one more lease, in which a successor may register the name. Without
 *	EPOCH the agent is removed at once, and its verdicts are forgotten as if
 *	none had ever come: for people.
 * @LBVS_CMD_AGENT_GET: dump agents. Filter: NAME.
 * @LBVS_CMD_AGENT_NTF: notification.
 * @LBVS_CMD_EXPLAIN_GET: dump what would become of a new flow of a client, and
 *	why. CLIENT_ADDR, and SERVICE or PROTO, VIRTUAL_ADDR and VIRTUAL_PORT;
 *	optional CLIENT_PORT, which is needed where ports are hashed. One message
 *	for each member; the one that is chosen has RULE. When nobody is, a last
 *	message has RULE alone. Nothing is changed by that, not even whose turn it
 *	is. Needs the capability to write: it tells whether a client has a flow,
 *	and where hashes lead.
 * @LBVS_CMD_AFFINITY_GET: dump the clients that are remembered. Filters:
 *	SERVICE (what it goes by, so that of its pool if it shares that), POOL,
 *	REAL, CLIENT_ADDR. Needs the same capability as a write.
 * @LBVS_CMD_AFFINITY_DEL: forget those that match all the filters given, as
 *	above; without a filter, all. Their flows live on. Answers with COUNT.
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
	LBVS_CMD_FLOW_NTF,
	LBVS_CMD_STATS_GET,
	LBVS_CMD_CONFIG_DEL,
	LBVS_CMD_ARM_NEW,
	LBVS_CMD_ARM_DEL,
	LBVS_CMD_ARM_GET,
	LBVS_CMD_ARM_NTF,
	LBVS_CMD_CONFIG_BEGIN,
	LBVS_CMD_CONFIG_COMMIT,
	LBVS_CMD_CONFIG_ABORT,
	LBVS_CMD_AGENT_NEW,
	LBVS_CMD_AGENT_RENEW,
	LBVS_CMD_AGENT_DEL,
	LBVS_CMD_AGENT_GET,
	LBVS_CMD_AGENT_NTF,
	LBVS_CMD_EXPLAIN_GET,
	LBVS_CMD_AFFINITY_GET,
	LBVS_CMD_AFFINITY_DEL,
	__LBVS_CMD_MAX,
};
#define LBVS_CMD_MAX (__LBVS_CMD_MAX - 1)

/**
 * enum lbvs_event - what a notification tells of its object
 * @LBVS_EVENT_ADDED: it is new.
 * @LBVS_EVENT_CHANGED: its configuration, or its verdict, changed.
 * @LBVS_EVENT_REMOVED: it is gone; the attributes show it as it last was.
 * @LBVS_EVENT_STATE: its derived state changed.
 * @LBVS_EVENT_BYPASSED: LBVS_FLOW_STATE_BYPASSED, of a flow.
 * @LBVS_EVENT_SUSPECT: of a member: clients fail to connect. Its real refused,
 *	or did not answer, LBVS_HINT_FAILURES SYNs within LBVS_HINT_SECONDS, and
 *	answered none in between; SYNs that one client repeats count each. Said
 *	once in LBVS_HINT_SECONDS at most. It changes nothing: whoever watches
 *	the real may have a look at once.
 * @LBVS_EVENT_DRAINED: of a real: its last flow has ended, see
 *	LBVS_ADMIN_DRAIN; the DRAIN attributes say how. Said once for each
 *	drain, about a second late at most, and at once where there was no flow.
 */
enum lbvs_event {
	LBVS_EVENT_ADDED = 1,
	LBVS_EVENT_CHANGED,
	LBVS_EVENT_REMOVED,
	LBVS_EVENT_STATE,
	LBVS_EVENT_BYPASSED,
	LBVS_EVENT_SUSPECT,
	LBVS_EVENT_DRAINED,
};

/**
 * enum lbvs_admin - what the operator said of a real
 * @LBVS_ADMIN_ENABLED: takes flows.
 * @LBVS_ADMIN_DRAIN: keeps its flows, takes no new one. DEADLINE says until when
 *	it keeps them: then those that are left are reset, as with
 *	LBVS_ON_DOWN_RESET, or if they cannot be, forgotten. Another ADMIN ends
 *	the drain before that; DRAIN with a DEADLINE begins another, and so does
 *	DRAIN without one if there was one. When the real is removed its drain
 *	is over, without LBVS_EVENT_DRAINED.
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
 * @LBVS_SCHED_LC: the member with the fewest flows, weights ignored (but 0).
 * @LBVS_SCHED_WLC: the member with the fewest flows for its weight.
 */
enum lbvs_sched {
	LBVS_SCHED_RR = 1,
	LBVS_SCHED_WRR,
	LBVS_SCHED_MAGLEV,
	LBVS_SCHED_LC,
	LBVS_SCHED_WLC,
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
 * enum lbvs_initial - what counts while there is no verdict yet
 * @LBVS_INITIAL_UP: up.
 * @LBVS_INITIAL_DOWN: down: a member is usable only once each check that the
 *	service requires is up or, if it requires none, the whole real.
 */
enum lbvs_initial {
	LBVS_INITIAL_UP = 1,
	LBVS_INITIAL_DOWN,
	__LBVS_INITIAL_MAX,
};
#define LBVS_INITIAL_MAX (__LBVS_INITIAL_MAX - 1)

/**
 * enum lbvs_on_down - what becomes of the flows of a member that a verdict
 *	makes unusable
 * @LBVS_ON_DOWN_KEEP: they live on.
 * @LBVS_ON_DOWN_DROP: they are forgotten, and their next packet is treated as
 *	any packet of no flow.
 * @LBVS_ON_DOWN_RESET: those of TCP connections are reset, at the client and
 *	at the real. From that moment no packet of them passes: each is answered
 *	with a reset that its sender's TCP has to believe. Silent ends are made
 *	to speak, at most LBVS_RESET_RATE connections a second, and given up
 *	after 5 seconds. As a reset may be lost, who was told is told twice. A
 *	verdict of up comes too late for connections that are being reset. All
 *	else (UDP, handshakes that are not complete, connections that both sides
 *	have closed) is forgotten, as with DROP.
 *
 * Neither DROP nor RESET happens while the service is open for want of usable
 * members. When it no longer is, they happen to the flows of those that are
 * still down.
 */
enum lbvs_on_down {
	LBVS_ON_DOWN_KEEP = 1,
	LBVS_ON_DOWN_DROP,
	LBVS_ON_DOWN_RESET,
	__LBVS_ON_DOWN_MAX,
};
#define LBVS_ON_DOWN_MAX (__LBVS_ON_DOWN_MAX - 1)

/**
 * enum lbvs_snat - whose address a real sees as the client's
 * @LBVS_SNAT_OFF: the client's own.
 * @LBVS_SNAT_AUTO: that of the gateway, for flows whose answers would not come
 *	back through it otherwise; all others keep the client's own.
 * @LBVS_SNAT_AUTO_SMTP: likewise, and on port 25 too.
 *
 * A flow is one of those when, as it is opened, the gateway reaches client and
 * real directly, with no router between, by the same device: then the real
 * has the client on its own link, and answers it directly. The address is the
 * one that the gateway's route to the real prefers as a source. The port is the
 * client's if it is 1024 or above, outside net.ipv4.ip_local_port_range, none of
 * a service at that address, and free towards that real and port; else another
 * one of which all that is true.
 * Where there is none the flow is refused.
 *
 * Mail servers judge clients by their address: LBVS_SNAT_AUTO is refused for a TCP
 * service that has port 25 among its ports, or as TO_PORT.
 */
enum lbvs_snat {
	LBVS_SNAT_OFF = 1,
	LBVS_SNAT_AUTO,
	LBVS_SNAT_AUTO_SMTP,
	__LBVS_SNAT_MAX,
};
#define LBVS_SNAT_MAX (__LBVS_SNAT_MAX - 1)

/**
 * enum lbvs_persist_scope - who goes by what a service remembers of clients
 * @LBVS_PERSIST_SCOPE_POOL: all services of its pool that say so, have the same
 *	PERSIST_PREFIX and persist: they send a client to one real.
 * @LBVS_PERSIST_SCOPE_SERVICE: it alone.
 */
enum lbvs_persist_scope {
	LBVS_PERSIST_SCOPE_POOL = 1,
	LBVS_PERSIST_SCOPE_SERVICE,
	__LBVS_PERSIST_SCOPE_MAX,
};
#define LBVS_PERSIST_SCOPE_MAX (__LBVS_PERSIST_SCOPE_MAX - 1)

/**
 * enum lbvs_on_expiry - what becomes of an agent's verdicts without a lease
 * @LBVS_ON_EXPIRY_HOLD: they stay what they are.
 * @LBVS_ON_EXPIRY_UP: they become up, with the full share.
 * @LBVS_ON_EXPIRY_DOWN: they become down.
 */
enum lbvs_on_expiry {
	LBVS_ON_EXPIRY_HOLD = 1,
	LBVS_ON_EXPIRY_UP,
	LBVS_ON_EXPIRY_DOWN,
	__LBVS_ON_EXPIRY_MAX,
};
#define LBVS_ON_EXPIRY_MAX (__LBVS_ON_EXPIRY_MAX - 1)

/**
 * enum lbvs_agent_state - how an agent stands
 * @LBVS_AGENT_STATE_ACTIVE: its lease runs.
 * @LBVS_AGENT_STATE_GRACE: it has left, or its socket was closed; the lease
 *	still runs, for a successor.
 * @LBVS_AGENT_STATE_EXPIRED: the lease has run out.
 */
enum lbvs_agent_state {
	LBVS_AGENT_STATE_ACTIVE = 1,
	LBVS_AGENT_STATE_GRACE,
	LBVS_AGENT_STATE_EXPIRED,
};

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
 * @LBVS_MEMBER_STATE_UNKNOWN: there is no verdict yet, and the service says
 *	LBVS_INITIAL_DOWN.
 * @LBVS_MEMBER_STATE_RESERVE: reals of lower tiers are usable.
 * @LBVS_MEMBER_STATE_FULL: it, or its real, has as many flows as it may have.
 * @LBVS_MEMBER_STATE_RATE: it, or its real, got as many new flows of late as it
 *	may get.
 * @LBVS_MEMBER_STATE_BOUND: it has more flows than the bound of the service
 *	lets it have, and others have less.
 * @LBVS_MEMBER_STATE_RAMP: it became usable of late, and has its share of the
 *	new flows for now, see LBVS_A_POOL_RAMP.
 */
enum lbvs_member_state {
	LBVS_MEMBER_STATE_USABLE = 1,
	LBVS_MEMBER_STATE_DISABLED,
	LBVS_MEMBER_STATE_DRAIN,
	LBVS_MEMBER_STATE_DOWN,
	LBVS_MEMBER_STATE_CHECK_DOWN,
	LBVS_MEMBER_STATE_WEIGHT_ZERO,
	LBVS_MEMBER_STATE_UNKNOWN,
	LBVS_MEMBER_STATE_RESERVE,
	LBVS_MEMBER_STATE_FULL,
	LBVS_MEMBER_STATE_RATE,
	LBVS_MEMBER_STATE_BOUND,
	LBVS_MEMBER_STATE_RAMP,
};

/**
 * enum lbvs_rule_kind - by which rule a real is chosen
 * @LBVS_RULE_FLOW: the client has a flow to it already.
 * @LBVS_RULE_AFFINITY: the client is remembered with it.
 * @LBVS_RULE_TURN: it is its turn.
 * @LBVS_RULE_LEAST: it has the fewest flows.
 * @LBVS_RULE_HASH: the client's hash leads there.
 * @LBVS_RULE_NEXT: whoever was first could not take the flow.
 * @LBVS_RULE_RESERVE: it is of a higher tier, and nobody of a lower one could.
 * @LBVS_RULE_OPEN: nobody is usable, so all that are enabled are.
 * @LBVS_RULE_EMPTY: nobody is chosen: none is usable.
 * @LBVS_RULE_LIMIT: nobody is chosen: all are at their limits.
 * @LBVS_RULE_TIER: it is of a higher tier, and too few of lower ones are usable,
 *	see LBVS_A_POOL_MIN_USABLE. Whatever led to it among those in use.
 */
enum lbvs_rule_kind {
	LBVS_RULE_FLOW = 1,
	LBVS_RULE_AFFINITY,
	LBVS_RULE_TURN,
	LBVS_RULE_LEAST,
	LBVS_RULE_HASH,
	LBVS_RULE_NEXT,
	LBVS_RULE_RESERVE,
	LBVS_RULE_OPEN,
	LBVS_RULE_EMPTY,
	LBVS_RULE_LIMIT,
	LBVS_RULE_TIER,
};

/**
 * enum lbvs_verdict_state - health of a real, or of a check on a real
 * @LBVS_VERDICT_STATE_UNKNOWN: no verdict yet; counts as up unless the service
 *	says LBVS_INITIAL_DOWN. Never in a SET.
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
 * @LBVS_FLOW_STATE_BYPASSED: TCP, the client's SYN was seen and no answer, which
 *	goes past the gateway: the client went on all the same; or it repeats its
 *	SYN and is one that LBVS_SNAT_AUTO is meant for, but the service is off.
 * @LBVS_FLOW_STATE_RESETTING: TCP, both sides are being reset, see
 *	LBVS_ON_DOWN_RESET.
 */
enum lbvs_flow_state {
	LBVS_FLOW_STATE_SYN = 1,
	LBVS_FLOW_STATE_SYN_ACK,
	LBVS_FLOW_STATE_ESTABLISHED,
	LBVS_FLOW_STATE_FIN,
	LBVS_FLOW_STATE_CLOSED,
	LBVS_FLOW_STATE_UDP,
	LBVS_FLOW_STATE_BYPASSED,
	LBVS_FLOW_STATE_RESETTING,
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
 * @LBVS_A_COUNTERS_REFUSED: u64, those whose SYN the real answered with a reset.
 * @LBVS_A_COUNTERS_UNANSWERED: u64, SYNs that the real did not answer until the
 *	client sent its SYN again, or the flow was forgotten: of a client that
 *	sends 4 to a real that is silent, 3 count while it does so and one after
 *	TIMEOUT_SYN.
 */
enum lbvs_a_counters {
	LBVS_A_COUNTERS_PAD = LBVS_A_PAD,
	LBVS_A_COUNTERS_REQUEST_PACKETS,
	LBVS_A_COUNTERS_REQUEST_BYTES,
	LBVS_A_COUNTERS_REPLY_PACKETS,
	LBVS_A_COUNTERS_REPLY_BYTES,
	LBVS_A_COUNTERS_FLOWS,
	LBVS_A_COUNTERS_REFUSED,
	LBVS_A_COUNTERS_UNANSWERED,
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
 * @LBVS_A_POOL_MIN_USABLE: u32, 1 to LBVS_REALS_MAX, default 1: reals of a
 *	higher tier take new flows while fewer than so many of lower ones are
 *	usable.
 * @LBVS_A_POOL_RAMP: u32, seconds up to LBVS_RAMP_MAX; 0: there is none
 *	(default). For so long a member that becomes usable takes a share of the
 *	new flows that grows up to the fair one, the one that its weight says.
 *	With LBVS_SCHED_LC and LBVS_SCHED_WLC it then has at most one and a half
 *	times as much until it has as many flows as the others. With
 *	LBVS_SCHED_MAGLEV its weight grows in four steps. It has one flow a
 *	second at least, if that is not more than the fair share. After
 *	LBVS_HINT_FAILURES attempts to connect that failed in a row the ramp
 *	begins anew, after a pause of 1, then 2, 4, ... 60 seconds, in which it
 *	has that flow a second alone. Members that are new with their service
 *	have no ramp, and neither have those that became usable when no other
 *	one was, nor those that follow within 10 seconds, or within so many as
 *	this says if these are fewer.
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
	LBVS_A_POOL_MIN_USABLE,
	LBVS_A_POOL_RAMP,
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
 * @LBVS_A_REAL_ACTIVE_FLOWS: u32, read only, flows that live now. A connection
 *	that both sides have closed, or one has reset, counts no more.
 * @LBVS_A_REAL_COUNTERS: nest of enum lbvs_a_counters, read only, the sum over
 *	the services that use the real.
 * @LBVS_A_REAL_LIMIT_FLOWS: u32, so many flows may live at once, over all
 *	services of the pool; 0: any number (default).
 * @LBVS_A_REAL_LIMIT_RATE: u32, up to LBVS_RATE_MAX, so many new flows a second;
 *	0: any number (default).
 * @LBVS_A_REAL_TIER: u32, 0 (default) to LBVS_TIER_MAX: those of a lower tier
 *	come first, see LBVS_A_POOL_MIN_USABLE. Also when all of lower tiers are
 *	at their limits.
 * @LBVS_A_REAL_RAMP: u32, read only, the smallest LBVS_A_MEMBER_RAMP of the
 *	services that use the real; absent: there is none.
 * @LBVS_A_REAL_EVENT: u32, enum lbvs_event, notifications only.
 * @LBVS_A_REAL_DEADLINE: u32, milliseconds, 0 to LBVS_DEADLINE_MAX, in a SET
 *	with ADMIN drain: how long after it, or after the commit of its
 *	transaction, the real keeps its flows. In answers what is left of it;
 *	absent: the drain has no deadline, or there is no drain.
 * @LBVS_A_REAL_DRAIN_LEFT: u32, read only, while ADMIN is drain: flows of the
 *	real that live, with those that are being reset, and those that came by
 *	services which have another pool now.
 * @LBVS_A_REAL_DRAIN_ENDED: u32, likewise: flows that ended by themselves, or
 *	by another request, since the drain began.
 * @LBVS_A_REAL_DRAIN_RESET: u32, likewise: flows that the deadline has reset, or
 *	has begun to.
 * @LBVS_A_REAL_DRAIN_DROPPED: u32, likewise: flows that could not be reset, as
 *	they are no complete connection, and were forgotten at the deadline.
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
	LBVS_A_REAL_LIMIT_FLOWS,
	LBVS_A_REAL_LIMIT_RATE,
	LBVS_A_REAL_TIER,
	LBVS_A_REAL_RAMP,
	LBVS_A_REAL_EVENT,
	LBVS_A_REAL_DEADLINE,
	LBVS_A_REAL_DRAIN_LEFT,
	LBVS_A_REAL_DRAIN_ENDED,
	LBVS_A_REAL_DRAIN_RESET,
	LBVS_A_REAL_DRAIN_DROPPED,
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
 * @LBVS_A_SERVICE_INITIAL: u32, enum lbvs_initial, default up.
 * @LBVS_A_SERVICE_ON_DOWN: u32, enum lbvs_on_down, default keep.
 * @LBVS_A_SERVICE_SNAT: u32, enum lbvs_snat, default off. Flows that live keep
 *	what they have.
 * @LBVS_A_SERVICE_TIMEOUT_ESTABLISHED: u32, seconds of silence after which an
 *	established TCP flow is forgotten, default 2400.
 * @LBVS_A_SERVICE_TIMEOUT_SYN: u32, seconds, TCP handshake, default 30.
 * @LBVS_A_SERVICE_TIMEOUT_FIN: u32, seconds, one side closed, default 60.
 * @LBVS_A_SERVICE_TIMEOUT_CLOSED: u32, seconds, both closed, default 5.
 * @LBVS_A_SERVICE_TIMEOUT_UDP: u32, seconds, default 60.
 * @LBVS_A_SERVICE_STATE: u32, enum lbvs_service_state, read only.
 * @LBVS_A_SERVICE_MEMBERS: u32, read only, number of members.
 * @LBVS_A_SERVICE_USABLE: u32, read only, how many of them are usable.
 * @LBVS_A_SERVICE_ACTIVE_FLOWS: u32, read only, flows that live now, as of a
 *	real.
 * @LBVS_A_SERVICE_COUNTERS: nest of enum lbvs_a_counters, read only.
 * @LBVS_A_SERVICE_LIMIT_FLOWS: u32, as of a real, but for each member: what the
 *	real has by this service alone.
 * @LBVS_A_SERVICE_LIMIT_RATE: u32, likewise.
 * @LBVS_A_SERVICE_BOUND: u32, percent, LBVS_BOUND_MIN to LBVS_BOUND_MAX, only
 *	with LBVS_SCHED_MAGLEV: a member takes no new flow that would give it
 *	more than so much of the mean, by weight; the flow goes on to others, the
 *	same ones for the same client. 0: there is no bound (default).
 * @LBVS_A_SERVICE_EVENT: u32, enum lbvs_event, notifications only.
 * @LBVS_A_SERVICE_PERSIST: u32, seconds, up to LBVS_TIMEOUT_MAX; 0: off
 *	(default). So long a client is remembered with its real, from its last
 *	new flow on, and new flows go to that real. Packets of flows, and their
 *	ends, do not count. It is advice: when that real takes no new flows (it
 *	is none of those that a scheduler may choose), the client is scheduled
 *	as any other, and remembered with the real that it gets. While the
 *	service is LBVS_SERVICE_STATE_OPEN all reals that are enabled may be
 *	chosen, so clients stay where they are. A real that was removed, and
 *	added again, is another one. -EINVAL with LBVS_SCHED_MAGLEV.
 * @LBVS_A_SERVICE_PERSIST_PREFIX: u32, bits of the client's address that count,
 *	1 to 32 or 128; default: all. A PERSIST in a SET restores the default.
 * @LBVS_A_SERVICE_PERSIST_SCOPE: u32, enum lbvs_persist_scope, default pool.
 * @LBVS_A_SERVICE_TOGETHER: string, a word like a name; empty: none (default).
 *	Services of one pool with the same word go together: a member is usable
 *	only while its real is usable for each of them, by REQUIRE and INITIAL of
 *	all, and its share is the smallest. So they send new flows of a client to
 *	the same real, also while checks differ. While no real is usable for all
 *	of them, each goes by its own. -EINVAL for a service that neither
 *	persists in LBVS_PERSIST_SCOPE_POOL nor hashes the source with
 *	LBVS_SCHED_MAGLEV.
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
	LBVS_A_SERVICE_INITIAL,
	LBVS_A_SERVICE_ON_DOWN,
	LBVS_A_SERVICE_SNAT,
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
	LBVS_A_SERVICE_LIMIT_FLOWS,
	LBVS_A_SERVICE_LIMIT_RATE,
	LBVS_A_SERVICE_BOUND,
	LBVS_A_SERVICE_EVENT,
	LBVS_A_SERVICE_PERSIST,
	LBVS_A_SERVICE_PERSIST_PREFIX,
	LBVS_A_SERVICE_PERSIST_SCOPE,
	LBVS_A_SERVICE_TOGETHER,
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
 *	LBVS_MEMBER_STATE_CHECK_DOWN, or has no verdict, with _UNKNOWN.
 * @LBVS_A_MEMBER_SHARE: u32, percent of its weight that count, the smallest of
 *	the verdicts on the whole real and on the checks that the service
 *	requires; absent: all of it.
 * @LBVS_A_MEMBER_ACTIVE_FLOWS: u32, flows that live now.
 * @LBVS_A_MEMBER_COUNTERS: nest of enum lbvs_a_counters.
 * @LBVS_A_MEMBER_RAMP: u32, percent of its fair share of the new flows that it
 *	may have, while it has a ramp; 150 while it catches up with the others,
 *	0 in a pause after failures; absent: there is no ramp. See
 *	LBVS_A_POOL_RAMP.
 * @LBVS_A_MEMBER_EVENT: u32, enum lbvs_event, notifications only.
 * @LBVS_A_MEMBER_PARTNER: string, the service by whose demand the member is not
 *	usable, when it is that of another one that goes together with its own.
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
	LBVS_A_MEMBER_SHARE,
	LBVS_A_MEMBER_ACTIVE_FLOWS,
	LBVS_A_MEMBER_COUNTERS,
	LBVS_A_MEMBER_RAMP,
	LBVS_A_MEMBER_EVENT,
	LBVS_A_MEMBER_PARTNER,
	__LBVS_A_MEMBER_MAX,
};
#define LBVS_A_MEMBER_MAX (__LBVS_A_MEMBER_MAX - 1)

/**
 * enum lbvs_a_explain - attributes of what would become of a flow
 * @LBVS_A_EXPLAIN_GENERATION: u32.
 * @LBVS_A_EXPLAIN_CLIENT_ADDR: binary, 4 or 16 bytes; only in a request.
 * @LBVS_A_EXPLAIN_CLIENT_PORT: u16; only in a request.
 * @LBVS_A_EXPLAIN_PROTO: u8, IPPROTO_TCP or IPPROTO_UDP; only in a request.
 * @LBVS_A_EXPLAIN_VIRTUAL_ADDR: binary; only in a request.
 * @LBVS_A_EXPLAIN_VIRTUAL_PORT: u16; only in a request. With SERVICE one of its
 *	ports; else its first one is meant.
 * @LBVS_A_EXPLAIN_SERVICE: string, name of the service.
 * @LBVS_A_EXPLAIN_POOL: string, name of its pool.
 * @LBVS_A_EXPLAIN_REAL: string, name of the real.
 * @LBVS_A_EXPLAIN_ADDR: binary, its address.
 * @LBVS_A_EXPLAIN_STATE: u32, enum lbvs_member_state: LBVS_MEMBER_STATE_USABLE,
 *	or why it was not, or would not be, chosen.
 * @LBVS_A_EXPLAIN_CHECK: string, as in enum lbvs_a_member.
 * @LBVS_A_EXPLAIN_PARTNER: string, as in enum lbvs_a_member.
 * @LBVS_A_EXPLAIN_ACTIVE_FLOWS: u32, as in enum lbvs_a_member.
 * @LBVS_A_EXPLAIN_RULE: u32, enum lbvs_rule_kind.
 * @LBVS_A_EXPLAIN_SLOT: u32, the slot of the table that the client's hash leads
 *	to, if the service hashes and its scheduler was asked. Beside RULE, which
 *	says whether the flow went where the slot leads: with LBVS_RULE_NEXT, for
 *	one, it did not.
 * @LBVS_A_EXPLAIN_TABLE_SIZE: u32, how many slots the table has; beside SLOT.
 */
enum lbvs_a_explain {
	LBVS_A_EXPLAIN_GENERATION = LBVS_A_GENERATION,
	LBVS_A_EXPLAIN_PAD,
	LBVS_A_EXPLAIN_CLIENT_ADDR,
	LBVS_A_EXPLAIN_CLIENT_PORT,
	LBVS_A_EXPLAIN_PROTO,
	LBVS_A_EXPLAIN_VIRTUAL_ADDR,
	LBVS_A_EXPLAIN_VIRTUAL_PORT,
	LBVS_A_EXPLAIN_SERVICE,
	LBVS_A_EXPLAIN_POOL,
	LBVS_A_EXPLAIN_REAL,
	LBVS_A_EXPLAIN_ADDR,
	LBVS_A_EXPLAIN_STATE,
	LBVS_A_EXPLAIN_CHECK,
	LBVS_A_EXPLAIN_PARTNER,
	LBVS_A_EXPLAIN_ACTIVE_FLOWS,
	LBVS_A_EXPLAIN_RULE,
	LBVS_A_EXPLAIN_SLOT,
	LBVS_A_EXPLAIN_TABLE_SIZE,
	__LBVS_A_EXPLAIN_MAX,
};
#define LBVS_A_EXPLAIN_MAX (__LBVS_A_EXPLAIN_MAX - 1)

/**
 * enum lbvs_a_verdict - attributes of a verdict
 * @LBVS_A_VERDICT_GENERATION: u32.
 * @LBVS_A_VERDICT_POOL: string.
 * @LBVS_A_VERDICT_REAL: string.
 * @LBVS_A_VERDICT_CHECK: string; absent: the verdict is on the whole real.
 * @LBVS_A_VERDICT_STATE: u32, enum lbvs_verdict_state.
 * @LBVS_A_VERDICT_REASON: string of up to LBVS_REASON_SIZE - 1 printable bytes.
 * @LBVS_A_VERDICT_SHARE: u32, 1 to 100: how much of its weight a member that
 *	is up has, in percent; default 100. The scheduler rr knows no weights.
 * @LBVS_A_VERDICT_AGENT: string, the agent that set it; absent: a person, or
 *	nobody yet.
 * @LBVS_A_VERDICT_EPOCH: u32, what AGENT_NEW answered; in a SET with AGENT.
 * @LBVS_A_VERDICT_LIST: nest of enum lbvs_a_verdicts, in a SET.
 * @LBVS_A_VERDICT_STALE: flag, read only: the agent's lease has run out.
 * @LBVS_A_VERDICT_LEASE_LEFT: u32, read only, milliseconds until it does.
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
	LBVS_A_VERDICT_SHARE,
	LBVS_A_VERDICT_AGENT,
	LBVS_A_VERDICT_EPOCH,
	LBVS_A_VERDICT_LIST,
	LBVS_A_VERDICT_STALE,
	LBVS_A_VERDICT_LEASE_LEFT,
	LBVS_A_VERDICT_AGE,
	LBVS_A_VERDICT_EVENT,
	__LBVS_A_VERDICT_MAX,
};
#define LBVS_A_VERDICT_MAX (__LBVS_A_VERDICT_MAX - 1)

/**
 * enum lbvs_a_verdicts - a list of verdicts
 * @LBVS_A_VERDICTS_ENTRY: nest of enum lbvs_a_verdict: POOL, REAL, STATE;
 *	optional CHECK, REASON, SHARE. May stand more than once.
 */
enum lbvs_a_verdicts {
	LBVS_A_VERDICTS_ENTRY = 1,
	__LBVS_A_VERDICTS_MAX,
};
#define LBVS_A_VERDICTS_MAX (__LBVS_A_VERDICTS_MAX - 1)

/**
 * enum lbvs_a_agent - attributes of an agent
 * @LBVS_A_AGENT_GENERATION: u32, never in a request.
 * @LBVS_A_AGENT_NAME: string.
 * @LBVS_A_AGENT_EPOCH: u32, which registration it is; greater than any before
 *	in the network namespace.
 * @LBVS_A_AGENT_LEASE: u32, milliseconds, LBVS_LEASE_MIN to LBVS_LEASE_MAX.
 * @LBVS_A_AGENT_GRACE: u32, milliseconds, 0 to LBVS_LEASE_MAX; default
 *	LBVS_GRACE_DEFAULT. Never longer than what is left of the lease.
 * @LBVS_A_AGENT_ON_EXPIRY: u32, enum lbvs_on_expiry, default hold.
 * @LBVS_A_AGENT_STATE: u32, read only, enum lbvs_agent_state.
 * @LBVS_A_AGENT_LEFT: u32, read only, milliseconds left of lease or grace.
 * @LBVS_A_AGENT_VERDICTS: u32, read only, number of its verdicts.
 * @LBVS_A_AGENT_EVENT: u32, enum lbvs_event, notifications only.
 */
enum lbvs_a_agent {
	LBVS_A_AGENT_GENERATION = LBVS_A_GENERATION,
	LBVS_A_AGENT_PAD,
	LBVS_A_AGENT_NAME,
	LBVS_A_AGENT_EPOCH,
	LBVS_A_AGENT_LEASE,
	LBVS_A_AGENT_GRACE,
	LBVS_A_AGENT_ON_EXPIRY,
	LBVS_A_AGENT_STATE,
	LBVS_A_AGENT_LEFT,
	LBVS_A_AGENT_VERDICTS,
	LBVS_A_AGENT_EVENT,
	__LBVS_A_AGENT_MAX,
};
#define LBVS_A_AGENT_MAX (__LBVS_A_AGENT_MAX - 1)

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
 * @LBVS_A_FLOW_SNAT_ADDR: binary, the gateway's address that the real sees in
 *	place of the client's; absent: it sees the client's.
 * @LBVS_A_FLOW_SNAT_PORT: u16, likewise.
 * @LBVS_A_FLOW_SERVICE: string.
 * @LBVS_A_FLOW_POOL: string.
 * @LBVS_A_FLOW_REAL: string.
 * @LBVS_A_FLOW_STATE: u32, enum lbvs_flow_state.
 * @LBVS_A_FLOW_EXPIRES: u32, milliseconds until it is forgotten if it stays
 *	silent.
 * @LBVS_A_FLOW_COUNT: u32, in the answer to a DEL: flows ended.
 * @LBVS_A_FLOW_EVENT: u32, enum lbvs_event, notifications only.
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
	LBVS_A_FLOW_SNAT_ADDR,
	LBVS_A_FLOW_SNAT_PORT,
	LBVS_A_FLOW_SERVICE,
	LBVS_A_FLOW_POOL,
	LBVS_A_FLOW_REAL,
	LBVS_A_FLOW_STATE,
	LBVS_A_FLOW_EXPIRES,
	LBVS_A_FLOW_COUNT,
	LBVS_A_FLOW_EVENT,
	__LBVS_A_FLOW_MAX,
};
#define LBVS_A_FLOW_MAX (__LBVS_A_FLOW_MAX - 1)

/**
 * enum lbvs_a_affinity - attributes of a client that is remembered, read only
 *	but as filters
 * @LBVS_A_AFFINITY_GENERATION: u32.
 * @LBVS_A_AFFINITY_CLIENT_ADDR: binary, 4 or 16 bytes, cut to CLIENT_PREFIX
 *	bits. As a filter: any client that is meant by that.
 * @LBVS_A_AFFINITY_CLIENT_PREFIX: u32, how many bits of it count.
 * @LBVS_A_AFFINITY_POOL: string.
 * @LBVS_A_AFFINITY_SERVICE: string; absent: all services of the pool that
 *	persist in its scope.
 * @LBVS_A_AFFINITY_REAL: string, the real that the client is sent to.
 * @LBVS_A_AFFINITY_EXPIRES: u32, milliseconds until the client is forgotten if
 *	it opens no flow.
 * @LBVS_A_AFFINITY_COUNT: u32, in the answer to a DEL: clients forgotten.
 */
enum lbvs_a_affinity {
	LBVS_A_AFFINITY_GENERATION = LBVS_A_GENERATION,
	LBVS_A_AFFINITY_PAD,
	LBVS_A_AFFINITY_CLIENT_ADDR,
	LBVS_A_AFFINITY_CLIENT_PREFIX,
	LBVS_A_AFFINITY_POOL,
	LBVS_A_AFFINITY_SERVICE,
	LBVS_A_AFFINITY_REAL,
	LBVS_A_AFFINITY_EXPIRES,
	LBVS_A_AFFINITY_COUNT,
	__LBVS_A_AFFINITY_MAX,
};
#define LBVS_A_AFFINITY_MAX (__LBVS_A_AFFINITY_MAX - 1)

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
