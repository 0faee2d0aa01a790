/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects into netlink attributes, for dumps and notifications alike. */
#ifndef _LBVS_ATTR_H
#define _LBVS_ATTR_H

#include <linux/lbvs.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "types.h"

struct lbvs_agent;
struct lbvs_explanation;
struct lbvs_flow;
struct lbvs_net;
struct net_device;
struct lbvs_pool;
struct lbvs_real;
struct lbvs_rule;
struct lbvs_ruleset;

/**
 * struct lbvs_subject - an object, and where it stands
 * @ln: its network namespace.
 * @ruleset: the ruleset that it is part of.
 * @pool: its pool.
 * @real: the real.
 * @rule: the service.
 * @index: place of the pool in the ruleset, or of the member in the service.
 * @check: place of the check in the pool, or -1 for the real as a whole.
 * @privileged: the reader may see what only those who may write should.
 * @explanation: what would become of a flow.
 *
 * Each function below looks at what it needs.
 */
struct lbvs_subject {
	const struct lbvs_net *ln;
	const struct lbvs_ruleset *ruleset;
	const struct lbvs_pool *pool;
	const struct lbvs_real *real;
	const struct lbvs_rule *rule;
	u32 index;
	int check;
	bool privileged;
	const struct lbvs_explanation *explanation;
};

/* Each returns 0, or -EMSGSIZE when the message is full. Under RCU, or with
 * references to the subject.
 */
typedef int (*lbvs_attr_put)(struct sk_buff *skb,
			     const struct lbvs_subject *subject);

int lbvs_attr_put_addr(struct sk_buff *skb, int attr,
		       const union nf_inet_addr *addr, u8 family);
int lbvs_attr_put_pool(struct sk_buff *skb, const struct lbvs_subject *subject);
int lbvs_attr_put_real(struct sk_buff *skb, const struct lbvs_subject *subject);
int lbvs_attr_put_service(struct sk_buff *skb,
			  const struct lbvs_subject *subject);
int lbvs_attr_put_state(struct sk_buff *skb, const struct lbvs_subject *subject,
			enum lbvs_member_state passed, int state_attr,
			int check_attr, int partner_attr);
int lbvs_attr_put_member(struct sk_buff *skb,
			 const struct lbvs_subject *subject);
int lbvs_attr_put_verdict(struct sk_buff *skb,
			  const struct lbvs_subject *subject);
int lbvs_attr_put_agent(struct sk_buff *skb, const struct lbvs_net *ln,
			const struct lbvs_agent *agent);
int lbvs_attr_put_arm(struct sk_buff *skb, const struct net_device *dev);
int lbvs_attr_put_flow(struct sk_buff *skb, const struct lbvs_flow *flow);

#endif /* _LBVS_ATTR_H */
