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

ROUNDS=10
# Where all is slow each round is a race that is long enough.
[ "$PATIENCE" = 1 ] || ROUNDS=3
LBVS_TEST_TIMEOUT=300

setup()
{
	topology 1
	serve_all tcp/80 udp/53
	defer load_module
	# Silence while nobody balances: errors would make the clients race.
	ip -n "$gw" route add blackhole "$VIP"
	ip -n "$gw" route add blackhole "$VIP6"
}

# What a test before may have left.
before_each()
{
	load_module
	lbctl flush config
}

# given_config [ROUND]: IPv4 and IPv6 take turns
given_config()
{
	local round=${1:-1}

	lbctl pool add web check http
	if [ $((round % 2)) = 1 ]; then
		lbctl real add web r1 "$(real_address 1)"
		lbctl service add www tcp "$VIP:80" pool web sched maglev
		lbctl service add dns udp "$VIP:53" pool web
	else
		lbctl real add web r1 "$(real_address6 1)"
		lbctl service add www tcp "[$VIP6]:80" pool web
	fi
}

ramp_has_begun()
{
	lbctl real disable ramped r2
	lbctl real enable ramped r2
	[ "$(json_value ramp "$(lbctl -j real show ramped r2)")" != null ]
}

# given_ramp VIP REAL REAL: one that goes on for longer than the gateway; nobody asks there.
# At first it is no longer than it takes to see that it has begun: none begins sooner after
# the first real came.
given_ramp()
{
	lbctl pool add ramped ramp "${PATIENCE}s"
	lbctl real add ramped r1 "$2"
	lbctl real add ramped r2 "$3" admin disabled
	lbctl service add ramped udp "$1:54" pool ramped
	await 20 ramp_has_begun
	lbctl pool set ramped ramp 1h
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
		--count 2000 --parallel 3 --timeout 200
}

given_load()
{
	clients tcp "$VIP" 80
	clients udp "$VIP" 53
	clients tcp "$VIP6" 80
}

churn()
{
	lbctl real set web r1 weight $((RANDOM % 5))
	lbctl real drain web r1 deadline $((RANDOM % 3))s
	lbctl real enable web r1
	lbctl verdict set web r1 check http down
	lbctl -j flow show
	lbctl service set www sched wrr
	lbctl verdict set web r1 check http up
	lbctl pool add more
	lbctl -j service show
	lbctl flush config
}

has_flows() { [ "$(json_value flows_active "$(lbctl -j stats)")" -ge "$1" ]; }

# What it needs was loaded with it the first time, and stays.
load_again()
{
	if module_is_loaded; then
		return
	elif [ -n "${LBVS_KO:-}" ]; then
		insmod "$LBVS_KO"
	else
		modprobe lbvs
	fi
	given_arms out0 in0
}

# A reader or writer may hold it for a moment.
remove_module() { ! module_is_loaded || rmmod lbvs; }

# --- tests -------------------------------------------------------------------

# Datagrams that the gateway put together. It does so in its hooks only.
reassembled()
{
	# shellcheck disable=SC2016 # awk's
	on gw awk '$1 == "Ip:" && !n { n = split($0, name) }
		$1 == "Ip:" { for (i = 1; i <= n; i++) if (name[i] == "ReasmOKs") seen = $i }
		END { print seen }' /proc/net/snmp
}

# expect_reassembly N: of a datagram to a real and its answer, of which the latter
# might be for a service's client
expect_reassembly()
{
	local before

	before=$(reassembled)
	ask udp "$(real_address 1)" 53 --size 3000
	expect_answers 1
	expect_equal "$1" $(($(reassembled) - before)) "datagrams put together $2"
}

packets_come_by_only_while_there_are_services()
{
	expect_reassembly 0 "without a configuration"
	lbctl pool add web
	lbctl real add web r1 "$(real_address 1)"
	expect_reassembly 0 "without a service"
	lbctl service add www tcp "$VIP:80" pool web
	expect_reassembly 1 "with a service"
	lbctl service add dns udp "$VIP:53" pool web
	lbctl service del www
	expect_reassembly 1 "with one service left"
	lbctl service del dns
	expect_reassembly 0 "after the last service"
	lbctl service add www tcp "$VIP:80" pool web
	lbctl flush config
	expect_reassembly 0 "after a flush"
	lbctl pool add web
	lbctl real add web r1 "$(real_address 1)"
	lbctl service add www tcp "$VIP:80" pool web
	expect_reassembly 1 "with a service again"
	rmmod lbvs
	expect_reassembly 0 "without the module"
}

the_module_goes_with_all_that_is_configured()
{
	given_config
	hold web tcp "$VIP" 80 --count 5
	hold dns udp "$VIP" 53 --count 5
	given_ramp "$VIP" "$(real_address 1)" "$(real_address 2)"
	# These are pending, and have to be forgotten. Whoever looks after the ramp looks
	# after the drain too.
	lbctl real drain web r1 deadline 1d
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

	clients tcp "$VIP" 80
	in_background churn
	in_background churn
	for ((round = 1; round <= ROUNDS; round++)); do
		load_again
			given_config "$round" || true
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

	server=$(on r1 "$TRAFFIC" serve third 198.19.2.2 tcp/80 udp/53)
	defer kill "$server"
	clients tcp 198.51.100.77 80
	clients udp 198.51.100.77 53
	for ((round = 1; round <= ROUNDS; round++)); do
		given_gateway third
		gw=$third given_gateway_config
		gw=$third given_ramp 198.51.100.77 198.19.2.2 198.19.2.3
		gw=$third await 20 has_flows 10
		gw=$third lbctl real drain four r1 deadline 1d
		ip netns del "$third"
		await 20 link_is_gone third
	done
}

one_of_many()
{
	local gw=lbvs-many$1-$$

	ip netns add "$gw"
	defer ip netns del "$gw"
	lbctl pool add four
	lbctl real add four r1 203.0.113.11
	lbctl service add www tcp 198.51.100.1:80 pool four
}

many_gateways_go_at_once()
{
	local n

	for ((n = 1; n <= 10; n++)); do
		one_of_many "$n"
	done
	for ((n = 1; n <= 10; n++)); do
		ip netns del "lbvs-many$n-$$" &
	done
	await 20 remove_module
	load_module
}

run_tests "$@"
