/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which real a client was sent to: what services that persist go by. */
#ifndef _LBVS_AFFINITY_H
#define _LBVS_AFFINITY_H

#include <linux/lbvs.h>
#include <linux/netfilter.h>

#include "net.h"
#include "packet.h"
#include "types.h"

struct lbvs_affinity;
struct lbvs_affinity_bucket;
struct lbvs_pool;
struct lbvs_service;
struct lbvs_service_cfg;

/* So many clients share a bucket, in which the least recently used goes. */
#define LBVS_AFFINITY_WAYS 8

/**
 * struct lbvs_affinity_who - who is remembered
 * @owner: whose client it is, see lbvs_affinity_owner(); 0: nobody's.
 * @client: its address, cut to @prefix bits.
 * @prefix: how many bits of the address count.
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6.
 * @spare: 0, as the whole is compared and hashed.
 */
struct lbvs_affinity_who {
	u64 owner;
	union nf_inet_addr client;
	u8 prefix;
	u8 family;
	u16 spare[3];
};

/**
 * struct lbvs_affinity_entry - a client that is remembered
 * @who: which client.
 * @real_id: identity of its real.
 * @expires: until when, get_jiffies_64().
 * @touched: when it was used last, by the clock of its bucket.
 */
struct lbvs_affinity_entry {
	struct lbvs_affinity_who who;
	u64 real_id;
	u64 expires;
	u32 touched;
};

/**
 * struct lbvs_affinity_look - a client that is looked for
 * @who: which client.
 * @bucket: where it is, if anywhere.
 * @real_id: the real that was found there; 0: none.
 */
struct lbvs_affinity_look {
	struct lbvs_affinity_who who;
	struct lbvs_affinity_bucket *bucket;
	u64 real_id;
};

int lbvs_affinity_init(struct lbvs_net *ln);
void lbvs_affinity_exit(struct lbvs_net *ln);

/* the packet path */
u64 lbvs_affinity_owner(const struct lbvs_service_cfg *cfg,
			const struct lbvs_service *service,
			const struct lbvs_pool *pool);
u64 lbvs_affinity_find(const struct lbvs_affinity *affinity, u64 owner,
		       u32 prefix, const struct lbvs_tuple *tuple,
		       struct lbvs_affinity_look *look);
u64 lbvs_affinity_claim(const struct lbvs_affinity *affinity,
			struct lbvs_affinity_look *look, u64 real_id,
			u32 seconds);

/* for people */
u32 lbvs_affinity_buckets(const struct lbvs_affinity *affinity);
u32 lbvs_affinity_read(const struct lbvs_affinity *affinity, u32 bucket,
		       struct lbvs_affinity_entry *entries);
bool lbvs_affinity_forget(const struct lbvs_affinity *affinity, u32 bucket,
			  const struct lbvs_affinity_entry *entry);
bool lbvs_affinity_covers(const struct lbvs_affinity_who *who,
			  const union nf_inet_addr *client, u8 family);

#endif /* _LBVS_AFFINITY_H */
