#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real that the operator drains or disables keeps the flows it has and gets no
# new one. A client that comes back from the same port is sent elsewhere with
# its first SYN: it is not made to wait for a second one.
ALL_TESTS="
	a_drained_real_keeps_its_flows_and_gets_no_new_one
	a_disabled_real_keeps_its_flows_and_gets_no_new_one
	a_real_that_is_enabled_again_gets_flows_again
	a_reset_flow_of_a_drained_real_starts_anew_elsewhere_at_once
	a_closed_flow_of_a_drained_real_starts_anew_elsewhere_at_once
	a_reset_flow_starts_anew_at_once
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	topology 2
	serve_all tcp/80 udp/80 bye/81
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	# Long enough for a closed flow to be there still, on a slow machine too.
	given_service "$pool-tcp" tcp "$(at_vip 80,81)" pool "$pool" timeout closed 60s
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool"
}

r1_is_set_to()
{
	lbctl real "$1" "$pool" r1
	defer lbctl real enable "$pool" r1
}

# Half of the flows are on r1.
expect_r1_to_keep_its_flows()
{
	hold web tcp "$vip" 80 --count 6
	expect_share r1 3
	hold dns udp "$vip" 80 --count 6
	expect_share r1 3

	r1_is_set_to "$1"
	expect_held web ping "6 ok"
	expect_held dns ping "6 ok"
	ask tcp "$vip" 80 --count 20
	expect_servers r2
	ask_anew udp "$vip" 80 --count 20
	expect_servers r2
	expect_held web ping "6 ok"
	expect_held dns ping "6 ok"
	expect_held web close "6 ok"
}

a_drained_real_keeps_its_flows_and_gets_no_new_one() { expect_r1_to_keep_its_flows drain; }
a_disabled_real_keeps_its_flows_and_gets_no_new_one() { expect_r1_to_keep_its_flows disable; }

a_real_that_is_enabled_again_gets_flows_again()
{
	local proto

	r1_is_set_to drain
	hold web tcp "$vip" 80 --count 2
	expect_share r2 2
	r1_is_set_to disable
	r1_is_set_to enable
	for proto in tcp udp; do
		ask_anew "$proto" "$vip" 80 --count 20
		expect_share r1 10
		expect_share r2 10
	done
	expect_held web ping "2 ok"
}

# ask_until NAME PORT OPTION...: from a port whose flow is on that real then.
# Half of the ports are as good as any.
ask_until()
{
	local name=$1 sport

	shift
	for sport in 40001 40002 40003 40004; do
		ask "$@" --sport "$sport"
		expect_answers 1
		SPORT=$sport
		[ "$(share_of "$name")" = 0 ] || return 0
	done
	fail "expected a flow on $name"
}

# The first SYN that is lost is sent again after 1000 ms.
ASK_ONCE=(--timeout 900)

a_reset_flow_of_a_drained_real_starts_anew_elsewhere_at_once()
{
	ask_until r1 tcp "$vip" 80 --reset
	r1_is_set_to drain
	expect_counted flow-replaced 1 ask tcp "$vip" 80 --sport "$SPORT" "${ASK_ONCE[@]}"
	expect_servers r2
}

look_says_closed()
{
	[ "$(tell "$1" look)" = "look 0 ok 1 closed" ]
}

# The server is the first to close, so the client's port is free at once.
a_closed_flow_of_a_drained_real_starts_anew_elsewhere_at_once()
{
	lbctl real drain "$pool" r2
	defer lbctl real enable "$pool" r2
	hold web tcp "$vip" 81 --sport 40010
	expect_servers r1
	await 10 look_says_closed web
	expect_held web close "1 ok"
	await 10 flow_is closed 40010

	lbctl real enable "$pool" r2
	r1_is_set_to drain
	ask tcp "$vip" 81 --sport 40010 "${ASK_ONCE[@]}"
	expect_servers r2
}

# flow_is STATE SPORT
flow_is()
{
	local state

	state=$(lbctl -j flow show service "$pool-tcp" |
		jq -r --arg port "$2" '.[] | select(.client_port == ($port | tonumber)) | .state')
	echo "$state"
	[ "$state" = "$1" ]
}

a_reset_flow_starts_anew_at_once()
{
	local n

	ask tcp "$vip" 80 --sport 40020 --reset
	expect_answers 1
	for n in 1 2 3 4; do
		expect_counted flow-replaced 1 \
			ask tcp "$vip" 80 --sport 40020 --reset "${ASK_ONCE[@]}"
		expect_answers 1
	done
}

over_both_families
run_tests "$@"
