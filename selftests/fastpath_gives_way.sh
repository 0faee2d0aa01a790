#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The fast path takes plain packets between hosts that may talk. Whatever else
# comes in by an arm is left to the stack, which takes it further or does not:
# each rule for that has a test here, in which it is the only one that holds.
ALL_TESTS="
	options_of_ipv4_are_left_to_the_stack
	extension_headers_of_ipv6_are_left_to_the_stack
	a_frame_for_another_host_goes_nowhere
	a_segment_without_a_whole_header_is_left_to_the_stack
	a_policy_of_ipsec_holds_for_new_flows_and_old_ones
	an_arm_without_forwarding_takes_nothing
	an_arm_without_ipv6_takes_nothing
"
ARMS=never
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	need_program python3
	topology 1
	serve_all tcp/80 udp/53 udp/257
	in_both_families given_services
	lbctl arm add out0
	lbctl arm add in0
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 53,257)" pool "$pool"
}

fast() { stat_of packets-fast; }
slow() { stat_of packets-slow; }

# expect_paths FAST SLOW COMMAND...: so many packets take each way meanwhile
expect_paths()
{
	local expected="$1 fast, $2 slow" fast slow

	shift 2
	fast=$(fast) slow=$(slow)
	"$@"
	expect_equal "$expected" "$(($(fast) - fast)) fast, $(($(slow) - slow)) slow" \
		"the packets during \"$*\""
}

# talk plain|extras: a question and its answer, of one flow. Both ports have the bytes of
# two options that mean nothing: read as ports, these would be the right ones.
talk()
{
	expect_equal answer "$(on c0 python3 - "$client" "$vip" "$1" <<-'END'
		import socket, sys
		client, vip, kind = sys.argv[1:]
		v6 = ':' in vip
		s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
		if kind == 'extras' and v6:
		    # IPV6_DSTOPTS: six bytes of padding
		    s.setsockopt(socket.IPPROTO_IPV6, 59, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
		elif kind == 'extras':
		    s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes([1, 1, 1, 1]))
		s.bind((client, 257))
		s.connect((vip, 257))
		s.settimeout(5)
		s.send(b'x')
		try:
		    print('answer' if s.recv(100) else '')
		except OSError as e:
		    print('silence')
	END
	)" "what comes back"
}

mac_of() { ip -n "${!1}" link show "$2" | awk '$1 == "link/ether" { print $2 }'; }

# send_frame MAC tcp|udp SPORT [LENGTH]: from c0 to the service, with so many bytes of
# transport header; a TCP header says ACK. Ethernet makes the frame 60 bytes long.
send_frame()
{
	on c0 python3 - "$client" "$vip" "$@" <<-'END'
		import socket, struct, sys

		def checksum(data):
		    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
		    while total >> 16:
		        total = (total & 0xffff) + (total >> 16)
		    return 0xffff - total

		client, vip, mac, kind, sport = sys.argv[1:6]
		v6, proto, port = ':' in vip, *((6, 80) if kind == 'tcp' else (17, 53))
		pack = lambda a: socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, a)
		addresses = pack(client) + pack(vip)
		if kind == 'tcp':
		    head, tail = struct.pack('!2H2L2BH', int(sport), port, 1, 1, 0x50, 0x10, 1000), b'\0\0'
		else:
		    head, tail = struct.pack('!3H', int(sport), port, 8), b''
		size = len(head) + 2 + len(tail)
		check = checksum(addresses + struct.pack('!HH', proto, size) + head + tail)
		transport = head + struct.pack('!H', check) + tail
		length = int(sys.argv[6]) if len(sys.argv) > 6 else size
		if v6:
		    ip = struct.pack('!LHBB', 6 << 28, length, proto, 64) + addresses
		else:
		    ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + length, 1, 0, 64, proto, 0) + addresses
		    ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
		with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as s:
		    s.sendto((ip + transport).ljust(46, b'\0'),
		             ('eth0', 0x86dd if v6 else 0x0800, 0, 0, bytes.fromhex(mac.replace(':', ''))))
	END
}

extras_are_left_to_the_stack()
{
	talk plain
	expect_paths 2 0 talk plain
	expect_paths 1 1 talk extras
}

options_of_ipv4_are_left_to_the_stack()
{
	use_ipv4
	extras_are_left_to_the_stack
}

extension_headers_of_ipv6_are_left_to_the_stack()
{
	use_ipv6
	extras_are_left_to_the_stack
}

# As a device sees it that listens to all, on a link with several hosts.
expect_nothing_for_others()
{
	hold "dns$pool" udp "$vip" 53 --sport 40000
	expect_paths 2 0 expect_held "dns$pool" ping "1 ok"
	expect_paths 2 0 send_frame "$(mac_of gw out0)" udp 40000
	expect_paths 0 0 send_frame 02:00:00:00:00:99 udp 40000
	expect_paths 0 0 send_frame 02:00:00:00:00:99 udp 40001
}

a_frame_for_another_host_goes_nowhere() { in_both_families expect_nothing_for_others; }

# What pads the frame is none of the packet's: neither flags nor a header.
expect_no_padding_read()
{
	local before

	hold "web$pool" tcp "$vip" 80 --sport 40000
	expect_paths 2 0 send_frame "$(mac_of gw out0)" tcp 40000
	before=$(stat_of drop-no-memory)
	expect_paths 0 0 send_frame "$(mac_of gw out0)" tcp 40000 10
	expect_paths 0 0 send_frame "$(mac_of gw out0)" tcp 40000 19
	expect_equal "$before" "$(stat_of drop-no-memory)" "the packets dropped for want of memory"
	expect_held "web$pool" ping "1 ok"
}

a_segment_without_a_whole_header_is_left_to_the_stack() { in_both_families expect_no_padding_read; }

block() { ip -n "$gw" xfrm policy "$1" src "$client" dst "$(real_at 1)" dir fwd ${2:+"$2" "$3"}; }

expect_blocked()
{
	local fast

	hold "dns$pool" udp "$vip" 53 --timeout 300
	expect_paths 2 0 expect_held "dns$pool" ping "1 ok"
	block add action block 2>/dev/null || skip "no xfrm here"
	defer block delete
	fast=$(fast)
	expect_held "dns$pool" ping "0 ok 1 timeout"
	ask udp "$vip" 53 --timeout 300
	expect_error timeout 1
	expect_equal "$fast" "$(fast)" "the packets on the fast path"
	block delete
	ask udp "$vip" 53
	expect_answers 1
}

a_policy_of_ipsec_holds_for_new_flows_and_old_ones() { in_both_families expect_blocked; }

# expect_nothing_by_arm SETTING VALUE VALUE: of the gateway, while it has the first one
expect_nothing_by_arm()
{
	local fast

	hold dns udp "$vip" 53 --timeout 300
	expect_paths 2 0 expect_held dns ping "1 ok"
	on gw sysctl -qw "$1=$2"
	defer on gw sysctl -qw "$1=$3"
	fast=$(fast)
	send_frame "$(mac_of gw out0)" udp 40001
	send_frame "$(mac_of gw out0)" udp 40002
	expect_held dns ping "0 ok 1 timeout"
	expect_equal "$fast" "$(fast)" "the packets on the fast path"
}

an_arm_without_forwarding_takes_nothing()
{
	use_ipv4
	expect_nothing_by_arm net.ipv4.conf.out0.forwarding 0 1
}

# The last one: it takes the addresses of the arm away.
an_arm_without_ipv6_takes_nothing()
{
	use_ipv6
	expect_nothing_by_arm net.ipv6.conf.out0.disable_ipv6 1 0
}

run_tests "$@"
