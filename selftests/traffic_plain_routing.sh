#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A gateway without a service is a plain router, module or not: clients and
# reals reach each other as in the drawing in lib_topology.sh. This is also the
# test of the tests: that servers are heard and that errors are told apart.
ALL_TESTS="
	a_real_answers_over_ipv4
	a_real_answers_over_ipv6
	a_crowd_is_seen_with_its_own_addresses
	a_stepping_client_is_seen_with_its_own_ports
	held_connections_stay
	a_server_that_ends_is_noticed
	errors_are_told_apart
	a_big_transfer_is_whole
	datagrams_of_any_size_come_back
"
ARMS=slow
source "$(dirname "$0")/lib.sh"

setup()
{
	topology 2
	serve_all tcp/80 tcp/8000-8004 udp/53 bulk/81 bye/82
	R1=$(real_address 1)
	R2_6=$(real_address6 2)
}

a_real_answers_over_ipv4()
{
	ask tcp "$R1" 80 --count 10
	expect_answers 10
	expect_share r1 10
}

a_real_answers_over_ipv6()
{
	ask tcp "$R2_6" 80 --count 10
	expect_answers 10
	expect_share r2 10
}

a_crowd_is_seen_with_its_own_addresses()
{
	ask tcp "$R1" 80 --count 300 --source "$(crowd 300)" --parallel 32
	expect_answers 300
	ask udp "$R1" 53 --count 300 --source "$(crowd 300)" --parallel 32
	expect_answers 300
	ask tcp "$R2_6" 80 --count 300 --source "$(crowd6 300)" --parallel 32
	expect_answers 300
	ask udp "$R2_6" 53 --count 300 --source "$(crowd6 300)" --parallel 32
	expect_answers 300
}

a_stepping_client_is_seen_with_its_own_ports()
{
	ask tcp "$R1" 8000-8004 --count 20 --sport 30000-30003 --each
	expect_answers 20
	expect_equal 5 "$(grep -c "^each $CLIENT 30002 " <<<"$ASKED")" "connections from one port"
	expect_equal 4 "$(grep -c "^each .* 8003 r1$" <<<"$ASKED")" "connections to one port"
}

held_connections_stay()
{
	hold web tcp "$R1" 80 --count 8
	expect_share r1 8
	expect_held web ping "8 ok"
	expect_held web look "8 ok"
	expect_held web close "8 ok"
	hold dns udp "$R2_6" 53 --count 8
	expect_held dns ping "8 ok"
}

a_server_that_ends_is_noticed()
{
	local server

	server=$(on r1 "$TRAFFIC" serve late "$R1" tcp/90)
	defer kill "$server"
	hold web tcp "$R1" 90 --count 3
	expect_share late 3
	kill "$server"
	await 10 look_says web "look 0 ok 3 closed"
	ask tcp "$R1" 90
	expect_error refused 1
}

look_says()
{
	local line

	line=$(tell "$1" look)
	echo "$line"
	[ "$line" = "$2" ]
}

errors_are_told_apart()
{
	ask tcp "$R2_6" 99 --count 3
	expect_error refused 3
	ask udp "$R2_6" 99 --count 3
	expect_error port-unreachable 3
	ask udp "$R1" 99 --count 3
	expect_error port-unreachable 3
	ask tcp 203.0.113.99 80 --timeout 20000
	expect_error unreachable 1
	ip -n "$gw" route add blackhole 198.51.100.9
	defer ip -n "$gw" route del blackhole 198.51.100.9
	ask tcp 198.51.100.9 80 --timeout 500
	expect_error timeout 1
}

a_big_transfer_is_whole()
{
	on c0 "$TRAFFIC" fetch tcp "$R1" 81 --size 3000000
	on c0 "$TRAFFIC" fetch tcp "$R2_6" 80 --size 1000000 --upload
}

datagrams_of_any_size_come_back()
{
	ask udp "$R2_6" 53 --size 1
	expect_answers 1
	ask udp "$R1" 53 --size 8000
	expect_answers 1
	ask udp "$R1" 53 --size 100 --no-checksum
	expect_answers 1
	ask udp "$R2_6" 53 --size 8000 --dont-fragment
	expect_error too-big 1
}

run_tests "$@"
