// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "index.h"

static int compare_entries(const void *left, const void *right, void *arg)
{
	const struct index_entry *a = left, *b = right;
	const struct index *index = arg;
	int order = index->compare(a->object, b->object);

	/* Equal objects stay in the order in which the kernel gave them. */
	if (order)
		return order;
	return a->position < b->position ? -1 : a->position > b->position;
}

int index_build(struct index *index, const struct model_list *list,
		index_compare_fn compare)
{
	const struct model_head *m;
	size_t i = 0;

	index->compare = compare;
	index->count = list->count;
	index->entry = calloc(list->count ? list->count : 1,
			      sizeof(*index->entry));
	if (!index->entry)
		return -ENOMEM;
	for (m = list->first; m; m = m->next, i++) {
		index->entry[i].object = m;
		index->entry[i].position = i;
	}
	qsort_r(index->entry, index->count, sizeof(*index->entry),
		compare_entries, index);
	return 0;
}

void index_free(struct index *index)
{
	free(index->entry);
	index->entry = NULL;
	index->count = 0;
}

size_t index_find(const struct index *index, const struct model_head *key)
{
	size_t low = 0, high = index->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (index->compare(index->entry[middle].object, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct model_head *index_at(const struct index *index, size_t position,
				  const struct model_head *key)
{
	const struct model_head *m;

	if (position >= index->count)
		return NULL;
	m = index->entry[position].object;
	return index->compare(m, key) ? NULL : m;
}
