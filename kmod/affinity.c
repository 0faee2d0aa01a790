// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients of services that persist are remembered with the real that they were
 * sent to. That is advice: whoever asks for it has to see whether the real can
 * take the client, and if not says which one took it.
 *
 * The table has a fixed size, so that nobody outside can make it grow, and no
 * packet waits for memory. A client has its place in one bucket, by a hash that
 * nobody outside can compute; when the bucket is full the one that was used the
 * longest time ago is forgotten. An entry is void when its time has passed; it
 * stays where it is until another needs the place.
 *
 * Nobody is told when a real goes: its identity never comes again, and so nobody
 * is sent there.
 */
#include "affinity.h"
#include "pool.h"
#include "service.h"
#include "stats.h"

#include <linux/inetdevice.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/ipv6.h>

/* The table takes so small a part of the memory, ... */
#define LBVS_AFFINITY_PART 256
/* ... within bounds, in clients. */
#define LBVS_AFFINITY_LEAST (1 << 12)
#define LBVS_AFFINITY_MOST (1 << 22)
/* Who asks for more than that gets no more. */
#define LBVS_AFFINITY_LIMIT (1 << 24)

static unsigned int max_clients;
module_param(max_clients, uint, 0444);
MODULE_PARM_DESC(max_clients, "clients that a network namespace remembers for services that persist; 0 (default): a 256th of the memory");

/**
 * struct lbvs_affinity_bucket - some clients
 * @lock: protects the rest. Process and softirq context.
 * @clock: raised whenever one of them is used.
 * @entries: the clients; an owner of 0 means that there is none.
 */
struct lbvs_affinity_bucket {
	spinlock_t lock;
	u32 clock;
	struct lbvs_affinity_entry entries[LBVS_AFFINITY_WAYS];
};

/**
 * struct lbvs_affinity - the clients of a network namespace
 * @ln: the namespace.
 * @key: what their places are chosen by.
 * @n_buckets: number of buckets.
 * @buckets: the buckets.
 */
struct lbvs_affinity {
	const struct lbvs_net *ln;
	siphash_key_t key;
	u32 n_buckets;
	struct lbvs_affinity_bucket *buckets;
};

static u32 choose_max(void)
{
	u64 memory = (u64)totalram_pages() << PAGE_SHIFT;

	if (max_clients)
		return min_t(u32, max_clients, LBVS_AFFINITY_LIMIT);
	return clamp_t(u64, memory / LBVS_AFFINITY_PART /
			    sizeof(struct lbvs_affinity_entry),
		       LBVS_AFFINITY_LEAST, LBVS_AFFINITY_MOST);
}

/**
 * lbvs_affinity_init - let a network namespace remember clients
 * @ln: the namespace.
 *
 * Context: process, config_lock held, may sleep.
 * Return: 0 or -ENOMEM.
 */
int lbvs_affinity_init(struct lbvs_net *ln)
{
	struct lbvs_affinity *affinity;
	u32 i;

	lockdep_assert_held(&ln->config_lock);

	if (ln->affinity)
		return 0;
	affinity = kzalloc(sizeof(*affinity), GFP_KERNEL_ACCOUNT);
	if (!affinity)
		return -ENOMEM;
	affinity->ln = ln;
	get_random_bytes(&affinity->key, sizeof(affinity->key));
	affinity->n_buckets = DIV_ROUND_UP(choose_max(), LBVS_AFFINITY_WAYS);
	affinity->buckets = kvcalloc(affinity->n_buckets,
				     sizeof(*affinity->buckets),
				     GFP_KERNEL_ACCOUNT);
	if (!affinity->buckets) {
		kfree(affinity);
		return -ENOMEM;
	}
	for (i = 0; i < affinity->n_buckets; i++) {
		spin_lock_init(&affinity->buckets[i].lock);
		cond_resched();
	}
	ln->affinity = affinity;
	return 0;
}

/**
 * lbvs_affinity_exit - undo lbvs_affinity_init(), if it was called
 * @ln: a namespace in which there are no packets any more.
 *
 * Context: process, may sleep.
 */
void lbvs_affinity_exit(struct lbvs_net *ln)
{
	if (!ln->affinity)
		return;
	kvfree(ln->affinity->buckets);
	kfree(ln->affinity);
}

/**
 * lbvs_affinity_owner - whose clients are those of a service?
 * @cfg: settings of the service.
 * @service: the service.
 * @pool: its pool.
 *
 * Return: the same for all who share what they remember.
 */
u64 lbvs_affinity_owner(const struct lbvs_service_cfg *cfg,
			const struct lbvs_service *service,
			const struct lbvs_pool *pool)
{
	/* Identities are numbered from 1 on, by kind. */
	return cfg->persist_scope == LBVS_PERSIST_SCOPE_SERVICE ?
		service->id << 1 | 1 : pool->id << 1;
}

static void cut(union nf_inet_addr *cut, const union nf_inet_addr *addr,
		u8 family, u8 prefix)
{
	memset(cut, 0, sizeof(*cut));
	if (family == NFPROTO_IPV4)
		cut->ip = addr->ip & inet_make_mask(prefix);
	else
		ipv6_addr_prefix(&cut->in6, &addr->in6, prefix);
}

static void describe(struct lbvs_affinity_who *who, u64 owner, u32 prefix,
		     const struct lbvs_tuple *tuple)
{
	memset(who, 0, sizeof(*who));
	who->owner = owner;
	who->family = tuple->family;
	who->prefix = prefix ?: tuple->family == NFPROTO_IPV4 ? 32 : 128;
	cut(&who->client, &tuple->src, who->family, who->prefix);
}

static struct lbvs_affinity_entry *find(struct lbvs_affinity_bucket *bucket,
					const struct lbvs_affinity_who *who)
{
	int i;

	lockdep_assert_held(&bucket->lock);

	for (i = 0; i < LBVS_AFFINITY_WAYS; i++)
		if (!memcmp(&bucket->entries[i].who, who, sizeof(*who)))
			return &bucket->entries[i];
	return NULL;
}

static bool is_alive(const struct lbvs_affinity_entry *entry, u64 now)
{
	return entry->who.owner && now < entry->expires;
}

/**
 * lbvs_affinity_find - which real was a client sent to?
 * @affinity: the clients.
 * @owner: whose client it is.
 * @prefix: how many bits of its address count; 0: all.
 * @tuple: tuple of its packet on arrival.
 * @look: filled in, for lbvs_affinity_claim().
 *
 * Context: under RCU; process or softirq.
 * Return: identity of the real, or 0.
 */
u64 lbvs_affinity_find(const struct lbvs_affinity *affinity, u64 owner,
		       u32 prefix, const struct lbvs_tuple *tuple,
		       struct lbvs_affinity_look *look)
{
	const struct lbvs_affinity_entry *entry;
	u32 hash;

	describe(&look->who, owner, prefix, tuple);
	hash = (u32)siphash(&look->who, sizeof(look->who), &affinity->key);
	look->bucket = &affinity->buckets[reciprocal_scale(hash,
							   affinity->n_buckets)];
	spin_lock_bh(&look->bucket->lock);
	entry = find(look->bucket, &look->who);
	look->real_id = entry && is_alive(entry, get_jiffies_64()) ?
			entry->real_id : 0;
	spin_unlock_bh(&look->bucket->lock);
	return look->real_id;
}

/* The place of one that is void, or else the one used the longest time ago. */
static struct lbvs_affinity_entry *
make_room(const struct lbvs_affinity *affinity,
	  struct lbvs_affinity_bucket *bucket, u64 now)
{
	struct lbvs_affinity_entry *oldest = bucket->entries;
	int i;

	lockdep_assert_held(&bucket->lock);

	for (i = 0; i < LBVS_AFFINITY_WAYS; i++) {
		struct lbvs_affinity_entry *entry = &bucket->entries[i];

		if (!is_alive(entry, now))
			return entry;
		/* The clock may wrap around. */
		if (bucket->clock - entry->touched >
		    bucket->clock - oldest->touched)
			oldest = entry;
	}
	lbvs_stats_inc(affinity->ln, LBVS_STAT_AFFINITY_EVICTED);
	return oldest;
}

static void remember(const struct lbvs_affinity *affinity,
		     struct lbvs_affinity_look *look,
		     struct lbvs_affinity_entry *entry, u64 real_id,
		     u64 expires, u64 now)
{
	struct lbvs_affinity_bucket *bucket = look->bucket;

	lockdep_assert_held(&bucket->lock);

	if (!entry) {
		entry = make_room(affinity, bucket, now);
	} else if (is_alive(entry, now) && entry->real_id == real_id) {
		lbvs_stats_inc(affinity->ln, LBVS_STAT_AFFINITY_HIT);
		/* Another service may have promised it more. */
		expires = max(expires, entry->expires);
	} else if (is_alive(entry, now)) {
		lbvs_stats_inc(affinity->ln, LBVS_STAT_AFFINITY_MOVED);
	}
	entry->who = look->who;
	entry->real_id = real_id;
	entry->expires = expires;
	entry->touched = ++bucket->clock;
	look->real_id = real_id;
}

/**
 * lbvs_affinity_claim - remember which real a client is sent to
 * @affinity: the clients.
 * @look: the client, looked for.
 * @real_id: identity of the real.
 * @seconds: for how long.
 *
 * Two flows of a new client may come at once, by two CPUs that do not know of
 * each other. The first to claim is right, and the other one has to follow; if
 * it can't, it claims once more.
 *
 * Context: under RCU; process or softirq.
 * Return: @real_id; or another one, which was claimed since the client was
 * looked for: then nothing changed but @look.
 */
u64 lbvs_affinity_claim(const struct lbvs_affinity *affinity,
			struct lbvs_affinity_look *look, u64 real_id,
			u32 seconds)
{
	struct lbvs_affinity_bucket *bucket = look->bucket;
	struct lbvs_affinity_entry *entry;
	u64 now;

	spin_lock_bh(&bucket->lock);
	now = get_jiffies_64();
	entry = find(bucket, &look->who);
	if (entry && is_alive(entry, now) && entry->real_id != look->real_id &&
	    entry->real_id != real_id)
		look->real_id = entry->real_id;
	else
		remember(affinity, look, entry, real_id,
			 now + (u64)seconds * HZ, now);
	spin_unlock_bh(&bucket->lock);
	return look->real_id;
}

/**
 * lbvs_affinity_buckets - number of buckets
 * @affinity: the clients.
 *
 * Return: how many there are.
 */
u32 lbvs_affinity_buckets(const struct lbvs_affinity *affinity)
{
	return affinity->n_buckets;
}

/* Most buckets of most tables were never used. Who comes just now may be missed. */
static bool is_void(const struct lbvs_affinity_bucket *bucket)
{
	int i;

	for (i = 0; i < LBVS_AFFINITY_WAYS; i++)
		if (data_race(bucket->entries[i].who.owner))
			return false;
	return true;
}

/**
 * lbvs_affinity_read - the clients in a bucket
 * @affinity: the clients.
 * @bucket: number of the bucket.
 * @entries: gets those that are not void; LBVS_AFFINITY_WAYS.
 *
 * Context: process.
 * Return: their number.
 */
u32 lbvs_affinity_read(const struct lbvs_affinity *affinity, u32 bucket,
		       struct lbvs_affinity_entry *entries)
{
	struct lbvs_affinity_bucket *from = &affinity->buckets[bucket];
	u64 now = get_jiffies_64();
	u32 n = 0;
	int i;

	if (is_void(from))
		return 0;
	spin_lock_bh(&from->lock);
	for (i = 0; i < LBVS_AFFINITY_WAYS; i++)
		if (is_alive(&from->entries[i], now))
			entries[n++] = from->entries[i];
	spin_unlock_bh(&from->lock);
	return n;
}

/**
 * lbvs_affinity_forget - forget a client
 * @affinity: the clients.
 * @bucket: number of the bucket that it was read from.
 * @entry: what was read.
 *
 * Context: process.
 * Return: false when it was gone, or moved to another real.
 */
bool lbvs_affinity_forget(const struct lbvs_affinity *affinity, u32 bucket,
			  const struct lbvs_affinity_entry *entry)
{
	struct lbvs_affinity_bucket *from = &affinity->buckets[bucket];
	struct lbvs_affinity_entry *found;
	bool forgotten;

	spin_lock_bh(&from->lock);
	found = find(from, &entry->who);
	forgotten = found && found->real_id == entry->real_id;
	if (forgotten)
		memset(found, 0, sizeof(*found));
	spin_unlock_bh(&from->lock);
	return forgotten;
}

/**
 * lbvs_affinity_covers - is it this client, or its neighbours?
 * @who: who is remembered.
 * @client: address of the client.
 * @family: its family.
 *
 * Return: true when it is.
 */
bool lbvs_affinity_covers(const struct lbvs_affinity_who *who,
			  const union nf_inet_addr *client, u8 family)
{
	union nf_inet_addr addr;

	if (who->family != family)
		return false;
	cut(&addr, client, family, who->prefix);
	return nf_inet_addr_cmp(&addr, &who->client);
}
