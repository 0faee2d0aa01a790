#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The flow table grows while it is used and shrinks when it is empty again. No
# flow is lost on the way, and none is missed by a list of them.
ALL_TESTS="
	an_eighth_of_the_memory_may_be_flows
	a_table_grows_under_its_flows
	lists_taken_while_it_grows_miss_no_flow
	a_table_that_is_empty_again_shrinks
"
source "$(dirname "$0")/lib.sh"

HELD=60

setup()
{
	local before

	modprobe pktgen || skip "no pktgen here"
	# Nothing is to be lost before it comes to the gateway.
	before=$(sysctl -n net.core.netdev_max_backlog)
	sysctl -qw net.core.netdev_max_backlog=200000
	defer sysctl -qw net.core.netdev_max_backlog="$before"
	topology 2
	serve_all tcp/80
	given_pool web
	given_service www tcp "$VIP:80" pool web
	# What is sent to this one ends at the gateway.
	lbctl pool add void
	lbctl real add void r1 203.0.113.250
	ip -n "$gw" route add blackhole 203.0.113.250/32
	given_service flood udp "$VIP:9" pool void timeout udp 7d
	LEAST=1024
	await 20 grew
	LEAST=$(buckets)
}

before_each()
{
	lbctl flush flows >/dev/null
	await 20 is_back
}

buckets() { json_value flow_buckets "$(lbctl -j stats)"; }
flows() { json_value flows_active "$(lbctl -j stats)"; }
grew() { [ "$(buckets)" -gt "$LEAST" ]; }
is_back() { [ "$(buckets)" = "$LEAST" ]; }

gw_mac() { ip -n "$gw" -j link show out0 | jq -r '.[0].address'; }

# generate N PORT: datagrams from N ports of each of 7 sources; N is not
# divisible by 7, or ports and sources would go hand in hand
generate()
{
	local words word

	words=("count $((7 * $1))" "clone_skb 0" "pkt_size 60" "delay 0"
		"dst_mac $gw_mac" "dst $VIP" "src_min 198.18.0.1" "src_max 198.18.0.7"
		"udp_src_min $2" "udp_src_max $(($2 + $1))"
		"udp_dst_min 9" "udp_dst_max 9")
	echo rem_device_all >/proc/net/pktgen/kpktgend_0
	echo "add_device eth0" >/proc/net/pktgen/kpktgend_0
	for word in "${words[@]}"; do
		echo "$word" >/proc/net/pktgen/eth0
	done
	echo start >/proc/net/pktgen/pgctrl
}

# flood N PORT: in the client's network namespace, as pktgen's files belong to
# one
flood() { on c0 bash -c "$(declare -f generate); VIP=$VIP gw_mac=$(gw_mac) generate $1 $2"; }

# The table holds five flows for four buckets. So many ports leave it room for a
# few hundred, ...
ports_below()
{
	local n=$((LEAST * 5 / 4 / 7 - 50))

	echo $((n % 7 ? n : n - 1))
}

# ... and with so many more it grows.
PORTS_MORE=400

an_eighth_of_the_memory_may_be_flows()
{
	local json memory

	json=$(lbctl -j stats)
	memory=$(awk '$1 == "MemTotal:" { print $2 * 1024 }' /proc/meminfo)
	expect_equal $((memory / 8 / $(json_value flow_bytes "$json"))) \
		"$(json_value flows_max "$json")" "the number of flows that may be"
}

a_table_grows_under_its_flows()
{
	local n

	n=$((7 * ($(ports_below) + PORTS_MORE)))
	hold web tcp "$VIP" 80 --count "$HELD"
	flood "$(ports_below)" 1024
	expect_equal "$LEAST" "$(buckets)" "the number of buckets"
	flood "$PORTS_MORE" $((1024 + $(ports_below)))
	await 20 grew
	expect_equal $((n + HELD)) "$(flows)" "the number of flows"
	expect_equal $((n + HELD)) \
		"$(lbctl flow show | awk 'NR > 1 { print $1, $2, $3 }' | sort -u | wc -l)" \
		"the number of different flows in the list"
	expect_held web ping "$HELD ok"
	expect_output "{\"flows_ended\":$n}" lbctl -j flow del service flood
	expect_equal "$HELD" "$(flows)" "the number of flows"
	expect_held web ping "$HELD ok"
}

lists_taken_while_it_grows_miss_no_flow()
{
	local flood

	hold web tcp "$VIP" 80 --count "$HELD"
	flood "$(ports_below)" 1024
	flood "$PORTS_MORE" $((1024 + $(ports_below))) &
	flood=$!
	while kill -0 "$flood" 2>/dev/null || ! grew; do
		expect_equal "$HELD" \
			"$(lbctl flow show service www | awk 'NR > 1' | sort -u | wc -l)" \
			"the number of flows in the list"
	done
	wait "$flood"
	expect_equal $((7 * ($(ports_below) + PORTS_MORE) + HELD)) "$(flows)" "the number of flows"
}

a_table_that_is_empty_again_shrinks()
{
	flood "$(($(ports_below) + PORTS_MORE))" 1024
	await 20 grew
	lbctl flush flows >/dev/null
	await 20 is_back
}

run_tests "$@"
