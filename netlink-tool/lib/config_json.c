// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "config_grammar.h"
#include "config_json.h"

#define WORD_SIZE 64

struct reading {
	struct config_errors *errors;
	const char *key;		/* as it is written, for sentences */
	unsigned int sections;		/* until now: the number of the last */
};

static void swap(char *word, const char *from, char what, char with)
{
	size_t i;

	for (i = 0; from[i] && i < WORD_SIZE - 1; i++)
		word[i] = from[i] == what ? with : from[i];
	word[i] = '\0';
}

static int read_object(struct reading *r, json_t *object,
		       struct config_node *section);

static int add_scalar(struct reading *r, json_t *value,
		      struct config_node *entry)
{
	char number[32];
	const char *text;

	if (json_is_string(value)) {
		text = json_string_value(value);
		if (strlen(text) != json_string_length(value))
			return config_fail(r->errors, entry->line, "\"%s\": a "
					   "byte of value 0 is no part of a "
					   "word", r->key);
	} else if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		text = number;
	} else if (json_is_boolean(value)) {
		text = json_is_true(value) ? "yes" : "no";
	} else {
		return config_fail(r->errors, entry->line, "\"%s\": expected "
				   "text, a whole number, true or false, or "
				   "an array of these", r->key);
	}
	if (config_node_add_value(entry, text))
		return config_fail_memory(r->errors);
	return 0;
}

static int read_section(struct reading *r, json_t *object, const char *word,
			struct config_node *parent)
{
	json_t *name = json_object_get(object, "name");
	const char *title = json_string_value(name);
	struct config_node *node;

	if (name && !title)
		return config_fail(r->errors, parent->line, "\"%s\": its name "
				   "must be text", r->key);
	node = config_node_section(parent, word, title);
	if (!node)
		return config_fail_memory(r->errors);
	node->line = ++r->sections;
	return read_object(r, object, node);
}

static int read_array(struct reading *r, json_t *array, const char *word,
		      struct config_node *parent)
{
	struct config_node *entry;
	json_t *value;
	int ret = 0;
	size_t i;

	if (json_is_object(json_array_get(array, 0))) {
		json_array_foreach(array, i, value) {
			if (!json_is_object(value))
				return config_fail(r->errors, parent->line,
						   "\"%s\": expected only "
						   "objects in the array",
						   r->key);
			ret |= read_section(r, value, word, parent);
		}
		return ret;
	}
	/* No section at all, or an empty list: the word tells. */
	if (!json_array_size(array) && config_grammar_names_section(word))
		return 0;
	entry = config_node_new(word, false, parent->line);
	if (!entry)
		return config_fail_memory(r->errors);
	config_node_add(parent, entry);
	json_array_foreach(array, i, value)
		ret |= add_scalar(r, value, entry);
	return ret;
}

static int read_value(struct reading *r, json_t *value, const char *word,
		      struct config_node *parent)
{
	struct config_node *entry;

	if (json_is_object(value))
		return read_section(r, value, word, parent);
	if (json_is_array(value))
		return read_array(r, value, word, parent);
	entry = config_node_new(word, false, parent->line);
	if (!entry)
		return config_fail_memory(r->errors);
	config_node_add(parent, entry);
	return add_scalar(r, value, entry);
}

static int read_object(struct reading *r, json_t *object,
		       struct config_node *section)
{
	char word[WORD_SIZE];
	const char *key;
	json_t *value;
	int ret = 0;

	json_object_foreach(object, key, value) {
		if (!strcmp(key, "name") && section->title)
			continue;
		swap(word, key, '_', '-');
		r->key = key;
		ret |= read_value(r, value, word, section);
	}
	return ret;
}

struct config_node *config_json_read(const struct config_text *text,
				     struct config_errors *errors)
{
	struct reading r = { .errors = errors };
	struct config_node *tree = NULL;
	json_error_t error;
	json_t *json;

	json = json_loadb(text->text, text->length, JSON_REJECT_DUPLICATES,
			  &error);
	if (!json) {
		config_fail(errors, error.line > 0 ? error.line : 0, "%s",
			    error.text);
		return NULL;
	}
	if (json_is_object(json)) {
		tree = config_node_new("file", true, 0);
		if (tree)
			read_object(&r, json, tree);
		else
			config_fail_memory(errors);
	} else {
		config_fail(errors, 1, "expected an object");
	}
	json_decref(json);
	return tree;
}

static const struct config_node *find_section(const struct config_node *section,
					      unsigned int number)
{
	const struct config_node *node, *found = NULL;

	for (node = section->first; node && !found; node = node->next)
		if (node->section)
			found = node->line == number ?
				node : find_section(node, number);
	return found;
}

/* "pool web, real r1"; NULL: out of memory. */
static char *name_section(const struct config_node *section)
{
	const struct config_node *outer = section->parent;
	char *name = NULL, *before = NULL;

	if (outer->parent)
		before = name_section(outer);
	if (asprintf(&name, "%s%s%s%s%s", before ? before : "",
		     before ? ", " : "", section->word,
		     section->title ? " " : "",
		     section->title ? section->title : "") < 0)
		name = NULL;
	free(before);
	return name;
}

void config_json_place(const struct config_node *tree,
		       struct config_errors *errors)
{
	const struct config_node *section;
	size_t i;

	for (i = 0; i < errors->count; i++) {
		section = find_section(tree, errors->error[i].line);
		if (section)
			errors->error[i].place = name_section(section);
	}
}

static json_t *write_scalar(const char *value)
{
	size_t length = strlen(value);

	/* What is a number here is one there, but for long ones of digits. */
	if (length && length < 10 && strspn(value, "0123456789") == length &&
	    (value[0] != '0' || length == 1))
		return json_integer(atol(value));
	return json_string(value);
}

static json_t *write_entry(const struct config_node *node)
{
	json_t *array;
	size_t i;

	if (!node->list && node->values == 1)
		return write_scalar(node->value[0]);
	array = json_array();
	for (i = 0; i < node->values; i++)
		if (json_array_append_new(array, write_scalar(node->value[i])))
			goto err;
	return array;
err:
	json_decref(array);
	return NULL;
}

static json_t *write_section(const struct config_node *section);

static bool is_alone(const struct config_node *node)
{
	const struct config_node *other;

	for (other = node->parent->first; other; other = other->next)
		if (other != node && !strcmp(other->word, node->word))
			return false;
	return true;
}

/* Sections with a name are in an array, even one that is alone. */
static int write_node(json_t *object, const struct config_node *node)
{
	bool array = node->section && (node->title || !is_alone(node));
	char key[WORD_SIZE];
	json_t *value, *list;

	swap(key, node->word, '-', '_');
	value = node->section ? write_section(node) : write_entry(node);
	if (!value)
		return -1;
	if (!array)
		return json_object_set_new(object, key, value);
	list = json_object_get(object, key);
	if (!list) {
		list = json_array();
		if (json_object_set_new(object, key, list)) {
			json_decref(value);
			return -1;
		}
	}
	return json_array_append_new(list, value);
}

static json_t *write_section(const struct config_node *section)
{
	json_t *object = json_object();
	const struct config_node *node;

	if (section->title &&
	    json_object_set_new(object, "name", json_string(section->title)))
		goto err;
	for (node = section->first; node; node = node->next)
		if (write_node(object, node))
			goto err;
	return object;
err:
	json_decref(object);
	return NULL;
}

int config_json_write(const struct config_node *tree, FILE *out)
{
	json_t *json = write_section(tree);
	int ret;

	if (!json)
		return -1;
	ret = json_dumpf(json, out, JSON_INDENT(2));
	if (fputc('\n', out) == EOF)
		ret = -1;
	json_decref(json);
	return ret;
}
