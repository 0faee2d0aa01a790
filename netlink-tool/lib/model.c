// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "model.h"

static const size_t sizes[MODEL_KINDS] = {
	[MODEL_POOL]	= sizeof(struct model_pool),
	[MODEL_REAL]	= sizeof(struct model_real),
	[MODEL_SERVICE]	= sizeof(struct model_service),
	[MODEL_MEMBER]	= sizeof(struct model_member),
	[MODEL_VERDICT]	= sizeof(struct model_verdict),
	[MODEL_FLOW]	= sizeof(struct model_flow),
	[MODEL_AFFINITY] = sizeof(struct model_affinity),
	[MODEL_ARM]	= sizeof(struct model_arm),
	[MODEL_AGENT]	= sizeof(struct model_agent),
	[MODEL_STAT]	= sizeof(struct model_stat),
	[MODEL_STATS]	= sizeof(struct model_stats),
	[MODEL_EXPLAIN]	= sizeof(struct model_explain),
};

void model_init(struct model_head *m, enum model_kind kind)
{
	memset(m, 0, sizes[kind]);
	m->kind = kind;
}

void model_clear(struct model_head *m)
{
	if (m->kind == MODEL_STATS)
		model_list_free(&((struct model_stats *)m)->stat);
}

struct model_head *model_new(enum model_kind kind)
{
	struct model_head *m = malloc(sizes[kind]);

	if (m)
		model_init(m, kind);
	return m;
}

void model_free(struct model_head *m)
{
	if (!m)
		return;
	model_clear(m);
	free(m);
}

void model_move(struct model_head *to, struct model_head *from)
{
	model_clear(to);
	memcpy(to, from, sizes[from->kind]);
	free(from);
}

void model_list_add(struct model_list *list, struct model_head *m)
{
	m->next = NULL;
	if (list->last)
		list->last->next = m;
	else
		list->first = m;
	list->last = m;
	list->count++;
}

void model_list_free(struct model_list *list)
{
	struct model_head *m, *next;

	for (m = list->first; m; m = next) {
		next = m->next;
		model_free(m);
	}
	memset(list, 0, sizeof(*list));
}
