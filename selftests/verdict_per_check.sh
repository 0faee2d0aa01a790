#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A verdict on a check takes a real out of the services that require the check,
# and out of no other; a verdict on the whole real takes it out of all. No
# verdict counts as up. Flows that live go on in any case.
#
#   port 80 tcp requires owa      port 82 tcp requires owa and mapi
#   port 81 udp requires mapi     port 83 udp requires nothing
ALL_TESTS="
	a_check_that_is_down_empties_the_services_that_require_it_and_no_other
	a_check_that_is_up_again_brings_the_real_back
	a_whole_real_that_is_down_leaves_all_services
	a_whole_real_that_is_up_does_not_hide_a_check_that_is_down
	a_real_without_a_verdict_counts_as_up
	a_verdict_that_is_forgotten_counts_as_up
	a_service_that_ceases_to_require_a_check_gets_the_real_back
	the_reason_of_a_verdict_is_shown
	the_members_say_why_they_are_not_usable
	established_flows_go_on_when_their_real_goes_down
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	topology 2
	serve_all tcp/80 udp/81 tcp/82 udp/83
	in_both_families given_services
}

given_services()
{
	given_reals "$pool" check owa,mapi
	given_service "$pool-owa" tcp "$(at_vip 80)" pool "$pool" require owa
	given_service "$pool-mapi" udp "$(at_vip 81)" pool "$pool" require mapi
	given_service "$pool-both" tcp "$(at_vip 82)" pool "$pool" require owa,mapi
	given_service "$pool-plain" udp "$(at_vip 83)" pool "$pool"
}

# r1_is [check CHECK] up|down [reason TEXT]
r1_is()
{
	lbctl verdict set "$pool" r1 "$@"
	if [ "$1" = check ]; then
		defer lbctl verdict del "$pool" r1 check "$2"
	else
		defer lbctl verdict del "$pool" r1
	fi
}

# expect_at PORT NAME...: these reals serve it
expect_at()
{
	local port=$1 proto=tcp

	shift
	[ $((port % 2)) = 0 ] || proto=udp
	ask_anew "$proto" "$vip" "$port" --count 6
	expect_servers "$@"
}

expect_both_everywhere()
{
	local port

	for port in 80 81 82 83; do
		expect_at "$port" r1 r2
	done
}

a_check_that_is_down_empties_the_services_that_require_it_and_no_other()
{
	r1_is check mapi down
	expect_at 80 r1 r2
	expect_at 81 r2
	expect_at 82 r2
	expect_at 83 r1 r2
	r1_is check owa down
	expect_at 80 r2
	expect_at 81 r2
	expect_at 82 r2
	expect_at 83 r1 r2
}

a_check_that_is_up_again_brings_the_real_back()
{
	r1_is check owa down
	r1_is check mapi down
	expect_at 80 r2
	r1_is check owa up
	expect_at 80 r1 r2
	expect_at 82 r2
	r1_is check mapi up
	expect_both_everywhere
}

a_whole_real_that_is_down_leaves_all_services()
{
	local port

	r1_is check owa up
	r1_is down
	for port in 80 81 82 83; do
		expect_at "$port" r2
	done
	r1_is up
	expect_both_everywhere
}

a_whole_real_that_is_up_does_not_hide_a_check_that_is_down()
{
	r1_is check owa down
	r1_is up
	expect_at 80 r2
	expect_at 83 r1 r2
	r1_is down
	r1_is check owa up
	expect_at 80 r2
	expect_at 83 r2
}

# states_of REAL: "whole owa mapi"
states_of()
{
	lbctl -j verdict show "$pool" "$1" |
		jq -r 'map({(.check // "whole"): .state}) | add | "\(.whole) \(.owa) \(.mapi)"'
}

a_real_without_a_verdict_counts_as_up()
{
	expect_equal "unknown unknown unknown" "$(states_of r1)" "the verdicts"
	expect_both_everywhere
}

a_verdict_that_is_forgotten_counts_as_up()
{
	r1_is down
	r1_is check owa down
	expect_equal "down down unknown" "$(states_of r1)" "the verdicts"
	lbctl verdict del "$pool" r1
	expect_at 80 r2
	expect_at 83 r1 r2
	lbctl verdict del "$pool" r1 check owa
	expect_equal "unknown unknown unknown" "$(states_of r1)" "the verdicts"
	expect_both_everywhere
}

a_service_that_ceases_to_require_a_check_gets_the_real_back()
{
	r1_is check owa down
	expect_at 80 r2
	lbctl service set "$pool-owa" require none
	defer lbctl service set "$pool-owa" require owa
	expect_at 80 r1 r2
	expect_at 82 r2
	lbctl service set "$pool-owa" require owa
	expect_at 80 r2
}

the_reason_of_a_verdict_is_shown()
{
	r1_is check owa down reason "HTTP 503 Service Unavailable"
	expect_output "HTTP 503 Service Unavailable" lbctl verdict show "$pool" r1
	expect_equal "HTTP 503 Service Unavailable" \
		"$(lbctl -j verdict show "$pool" r1 | jq -r '.[] | select(.check == "owa") | .reason')"
	r1_is check owa up reason "HTTP 200"
	expect_output "HTTP 200" lbctl verdict show "$pool" r1
}

# why SERVICE REAL: state, check and sentence of the member
why()
{
	field service "$pool-$1" \
		".members[] | select(.real == \"$2\") | \"\\(.state) \\(.check // \"-\") \\(.why // \"-\")\""
}

the_members_say_why_they_are_not_usable()
{
	local seen

	r1_is check mapi down reason "no endpoint"
	expect_equal "usable - -" "$(why owa r1)" "the member"
	expect_equal "usable - -" "$(why both r2)" "the member"
	seen=$(why both r1)
	[[ $seen == "check-down mapi "*mapi* ]] || fail "expected to hear of mapi, seen $seen"
	expect_equal 1 "$(field service "$pool-both" .members_usable)" "usable members"
	expect_output "mapi" lbctl service show "$pool-both"
	r1_is down
	seen=$(why owa r1)
	[[ $seen == "down - "?* ]] || fail "expected to hear of the real, seen $seen"
}

established_flows_go_on_when_their_real_goes_down()
{
	hold web tcp "$vip" 80 --count 6
	expect_share r1 3
	hold call udp "$vip" 81 --count 6
	expect_share r1 3
	r1_is check owa down
	r1_is check mapi down
	expect_held web ping "6 ok"
	expect_held call ping "6 ok"
	r1_is down
	expect_held web ping "6 ok"
	expect_held call ping "6 ok"
	r1_is up
	expect_held web close "6 ok"
}

over_both_families
run_tests "$@"
