// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One transaction, and around it the arms, which are no part of one: those
 * that come are added before, for a device may be missing, and taken back if
 * the transaction is refused; those that go are removed after it.
 */
#include <string.h>

#include "change.h"
#include "file.h"
#include "live.h"
#include "nl_batch.h"
#include "value.h"

struct applying {
	struct lbctl *ctl;
	const char *name;		/* of the file */
	struct config file;
	struct live live;
	struct plan plan;
	bool has_seen;
	uint32_t seen;			/* --if-generation */
};

static int read_options(struct applying *a, const struct lbctl_command *command,
			struct parse *words)
{
	const char *word = parse_peek(words), *value;
	uint64_t n;

	if (!word || strcmp(word, "--if-generation"))
		return file_no_more(command, words);
	parse_next(words);
	value = parse_next(words);
	if (!value) {
		lbctl_complain("\"%s\" needs a value", word);
		return LBCTL_USAGE;
	}
	if (!value_read_number(value, 0, UINT32_MAX, &n)) {
		lbctl_complain("%s \"%s\": expected a number from 0 to %u",
			       word, value, UINT32_MAX);
		return LBCTL_USAGE;
	}
	a->has_seen = true;
	a->seen = n;
	return file_no_more(command, words);
}

/* What is refused is told of at the place in the file where it is said. */
static int refused(struct applying *a, const struct plan_change *change)
{
	const struct model_head *m = change ? change->after : NULL;
	unsigned int line = m ? config_line(&a->file, m, 0) : 0;
	int ret;

	lbctl_place(a->name, line);
	ret = lbctl_refused(&a->ctl->nl.error);
	lbctl_place(NULL, 0);
	return ret;
}

static int set_arm(struct applying *a, uint8_t cmd, const struct model_head *m)
{
	struct model_arm arm;

	model_init(&arm.head, MODEL_ARM);
	strcpy(arm.dev, ((const struct model_arm *)(const void *)m)->dev);
	model_mark(&arm, LBVS_A_ARM_DEV);
	return lbnl_request(&a->ctl->nl, cmd, &arm.head, NULL);
}

/* Those that were added so far, up to "end". */
static void take_back_arms(struct applying *a, const struct plan_change *end)
{
	struct lbnl_error error = a->ctl->nl.error;
	const struct plan_change *c;

	for (c = a->plan.changes; c != end; c = c->next)
		if (c->kind == MODEL_ARM && c->action == PLAN_ADD)
			set_arm(a, LBVS_CMD_ARM_DEL, c->after);
	a->ctl->nl.error = error;
}

static int add_arms(struct applying *a)
{
	const struct plan_change *c;

	for (c = a->plan.changes; c; c = c->next) {
		if (c->kind != MODEL_ARM || c->action != PLAN_ADD ||
		    !set_arm(a, LBVS_CMD_ARM_NEW, c->after))
			continue;
		take_back_arms(a, c);
		return refused(a, c);
	}
	return LBCTL_OK;
}

static int remove_arms(struct applying *a)
{
	const struct plan_change *c;
	int ret = LBCTL_OK;

	for (c = a->plan.changes; c; c = c->next)
		if (c->kind == MODEL_ARM && c->action == PLAN_REMOVE &&
		    set_arm(a, LBVS_CMD_ARM_DEL, c->before))
			ret = refused(a, c);
	return ret;
}

static const struct plan_change *change_of(const struct applying *a,
					   const struct lbnl_batch *batch)
{
	const struct plan_request *r = a->plan.requests;
	size_t i;

	if (!batch->tagged)
		return NULL;
	for (i = 0; r && i < batch->tag; i++)
		r = r->next;
	return r ? r->change : NULL;
}

static int stage(struct applying *a, struct lbnl_batch *batch)
{
	const struct plan_request *r;
	size_t tag = 0;
	int err;

	for (r = a->plan.requests; r; r = r->next) {
		err = lbnl_batch_add(batch, r->cmd, r->object, tag++);
		if (err) {
			lbnl_batch_abort(batch);
			return err;
		}
	}
	return lbnl_batch_commit(batch, &a->live.generation);
}

static int transact(struct applying *a)
{
	const uint32_t *seen = a->has_seen ? &a->seen : &a->live.generation;
	struct lbnl_batch batch;

	if (!a->plan.requests && !a->has_seen)
		return LBCTL_OK;
	if (lbnl_batch_begin(&batch, &a->ctl->nl, seen))
		return refused(a, NULL);
	if (stage(a, &batch))
		return refused(a, change_of(a, &batch));
	return LBCTL_OK;
}

static int carry_out(struct applying *a)
{
	int ret;

	ret = add_arms(a);
	if (ret)
		return ret;
	ret = transact(a);
	if (ret) {
		take_back_arms(a, NULL);
		return ret;
	}
	return remove_arms(a);
}

static int plan_and_carry_out(struct applying *a)
{
	int ret;

	if (plan_make(&a->plan, &a->live.config, &a->live.verdicts,
		      &a->file)) {
		lbctl_complain("out of memory");
		ret = LBCTL_FAILED;
	} else {
		ret = carry_out(a);
	}
	if (!ret)
		change_show(&a->ctl->print, &a->plan, a->live.generation);
	plan_free(&a->plan);
	return ret;
}

static int apply(struct lbctl *ctl, const struct lbctl_command *command,
		 struct parse *words)
{
	struct applying a = { .ctl = ctl };
	int ret;

	a.name = file_word(command, words);
	if (!a.name || read_options(&a, command, words))
		return LBCTL_USAGE;
	ret = file_load(a.name, &a.file);
	if (!ret)
		ret = live_load(ctl, &a.live);
	if (!ret)
		ret = plan_and_carry_out(&a);
	live_free(&a.live);
	config_free(&a.file);
	return ret;
}

const struct lbctl_command apply_commands[] = {
	{ "", apply, "change what differs from the file, at one moment",
	  "FILE [ --if-generation N ]", NULL, 0, "apply" },
	{ 0 }
};
