// SPDX-License-Identifier: GPL-2.0-or-later
/* What each value alone can't tell: do the objects of a file go together? */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "maglev.h"
#include "order.h"
#include "value.h"

#define MAIL_PORT 25

struct judge {
	const struct config *config;
	struct config_errors *errors;
	struct index pools;		/* by name */
	struct index services;		/* by name */
	struct index reals;		/* by pool and name */
	struct index addresses;		/* of reals, by pool and address */
	struct index vips;		/* services by address */
};

static int by_vip(const struct model_head *a, const struct model_head *b)
{
	return order_addr(&((const struct model_service *)a)->addr,
			    &((const struct model_service *)b)->addr);
}

static int by_real_addr(const struct model_head *a, const struct model_head *b)
{
	const struct model_real *left = (const void *)a;
	const struct model_real *right = (const void *)b;
	int order = strcmp(left->pool, right->pool);

	return order ? order : order_addr(&left->addr, &right->addr);
}

#define fail_at(j, object, attr, ...)					\
	config_fail((j)->errors,					\
		    config_line((j)->config, object, attr), __VA_ARGS__)

/* The object before this one in the index, if they are equal. */
static const void *twin(const struct index *index, size_t i)
{
	const struct model_head *m = index->entry[i].object;

	if (!i || index->compare(index->entry[i - 1].object, m))
		return NULL;
	return index->entry[i - 1].object;
}

static void judge_names(struct judge *j)
{
	const struct model_service *s;
	const struct model_pool *p;
	const struct model_real *r;
	size_t i;

	for (i = 0; i < j->pools.count; i++) {
		p = (const void *)j->pools.entry[i].object;
		if (twin(&j->pools, i))
			fail_at(j, p, 0, "pool \"%s\": there is one of this "
				"name already", p->name);
	}
	for (i = 0; i < j->services.count; i++) {
		s = (const void *)j->services.entry[i].object;
		if (twin(&j->services, i))
			fail_at(j, s, 0, "service \"%s\": there is one of "
				"this name already", s->name);
	}
	for (i = 0; i < j->reals.count; i++) {
		r = (const void *)j->reals.entry[i].object;
		if (twin(&j->reals, i))
			fail_at(j, r, 0, "real \"%s\": the pool \"%s\" has "
				"one of this name already", r->name, r->pool);
	}
}

/* Any real of the pool: its family is that of all, or they are told of. */
static const struct model_real *first_real(const struct judge *j,
					   const char *pool)
{
	return order_real_at(&j->reals, order_first_real(&j->reals, pool),
			     pool);
}

static const struct model_service *find_vip(const struct judge *j,
					    const struct model_addr *addr)
{
	struct model_service key;
	size_t at;

	model_init(&key.head, MODEL_SERVICE);
	key.addr = *addr;
	at = index_find(&j->vips, &key.head);
	return (const void *)index_at(&j->vips, at, &key.head);
}

/* As the module has it: an address that routers deliver. */
static bool is_unicast(const struct model_addr *addr)
{
	static const uint8_t broadcast[4] = { 255, 255, 255, 255 };
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t zero[16], loopback[16] = { [15] = 1 };
	const uint8_t *b = addr->bytes;

	if (addr->len == 4)
		return b[0] && b[0] != 127 && (b[0] & 0xf0) != 224 &&
		       memcmp(b, broadcast, sizeof(broadcast));
	return memcmp(b, zero, sizeof(zero)) &&
	       memcmp(b, loopback, sizeof(loopback)) &&
	       memcmp(b, mapped, sizeof(mapped)) &&
	       b[0] != 0xff && !(b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

static void judge_unicast(struct judge *j, const void *object, uint16_t attr,
			  const struct model_addr *addr)
{
	char text[VALUE_ADDR_SIZE];

	if (addr->len && !is_unicast(addr))
		fail_at(j, object, attr, "address \"%s\": this is not a unicast "
			"address that can be routed to", value_addr(addr, text));
}

static void judge_real(struct judge *j, const struct model_real *r)
{
	const struct model_real *first = first_real(j, r->pool);
	const struct model_service *vip = find_vip(j, &r->addr);
	char addr[VALUE_ADDR_SIZE];

	if (!r->addr.len)
		return;
	judge_unicast(j, r, LBVS_A_REAL_ADDR, &r->addr);
	if (first && first->addr.len && first->addr.len != r->addr.len)
		fail_at(j, r, LBVS_A_REAL_ADDR, "address \"%s\": the real "
			"\"%s\" of the pool has one of the other family",
			value_addr(&r->addr, addr), first->name);
	if (vip)
		fail_at(j, r, LBVS_A_REAL_ADDR, "address \"%s\": it is the "
			"virtual address of the service \"%s\"",
			value_addr(&r->addr, addr), vip->name);
}

static void judge_reals(struct judge *j)
{
	const struct model_real *r, *other;
	char addr[VALUE_ADDR_SIZE];
	size_t i, in_pool = 0;

	model_for_each(r, &j->config->reals)
		judge_real(j, r);
	for (i = 0; i < j->addresses.count; i++) {
		r = (const void *)j->addresses.entry[i].object;
		other = i ? (const void *)j->addresses.entry[i - 1].object :
			    NULL;
		in_pool = other && !strcmp(other->pool, r->pool) ?
			  in_pool + 1 : 1;
		if (in_pool == LBVS_REALS_MAX + 1)
			fail_at(j, r, 0, "real \"%s\": a pool has %u reals at "
				"most", r->name, LBVS_REALS_MAX);
		other = twin(&j->addresses, i);
		if (other && r->addr.len)
			fail_at(j, r, LBVS_A_REAL_ADDR, "address \"%s\": the "
				"real \"%s\" of the pool has it already",
				value_addr(&r->addr, addr), other->name);
	}
}

static bool pool_has_check(const struct model_pool *pool, const char *check)
{
	uint32_t i;

	for (i = 0; i < pool->checks.count; i++)
		if (!strcmp(pool->checks.name[i], check))
			return true;
	return false;
}

static void judge_pool_of(struct judge *j, const struct model_service *s)
{
	const struct model_pool *pool = order_find_pool(&j->pools, s->pool);
	const struct model_real *real;
	uint32_t i;

	if (!s->pool[0])
		return;
	if (!pool) {
		fail_at(j, s, LBVS_A_SERVICE_POOL, "pool \"%s\": there is no "
			"pool of this name", s->pool);
		return;
	}
	for (i = 0; i < s->require.count; i++)
		if (!pool_has_check(pool, s->require.name[i]))
			fail_at(j, s, LBVS_A_SERVICE_REQUIRE, "require "
				"\"%s\": the pool \"%s\" has no check of this "
				"name", s->require.name[i], s->pool);
	real = first_real(j, s->pool);
	if (real && real->addr.len && s->addr.len &&
	    real->addr.len != s->addr.len)
		fail_at(j, s, LBVS_A_SERVICE_POOL, "pool \"%s\": its reals "
			"have addresses of the other family", s->pool);
}

static bool has_mail_port(const struct model_service *s)
{
	uint32_t i;

	if (s->proto != IPPROTO_TCP)
		return false;
	for (i = 0; i < s->ports.count; i++)
		if (s->ports.port[i] == MAIL_PORT)
			return true;
	return s->to_port == MAIL_PORT;
}

static bool keeps_clients(const struct model_service *s)
{
	if (s->sched == LBVS_SCHED_MAGLEV)
		return s->hash == LBVS_HASH_SOURCE;
	return s->persist && s->persist_scope == LBVS_PERSIST_SCOPE_POOL;
}

static void judge_settings(struct judge *j, const struct model_service *s)
{
	uint32_t bits = s->addr.len * 8;
	char text[VALUE_NUMBER_SIZE];

	judge_unicast(j, s, LBVS_A_SERVICE_ADDR, &s->addr);
	if (s->to_port && s->ports.count > 1)
		fail_at(j, s, LBVS_A_SERVICE_TO_PORT, "to \"%u\": only a "
			"service with a single port can map it to another",
			s->to_port);
	if (bits && s->hash_prefix > bits)
		fail_at(j, s, LBVS_A_SERVICE_HASH, "hash \"source/%u\": the "
			"prefix is longer than an address of the service",
			s->hash_prefix);
	if (s->table_size && !maglev_is_prime(s->table_size))
		fail_at(j, s, LBVS_A_SERVICE_TABLE_SIZE, "table-size \"%u\": "
			"the size of a maglev table must be a prime",
			s->table_size);
	if (s->bound && s->sched != LBVS_SCHED_MAGLEV)
		fail_at(j, s, LBVS_A_SERVICE_BOUND, "bound \"%s\": goes only "
			"with the scheduler maglev",
			value_ratio(s->bound, text));
	if (s->persist && s->sched == LBVS_SCHED_MAGLEV)
		fail_at(j, s, LBVS_A_SERVICE_PERSIST, "persist: maglev needs "
			"none: it hashes the client");
	if (bits && s->persist_prefix > bits)
		fail_at(j, s, LBVS_A_SERVICE_PERSIST, "persist \"/%u\": the "
			"prefix is longer than an address of the service",
			s->persist_prefix);
	if (s->together[0] && !keeps_clients(s))
		fail_at(j, s, LBVS_A_SERVICE_TOGETHER, "together \"%s\": only "
			"services that send a client to one real go together: "
			"they persist in the scope of the pool, or hash its "
			"source (maglev)", s->together);
	if (s->snat == LBVS_SNAT_AUTO && has_mail_port(s))
		fail_at(j, s, LBVS_A_SERVICE_SNAT, "snat \"auto\": mail "
			"servers need the address of the client: not for a "
			"service with port 25, unless told to by auto-smtp");
}

struct endpoint {
	const struct model_service *service;
	uint16_t port;
	size_t position;
};

static int compare_endpoints(const void *left, const void *right)
{
	const struct endpoint *a = left, *b = right;
	int order = order_addr(&a->service->addr, &b->service->addr);

	if (order)
		return order;
	if (a->service->proto != b->service->proto)
		return a->service->proto < b->service->proto ? -1 : 1;
	return a->port < b->port ? -1 : a->port > b->port;
}

static int compare_positions(const void *left, const void *right)
{
	const struct endpoint *a = left, *b = right;
	int order = compare_endpoints(left, right);

	if (order)
		return order;
	return a->position < b->position ? -1 : a->position > b->position;
}

static void judge_endpoint(struct judge *j, const struct endpoint *before,
			   const struct endpoint *e)
{
	const struct model_service *s = e->service;
	char text[VALUE_ENDPOINT_SIZE];
	struct model_ports port = { .count = 1, .port = { e->port } };

	if (!s->addr.len || compare_endpoints(before, e))
		return;
	if (before->service == s)
		fail_at(j, s, LBVS_A_SERVICE_PORT, "port \"%u\": it stands "
			"twice in the list", e->port);
	else
		fail_at(j, s, LBVS_A_SERVICE_PORT, "port \"%u\": the service "
			"\"%s\" has %s %s already", e->port,
			before->service->name,
			words_find(words_proto, s->proto),
			value_endpoint(&s->addr, &port, text, sizeof(text)));
}

static void judge_endpoints(struct judge *j)
{
	const struct model_service *s;
	struct endpoint *e;
	size_t count = 0, i;

	model_for_each(s, &j->config->services)
		count += s->ports.count;
	e = calloc(count + 1, sizeof(*e));
	if (!e) {
		config_fail_memory(j->errors);
		return;
	}
	count = 0;
	model_for_each(s, &j->config->services)
		for (i = 0; i < s->ports.count; i++, count++)
			e[count] = (struct endpoint){ s, s->ports.port[i],
						      count };
	qsort(e, count, sizeof(*e), compare_positions);
	for (i = 1; i < count; i++)
		judge_endpoint(j, &e[i - 1], &e[i]);
	free(e);
}

static void judge_arms(struct judge *j)
{
	const struct model_arm *arm, *other;

	model_for_each(arm, &j->config->arms)
		model_for_each(other, &j->config->arms) {
			if (other == arm)
				break;
			if (!strcmp(other->dev, arm->dev)) {
				fail_at(j, arm, 0, "arm \"%s\": it stands "
					"twice in the list", arm->dev);
				break;
			}
		}
}

static void judge_limits(struct judge *j)
{
	const struct config *c = j->config;

	if (c->services.count > LBVS_SERVICES_MAX)
		config_fail(j->errors, 0, "there can be %u services at most, "
			    "here are %zu", LBVS_SERVICES_MAX,
			    c->services.count);
	if (c->pools.count > LBVS_POOLS_MAX)
		config_fail(j->errors, 0, "there can be %u pools at most, "
			    "here are %zu", LBVS_POOLS_MAX, c->pools.count);
}

static int build(struct judge *j)
{
	const struct config *c = j->config;

	if (index_build(&j->pools, &c->pools, order_pools) ||
	    index_build(&j->services, &c->services, order_services) ||
	    index_build(&j->reals, &c->reals, order_reals) ||
	    index_build(&j->addresses, &c->reals, by_real_addr) ||
	    index_build(&j->vips, &c->services, by_vip))
		return config_fail_memory(j->errors);
	return 0;
}

void config_judge(const struct config *config, struct config_errors *errors)
{
	struct judge j = { .config = config, .errors = errors };
	const struct model_service *s;

	if (!build(&j)) {
		judge_limits(&j);
		judge_names(&j);
		judge_reals(&j);
		model_for_each(s, &config->services) {
			judge_pool_of(&j, s);
			judge_settings(&j, s);
		}
		judge_endpoints(&j);
		judge_arms(&j);
	}
	index_free(&j.pools);
	index_free(&j.services);
	index_free(&j.reals);
	index_free(&j.addresses);
	index_free(&j.vips);
}
