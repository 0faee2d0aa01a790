// SPDX-License-Identifier: GPL-2.0-or-later
/* The show commands of objects that are a row each. */
#include <stdio.h>

#include "field.h"
#include "lbctl.h"

static void print_rows(struct print *p, const struct model_list *list,
		       lbctl_row row)
{
	const struct model_head *m;

	print_list_begin(p, NULL, PRINT_TABLE);
	for (m = list->first; m; m = m->next) {
		print_row_begin(p);
		row(p, m);
		print_row_end(p);
	}
	print_list_end(p);
}

static int list_matches(struct lbctl *ctl, const struct lbctl_command *command,
			const struct model_head *filter, lbctl_row row,
			uint16_t name_attr)
{
	char name[FIELD_TEXT_SIZE];
	struct model_list list;
	int ret;

	ret = lbctl_dump(ctl, command->request, filter, &list);
	if (ret)
		return ret;
	if (!list.count && filter->set & UINT64_C(1) << name_attr)
		return lbctl_not_found(command,
				       field_text(filter, name_attr, name));
	print_rows(&ctl->print, &list, row);
	model_list_free(&list);
	return LBCTL_OK;
}

int lbctl_list(struct lbctl *ctl, const struct lbctl_command *command,
	       struct parse *words, lbctl_row row, uint16_t name_attr)
{
	struct model_head *filter = model_new(parse_kind(command->grammar));
	int ret;

	if (!filter) {
		fprintf(stderr, "lbctl: out of memory\n");
		return LBCTL_FAILED;
	}
	ret = lbctl_read(command, words, filter);
	if (!ret)
		ret = list_matches(ctl, command, filter, row, name_attr);
	model_free(filter);
	return ret;
}
