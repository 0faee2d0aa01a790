// SPDX-License-Identifier: GPL-2.0-or-later
/* The difference between a state and a file, and the requests that close it. */
#include "test.h"

#include "field.h"
#include "plan_case.h"
#include "plan_kernel.h"

static void make(struct plan_case *c, const char *live, const char *file)
{
	memset(&c->verdicts, 0, sizeof(c->verdicts));
	load_live(live, &c->live);
	load(file, &c->file);
	assert_int_equal(plan_make(&c->plan, &c->live, &c->verdicts, &c->file),
			 0);
}

/* Arms are no part of a transaction. */
static bool is_closed(const struct plan *plan)
{
	const struct plan_change *change;

	for (change = plan->changes; change; change = change->next)
		if (change->kind != MODEL_ARM)
			return false;
	return true;
}

/* Every request is obeyed, and then there is nothing left to do. */
static void closes(const char *live, const char *file)
{
	const struct plan_request *request;
	struct model_list verdicts = { 0 };
	struct config kernel;
	const char *refusal;
	struct plan_case c;
	struct plan left;
	int n = 0;

	make(&c, live, file);
	load_live(live, &kernel);
	for (request = c.plan.requests; request; request = request->next) {
		n++;
		refusal = obey(&kernel, request);
		if (refusal)
			fail_msg("from\n%s\nto\n%s\nrequest %d: %s", live, file,
				 n, refusal);
	}
	assert_int_equal(plan_make(&left, &kernel, &verdicts, &c.file), 0);
	if (!is_closed(&left))
		fail_msg("from\n%s\nto\n%s\nsomething is left", live, file);
	plan_free(&left);
	config_free(&kernel);
	unmake(&c);
}

/* "add pool p", one for each change, with commas between them. */
static void plans(const char *live, const char *file, const char *expected)
{
	const struct plan_change *change;
	const struct model_head *m;
	char *said = NULL, name[FIELD_TEXT_SIZE];
	struct plan_case c;
	size_t size = 0;
	FILE *out = open_memstream(&said, &size);

	assert_non_null(out);
	make(&c, live, file);
	for (change = c.plan.changes; change; change = change->next) {
		m = change->after ? change->after : change->before;
		field_text(m, m->kind == MODEL_REAL ? LBVS_A_REAL_NAME : 3,
			   name);
		fprintf(out, "%s%s %s", change == c.plan.changes ? "" : ", ",
			words_find(words_plan_action, change->action), name);
	}
	fclose(out);
	assert_string_equal(said, expected);
	free(said);
	unmake(&c);
	closes(live, file);
}

static const char base[] =
	POOL("p", "check a {} check b {}\n" REAL("r1", "192.0.2.1")
	     REAL("r2", "192.0.2.2"))
	POOL("q", REAL("r1", "192.0.2.1"))
	SERVICE("s", "198.51.100.1", "pool = p require = {a, b}")
	SERVICE("t", "198.51.100.2", "pool = q");

static void equal_states_need_nothing(void **state)
{
	(void)state;
	plans(base, base, "");
	plans("", "", "");
}

static void what_comes_and_goes_is_planned(void **state)
{
	(void)state;
	plans("", base, "add p, add q, add r1, add r2, add r1, add s, add t");
	plans(base, "", "remove p, remove q, remove r1, remove r2, remove r1, "
	      "remove s, remove t");
}

static void only_what_differs_is_in_a_request(void **state)
{
	const struct plan_request *r;
	struct plan_case c;

	(void)state;
	make(&c, POOL("p", "real r { address = 192.0.2.1 weight = 2 }"),
	     POOL("p", "real r { address = 192.0.2.1 weight = 3 }"));
	r = c.plan.requests;
	assert_int_equal(r->cmd, LBVS_CMD_REAL_SET);
	assert_true(r->object->set == (UINT64_C(1) << LBVS_A_REAL_POOL |
				       UINT64_C(1) << LBVS_A_REAL_NAME |
				       UINT64_C(1) << LBVS_A_REAL_WEIGHT));
	assert_null(r->next);
	unmake(&c);
}

static void what_a_file_leaves_out_is_the_default_again(void **state)
{
	struct plan_case c;
	struct model_service *s;

	(void)state;
	make(&c, POOL("p", "") SERVICE("s", "198.51.100.1", "pool = p "
				       "sched = maglev hash = source/24 "
				       "timeout { syn = 5 }"),
	     POOL("p", "") SERVICE("s", "198.51.100.1", "pool = p"));
	s = (void *)c.plan.requests->object;
	assert_int_equal(c.plan.requests->cmd, LBVS_CMD_SERVICE_SET);
	assert_int_equal(s->sched, LBVS_SCHED_RR);
	assert_true(model_has(s, LBVS_A_SERVICE_HASH_PREFIX));
	assert_int_equal(s->hash_prefix, 0);
	assert_int_equal(s->timeout_syn, 30);
	assert_false(model_has(s, LBVS_A_SERVICE_TIMEOUT_UDP));
	unmake(&c);
}

static void an_admin_state_set_by_hand_is_kept(void **state)
{
	static const char drained[] =
		POOL("p", "real r { address = 192.0.2.1 admin = drain }");
	struct model_real *r;
	struct plan_case c;

	(void)state;
	plans(drained, POOL("p", REAL("r", "192.0.2.1")), "");
	plans(drained,
	      POOL("p", "real r { address = 192.0.2.1 admin = enabled }"),
	      "change r");
	make(&c, drained, POOL("p", REAL("r", "192.0.2.9")));
	r = (void *)c.plan.requests->next->object;
	assert_int_equal(c.plan.requests->next->cmd, LBVS_CMD_REAL_NEW);
	assert_int_equal(r->admin, LBVS_ADMIN_DRAIN);
	unmake(&c);
}

static void arms_are_left_alone_unless_named(void **state)
{
	(void)state;
	plans("arm = {a, b}", "", "");
	plans("arm = {a, b}", "arm = {b, c}", "add c, remove a");
	plans("arm = {a}", "arm = {}", "remove a");
}

static void requests_come_in_an_order_that_is_taken(void **state)
{
	(void)state;
	/* a service moves to a new pool, the old one goes */
	closes(base, POOL("n", REAL("r", "192.0.2.1"))
	       SERVICE("s", "198.51.100.1", "pool = n")
	       SERVICE("t", "198.51.100.2", "pool = n"));
	/* checks come, go and change places */
	closes(base, POOL("p", "check b {} check c {}\n")
	       SERVICE("s", "198.51.100.1", "pool = p require = {c, b}"));
	closes(base, POOL("p", "") SERVICE("s", "198.51.100.1", "pool = p"));
	/* reals change addresses with each other */
	closes(base, POOL("p", "check a {} check b {}\n"
			  REAL("r1", "192.0.2.2") REAL("r2", "192.0.2.1"))
	       SERVICE("s", "198.51.100.1", "pool = p require = {a, b}"));
	/* the other family */
	closes(base, POOL("p", "check a {} check b {}\n"
			  REAL("r1", "2001:db8::1") REAL("r2", "2001:db8::2"))
	       SERVICE("s", "2001:db8:1::1", "pool = p require = {a, b}"));
	/* two pools change families with each other, services stay */
	closes(POOL("p", REAL("r", "192.0.2.1"))
	       POOL("q", REAL("r", "2001:db8::1"))
	       SERVICE("s", "198.51.100.1", "pool = p")
	       SERVICE("t", "2001:db8:1::1", "pool = q"),
	       POOL("p", REAL("r", "2001:db8::1"))
	       POOL("q", REAL("r", "192.0.2.1"))
	       SERVICE("s", "198.51.100.1", "pool = q")
	       SERVICE("t", "2001:db8:1::1", "pool = p"));
	/* the same names, required of another pool */
	closes(POOL("p", "check a {}\n") POOL("q", "check a {}\n")
	       SERVICE("s", "198.51.100.1", "pool = p require = a"),
	       POOL("p", "") POOL("q", "check a {}\n")
	       SERVICE("s", "198.51.100.1", "pool = q require = a"));
}

/* --- any state to any other ----------------------------------------------- */

static unsigned int seed;

static unsigned int pick(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

/* Few names and addresses, so that much is there before and after. */
static void any_config(char *text, size_t size)
{
	bool v6[3], check[3][3];
	FILE *out = fmemopen(text, size, "w");
	unsigned int p, c, r, s, addresses, pools = pick(3) + 1;

	assert_non_null(out);
	for (p = 0; p < pools; p++) {
		v6[p] = !pick(3);
		fprintf(out, "pool p%u {\n", p);
		for (c = 0; c < 3; c++) {
			check[p][c] = pick(2);
			if (check[p][c])
				fprintf(out, "check c%u {}\n", c);
		}
		addresses = pick(3);
		for (r = 0; r < 3; r++)
			if (pick(2))
				fprintf(out, "real r%u { address = %s%u "
					"weight = %u%s }\n", r,
					v6[p] ? "2001:db8::" : "192.0.2.",
					1 + (r + addresses) % 3, pick(2),
					pick(3) ? "" : " admin = drain");
		fprintf(out, "}\n");
	}
	for (s = 0; s < 4; s++) {
		if (!pick(3))
			continue;
		p = pick(pools);
		fprintf(out, "service s%u { proto = %s address = %s%u "
			"port = %u pool = p%u sched = %s require = {", s,
			pick(4) ? "tcp" : "udp",
			v6[p] ? "2001:db8:1::" : "198.51.100.",
			pick(2) + 1, 80 + s, p, pick(2) ? "rr" : "maglev");
		for (c = 0, r = 0; c < 3; c++)
			if (check[p][c] && pick(2))
				fprintf(out, "%sc%u", r++ ? ", " : "", c);
		fprintf(out, "} }\n");
	}
	fputc('\0', out);
	fclose(out);
}

static void any_state_becomes_any_other(void **state)
{
	char live[4096], file[4096];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		seed = i;
		any_config(live, sizeof(live));
		any_config(file, sizeof(file));
		closes(live, file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_states_need_nothing),
		cmocka_unit_test(what_comes_and_goes_is_planned),
		cmocka_unit_test(only_what_differs_is_in_a_request),
		cmocka_unit_test(what_a_file_leaves_out_is_the_default_again),
		cmocka_unit_test(an_admin_state_set_by_hand_is_kept),
		cmocka_unit_test(arms_are_left_alone_unless_named),
		cmocka_unit_test(requests_come_in_an_order_that_is_taken),
		cmocka_unit_test(any_state_becomes_any_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
