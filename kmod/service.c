// SPDX-License-Identifier: GPL-2.0-or-later
#include "service.h"
#include "algo/maglev.h"

#include <linux/atomic.h>
#include <linux/in.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#define LBVS_MAIL_PORT 25

static atomic64_t last_id;

/**
 * lbvs_service_alloc - a new service, without members
 * @name: its name.
 *
 * Context: process.
 * Return: the service, with one reference; or NULL.
 */
struct lbvs_service *lbvs_service_alloc(const char *name)
{
	struct lbvs_service *service;

	service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);
	if (!service)
		return NULL;

	refcount_set(&service->refs, 1);
	service->id = atomic64_inc_return(&last_id);
	strscpy(service->name, name, sizeof(service->name));
	/* Gateways that start together should not all start with one real. */
	atomic_set(&service->cursor, (int)get_random_u32());
	spin_lock_init(&service->lock);
	INIT_LIST_HEAD(&service->members);
	return service;
}

/**
 * lbvs_service_get - take a reference
 * @service: a service to which the caller holds one.
 *
 * Return: @service.
 */
struct lbvs_service *lbvs_service_get(struct lbvs_service *service)
{
	refcount_inc(&service->refs);
	return service;
}

/**
 * lbvs_service_put - give a reference back
 * @service: the service.
 *
 * The last one frees at once. Rules are freed after a grace period and so are
 * flows, the only ones through which a packet gets here without a reference.
 *
 * Context: any.
 */
void lbvs_service_put(struct lbvs_service *service)
{
	if (refcount_dec_and_test(&service->refs))
		kfree(service);
}

/**
 * lbvs_service_adopt - let running flows follow a new configuration
 * @service: the service.
 * @cfg: its configuration, just published, or about to be for the first time.
 *
 * Context: process, config_lock held.
 */
void lbvs_service_adopt(struct lbvs_service *service,
			const struct lbvs_service_cfg *cfg)
{
	int i;

	for (i = 0; i < LBVS_TIMEOUTS; i++)
		WRITE_ONCE(service->timeouts[i], cfg->timeouts[i] * HZ);
}

static bool has_port_twice(const struct lbvs_service_cfg *cfg)
{
	u32 i, j;

	for (i = 0; i < cfg->n_ports; i++)
		for (j = i + 1; j < cfg->n_ports; j++)
			if (cfg->ports[i] == cfg->ports[j])
				return true;
	return false;
}

/* Mail servers judge, throttle and log by the address of the client. */
static bool has_mail_port(const struct lbvs_service_cfg *cfg)
{
	u32 i;

	if (cfg->proto != IPPROTO_TCP)
		return false;
	for (i = 0; i < cfg->n_ports; i++)
		if (cfg->ports[i] == LBVS_MAIL_PORT)
			return true;
	return cfg->to_port == LBVS_MAIL_PORT;
}

/* To the same one on all services of the pool that are like it. */
static bool keeps_clients(const struct lbvs_service_cfg *cfg)
{
	if (cfg->sched == LBVS_SCHED_MAGLEV)
		return cfg->hash == LBVS_HASH_SOURCE;
	return cfg->persist && cfg->persist_scope == LBVS_PERSIST_SCOPE_POOL;
}

/**
 * lbvs_service_check - do the settings of a service go together?
 * @cfg: the settings, each in its range.
 * @refusal: filled in when they do not.
 *
 * Return: 0 or -EINVAL.
 */
int lbvs_service_check(const struct lbvs_service_cfg *cfg,
		       struct lbvs_refusal *refusal)
{
	u32 bits = cfg->family == NFPROTO_IPV4 ? 32 : 128;

	if (has_port_twice(cfg))
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_PORT,
				   "a port stands twice in the list");
	if (cfg->to_port && cfg->n_ports != 1)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_TO_PORT,
				   "only a service with a single port can map it to another");
	if (cfg->hash_prefix > bits)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_HASH_PREFIX,
				   "the prefix is longer than an address of the service");
	if (cfg->hash_prefix && cfg->hash != LBVS_HASH_SOURCE)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_HASH_PREFIX,
				   "a prefix goes only with the hash key source");
	if (cfg->table_size && (cfg->table_size < LBVS_TABLE_SIZE_MIN ||
				cfg->table_size > LBVS_TABLE_SIZE_MAX))
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_TABLE_SIZE,
				   "a maglev table has 251 to 1048573 slots");
	if (cfg->table_size &&
	    lbvs_maglev_prime(cfg->table_size) != cfg->table_size)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_TABLE_SIZE,
				   "the size of a maglev table must be a prime");
	if (cfg->bound && cfg->bound < LBVS_BOUND_MIN)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_BOUND,
				   "a bound is 1.01 to 10 times the mean");
	if (cfg->bound && cfg->sched != LBVS_SCHED_MAGLEV)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_BOUND,
				   "a bound goes only with the scheduler maglev");
	if (cfg->persist && cfg->sched == LBVS_SCHED_MAGLEV)
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_PERSIST,
				   "maglev needs no persist: it hashes the client");
	if (cfg->persist_prefix && !cfg->persist)
		return lbvs_refuse(refusal, -EINVAL,
				   LBVS_A_SERVICE_PERSIST_PREFIX,
				   "a prefix goes only with a time to persist");
	if (cfg->persist_prefix > bits)
		return lbvs_refuse(refusal, -EINVAL,
				   LBVS_A_SERVICE_PERSIST_PREFIX,
				   "the prefix is longer than an address of the service");
	if (*cfg->together && !keeps_clients(cfg))
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_TOGETHER,
				   "only services that send a client to one real go together: they persist in the scope of the pool, or hash its source (maglev)");
	if (cfg->snat == LBVS_SNAT_AUTO && has_mail_port(cfg))
		return lbvs_refuse(refusal, -EINVAL, LBVS_A_SERVICE_SNAT,
				   "mail servers need the address of the client: no snat auto for a service with port 25, unless told to by auto-smtp");
	return 0;
}
