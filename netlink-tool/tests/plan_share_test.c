// SPDX-License-Identifier: GPL-2.0-or-later
/* How many clients of a service that hashes a plan would move. */
#include "test.h"

#include "maglev.h"
#include "plan_case.h"

static uint32_t moved_with(const char *live, const char *file,
			   const char *real, uint32_t state, uint32_t share)
{
	struct model_verdict *v;
	struct plan_case c;
	uint32_t clients;

	memset(&c, 0, sizeof(c));
	load_live(live, &c.live);
	load(file, &c.file);
	if (real) {
		v = (void *)model_new(MODEL_VERDICT);
		strcpy(v->pool, "p");
		strcpy(v->real, real);
		v->state = state;
		v->share = share;
		model_mark(v, LBVS_A_VERDICT_SHARE);
		model_list_add(&c.verdicts, &v->head);
	}
	assert_int_equal(plan_make(&c.plan, &c.live, &c.verdicts, &c.file), 0);
	clients = c.plan.moves ? c.plan.moves->clients : 0;
	unmake(&c);
	return clients;
}

static uint32_t moved(const char *live, const char *file, const char *down)
{
	return moved_with(live, file, down, LBVS_VERDICT_STATE_DOWN, 100);
}

#define HASH(more) SERVICE("s", "198.51.100.1", "pool = p sched = maglev " more)
#define THREE	REAL("r1", "192.0.2.1") REAL("r2", "192.0.2.2")		\
		REAL("r3", "192.0.2.3")
#define KEY(k) "hash-key = 000102030405060708090a0b0c0d0e" k "\n"

static void a_real_that_goes_moves_its_share(void **state)
{
	static const char three[] = POOL("p", THREE) HASH("");
	static const char two[] =
		POOL("p", REAL("r1", "192.0.2.1") REAL("r2", "192.0.2.2"))
		HASH("");

	(void)state;
	/* A third, and few more than that. */
	assert_in_range(moved(three, two, NULL), 333000, 350000);
	assert_in_range(moved(two, three, NULL), 333000, 350000);
	assert_int_equal(moved(three, three, NULL), 0);
	/* The one that goes had no clients. */
	assert_int_equal(moved(three, two, "r3"), 0);
	assert_in_range(moved(three, two, "r1"), 490000, 520000);
}

static void weights_and_admin_states_count(void **state)
{
	static const char three[] = POOL("p", THREE) HASH("");

	(void)state;
	assert_in_range(moved(three, POOL("p", REAL("r1", "192.0.2.1")
					  REAL("r2", "192.0.2.2")
					  "real r3 { address = 192.0.2.3\n"
					  "admin = drain }") HASH(""), NULL),
			333000, 350000);
	/* From a third to a half. */
	assert_in_range(moved(three, POOL("p", REAL("r1", "192.0.2.1")
					  REAL("r2", "192.0.2.2")
					  "real r3 { address = 192.0.2.3\n"
					  "weight = 2 }") HASH(""), NULL),
			160000, 200000);
}

static void shares_of_weights_count(void **state)
{
	static const char two[] =
		POOL("p", REAL("r1", "192.0.2.1") REAL("r2", "192.0.2.2"))
		HASH("");

	(void)state;
	/* A half of two and a half. */
	assert_in_range(moved_with(POOL("p", THREE) HASH(""), two, "r3",
				   LBVS_VERDICT_STATE_UP, 50),
			200000, 215000);
}

/* Without a verdict r1 and r2 have no clients, so it is r3 alone that had. */
static void no_verdict_is_down_where_the_service_says_so(void **state)
{
	static const char two[] =
		POOL("p", REAL("r1", "192.0.2.1") REAL("r3", "192.0.2.3"))
		HASH("initial = down");

	(void)state;
	assert_int_equal(moved_with(POOL("p", THREE) HASH("initial = down"),
				    two, "r3", LBVS_VERDICT_STATE_UP, 100), 0);
	assert_int_equal(moved_with(POOL("p", THREE) HASH("initial = down"),
				    two, "r2", LBVS_VERDICT_STATE_UP, 100),
			 1000000);
}

static void another_hash_moves_all_but_chance(void **state)
{
	(void)state;
	assert_in_range(moved(POOL("p", KEY("0f") THREE) HASH(""),
			      POOL("p", KEY("00") THREE) HASH(""), NULL),
			666666, 666667);
	assert_in_range(moved(POOL("p", THREE) HASH(""),
			      POOL("p", THREE) HASH("hash = 5tuple"), NULL),
			666666, 666667);
	assert_int_equal(moved(POOL("p", KEY("0f") THREE) HASH(""),
			       POOL("p", KEY("0f") THREE) HASH("require = {}"),
			       NULL), 0);
}

/* Borders of 2 against 3: sixths, of which one moves. */
static void tables_of_unlike_sizes_are_compared(void **state)
{
	struct model_addr addr[2] = { { 4, { 1 } }, { 4, { 2 } } };
	uint16_t two[] = { 0, 1 }, three[] = { 0, 1, 1 };
	struct maglev_table a = { 2, 2, addr, two }, b = { 3, 2, addr, three };

	(void)state;
	assert_int_equal(maglev_moved(&a, &b), 166667);
	assert_int_equal(maglev_moved(&b, &a), 166667);
	assert_int_equal(maglev_moved(&a, &a), 0);
	b.count = 0;
	assert_int_equal(maglev_moved(&a, &b), 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_that_goes_moves_its_share),
		cmocka_unit_test(weights_and_admin_states_count),
		cmocka_unit_test(shares_of_weights_count),
		cmocka_unit_test(no_verdict_is_down_where_the_service_says_so),
		cmocka_unit_test(another_hash_moves_all_but_chance),
		cmocka_unit_test(tables_of_unlike_sizes_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
