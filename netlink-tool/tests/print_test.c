// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <jansson.h>

#include "print.h"

static char *output;
static size_t output_size;

static struct print *start(struct print *p, bool json)
{
	print_init(p, open_memstream(&output, &output_size), json);
	return p;
}

static void expect(struct print *p, const char *text)
{
	json_t *json;

	assert_int_equal(print_done(p), 0);
	fclose(p->out);
	assert_string_equal(output, text);
	if (p->json) {
		json = json_loads(output, 0, NULL);
		assert_non_null(json);
		json_decref(json);
	}
	free(output);
}

static void row(struct print *p, const char *name, uint64_t bytes,
		const char *note)
{
	print_row_begin(p);
	print_str(p, "name", "name", name);
	print_bytes(p, "bytes", "bytes", true, bytes);
	print_str(p, "note", "note", note);
	print_str(p, NULL, "json_only", "j");
	print_text(p, "text", "only %d", 1);
	print_row_end(p);
}

static void table(struct print *p)
{
	print_list_begin(p, NULL, PRINT_TABLE);
	row(p, "a", 5, NULL);
	row(p, "a-long-name", 1234567, "x");
	print_list_end(p);
}

static void a_table_is_as_wide_as_its_widest_cell(void **state)
{
	struct print p;

	(void)state;
	table(start(&p, false));
	expect(&p,
	       "NAME         BYTES  NOTE  TEXT\n"
	       "a                5  -     only 1\n"
	       "a-long-name   1.2M  x     only 1\n");
}

static void the_same_calls_give_json(void **state)
{
	struct print p;

	(void)state;
	table(start(&p, true));
	expect(&p,
	       "[\n{\"name\":\"a\",\"bytes\":5,\"note\":null,"
	       "\"json_only\":\"j\"},\n"
	       "{\"name\":\"a-long-name\",\"bytes\":1234567,\"note\":\"x\","
	       "\"json_only\":\"j\"}\n]\n");
}

static void an_empty_list_is_empty(void **state)
{
	struct print p;

	(void)state;
	print_list_begin(start(&p, false), NULL, PRINT_TABLE);
	print_list_end(&p);
	expect(&p, "");
	print_list_begin(start(&p, true), NULL, PRINT_TABLE);
	print_list_end(&p);
	expect(&p, "[]\n");
}

static void nested(struct print *p)
{
	print_object_begin(p, PRINT_FIELDS);
	print_str(p, "name", "name", "s");
	print_uint(p, "number", "number", true, 7);
	print_list_begin(p, "members", PRINT_TABLE);
	print_row_begin(p);
	print_str(p, "real", "real", "r1");
	print_row_end(p);
	print_list_end(p);
	print_list_begin(p, "warnings", PRINT_LINE);
	print_note(p, "warning: ", "mind the gap");
	print_list_end(p);
	print_object_end(p);
}

static void lists_nest_in_objects(void **state)
{
	struct print p;

	(void)state;
	nested(start(&p, false));
	expect(&p,
	       "name    s\n"
	       "number  7\n"
	       "  REAL\n"
	       "  r1\n"
	       "warning: mind the gap\n");
	nested(start(&p, true));
	expect(&p, "{\"name\":\"s\",\"number\":7,\"members\":"
	       "[{\"real\":\"r1\"}],\"warnings\":[\"mind the gap\"]}\n");
}

static void event(struct print *p)
{
	print_object_begin(p, PRINT_EVENT);
	print_text(p, "", "12:00:00");
	print_str(p, "", "object", "real");
	print_none(p, "weight", "weight");
	print_word(p, "admin", "admin", true, words_admin, LBVS_ADMIN_DRAIN);
	print_word(p, "verdict", "verdict", true, words_verdict_state, 77);
	print_object_end(p);
}

static void an_event_is_a_line_without_empty_cells(void **state)
{
	struct print p;

	(void)state;
	event(start(&p, false));
	expect(&p, "12:00:00 real admin drain verdict 77\n");
	event(start(&p, true));
	expect(&p, "{\"object\":\"real\",\"admin\":\"drain\","
	       "\"verdict\":\"77\"}\n");
}

static void a_block_is_written_when_it_is_full(void **state)
{
	struct print p;
	int i;

	(void)state;
	start(&p, false)->block = 2;
	print_list_begin(&p, NULL, PRINT_TABLE);
	for (i = 0; i < 3; i++) {
		print_row_begin(&p);
		print_str(&p, "name", "name", i == 2 ? "wider" : "n");
		print_uint(&p, "v", "v", true, i);
		print_row_end(&p);
		fflush(p.out);
		assert_true((output_size > 0) == (i > 0));
	}
	print_list_end(&p);
	expect(&p, "NAME  V\nn     0\nn     1\nwider  2\n");
}

static void nothing_upsets_the_terminal(void **state)
{
	struct print p;

	(void)state;
	print_object_begin(start(&p, false), PRINT_LINE);
	print_str(&p, "", "reason", "\033[2J\377");
	print_object_end(&p);
	expect(&p, "?[2J?\n");
	print_object_begin(start(&p, true), PRINT_LINE);
	print_str(&p, "", "reason", "\033[2J\377\"");
	print_object_end(&p);
	expect(&p, "{\"reason\":\"?[2J?\\\"\"}\n");
}

static void a_full_disk_is_noticed(void **state)
{
	struct print p;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	print_init(&p, full, false);
	table(&p);
	assert_int_not_equal(print_done(&p), 0);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_as_wide_as_its_widest_cell),
		cmocka_unit_test(the_same_calls_give_json),
		cmocka_unit_test(an_empty_list_is_empty),
		cmocka_unit_test(lists_nest_in_objects),
		cmocka_unit_test(an_event_is_a_line_without_empty_cells),
		cmocka_unit_test(a_block_is_written_when_it_is_full),
		cmocka_unit_test(nothing_upsets_the_terminal),
		cmocka_unit_test(a_full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
