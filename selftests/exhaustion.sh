#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The flow table is full. Established connections go on; a new one gets the place
# of one that is half-open or closed, and is dropped, and counted, only where
# there is no such.
#
# The flood are SYNs from 198.19.0.0/16, where nobody lives: answers to it end
# at c0, which says nothing to them. The reals answer each SYN by a cookie and
# keep nothing (tcp_syncookies=2), so whoever does not get in failed at the
# gateway.
ALL_TESTS="
	a_connection_too_many_is_dropped_and_counted
	closed_connections_make_room
	established_connections_outlive_a_flood
	clients_get_in_beside_50_made_up_ones_each
	clients_get_in_beside_50_made_up_ones_each_with_ipvs
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_wire.sh"
source "$(dirname "$0")/lib_ipvs.sh"

MAX=500
# Clients in a second, and how many of them; and SYNs of the flood for each.
RATE=$(for_machine 10)
CLIENTS=$(for_machine 300)
RATIO=50

setup()
{
	local real

	rmmod lbvs
	insert_module "max_flows=$MAX"
	# For the scripts that follow. Once the machines are gone: what is deferred
	# is done in reverse.
	defer rmmod lbvs
	LOG=$(mktemp -d)
	defer rm -r "$LOG"
	topology 2
	serve_all tcp/80 bulk/81
	for real in r1 r2; do
		on "$real" sysctl -qw net.ipv4.tcp_syncookies=2
	done
	on c0 sysctl -qw net.ipv4.ip_forward=0
	ip -n "$gw" route add 198.19.0.0/16 via "$CLIENT"
	given_pool web
}

before_each() { lbctl flush flows; }

given_www() { given_service www tcp "$VIP:80,81" pool web timeout closed 60s; }

flows() { json_value flows_active "$(lbctl -j stats)"; }

# --- no room -----------------------------------------------------------------

# Given up long before TCP asks again, so each is one SYN.
ask_once() { ask tcp "$VIP" 80 --timeout 500 "$@"; }

a_connection_too_many_is_dropped_and_counted()
{
	given_www
	watch gw in0 "$LOG/in0" "tcp[tcpflags] & tcp-syn != 0"
	hold old tcp "$VIP" 80 --count "$MAX"
	expect_equal "$MAX" "$(flows)" "the number of flows"
	await 20 has_packets "$MAX" "$LOG/in0" 'Flags \[S\]'

	expect_counted flow-evicted 0 \
		expect_counted drop-table-full 3 ask_once --count 3 --parallel 3
	expect_error timeout 3
	expect_equal "$MAX" "$(flows)" "the number of flows"
	expect_held old ping "$MAX ok"

	# No real heard of those three: the next to come by is this one.
	expect_held old close "$MAX ok"
	expect_counted flow-evicted 1 ask tcp "$VIP" 80
	expect_answers 1
	await 20 has_packets $((MAX + 1)) "$LOG/in0" 'Flags \[S\]'
}

closed_connections_make_room()
{
	given_www
	hold old tcp "$VIP" 80 --count $((MAX / 2))
	ask tcp "$VIP" 80 --count $((MAX / 2))
	expect_equal "$MAX" "$(flows)" "the number of flows"
	expect_counted drop-table-full 0 \
		expect_counted flow-evicted 100 ask tcp "$VIP" 80 --count 100
	expect_answers 100
	expect_held old ping "$((MAX / 2)) ok"
}

# --- floods ------------------------------------------------------------------

# given_flood RATE: SYNs, so many a second, until the end of the test
given_flood()
{
	in_background c0 "$TRAFFIC" flood tcp "$VIP" 80 --source 198.19.0.1-198.19.255.254 \
		--sport 1024-65000 --rate "$1" --count 10000000 >/dev/null
}

evicted_at_least() { [ "$(stat_of flow-evicted)" -ge "$1" ]; }

established_connections_outlive_a_flood()
{
	local before after transfer

	given_www
	hold old tcp "$VIP" 80 --count $((MAX * 4 / 5))
	on c0 "$TRAFFIC" fetch tcp "$VIP" 81 --size 2000000 --rate 200000 &
	transfer=$!
	before=$(stat_of flow-evicted)
	given_flood "$(for_machine 300)"
	await 60 evicted_at_least $((before + 2 * MAX))
	# Each CPU may find room for one at the same moment.
	expect_at_most $((MAX + $(nproc))) "$(flows)" "the number of flows"
	expect_held old ping "$((MAX * 4 / 5)) ok"
	wait "$transfer"
}

# syn_retries: SYNs that clients at c0 sent again
# shellcheck disable=SC2016 # awk's
syn_retries()
{
	on c0 awk '$1 == "TcpExt:" && !n { n = split($0, name); next }
		$1 == "TcpExt:" { for (i = 2; i <= n; i++) if (name[i] == "TCPSynRetrans") print $i }' \
		/proc/net/netstat
}

# What c0 sent less what its clients may have: no connection is more than ten packets.
syns() { echo $(($(sent c0 eth0) - SENT - 10 * CLIENTS)); }
syns_at_least() { [ "$(syns)" -ge "$1" ]; }

# clients_beside_flood WHO: they come one by one, each with an address and port
# of its own, and wait as long as TCP has it by itself; after each thirty of them until
# the flood has its share
clients_beside_flood()
{
	local retries came=0 all=''

	SENT=$(sent c0 eth0) retries=$(syn_retries)
	while [ "$came" -lt "$CLIENTS" ]; do
		ask tcp "$VIP" 80 --count 30 --rate "$RATE" --parallel 30 --source "$(crowd 30)" \
			--timeout 20000
		came=$((came + 30)) all+=$ASKED$'\n'
		await 60 syns_at_least $((RATIO * came))
	done
	ASKED=$all
	RETRIES=$(($(syn_retries) - retries))
	FIRST=$(($(answers) - RETRIES))
	note "$1: $(syns) SYNs beside $CLIENTS clients; $(answers) of these got in," \
		"at least $FIRST by their first SYN; SYNs sent again: $RETRIES"
}

clients_get_in_beside_50_made_up_ones_each()
{
	local before full

	given_www
	before=$(stat_of flow-evicted)
	given_flood $((RATE * RATIO * 6 / 5))
	await 60 evicted_at_least $((before + MAX))
	full=$(stat_of drop-table-full)
	clients_beside_flood lbvs
	note "lbvs: $(flows) flows of $(json_value flow_bytes "$(lbctl -j stats)") bytes;" \
		"evicted: $(($(stat_of flow-evicted) - before))," \
		"dropped: $(($(stat_of drop-table-full) - full))"
	expect_at_most $((MAX + $(nproc))) "$(flows)" "the number of flows"
	expect_at_least $((CLIENTS * 99 / 100)) "$(answers)" "the clients that got in"
	# A second is long, but not for a machine that is held up.
	expect_at_least $((CLIENTS * 95 / 100)) "$FIRST" "the clients that got in at once"
}

# --- for comparison ----------------------------------------------------------

# shellcheck disable=SC2016 # awk's
ipvs_entries() { on gw awk 'NR > 1' /proc/net/ip_vs_conn | wc -l; }
ipvs_has_entries() { [ "$(ipvs_entries)" -ge "$1" ]; }

# IPVS knows no bound: what it keeps it keeps until it times out.
clients_get_in_beside_50_made_up_ones_each_with_ipvs()
{
	given_ipvs rr tcp
	given_flood $((RATE * RATIO * 6 / 5))
	await 60 ipvs_has_entries "$MAX"
	clients_beside_flood IPVS
	note "IPVS: $(ipvs_entries) connections of" \
		"$(cat /sys/kernel/slab/ip_vs_conn/slab_size || echo unknown) bytes"
	expect_at_least 1 "$(answers)" "the clients that got in"
}

run_tests "$@"
