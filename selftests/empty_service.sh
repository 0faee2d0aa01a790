#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a service does when no member is usable. With "when-empty open" it takes
# all that the operator has not taken out, as if nothing were down: a prober
# that is wrong about all of them at once breaks nothing. With "reject" it
# refuses at once, in its own name. Flows that live go on in any case.
#
# r1 and r2 are enabled; r3 is disabled, r4 has weight 0.
#
#   port 80 open      port 81 reject
ALL_TESTS="
	an_open_service_takes_all_that_are_enabled_when_all_are_down
	a_rejecting_service_refuses_at_once_when_all_are_down
	a_service_is_ready_as_soon_as_one_real_is_up
	a_pool_without_a_real_refuses
	an_open_service_refuses_when_all_reals_are_disabled
	a_service_that_is_set_to_reject_while_it_is_empty_does
	established_flows_go_on_in_an_empty_service
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	topology 4
	serve_all tcp/80 tcp/81 udp/80 udp/81
	# As many errors as there are reasons for them.
	on gw sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	in_both_families given_services
}

given_services()
{
	given_reals "$pool" check alive
	lbctl real disable "$pool" r3
	lbctl real set "$pool" r4 weight 0
	given_service "$pool-open-tcp" tcp "$(at_vip 80)" pool "$pool" require alive
	given_service "$pool-open-udp" udp "$(at_vip 80)" pool "$pool" require alive
	given_service "$pool-reject-tcp" tcp "$(at_vip 81)" pool "$pool" require alive \
		when-empty reject
	given_service "$pool-reject-udp" udp "$(at_vip 81)" pool "$pool" require alive \
		when-empty reject
}

all_are_down()
{
	local n

	for n in 1 2 3 4; do
		lbctl verdict set "$pool" "r$n" check alive down
		defer lbctl verdict del "$pool" "r$n" check alive
	done
}

expect_state() { expect_equal "$2" "$(field service "$pool-$1" .state)" "the state of $1"; }

# A connected socket takes a reset or an ICMP error only if it is about what it
# sent, so the service has spoken. The first SYN that is lost is sent again
# after 1000 ms, so it has spoken at once.
expect_refusal_at()
{
	expect_counted rejected-empty 8 ask tcp "$vip" "$1" --count 8 --timeout 900
	expect_error refused 8
	expect_counted rejected-empty 8 ask udp "$vip" "$1" --count 8 --timeout 900
	expect_error port-unreachable 8
}

an_open_service_takes_all_that_are_enabled_when_all_are_down()
{
	local proto

	all_are_down
	for proto in tcp udp; do
		expect_state open-"$proto" open
		expect_counted opened-empty 20 ask_anew "$proto" "$vip" 80 --count 20
		expect_answers 20
		expect_share r1 10
		expect_share r2 10
	done
	expect_equal 0 "$(field service "$pool-open-tcp" .members_usable)" "usable members"
	expect_output "open" lbctl service show "$pool-open-tcp"
}

a_rejecting_service_refuses_at_once_when_all_are_down()
{
	all_are_down
	expect_state reject-tcp empty
	expect_state reject-udp empty
	expect_refusal_at 81
}

a_service_is_ready_as_soon_as_one_real_is_up()
{
	local port proto

	all_are_down
	lbctl verdict set "$pool" r2 check alive up
	for proto in tcp udp; do
		expect_state open-"$proto" ready
		expect_state reject-"$proto" ready
		for port in 80 81; do
			expect_counted opened-empty 0 ask_anew "$proto" "$vip" "$port" --count 4
			expect_answers 4
			expect_share r2 4
		done
	done
}

a_pool_without_a_real_refuses()
{
	lbctl pool add "$pool-bare"
	defer lbctl pool del "$pool-bare"
	given_service "$pool-bare-tcp" tcp "$(at_vip 90)" pool "$pool-bare"
	given_service "$pool-bare-udp" udp "$(at_vip 90)" pool "$pool-bare"
	expect_state bare-tcp empty
	expect_refusal_at 90
	lbctl service set "$pool-bare-tcp" when-empty reject
	lbctl service set "$pool-bare-udp" when-empty reject
	expect_refusal_at 90
}

an_open_service_refuses_when_all_reals_are_disabled()
{
	lbctl real disable "$pool" r1
	defer lbctl real enable "$pool" r1
	lbctl real drain "$pool" r2
	defer lbctl real enable "$pool" r2
	expect_state open-tcp empty
	expect_refusal_at 80
	lbctl real enable "$pool" r2
	expect_state open-tcp ready
	ask tcp "$vip" 80 --count 4
	expect_servers r2
}

a_service_that_is_set_to_reject_while_it_is_empty_does()
{
	local proto

	all_are_down
	for proto in tcp udp; do
		lbctl service set "$pool-open-$proto" when-empty reject
		defer lbctl service set "$pool-open-$proto" when-empty open
	done
	expect_state open-tcp empty
	expect_refusal_at 80
	for proto in tcp udp; do
		lbctl service set "$pool-open-$proto" when-empty open
		ask_anew "$proto" "$vip" 80 --count 4
		expect_servers r1 r2
	done
}

established_flows_go_on_in_an_empty_service()
{
	local port

	for port in 80 81; do
		hold "tcp$port" tcp "$vip" "$port" --count 4
		expect_servers r1 r2
		hold "udp$port" udp "$vip" "$port" --count 4
		expect_servers r1 r2
	done
	all_are_down
	for port in 80 81; do
		expect_held "tcp$port" ping "4 ok"
		expect_held "udp$port" ping "4 ok"
	done
	lbctl real disable "$pool" r1
	defer lbctl real enable "$pool" r1
	lbctl real disable "$pool" r2
	defer lbctl real enable "$pool" r2
	for port in 80 81; do
		expect_held "tcp$port" ping "4 ok"
		expect_held "udp$port" ping "4 ok"
		expect_held "tcp$port" close "4 ok"
	done
}

over_both_families
run_tests "$@"
