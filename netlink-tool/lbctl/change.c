// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "change.h"
#include "field.h"

#define BIT(attr) (UINT64_C(1) << (attr))

static const struct words_entry words_kind[] = {
	{ MODEL_POOL, "pool" },
	{ MODEL_REAL, "real" },
	{ MODEL_SERVICE, "service" },
	{ MODEL_ARM, "arm" },
	{ 0, NULL }
};

static const char *name_of(const struct model_head *m)
{
	switch (m->kind) {
	case MODEL_POOL:
		return ((const struct model_pool *)(const void *)m)->name;
	case MODEL_REAL:
		return ((const struct model_real *)(const void *)m)->name;
	case MODEL_ARM:
		return ((const struct model_arm *)(const void *)m)->dev;
	default:
		return ((const struct model_service *)(const void *)m)->name;
	}
}

static uint64_t key_of(enum model_kind kind)
{
	switch (kind) {
	case MODEL_POOL:
		return BIT(LBVS_A_POOL_NAME);
	case MODEL_REAL:
		return BIT(LBVS_A_REAL_POOL) | BIT(LBVS_A_REAL_NAME);
	case MODEL_ARM:
		return BIT(LBVS_A_ARM_DEV);
	default:
		return BIT(LBVS_A_SERVICE_NAME);
	}
}

/* Of what is new: what it has apart from its name, and not by default. */
static uint64_t told(const struct model_head *m)
{
	struct model_service service;
	struct model_pool pool;
	struct model_real real;
	uint64_t attrs = 0;
	uint16_t attr;

	model_init(&service.head, MODEL_SERVICE);
	config_service_defaults(&service);
	model_init(&pool.head, MODEL_POOL);
	config_pool_defaults(&pool);
	model_init(&real.head, MODEL_REAL);
	config_real_defaults(&real);
	real.head.set &= ~BIT(LBVS_A_REAL_WEIGHT);
	for (attr = 1; attr < 64; attr++) {
		if (!(m->set & ~key_of(m->kind) & BIT(attr)))
			continue;
		if (m->kind == MODEL_SERVICE &&
		    field_equal(m, &service.head, attr))
			continue;
		if (m->kind == MODEL_POOL && field_equal(m, &pool.head, attr))
			continue;
		if (m->kind == MODEL_REAL && field_equal(m, &real.head, attr))
			continue;
		attrs |= BIT(attr);
	}
	return attrs;
}

/* The key is a secret; a prefix is written with what it belongs to. */
static const char *text_of(const struct model_head *m, uint16_t attr,
			   char buf[FIELD_TEXT_SIZE])
{
	if (!m || !(m->set & BIT(attr)))
		return NULL;
	if (m->kind == MODEL_POOL && attr == LBVS_A_POOL_HASH_KEY)
		return "set";
	return field_text(m, attr, buf);
}

static uint64_t fields_of(const struct plan_change *c)
{
	uint64_t attrs = c->differ;

	if (c->action == PLAN_ADD)
		attrs = told(c->after);
	if (c->kind == MODEL_SERVICE &&
	    attrs & BIT(LBVS_A_SERVICE_HASH_PREFIX)) {
		attrs &= ~BIT(LBVS_A_SERVICE_HASH_PREFIX);
		attrs |= BIT(LBVS_A_SERVICE_HASH);
	}
	if (c->kind == MODEL_SERVICE &&
	    attrs & BIT(LBVS_A_SERVICE_PERSIST_PREFIX)) {
		attrs &= ~BIT(LBVS_A_SERVICE_PERSIST_PREFIX);
		attrs |= BIT(LBVS_A_SERVICE_PERSIST);
	}
	return attrs;
}

/* "weight 1 -> 3, admin drain -> enabled" */
static void field_sentence(const struct plan_change *c, uint16_t attr,
			   FILE *out)
{
	char old[FIELD_TEXT_SIZE], new[FIELD_TEXT_SIZE];
	const char *before = text_of(c->before, attr, old);
	const char *after = text_of(c->after, attr, new);

	fprintf(out, "%s ", field_name(c->kind, attr));
	if (c->action != PLAN_ADD)
		fprintf(out, "%s -> ", before ? before : "unset");
	fputs(after ? after : "unset", out);
}

static void what_cell(struct print *p, const struct plan_change *c)
{
	const char *before = "";
	uint64_t attrs = fields_of(c);
	char *text = NULL;
	size_t size = 0;
	uint16_t attr;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out) {
		p->failed = true;
		return;
	}
	for (attr = 1; attr < 64; attr++) {
		if (!(attrs & BIT(attr)))
			continue;
		fputs(before, out);
		field_sentence(c, attr, out);
		before = ", ";
	}
	if (c->kind == MODEL_SERVICE && c->action == PLAN_REPLACE)
		fputs(" (its flows end)", out);
	else if (c->kind == MODEL_SERVICE && c->action == PLAN_REMOVE)
		fputs("its flows end", out);
	fclose(out);
	print_str(p, "what", NULL, *text ? text : NULL);
	free(text);
}

static void fields_json(struct print *p, const struct plan_change *c)
{
	char old[FIELD_TEXT_SIZE], new[FIELD_TEXT_SIZE];
	uint64_t attrs = fields_of(c);
	uint16_t attr;

	print_list_begin(p, "fields", PRINT_TABLE);
	for (attr = 1; attr < 64; attr++) {
		if (!(attrs & BIT(attr)))
			continue;
		print_row_begin(p);
		print_str(p, NULL, "field", field_name(c->kind, attr));
		print_str(p, NULL, "before", text_of(c->before, attr, old));
		print_str(p, NULL, "after", text_of(c->after, attr, new));
		print_row_end(p);
	}
	print_list_end(p);
}

static void change_row(struct print *p, const struct plan_change *c)
{
	const struct model_head *m = c->after ? c->after : c->before;
	const struct model_real *r = (const void *)m;
	const char *pool = c->kind == MODEL_REAL ? r->pool : NULL;

	print_row_begin(p);
	print_word(p, "action", "action", true, words_plan_action, c->action);
	print_word(p, "object", "object", true, words_kind, c->kind);
	print_str(p, NULL, "pool", pool);
	print_str(p, NULL, "name", name_of(m));
	print_text(p, "name", "%s%s%s", pool ? pool : "", pool ? " " : "",
		   name_of(m));
	what_cell(p, c);
	if (p->json)
		fields_json(p, c);
	print_row_end(p);
}

static void moves_table(struct print *p, const struct plan *plan)
{
	const struct plan_move *move;

	print_list_begin(p, "moves", PRINT_TABLE);
	for (move = plan->moves; move; move = move->next) {
		print_row_begin(p);
		print_str(p, "service", "service", move->service->name);
		print_uint(p, NULL, "clients_moved_ppm", true, move->clients);
		print_text(p, "clients that move", "%u.%u %%",
			   move->clients / 10000,
			   move->clients / 1000 % 10);
		print_row_end(p);
	}
	print_list_end(p);
}

void change_show(struct print *p, const struct plan *plan,
		 uint32_t generation)
{
	const struct plan_change *c;

	print_object_begin(p, PRINT_LINE);
	print_uint(p, NULL, "generation", true, generation);
	if (!plan->changes && !p->json)
		print_note(p, "", "nothing to change");
	print_list_begin(p, "changes", PRINT_TABLE);
	for (c = plan->changes; c; c = c->next)
		change_row(p, c);
	print_list_end(p);
	if (plan->moves && !p->json)
		print_note(p, "", "");
	moves_table(p, plan);
	print_object_end(p);
}
