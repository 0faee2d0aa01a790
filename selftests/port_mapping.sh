#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A service with a single port may name another port of its reals with "to".
# Each port of the real has a server of its own here: r1 at 80, p8080 at 8080,
# p8081 at 8081.
ALL_TESTS="
	requests_go_to_the_port_that_the_service_names
	two_services_may_name_the_same_port
	new_flows_follow_a_change_of_the_port_and_old_ones_stay
	without_a_port_flows_go_to_the_port_that_the_client_used
	flows_show_both_ports
	a_port_is_refused_for_a_service_with_several_ports
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	topology 1
	serve r1 tcp/80 udp/80
	serve_at 8080
	serve_at 8081
	in_both_families given_services
}

# A server that bears the name of its port.
serve_at()
{
	local pid

	pid=$(on r1 "$TRAFFIC" serve "p$1" "$(real_address 1),$(real_address6 1)" "tcp/$1" "udp/$1")
	defer kill "$pid"
}

given_services()
{
	local proto

	given_reals "$pool"
	for proto in tcp udp; do
		given_service "$pool-$proto" "$proto" "$(at_vip 80)" pool "$pool" to 8080
	done
}

# map PROTO PORT|none: for the rest of the test
map()
{
	lbctl service set "$pool-$1" to "$2"
	defer lbctl service set "$pool-$1" to 8080
}

requests_go_to_the_port_that_the_service_names()
{
	local proto

	for proto in tcp udp; do
		ask "$proto" "$vip" 80 --count 20 --source "$(sources 20)" --size 100
		expect_answers 20
		expect_servers p8080
	done
}

two_services_may_name_the_same_port()
{
	local proto

	for proto in tcp udp; do
		given_service "$pool-$proto-too" "$proto" "$(at_vip 81)" pool "$pool" to 8080
		ask "$proto" "$vip" 80-81 --count 20
		expect_answers 20
		expect_servers p8080
	done
}

new_flows_follow_a_change_of_the_port_and_old_ones_stay()
{
	local proto

	for proto in tcp udp; do
		hold "$proto" "$proto" "$vip" 80 --count 4
		expect_servers p8080
		map "$proto" 8081
		ask_anew "$proto" "$vip" 80 --count 10
		expect_servers p8081
		expect_held "$proto" ping "4 ok"
	done
}

without_a_port_flows_go_to_the_port_that_the_client_used()
{
	local proto

	for proto in tcp udp; do
		hold "$proto" "$proto" "$vip" 80 --count 4
		map "$proto" none
		expect_equal null "$(field service "$pool-$proto" .to_port)" "the port"
		ask_anew "$proto" "$vip" 80 --count 10
		expect_servers r1
		expect_held "$proto" ping "4 ok"
	done
}

flows_show_both_ports()
{
	ask udp "$vip" 80 --sport 40000
	expect_equal "40000 80 8080" "$(lbctl -j flow show client "$client" |
		jq -r '.[] | "\(.client_port) \(.virtual_port) \(.real_port)"')" "the ports of the flow"
}

a_port_is_refused_for_a_service_with_several_ports()
{
	local proto

	for proto in tcp udp; do
		expect_refusal "port" lbctl service add "$pool-$proto-many" "$proto" \
			"$(at_vip 90,91)" pool "$pool" to 8080
		expect_refusal "port" lbctl service set "$pool-$proto" port 80,81
		given_service "$pool-$proto-many" "$proto" "$(at_vip 90,91)" pool "$pool"
		expect_refusal "port" lbctl service set "$pool-$proto-many" to 8080
		expect_equal null "$(field service "$pool-$proto-many" .to_port)" "the port"
	done
	requests_go_to_the_port_that_the_service_names
}

over_both_families
run_tests "$@"
