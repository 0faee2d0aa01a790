/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters: named ones per network namespace, and traffic per member. */
#ifndef _LBVS_STATS_H
#define _LBVS_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

#include "net.h"
#include "types.h"

/*
 * X(enumerator, name, is each count a packet dropped?, what is counted)
 * The names are part of the interface: add, never rename.
 */
#define LBVS_STATS(X)                                                         \
	X(PACKETS_FAST, "packets-fast", false,                                \
	  "packets forwarded on the fast path, straight from an arm")     \
	X(PACKETS_SLOW, "packets-slow", false,                                \
	  "packets forwarded on the slow path, through the IP stack")         \
	X(ROUTES_FORGOTTEN, "routes-forgotten", false,                        \
	  "times that all flows were to learn their routes anew, as there was another firewall hook or reverse path filter") \
	X(FLOW_OPENED, "flow-opened", false, "flows opened")                  \
	X(FLOW_EXPIRED, "flow-expired", false,                                \
	  "flows forgotten after their timeout")                              \
	X(FLOW_REPLACED, "flow-replaced", false,                              \
	  "finished or stranded flows that a new SYN started anew")           \
	X(FLOW_EVICTED, "flow-evicted", false,                                \
	  "half-open or finished flows that made room for a new one, as the table was full") \
	X(FLOW_SNAT, "flow-snat", false,                                      \
	  "flows opened that have the gateway's address as their source (snat auto)") \
	X(BYPASSED, "bypassed", false,                                        \
	  "flows whose answers go past the gateway (see lbctl monitor)")      \
	X(RESET_BEGUN, "reset-begun", false,                                  \
	  "flows begun to be reset (on-down reset)")                          \
	X(RESET_ASKED, "reset-asked", false,                                  \
	  "times that a silent side of such a flow was made to speak")        \
	X(RESET_DONE, "reset-done", false,                                    \
	  "such flows of which both sides were told")                         \
	X(RESET_GIVEN_UP, "reset-given-up", false,                            \
	  "such flows of which a side did not speak")                         \
	X(ICMP_REQUEST, "icmp-request", false,                                \
	  "ICMP errors translated for a real")                                \
	X(ICMP_REPLY, "icmp-reply", false,                                    \
	  "ICMP errors translated for a client")                              \
	X(OPENED_EMPTY, "opened-empty", false,                                \
	  "flows opened although no member was usable (when-empty open)")     \
	X(AFFINITY_HIT, "affinity-hit", false,                                \
	  "new flows of clients that were remembered, and sent to the same real (persist)") \
	X(AFFINITY_MOVED, "affinity-moved", false,                            \
	  "clients that were remembered, and moved as their real could not take them") \
	X(AFFINITY_EVICTED, "affinity-evicted", false,                        \
	  "clients that were forgotten to remember others (max_clients)")     \
	X(CLASH, "clash", false,                                              \
	  "choices given up because client, real and port were in use")       \
	X(REJECTED_EMPTY, "rejected-empty", true,                             \
	  "new flows refused because no member was usable")                   \
	X(REJECTED_LIMIT, "rejected-limit", true,                             \
	  "new flows refused as all usable members are at their limits")      \
	X(REJECTED_NO_FLOW, "rejected-no-flow", true,                         \
	  "TCP packets of no known flow, answered with a reset")              \
	X(REJECTED_NO_PORT, "rejected-no-port", true,                         \
	  "new flows refused because no source port was free (snat auto)")    \
	X(DROP_CLASH, "drop-clash", true,                                     \
	  "new flows for which every choice clashed")                         \
	X(DROP_TABLE_FULL, "drop-table-full", true,                           \
	  "new flows that found the flow table full, and none to make room")  \
	X(DROP_RESETTING, "drop-resetting", true,                             \
	  "packets of flows that are being reset, which lead to resets")      \
	X(DROP_FRAGMENT, "drop-fragment", true,                               \
	  "fragments that fit no others, or for which there was no room")     \
	X(DROP_NO_MEMORY, "drop-no-memory", true,                             \
	  "packets dropped for lack of memory")

enum lbvs_stat {
#define LBVS_STAT_ENUM(id, name, drop, help) LBVS_STAT_##id,
	LBVS_STATS(LBVS_STAT_ENUM)
#undef LBVS_STAT_ENUM
	LBVS_STAT_COUNT,
};

/**
 * struct lbvs_stat_info - what a person is told of a named counter
 * @name: stable word.
 * @help: one line.
 * @drop: each count is a packet dropped.
 */
struct lbvs_stat_info {
	const char *name;
	const char *help;
	bool drop;
};

extern const struct lbvs_stat_info lbvs_stat_infos[LBVS_STAT_COUNT];

/**
 * struct lbvs_stats - what a network namespace keeps per CPU
 * @count: the named counters.
 * @request: the request that was rewritten last; only ever compared with. A
 *	packet that is the same at its way out is looked for to learn its route.
 */
struct lbvs_stats {
	unsigned long count[LBVS_STAT_COUNT];
	const struct sk_buff *request;
};

/**
 * struct lbvs_counters - traffic of a member on one CPU
 * @packets: packets per direction.
 * @bytes: bytes per direction, from the IP header on.
 * @flows: flows opened.
 * @refused: connections that the real refused.
 * @unanswered: SYNs that the real did not answer.
 * @sync: makes 64-bit reads whole on 32-bit machines.
 */
struct lbvs_counters {
	u64_stats_t packets[LBVS_DIRS];
	u64_stats_t bytes[LBVS_DIRS];
	u64_stats_t flows;
	u64_stats_t refused;
	u64_stats_t unanswered;
	struct u64_stats_sync sync;
};

/* The same, added up. */
struct lbvs_totals {
	u64 packets[LBVS_DIRS];
	u64 bytes[LBVS_DIRS];
	u64 flows;
	u64 refused;
	u64 unanswered;
};

/* Any context. */
static inline void lbvs_stats_inc(const struct lbvs_net *ln,
				  enum lbvs_stat stat)
{
	this_cpu_inc(ln->stats->count[stat]);
}

/* Softirq, or with bottom halves off: the sync is not reentrant. */
static inline void lbvs_counters_packet(struct lbvs_counters __percpu *counters,
					enum lbvs_dir dir, unsigned int bytes)
{
	struct lbvs_counters *here = this_cpu_ptr(counters);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->packets[dir]);
	u64_stats_add(&here->bytes[dir], bytes);
	u64_stats_update_end(&here->sync);
}

static inline void lbvs_counters_flow(struct lbvs_counters __percpu *counters)
{
	struct lbvs_counters *here = this_cpu_ptr(counters);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->flows);
	u64_stats_update_end(&here->sync);
}

static inline void lbvs_counters_refused(struct lbvs_counters __percpu *counters)
{
	struct lbvs_counters *here = this_cpu_ptr(counters);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->refused);
	u64_stats_update_end(&here->sync);
}

static inline void
lbvs_counters_unanswered(struct lbvs_counters __percpu *counters)
{
	struct lbvs_counters *here = this_cpu_ptr(counters);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->unanswered);
	u64_stats_update_end(&here->sync);
}

int lbvs_stats_init(struct lbvs_net *ln);
void lbvs_stats_exit(struct lbvs_net *ln);
u64 lbvs_stats_sum(const struct lbvs_net *ln, enum lbvs_stat stat);
struct lbvs_counters __percpu *lbvs_counters_alloc(void);
void lbvs_counters_sum(const struct lbvs_counters __percpu *counters,
		       struct lbvs_totals *totals);

#endif /* _LBVS_STATS_H */
