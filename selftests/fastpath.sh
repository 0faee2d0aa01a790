#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# With both devices of the gateway as arms, packets of flows skip the IP stack:
# the counters tell by which path each one went. Whatever needs the stack gets
# it, and flows follow when devices, routes or firewalls change.
ALL_TESTS="
	every_packet_takes_the_fast_path_where_nobody_else_looks
	a_transfer_each_way_is_whole
	the_first_packet_each_way_is_shown_to_a_stateless_firewall
	a_firewall_that_is_where_the_kernel_itself_hooks_sees_new_flows
	a_stateful_firewall_sees_every_packet
	a_time_to_live_that_ends_here_is_left_to_the_stack
	flows_follow_a_change_of_routes
	flows_do_not_follow_a_route_whose_nexthop_outlives_it
	a_device_that_takes_less_is_noticed
	flows_go_on_when_an_arm_is_taken_away
	an_arm_keeps_its_device_when_that_is_renamed
	an_arm_goes_with_its_device
	an_arm_that_makes_no_sense_is_refused
	a_port_of_a_bridge_is_no_arm
	a_firewall_that_comes_later_is_shown_what_goes_on
	a_finished_flow_is_replaced_on_the_fast_path
	an_address_that_can_be_no_source_opens_nothing
	an_address_of_the_gateway_opens_nothing_however_new
	the_reverse_path_filter_is_heeded_at_once
	who_asks_for_a_real_that_is_gone_is_told
	traffic_of_no_service_passes_the_arms
	turning_forwarding_off_stops_the_fast_path
	a_device_can_be_removed_under_its_flows
"
ARMS=never
source "$(dirname "$0")/lib.sh"

setup()
{
	topology 2
	serve_all tcp/80 bulk/81 udp/53 bye/82
	given_pool four
	given_pool6 six
	given_service web tcp "$VIP:80,81,82" pool four
	given_service dns udp "$VIP:53" pool four
	given_service web6 tcp "[$VIP6]:80,81,82" pool six
	given_service dns6 udp "[$VIP6]:53" pool six
	lbctl arm add out0
	lbctl arm add in0
}

before_each() { lbctl flush flows >/dev/null; }

fast() { stat_of packets-fast; }
slow() { stat_of packets-slow; }

# expect_slow N COMMAND...: so many packets go by the slow path meanwhile, and
# some by the fast one
expect_slow()
{
	local n=$1 fast slow

	shift
	fast=$(fast) slow=$(slow)
	"$@"
	expect_equal "$n" $(($(slow) - slow)) "packets on the slow path during \"$*\""
	expect_at_least $((fast + 1)) "$(fast)" "packets on the fast path"
}

everybody_asks()
{
	local vip

	for vip in "$VIP" "$VIP6"; do
		ask tcp "$vip" 80 --count 20
		expect_answers 20
		ask udp "$vip" 53 --count 20
		expect_answers 20
	done
}

every_packet_takes_the_fast_path_where_nobody_else_looks()
{
	expect_slow 0 everybody_asks
}

transfers()
{
	local vip

	for vip in "$VIP" "$VIP6"; do
		on c0 "$TRAFFIC" fetch tcp "$vip" 81 --size 10000000
		on c0 "$TRAFFIC" fetch tcp "$vip" 80 --size 3000000 --upload
	done
}

a_transfer_each_way_is_whole()
{
	expect_slow 0 transfers
}

firewall()
{
	on gw nft -f - <<-END
		table inet fence {
			chain forward {
				type filter hook forward priority 0
				$1
				counter
			}
		}
	END
	defer on gw nft delete table inet fence
}

# From ports of their own: each opens a flow.
ask_ten()
{
	ask udp "$VIP" 53 --count 10 --sport 11001-11010
	expect_answers 10
	ask udp "$VIP6" 53 --count 10 --sport 11001-11010
	expect_answers 10
}

the_first_packet_each_way_is_shown_to_a_stateless_firewall()
{
	local slow

	settling firewall ""
	slow=$(slow)
	ask_ten
	expect_equal 40 $(($(slow) - slow)) "packets shown to the firewall"
	hold web tcp "$VIP" 80 --count 4
	expect_slow 0 expect_held web ping "4 ok"
}

# drop_all_at HOOK PRIORITY
drop_all_at()
{
	on gw nft -f - <<-END
		table inet early {
			chain at {
				type filter hook $1 priority $2
				udp dport 53 drop
			}
		}
	END
}

drop_no_more() { on gw nft delete table inet early 2>/dev/null || true; }

# Defragmentation, and SELinux.
a_firewall_that_is_where_the_kernel_itself_hooks_sees_new_flows()
{
	local place vip

	defer settling drop_no_more
	for place in "prerouting -400" "postrouting -225"; do
		# shellcheck disable=SC2086 # two words
		settling drop_all_at $place
		for vip in "$VIP" "$VIP6"; do
			ask udp "$vip" 53 --count 3 --sport 11021-11023 --timeout 500
			expect_equal 0 "$(answers)" "answers, with a firewall in $place"
		done
		settling drop_no_more
	done
}

a_stateful_firewall_sees_every_packet()
{
	local fast

	firewall "ct state invalid drop"
	fast=$(fast)
	everybody_asks
	hold web tcp "$VIP" 80 --count 4
	expect_held web ping "4 ok"
	expect_equal "$fast" "$(fast)" "packets on the fast path"
}

a_time_to_live_that_ends_here_is_left_to_the_stack()
{
	local heard

	heard=$(on c0 python3 - "$VIP" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.connect((sys.argv[1], 53))
		s.settimeout(10)
		s.send(b'x')
		s.recv(100)
		s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
		s.setsockopt(socket.IPPROTO_IP, 11, 1)	# IP_RECVERR
		s.send(b'x')
		try:
		    s.recv(100)
		except OSError as e:
		    print(e.errno)
	END
	)
	# EHOSTUNREACH
	expect_equal 113 "$heard" "the error that the client heard"
}

flows_follow_a_change_of_routes()
{
	hold web tcp "$VIP" 80 --count 8
	hold web6 tcp "$VIP6" 80 --count 8
	ip -n "$gw" route add "$(real_address 1)" dev in0
	defer ip -n "$gw" route del "$(real_address 1)"
	ip -n "$gw" -6 route add "$(real_address6 1)" dev in0
	defer ip -n "$gw" -6 route del "$(real_address6 1)"
	expect_held web ping "8 ok"
	expect_held web6 ping "8 ok"
	expect_slow 0 expect_held web ping "8 ok"
}

# ask_from SPORT ADDRESS [OPTION]...: of the flow that has that port
ask_from()
{
	local sport=$1 address=$2

	shift 2
	ask udp "$address" 53 --sport "$sport" --timeout 500 "$@"
}

# Behind it is a route that says no.
flows_do_not_follow_a_route_whose_nexthop_outlives_it()
{
	local n

	on gw ip -6 nexthop add id 7 dev in0
	defer on gw ip -6 nexthop del id 7
	for n in 1 2; do
		on gw ip -6 route add unreachable "$(real_address6 "$n")" metric 2000
		defer on gw ip -6 route del unreachable "$(real_address6 "$n")" metric 2000
		on gw ip -6 route add "$(real_address6 "$n")" nhid 7 metric 10
	done
	ask_from 11031 "$VIP6"
	expect_answers 1
	expect_slow 0 ask_from 11031 "$VIP6"
	for n in 1 2; do
		on gw ip -6 route del "$(real_address6 "$n")" nhid 7 metric 10
	done
	ask_from 11031 "$VIP6"
	expect_equal 0 "$(answers)" "answers by a route that is gone"
}

# shellcheck disable=SC2016 # awk's
too_big() { on gw awk '$1 == "Icmp6OutPktTooBigs" { print $2 }' /proc/net/snmp6; }

# Of IPv4 the kernel forgets all routes then.
a_device_that_takes_less_is_noticed()
{
	local before n

	for n in 1 2 3; do
		ask_from 11041 "$VIP6" --size 1380
		expect_answers 1
	done
	expect_slow 0 ask_from 11041 "$VIP6" --size 1380
	before=$(too_big)
	ip -n "$gw" link set in0 mtu 1400
	defer on c0 ip -6 route flush cache
	defer ip -n "$gw" link set in0 mtu 1500
	ask_from 11041 "$VIP6" --size 1380
	expect_at_least $((before + 1)) "$(too_big)" "packets that the client was told to be too big"
}

flows_go_on_when_an_arm_is_taken_away()
{
	hold web tcp "$VIP" 80 --count 4
	lbctl arm del out0
	defer lbctl arm add out0
	expect_held web ping "4 ok"
	expect_refusal "there is no arm of this name" lbctl arm del out0
}

an_arm_keeps_its_device_when_that_is_renamed()
{
	ip -n "$gw" link set out0 down
	ip -n "$gw" link set out0 name outer
	defer restore_out0
	expect_output outer lbctl arm show
}

restore_out0()
{
	ip -n "$gw" link set outer down
	ip -n "$gw" link set outer name out0
	ip -n "$gw" link set out0 up
	ip -n "$gw" -6 address replace "$OUT6/64" dev out0 nodad
	ip -n "$gw" route replace "$CROWD/16" via "$CLIENT"
	ip -n "$gw" route replace "$CROWD6/64" via "$CLIENT6"
	busywait 10 on c0 ping -q -c 1 -W 1 "$(real_address 1)" >/dev/null
	busywait 10 on c0 ping -q -c 1 -W 1 "$(real_address6 1)" >/dev/null
}

an_arm_goes_with_its_device()
{
	setup_ns elsewhere
	ip -n "$gw" link add spare type dummy
	ip -n "$gw" link add roamer type dummy
	lbctl arm add spare
	lbctl arm add roamer
	expect_equal 4 "$(lbctl -j arm show | jq length)" "the number of arms"
	ip -n "$gw" link del spare
	ip -n "$gw" link set roamer netns "$elsewhere"
	expect_equal 2 "$(lbctl -j arm show | jq length)" "the number of arms"
	ask_ten
}

an_arm_that_makes_no_sense_is_refused()
{
	expect_refusal '"nowhere": there is no device of this name' lbctl arm add nowhere
	expect_refusal '"out0": the device is an arm already' lbctl arm add out0
	expect_refusal '"lo": the loopback device' lbctl arm add lo
	expect_refusal '"nowhere": there is no such arm' lbctl arm show nowhere
	expect_equal '"dev":"out0"' "$(lbctl -j arm show out0 | grep -o '"dev":"[^"]*"')" \
		"the arm that is asked for"
	expect_equal 2 "$(lbctl -j arm show | jq length)" "the number of arms"
}

a_port_of_a_bridge_is_no_arm()
{
	ip -n "$gw" link add bridge9 type bridge
	defer ip -n "$gw" link del bridge9
	ip -n "$gw" link add port9 type dummy
	defer ip -n "$gw" link del port9
	lbctl arm add port9
	expect_equal 3 "$(lbctl -j arm show | jq length)" "the number of arms"
	ip -n "$gw" link set port9 master bridge9
	expect_equal 2 "$(lbctl -j arm show | jq length)" "the number of arms"
	expect_refusal "\"port9\": a port can't be an arm" lbctl arm add port9
	lbctl arm add bridge9
	lbctl arm del bridge9
}

is_shown_to_the_firewall()
{
	local slow

	slow=$(slow)
	expect_held web ping "4 ok"
	expect_held web6 ping "4 ok"
	# Each ping is a segment each way at least.
	[ $(($(slow) - slow)) -ge 16 ]
}

a_firewall_that_comes_later_is_shown_what_goes_on()
{
	hold web tcp "$VIP" 80 --count 4
	hold web6 tcp "$VIP6" 80 --count 4
	expect_slow 0 expect_held web ping "4 ok"
	expect_slow 0 expect_held web6 ping "4 ok"
	firewall "ct state invalid drop"
	await 10 is_shown_to_the_firewall
}

one_port_again_and_again()
{
	local n

	for n in 1 2 3; do
		ask tcp "$VIP" 82 --sport 31000
		expect_answers 1
	done
}

a_finished_flow_is_replaced_on_the_fast_path()
{
	expect_slow 0 one_port_again_and_again
}

# send_from SOURCE DESTINATION: a datagram to port 53, by no socket of its own
send_from()
{
	on c0 python3 - "$1" "$2" "$(ip -n "$gw" -j link show out0 | jq -r '.[0].address')" <<-'END'
		import socket, struct, sys

		def total(data):
		    return sum(struct.unpack('!%dH' % (len(data) // 2), data))

		def check(value):
		    while value >> 16:
		        value = (value & 0xffff) + (value >> 16)
		    return 0xffff - value

		source, destination, mac = sys.argv[1:]
		v6 = ':' in source
		pack = lambda a: socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, a)
		addresses = pack(source) + pack(destination)
		udp = struct.pack('!4H', 4000, 53, 12, 0) + b'ask\n'
		udp = udp[:6] + struct.pack('!H', check(total(addresses + udp) + 17 + 12)) + udp[8:]
		if v6:
		    ip = struct.pack('!IHBB', 6 << 28, 12, 17, 64) + addresses
		else:
		    ip = struct.pack('!BBHHHBBH', 0x45, 0, 32, 1, 0, 64, 17, 0) + addresses
		    ip = ip[:10] + struct.pack('!H', check(total(ip))) + ip[12:]
		with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as s:
		    s.sendto(ip + udp, ('eth0', 0x86dd if v6 else 0x0800, 0, 0,
		                        bytes.fromhex(mac.replace(':', ''))))
	END
}

# Of each real: then the next flows need not look for them.
let_routes_be_known()
{
	local n

	for n in 1 2; do
		send_from "198.18.0.$n" "$VIP"
		send_from "2001:db8:18::$n" "$VIP6"
	done
}

# expect_opened SOURCE, expect_not_opened SOURCE: does what it sends, and the answer if
# there is one, take the fast path?
expect_opened()
{
	local fast

	fast=$(fast)
	send_from "$1" "$VIP"
	expect_at_least $((fast + 1)) "$(fast)" "packets on the fast path, with that from $1"
}

expect_not_opened()
{
	local fast

	fast=$(fast)
	send_from "$1" "$VIP"
	expect_equal "$fast" "$(fast)" "packets on the fast path, with that from $1"
}

an_address_that_can_be_no_source_opens_nothing()
{
	local fast source

	let_routes_be_known
	fast=$(fast)
	# Twice: where the stack asked for a flow before it refused, the second has one.
	for source in 127.0.0.1 0.0.0.0 224.0.0.5 255.255.255.255 "$OUT" "$IN"; do
		send_from "$source" "$VIP"
		send_from "$source" "$VIP"
	done
	for source in :: ::1 ff02::5 fe80::5; do
		send_from "$source" "$VIP6"
		send_from "$source" "$VIP6"
	done
	expect_equal "$fast" "$(fast)" "packets on the fast path"
	# One from a source that is none the less somebody's does.
	send_from 198.18.0.77 "$VIP"
	send_from 2001:db8:18::77 "$VIP6"
	expect_at_least $((fast + 2)) "$(fast)" "packets on the fast path"
}

an_address_of_the_gateway_opens_nothing_however_new()
{
	let_routes_be_known
	ip -n "$gw" address add 198.18.0.200/32 dev lo
	ip -n "$gw" address add 198.18.0.201/32 dev lo
	let_routes_be_known
	expect_not_opened 198.18.0.200
	ip -n "$gw" address del 198.18.0.200/32 dev lo
	let_routes_be_known
	expect_not_opened 198.18.0.201
	expect_opened 198.18.0.200
	ip -n "$gw" address del 198.18.0.201/32 dev lo
	expect_opened 198.18.0.201
}

# The reals' own subnet is elsewhere.
the_reverse_path_filter_is_heeded_at_once()
{
	let_routes_be_known
	expect_opened 203.0.113.200
	on gw sysctl -qw net.ipv4.conf.out0.rp_filter=1
	defer on gw sysctl -qw net.ipv4.conf.out0.rp_filter=0
	expect_not_opened 203.0.113.201
	expect_opened 198.18.0.202
}

connect_error()
{
	on c0 python3 - "$1" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
		s.settimeout(20)
		try:
		    s.connect((sys.argv[1], 99))
		    print("connected")
		except OSError as e:
		    print(e.errno)
	END
}

who_asks_for_a_real_that_is_gone_is_told()
{
	lbctl pool add gone
	defer lbctl pool del gone
	lbctl pool add gone6
	defer lbctl pool del gone6
	lbctl real add gone nobody 203.0.113.99
	lbctl real add gone6 nobody 2001:db8:3::99
	given_service lost tcp "$VIP:99" pool gone
	given_service lost6 tcp "[$VIP6]:99" pool gone6
	# EHOSTUNREACH
	expect_equal 113 "$(connect_error "$VIP")" "the error that the client heard"
	expect_equal 113 "$(connect_error "$VIP6")" "the error that the client heard"
	# The neighbour is known to have failed by now.
	expect_equal 113 "$(connect_error "$VIP6")" "the error that the client heard"
}

traffic_of_no_service_passes_the_arms()
{
	local fast slow

	fast=$(fast) slow=$(slow)
	ask tcp "$(real_address 1)" 80 --count 10
	expect_answers 10
	ask udp "$(real_address6 2)" 53 --count 10
	expect_answers 10
	expect_equal "$fast $slow" "$(fast) $(slow)" "packets of services"
}

stop_forwarding()
{
	on gw sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	defer on gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

turning_forwarding_off_stops_the_fast_path()
{
	local fast

	hold dns udp "$VIP" 53 --count 2
	stop_forwarding
	fast=$(fast)
	ask udp "$VIP" 53 --timeout 500
	expect_equal 0 "$(answers)" "answers"
	ask udp "$VIP6" 53 --timeout 500
	expect_equal 0 "$(answers)" "answers"
	expect_equal "$fast" "$(fast)" "packets on the fast path"
}

# The last one: it leaves no way to the clients.
a_device_can_be_removed_under_its_flows()
{
	hold web tcp "$VIP" 80 --count 4
	hold web6 tcp "$VIP6" 80 --count 4
	expect_slow 0 expect_held web ping "4 ok"
	expect_slow 0 expect_held web6 ping "4 ok"
	# It would wait for ever for a reference that a flow keeps.
	expect_ok timeout 20 ip -n "$gw" link del out0
	expect_equal 1 "$(lbctl -j arm show | jq length)" "the number of arms"
}

run_tests "$@"
