/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single fields of objects, whatever the kind: what the tables of codec.c say
 * of them is good for comparing and for writing too.
 */
#ifndef LBVS_TOOL_FIELD_H
#define LBVS_TOOL_FIELD_H

#include "model.h"

#define FIELD_TEXT_SIZE (LBVS_CHECKS_MAX * LBVS_NAME_SIZE)

/* Of one attribute, in two objects of a kind; either may lack it. */
bool field_equal(const struct model_head *a, const struct model_head *b,
		 uint16_t attr);

/* As a person would type it; "none" for an empty list. Returns buf. */
char *field_text(const struct model_head *m, uint16_t attr,
		 char buf[FIELD_TEXT_SIZE]);

/* What the tool calls it, or NULL if objects of this kind have none such. */
const char *field_name(enum model_kind kind, uint16_t attr);

/* What "to" lacks and "from" has. */
void field_merge(struct model_head *to, const struct model_head *from);
void field_copy(struct model_head *to, const struct model_head *from,
		uint16_t attr);

#endif
