// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "print_text.h"

#define GAP 2

static bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* A copy that can't upset a terminal, whatever the kernel sent. */
static char *copy(const char *text)
{
	char *new = strdup(text), *c;

	for (c = new; c && *c; c++)
		if (!is_printable(*c))
			*c = '?';
	return new;
}

void print_text_cell(struct print *p, const char *head, const char *text,
		     bool right)
{
	struct print_cell *cell = &p->cell[p->cells];

	if (p->cells == PRINT_COLUMNS) {
		p->failed = true;
		return;
	}
	cell->text = copy(text ? text : "-");
	if (!cell->text) {
		p->failed = true;
		return;
	}
	cell->head = head;
	cell->right = right;
	p->cells++;
}

static void free_cells(struct print_cell *cell, size_t count)
{
	while (count--)
		free(cell[count].text);
}

static void put_spaces(struct print *p, size_t count)
{
	fprintf(p->out, "%*s", (int)count, "");
}

static void put_padded(struct print *p, const char *text, size_t width,
		       bool right, bool last)
{
	size_t len = strlen(text), pad = len < width ? width - len : 0;

	if (right)
		put_spaces(p, pad);
	fputs(text, p->out);
	if (!last)
		put_spaces(p, GAP + (right ? 0 : pad));
}

static void put_head(struct print *p, const struct print_cell *cell,
		     size_t width, bool last)
{
	char upper[32];
	size_t i;

	for (i = 0; cell->head[i] && i < sizeof(upper) - 1; i++) {
		upper[i] = cell->head[i];
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] += 'A' - 'a';
	}
	upper[i] = '\0';
	put_padded(p, upper, width, cell->right, last);
}

static void put_heading(struct print *p, const struct print_row *row)
{
	size_t i;

	put_spaces(p, p->indent);
	for (i = 0; i < row->count; i++)
		put_head(p, &row->cell[i], p->width[i], i == row->count - 1);
	fputc('\n', p->out);
	p->headed = true;
}

static void put_row(struct print *p, const struct print_row *row)
{
	size_t i;

	put_spaces(p, p->indent);
	for (i = 0; i < row->count; i++)
		put_padded(p, row->cell[i].text, p->width[i],
			   row->cell[i].right, i == row->count - 1);
	fputc('\n', p->out);
}

void print_text_flush(struct print *p)
{
	struct print_row *row, *next;

	for (row = p->first; row; row = next) {
		next = row->next;
		if (!p->headed)
			put_heading(p, row);
		put_row(p, row);
		free_cells(row->cell, row->count);
		free(row);
	}
	p->first = NULL;
	p->last = NULL;
	p->held = 0;
}

void print_text_table_end(struct print *p)
{
	print_text_flush(p);
	p->headed = false;
	memset(p->width, 0, sizeof(p->width));
}

static void widen(struct print *p)
{
	size_t i, len;

	for (i = 0; i < p->cells; i++) {
		len = strlen(p->cell[i].head);
		if (len > p->width[i])
			p->width[i] = len;
		len = strlen(p->cell[i].text);
		if (len > p->width[i])
			p->width[i] = len;
	}
}

static void hold_row(struct print *p)
{
	size_t size = p->cells * sizeof(p->cell[0]);
	struct print_row *row = malloc(sizeof(*row) + size);

	if (!row) {
		p->failed = true;
		free_cells(p->cell, p->cells);
		return;
	}
	widen(p);
	memcpy(row->cell, p->cell, size);
	row->count = p->cells;
	row->next = NULL;
	if (p->last)
		p->last->next = row;
	else
		p->first = row;
	p->last = row;
	p->held++;
	if (p->block && p->held >= p->block)
		print_text_flush(p);
}

static void put_fields(struct print *p)
{
	size_t i, len, width = 0;

	for (i = 0; i < p->cells; i++) {
		len = strlen(p->cell[i].head);
		if (len > width)
			width = len;
	}
	for (i = 0; i < p->cells; i++) {
		put_spaces(p, p->indent);
		put_padded(p, p->cell[i].head, width, false, false);
		fprintf(p->out, "%s\n", p->cell[i].text);
	}
	free_cells(p->cell, p->cells);
}

static void put_line(struct print *p)
{
	const struct print_cell *cell = p->cell;
	size_t i;

	if (p->cells)
		put_spaces(p, p->indent);
	for (i = 0; i < p->cells; i++, cell++)
		fprintf(p->out, "%s%s%s%s", i ? " " : "", cell->head,
			cell->head[0] ? " " : "", cell->text);
	if (p->cells)
		fputc('\n', p->out);
	free_cells(p->cell, p->cells);
}

void print_text_row(struct print *p, enum print_layout layout)
{
	switch (layout) {
	case PRINT_TABLE:
		if (p->cells)
			hold_row(p);
		break;
	case PRINT_FIELDS:
		put_fields(p);
		break;
	case PRINT_LINE:
	case PRINT_EVENT:
		put_line(p);
		break;
	}
	p->cells = 0;
}
