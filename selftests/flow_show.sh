#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Flows can be listed and ended, all of them or those that match filters; and
# all of the configuration can be removed at once.
ALL_TESTS="
	a_flow_is_shown_with_all_that_it_is
	a_flow_is_shown_with_all_that_it_is_over_ipv6
	filters_choose_flows
	filters_together_choose_what_matches_all
	a_filter_that_nothing_matches_shows_nothing
	flows_that_match_are_ended
	a_flow_of_a_client_can_be_ended_by_its_port
	a_connection_that_was_ended_is_reset
	a_conversation_that_was_ended_begins_anew
	all_flows_can_be_ended
	a_thousand_flows_are_all_shown_and_all_ended
	flows_of_a_port_that_was_taken_away_are_ended
	flush_config_leaves_nothing
	flush_config_of_nothing_changes_nothing
"
source "$(dirname "$0")/lib.sh"

setup()
{
	topology 2
	serve_all tcp/80-81 udp/53
}

before_each()
{
	given_pool web
	given_pool mail
	lbctl real del mail r1
	given_pool6 web6
	given_service www tcp "$VIP:80,81" pool web
	given_service dns udp "$VIP:53" pool web
	given_service smtp tcp 198.51.100.2:80 pool mail
	given_service www6 tcp "[$VIP6]:80" pool web6
}

# 2 + 3 + 4 + 1 flows of which two are of one client. The port of the first is
# another for each test: a client may keep the last one's to itself for a while.
given_flows()
{
	WWW_PORT=$((42000 + NUMBER))
	hold www tcp "$VIP" 80 --count 2 --source 198.18.0.1-198.18.0.2 --sport "$WWW_PORT"
	hold dns udp "$VIP" 53 --count 3 --source 198.18.0.2-198.18.0.4 --sport 43000
	hold smtp tcp 198.51.100.2 80 --count 4 --source 198.18.0.5-198.18.0.8
	hold www6 tcp "$VIP6" 80 --source 2001:db8:18::1
}

# count_flows [FILTER]...
count_flows() { lbctl -j flow show "$@" | grep -c '"client_port"' || true; }

# expect_flows N [FILTER]...
expect_flows() { expect_equal "$1" "$(count_flows "${@:2}")" "flows shown with \"${*:2}\""; }

# expect_ended N COMMAND...
expect_ended() { expect_equal "{\"flows_ended\":$1}" "$(lbctl -j "${@:2}")" "the answer"; }

# expect_value VALUE KEY: in $SHOWN
expect_value() { expect_equal "$1" "$(json_value "$2" "$SHOWN")" "$2"; }

a_flow_is_shown_with_all_that_it_is()
{
	lbctl real disable web r1
	lbctl service set www port 80 to 81
	hold www tcp "$VIP" 80 --source 198.18.0.9 --sport 42009
	expect_flows 1
	SHOWN=$(lbctl -j flow show)
	expect_value tcp proto
	expect_value 198.18.0.9 client_address
	expect_value 42009 client_port
	expect_value "$VIP" virtual_address
	expect_value 80 virtual_port
	expect_value "$(real_address 2)" real_address
	expect_value 81 real_port
	expect_value www service
	expect_value web pool
	expect_value r2 real
	expect_value established state
	expect_at_least 2000000 "$(json_value expires_ms "$SHOWN")" "the time left"
	expect_output 198.18.0.9:42009 lbctl flow show
	expect_output "$VIP:80" lbctl flow show
}

a_flow_is_shown_with_all_that_it_is_over_ipv6()
{
	lbctl real disable web6 r1
	hold www tcp "$VIP6" 80 --source 2001:db8:18::9 --sport 42009
	expect_flows 1
	SHOWN=$(lbctl -j flow show)
	expect_value 2001:db8:18::9 client_address
	expect_value 42009 client_port
	expect_value "$VIP6" virtual_address
	expect_value "$(real_address6 2)" real_address
	expect_value 80 real_port
	expect_value www6 service
	expect_output "[2001:db8:18::9]:42009" lbctl flow show
}

filters_choose_flows()
{
	given_flows
	expect_flows 10
	expect_flows 2 service www
	expect_flows 3 service dns
	expect_flows 5 pool web
	expect_flows 4 pool mail
	expect_flows 1 pool web6
	expect_flows 3 proto udp
	expect_flows 7 proto tcp
	expect_flows 2 client 198.18.0.2
	expect_flows 1 client "198.18.0.2:$WWW_PORT"
	expect_flows 1 client 2001:db8:18::1
	expect_equal 10 $(($(count_flows real r1) + $(count_flows real r2))) "flows of both reals"
	expect_equal 10 "$(json_value flows_active "$(lbctl -j stats)")" "active flows in the stats"
}

filters_together_choose_what_matches_all()
{
	given_flows
	expect_flows 1 client 198.18.0.2 proto udp
	expect_flows 2 pool web proto tcp
	expect_flows 4 pool mail real r2 service smtp
	expect_flows 0 pool mail real r1
	expect_flows 0 service www proto udp
}

a_filter_that_nothing_matches_shows_nothing()
{
	given_flows
	expect_equal "[]" "$(lbctl -j flow show service none)" "the list"
	expect_equal "[]" "$(lbctl -j flow show client 198.18.0.2:1)" "the list"
	expect_equal "[]" "$(lbctl -j flow show client ::198.18.0.2)" "the list"
	expect_ended 0 flow del real none
	expect_flows 10
}

flows_that_match_are_ended()
{
	given_flows
	expect_ended 4 flow del pool mail
	expect_flows 0 service smtp
	expect_flows 6
	expect_equal 0 "$(field service smtp .flows_active)" "active flows"
	expect_ended 3 flush flows proto udp
	expect_flows 0 service dns
	expect_flows 3
	expect_held www ping "2 ok"
	expect_held www6 ping "1 ok"
}

a_flow_of_a_client_can_be_ended_by_its_port()
{
	given_flows
	expect_ended 1 flow del client 198.18.0.2:43000
	expect_flows 1 client 198.18.0.2
	expect_flows 9
	expect_held www ping "2 ok"
}

a_connection_that_was_ended_is_reset()
{
	given_flows
	expect_ended 2 flow del service www
	expect_counted rejected-no-flow 2 expect_held www ping "0 ok 2 reset"
	expect_flows 0 service www
	expect_held smtp ping "4 ok"
}

a_conversation_that_was_ended_begins_anew()
{
	given_flows
	lbctl real drain web r1
	expect_flows 3 service dns
	expect_ended 3 flow del service dns
	tell dns ping
	expect_flows 3 service dns real r2
}

all_flows_can_be_ended()
{
	given_flows
	expect_ended 10 flush flows
	expect_equal "[]" "$(lbctl -j flow show)" "the list"
	expect_equal 0 "$(json_value flows_active "$(lbctl -j stats)")" "active flows in the stats"
	expect_ended 0 flush flows
	ask tcp "$VIP" 80 --count 4
	expect_answers 4
}

a_thousand_flows_are_all_shown_and_all_ended()
{
	ask udp "$VIP" 53 --count 1000 --source "$(crowd 200)" --sport 20001-20005 --parallel 32
	expect_answers 1000
	expect_flows 1000
	expect_equal 1000 "$(lbctl -j flow show | sed -n 's/.*"client_address":\("[^"]*"\),"client_port":\([0-9]*\).*/\1 \2/p' |
		sort -u | wc -l)" "different flows"
	expect_ended 1000 flow del service dns
	expect_flows 0
}

flows_of_a_port_that_was_taken_away_are_ended()
{
	hold stays tcp "$VIP" 80 --count 3
	hold goes tcp "$VIP" 81 --count 2
	lbctl service set www port 80
	expect_flows 3
	expect_held stays ping "3 ok"
	lbctl service del www
	expect_flows 0
	lbctl service add www tcp "$VIP:80" pool web
	expect_held stays ping "0 ok 3 reset"
}

flush_config_leaves_nothing()
{
	local before

	given_flows
	before=$(json_value generation "$(lbctl -j stats)")
	lbctl flush config
	expect_equal "[]" "$(lbctl -j pool show)" "the pools"
	expect_equal "[]" "$(lbctl -j real show)" "the reals"
	expect_equal "[]" "$(lbctl -j service show)" "the services"
	expect_equal "[]" "$(lbctl -j verdict show)" "the verdicts"
	expect_equal "[]" "$(lbctl -j flow show)" "the flows"
	expect_equal 0 "$(json_value flows_active "$(lbctl -j stats)")" "active flows in the stats"
	expect_equal $((before + 1)) "$(json_value generation "$(lbctl -j stats)")" "the generation"
	# Nobody answers at the address any more; a real does, at its own.
	ask tcp "$VIP" 80 --timeout 500
	expect_equal 0 "$(answers)" "the number of answers"
	ask tcp "$(real_address 1)" 80
	expect_share r1 1
}

flush_config_of_nothing_changes_nothing()
{
	local before

	lbctl flush config
	before=$(json_value generation "$(lbctl -j stats)")
	lbctl flush config
	expect_equal "$before" "$(json_value generation "$(lbctl -j stats)")" "the generation"
}

run_tests "$@"
