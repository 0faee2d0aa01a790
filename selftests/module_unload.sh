#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The module goes when it is told to, and so does a network namespace with a
# gateway in it: with packets in its hooks, flows in its table and writers at
# its configuration. What was balanced is routed from then on, or refused; and
# the kernel has nothing to complain of. While a gateway has no service, no
# packet comes by.
ALL_TESTS="
	packets_come_by_only_while_there_are_services
	the_module_goes_with_all_that_is_configured
	the_module_goes_under_traffic
	the_module_goes_while_it_is_configured
	a_gateway_goes_under_traffic
	many_gateways_go_at_once
"
source "$(dirname "$0")/lib.sh"

ROUNDS=12

setup()
{
	topology 2
	serve_all tcp/80 udp/53
	defer load_module
	# Where the tests of before left some.
	lbctl flush config
}

given_config()
{
	local service n=0

	lbctl pool add four check http
	lbctl real add four r1 "$(real_address 1)"
	lbctl real add four r2 "$(real_address 2)"
	lbctl pool add six
	lbctl real add six r1 "$(real_address6 1)"
	for service in "tcp $VIP:80 pool four sched maglev" "udp $VIP:53 pool four" \
		"tcp [$VIP6]:80 pool six"; do
		# shellcheck disable=SC2086 # words
		lbctl service add "s$((n += 1))" $service
	done
}

# --- load --------------------------------------------------------------------

# in_background COMMAND...: over and over, until the end of the test
in_background()
{
	(
		trap 'kill $(jobs -p); exit' TERM
		while :; do
			"$@" &
			wait $! || true
		done
	) >/dev/null 2>&1 &
	defer kill $!
}

# clients tcp|udp ADDR PORT: a program, not a function, for the kill to hit it.
# They have little patience: while there is no gateway, nobody answers.
clients()
{
	in_background nsenter "--net=/run/netns/$c0" -- "$TRAFFIC" ask "$@" \
		--count 2000 --parallel 8 --timeout 200
}

given_load()
{
	clients tcp "$VIP" 80
	clients udp "$VIP" 53
	clients tcp "$VIP6" 80
}

churn()
{
	lbctl real set four r1 weight $((RANDOM % 5))
	lbctl verdict set four r2 check http down
	lbctl service set s1 sched wrr
	lbctl -j flow show
	lbctl -j service show
	lbctl verdict set four r2 check http up
	lbctl service add more tcp "$VIP:$((1000 + RANDOM % 1000))" pool four
	lbctl service del more
}

has_flows() { [ "$(json_value flows_active "$(lbctl -j stats)")" -ge "$1" ]; }

# A reader or writer may hold it for a moment.
remove_module() { ! module_is_loaded || rmmod lbvs; }

# --- tests -------------------------------------------------------------------

# Which hooks of ours the namespace has, by netlink; the module has no word for
# it itself.
hooks() { on gw nft list hooks | grep -c '\[lbvs\]' || true; }

packets_come_by_only_while_there_are_services()
{
	on gw nft list hooks >/dev/null || skip "hooks can't be listed here"
	load_module
	lbctl flush config
	expect_equal 0 "$(hooks)" "hooks without a configuration"
	lbctl pool add four
	lbctl real add four r1 "$(real_address 1)"
	expect_equal 0 "$(hooks)" "hooks without a service"
	lbctl service add www tcp "$VIP:80" pool four
	# Four, each for IPv4 and IPv6.
	expect_equal 8 "$(hooks)" "hooks with a service"
	lbctl service add dns udp "$VIP:53" pool four
	expect_equal 8 "$(hooks)" "hooks with two services"
	expect_equal 0 "$(gw=$c0 && hooks)" "hooks in another namespace"
	lbctl service del www
	expect_equal 8 "$(hooks)" "hooks with a service"
	lbctl service del dns
	expect_equal 0 "$(hooks)" "hooks after the last service"
	lbctl service add www tcp "$VIP:80" pool four
	lbctl flush config
	expect_equal 0 "$(hooks)" "hooks after a flush"
}

the_module_goes_with_all_that_is_configured()
{
	load_module
	given_config
	hold web tcp "$VIP" 80 --count 5
	hold dns udp "$VIP" 53 --count 5
	rmmod lbvs
	! module_is_loaded || fail "it is still there"
	# The client's packets are now for an address that nobody has.
	expect_refusal "not loaded" lbctl pool show
	load_module
	expect_equal "[]" "$(lbctl -j pool show)" "the pools"
	expect_equal "[]" "$(lbctl -j flow show)" "the flows"
	given_config
	expect_held web ping "0 ok 5 reset"
	ask tcp "$VIP" 80 --count 4
	expect_answers 4
}

the_module_goes_under_traffic()
{
	local round

	given_load
	for ((round = 1; round <= ROUNDS; round++)); do
		load_module
			given_config
		await 20 has_flows 20
		await 20 remove_module
	done
	load_module
}

the_module_goes_while_it_is_configured()
{
	local round

	given_load
	in_background churn
	in_background churn
	for ((round = 1; round <= ROUNDS; round++)); do
		module_is_loaded || insert_module || module_is_loaded
			given_config || true
		await 20 remove_module
	done
	load_module
}

# given_gateway NAME: a third arm of c0 and r1; the links go with it
given_gateway()
{
	declare -g "$1=lbvs-$1-$$"
	ip netns add "${!1}"
	defer ip netns del "${!1}"
	ip -n "${!1}" -batch - <<-END
		link add out0 type veth peer name $1 netns $c0
		link add in0 type veth peer name $1 netns $r1
		address add 198.19.1.1/24 dev out0
		address add 198.19.2.1/24 dev in0
		link set out0 up
		link set in0 up
	END
	ip -n "$c0" -batch - <<-END
		address add 198.19.1.2/24 dev $1
		link set $1 up
		route add 198.51.100.77/32 via 198.19.1.1
	END
	ip -n "$r1" -batch - <<-END
		address add 198.19.2.2/24 dev $1
		link set $1 up
		route add 198.19.1.0/24 via 198.19.2.1
	END
	on "$1" sysctl -qw net.ipv4.ip_forward=1
}

given_gateway_config()
{
	lbctl pool add four
	lbctl real add four r1 198.19.2.2
	lbctl service add www tcp 198.51.100.77:80 pool four
	lbctl service add dns udp 198.51.100.77:53 pool four
}

link_is_gone() { ! ip -n "$c0" link show "$1" 2>/dev/null; }

a_gateway_goes_under_traffic()
{
	local round server

	load_module
	server=$(on r1 "$TRAFFIC" serve third 198.19.2.2 tcp/80 udp/53)
	defer kill "$server"
	clients tcp 198.51.100.77 80
	clients udp 198.51.100.77 53
	for ((round = 1; round <= ROUNDS; round++)); do
		given_gateway third
		gw=$third given_gateway_config
		gw=$third await 20 has_flows 20
		ip netns del "$third"
		await 20 link_is_gone third
	done
}

many_gateways_go_at_once()
{
	local n gw

	for ((n = 1; n <= 10; n++)); do
		gw=lbvs-many$n-$$
		ip netns add "$gw"
		defer ip netns del "$gw"
		lbctl pool add four
		lbctl real add four r1 203.0.113.11
		lbctl service add www tcp 198.51.100.1:80 pool four
	done
	for ((n = 1; n <= 10; n++)); do
		ip netns del "lbvs-many$n-$$" &
	done
	await 20 remove_module
	load_module
}

run_tests "$@"
