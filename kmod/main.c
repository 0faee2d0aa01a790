// SPDX-License-Identifier: GPL-2.0-or-later
#include "affinity.h"
#include "agent.h"
#include "arm.h"
#include "borrow.h"
#include "config.h"
#include "drain.h"
#include "flow.h"
#include "hint.h"
#include "hook.h"
#include "local.h"
#include "member.h"
#include "net.h"
#include "netlink.h"
#include "reset.h"
#include "ruleset.h"
#include "snat.h"
#include "stats.h"
#include "transaction.h"

#include <linux/module.h>
#include <linux/slab.h>

unsigned int lbvs_net_id __read_mostly;

static int __net_init net_init(struct net *net)
{
	struct lbvs_net *ln = lbvs_net(net);
	int err;

	ln->net = net;
	lbvs_arm_init(ln);
	lbvs_agent_init(ln);
	lbvs_config_ramp_init(ln);
	lbvs_reset_init(ln);
	lbvs_hint_init(ln);
	lbvs_drain_init(ln);
	err = lbvs_stats_init(ln);
	if (err)
		return err;
	ln->filter = kzalloc(sizeof(*ln->filter), GFP_KERNEL);
	if (!ln->filter) {
		err = -ENOMEM;
		goto err_stats;
	}
	err = lbvs_local_init(ln);
	if (err)
		goto err_filter;
	err = lbvs_flow_gc_init(ln);
	if (err)
		goto err_local;
	err = lbvs_config_init(ln);
	if (err)
		goto err_flow_table;
	return 0;

err_flow_table:
	lbvs_flow_gc_exit(ln);
err_local:
	lbvs_local_exit(ln);
err_filter:
	kfree(ln->filter);
err_stats:
	lbvs_stats_exit(ln);
	return err;
}

/* The core waits for a grace period between this and net_exit(). */
static void __net_exit net_pre_exit(struct net *net)
{
	/* A lease that runs out changes the configuration, and lets ramps begin,
	 * which change it too: no more of these.
	 */
	lbvs_agent_exit(lbvs_net(net));
	/* Each change looks after the drains, those of ramps too. */
	lbvs_config_ramp_exit(lbvs_net(net));
	/* A deadline that comes has flows reset. */
	lbvs_drain_exit(lbvs_net(net));
	lbvs_reset_exit(lbvs_net(net));
	lbvs_arm_del_all(lbvs_net(net));
	lbvs_hook_unregister(lbvs_net(net));
}

/* No packet comes any more: first the flows, then what they refer to. */
static void __net_exit net_exit(struct net *net)
{
	struct lbvs_net *ln = lbvs_net(net);

	lbvs_flow_gc_exit(ln);
	lbvs_snat_exit(ln);
	lbvs_affinity_exit(ln);
	lbvs_hint_exit(ln);
	lbvs_transaction_exit(ln);
	lbvs_config_exit(ln);
	lbvs_local_exit(ln);
	kfree(ln->filter);
	lbvs_stats_exit(ln);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &lbvs_net_id,
	.size = sizeof(struct lbvs_net),
};

static int __init lbvs_init(void)
{
	int err;

	err = lbvs_borrow_setup();
	if (err)
		return err;
	err = lbvs_flow_setup();
	if (err)
		goto err_borrow;
	err = lbvs_ruleset_setup();
	if (err)
		goto err_flow;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_ruleset;
	err = lbvs_local_setup();
	if (err)
		goto err_pernet;
	err = lbvs_arm_setup();
	if (err)
		goto err_local;
	err = lbvs_nl_init();
	if (err)
		goto err_arm;
	return 0;

err_arm:
	lbvs_arm_teardown();
err_local:
	lbvs_local_teardown();
err_pernet:
	unregister_pernet_subsys(&net_ops);
err_ruleset:
	lbvs_ruleset_teardown();
err_flow:
	lbvs_flow_teardown();
err_borrow:
	lbvs_borrow_teardown();
	return err;
}

static void __exit lbvs_exit(void)
{
	lbvs_nl_exit();
	lbvs_arm_teardown();
	lbvs_local_teardown();
	unregister_pernet_subsys(&net_ops);
	lbvs_ruleset_teardown();
	lbvs_flow_teardown();
	lbvs_borrow_teardown();
}

module_init(lbvs_init);
module_exit(lbvs_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Layer-4 load balancer");
