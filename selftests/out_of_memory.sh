#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without memory: each request to the family is done whole or not at all, whichever
# of its allocations fails; so is the loading of the module. A packet may be lost, a
# flow that lives is not, and when there is memory again new ones are opened.
#
# Which allocations fail is what the kernel's fault injection is told: one at a time of
# one task, all of one slab cache, or all of the kernel's workers.
ALL_TESTS="
	requests_are_done_whole_or_not_at_all
	packets_may_be_lost_and_flows_open_afterwards
	flows_live_on_where_no_new_one_can_be_had
	loading_succeeds_or_leaves_nothing
	flows_of_a_table_that_cannot_grow_are_all_listed
"
KERNEL=debug
ARMS=never
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_beside.sh"
source "$(dirname "$0")/lib_flood.sh"

FUZZ=$SELFTESTS/fuzz/fuzz
FAULTS=/sys/kernel/debug
# Faults in it are asked for when the machine is booted.
CACHE=/sys/kernel/slab/lbvs_flow/failslab
# Requests wait for grace periods again and again.
LBVS_TEST_TIMEOUT=240

setup()
{
	local way

	[ -e "$FAULTS"/failslab ] || skip "no fault injection here"
	need_flood
	topology 2
	serve_all tcp/80 udp/53 bulk/83
	given_beside
	# For what the gateway itself sends to the service.
	ip -n "$gw" route add default via "$CLIENT"
	for way in failslab fail_page_alloc; do
		echo N >"$FAULTS/$way/ignore-gfp-wait"
		echo 0 >"$FAULTS/$way/verbose"
		echo -1 >"$FAULTS/$way/times"
	done
}

before_each()
{
	load_module
	lbctl flush config
}

given_config()
{
	given_pool web
	given_service www tcp "$VIP:80,83" pool web
	given_service dns udp "$VIP:53" pool web
}

# fuzz_fault COMMAND...: what it prints is shown
fuzz_fault()
{
	local log

	log=$(mktemp)
	defer rm "$log"
	"$@" >"$log" 2>&1 || {
		cat "$log"
		fail "expected the faults to come to their end"
	}
	cat "$log"
	note "$(awk '$(NF - 3) == "allocations" { n++; of += $(NF - 2); no += $NF }
		END { print n + 0, "kinds,", of + 0, "allocations failed,", no + 0, "times refused" }' "$log")"
	grep -q 'allocations [1-9]' "$log" || fail "expected allocations to fail"
}

requests_are_done_whole_or_not_at_all()
{
	ip -n "$gw" link add spare type dummy
	defer ip -n "$gw" link del spare
	while_beside_transfers fuzz_fault on gw "$FUZZ" fault
}

packets_may_be_lost_and_flows_open_afterwards()
{
	given_config
	fuzz_fault on gw "$FUZZ" fault packet "$VIP" 53
}

no_flow_can_be_had()
{
	expect_equal 1 "$(cat "$CACHE")" "faults in the cache of flows"
	echo Y >"$FAULTS/failslab/cache-filter"
	echo 100 >"$FAULTS/failslab/probability"
	defer there_is_memory
}

there_is_memory()
{
	echo 0 >"$FAULTS/failslab/probability"
	echo N >"$FAULTS/failslab/cache-filter"
}

has_flows() { [ "$(field service www .flows_active)" = "$1" ]; }

flows_live_on_where_no_new_one_can_be_had()
{
	local before log transfer size=4194304

	given_config
	hold old tcp "$VIP" 80 --count 8
	log=$(mktemp)
	defer rm "$log"
	on c0 "$TRAFFIC" fetch tcp "$VIP" 83 --size "$size" --rate 524288 --timeout 60000 >"$log" &
	transfer=$!
	await 10 has_flows 9
	before=$(stat_of drop-no-memory)
	no_flow_can_be_had
	# Each CPU has some flows in stock.
	ask udp "$VIP" 53 --count 200 --parallel 50 --timeout 500
	expect_at_least 100 "$(error_of timeout)" "clients that got no answer"
	expect_held old ping "8 ok"
	there_is_memory
	expect_at_least 100 $(($(stat_of drop-no-memory) - before)) "drop-no-memory"
	wait "$transfer"
	expect_output " $size" grep share "$log"
	ask udp "$VIP" 53 --count 20
	expect_answers 20
	ask tcp "$VIP" 80 --count 20
	expect_answers 20
}

loading_succeeds_or_leaves_nothing()
{
	rmmod lbvs
	fuzz_fault "$FUZZ" fault load "$LBVS_KO"
	load_module
	given_config
	ask tcp "$VIP" 80 --count 4
	expect_answers 4
}

# mark_workers 0|1: those that come later take after the one that makes them
mark_workers()
{
	local comm

	while read -r comm; do
		echo "$1" >"${comm%comm}make-it-fail" || true
	done < <(grep -lE '^(kworker/|kthreadd$)' /proc/[0-9]*/comm)
}

# Only then; without the filter all of the kernel would have no memory.
workers_fail()
{
	local way

	mark_workers 1
	for way in failslab fail_page_alloc; do
		echo Y >"$FAULTS/$way/task-filter"
		echo 100 >"$FAULTS/$way/probability"
	done
	defer workers_have_memory
}

workers_have_memory()
{
	local way

	for way in failslab fail_page_alloc; do
		echo 0 >"$FAULTS/$way/probability"
		echo N >"$FAULTS/$way/task-filter"
	done
	mark_workers 0
}

# A message for a reader with little room takes less than the fullest bucket has then.
flows_of_a_table_that_cannot_grow_are_all_listed()
{
	local least ports=3501

	need_program python3
	# A table that is still as it was made.
	rmmod lbvs
	load_module
	least=$(buckets)
	workers_fail
	given_void
	flood "$ports" 1024
	expect_equal "$least" "$(buckets)" "the number of buckets"
	expect_equal $((7 * ports)) "$(flows)" "the number of flows"
	expect_equal $((7 * ports)) "$(on gw python3 "$SELFTESTS/list_flows.py")" \
		"the number of different flows in the list"
}

run_tests "$@"
