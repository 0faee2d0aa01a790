// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers, all of them in the loop that also probes:
 *   renew   once a second. When the loop hangs, so does the lease.
 *   push    a moment after a verdict is due, so that many go at once.
 *   reread  a moment after the configuration changed, somebody meddled with a
 *           verdict, or events were lost.
 *
 * While the kernel cannot be reached the probing goes on, and every renewal
 * tries to join again. Only then do other checks come into force: which reals
 * they are for, the kernel knows. When another prober has taken our name, we
 * give way: two that push each other out would be worse than either.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "plan.h"
#include "prober.h"

#define PUSH_US		UINT64_C(10000)
#define REREAD_US	UINT64_C(100000)

static void end(struct prober *p, int outcome)
{
	p->outcome = outcome;
	loop_stop(p->means->loop);
}

static void set_timer(struct prober *p, struct loop_timer *timer, uint64_t us)
{
	if (!timer->place && loop_set(p->means->loop, timer, loop_now() + us))
		end(p, -ENOMEM);
}

/* The kernel is out of reach, or knows us no more. */
static void lose(struct prober *p)
{
	if (!p->told)
		log_error("%s; probing goes on", p->agent->error);
	p->told = true;
	p->joined = false;
	loop_unwatch(p->means->loop, &p->events);
	p->agent->ops->close(p->agent);
}

static void taken_over(struct prober *p)
{
	log_error("%s", p->agent->error);
	p->joined = false;
	end(p, -ESTALE);
}

static int compare(const void *a, const void *b)
{
	const struct target *x = *(struct target *const *)a;
	const struct target *y = *(struct target *const *)b;
	int order = strcmp(x->check->pool, y->check->pool);

	if (!order)
		order = strcmp(x->real, y->real);
	return order ? order : strcmp(x->check->name, y->check->name);
}

static struct target *find(const struct prober *p, struct target *like)
{
	struct target **found = NULL;

	if (p->count)
		found = bsearch(&like, p->targets, p->count,
				sizeof(p->targets[0]), compare);
	return found ? *found : NULL;
}

static void on_done(struct target *t)
{
	struct prober *p = t->arg;

	if (t->due)
		set_timer(p, &p->push, PUSH_US);
}

/* But for those that are in use elsewhere by now. */
static void free_targets(struct target **targets, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (targets[i]->kept)
			targets[i]->kept = false;
		else
			target_free(targets[i]);
	}
	free(targets);
}

/* The old target, the new one in its place, or the new one from scratch. */
static struct target *choose(struct target *new, struct target *old)
{
	/* Another address is another server. */
	if (!old || memcmp(&old->addr, &new->addr, sizeof(old->addr))) {
		target_start(new);
		return new;
	}
	if (old->check != new->check) {
		target_inherit(new, old);
		return new;
	}
	target_free(new);
	old->kept = true;
	return old;
}

/* Other reals or checks must not delay the look at those that stay. */
static void settle(struct prober *p, struct target **targets, size_t count)
{
	size_t i;

	if (count)
		qsort(targets, count, sizeof(targets[0]), compare);
	for (i = 0; i < count; i++) {
		targets[i] = choose(targets[i], find(p, targets[i]));
		targets[i]->arg = p;
		targets[i]->done = on_done;
		if (targets[i]->due)
			set_timer(p, &p->push, PUSH_US);
	}
	free_targets(p->targets, p->count);
	p->targets = targets;
	p->count = count;
}

static int adopt(struct prober *p, const struct check_list *checks)
{
	struct agent_view view = { 0 };
	struct target **targets;
	size_t count;
	int err;

	err = p->agent->ops->read(p->agent, &view);
	if (!err)
		err = plan_targets(checks, &view, p->means, &targets, &count);
	if (!err) {
		settle(p, targets, count);
		plan_compare(p->targets, p->count, &view, p->config.name);
	}
	agent_view_free(&view);
	return err;
}

/* Other checks, taken over; the old ones are those of targets until then. */
static int replace(struct prober *p, struct check_list *checks)
{
	struct check_list old = p->checks;
	int err;

	err = adopt(p, checks);
	if (err)
		return err;
	p->checks = *checks;
	*checks = (struct check_list){ 0 };
	check_list_free(&old);
	return 0;
}

static void on_reread(struct loop_timer *timer)
{
	struct prober *p = loop_of(timer, struct prober, reread);
	size_t i;

	if (!p->joined)
		return;
	if (adopt(p, &p->checks)) {
		lose(p);
		return;
	}
	for (i = 0; i < p->count; i++)
		if (p->targets[i]->due)
			set_timer(p, &p->push, PUSH_US);
}

/* Clients were faster to notice than we. */
static void on_suspect(const char *pool, const char *real, void *arg)
{
	struct prober *p = arg;
	size_t i;

	for (i = 0; i < p->count; i++)
		if (!strcmp(p->targets[i]->check->pool, pool) &&
		    !strcmp(p->targets[i]->real, real))
			target_hurry(p->targets[i]);
}

static bool is_about(const struct model_verdict *v, const struct target *t)
{
	return !strcmp(t->real, v->real) && !strcmp(t->check->name, v->check) &&
	       !strcmp(t->check->pool, v->pool);
}

/*
 * A person has set it, or has had it forgotten: it is set right. Not what another
 * agent vouches for: two that disagree would take the real in and out for ever.
 */
static void on_verdict(const struct model_verdict *v, void *arg)
{
	struct prober *p = arg;
	size_t i;

	if (p->reread.place || (v->agent[0] && !v->stale))
		return;
	for (i = 0; i < p->count; i++) {
		if (is_about(v, p->targets[i])) {
			set_timer(p, &p->reread, REREAD_US);
			return;
		}
	}
}

static void on_events(struct loop_watch *watch, uint32_t events)
{
	struct prober *p = loop_of(watch, struct prober, events);
	struct agent_news news = {
		.suspect = on_suspect, .verdict = on_verdict, .arg = p,
	};
	int err;

	(void)events;
	err = p->agent->ops->receive(p->agent, &news);
	if (err && err != -ENOBUFS)
		lose(p);
	else if (err || news.changed)
		set_timer(p, &p->reread, REREAD_US);
}

static int join(struct prober *p)
{
	int err = p->agent->ops->join(p->agent, &p->config);

	if (err)
		return err;
	p->events.fd = -1;
	if (p->agent->events_fd >= 0)
		err = loop_watch(p->means->loop, &p->events,
				 p->agent->events_fd, EPOLLIN);
	if (err) {
		p->agent->ops->close(p->agent);
		return err;
	}
	p->joined = true;
	return 0;
}

static void join_again(struct prober *p)
{
	int err;

	if (join(p))
		return;
	err = p->reloaded ? replace(p, &p->next) : adopt(p, &p->checks);
	if (err) {
		lose(p);
		return;
	}
	log_info("registered again as %s", p->config.name);
	p->told = false;
	p->reloaded = false;
	set_timer(p, &p->push, PUSH_US);
}

static void on_renew(struct loop_timer *timer)
{
	struct prober *p = loop_of(timer, struct prober, renew);
	int err = 0;

	if (p->joined)
		err = p->agent->ops->renew(p->agent);
	if (err == -ESTALE) {
		taken_over(p);
		return;
	}
	if (err)
		lose(p);
	if (!p->joined)
		join_again(p);
	set_timer(p, &p->renew, PROBER_RENEW_US);
	if (p->alive)
		p->alive(p);
}

static bool add_verdict(struct model_list *list, const struct target *t)
{
	struct model_verdict *v;

	v = (struct model_verdict *)model_new(MODEL_VERDICT);
	if (!v)
		return false;
	plan_verdict(v, t);
	model_list_add(list, &v->head);
	return true;
}

/* One that is refused by itself is about a real or a check that is gone. */
static int push_one_by_one(struct prober *p, struct target **due, size_t count)
{
	struct model_list one;
	size_t i;
	int err = 0;

	for (i = 0; i < count && err != -ESTALE; i++) {
		memset(&one, 0, sizeof(one));
		if (!add_verdict(&one, due[i]))
			return -ENOMEM;
		err = p->agent->ops->push(p->agent, &one);
		if (!err)
			due[i]->due = false;
		model_list_free(&one);
	}
	set_timer(p, &p->reread, REREAD_US);
	return err == -ESTALE ? err : 0;
}

static int push_some(struct prober *p, struct target **due, size_t count)
{
	struct model_list list = { 0 };
	size_t i;
	int err = 0;

	for (i = 0; i < count && !err; i++)
		if (!add_verdict(&list, due[i]))
			err = -ENOMEM;
	if (!err)
		err = p->agent->ops->push(p->agent, &list);
	model_list_free(&list);
	for (i = 0; i < count && !err; i++)
		due[i]->due = false;
	if (err == -ENOENT)
		return push_one_by_one(p, due, count);
	return err;
}

static void on_push(struct loop_timer *timer)
{
	struct prober *p = loop_of(timer, struct prober, push);
	struct target *due[AGENT_PUSH_MAX];
	size_t i, count = 0;
	int err = 0;

	for (i = 0; i < p->count && p->joined && !err; i++) {
		if (p->targets[i]->due)
			due[count++] = p->targets[i];
		if (count == AGENT_PUSH_MAX || (count && i + 1 == p->count)) {
			err = push_some(p, due, count);
			count = 0;
		}
	}
	if (count && !err && p->joined)
		err = push_some(p, due, count);
	/* They stay due: the renewal finds out what it is, and joins again. */
	if (err && err != -ESTALE)
		lose(p);
}

int prober_start(struct prober *p, const struct probe_means *means,
		 struct agent *agent, const struct check_agent *config,
		 struct check_list *checks)
{
	int err;

	*p = (struct prober){
		.means = means,
		.agent = agent,
		.config = *config,
		.events = { .fd = -1, .fn = on_events },
		.renew = { .fn = on_renew },
		.push = { .fn = on_push },
		.reread = { .fn = on_reread },
	};
	err = join(p);
	if (err)
		return err;
	err = adopt(p, checks);
	if (err) {
		prober_stop(p, false);
		return err;
	}
	p->checks = *checks;
	*checks = (struct check_list){ 0 };
	set_timer(p, &p->renew, PROBER_RENEW_US);
	return 0;
}

int prober_reload(struct prober *p, struct check_list *checks)
{
	int err;

	if (p->joined) {
		err = replace(p, checks);
		if (!err || err == -ENOMEM)
			return err;
		lose(p);
	}
	check_list_free(&p->next);
	p->next = *checks;
	p->reloaded = true;
	*checks = (struct check_list){ 0 };
	return 0;
}

void prober_stop(struct prober *p, bool leave)
{
	struct loop *loop = p->means->loop;

	if (leave && p->joined)
		on_push(&p->push);
	if (leave && p->joined && p->agent->ops->leave(p->agent))
		log_error("%s", p->agent->error);
	loop_unwatch(loop, &p->events);
	p->agent->ops->close(p->agent);
	loop_unset(loop, &p->renew);
	loop_unset(loop, &p->push);
	loop_unset(loop, &p->reread);
	free_targets(p->targets, p->count);
	p->targets = NULL;
	p->count = 0;
	check_list_free(&p->checks);
	check_list_free(&p->next);
}
