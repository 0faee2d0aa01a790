#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A kernel that was started without IPv6, as a careful operator may do: nothing of it
# is there then, yet its frames come in, and its services can be configured.
#
#   c0 eth0 ---- out0  gw  in0 ---- eth0 r1
ALL_TESTS="
	services_of_ipv4_work
	frames_of_ipv6_do_no_harm
	a_service_of_ipv6_does_no_harm
"
BOOT=ipv6.disable=1
ARMS=never
source "$(dirname "$0")/lib.sh"

setup()
{
	! has_ipv6 || skip "the kernel was not started with $BOOT"
	need_program python3 jq
	REALS=1
	setup_ns c0 gw r1
	on gw sysctl -qw net.ipv4.ip_forward=1
	link c0 eth0 gw out0
	link r1 eth0 gw in0
	address c0 eth0 "$CLIENT/24"
	address gw out0 "$OUT/24"
	address gw in0 "$IN/24"
	address r1 eth0 "$(real_address 1)/24"
	# shellcheck disable=SC2154 # set by setup_ns
	ip -n "$c0" route add default via "$OUT"
	ip -n "$r1" route add default via "$IN"
	busywait 10 on c0 ping -q -c 1 -W 1 "$(real_address 1)" >/dev/null
	serve_all tcp/80 udp/53
	given_pool web
	given_service www tcp "$VIP:80" pool web
	given_service dns udp "$VIP:53" pool web
	lbctl arm add out0
	lbctl arm add in0
}

services_of_ipv4_work()
{
	local fast

	fast=$(stat_of packets-fast)
	ask tcp "$VIP" 80 --count 20
	expect_answers 20
	ask udp "$VIP" 53 --count 20
	expect_answers 20
	expect_at_least $((fast + 100)) "$(stat_of packets-fast)" "packets on the fast path"
}

# frames_of_ipv6 NAMESPACE DEVICE: that many, to the gateway, from anybody, as each
# address is one in 4096 to be taken for one of ours at the first look
frames_of_ipv6()
{
	local mac

	mac=$(ip -n "$gw" -j link show "$2" | jq -r '.[0].address')
	on "$1" python3 - "$mac" 30000 <<-'END'
		import random, socket, struct, sys

		mac = bytes.fromhex(sys.argv[1].replace(':', ''))
		random.seed(1)
		with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as s:
		    for n in range(int(sys.argv[2])):
		        s.sendto(struct.pack('!IHBB', 6 << 28, 20, 6, 64) + random.randbytes(32) +
		                 struct.pack('!HHIIHHHH', 1024 + n % 60000, 80, 1, 0, 0x5002, 1000, 0, 0),
		                 ('eth0', 0x86dd, 0, 0, mac))
	END
}

frames_of_ipv6_do_no_harm()
{
	frames_of_ipv6 c0 out0
	frames_of_ipv6 r1 in0
	services_of_ipv4_work
}

a_service_of_ipv6_does_no_harm()
{
	lbctl pool add six
	lbctl real add six r1 "$(real_address6 1)"
	lbctl service add www6 tcp "[$VIP6]:80" pool six
	frames_of_ipv6 c0 out0
	services_of_ipv4_work
	lbctl service del www6
}

run_tests "$@"
