// SPDX-License-Identifier: GPL-2.0-or-later
/* Many writes as one transaction: how they are sent, and who is blamed. */
#include "test.h"

#include <stdio_ext.h>

#include "fake_kernel.h"
#include "lbctl.h"
#include "nl_batch.h"
#include "words_split.h"

#define HANGS_AFTER 20	/* seconds */

int __wrap_lbnl_open(struct lbnl *nl);

static struct fake_kernel kernel;

int __wrap_lbnl_open(struct lbnl *nl)
{
	fake_start(&kernel, nl);
	return 0;
}

static int given_kernel(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	alarm(HANGS_AFTER);
	return 0;
}

/* --- how they are sent ---------------------------------------------------- */

static void begin(struct lbnl_batch *b, struct lbnl *nl)
{
	fake_start(&kernel, nl);
	assert_int_equal(lbnl_batch_begin(b, nl, NULL), 0);
}

static void end(struct lbnl *nl)
{
	fake_stop(&kernel);
	lbnl_close(nl);
}

/* Adds pools, tagged from 1; stops at the first refusal. */
static int add_pools(struct lbnl_batch *b, size_t count)
{
	struct model_pool pool;
	size_t i;
	int err = 0;

	model_init(&pool.head, MODEL_POOL);
	model_mark(&pool, LBVS_A_POOL_NAME);
	for (i = 1; i <= count && !err; i++) {
		snprintf(pool.name, sizeof(pool.name), "p%zu", i);
		err = lbnl_batch_add(b, LBVS_CMD_POOL_NEW, &pool.head, i);
	}
	return err;
}

static void many_requests_cost_few_answers(void **state)
{
	struct lbnl_batch b;
	uint32_t generation = 0;
	struct lbnl nl;
	size_t i;

	(void)state;
	begin(&b, &nl);
	assert_int_equal(add_pools(&b, 200), 0);
	assert_int_equal(lbnl_batch_commit(&b, &generation), 0);
	end(&nl);
	assert_int_equal(generation, FAKE_GENERATION);
	assert_true(kernel.committed);
	assert_false(kernel.aborted);
	assert_int_equal(kernel.count, 200);
	for (i = 0; i < kernel.count; i++)
		assert_int_equal(kernel.staged[i], LBVS_CMD_POOL_NEW);
	/* Four of 64 at the most, the begin, and the commit. */
	assert_int_equal(kernel.datagrams, 4 + 2);
	assert_int_equal(kernel.acks, 4 + 2);
}

static void a_batch_of_nothing_is_committed(void **state)
{
	struct lbnl_batch b;
	struct lbnl nl;

	(void)state;
	begin(&b, &nl);
	assert_int_equal(lbnl_batch_commit(&b, NULL), 0);
	end(&nl);
	assert_true(kernel.committed);
	assert_int_equal(kernel.datagrams, 2);
}

/* With all its ports and checks it takes more than a kilobyte. */
static void long_requests_make_no_datagram_too_long(void **state)
{
	struct model_service s;
	struct lbnl_batch b;
	struct lbnl nl;
	uint32_t i;

	(void)state;
	model_init(&s.head, MODEL_SERVICE);
	model_mark(&s, LBVS_A_SERVICE_REQUIRE);
	s.require.count = LBVS_CHECKS_MAX;
	for (i = 0; i < s.require.count; i++)
		snprintf(s.require.name[i], sizeof(s.require.name[i]),
			 "a-check-of-quite-a-long-name-%02u", i % 100);
	begin(&b, &nl);
	for (i = 0; i < 100; i++)
		assert_int_equal(lbnl_batch_add(&b, LBVS_CMD_SERVICE_NEW,
						&s.head, i), 0);
	assert_int_equal(lbnl_batch_commit(&b, NULL), 0);
	end(&nl);
	assert_int_equal(kernel.count, 100);
	assert_in_range(kernel.longest, 16384, 32768);
}

/* --- who is blamed -------------------------------------------------------- */

/* The request that is refused, among so many. */
static void is_blamed(size_t refused, size_t count)
{
	struct lbnl_batch b;
	struct lbnl nl;
	int err;

	begin(&b, &nl);
	err = add_pools(&b, count);
	if (err)
		lbnl_batch_abort(&b);
	else
		err = lbnl_batch_commit(&b, NULL);
	assert_int_equal(err, -ENOENT);
	assert_true(b.tagged);
	assert_int_equal(b.tag, refused);
	assert_string_equal(nl.error.sentence, "no, says the kernel");
	end(&nl);
	assert_true(kernel.aborted);
	assert_false(kernel.committed);
}

static void a_refusal_names_its_request(void **state)
{
	static const size_t places[] = { 1, 63, 64, 65, 70, 128, 200 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		given_kernel(state);
		kernel.refuse = places[i];
		is_blamed(places[i], 200);
	}
}

/* The others may be refused just because of it. */
static void the_first_of_two_is_blamed(void **state)
{
	(void)state;
	kernel.refuse = 3;
	kernel.refuse_too = 5;
	is_blamed(3, 10);
}

static void a_commit_can_blame_any_request(void **state)
{
	struct lbnl_batch b;
	struct lbnl nl;

	(void)state;
	kernel.blame = 77;
	begin(&b, &nl);
	assert_int_equal(add_pools(&b, 100), 0);
	assert_int_equal(lbnl_batch_commit(&b, NULL), -EEXIST);
	assert_true(b.tagged);
	assert_int_equal(b.tag, 77);
	end(&nl);
}

static void a_begin_can_be_refused(void **state)
{
	uint32_t seen = 7;
	struct lbnl_batch b;
	struct lbnl nl;

	(void)state;
	kernel.refuse_begin = true;
	fake_start(&kernel, &nl);
	assert_int_equal(lbnl_batch_begin(&b, &nl, &seen), -ESTALE);
	end(&nl);
	assert_int_equal(kernel.datagrams, 1);
}

/* The first refusal is kept, and nothing is waited for that cannot come. */
static void answers_that_get_lost_are_not_waited_for(void **state)
{
	(void)state;
	kernel.refuse = 3;
	kernel.loses = true;
	is_blamed(3, 10);
}

/* --- lbctl batch ---------------------------------------------------------- */

static char said[4096];

/* The words of a command, with the file as standard input. */
static int run_batch(const char *text, size_t size)
{
	FILE *input = tmpfile(), *output = tmpfile();
	struct lbctl ctl = { 0 };
	struct words_split w;
	int in = dup(0), err = dup(2), ret;

	fwrite(text, 1, size, input);
	rewind(input);
	dup2(fileno(input), 0);
	__fpurge(stdin);
	clearerr(stdin);
	fflush(stderr);
	dup2(fileno(output), 2);
	ret = lbctl_run(&ctl, "batch", batch_commands, split(&w, "-"));
	dup2(err, 2);
	dup2(in, 0);
	close(err);
	close(in);
	rewind(output);
	said[fread(said, 1, sizeof(said) - 1, output)] = '\0';
	fclose(input);
	fclose(output);
	lbctl_place(NULL, 0);
	end(&ctl.nl);
	return ret;
}

static int batch(const char *text)
{
	return run_batch(text, strlen(text));
}

static void lines_become_one_transaction(void **state)
{
	static const uint8_t commands[] = {
		LBVS_CMD_POOL_NEW, LBVS_CMD_REAL_NEW, LBVS_CMD_REAL_SET,
		LBVS_CMD_SERVICE_NEW, LBVS_CMD_CONFIG_DEL,
	};

	(void)state;
	assert_int_equal(batch("# a comment\n\n \t \npool add p # check x\n"
			       "\treal add p r 192.0.2.1\r\n"
			       "real drain p r\n"
			       "service add s tcp 198.51.100.1:80 pool p\n"
			       "flush config"), LBCTL_OK);
	assert_string_equal(said, "");
	assert_true(kernel.committed);
	assert_int_equal(kernel.count, ARRAY_SIZE(commands));
	assert_memory_equal(kernel.staged, commands, sizeof(commands));
}

/* Nothing of it is left, and it is said which line it was. */
static void is_refused(const char *text, int ret, const char *sentence)
{
	assert_int_equal(batch(text), ret);
	if (!strstr(said, sentence))
		fail_msg("\"%s\" said\n%s\nand not\n%s", text, said, sentence);
	assert_true(kernel.aborted);
	assert_false(kernel.committed);
}

static void a_line_that_makes_no_sense_is_named(void **state)
{
	static const struct {
		const char *text, *sentence;
	} cases[] = {
		{ "pool add p\npool add\n", "lbctl: stdin:2: " },
		{ "\n\npool", "lbctl: stdin:3: a word is missing" },
		{ "pool add p weight 3\n", "stdin:1: \"weight\"" },
		{ "arm add eth0\n", "stdin:1: \"arm\" is not known here" },
		{ "verdict set p r up\n", "\"verdict\" is not known here" },
		{ "pool show\n", "\"pool show\" cannot be part of a batch" },
		{ "flush flows\n", "\"flush flows\" cannot be part" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		given_kernel(state);
		is_refused(cases[i].text, LBCTL_USAGE, cases[i].sentence);
	}
}

static void a_line_too_long_or_of_bytes_is_named(void **state)
{
	static const char zero[] = "pool add p\npool\0 add q\n";
	char text[1024] = "pool";
	int i;

	for (i = 0; i < 200; i++)
		strcat(text, " x");
	is_refused(text, LBCTL_USAGE, "stdin:1: \"x\" is one word too many");
	given_kernel(state);
	assert_int_equal(run_batch(zero, sizeof(zero) - 1), LBCTL_USAGE);
	assert_non_null(strstr(said, "stdin:2: the line has a byte 0"));
	assert_true(kernel.aborted);
}

/* The line, with those that are none counted too. */
static void a_line_that_the_kernel_refuses_is_named(void **state)
{
	char text[4096] = "# first\n\n";
	int i;

	(void)state;
	for (i = 0; i < 150; i++)
		strcat(text, "pool add p\n\n");
	kernel.refuse = 70;
	is_refused(text, LBCTL_FAILED,
		   "lbctl: stdin:141: no, says the kernel");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(many_requests_cost_few_answers,
				       given_kernel),
		cmocka_unit_test_setup(a_batch_of_nothing_is_committed,
				       given_kernel),
		cmocka_unit_test_setup(long_requests_make_no_datagram_too_long,
				       given_kernel),
		cmocka_unit_test_setup(a_refusal_names_its_request,
				       given_kernel),
		cmocka_unit_test_setup(the_first_of_two_is_blamed,
				       given_kernel),
		cmocka_unit_test_setup(a_commit_can_blame_any_request,
				       given_kernel),
		cmocka_unit_test_setup(a_begin_can_be_refused, given_kernel),
		cmocka_unit_test_setup(answers_that_get_lost_are_not_waited_for,
				       given_kernel),
		cmocka_unit_test_setup(lines_become_one_transaction,
				       given_kernel),
		cmocka_unit_test_setup(a_line_that_makes_no_sense_is_named,
				       given_kernel),
		cmocka_unit_test_setup(a_line_too_long_or_of_bytes_is_named,
				       given_kernel),
		cmocka_unit_test_setup(a_line_that_the_kernel_refuses_is_named,
				       given_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
