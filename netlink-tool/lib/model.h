/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects of the load balancer as plain structs. Words, attributes and
 * printed text are all made from these and turned into these; nothing here
 * knows how.
 *
 * Each struct starts with a model_head. Its "set" has one bit for each field
 * that holds something, numbered as in <linux/lbvs.h>: a field that is not
 * set is left alone by a SET, matches everything in a filter, and was absent
 * in an answer.
 */
#ifndef LBVS_TOOL_MODEL_H
#define LBVS_TOOL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <net/if.h>

#include <linux/lbvs.h>

enum model_kind {
	MODEL_POOL,
	MODEL_REAL,
	MODEL_SERVICE,
	MODEL_MEMBER,
	MODEL_VERDICT,
	MODEL_FLOW,
	MODEL_AFFINITY,
	MODEL_ARM,
	MODEL_AGENT,
	MODEL_STAT,
	MODEL_STATS,
	MODEL_EXPLAIN,
	MODEL_KINDS,
};

struct model_head {
	struct model_head *next;	/* in a model_list */
	enum model_kind kind;
	uint32_t generation;
	uint32_t event;			/* enum lbvs_event, notifications */
	uint64_t set;
};

struct model_list {
	struct model_head *first;
	struct model_head *last;
	size_t count;
};

struct model_addr {
	uint8_t len;			/* 4 or 16; 0 is no address */
	uint8_t bytes[16];		/* network order */
};

struct model_ports {
	uint32_t count;
	uint16_t port[LBVS_PORTS_MAX];
};

struct model_checks {
	uint32_t count;
	char name[LBVS_CHECKS_MAX][LBVS_NAME_SIZE];
};

struct model_counters {
	uint64_t request_packets;
	uint64_t request_bytes;
	uint64_t reply_packets;
	uint64_t reply_bytes;
	uint64_t flows;
	uint64_t refused;
	uint64_t unanswered;
};

struct model_pool {
	struct model_head head;
	char name[LBVS_NAME_SIZE];
	uint8_t hash_key[LBVS_KEY_SIZE];
	struct model_checks checks;
	uint32_t min_usable;
	uint32_t ramp;			/* seconds; 0: there is none */
	uint32_t reals;
	uint32_t services;
};

struct model_real {
	struct model_head head;
	char pool[LBVS_NAME_SIZE];
	char name[LBVS_NAME_SIZE];
	struct model_addr addr;
	uint32_t weight;
	uint32_t admin;
	uint32_t max_flows;		/* 0: any number */
	uint32_t max_rate;		/* likewise */
	uint32_t tier;
	uint32_t verdict;
	uint32_t ramp;			/* percent */
	uint32_t active_flows;
	struct model_counters counters;
	uint32_t deadline_ms;
	uint32_t drain_left;
	uint32_t drain_ended;
	uint32_t drain_reset;
	uint32_t drain_dropped;
};

struct model_service {
	struct model_head head;
	char name[LBVS_NAME_SIZE];
	uint8_t proto;
	struct model_addr addr;
	struct model_ports ports;
	char pool[LBVS_NAME_SIZE];
	uint32_t sched;
	uint32_t hash;
	uint32_t hash_prefix;
	uint32_t table_size;
	struct model_checks require;
	uint32_t to_port;
	uint32_t when_empty;
	uint32_t initial;
	uint32_t on_down;
	uint32_t snat;
	uint32_t max_flows;		/* 0: any number */
	uint32_t max_rate;		/* likewise */
	uint32_t bound;			/* percent; 0: none */
	uint32_t persist;
	uint32_t persist_prefix;
	uint32_t persist_scope;
	char together[LBVS_NAME_SIZE];
	uint32_t timeout_established;
	uint32_t timeout_syn;
	uint32_t timeout_fin;
	uint32_t timeout_closed;
	uint32_t timeout_udp;
	uint32_t state;
	uint32_t members;
	uint32_t usable;
	uint32_t active_flows;
	struct model_counters counters;
};

struct model_member {
	struct model_head head;
	char service[LBVS_NAME_SIZE];
	char pool[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	struct model_addr addr;
	uint32_t weight;
	uint32_t state;
	char check[LBVS_NAME_SIZE];
	char partner[LBVS_NAME_SIZE];
	uint32_t share;
	uint32_t ramp;			/* percent */
	uint32_t active_flows;
	struct model_counters counters;
};

struct model_verdict {
	struct model_head head;
	char pool[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	char check[LBVS_NAME_SIZE];
	uint32_t state;
	char reason[LBVS_REASON_SIZE];
	uint32_t share;
	char agent[LBVS_NAME_SIZE];
	uint32_t epoch;
	bool stale;
	uint32_t lease_left_ms;
	uint64_t age_ms;
	struct model_list list;		/* of model_verdict, not owned */
};

struct model_flow {
	struct model_head head;
	uint8_t proto;
	struct model_addr client_addr;
	struct model_addr virtual_addr;
	struct model_addr real_addr;
	struct model_addr snat_addr;
	uint16_t client_port;
	uint16_t virtual_port;
	uint16_t real_port;
	uint16_t snat_port;
	char service[LBVS_NAME_SIZE];
	char pool[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	uint32_t state;
	uint32_t expires_ms;
	uint32_t count;
};

struct model_affinity {
	struct model_head head;
	struct model_addr client_addr;
	uint32_t client_prefix;
	char pool[LBVS_NAME_SIZE];
	char service[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	uint32_t expires_ms;
	uint32_t count;
};

struct model_arm {
	struct model_head head;
	char dev[IFNAMSIZ];
	uint32_t ifindex;
};

struct model_agent {
	struct model_head head;
	char name[LBVS_NAME_SIZE];
	uint32_t epoch;
	uint32_t lease_ms;
	uint32_t grace_ms;
	uint32_t on_expiry;
	uint32_t state;
	uint32_t left_ms;
	uint32_t verdicts;
};

struct model_explain {
	struct model_head head;
	struct model_addr client_addr;
	struct model_addr virtual_addr;
	uint16_t client_port;
	uint16_t virtual_port;
	uint8_t proto;
	char service[LBVS_NAME_SIZE];
	char pool[LBVS_NAME_SIZE];
	char real[LBVS_NAME_SIZE];
	struct model_addr addr;
	uint32_t state;
	char check[LBVS_NAME_SIZE];
	char partner[LBVS_NAME_SIZE];
	uint32_t active_flows;
	uint32_t rule;			/* only of the one that is chosen */
	uint32_t slot;			/* likewise, if it is hashed */
	uint32_t table_size;
};

struct model_stat {
	struct model_head head;
	char name[64];
	uint64_t value;
	bool drop;
	char help[256];
};

struct model_stats {
	struct model_head head;
	uint32_t pools;
	uint32_t services;
	uint32_t flows;
	uint32_t flows_max;
	uint32_t flow_bytes;
	uint32_t flow_buckets;
	struct model_list stat;		/* of model_stat, owned */
};

#define model_has(m, attr)	(((m)->head.set >> (attr)) & 1)
#define model_mark(m, attr)	((m)->head.set |= UINT64_C(1) << (attr))

/* Walks a list whose nodes are all of the kind that "pos" points to. */
#define model_for_each(pos, list)					\
	for ((pos) = (void *)(list)->first; (pos);			\
	     (pos) = (void *)(pos)->head.next)

/* For an object on the stack: all zero, nothing set. */
void model_init(struct model_head *m, enum model_kind kind);
/* What an object on the stack holds, but not the object itself. */
void model_clear(struct model_head *m);

struct model_head *model_new(enum model_kind kind);
void model_free(struct model_head *m);
/* What "from" holds goes to "to", of the same kind; "from" is freed. */
void model_move(struct model_head *to, struct model_head *from);

void model_list_add(struct model_list *list, struct model_head *m);
void model_list_free(struct model_list *list);

#endif
