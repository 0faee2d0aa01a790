/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Schedulers: how a service chooses among the members that are usable. */
#ifndef _LBVS_SCHED_H
#define _LBVS_SCHED_H

#include <linux/atomic.h>
#include <linux/lbvs.h>
#include <linux/refcount.h>
#include <linux/siphash.h>

#include "algo/wrr.h"
#include "packet.h"
#include "types.h"

struct lbvs_member;
struct lbvs_pool;
struct lbvs_sched_pick;
struct lbvs_sched_table;

/* So many choices are picked for one flow. */
#define LBVS_SCHED_ATTEMPTS 16

/**
 * struct lbvs_sched_choice - a real that a scheduler may choose
 * @id: identity of the real.
 * @weight: its weight, 1 or more.
 * @ramp: percent of its own weight that this is, because of a ramp.
 * @addr: its address.
 */
struct lbvs_sched_choice {
	u64 id;
	u32 weight;
	u32 ramp;
	union nf_inet_addr addr;
};

/**
 * struct lbvs_sched_input - all that a table depends on
 * @ops: the scheduler.
 * @key: the pool's hash key.
 * @size: slots of a maglev table, a prime; else 0.
 * @n: number of choices, 1 or more.
 * @choices: the choices, sorted by the name of the real.
 */
struct lbvs_sched_input {
	const struct lbvs_sched_ops *ops;
	siphash_key_t key;
	u32 size;
	u32 n;
	struct lbvs_sched_choice *choices;
};

/**
 * struct lbvs_sched_ops - a scheduler
 * @name: its name.
 * @hashed: it wants a hash of the packet.
 * @size: slots of its table for a pool of that many reals; NULL: it has none.
 * @slot: the slot of its table that a hash leads to; NULL: it has none.
 * @build: build the table from @table->input. Process context. 0 or -errno.
 * @pick: choose. Softirq or process, under RCU, no lock. Returns an index below
 *	@table->input.n, which may be one that was tried before.
 */
struct lbvs_sched_ops {
	const char *name;
	bool hashed;
	u32 (*size)(u32 n_reals);
	u32 (*slot)(const struct lbvs_sched_table *table, u32 hash);
	int (*build)(struct lbvs_sched_table *table);
	u32 (*pick)(const struct lbvs_sched_table *table,
		    struct lbvs_sched_pick *pick);
};

/**
 * struct lbvs_sched_table - what a scheduler built from its input
 * @refs: one for each rule, and each pool's list, that holds it.
 * @input: what it was built from; the choices are its own copy.
 * @wrr: for wrr.
 * @slots: for maglev: the index of a choice per slot.
 *
 * Immutable once built.
 */
struct lbvs_sched_table {
	refcount_t refs;
	struct lbvs_sched_input input;
	struct lbvs_wrr wrr;
	u16 *slots;
};

/**
 * struct lbvs_sched_pick - a flow to be scheduled
 * @choices: the members behind the table's choices, in the same order.
 * @cursor: the service's, for the schedulers that take turns.
 * @hash: the packet's; only for schedulers that are hashed.
 * @attempt: how many choices before this one could not be used.
 * @tried: their indexes.
 * @rehearsal: nothing is to come of it: the cursor stays where it is.
 * @turn: where it would be by now in a rehearsal.
 */
struct lbvs_sched_pick {
	struct lbvs_member *const *choices;
	atomic_t *cursor;
	u32 hash;
	u32 attempt;
	u16 tried[LBVS_SCHED_ATTEMPTS];
	bool rehearsal;
	u32 turn;
};

/**
 * lbvs_sched_turn - whose turn is it?
 * @pick: the flow to be scheduled.
 *
 * Return: the cursor, moved on.
 */
static inline u32 lbvs_sched_turn(struct lbvs_sched_pick *pick)
{
	if (unlikely(pick->rehearsal))
		return ++pick->turn;
	return (u32)atomic_inc_return(pick->cursor);
}

/**
 * lbvs_sched_last - whose turn was it?
 * @pick: a flow whose turn was asked for. It may be another one's that came later:
 *	for what no exact value is needed.
 *
 * Return: the cursor, left where it is.
 */
static inline u32 lbvs_sched_last(const struct lbvs_sched_pick *pick)
{
	if (unlikely(pick->rehearsal))
		return pick->turn;
	return (u32)atomic_read(pick->cursor);
}

/**
 * lbvs_sched_tried - was a choice tried before?
 * @pick: the flow to be scheduled.
 * @index: the choice.
 *
 * Return: true when it was.
 */
static inline bool lbvs_sched_tried(const struct lbvs_sched_pick *pick,
				    u32 index)
{
	u32 i;

	for (i = 0; i < pick->attempt; i++)
		if (pick->tried[i] == index)
			return true;
	return false;
}

extern const struct lbvs_sched_ops lbvs_sched_rr_ops;
extern const struct lbvs_sched_ops lbvs_sched_wrr_ops;
extern const struct lbvs_sched_ops lbvs_sched_maglev_ops;
extern const struct lbvs_sched_ops lbvs_sched_lc_ops;
extern const struct lbvs_sched_ops lbvs_sched_wlc_ops;

const struct lbvs_sched_ops *lbvs_sched_ops(enum lbvs_sched sched);
struct lbvs_sched_table *lbvs_sched_build(struct lbvs_pool *pool,
					  const struct lbvs_sched_input *input,
					  struct lbvs_sched_table *old);
void lbvs_sched_put(struct lbvs_sched_table *table);
void lbvs_sched_forget(struct list_head *scheds);
u32 lbvs_sched_hash(const struct lbvs_tuple *tuple, enum lbvs_hash hash,
		    u32 prefix, const siphash_key_t *key);

#endif /* _LBVS_SCHED_H */
