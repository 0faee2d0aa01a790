// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct share {
	char name[64];
	unsigned int count;
};

struct shares {
	struct share *entries;
	size_t n;
};

struct shares *shares_new(void)
{
	struct shares *shares = calloc(1, sizeof(*shares));

	if (!shares)
		err(1, "shares");
	return shares;
}

void shares_count(struct shares *shares, const char *name)
{
	struct share *grown;
	size_t i;

	for (i = 0; i < shares->n; i++) {
		if (!strcmp(shares->entries[i].name, name)) {
			shares->entries[i].count++;
			return;
		}
	}
	grown = realloc(shares->entries, (shares->n + 1) * sizeof(*grown));
	if (!grown)
		err(1, "shares");
	shares->entries = grown;
	memset(&grown[shares->n], 0, sizeof(*grown));
	snprintf(grown[shares->n].name, sizeof(grown->name), "%s", name);
	grown[shares->n++].count = 1;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct share *)a)->name,
		      ((const struct share *)b)->name);
}

void shares_print(const struct shares *shares)
{
	size_t i;

	if (!shares->n)
		return;
	qsort(shares->entries, shares->n, sizeof(*shares->entries),
	      compare_names);
	for (i = 0; i < shares->n; i++)
		printf("share %s %u\n", shares->entries[i].name,
		       shares->entries[i].count);
}

void shares_free(struct shares *shares)
{
	free(shares->entries);
	free(shares);
}
