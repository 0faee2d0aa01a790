// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A transaction is a change (config.c) that stays open between requests. It
 * has references to all that it shares with the ruleset it started from, and
 * holds no lock: others may change what is in force meanwhile, and its commit
 * is then refused. Verdicts are the exception. They come at any time and are
 * nobody's business but the prober's: the commit takes them over.
 *
 * So at the commit nothing but verdicts can have changed since the begin. What
 * the transaction did not touch is then taken from the ruleset in force; what
 * it did gets the health that its reals have there.
 */
#include "transaction.h"
#include "pool.h"
#include "real.h"

#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * lbvs_transaction_find - the transaction that a socket has open
 * @ln: network namespace.
 * @portid: the socket.
 *
 * Context: process, config_lock held.
 * Return: the transaction, or NULL.
 */
struct lbvs_transaction *lbvs_transaction_find(const struct lbvs_net *ln,
					       u32 portid)
{
	struct lbvs_transaction *transaction;

	lockdep_assert_held(&ln->config_lock);

	list_for_each_entry(transaction, &ln->transactions, node)
		if (transaction->portid == portid)
			return transaction;
	return NULL;
}

static u32 count_open(const struct lbvs_net *ln)
{
	const struct lbvs_transaction *transaction;
	u32 n = 0;

	list_for_each_entry(transaction, &ln->transactions, node)
		n++;
	return n;
}

/**
 * lbvs_transaction_begin - open a transaction
 * @ln: network namespace.
 * @portid: the socket on whose behalf.
 * @refusal: filled in when it may not.
 *
 * Context: process, config_lock held.
 * Return: the transaction, or an ERR_PTR.
 */
struct lbvs_transaction *
lbvs_transaction_begin(struct lbvs_net *ln, u32 portid,
		       struct lbvs_refusal *refusal)
{
	struct lbvs_transaction *transaction;
	int err;

	lockdep_assert_held(&ln->config_lock);

	if (lbvs_transaction_find(ln, portid))
		return ERR_PTR(lbvs_refuse(refusal, -EBUSY, 0,
					   "this socket has a transaction open already"));
	if (count_open(ln) >= LBVS_TRANSACTIONS_MAX)
		return ERR_PTR(lbvs_refuse(refusal, -ENOSPC, 0,
					   "there are too many open transactions"));

	transaction = kzalloc(sizeof(*transaction), GFP_KERNEL_ACCOUNT);
	if (!transaction)
		return ERR_PTR(-ENOMEM);
	err = lbvs_config_begin(&transaction->stage, ln);
	if (err) {
		kfree(transaction);
		return ERR_PTR(err);
	}
	transaction->portid = portid;
	transaction->base = transaction->stage.old->generation;
	transaction->stage.old = NULL;
	list_add_tail(&transaction->node, &ln->transactions);
	return transaction;
}

/* Rules that were not touched are compiled: take what they are by now. */
static void follow_rules(struct lbvs_stage *stage)
{
	u32 i;

	for (i = 0; i < stage->next->n_rules; i++) {
		struct lbvs_rule *rule = stage->next->rules[i];
		int index;

		cond_resched();
		if (!rule->compiled)
			continue;
		index = lbvs_ruleset_find_rule(stage->old, rule->cfg.name);
		if (WARN_ON_ONCE(index < 0) || stage->old->rules[index] == rule)
			continue;
		stage->next->rules[i] = lbvs_rule_get(stage->old->rules[index]);
		lbvs_rule_put(rule);
	}
}

static bool same_checks(const struct lbvs_pool_cfg *a,
			const struct lbvs_pool_cfg *b)
{
	return a->n_checks == b->n_checks &&
	       !memcmp(a->checks, b->checks, a->n_checks * sizeof(*a->checks));
}

/* A real as staged, with the health that it has by now. */
static struct lbvs_real *follow_real(const struct lbvs_pool *pool,
				     struct lbvs_real *real,
				     const struct lbvs_pool *now_pool)
{
	int index = lbvs_pool_find_real(now_pool, real->cfg.name);
	struct lbvs_real *now, *merged;
	u32 i;

	if (index < 0 || now_pool->reals[index]->id != real->id)
		return lbvs_real_get(real);
	now = now_pool->reals[index];
	if (now == real)
		return lbvs_real_get(real);
	if (!memcmp(&now->cfg, &real->cfg, sizeof(now->cfg)) &&
	    now->drain == real->drain && same_checks(&now_pool->cfg, &pool->cfg))
		return lbvs_real_get(now);

	merged = lbvs_real_clone(real);
	if (!merged)
		return NULL;
	merged->whole = now->whole;
	for (i = 0; i < merged->n_checks; i++) {
		index = lbvs_pool_find_check(&now_pool->cfg,
					     pool->cfg.checks[i]);
		if (index >= 0)
			merged->checks[i] = now->checks[index];
	}
	return merged;
}

static bool same_pool(const struct lbvs_pool *a, const struct lbvs_pool *b)
{
	return a->n_reals == b->n_reals &&
	       !memcmp(&a->cfg, &b->cfg, sizeof(a->cfg)) &&
	       !memcmp(a->reals, b->reals, a->n_reals * sizeof(*a->reals));
}

static int follow_pool(struct lbvs_stage *stage, u32 i, struct lbvs_pool *now)
{
	struct lbvs_pool *pool;
	u32 j;

	pool = lbvs_pool_clone(stage->next->pools[i]);
	if (!pool)
		return -ENOMEM;
	for (j = 0; j < pool->n_reals; j++) {
		struct lbvs_real *real = follow_real(pool, pool->reals[j], now);

		if (!real) {
			lbvs_pool_put(pool);
			return -ENOMEM;
		}
		lbvs_pool_replace_real(pool, j, real);
	}
	if (same_pool(pool, now)) {
		lbvs_pool_put(pool);
		pool = lbvs_pool_get(now);
	}
	lbvs_pool_put(stage->next->pools[i]);
	stage->next->pools[i] = pool;
	return 0;
}

static int follow_pools(struct lbvs_stage *stage)
{
	int err;
	u32 i;

	for (i = 0; i < stage->next->n_pools; i++) {
		struct lbvs_pool *pool = stage->next->pools[i];
		int index = lbvs_ruleset_find_pool(stage->old, pool->cfg.name);

		cond_resched();
		if (index < 0 || stage->old->pools[index]->id != pool->id ||
		    stage->old->pools[index] == pool)
			continue;
		err = follow_pool(stage, i, stage->old->pools[index]);
		if (err)
			return err;
	}
	return 0;
}

/**
 * lbvs_transaction_commit - put what is staged in force
 * @transaction: the transaction.
 * @refusal: filled in when it may not.
 *
 * Context: process, config_lock held, may sleep.
 * Return: 0, or -errno, and then nothing changed. Either way it is over:
 * lbvs_transaction_end() has to follow.
 */
int lbvs_transaction_commit(struct lbvs_transaction *transaction,
			    struct lbvs_refusal *refusal)
{
	struct lbvs_stage *stage = &transaction->stage;
	struct lbvs_net *ln = stage->ln;
	int err;

	lockdep_assert_held(&ln->config_lock);

	if (lbvs_config_check_generation(ln, transaction->base, refusal))
		return lbvs_refuse(refusal, -ESTALE, 0,
				   "someone else has changed the configuration since this transaction began");
	stage->old = rcu_dereference_protected(ln->ruleset,
					       lockdep_is_held(&ln->config_lock));
	follow_rules(stage);
	err = follow_pools(stage);
	if (err)
		return err;
	return lbvs_config_commit(stage, refusal);
}

/**
 * lbvs_transaction_end - end a transaction, committed or not
 * @transaction: the transaction; gone afterwards.
 *
 * Context: process, config_lock held, may sleep.
 */
void lbvs_transaction_end(struct lbvs_transaction *transaction)
{
	lockdep_assert_held(&transaction->stage.ln->config_lock);

	list_del(&transaction->node);
	lbvs_config_finish(&transaction->stage);
	kfree(transaction);
}

/**
 * lbvs_transaction_release - a socket was closed
 * @ln: network namespace.
 * @portid: the socket.
 *
 * Context: process, may sleep.
 */
void lbvs_transaction_release(struct lbvs_net *ln, u32 portid)
{
	struct lbvs_transaction *transaction;

	/* Most sockets have none, and need not wait for a lock to learn it:
	 * only requests on this very socket could open one.
	 */
	if (list_empty_careful(&ln->transactions))
		return;
	mutex_lock(&ln->config_lock);
	transaction = lbvs_transaction_find(ln, portid);
	if (transaction)
		lbvs_transaction_end(transaction);
	mutex_unlock(&ln->config_lock);
}

/**
 * lbvs_transaction_exit - forget what is still open
 * @ln: a namespace that no request can reach any more.
 *
 * Context: process, may sleep.
 */
void lbvs_transaction_exit(struct lbvs_net *ln)
{
	struct lbvs_transaction *transaction, *next;

	mutex_lock(&ln->config_lock);
	list_for_each_entry_safe(transaction, next, &ln->transactions, node)
		lbvs_transaction_end(transaction);
	mutex_unlock(&ln->config_lock);
}
