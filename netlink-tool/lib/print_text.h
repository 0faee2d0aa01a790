/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text half of print.c. */
#ifndef LBVS_TOOL_PRINT_TEXT_H
#define LBVS_TOOL_PRINT_TEXT_H

#include "print.h"

/* Adds a cell to the row that is being made; a NULL text is "-". */
void print_text_cell(struct print *p, const char *head, const char *text,
		     bool right);

/* The row is complete: writes it, or holds it back for its table. */
void print_text_row(struct print *p, enum print_layout layout);

/* Writes the rows held back, and after the last the table is over. */
void print_text_flush(struct print *p);
void print_text_table_end(struct print *p);

#endif
