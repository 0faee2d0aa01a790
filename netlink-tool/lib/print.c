// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include <jansson.h>

#include "print_text.h"
#include "value.h"

void print_init(struct print *p, FILE *out, bool json)
{
	memset(p, 0, sizeof(*p));
	p->out = out;
	p->json = json;
}

int print_done(struct print *p)
{
	print_text_table_end(p);
	if (fflush(p->out) || ferror(p->out))
		p->failed = true;
	return p->failed ? -EIO : 0;
}

static struct print_level *top(struct print *p)
{
	return &p->level[p->depth - 1];
}

static void push(struct print *p, json_t *json, enum print_layout layout,
		 bool list)
{
	/* How deep the output nests is known when this is compiled. */
	if (p->depth == PRINT_DEPTH) {
		p->failed = true;
		json_decref(json);
		return;
	}
	p->level[p->depth++] = (struct print_level){
		.json = json, .layout = layout, .list = list,
	};
}

static void write_json(struct print *p, const json_t *json)
{
	if (json_dumpf(json, p->out, JSON_COMPACT))
		p->failed = true;
}

/* Puts a value into the row or the list at hand; takes it over. */
static void store(struct print *p, const char *key, json_t *value)
{
	int err;

	if (!value) {
		p->failed = true;
		return;
	}
	if (top(p)->list)
		err = json_array_append_new(top(p)->json, value);
	else
		err = json_object_set_new(top(p)->json, key, value);
	if (err)
		p->failed = true;
}

/*
 * The rows of the outermost list are written one by one, a line for each, so
 * that a million flows need no memory.
 */
static bool is_streamed(const struct print *p)
{
	return p->depth == 1 && p->level[0].list;
}

static void stream(struct print *p, json_t *row)
{
	fputs(top(p)->rows ? ",\n" : "\n", p->out);
	write_json(p, row);
	json_decref(row);
}

void print_list_begin(struct print *p, const char *key,
		      enum print_layout layout)
{
	json_t *array = p->json ? json_array() : NULL;
	int indent = 0;

	if (!p->json && p->depth) {
		/* What the row has so far stands above its list. */
		indent = p->cells ? 2 : 0;
		print_text_row(p, top(p)->layout);
	}
	if (p->json && p->depth) {
		json_incref(array);
		store(p, key, array);
	}
	push(p, array, layout, true);
	top(p)->indent = indent;
	p->indent += indent;
	if (p->json && is_streamed(p))
		fputc('[', p->out);
}

void print_list_end(struct print *p)
{
	if (!p->json)
		print_text_table_end(p);
	else if (is_streamed(p))
		fputs(top(p)->rows ? "\n]\n" : "]\n", p->out);
	json_decref(top(p)->json);
	p->indent -= top(p)->indent;
	p->depth--;
}

void print_row_begin(struct print *p)
{
	push(p, p->json ? json_object() : NULL, top(p)->layout, false);
}

void print_row_end(struct print *p)
{
	json_t *row = top(p)->json;

	if (!p->json)
		print_text_row(p, top(p)->layout);
	p->depth--;
	if (p->json) {
		if (is_streamed(p))
			stream(p, row);
		else
			store(p, NULL, row);
	}
	top(p)->rows++;
}

void print_object_begin(struct print *p, enum print_layout layout)
{
	push(p, p->json ? json_object() : NULL, layout, false);
}

void print_object_end(struct print *p)
{
	if (p->json) {
		write_json(p, top(p)->json);
		fputc('\n', p->out);
		json_decref(top(p)->json);
	} else {
		print_text_row(p, top(p)->layout);
	}
	p->depth--;
}

/* One cell in the form that is wanted; takes over "value", may be NULL. */
static void put(struct print *p, const char *head, const char *key,
		const char *text, bool right, json_t *value)
{
	if (p->json && key)
		store(p, key, value);
	else
		json_decref(value);
	if (!p->json && head)
		print_text_cell(p, head, text, right);
}

static json_t *json_if(const struct print *p, const char *key, json_t *value)
{
	if (p->json && key)
		return value;
	json_decref(value);
	return NULL;
}

void print_none(struct print *p, const char *head, const char *key)
{
	if (top(p)->layout == PRINT_EVENT)
		return;
	put(p, head, key, "-", false, json_null());
}

void print_str(struct print *p, const char *head, const char *key,
	       const char *value)
{
	char text[512];
	char *c;

	if (!value) {
		print_none(p, head, key);
		return;
	}
	/*
	 * JSON has to be UTF-8; what the kernel sends is ASCII, or the odd
	 * name of a device, or wrong.
	 */
	snprintf(text, sizeof(text), "%s", value);
	for (c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	put(p, head, key, text, false, json_if(p, key, json_string(text)));
}

void print_text(struct print *p, const char *head, const char *format, ...)
{
	char text[512];
	va_list args;

	if (p->json)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_text_cell(p, head, text, false);
}

static json_t *json_uint(uint64_t value)
{
	return json_integer(value > LLONG_MAX ? LLONG_MAX : (json_int_t)value);
}

void print_uint(struct print *p, const char *head, const char *key, bool has,
		uint64_t value)
{
	char text[VALUE_NUMBER_SIZE];

	if (!has) {
		print_none(p, head, key);
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64, value);
	put(p, head, key, text, true, json_uint(value));
}

void print_bool(struct print *p, const char *head, const char *key,
		bool value)
{
	put(p, head, key, value ? "yes" : "-", false, json_boolean(value));
}

void print_bytes(struct print *p, const char *head, const char *key, bool has,
		 uint64_t value)
{
	char text[VALUE_NUMBER_SIZE];

	if (!has) {
		print_none(p, head, key);
		return;
	}
	put(p, head, key, value_bytes(value, text), true, json_uint(value));
}

void print_word(struct print *p, const char *head, const char *key, bool has,
		const struct words_entry *words, uint32_t value)
{
	const char *word = has ? words_find(words, value) : NULL;
	char text[VALUE_NUMBER_SIZE];

	/* A word that this program has yet to learn. */
	if (has && !word) {
		snprintf(text, sizeof(text), "%u", value);
		word = text;
	}
	print_str(p, head, key, word);
}

void print_addr(struct print *p, const char *head, const char *key,
		const struct model_addr *addr)
{
	char text[VALUE_ADDR_SIZE];

	print_str(p, head, key, addr->len ? value_addr(addr, text) : NULL);
}

void print_ports(struct print *p, const char *head, const char *key, bool has,
		 const struct model_ports *ports)
{
	char text[VALUE_ENDPOINT_SIZE];
	json_t *array = NULL;
	uint32_t i;

	if (!has) {
		print_none(p, head, key);
		return;
	}
	if (p->json) {
		array = json_array();
		for (i = 0; i < ports->count; i++)
			json_array_append_new(array,
					      json_uint(ports->port[i]));
	}
	put(p, head, key, value_ports(ports, text, sizeof(text)), false, array);
}

void print_checks(struct print *p, const char *head, const char *key,
		  bool has, const struct model_checks *checks)
{
	char text[VALUE_CHECKS_SIZE];
	json_t *array = NULL;
	uint32_t i;

	if (!has) {
		print_none(p, head, key);
		return;
	}
	if (p->json) {
		array = json_array();
		for (i = 0; i < checks->count; i++)
			json_array_append_new(array,
					      json_string(checks->name[i]));
	}
	value_checks(checks, text, sizeof(text));
	put(p, head, key, checks->count ? text : "-", false, array);
}

static void traffic(struct print *p, const char *head, bool has,
		    uint64_t packets, uint64_t bytes)
{
	char text[VALUE_NUMBER_SIZE];

	if (!has)
		print_none(p, head, NULL);
	else
		print_text(p, head, "%" PRIu64 "/%s", packets,
			   value_bytes(bytes, text));
}

void print_counters(struct print *p, bool text, bool has,
		    const struct model_counters *c)
{
	print_uint(p, NULL, "request_packets", has, c->request_packets);
	print_uint(p, NULL, "request_bytes", has, c->request_bytes);
	print_uint(p, NULL, "reply_packets", has, c->reply_packets);
	print_uint(p, NULL, "reply_bytes", has, c->reply_bytes);
	print_uint(p, NULL, "flows_total", has, c->flows);
	print_uint(p, NULL, "refused", has, c->refused);
	print_uint(p, NULL, "unanswered", has, c->unanswered);
	if (!text)
		return;
	traffic(p, "in", has, c->request_packets, c->request_bytes);
	traffic(p, "out", has, c->reply_packets, c->reply_bytes);
}

void print_attempts(struct print *p, bool has, const struct model_counters *c)
{
	if (has)
		print_text(p, "failed", "%" PRIu64 "/%" PRIu64, c->refused,
			   c->unanswered);
	else
		print_none(p, "failed", NULL);
}

void print_note(struct print *p, const char *prefix, const char *sentence)
{
	if (p->json) {
		if (p->depth && top(p)->list)
			store(p, NULL, json_string(sentence));
		return;
	}
	print_text_flush(p);
	fprintf(p->out, "%s%s\n", prefix, sentence);
}
