#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What no service lists is nobody's business: other ports of a virtual address,
# the other protocol on the same port, and reals that are reached directly. The
# virtual address may be routed on to somebody who has it, or nowhere, or be an
# address of the gateway itself.
ALL_TESTS="
	other_ports_of_an_address_of_the_gateway_are_the_gateways
	the_other_protocol_of_an_address_of_the_gateway_is_the_gateways
	other_ports_of_a_routed_address_are_routed_on
	the_other_protocol_of_a_routed_address_is_routed_on
	other_ports_of_an_address_without_a_route_are_unreachable
	an_address_of_the_gateway_answers_echo_requests
	a_real_that_is_reached_directly_answers_in_its_own_name
	a_real_reaches_others_in_its_own_name
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

# Port 80 is listed with TCP, 53 with UDP. On 8080 of the virtual address, if it
# is anybody's, somebody else serves.
setup()
{
	topology 3
	serve r1 tcp/80 udp/53 tcp/53 udp/80
	serve r2 tcp/80 udp/53 tcp/53 udp/80
	serve_vip gw
	serve_vip r3
	on gw sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	in_both_families given_services
}

# A server on the virtual addresses, there, whether it has them by now or not.
serve_vip()
{
	local pid

	pid=$(on "$1" "$TRAFFIC" serve "own-$1" "$VIP,$VIP6" tcp/8080 udp/8080 tcp/53 udp/80)
	defer kill "$pid"
}

given_services()
{
	given_reals "$pool"
	lbctl real del "$pool" r3
	given_service "$pool-tcp" tcp "$(at_vip 80)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 53)" pool "$pool"
}

vip_is_an_address_of()
{
	ip -n "${!1}" address add "$vip" dev lo
	defer ip -n "${!1}" address del "$vip" dev lo
}

vip_is_routed_to_r3()
{
	ip -n "$gw" route add "$vip" via "$(real_at 3)"
	defer ip -n "$gw" route del "$vip"
	vip_is_an_address_of r3
}

# The services answer, whatever else there is.
expect_service()
{
	ask tcp "$vip" 80 --count 10
	expect_servers r1 r2
	ask udp "$vip" 53 --count 10
	expect_servers r1 r2
}

# expect_own NAME tcp|udp PORT: somebody else answers there
expect_own()
{
	ask "$2" "$vip" "$3" --count 10
	expect_servers "$1"
	expect_answers 10
}

# The address is somebody's: 8080 and the other protocol are answered, and a port
# without a server is refused.
expect_other_ports_of()
{
	expect_service
	expect_own "$1" tcp 8080
	expect_own "$1" udp 8080
	ask tcp "$vip" 81 --count 4
	expect_error refused 4
	ask udp "$vip" 81 --count 4
	expect_error port-unreachable 4
}

expect_other_protocol_of()
{
	expect_service
	expect_own "$1" tcp 53
	expect_own "$1" udp 80
}

other_ports_of_an_address_of_the_gateway_are_the_gateways()
{
	vip_is_an_address_of gw
	expect_other_ports_of own-gw
}

the_other_protocol_of_an_address_of_the_gateway_is_the_gateways()
{
	vip_is_an_address_of gw
	expect_other_protocol_of own-gw
}

other_ports_of_a_routed_address_are_routed_on()
{
	vip_is_routed_to_r3
	expect_other_ports_of own-r3
}

the_other_protocol_of_a_routed_address_is_routed_on()
{
	vip_is_routed_to_r3
	expect_other_protocol_of own-r3
}

# As it is without a service: the gateway says so, though not often.
other_ports_of_an_address_without_a_route_are_unreachable()
{
	expect_service
	ask tcp "$vip" 81
	expect_error unreachable 1
	ask udp "$vip" 81
	expect_error unreachable 1
	ask udp "$vip" 80
	expect_error unreachable 1
}

an_address_of_the_gateway_answers_echo_requests()
{
	vip_is_an_address_of gw
	expect_ok on c0 ping -q -c 2 -i 0.2 -W 5 "$vip"
}

a_real_that_is_reached_directly_answers_in_its_own_name()
{
	hold web tcp "$vip" 80 --count 4
	ask tcp "$(real_at 1)" 80 --count 10 --source "$(sources 10)"
	expect_servers r1
	expect_answers 10
	ask udp "$(real_at 2)" 53 --count 10 --source "$(sources 10)"
	expect_servers r2
	expect_answers 10
	expect_held web ping "4 ok"
}

# The real is the client: the address that is seen is its own.
a_real_reaches_others_in_its_own_name()
{
	local c0=$r1

	vip_is_an_address_of gw
	ask tcp "$vip" 8080 --count 4
	expect_servers own-gw
	ask udp "$vip" 8080 --count 4
	expect_servers own-gw
}

over_both_families
run_tests "$@"
