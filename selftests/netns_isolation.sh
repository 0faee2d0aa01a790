#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each network namespace has a balancer of its own. Two of them, with equal
# names and equal addresses, know nothing of each other.
#
#   c0 ---- gw ---- sw ---- r1          d0 ---- hw ---- s1
#
# Commands reach the right-hand side as "at_other COMMAND...".
ALL_TESTS="
	a_new_namespace_has_nothing
	each_gateway_has_its_own_real
	the_same_client_may_have_a_flow_in_both
	flows_ended_in_one_live_on_in_the_other
	traffic_of_one_is_not_counted_in_the_other
	changes_in_one_do_not_show_in_the_other
	events_of_one_are_not_told_in_the_other
	flush_config_in_one_leaves_the_other
	a_namespace_that_goes_leaves_the_other
"
source "$(dirname "$0")/lib.sh"

setup()
{
	topology 1
	serve_all tcp/80 udp/53
	setup_other
}

setup_other()
{
	local server

	setup_ns d0 hw s1
	on hw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	link d0 eth0 hw out0
	link hw in0 s1 eth0
	address d0 eth0 "$CLIENT/24" "$CLIENT6/64"
	address hw out0 "$OUT/24" "$OUT6/64"
	address hw in0 "$IN/24" "$IN6/64"
	address s1 eth0 "$(real_address 1)/24" "$(real_address6 1)/64"
	ip -n "$d0" route add default via "$OUT"
	ip -n "$d0" route add default via "$OUT6"
	ip -n "$s1" route add default via "$IN"
	ip -n "$s1" route add default via "$IN6"
	server=$(on s1 "$TRAFFIC" serve other "$(real_address 1),$(real_address6 1)" \
		tcp/80 udp/53)
	defer kill "$server"
}

# The library's words mean the other side.
at_other()
{
	local c0=$d0 gw=$hw

	"$@"
}

at_both()
{
	"$@"
	at_other "$@"
}

given_config()
{
	lbctl flush config
	lbctl flush flows
	lbctl pool add four check http
	lbctl real add four r1 "$(real_address 1)"
	lbctl pool add six
	lbctl real add six r1 "$(real_address6 1)"
	lbctl service add www tcp "$VIP:80" pool four
	lbctl service add dns udp "$VIP:53" pool four
	lbctl service add www6 tcp "[$VIP6]:80" pool six
}

before_each()
{
	at_both given_config
}

count_flows() { lbctl -j flow show "$@" | grep -c '"client_port"' || true; }
generation() { json_value generation "$(lbctl -j stats)"; }

all_there_is()
{
	lbctl -j pool show
	lbctl -j real show
	lbctl -j service show
	lbctl -j verdict show
	lbctl -j stats
}

a_new_namespace_has_nothing()
{
	local gw

	setup_ns fresh
	gw=$fresh
	expect_equal "[]" "$(lbctl -j pool show)" "the pools"
	expect_equal "[]" "$(lbctl -j service show)" "the services"
	expect_equal "[]" "$(lbctl -j flow show)" "the flows"
	expect_equal 0 "$(generation)" "the generation"
	expect_equal 0 "$(stat_of flow-opened)" "flows opened"
}

each_gateway_has_its_own_real()
{
	ask tcp "$VIP" 80 --count 3
	expect_share r1 3
	at_other ask tcp "$VIP" 80 --count 4
	expect_share other 4
	ask tcp "$VIP6" 80 --count 3
	expect_share r1 3
	at_other ask tcp "$VIP6" 80 --count 4
	expect_share other 4
}

the_same_client_may_have_a_flow_in_both()
{
	hold here tcp "$VIP" 80 --sport 44000
	expect_share r1 1
	at_other hold there tcp "$VIP" 80 --sport 44000
	expect_share other 1
	expect_held here ping "1 ok"
	expect_held there ping "1 ok"
	expect_equal 1 "$(count_flows)" "flows here"
	expect_equal 1 "$(at_other count_flows)" "flows there"
	expect_equal 0 "$(stat_of clash)" "clashes"
}

flows_ended_in_one_live_on_in_the_other()
{
	hold here tcp "$VIP" 80 --count 3
	at_other hold there tcp "$VIP" 80 --count 2
	at_other lbctl flush flows
	expect_equal 3 "$(count_flows)" "flows here"
	expect_equal 0 "$(at_other count_flows)" "flows there"
	expect_held here ping "3 ok"
	expect_held there ping "0 ok 2 reset"
}

traffic_of_one_is_not_counted_in_the_other()
{
	local before opened

	before=$(at_other all_there_is)
	opened=$(stat_of flow-opened)
	ask tcp "$VIP" 80 --count 5
	ask udp "$VIP" 53 --count 5
	expect_equal "$before" "$(at_other all_there_is)" "the other side"
	expect_equal $((opened + 10)) "$(stat_of flow-opened)" "flows opened"
	expect_equal 5 "$(field service dns .flows_total)" "flows of the service"
}

changes_in_one_do_not_show_in_the_other()
{
	local before

	before=$(at_other all_there_is)
	lbctl real set four r1 weight 7
	lbctl verdict set four r1 check http down
	lbctl service set www sched maglev port 80,443
	lbctl service del dns
	lbctl pool add five
	expect_equal "$before" "$(at_other all_there_is)" "the other side"
	# The same address and port may be anybody's over there.
	at_other lbctl service add mail tcp "$VIP:443" pool four
}

events_of_one_are_not_told_in_the_other()
{
	local events

	events=$(mktemp)
	defer rm "$events"
	(exec "$LBCTL" -n "$hw" -j monitor) >"$events" &
	defer kill $!
	await 20 grep -q '"event":"monitoring"' "$events"
	lbctl real set four r1 weight 7
	lbctl verdict set four r1 down
	lbctl pool add five
	at_other lbctl pool add end
	await 20 grep -q '"name":"end"' "$events"
	expect_equal 1 "$(grep -vc '"event":"monitoring"' "$events")" "events"
}

flush_config_in_one_leaves_the_other()
{
	hold here tcp "$VIP" 80 --count 3
	at_other lbctl flush config
	expect_held here ping "3 ok"
	ask udp "$VIP" 53 --count 2
	expect_share r1 2
	expect_equal "[]" "$(at_other lbctl -j service show)" "the services there"
	at_other ask tcp "$VIP" 80 --timeout 500
	expect_equal 0 "$(answers)" "answers there"
}

link_is_gone() { ! ip -n "$d0" link show eth0 2>/dev/null; }

# The last one: the other side is no more.
a_namespace_that_goes_leaves_the_other()
{
	hold here tcp "$VIP" 80 --count 3
	at_other hold there tcp "$VIP" 80 --count 3
	ip netns del "$hw"
	await 20 link_is_gone
	expect_held here ping "3 ok"
	ask udp "$VIP" 53 --count 2
	expect_share r1 2
	expect_equal 3 "$(count_flows service www)" "flows here"
}

run_tests "$@"
