// SPDX-License-Identifier: GPL-2.0-or-later
/* The difference between a state and a file, and the requests that close it. */
#include "test.h"

#include "config.h"
#include "field.h"
#include "maglev.h"
#include "plan.h"
#include "value.h"

static void load(const char *text, struct config *config)
{
	struct config_errors errors = { .count = 0 };
	FILE *in = *text ? fmemopen((void *)text, strlen(text), "r") :
			   fopen("/dev/null", "r");

	assert_non_null(in);
	if (config_load(in, config, &errors))
		fail_msg("%s: line %u: %s", text, errors.error[0].line,
			 errors.error[0].sentence);
	fclose(in);
}

/* What the kernel reports and a file need not: an admin state. */
static void load_live(const char *text, struct config *config)
{
	struct model_real *r;

	load(text, config);
	model_for_each(r, &config->reals) {
		if (model_has(r, LBVS_A_REAL_ADMIN))
			continue;
		r->admin = LBVS_ADMIN_ENABLED;
		model_mark(r, LBVS_A_REAL_ADMIN);
	}
}

/* --- a kernel ------------------------------------------------------------- */

static void *find(struct model_list *list, const char *name, const char *pool)
{
	struct model_head *m;
	struct model_real *r;

	for (m = list->first; m; m = m->next) {
		r = (void *)m;
		switch (m->kind) {
		case MODEL_REAL:
			if (!strcmp(r->pool, pool) && !strcmp(r->name, name))
				return m;
			break;
		case MODEL_POOL:
			if (!strcmp(((struct model_pool *)m)->name, name))
				return m;
			break;
		default:
			if (!strcmp(((struct model_service *)m)->name, name))
				return m;
		}
	}
	return NULL;
}

static void drop(struct model_list *list, struct model_head *m)
{
	struct model_list left = { 0 };
	struct model_head *next, *one;

	for (one = list->first; one; one = next) {
		next = one->next;
		if (one == m)
			model_free(one);
		else
			model_list_add(&left, one);
	}
	*list = left;
}

static bool lacks(const struct model_pool *pool,
		  const struct model_checks *require)
{
	uint32_t i, j;

	for (i = 0; i < require->count; i++) {
		for (j = 0; j < pool->checks.count; j++)
			if (!strcmp(pool->checks.name[j], require->name[i]))
				break;
		if (j == pool->checks.count)
			return true;
	}
	return false;
}

static const char *judge_service(struct config *k, struct model_service *s)
{
	struct model_pool *pool = find(&k->pools, s->pool, NULL);
	struct model_real *r;

	if (!pool)
		return "there is no such pool";
	if (lacks(pool, &s->require))
		return "the pool lacks a check";
	model_for_each(r, &k->reals)
		if (!strcmp(r->pool, s->pool) && r->addr.len != s->addr.len)
			return "the family of the service";
	return NULL;
}

static const char *judge_real(struct config *k, struct model_real *real)
{
	struct model_service *s;
	struct model_real *r;

	model_for_each(r, &k->reals) {
		if (r == real || strcmp(r->pool, real->pool))
			continue;
		if (!order_addr(&r->addr, &real->addr))
			return "the address is taken";
		if (r->addr.len != real->addr.len)
			return "the family of the real";
	}
	model_for_each(s, &k->services)
		if (!strcmp(s->pool, real->pool) &&
		    s->addr.len != real->addr.len)
			return "the family of a service";
	return NULL;
}

static const char *judge_pool(struct config *k, struct model_pool *pool)
{
	struct model_service *s;

	model_for_each(s, &k->services)
		if (!strcmp(s->pool, pool->name) && lacks(pool, &s->require))
			return "a service requires a check";
	return NULL;
}

static const char *judge(struct config *k, struct model_head *m)
{
	switch (m->kind) {
	case MODEL_POOL:
		return judge_pool(k, (void *)m);
	case MODEL_REAL:
		return judge_real(k, (void *)m);
	default:
		return judge_service(k, (void *)m);
	}
}

static const char *obey_new(struct config *k, struct model_list *list,
			    const struct model_head *request)
{
	struct model_head *m = model_new(request->kind);

	field_merge(m, request);
	if (m->kind == MODEL_REAL) {
		struct model_real *r = (void *)m;

		if (!find(&k->pools, r->pool, NULL)) {
			model_free(m);
			return "there is no such pool";
		}
		if (!model_has(r, LBVS_A_REAL_ADMIN))
			r->admin = LBVS_ADMIN_ENABLED;
		model_mark(r, LBVS_A_REAL_ADMIN);
	}
	model_list_add(list, m);
	return judge(k, m);
}

static const char *obey_set(struct config *k, struct model_head *m,
			    const struct model_head *request)
{
	uint16_t attr;

	for (attr = 1; attr < 64; attr++)
		if (request->set & UINT64_C(1) << attr)
			field_copy(m, request, attr);
	return judge(k, m);
}

static const char *obey_pool_del(struct config *k, struct model_pool *pool)
{
	struct model_service *s;
	struct model_real *r;
	bool again = true;

	model_for_each(s, &k->services)
		if (!strcmp(s->pool, pool->name))
			return "a service uses the pool";
	while (again) {
		again = false;
		model_for_each(r, &k->reals)
			if (!strcmp(r->pool, pool->name)) {
				drop(&k->reals, &r->head);
				again = true;
				break;
			}
	}
	drop(&k->pools, &pool->head);
	return NULL;
}

/* NULL, or what it has against the request. */
static const char *obey(struct config *k, const struct plan_request *request)
{
	struct model_list *lists[] = {
		[MODEL_POOL] = &k->pools, [MODEL_REAL] = &k->reals,
		[MODEL_SERVICE] = &k->services,
	};
	const struct model_head *o = request->object;
	const struct model_real *r = (const void *)o;
	const char *name = o->kind == MODEL_REAL ? r->name :
			   o->kind == MODEL_POOL ?
			   ((const struct model_pool *)o)->name :
			   ((const struct model_service *)o)->name;
	struct model_head *m = find(lists[o->kind], name, r->pool);

	switch (request->cmd) {
	case LBVS_CMD_POOL_NEW:
	case LBVS_CMD_REAL_NEW:
	case LBVS_CMD_SERVICE_NEW:
		return m ? "the name is taken" :
			   obey_new(k, lists[o->kind], o);
	case LBVS_CMD_POOL_SET:
	case LBVS_CMD_REAL_SET:
	case LBVS_CMD_SERVICE_SET:
		return m ? obey_set(k, m, o) : "there is none to change";
	case LBVS_CMD_POOL_DEL:
		return m ? obey_pool_del(k, (void *)m) : "there is none";
	default:
		if (!m)
			return "there is none to remove";
		drop(lists[o->kind], m);
		return NULL;
	}
}

/* --- what is planned ------------------------------------------------------ */

struct plan_case {
	struct config live, file;
	struct model_list verdicts;
	struct plan plan;
};

static void make(struct plan_case *c, const char *live, const char *file)
{
	memset(&c->verdicts, 0, sizeof(c->verdicts));
	load_live(live, &c->live);
	load(file, &c->file);
	assert_int_equal(plan_make(&c->plan, &c->live, &c->verdicts, &c->file),
			 0);
}

static void unmake(struct plan_case *c)
{
	plan_free(&c->plan);
	model_list_free(&c->verdicts);
	config_free(&c->live);
	config_free(&c->file);
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

#define REAL(name, addr) "real " name " { address = " addr " }\n"
#define POOL(name, in) "pool " name " {\n" in "}\n"
#define SERVICE(name, addr, more)					\
	"service " name " { proto = tcp address = " addr		\
	" port = 80 " more " }\n"

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

/* --- clients that move ---------------------------------------------------- */

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
		cmocka_unit_test(equal_states_need_nothing),
		cmocka_unit_test(what_comes_and_goes_is_planned),
		cmocka_unit_test(only_what_differs_is_in_a_request),
		cmocka_unit_test(what_a_file_leaves_out_is_the_default_again),
		cmocka_unit_test(an_admin_state_set_by_hand_is_kept),
		cmocka_unit_test(arms_are_left_alone_unless_named),
		cmocka_unit_test(requests_come_in_an_order_that_is_taken),
		cmocka_unit_test(any_state_becomes_any_other),
		cmocka_unit_test(a_real_that_goes_moves_its_share),
		cmocka_unit_test(weights_and_admin_states_count),
		cmocka_unit_test(shares_of_weights_count),
		cmocka_unit_test(no_verdict_is_down_where_the_service_says_so),
		cmocka_unit_test(another_hash_moves_all_but_chance),
		cmocka_unit_test(tables_of_unlike_sizes_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
