// SPDX-License-Identifier: GPL-2.0-or-later
/* Which flow makes room for another. */
#include "unit.h"

#include "algo/evict.c"
#include "algo/tcp_reset.h"

static const u32 half_open[] = {
	LBVS_TCP_STATE_SYN,
	LBVS_TCP_STATE_BYPASSED,
	LBVS_TCP_STATE_SYN_ACK,
};

static const u32 was_reset[] = {
	LBVS_TCP_STATE_RST_CLIENT,
	LBVS_TCP_STATE_RST_REAL,
};

#define FOR_EACH(i, array)                                                     \
	for (i = 0; i < sizeof(array) / sizeof((array)[0]); i++)

static void what_lives_never_goes(void **state)
{
	static const u32 alive[] = {
		0, /* UDP */
		LBVS_TCP_STATE_ESTABLISHED,
		LBVS_TCP_STATE_FIN_CLIENT,
		LBVS_TCP_STATE_FIN_REAL,
	};
	size_t i;

	(void)state;
	FOR_EACH(i, alive)
	{
		assert_int_equal(lbvs_evict_rank(alive[i], 0),
				 LBVS_EVICT_NEVER);
		assert_int_equal(lbvs_evict_rank(alive[i], 1u << 30),
				 LBVS_EVICT_NEVER);
	}
}

static void what_is_being_reset_never_goes(void **state)
{
	u32 low;

	(void)state;
	for (low = 0; low < 1u << 16; low++)
		assert_int_equal(lbvs_evict_rank(LBVS_TCP_RESETTING | low,
						 1000),
				 LBVS_EVICT_NEVER);
}

static void what_is_half_open_may_go_at_once(void **state)
{
	size_t i;

	(void)state;
	FOR_EACH(i, half_open)
	assert_int_not_equal(lbvs_evict_rank(half_open[i], 0),
			     LBVS_EVICT_NEVER);
}

static void who_was_silent_for_longer_goes_first(void **state)
{
	size_t i, j;

	(void)state;
	FOR_EACH(i, half_open)
	{
		FOR_EACH(j, half_open)
		assert_true(lbvs_evict_rank(half_open[i], 8) >
			    lbvs_evict_rank(half_open[j], 7));
		FOR_EACH(j, was_reset)
		{
			assert_true(lbvs_evict_rank(half_open[i], 8) >
				    lbvs_evict_rank(was_reset[j], 7));
			assert_true(lbvs_evict_rank(was_reset[j], 8) >
				    lbvs_evict_rank(half_open[i], 7));
		}
	}
	assert_true(lbvs_evict_rank(LBVS_TCP_STATE_CLOSED, 8) >
		    lbvs_evict_rank(LBVS_TCP_STATE_CLOSED, 7));
}

static void what_is_closed_goes_before_all_others(void **state)
{
	size_t i;

	(void)state;
	FOR_EACH(i, half_open)
	assert_true(lbvs_evict_rank(LBVS_TCP_STATE_CLOSED, 0) >
		    lbvs_evict_rank(half_open[i], INT32_MAX));
	FOR_EACH(i, was_reset)
	assert_true(lbvs_evict_rank(LBVS_TCP_STATE_CLOSED, 0) >
		    lbvs_evict_rank(was_reset[i], INT32_MAX));
}

/* Its last packet came on a CPU whose clock is ahead. */
static void the_near_future_is_no_silence(void **state)
{
	(void)state;
	assert_int_equal(lbvs_evict_rank(LBVS_TCP_STATE_SYN, -1u),
			 lbvs_evict_rank(LBVS_TCP_STATE_SYN, 0));
	assert_int_equal(lbvs_evict_rank(LBVS_TCP_STATE_CLOSED, -1u),
			 lbvs_evict_rank(LBVS_TCP_STATE_CLOSED, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lives_never_goes),
		cmocka_unit_test(what_is_being_reset_never_goes),
		cmocka_unit_test(what_is_half_open_may_go_at_once),
		cmocka_unit_test(who_was_silent_for_longer_goes_first),
		cmocka_unit_test(what_is_closed_goes_before_all_others),
		cmocka_unit_test(the_near_future_is_no_silence),
	};

	return cmocka_run_group_tests_name("evict", tests, NULL, NULL);
}
