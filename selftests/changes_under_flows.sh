#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The network around a gateway changes while flows live: neighbours get other
# addresses of the link layer, or go away; routes and devices come and go. Flows
# follow, or stop as a router's would, and nothing is left behind.
#
#   c0 eth1 198.19.32.2 ---- out1 198.19.32.1 gw in1 198.19.31.1 ---- 198.19.31.2 eth1 r1
#
# is what there is beside the usual, without traffic at first; as 2001:db8:32::
# and 2001:db8:31:: too. All reals are r1 here.
ALL_TESTS="
	a_real_gets_another_address_of_the_link_layer
	a_change_of_the_link_layer_is_found_out_about
	neighbours_are_forgotten_all_the_time
	a_real_that_is_unplugged_is_told_to_clients
	a_route_that_is_closed_stops_flows_until_it_opens
	flows_move_to_other_devices_and_back
	a_device_goes_down_and_comes_back
	an_arm_is_renamed_under_its_flows
	an_arm_visits_another_namespace
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	topology 1
	serve_all tcp/80 bulk/81 udp/53
	in_both_families given_services
	on gw sysctl -qw net.ipv6.conf.all.keep_addr_on_down=1 net.ipv4.icmp_ratemask=0 \
		net.ipv6.icmp.ratelimit=0
	link c0 eth1 gw out1
	link gw in1 r1 eth1
	address c0 eth1 198.19.32.2/24 2001:db8:32::2/64
	address gw out1 198.19.32.1/24 2001:db8:32::1/64
	address gw in1 198.19.31.1/24 2001:db8:31::1/64
	address r1 eth1 198.19.31.2/24 2001:db8:31::2/64
	given_arms out1 in1
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,81)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 53)" pool "$pool"
}

# Two connections and two conversations in each family.
hold_both()
{
	hold "$pool-tcp" tcp "$vip" 80 --count 2 --timeout 30000
	hold "$pool-udp" udp "$vip" 53 --count 2
}

connections_answer() { expect_held "$pool-tcp" ping "2 ok"; }

both_answer()
{
	connections_answer
	expect_held "$pool-udp" ping "2 ok"
}

given_flows() { in_both_families hold_both; }
flows_live() { expect_fast_path in_both_families both_answer; }

forget_neighbours()
{
	ip -n "$gw" neigh flush dev in0
	ip -n "$gw" neigh flush dev out0
}

mac_of() { ip -n "${!1}" -j link show "$2" | jq -r '.[0].address'; }

# r1_changes_mac NEW: and gets its own back at the end
r1_changes_mac()
{
	defer ip -n "$gw" neigh flush dev in0
	defer ip -n "$r1" link set eth0 address "$(mac_of r1 eth0)"
	ip -n "$r1" link set eth0 address "$1"
}

a_real_gets_another_address_of_the_link_layer()
{
	given_flows
	flows_live
	r1_changes_mac 02:00:00:00:00:77
	forget_neighbours
	flows_live
	expect_output 02:00:00:00:00:77 ip -n "$gw" neigh show "$(real_address 1)"
}

# By nobody but the gateway, which doubts what it knows after a while.
a_change_of_the_link_layer_is_found_out_about()
{
	local family

	for family in ipv4 ipv6; do
		on gw sysctl -qw "net.$family.neigh.in0.base_reachable_time_ms=1000" \
			"net.$family.neigh.in0.delay_first_probe_time=1"
		defer on gw sysctl -qw "net.$family.neigh.in0.base_reachable_time_ms=30000" \
			"net.$family.neigh.in0.delay_first_probe_time=5"
	done
	forget_neighbours
	given_flows
	r1_changes_mac 02:00:00:00:00:78
	in_both_families connections_answer
	flows_live
}

flush_and_flush()
{
	while :; do
		forget_neighbours
		sleep 0.1
	done
}

transfer()
{
	on c0 "$TRAFFIC" fetch tcp "$vip" 81 --size 3000000 --rate 1500000
	on c0 "$TRAFFIC" fetch tcp "$vip" 80 --size 1000000 --upload
}

neighbours_are_forgotten_all_the_time()
{
	given_flows
	flush_and_flush &
	defer kill $!
	expect_fast_path in_both_families transfer
	flows_live
}

conversations_hear_of_it() { expect_held "$pool-udp" ping "0 ok 2 unreachable"; }

# Its cable, at the switch.
a_real_that_is_unplugged_is_told_to_clients()
{
	given_flows
	flows_live
	ip -n "$sw" link set r1 nomaster
	defer forget_neighbours
	defer ip -n "$sw" link set r1 master br0
	forget_neighbours
	in_both_families conversations_hear_of_it
	ip -n "$sw" link set r1 master br0
	forget_neighbours
	await_reals
	in_both_families connections_answer
	given_flows
	flows_live
}

close_route()
{
	ip -n "$gw" route add unreachable "$(real_at 1)"
	defer ip -n "$gw" route del unreachable "$(real_at 1)"
}

open_route() { ip -n "$gw" route del unreachable "$(real_at 1)"; }

a_route_that_is_closed_stops_flows_until_it_opens()
{
	given_flows
	flows_live
	in_both_families close_route
	in_both_families conversations_hear_of_it
	in_both_families open_route
	in_both_families connections_answer
	given_flows
	flows_live
}

move_away()
{
	ip -n "$c0" -batch - <<-END
		route replace default via 198.19.32.1
		route replace default via 2001:db8:32::1
	END
	ip -n "$r1" -batch - <<-END
		route replace default via 198.19.31.1
		route replace default via 2001:db8:31::1
	END
	ip -n "$gw" -batch - <<-END
		route add $CLIENT via 198.19.32.2
		route add $CLIENT6 via 2001:db8:32::2
		route add $(real_address 1) via 198.19.31.2
		route add $(real_address6 1) via 2001:db8:31::2
	END
}

move_back()
{
	ip -n "$c0" -batch - <<-END
		route replace default via $OUT
		route replace default via $OUT6
	END
	ip -n "$r1" -batch - <<-END
		route replace default via $IN
		route replace default via $IN6
	END
	ip -n "$gw" -batch - <<-END
		route del $CLIENT via 198.19.32.2
		route del $CLIENT6 via 2001:db8:32::2
		route del $(real_address 1) via 198.19.31.2
		route del $(real_address6 1) via 2001:db8:31::2
	END
}

# expect_way DEVICE DEVICE: flows live there, and not at the other two
expect_way()
{
	local before after

	before="$(received gw "$3") $(received gw "$4")"
	flows_live
	after="$(received gw "$1") $(received gw "$2")"
	flows_live
	[ "$(received gw "$1")" -ge $((${after% *} + 8)) ] || fail "expected requests to come in by $1"
	[ "$(received gw "$2")" -ge $((${after#* } + 8)) ] || fail "expected answers to come in by $2"
	echo "at the others $before before, $(received gw "$3") $(received gw "$4") after"
	expect_within 6 "${before% *}" "$(received gw "$3")" "the packets that came in by $3"
	expect_within 6 "${before#* }" "$(received gw "$4")" "the packets that came in by $4"
}

flows_move_to_other_devices_and_back()
{
	given_flows
	expect_way out0 in0 out1 in1
	defer move_back
	move_away
	expect_way out1 in1 out0 in0
	move_back
	expect_way out0 in0 out1 in1
}

a_device_goes_down_and_comes_back()
{
	local device

	given_flows
	flows_live
	for device in in0 out0; do
		ip -n "$gw" link set "$device" down
		ip -n "$gw" link set "$device" up
	done
	restore_routes
	flows_live
}

# What a device takes along when it goes down.
restore_routes()
{
	ip -n "$gw" route replace "$CROWD/16" via "$CLIENT"
	ip -n "$gw" route replace "$CROWD6/64" via "$CLIENT6"
	await_reals
}

# rename OLD NEW
rename()
{
	ip -n "$gw" link set "$1" down
	ip -n "$gw" link set "$1" name "$2"
	ip -n "$gw" link set "$2" up
	restore_routes
}

an_arm_is_renamed_under_its_flows()
{
	given_flows
	flows_live
	rename in0 inner
	defer rename inner in0
	flows_live
}

bring_home()
{
	ip -n "$elsewhere" link set in0 netns "$gw"
	ip -n "$gw" link set in0 up
	inside in0
	await_reals
	given_arms in0
}

arms() { lbctl -j arm show | jq length; }

an_arm_visits_another_namespace()
{
	local arms

	setup_ns elsewhere
	given_flows
	flows_live
	arms=$(arms)
	# It would wait for ever for a reference that a flow keeps.
	expect_ok timeout 20 ip -n "$gw" link set in0 netns "$elsewhere"
	! with_arms || expect_equal $((arms - 1)) "$(arms)" "the number of arms"
	in_both_families conversations_hear_of_it
	bring_home
	in_both_families connections_answer
	given_flows
	flows_live
}

run_tests "$@"
