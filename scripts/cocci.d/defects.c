// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Defects for scripts/cocci to find, at exactly the lines that say so. Not a part
 * of the module, and never compiled.
 */
#include "types.h"

struct thing {
	struct mutex mutex;
	spinlock_t lock;
	struct list_head list;
	struct part __rcu *part;
	int state;
};

static int unlock_is_skipped_by_goto(struct thing *thing)
{
	int err;

	spin_lock_bh(&thing->lock);
	err = lbvs_thing_check(thing);
	if (err)
		goto out;
	thing->state++;
	spin_unlock_bh(&thing->lock);
	lbvs_thing_notify(thing);
out:
	return err; /* found */
}

static bool unlock_is_skipped_in_a_loop(struct list_head *things)
{
	struct thing *thing;

	rcu_read_lock();
	list_for_each_entry_rcu(thing, things, list) {
		if (thing->state)
			return true; /* found */
	}
	rcu_read_unlock();
	return false;
}

static int all_ways_unlock(struct thing *thing)
{
	int err = -ENOENT;

	mutex_lock(&thing->mutex);
	if (!thing->state)
		goto out;
	if (thing->state > 1) {
		mutex_unlock(&thing->mutex);
		return 0;
	}
	err = 0;
out:
	mutex_unlock(&thing->mutex);
	return err;
}

static void *may_sleep(void)
{
	return kzalloc(sizeof(struct thing), GFP_KERNEL);
}

static void sleeps_under_a_lock(struct thing *thing)
{
	spin_lock_bh(&thing->lock);
	if (thing->state)
		lbvs_thing_send(thing, genlmsg_new(64, GFP_KERNEL)); /* found */
	else
		lbvs_thing_send(thing, may_sleep()); /* found */
	spin_unlock_bh(&thing->lock);
	lbvs_thing_send(thing, may_sleep());
}

static void waits_as_a_reader(struct thing *thing)
{
	rcu_read_lock();
	if (thing->state)
		synchronize_net(); /* found */
	rcu_read_unlock();
	synchronize_net();
}

static void frees_under_readers(struct thing *thing, struct part *fresh)
{
	struct part *old;

	old = rcu_replace_pointer(thing->part, fresh, lockdep_is_held(&thing->mutex));
	kfree(old); /* found */
}

static void frees_what_was_listed(struct thing *thing)
{
	list_del_rcu(&thing->list);
	kfree(thing); /* found */
}

static void waits_for_readers(struct thing *thing, struct part *fresh)
{
	struct part *old;

	old = rcu_replace_pointer(thing->part, fresh, lockdep_is_held(&thing->mutex));
	synchronize_net();
	kfree(old);
	old = rcu_dereference_protected(thing->part, true);
	kfree(old);
}

static int uses_what_was_freed(struct thing *thing)
{
	kfree(thing);
	return thing->state; /* found */
}

static void asks_before_it_frees(struct thing *thing)
{
	if (thing)
		kfree(thing); /* found */
}

static struct thing *allocates_a_pointer(void)
{
	struct thing *thing;

	thing = kzalloc(sizeof(thing), GFP_ATOMIC); /* found */
	return thing;
}

static void frees_otherwise_than_it_allocated(void)
{
	struct thing *thing = kvmalloc(sizeof(*thing), GFP_ATOMIC);

	if (thing)
		thing->state = 1;
	kfree(thing); /* found */
}

static int looks_into_nothing(struct thing *thing)
{
	if (!thing)
		return thing->state; /* found */
	return 0;
}
