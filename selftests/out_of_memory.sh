#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without memory: each request to the family is done whole or not at all, whichever
# of its allocations fails; so is the loading of the module. A packet may be lost, a
# flow that lives is not, and when there is memory again new ones are opened.
#
# Which allocations fail is what the kernel's fault injection is told: one at a time of
# one task, or all of one slab cache.
ALL_TESTS="
	requests_are_done_whole_or_not_at_all
	packets_may_be_lost_and_flows_open_afterwards
	flows_live_on_where_no_new_one_can_be_had
	loading_succeeds_or_leaves_nothing
"
KERNEL=debug
ARMS=never
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_beside.sh"

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

run_tests "$@"
