// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A real that has the client on its own link would answer it directly. So it is
 * shown the gateway's address in place of the client's. The flow is an ordinary
 * one, client to service and real to client. Beside it stands another pair of
 * directions, in a table of its own, which does the rest at the outer ends of
 * the stack, between which all looks as it does for any flow:
 *
 *               PRE_ROUTING                   POST_ROUTING
 *   request     client -> service ...         ... client -> real
 *               client -> real                    gateway -> real    (here)
 *   reply       real -> gateway               ... real -> client
 *        (here) real -> client ...                service -> client
 *
 * So routing, conntrack, rules of a firewall and errors of the stack meet client
 * and real. The pair is made before its flow, and taken out with it.
 *
 * Whoever finds one in the table or at its flow may use it until the end of the
 * RCU read section.
 */
#include "snat.h"
#include "flow_table.h"
#include "hairpin.h"
#include "member.h"
#include "rewrite.h"
#include "ruleset.h"
#include "stats.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <net/ip.h>

/* So many ports are tried before a client is told to go away. */
#define LBVS_SNAT_ATTEMPTS 32

/* Ports below it are given to nobody. */
#define LBVS_SNAT_PORT_MIN 1024

/**
 * struct ports - those that a source may have
 * @low: first of those that it may not.
 * @high: last of these.
 *
 * Sockets of the gateway itself that connect to the same real, such as a
 * prober's, get theirs from ip_local_port_range. They do not ask us, nor could
 * we ask those that come later: so we stay out of that range, in which the
 * operator leaves as many as it takes. A socket that was bound to a port outside
 * of it meets ours only if it speaks to the very same real and port.
 */
struct ports {
	u32 low;
	u32 high;
};

static struct ports find_ports(const struct lbvs_net *ln)
{
	int low, high;

	inet_get_local_port_range(ln->net, &low, &high);
	return (struct ports){
		.low = max(low, LBVS_SNAT_PORT_MIN),
		.high = max(high, LBVS_SNAT_PORT_MIN - 1),
	};
}

static u32 count_ports(const struct ports *ports)
{
	return ports->low - LBVS_SNAT_PORT_MIN + U16_MAX - ports->high;
}

static u32 nth_port(const struct ports *ports, u32 n)
{
	u32 below = ports->low - LBVS_SNAT_PORT_MIN;

	return n < below ? LBVS_SNAT_PORT_MIN + n : ports->high + 1 + n - below;
}

static bool has_port(const struct ports *ports, u32 port)
{
	return port >= LBVS_SNAT_PORT_MIN &&
	       (port < ports->low || port > ports->high);
}

static int insert(struct lbvs_flow_table *table, struct lbvs_flow_node *node)
{
	return lbvs_flow_table_insert(table, node,
				      lbvs_flow_hash(table, &node->tuple));
}

static void remove(struct lbvs_flow_table *table, struct lbvs_flow_node *node)
{
	lbvs_flow_table_remove(table, node, lbvs_flow_hash(table, &node->tuple));
}

/*
 * A port of a service that has the gateway's own address is not taken: at the
 * ingress of an arm a datagram of the real would pass for one of its clients'.
 */
static bool take_port(const struct lbvs_net *ln, struct lbvs_flow_node *node,
		      __be16 port)
{
	node->tuple.dport = port;
	return !lbvs_ruleset_find(rcu_dereference(ln->ruleset), &node->tuple) &&
	       !insert(ln->snats, node);
}

/* Put the real's direction into the table, with a port that is free. */
static int insert_with_port(const struct lbvs_net *ln,
			    struct lbvs_flow_node *node, __be16 client_port)
{
	const struct ports ports = find_ports(ln);
	u32 attempts, at, i;
	u32 n = count_ports(&ports);

	if (has_port(&ports, ntohs(client_port)) &&
	    take_port(ln, node, client_port))
		return 0;

	/* Keyed, so nobody foresees it; and clients do not meet in one place. */
	node->tuple.dport = client_port;
	at = reciprocal_scale(lbvs_flow_hash(ln->snats, &node->tuple), n);
	attempts = min_t(u32, n, LBVS_SNAT_ATTEMPTS);
	for (i = 0; i < attempts; i++) {
		if (take_port(ln, node, htons(nth_port(&ports, (at + i) % n))))
			return 0;
	}
	return -EADDRINUSE;
}

static struct lbvs_snat_pair *alloc_snat(const struct lbvs_packet *p,
				    const struct lbvs_member *member,
				    __be16 real_port,
				    const union nf_inet_addr *gateway)
{
	struct lbvs_tuple *from_client, *from_real;
	struct lbvs_snat_pair *snat;

	snat = kzalloc(sizeof(*snat), GFP_ATOMIC | __GFP_NOWARN);
	if (!snat)
		return NULL;

	from_client = &snat->nodes[LBVS_REPLY].tuple;
	*from_client = p->tuple;
	from_client->dst = member->addr;
	from_client->dport = real_port;
	snat->nodes[LBVS_REPLY].dir = LBVS_REPLY;

	from_real = &snat->nodes[LBVS_REQUEST].tuple;
	*from_real = lbvs_tuple_reverse(from_client);
	from_real->dst = *gateway;
	snat->nodes[LBVS_REQUEST].dir = LBVS_REQUEST;
	lbvs_flow_set_deltas(snat->nodes, gateway, &p->tuple.src);
	return snat;
}

/**
 * lbvs_snat_open - translate the source of a flow that is about to be opened
 * @p: its first packet.
 * @member: its member.
 * @real_port: the port on the real.
 *
 * Context: under RCU, bottom halves off.
 * Return: how it is translated, for lbvs_flow_create() or lbvs_snat_close();
 * NULL when it need not be; or an ERR_PTR: -EEXIST when this client and port
 * already have a flow to this real and port; -EADDRINUSE when no port is free;
 * -ENOMEM.
 */
struct lbvs_snat_pair *lbvs_snat_open(const struct lbvs_packet *p,
				 const struct lbvs_member *member,
				 __be16 real_port)
{
	struct lbvs_flow_table *table = p->ln->snats;
	union nf_inet_addr gateway;
	struct lbvs_snat_pair *snat;
	int err;

	if (!lbvs_hairpin_test(p->ln, member, &p->tuple.src, &gateway))
		return NULL;
	snat = alloc_snat(p, member, real_port, &gateway);
	if (!snat)
		return ERR_PTR(-ENOMEM);

	err = insert_with_port(p->ln, &snat->nodes[LBVS_REQUEST],
			       p->tuple.sport);
	if (err) {
		kfree(snat);
		return ERR_PTR(err);
	}
	/* Last: packets of the client are found only once the port is chosen. */
	err = insert(table, &snat->nodes[LBVS_REPLY]);
	if (err) {
		remove(table, &snat->nodes[LBVS_REQUEST]);
		kfree_rcu(snat, rcu);
		return ERR_PTR(err);
	}
	lbvs_flow_table_count(table);
	return snat;
}

/**
 * lbvs_snat_close - undo lbvs_snat_open()
 * @ln: network namespace.
 * @snat: what it returned.
 *
 * Context: under RCU; process or softirq. Once.
 */
void lbvs_snat_close(const struct lbvs_net *ln, struct lbvs_snat_pair *snat)
{
	remove(ln->snats, &snat->nodes[LBVS_REPLY]);
	remove(ln->snats, &snat->nodes[LBVS_REQUEST]);
	atomic_dec(&ln->snats->count);
	kfree_rcu(snat, rcu);
}

/**
 * lbvs_snat_none - is there no source to be translated?
 * @ln: network namespace, after lbvs_snat_init().
 *
 * Context: any.
 * Return: true when there is none.
 */
bool lbvs_snat_none(const struct lbvs_net *ln)
{
	return !atomic_read(&ln->snats->count);
}

/**
 * lbvs_snat_translate - rewrite a packet whose flow has its source translated
 * @p: the packet, parsed; its data may move.
 * @dir: LBVS_REQUEST: from the real, the destination becomes the client;
 *	LBVS_REPLY: from the client, the source becomes the gateway.
 *
 * Context: under RCU.
 * Return: LBVS_PASS, or LBVS_DROP without memory.
 */
enum lbvs_verdict lbvs_snat_translate(const struct lbvs_packet *p,
				      enum lbvs_dir dir)
{
	const struct lbvs_summary s = lbvs_packet_summary(p);
	const struct lbvs_flow_table *table = p->ln->snats;
	const struct lbvs_flow_node *node;

	node = lbvs_flow_table_find(table, lbvs_flow_hash(table, &p->tuple),
				    lbvs_flow_equal_tuple, &p->tuple);
	if (!node || node->dir != dir ||
	    lbvs_rewrite(p->skb, &s, node, LBVS_HOP_STACK))
		return LBVS_PASS;
	lbvs_stats_inc(p->ln, LBVS_STAT_DROP_NO_MEMORY);
	return LBVS_DROP;
}

/**
 * lbvs_snat_init - let a network namespace translate sources
 * @ln: the namespace.
 *
 * Context: process, config_lock held.
 * Return: 0 or -ENOMEM.
 */
int lbvs_snat_init(struct lbvs_net *ln)
{
	lockdep_assert_held(&ln->config_lock);

	if (!ln->snats)
		ln->snats = lbvs_flow_table_alloc(ln);
	return ln->snats ? 0 : -ENOMEM;
}

/**
 * lbvs_snat_exit - undo lbvs_snat_init(), if it was called
 * @ln: a namespace in which there are no flows any more, nor packets.
 *
 * Context: process, may sleep.
 */
void lbvs_snat_exit(struct lbvs_net *ln)
{
	if (ln->snats)
		lbvs_flow_table_free(ln->snats);
}
