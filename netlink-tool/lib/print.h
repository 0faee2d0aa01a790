/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One description of the output makes both its forms. A call for a cell names
 * the heading of the text and the key of the JSON: without a heading (NULL)
 * it is in the JSON only, without a key in the text only.
 *
 *	print_list_begin(p, NULL, PRINT_TABLE);
 *	for each pool:
 *		print_row_begin(p);
 *		print_str(p, "name", "name", pool->name);
 *		print_row_end(p);
 *	print_list_end(p);
 *
 * The outermost list is an array, or the outermost row (without a list) an
 * object; together they are the one JSON document. A list inside a row is an
 * array under its key.
 */
#ifndef LBVS_TOOL_PRINT_H
#define LBVS_TOOL_PRINT_H

#include <stdio.h>

#include "model.h"
#include "words.h"

struct json_t;

enum print_layout {
	PRINT_TABLE,		/* rows in columns as wide as the widest cell */
	PRINT_FIELDS,		/* a line for each cell: heading, value */
	PRINT_LINE,		/* all cells on one line: heading value ... */
	PRINT_EVENT,		/* the same without the cells that are empty */
};

#define PRINT_DEPTH	6
#define PRINT_COLUMNS	40

struct print_cell {
	const char *head;	/* a literal, not copied */
	char *text;
	bool right;		/* a number */
};

struct print_row {
	struct print_row *next;
	size_t count;
	struct print_cell cell[];
};

struct print_level {
	struct json_t *json;	/* what cells or rows go into */
	enum print_layout layout;
	bool list;
	int indent;		/* added by this one */
	size_t rows;
};

struct print {
	FILE *out;
	bool json;
	bool failed;		/* out of memory, or out would not take it */
	size_t block;		/* rows of a table held back; 0: all */
	int indent;

	int depth;
	struct print_level level[PRINT_DEPTH];

	size_t cells;		/* of the row that is being made */
	struct print_cell cell[PRINT_COLUMNS];

	struct print_row *first, *last;		/* held back */
	size_t held;
	bool headed;		/* the heading of the table is out */
	size_t width[PRINT_COLUMNS];
};

void print_init(struct print *p, FILE *out, bool json);
/* Writes what is left. Returns 0, or -EIO if something could not be written. */
int print_done(struct print *p);

/* "layout" is that of the rows. The key is for a list inside a row. */
void print_list_begin(struct print *p, const char *key,
		      enum print_layout layout);
void print_list_end(struct print *p);
void print_row_begin(struct print *p);
void print_row_end(struct print *p);
/* The outermost object, for a document that is not a list. */
void print_object_begin(struct print *p, enum print_layout layout);
void print_object_end(struct print *p);

/*
 * Cells. One without a value is "-" in text and null in JSON; in an event it
 * is left out of both.
 */
void print_none(struct print *p, const char *head, const char *key);
void print_str(struct print *p, const char *head, const char *key,
	       const char *value);
void print_text(struct print *p, const char *head, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void print_uint(struct print *p, const char *head, const char *key, bool has,
		uint64_t value);
void print_bool(struct print *p, const char *head, const char *key,
		bool value);
void print_bytes(struct print *p, const char *head, const char *key, bool has,
		 uint64_t value);
void print_word(struct print *p, const char *head, const char *key, bool has,
		const struct words_entry *words, uint32_t value);
void print_addr(struct print *p, const char *head, const char *key,
		const struct model_addr *addr);
void print_ports(struct print *p, const char *head, const char *key, bool has,
		 const struct model_ports *ports);
void print_checks(struct print *p, const char *head, const char *key,
		  bool has, const struct model_checks *checks);

/* Packets and bytes, requests ("in") and replies ("out"); all else in the JSON. */
void print_counters(struct print *p, bool text, bool has,
		    const struct model_counters *counters);
/* Connections refused/not answered; the JSON has them above. */
void print_attempts(struct print *p, bool has,
		    const struct model_counters *counters);

/* A sentence for the person who reads; JSON has it only inside a list. */
void print_note(struct print *p, const char *prefix, const char *sentence);

#endif
