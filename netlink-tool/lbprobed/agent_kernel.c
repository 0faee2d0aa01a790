// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent as the kernel sees it. Two sockets: the kernel's notifications must
 * not get between a request and its answer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/socket.h>

#include "agent.h"
#include "nl.h"

struct agent_kernel {
	struct agent agent;
	struct lbnl nl;
	struct lbnl events;
	bool open;
	uint32_t epoch;
	struct check_agent config;
};

static struct agent_kernel *of(struct agent *agent)
{
	return (struct agent_kernel *)agent;
}

/* Keeps what the kernel said about a call. Returns err. */
static int told(struct agent_kernel *k, const struct lbnl *nl, int err)
{
	const struct lbnl_error *error = &nl->error;

	if (!err)
		return 0;
	if (error->no_family)
		snprintf(k->agent.error, sizeof(k->agent.error),
			 "the kernel has no lbvs: load the module");
	else if (error->word[0])
		snprintf(k->agent.error, sizeof(k->agent.error), "\"%s\": %s",
			 error->word, error->sentence[0] ? error->sentence :
			 strerror(-err));
	else
		snprintf(k->agent.error, sizeof(k->agent.error), "%s",
			 err == -EPERM ? "this needs CAP_NET_ADMIN" :
			 error->sentence[0] ? error->sentence :
			 strerror(-err));
	return err;
}

static void close_sockets(struct agent *agent)
{
	struct agent_kernel *k = of(agent);

	if (!k->open)
		return;
	lbnl_close(&k->nl);
	lbnl_close(&k->events);
	k->open = false;
	agent->events_fd = -1;
}

static int open_sockets(struct agent_kernel *k)
{
	int err = told(k, &k->nl, lbnl_open(&k->nl));

	if (err)
		return err;
	err = told(k, &k->events, lbnl_open(&k->events));
	if (err) {
		lbnl_close(&k->nl);
		return err;
	}
	k->open = true;
	err = told(k, &k->events,
		   lbnl_subscribe(&k->events, LBVS_MCGRP_CONFIG));
	if (!err)
		err = told(k, &k->events,
			   lbnl_subscribe(&k->events, LBVS_MCGRP_HEALTH));
	if (!err) {
		nl_socket_set_nonblocking(k->events.sock);
		k->agent.events_fd = nl_socket_get_fd(k->events.sock);
	}
	return err;
}

static int register_agent(struct agent_kernel *k)
{
	struct model_agent request, answer;
	int err;

	model_init(&request.head, MODEL_AGENT);
	model_init(&answer.head, MODEL_AGENT);
	memcpy(request.name, k->config.name, sizeof(request.name));
	request.lease_ms = k->config.lease;
	request.grace_ms = k->config.grace;
	request.on_expiry = k->config.on_expiry;
	model_mark(&request, LBVS_A_AGENT_NAME);
	model_mark(&request, LBVS_A_AGENT_LEASE);
	model_mark(&request, LBVS_A_AGENT_GRACE);
	if (request.on_expiry)
		model_mark(&request, LBVS_A_AGENT_ON_EXPIRY);
	err = told(k, &k->nl, lbnl_request(&k->nl, LBVS_CMD_AGENT_NEW,
					   &request.head, &answer.head));
	k->epoch = answer.epoch;
	return err;
}

static int join(struct agent *agent, const struct check_agent *config)
{
	struct agent_kernel *k = of(agent);
	int err;

	close_sockets(agent);
	k->config = *config;
	err = open_sockets(k);
	if (!err)
		err = register_agent(k);
	if (err)
		close_sockets(agent);
	return err;
}

static void identify(const struct agent_kernel *k, struct model_agent *request)
{
	model_init(&request->head, MODEL_AGENT);
	memcpy(request->name, k->config.name, sizeof(request->name));
	request->epoch = k->epoch;
	model_mark(request, LBVS_A_AGENT_NAME);
	model_mark(request, LBVS_A_AGENT_EPOCH);
}

static int dump(struct agent_kernel *k, uint8_t cmd, enum model_kind kind,
		struct model_list *list)
{
	union {
		struct model_head head;
		struct model_pool pool;
		struct model_real real;
		struct model_verdict verdict;
		struct model_agent agent;
	} all;

	model_init(&all.head, kind);
	return told(k, &k->nl, lbnl_dump(&k->nl, cmd, &all.head, list));
}

/*
 * The kernel says -ESTALE to one whose name another one has taken, and to one
 * that has slept through its lease. Only the former is for good: whose epoch
 * is the name's now?
 */
static int who_is_it(struct agent_kernel *k)
{
	struct model_list agents = { 0 };
	const struct model_agent *a;
	int err = -ECONNRESET;

	if (dump(k, LBVS_CMD_AGENT_GET, MODEL_AGENT, &agents))
		return -EIO;
	snprintf(k->agent.error, sizeof(k->agent.error),
		 "the lease has run out");
	model_for_each(a, &agents) {
		if (strcmp(a->name, k->config.name) || a->epoch == k->epoch)
			continue;
		err = -ESTALE;
		snprintf(k->agent.error, sizeof(k->agent.error),
			 "another prober has registered as %s: this one gives way",
			 k->config.name);
	}
	model_list_free(&agents);
	return err;
}

static int renew(struct agent *agent)
{
	struct agent_kernel *k = of(agent);
	struct model_agent request;
	int err;

	identify(k, &request);
	err = told(k, &k->nl, lbnl_request(&k->nl, LBVS_CMD_AGENT_RENEW,
					   &request.head, NULL));
	return err == -ESTALE ? who_is_it(k) : err;
}

static int push(struct agent *agent, const struct model_list *verdicts)
{
	struct agent_kernel *k = of(agent);
	struct model_verdict request;

	model_init(&request.head, MODEL_VERDICT);
	memcpy(request.agent, k->config.name, sizeof(request.agent));
	request.epoch = k->epoch;
	request.list = *verdicts;
	model_mark(&request, LBVS_A_VERDICT_AGENT);
	model_mark(&request, LBVS_A_VERDICT_EPOCH);
	model_mark(&request, LBVS_A_VERDICT_LIST);
	return told(k, &k->nl, lbnl_request(&k->nl, LBVS_CMD_VERDICT_SET,
					    &request.head, NULL));
}

static int read_view(struct agent *agent, struct agent_view *view)
{
	struct agent_kernel *k = of(agent);
	int err;

	memset(view, 0, sizeof(*view));
	err = dump(k, LBVS_CMD_POOL_GET, MODEL_POOL, &view->pools);
	if (!err)
		err = dump(k, LBVS_CMD_REAL_GET, MODEL_REAL, &view->reals);
	if (!err)
		err = dump(k, LBVS_CMD_VERDICT_GET, MODEL_VERDICT,
			   &view->verdicts);
	return err;
}

static int note(struct model_head *m, void *arg)
{
	const struct model_member *member = (const struct model_member *)m;
	struct agent_news *news = arg;

	/* That a real was drained changes nothing that is probed. */
	if (m->kind == MODEL_POOL ||
	    (m->kind == MODEL_REAL && m->event != LBVS_EVENT_DRAINED))
		news->changed = true;
	else if (m->kind == MODEL_MEMBER && m->event == LBVS_EVENT_SUSPECT)
		news->suspect(member->pool, member->real, news->arg);
	else if (m->kind == MODEL_VERDICT)
		news->verdict((const struct model_verdict *)m, news->arg);
	return 0;
}

static int receive(struct agent *agent, struct agent_news *news)
{
	struct agent_kernel *k = of(agent);
	int err = lbnl_receive(&k->events, note, news);

	if (err == -EAGAIN)
		return 0;
	return told(k, &k->events, err);
}

static int leave(struct agent *agent)
{
	struct agent_kernel *k = of(agent);
	struct model_agent request;

	identify(k, &request);
	return told(k, &k->nl, lbnl_request(&k->nl, LBVS_CMD_AGENT_DEL,
					    &request.head, NULL));
}

static const struct agent_ops kernel_ops = {
	.join = join,
	.renew = renew,
	.push = push,
	.read = read_view,
	.receive = receive,
	.leave = leave,
	.close = close_sockets,
};

struct agent *agent_kernel_new(void)
{
	struct agent_kernel *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->agent.ops = &kernel_ops;
	k->agent.events_fd = -1;
	return &k->agent;
}

void agent_kernel_free(struct agent *agent)
{
	close_sockets(agent);
	free(of(agent));
}

void agent_view_free(struct agent_view *view)
{
	model_list_free(&view->pools);
	model_list_free(&view->reals);
	model_list_free(&view->verdicts);
}
