// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A change on its own: begin, edit, commit, tell, finish. What many requests
 * change together is in transaction.c.
 */
#include "change.h"
#include "drain.h"
#include "event.h"

static int carry_out(struct lbvs_stage *stage, lbvs_config_edit edit,
		     const void *arg, struct lbvs_refusal *refusal)
{
	int err;

	err = edit(stage, arg, refusal);
	if (!err)
		err = lbvs_config_commit(stage, refusal);
	if (!err) {
		lbvs_event_commit(stage);
		lbvs_drain_look(stage->ln);
	}
	lbvs_config_finish(stage);
	return err;
}

/**
 * lbvs_change_config - change the configuration
 * @ln: network namespace.
 * @edit: what to do.
 * @arg: to what.
 * @refusal: filled in when it may not be.
 *
 * Context: process, config_lock held, may sleep.
 * Return: 0, or -errno, and then nothing changed.
 */
int lbvs_change_config(struct lbvs_net *ln, lbvs_config_edit edit,
		       const void *arg, struct lbvs_refusal *refusal)
{
	struct lbvs_stage stage;
	int err;

	err = lbvs_config_begin(&stage, ln);
	return err ?: carry_out(&stage, edit, arg, refusal);
}

/**
 * lbvs_change_health - change what is no configuration: verdicts, ramps
 * @ln: network namespace.
 * @edit: what to do; it replaces reals, or rules by their drafts.
 * @arg: to what.
 * @refusal: filled in when it may not be.
 *
 * Agents repeat themselves: what is no news costs no copy of the ruleset.
 *
 * Context: process, config_lock held, may sleep.
 * Return: 0, or -errno, and then nothing changed.
 */
int lbvs_change_health(struct lbvs_net *ln, lbvs_config_edit edit,
		       const void *arg, struct lbvs_refusal *refusal)
{
	struct lbvs_stage stage;

	lbvs_config_look(&stage, ln);
	return carry_out(&stage, edit, arg, refusal);
}
