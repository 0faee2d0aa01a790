/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list, sorted aside: finds the objects of one list that belong to an object
 * of another without walking it all, since there may be many thousands.
 */
#ifndef LBVS_TOOL_INDEX_H
#define LBVS_TOOL_INDEX_H

#include "model.h"

/* Compares two objects of the same kind, as strcmp() does. */
typedef int (*index_compare_fn)(const struct model_head *a,
				const struct model_head *b);

struct index_entry {
	const struct model_head *object;
	size_t position;
};

struct index {
	index_compare_fn compare;
	size_t count;
	struct index_entry *entry;
};

/* The list must outlive the index. Returns 0 or -ENOMEM. */
int index_build(struct index *index, const struct model_list *list,
		index_compare_fn compare);
void index_free(struct index *index);

/*
 * The position of the first object that equals the key, in the order of the
 * list; the others follow. index_at() gives NULL past the last one.
 */
size_t index_find(const struct index *index, const struct model_head *key);
const struct model_head *index_at(const struct index *index, size_t position,
				  const struct model_head *key);

#endif
