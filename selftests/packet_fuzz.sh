#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Packets that make no sense come to the services, from the reals, and as errors
# that quote such: mutated, cut short, in fragments of a few bytes, among right
# ones that open flows. Flows beside them lose nothing. The kernel's log is the
# judge of the rest.
#
#                      tap0 (198.19.3.1): packets in fragments
#                       |
#   c0 eth0 ---- out0  gw  in0 ---- sw ---- eth0 r1
#
#   LBVS_FUZZ_PACKETS   how many in all (default: 100000)
#   LBVS_FUZZ_SEED      as printed by a run that is to be repeated
ALL_TESTS="
	requests_do_no_harm
	replies_do_no_harm
	fragments_do_no_harm
	neighbours_do_no_harm
	flows_are_still_opened
	the_module_unloads_afterwards
"
source "$(dirname "$0")/lib.sh"

PACKETS=${LBVS_FUZZ_PACKETS:-100000}
SEED=${LBVS_FUZZ_SEED:-$(date +%s%N)}
FUZZ=$SELFTESTS/fuzz/fuzz
LBVS_TEST_TIMEOUT=$((120 + PACKETS / 100))
# Slow ones, that do not take the processor from the packets.
TRANSFER=$(for_machine 1000000)
RATE=$(for_machine 500000)

setup()
{
	[ -e /dev/net/tun ] || modprobe tun || skip "no tun here"
	topology 1
	serve_all tcp/80 udp/53 bulk/83
	on gw ip tuntap add dev tap0 mode tap
	address gw tap0 198.19.3.1/24 2001:db8:33::1/64
	ip -n "$gw" link set tap0 up
	given_arms tap0
	given_services
}

given_services()
{
	given_pool four
	given_service www tcp "$VIP:80,83" pool four
	given_service dns udp "$VIP:53,80,83" pool four
	given_pool6 six
	given_service www6 tcp "[$VIP6]:80,83" pool six
	given_service dns6 udp "[$VIP6]:53,80,83" pool six
}

mac_of() { ip -n "${!1}" link show "$2" | awk '$1 == "link/ether" { print $2 }'; }

# fuzz NAMESPACE OPTION...: an eighth of all packets
fuzz()
{
	local where=$1 log

	shift
	log=$(mktemp)
	defer rm "$log"
	on "$where" "$FUZZ" packet --seed "$SEED" --count $((PACKETS / 8 + 1)) "$@" >"$log" ||
		fail "fuzz packet $*: $(cat "$log")"
	note "seed $SEED, $*: $(grep sent "$log") packets"
	expect_at_least $((PACKETS / 16)) "$(awk '$1 == "sent" { print $2 }' "$log")" "packets"
}

# beside_flows COMMAND...: flows of both kinds live through it, and a transfer is
# whole each time
beside_flows()
{
	local log worker before

	hold web tcp "$VIP" 80 --count 4 --timeout 30000
	hold web6 tcp "$VIP6" 80 --count 4 --timeout 30000
	before=$(stat_of flow-opened)
	log=$(mktemp)
	defer rm "$log"
	while :; do
		on c0 "$TRAFFIC" fetch tcp "$VIP" 83 --size "$TRANSFER" --rate "$RATE" --timeout 60000 || true
		on c0 "$TRAFFIC" fetch tcp "$VIP6" 83 --size "$TRANSFER" --rate "$RATE" --timeout 60000 || true
		[ ! -e "$log.stop" ] || break
	done >"$log" &
	worker=$!
	"$@"
	: >"$log.stop"
	wait "$worker"
	rm "$log.stop"
	sort "$log" | uniq -c
	! grep -vx "share r1 $TRANSFER" "$log" || fail "expected each transfer to be whole"
	note "$(wc -l <"$log") transfers beside, all whole; flows opened meanwhile:" \
		"$(($(stat_of flow-opened) - before))"
	expect_held web ping "4 ok"
	expect_held web6 ping "4 ok"
}

# Clients have ports that no flow of the fuzzer's has.
fuzz_requests()
{
	fuzz c0 --device eth0 --mac "$(mac_of gw out0)" --source 198.18.0.7 \
		--target "$VIP" --ports 80,83,53
	fuzz c0 --device eth0 --mac "$(mac_of gw out0)" --source 2001:db8:18::7 \
		--target "$VIP6" --ports 80,83,53
}

fuzz_replies()
{
	fuzz r1 --device eth0 --mac "$(mac_of gw in0)" --source "$(real_address 1)" \
		--target 198.18.0.7 --ports 80,83,53 --replies
	fuzz r1 --device eth0 --mac "$(mac_of gw in0)" --source "$(real_address6 1)" \
		--target 2001:db8:18::7 --ports 80,83,53 --replies
}

fuzz_fragments()
{
	fuzz gw --device tap0 --mac "$(mac_of gw tap0)" --source 198.19.3.7 \
		--target "$VIP" --ports 80,83,53
	fuzz gw --device tap0 --mac "$(mac_of gw tap0)" --source 2001:db8:33::7 \
		--target "$VIP6" --ports 80,83,53
}

# A real as a client of its own: what it sends is translated twice.
fuzz_neighbours()
{
	fuzz r1 --device eth0 --mac "$(mac_of gw in0)" --source "$(real_address 1)" \
		--target "$VIP" --ports 80,83,53
	fuzz r1 --device eth0 --mac "$(mac_of gw in0)" --source "$(real_address6 1)" \
		--target "$VIP6" --ports 80,83,53
}

requests_do_no_harm() { beside_flows fuzz_requests; }
replies_do_no_harm() { beside_flows fuzz_replies; }
fragments_do_no_harm() { beside_flows fuzz_fragments; }

neighbours_do_no_harm()
{
	local service

	for service in www dns www6 dns6; do
		lbctl service set "$service" snat auto
	done
	beside_flows fuzz_neighbours
}

flows_are_still_opened()
{
	ask tcp "$VIP" 80 --count 10
	expect_answers 10
	ask udp "$VIP6" 53 --count 10
	expect_answers 10
}

the_module_unloads_afterwards()
{
	rmmod lbvs
	load_module
}

run_tests "$@"
