#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The flow table grows while it is used and shrinks when it is empty again. No
# flow is lost on the way, and none is missed by a list of them.
ALL_TESTS="
	an_eighth_of_the_memory_may_be_flows
	a_table_grows_under_its_flows
	lists_taken_while_it_grows_miss_no_flow
	a_table_that_is_empty_again_shrinks
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_flood.sh"

HELD=60

setup()
{
	need_flood
	topology 2
	serve_all tcp/80
	given_pool web
	given_service www tcp "$VIP:80" pool web
	given_void
	LEAST=1024
	await 20 grew
	LEAST=$(buckets)
}

before_each()
{
	lbctl flush flows >/dev/null
	await 20 is_back
}

grew() { [ "$(buckets)" -gt "$LEAST" ]; }
is_back() { [ "$(buckets)" = "$LEAST" ]; }

# The table holds five flows for four buckets. So many ports leave it room for a
# few hundred, ...
ports_below()
{
	local n=$((LEAST * 5 / 4 / 7 - 50))

	echo $((n % 7 ? n : n - 1))
}

# ... and with so many more it grows.
PORTS_MORE=400

an_eighth_of_the_memory_may_be_flows()
{
	local json memory

	json=$(lbctl -j stats)
	memory=$(awk '$1 == "MemTotal:" { print $2 * 1024 }' /proc/meminfo)
	expect_equal $((memory / 8 / $(json_value flow_bytes "$json"))) \
		"$(json_value flows_max "$json")" "the number of flows that may be"
}

a_table_grows_under_its_flows()
{
	local n

	n=$((7 * ($(ports_below) + PORTS_MORE)))
	hold web tcp "$VIP" 80 --count "$HELD"
	flood "$(ports_below)" 1024
	expect_equal "$LEAST" "$(buckets)" "the number of buckets"
	flood "$PORTS_MORE" $((1024 + $(ports_below)))
	await 20 grew
	expect_equal $((n + HELD)) "$(flows)" "the number of flows"
	expect_equal $((n + HELD)) "$(flows_listed)" "the number of different flows in the list"
	expect_held web ping "$HELD ok"
	expect_output "{\"flows_ended\":$n}" lbctl -j flow del service flood
	expect_equal "$HELD" "$(flows)" "the number of flows"
	expect_held web ping "$HELD ok"
}

lists_taken_while_it_grows_miss_no_flow()
{
	local flood

	hold web tcp "$VIP" 80 --count "$HELD"
	flood "$(ports_below)" 1024
	flood "$PORTS_MORE" $((1024 + $(ports_below))) &
	flood=$!
	while kill -0 "$flood" 2>/dev/null || ! grew; do
		expect_equal "$HELD" "$(flows_listed service www)" "the number of flows in the list"
	done
	wait "$flood"
	expect_equal $((7 * ($(ports_below) + PORTS_MORE) + HELD)) "$(flows)" "the number of flows"
}

a_table_that_is_empty_again_shrinks()
{
	flood "$(($(ports_below) + PORTS_MORE))" 1024
	await 20 grew
	lbctl flush flows >/dev/null
	await 20 is_back
}

run_tests "$@"
