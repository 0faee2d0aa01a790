/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notifications of what a change changed. */
#ifndef _LBVS_EVENT_H
#define _LBVS_EVENT_H

#include "config.h"

struct genl_family;
struct lbvs_agent;
struct lbvs_flow;
struct lbvs_subject;
struct net_device;

/* Places of the groups in the family's array. */
enum lbvs_event_group {
	LBVS_EVENT_GROUP_CONFIG,
	LBVS_EVENT_GROUP_HEALTH,
	LBVS_EVENT_GROUP_FLOW,
	LBVS_EVENT_GROUPS,
};

void lbvs_event_init(const struct genl_family *family);
void lbvs_event_suspects(const struct lbvs_net *ln);
void lbvs_event_arm(struct net *net, enum lbvs_event event,
		    const struct net_device *dev);
void lbvs_event_agent(const struct lbvs_net *ln, enum lbvs_event event,
		      const struct lbvs_agent *agent);
void lbvs_event_flow(const struct lbvs_net *ln, enum lbvs_event event,
		     const struct lbvs_flow *flow);
void lbvs_event_drained(const struct lbvs_net *ln,
			const struct lbvs_subject *subject);
void lbvs_event_commit(const struct lbvs_stage *stage);

#endif /* _LBVS_EVENT_H */
