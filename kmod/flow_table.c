// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hash table that is read under RCU and grows while it is used.
 *
 * One lock in an array of them belongs to each hash, whatever the number of
 * buckets is: there are never fewer buckets than locks, and both are chosen by
 * the lowest bits. So the lock of a node is that of the bucket it is in, and
 * also that of the bucket it is going to be in.
 *
 * To resize, a work publishes the new array behind the old one and moves node
 * by node. Until that is done, nodes are looked for in the old array and then
 * in the new one, and put into the new one. A bucket is emptied from its end:
 * whoever stands on the node that is moved finds itself in the new bucket,
 * sees nodes there that it did not ask for, and misses none.
 */
#include "flow_table.h"

#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/* The fewest buckets that a table can have, too. */
#define LBVS_FLOW_LOCKS 1024

/* The work lets others run after so many buckets. */
#define LBVS_FLOW_RESIZE_SLICE 256

static spinlock_t locks[LBVS_FLOW_LOCKS];

static spinlock_t *lock_of(u32 hash)
{
	return &locks[hash % LBVS_FLOW_LOCKS];
}

/* Under the lock of the hash. */
static struct lbvs_flow_buckets *locked_buckets(const struct lbvs_flow_table *table,
						u32 hash)
{
	return rcu_dereference_protected(table->buckets,
					 lockdep_is_held(lock_of(hash)));
}

static struct lbvs_flow_buckets *
locked_next(const struct lbvs_flow_buckets *buckets, u32 hash)
{
	return rcu_dereference_protected(buckets->next,
					 lockdep_is_held(lock_of(hash)));
}

static struct lbvs_flow_node *locked_node(struct lbvs_flow_node __rcu *const *link,
					  u32 hash)
{
	return rcu_dereference_protected(*link, lockdep_is_held(lock_of(hash)));
}

/* The end of a bucket, or NULL if the tuple is there already. */
static struct lbvs_flow_node __rcu **
find_end(struct lbvs_flow_buckets *buckets, const struct lbvs_tuple *tuple,
	 u32 hash)
{
	struct lbvs_flow_node __rcu **link = &buckets->first[hash & buckets->mask];
	struct lbvs_flow_node *node;

	while ((node = locked_node(link, hash))) {
		if (lbvs_tuple_equal(tuple, &node->tuple))
			return NULL;
		link = &node->next;
	}
	return link;
}

/*
 * A bucket has two nodes and a half on average, then the table doubles: so a
 * flow takes 6 to 13 bytes of it.
 */
static u32 most_flows(const struct lbvs_flow_buckets *buckets)
{
	u32 size = buckets->mask + 1;

	return size + size / 4;
}

/**
 * lbvs_flow_table_insert - put a node into the table
 * @table: the table.
 * @node: the node.
 * @hash: hash of its tuple.
 *
 * Context: under RCU, bottom halves off.
 * Return: 0, or -EEXIST when there is one with this tuple.
 */
int lbvs_flow_table_insert(struct lbvs_flow_table *table,
			   struct lbvs_flow_node *node, u32 hash)
{
	struct lbvs_flow_buckets *buckets, *next;
	struct lbvs_flow_node __rcu **end;

	spin_lock(lock_of(hash));
	buckets = locked_buckets(table, hash);
	end = find_end(buckets, &node->tuple, hash);
	next = locked_next(buckets, hash);
	if (unlikely(next) && end)
		end = find_end(next, &node->tuple, hash);
	if (end) {
		RCU_INIT_POINTER(node->next, NULL);
		rcu_assign_pointer(*end, node);
	}
	spin_unlock(lock_of(hash));
	return end ? 0 : -EEXIST;
}

static bool remove_from(struct lbvs_flow_buckets *buckets,
			const struct lbvs_flow_node *node, u32 hash)
{
	struct lbvs_flow_node __rcu **link = &buckets->first[hash & buckets->mask];
	struct lbvs_flow_node *at;

	while ((at = locked_node(link, hash))) {
		if (at == node) {
			/* Who stands on it goes on from there. */
			rcu_assign_pointer(*link, locked_node(&at->next, hash));
			return true;
		}
		link = &at->next;
	}
	return false;
}

/**
 * lbvs_flow_table_remove - take a node out of the table
 * @table: the table.
 * @node: the node.
 * @hash: hash of its tuple.
 *
 * Context: under RCU; process or softirq.
 * Return: true for the one caller that did it.
 */
bool lbvs_flow_table_remove(struct lbvs_flow_table *table,
			    struct lbvs_flow_node *node, u32 hash)
{
	struct lbvs_flow_buckets *buckets, *next;
	bool removed;

	spin_lock_bh(lock_of(hash));
	buckets = locked_buckets(table, hash);
	removed = remove_from(buckets, node, hash);
	next = locked_next(buckets, hash);
	if (!removed && next)
		removed = remove_from(next, node, hash);
	spin_unlock_bh(lock_of(hash));
	return removed;
}

/* Returns false when the bucket is empty. */
static bool move_last(const struct lbvs_flow_table *table,
		      struct lbvs_flow_node __rcu **link,
		      struct lbvs_flow_buckets *to, u32 bucket)
{
	struct lbvs_flow_node __rcu **first;
	struct lbvs_flow_node *node, *next;

	node = locked_node(link, bucket);
	if (!node)
		return false;
	while ((next = locked_node(&node->next, bucket))) {
		link = &node->next;
		node = next;
	}

	first = &to->first[lbvs_flow_hash(table, &node->tuple) & to->mask];
	rcu_assign_pointer(node->next, locked_node(first, bucket));
	rcu_assign_pointer(*first, node);
	/* Who does not find it here any more finds it there: pairs with the
	 * smp_rmb() of readers.
	 */
	smp_store_release((struct lbvs_flow_node __force **)link, NULL);
	return true;
}

static void move_bucket(const struct lbvs_flow_table *table,
			struct lbvs_flow_buckets *from,
			struct lbvs_flow_buckets *to, u32 bucket)
{
	spin_lock_bh(lock_of(bucket));
	while (move_last(table, &from->first[bucket], to, bucket))
		;
	spin_unlock_bh(lock_of(bucket));
}

static struct lbvs_flow_buckets *alloc_buckets(u32 n)
{
	struct lbvs_flow_buckets *buckets;

	buckets = kvzalloc(struct_size(buckets, first, n),
			   GFP_KERNEL | __GFP_NOWARN);
	if (buckets)
		buckets->mask = n - 1;
	return buckets;
}

/* Only the work replaces buckets, or what has cancelled it. */
static struct lbvs_flow_buckets *own_buckets(const struct lbvs_flow_table *table)
{
	return rcu_dereference_protected(table->buckets, true);
}

/**
 * lbvs_flow_table_should_shrink - is it far too big?
 * @table: the table.
 *
 * Context: process.
 * Return: true when it is.
 */
bool lbvs_flow_table_should_shrink(const struct lbvs_flow_table *table)
{
	u32 size = lbvs_flow_table_size(table);

	return size > READ_ONCE(table->least) && atomic_read(&table->count) < size / 8;
}

static u32 wanted_size(const struct lbvs_flow_table *table)
{
	u32 size = own_buckets(table)->mask + 1;
	u32 count = atomic_read(&table->count);
	u32 least = READ_ONCE(table->least);

	if (count > READ_ONCE(table->most) || size < least ||
	    lbvs_flow_table_should_shrink(table))
		size = max_t(u32, least, roundup_pow_of_two(count + 1));
	return size;
}

static void resize_work(struct work_struct *work)
{
	struct lbvs_flow_table *table = container_of(work, struct lbvs_flow_table,
						     resize);
	struct lbvs_flow_buckets *from = own_buckets(table), *to;
	u32 size = wanted_size(table), bucket;

	if (size == from->mask + 1)
		return;
	/* Without memory the table is slower, and the next flow tries again. */
	to = alloc_buckets(size);
	if (!to)
		return;

	/* While it grows there is nothing to be asked for. */
	WRITE_ONCE(table->most, U32_MAX);
	rcu_assign_pointer(from->next, to);
	/* Then nobody puts anything into the old ones any more: what is empty, as
	 * most are, stays so.
	 */
	synchronize_rcu();
	for (bucket = 0; bucket <= from->mask; bucket++) {
		if (rcu_access_pointer(from->first[bucket]))
			move_bucket(table, from, to, bucket);
		if (!(bucket % LBVS_FLOW_RESIZE_SLICE))
			cond_resched();
	}
	rcu_assign_pointer(table->buckets, to);
	WRITE_ONCE(table->most, most_flows(to));
	/* Nobody may see two arrays behind one: so no resize follows sooner. */
	synchronize_rcu();
	kvfree(from);
}

/**
 * lbvs_flow_table_resize - give the table as many buckets as it should have
 * @table: the table.
 *
 * Does it some time later.
 *
 * Context: any.
 */
void lbvs_flow_table_resize(struct lbvs_flow_table *table)
{
	queue_work(system_unbound_wq, &table->resize);
}

/**
 * lbvs_flow_table_size - number of buckets
 * @table: the table.
 *
 * Context: any.
 * Return: their number.
 */
u32 lbvs_flow_table_size(const struct lbvs_flow_table *table)
{
	u32 size;

	rcu_read_lock();
	size = rcu_dereference(table->buckets)->mask + 1;
	rcu_read_unlock();
	return size;
}

/* Counts from the highest bit down: 000, 100, 010, 110, 001, ... */
static u32 reverse_increment(u32 cursor, u32 mask)
{
	u32 bit;

	cursor &= mask;
	for (bit = (mask >> 1) + 1; bit; bit >>= 1) {
		cursor ^= bit;
		if (cursor & bit)
			break;
	}
	return cursor;
}

/**
 * struct step - a step of a walk
 * @visit: called for each flow.
 * @arg: passed to @visit.
 * @met: there was a flow.
 */
struct step {
	lbvs_flow_visit visit;
	void *arg;
	bool met;
};

static int visit_bucket(const struct lbvs_flow_buckets *buckets, u32 bucket,
			struct step *step)
{
	const struct lbvs_flow_node *node;
	int ret;

	node = rcu_dereference(buckets->first[bucket]);
	for (; node; node = rcu_dereference(node->next)) {
		/* Each flow is met twice. */
		if (node->dir != LBVS_REQUEST)
			continue;
		step->met = true;
		ret = step->visit(lbvs_flow_of(node), step->arg);
		if (ret)
			return ret;
	}
	return 0;
}

/* All buckets that agree with the cursor in the bits of the mask. */
static int visit_buckets(const struct lbvs_flow_buckets *buckets, u32 cursor,
			 u32 mask, struct step *step)
{
	u32 bucket;
	int ret;

	for (bucket = cursor & mask; bucket <= buckets->mask;
	     bucket += mask + 1) {
		ret = visit_bucket(buckets, bucket, step);
		if (ret)
			return ret;
	}
	return 0;
}

static int visit_both(const struct lbvs_flow_buckets *buckets,
		      const struct lbvs_flow_buckets *next, u32 cursor,
		      u32 mask, struct step *step)
{
	int ret = visit_buckets(buckets, cursor, mask, step);

	if (ret || !next)
		return ret;
	/* As in lbvs_flow_table_find(). */
	smp_rmb();
	return visit_buckets(next, cursor, mask, step);
}

/**
 * lbvs_flow_table_step - go further in a walk over all flows
 * @ln: network namespace.
 * @cursor: where the walk stands: 0 at its start, and again at its end.
 * @visit: called for each flow of a bucket, under RCU. When it returns other
 *	than 0 the walk stays where it is, and meets all of the bucket again.
 * @arg: passed to @visit.
 *
 * Goes to the next bucket that is not empty, but no further than
 * LBVS_FLOW_STEP buckets.
 *
 * Flows opened or ended during the walk may be met or not; one that was there
 * all the time is met, if the table is resized just then perhaps twice: the
 * cursor counts with its bits reversed, so that what comes after it in an array
 * comes after it in an array of another size as well.
 *
 * Context: process.
 * Return: 0 or what @visit returned.
 */
int lbvs_flow_table_step(struct lbvs_net *ln, u32 *cursor,
			 lbvs_flow_visit visit, void *arg)
{
	const struct lbvs_flow_buckets *buckets, *next;
	struct step step = { .visit = visit, .arg = arg };
	u32 mask, i;
	int ret = 0;

	if (!atomic_read(&ln->flows->count)) {
		*cursor = 0;
		return 0;
	}
	rcu_read_lock();
	buckets = rcu_dereference(ln->flows->buckets);
	next = rcu_dereference(buckets->next);
	mask = next ? min(buckets->mask, next->mask) : buckets->mask;
	for (i = 0; i < LBVS_FLOW_STEP && !step.met; i++) {
		/* Most buckets of most tables are empty. */
		if (next || rcu_access_pointer(buckets->first[*cursor & mask]))
			ret = visit_both(buckets, next, *cursor, mask, &step);
		if (ret)
			break;
		*cursor = reverse_increment(*cursor, mask);
		if (!*cursor)
			break;
	}
	rcu_read_unlock();
	return ret;
}

/**
 * lbvs_flow_table_alloc - an empty table
 * @ln: its network namespace.
 *
 * Context: process.
 * Return: the table, or NULL.
 */
struct lbvs_flow_table *lbvs_flow_table_alloc(struct lbvs_net *ln)
{
	struct lbvs_flow_buckets *buckets;
	struct lbvs_flow_table *table;
	u64 random[2];

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return NULL;
	buckets = alloc_buckets(LBVS_FLOW_LOCKS);
	if (!buckets) {
		kfree(table);
		return NULL;
	}
	RCU_INIT_POINTER(table->buckets, buckets);
	get_random_bytes(random, sizeof(random));
	lbvs_siphash_expand(&table->key, random);
	memzero_explicit(random, sizeof(random));
	get_random_bytes(table->nh_key, sizeof(table->nh_key));
	table->least = LBVS_FLOW_LOCKS;
	table->most = most_flows(buckets);
	table->ln = ln;
	INIT_WORK(&table->resize, resize_work);
	return table;
}

/**
 * lbvs_flow_table_free - undo lbvs_flow_table_alloc()
 * @table: a table without flows that nobody can reach any more.
 *
 * Context: process, may sleep.
 */
void lbvs_flow_table_free(struct lbvs_flow_table *table)
{
	cancel_work_sync(&table->resize);
	kvfree(own_buckets(table));
	kfree(table);
}

/**
 * lbvs_flow_table_setup - what all tables share
 *
 * Context: process.
 */
void lbvs_flow_table_setup(void)
{
	u32 i;

	for (i = 0; i < LBVS_FLOW_LOCKS; i++)
		spin_lock_init(&locks[i]);
}
