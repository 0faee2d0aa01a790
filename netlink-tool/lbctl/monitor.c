// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Notifications as they come, one line each. A reader that is too slow loses
 * some; it is told so, and then told how things stand, so that it never goes
 * on with a wrong picture.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lbctl.h"

struct monitor {
	struct lbctl *ctl;
	struct lbnl events;
	bool config, health, flows;
	/* Up to this generation everything was shown after a loss. */
	bool recovered;
	uint32_t shown;
};

static void local_time(struct print *p, const struct timespec *now)
{
	struct tm local;
	char text[32];

	localtime_r(&now->tv_sec, &local);
	strftime(text, sizeof(text), "%F %T", &local);
	print_text(p, "", "%s.%03ld", text, now->tv_nsec / 1000000);
}

static void begin(struct print *p, const char *event, bool timed)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	print_object_begin(p, PRINT_EVENT);
	if (timed)
		local_time(p, &now);
	print_uint(p, NULL, "time_ms", true,
		   now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000);
	print_str(p, "", "event", event);
}

/* For a person, whose flow it is and what to do about it. */
static void bypass_cells(struct print *p, const struct model_flow *f)
{
	if (f->head.event != LBVS_EVENT_BYPASSED)
		return;
	print_str(p, "service", NULL, f->service);
	print_str(p, "why", "why", "the real answers past the gateway: let the "
		  "gateway be its default route, or, if the client is on its "
		  "link, set snat auto");
}

static void show_cells(struct print *p, const struct model_head *m, bool brief)
{
	switch (m->kind) {
	case MODEL_POOL:
		print_str(p, "", "object", "pool");
		pool_cells(p, (const struct model_pool *)m);
		break;
	case MODEL_REAL:
		print_str(p, "", "object", "real");
		real_cells(p, (const struct model_real *)m);
		break;
	case MODEL_SERVICE:
		print_str(p, "", "object", "service");
		service_cells(p, (const struct model_service *)m, !brief);
		break;
	case MODEL_MEMBER:
		print_str(p, "", "object", "member");
		member_cells(p, (const struct model_member *)m);
		break;
	case MODEL_VERDICT:
		print_str(p, "", "object", "verdict");
		verdict_cells(p, (const struct model_verdict *)m);
		break;
	case MODEL_AGENT:
		print_str(p, "", "object", "agent");
		agent_cells(p, (const struct model_agent *)m);
		break;
	case MODEL_FLOW:
		print_str(p, "", "object", "flow");
		flow_cells(p, (const struct model_flow *)m);
		bypass_cells(p, (const struct model_flow *)m);
		break;
	case MODEL_ARM:
		print_str(p, "", "object", "arm");
		arm_cells(p, (const struct model_arm *)m);
		break;
	default:
		break;
	}
}

static void show_event(struct print *p, const struct model_head *m,
		       const char *event, bool brief)
{
	begin(p, event, true);
	print_uint(p, NULL, "generation", true, m->generation);
	show_cells(p, m, brief);
	print_object_end(p);
}

/* What waited in the socket while events were lost is older than that. */
static bool is_old(const struct monitor *monitor, const struct model_head *m)
{
	/* Agents and flows come and go, clients fail, and reals have lost their
	 * flows, without a new generation.
	 */
	return monitor->recovered && m->kind != MODEL_AGENT &&
	       m->kind != MODEL_FLOW && m->event != LBVS_EVENT_SUSPECT &&
	       m->event != LBVS_EVENT_DRAINED &&
	       (int32_t)(m->generation - monitor->shown) <= 0;
}

static int on_event(struct model_head *m, void *arg)
{
	const char *event = words_find(words_event, m->event);
	struct monitor *monitor = arg;

	if (is_old(monitor, m))
		return 0;
	show_event(&monitor->ctl->print, m, event ? event : "unknown",
		   m->event == LBVS_EVENT_STATE);
	return 0;
}

static int show_current(struct lbctl *ctl, enum model_kind kind,
			uint8_t request)
{
	struct model_head *filter = model_new(kind), *m;
	struct model_list list;
	int ret;

	if (!filter) {
		fprintf(stderr, "lbctl: out of memory\n");
		return LBCTL_FAILED;
	}
	ret = lbctl_dump(ctl, request, filter, &list);
	for (m = list.first; m; m = m->next)
		show_event(&ctl->print, m, "current", true);
	model_list_free(&list);
	model_free(filter);
	return ret;
}

static int read_generation(struct monitor *monitor)
{
	struct model_stats nothing, stats;
	int ret;

	model_init(&nothing.head, MODEL_STATS);
	model_init(&stats.head, MODEL_STATS);
	ret = lbctl_request(monitor->ctl, LBVS_CMD_STATS_GET, &nothing.head,
			    &stats.head);
	if (ret)
		return ret;
	monitor->shown = stats.head.generation;
	monitor->recovered = true;
	model_clear(&stats.head);
	return LBCTL_OK;
}

static int recover(struct monitor *monitor)
{
	struct lbctl *ctl = monitor->ctl;
	int ret = read_generation(monitor);

	if (ret)
		return ret;
	begin(&ctl->print, "lost", true);
	print_text(&ctl->print, "", "events were lost; this is how things "
		   "stand now:");
	print_object_end(&ctl->print);
	if (monitor->config) {
		ret = show_current(ctl, MODEL_POOL, LBVS_CMD_POOL_GET);
		if (!ret)
			ret = show_current(ctl, MODEL_REAL, LBVS_CMD_REAL_GET);
		if (!ret)
			ret = show_current(ctl, MODEL_ARM, LBVS_CMD_ARM_GET);
	}
	if (!ret)
		ret = show_current(ctl, MODEL_SERVICE, LBVS_CMD_SERVICE_GET);
	if (!ret && monitor->health)
		ret = show_current(ctl, MODEL_MEMBER, LBVS_CMD_MEMBER_GET);
	if (!ret)
		ret = show_current(ctl, MODEL_VERDICT, LBVS_CMD_VERDICT_GET);
	if (!ret && monitor->health)
		ret = show_current(ctl, MODEL_AGENT, LBVS_CMD_AGENT_GET);
	return ret;
}

/* Who may not know the clients is told of all else. */
static int subscribe_to_flows(struct monitor *monitor)
{
	int err = lbnl_subscribe(&monitor->events, LBVS_MCGRP_FLOW);

	if (err && err != -EPERM)
		return lbctl_refused(&monitor->events.error);
	monitor->flows = !err;
	return LBCTL_OK;
}

static int subscribe(struct monitor *monitor)
{
	if (lbnl_open(&monitor->events))
		return lbctl_refused(&monitor->events.error);
	if ((monitor->config &&
	     lbnl_subscribe(&monitor->events, LBVS_MCGRP_CONFIG)) ||
	    (monitor->health &&
	     lbnl_subscribe(&monitor->events, LBVS_MCGRP_HEALTH)))
		return lbctl_refused(&monitor->events.error);
	return monitor->health ? subscribe_to_flows(monitor) : LBCTL_OK;
}

/*
 * Whoever reads this may rely on every event from now on. Its text is without
 * a time, so that a script has one fixed line to wait for.
 */
static void announce(struct monitor *monitor)
{
	struct print *p = &monitor->ctl->print;

	begin(p, "monitoring", false);
	print_bool(p, NULL, "config", monitor->config);
	print_bool(p, NULL, "health", monitor->health);
	print_bool(p, NULL, "flows", monitor->flows);
	print_text(p, "", "%s%s%s%s", monitor->config ? "config" : "",
		   monitor->config && monitor->health ? " and " : "",
		   monitor->health ? "health" : "",
		   monitor->health && !monitor->flows ? ", but no flows" : "");
	print_object_end(p);
}

static int follow(struct monitor *monitor)
{
	int err, ret;

	announce(monitor);
	for (;;) {
		err = lbnl_receive(&monitor->events, on_event, monitor);
		if (ferror(stdout))
			return LBCTL_FAILED;
		if (!err)
			continue;
		if (err != -ENOBUFS)
			return lbctl_refused(&monitor->events.error);
		ret = recover(monitor);
		if (ret)
			return ret;
	}
}

static int monitor_groups(struct lbctl *ctl,
			  const struct lbctl_command *command,
			  struct parse *words)
{
	struct monitor monitor = {
		.ctl = ctl,
		.config = strcmp(command->name, LBVS_MCGRP_HEALTH),
		.health = strcmp(command->name, LBVS_MCGRP_CONFIG),
	};
	struct model_stats nothing;
	int ret;

	ret = lbctl_read(command, words, &nothing.head);
	if (!ret)
		ret = lbctl_connect(ctl);
	if (ret)
		return ret;
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	ret = subscribe(&monitor);
	if (!ret)
		ret = follow(&monitor);
	lbnl_close(&monitor.events);
	return ret;
}

const struct lbctl_command monitor_commands[] = {
	{ "", monitor_groups, "show all events", NULL,
	  &parse_nothing, 0, "monitor" },
	{ "config", monitor_groups,
	  "pools, reals, services and arms that change", NULL,
	  &parse_nothing, 0, "monitor" },
	{ "health", monitor_groups,
	  "verdicts, agents, members and services that change, reals that are "
	  "drained, bypassed flows", NULL,
	  &parse_nothing, 0, "monitor" },
	{ 0 }
};
