#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A client on the gateway itself reaches the services as any other does, whether
# the virtual address is one of the gateway's own, and then also the client's, or
# is somewhere that the gateway has a route to.
ALL_TESTS="
	a_local_client_reaches_a_routed_address
	a_local_client_reaches_an_address_of_the_gateway
	a_local_client_keeps_its_connections
	a_local_client_gets_a_big_transfer_whole
	a_local_client_is_refused_by_an_empty_service
	a_local_client_hears_of_a_real_without_a_listener
"
ARMS=slow
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	topology 2
	serve_all tcp/80 udp/80 bulk/81
	ip -n "$gw" route add default via "$CLIENT"
	ip -n "$gw" route add default via "$CLIENT6"
	on gw sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,81,82)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 80,82)" pool "$pool"
}

# The words for traffic are about c0.
before_each()
{
	lbctl flush flows >/dev/null
	c0=$gw
}

vip_is_local()
{
	ip -n "$gw" address add "$vip" dev lo
	defer ip -n "$gw" address del "$vip" dev lo
}

expect_service()
{
	local proto

	for proto in tcp udp; do
		ask_anew "$proto" "$vip" 80 --count 20 --size 100
		expect_answers 20
		expect_share r1 10
		expect_share r2 10
	done
	ask udp "$vip" 80 --count 4 --size 8000
	expect_answers 4
}

a_local_client_reaches_a_routed_address() { expect_service; }

a_local_client_reaches_an_address_of_the_gateway()
{
	vip_is_local
	expect_service
}

a_local_client_keeps_its_connections()
{
	hold web tcp "$vip" 80 --count 4
	hold dns udp "$vip" 80 --count 4
	lbctl real drain "$pool" r1
	defer lbctl real enable "$pool" r1
	expect_held web ping "4 ok"
	expect_held dns ping "4 ok"
	expect_held web close "4 ok"
}

a_local_client_gets_a_big_transfer_whole()
{
	on gw "$TRAFFIC" fetch tcp "$vip" 81 --size 3000000
	on gw "$TRAFFIC" fetch tcp "$vip" 80 --size 1000000 --upload
	vip_is_local
	on gw "$TRAFFIC" fetch tcp "$vip" 81 --size 3000000
	on gw "$TRAFFIC" fetch tcp "$vip" 80 --size 1000000 --upload
}

expect_refusals_at()
{
	ask tcp "$vip" "$1" --count 4 --timeout 900
	expect_error refused 4
	ask udp "$vip" "$1" --count 4 --timeout 900
	expect_error port-unreachable 4
}

a_local_client_is_refused_by_an_empty_service()
{
	local n

	for n in 1 2; do
		lbctl real disable "$pool" "r$n"
		defer lbctl real enable "$pool" "r$n"
	done
	expect_refusals_at 80
	vip_is_local
	expect_refusals_at 80
}

a_local_client_hears_of_a_real_without_a_listener()
{
	expect_refusals_at 82
	vip_is_local
	expect_refusals_at 82
}

over_both_families
run_tests "$@"
