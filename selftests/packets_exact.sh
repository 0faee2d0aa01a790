#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A packet is changed in as much as it has to be: addresses and ports, one hop
# less, and the checksums that go with it. Each packet that a client sends is
# compared with what comes to the real, byte by byte, and the other way around.
# Whoever listens at the gateway's devices sees packets as they are there.
#
# No device makes checksums or cuts segments here, so each packet is the same one
# on both sides, and complete.
ALL_TESTS="
	datagrams_are_as_expected
	segments_are_as_expected
	segments_to_another_port_are_as_expected
	a_checksum_that_comes_out_as_zero_is_sent_as_its_twin
	a_damaged_datagram_stays_damaged
	a_listener_at_the_gateway_sees_packets_as_they_come
"
ARMS=each
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	need_program tcpdump ethtool python3
	topology 1
	serve_all tcp/80 tcp/8080 udp/9000
	make_checksums_early
	LOG=$(mktemp -d)
	defer rm -r "$LOG"
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80)" pool "$pool"
	given_service "$pool-mapped" tcp "$(at_vip 81)" pool "$pool" to 8080
	given_service "$pool-udp" udp "$(at_vip 9000)" pool "$pool"
}

# as_expected PORT PORT: of the service and of the real
as_expected()
{
	python3 "$SELFTESTS/expected_packets.py" "$LOG/client" "$LOG/real" \
		"$vip" "$1" "$(real_at 1)" "$2" 2>&1 | cut -c 1-500
	return "${PIPESTATUS[0]}"
}

# expect_exact PORT PORT COMMAND...: all packets of it are as expected
expect_exact()
{
	local ports=("$1" "$2")

	shift 2
	record c0 eth0 "$LOG/client" "tcp or udp"
	record r1 eth0 "$LOG/real" "tcp or udp"
	expect_fast_path "$@"
	await 20 as_expected "${ports[@]}"
}

talk_udp()
{
	ask udp "$vip" 9000 --count 10 --size 1
	expect_answers 10
	ask udp "$vip" 9000 --count 10 --size 1200
	expect_answers 10
}

datagrams_are_as_expected() { expect_exact 9000 9000 talk_udp; }

# All kinds of packets: handshake, data, both ways to end.
talk_tcp()
{
	ask tcp "$vip" "$1" --count 3 --size 333
	expect_answers 3
	ask tcp "$vip" "$1" --count 3 --reset
	expect_answers 3
	on c0 "$TRAFFIC" fetch tcp "$vip" "$1" --size 60000 --upload
}

segments_are_as_expected() { expect_exact 80 80 talk_tcp 80; }
segments_to_another_port_are_as_expected() { expect_exact 81 8080 talk_tcp 81; }

# send_datagram damaged|zero: from port 40000. Its checksum is wrong, or is going
# to be 0 when the real is its destination. Prints what comes of it.
send_datagram()
{
	on c0 python3 - "$client" "$vip" "$(real_at 1)" "$1" <<-'END'
		import socket, struct, sys
		client, vip, real, kind = sys.argv[1:]
		family = socket.AF_INET6 if ':' in vip else socket.AF_INET

		def add(data):
		    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
		    while total >> 16:
		        total = (total & 0xffff) + (total >> 16)
		    return total

		def datagram(to, word, check):
		    pseudo = (socket.inet_pton(family, client) + socket.inet_pton(family, to) +
		              struct.pack('!HH', 17, 12))
		    rest = struct.pack('!HHHHHH', 40000, 9000, 12, check, word, 0x6f6b)
		    return rest, 0xffff - add(pseudo + rest)

		# With 0 for the word the sum lacks as much as the checksum says.
		word = datagram(real, 0, 0)[1] if kind == 'zero' else 0
		check = datagram(vip, word, 0)[1]
		if kind == 'damaged':
		    check ^= 0x0100
		listener = socket.socket(family, socket.SOCK_DGRAM)
		listener.bind((client, 40000))
		listener.settimeout(1 if kind == 'damaged' else 10)
		raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_UDP)
		raw.bind((client, 0))
		raw.sendto(datagram(vip, word, check)[0], (vip, 0))
		try:
		    print(listener.recv(1000).split()[0].decode())
		except socket.timeout:
		    print('silence')
	END
}

a_checksum_that_comes_out_as_zero_is_sent_as_its_twin()
{
	watch r1 eth0 "$LOG/zero" "udp dst port 9000"
	expect_equal r1 "$(expect_fast_path send_datagram zero)" "who answers"
	# "no cksum" is what 0 would be.
	await 10 has_packets 1 "$LOG/zero" "udp sum ok"
}

a_damaged_datagram_stays_damaged()
{
	local before

	before=$(wrong_checksums r1)
	expect_equal silence "$(expect_fast_path send_datagram damaged)" "who answers"
	expect_equal $((before + 1)) "$(wrong_checksums r1)" "the datagrams that the real took for damaged"
}

# heard_at DEVICE COMMAND...: destinations of the datagrams that came in there
# meanwhile. The socket does not copy what it hears, and is read when all is over:
# by then the gateway has sent the packets on, and must not have written to these.
heard_at()
{
	on gw python3 - "$vip" "$@" <<-'END'
		import socket, subprocess, sys
		family, kind, proto, where = ((socket.AF_INET6, 0x86dd, 6, slice(24, 40))
		    if ':' in sys.argv[1] else (socket.AF_INET, 0x0800, 9, slice(16, 20)))
		s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
		s.bind((sys.argv[2], 3))
		s.setblocking(False)
		subprocess.run(sys.argv[3:], check=True, stdout=subprocess.DEVNULL)
		seen = set()
		while True:
		    try:
		        data, address = s.recvfrom(2000)
		    except BlockingIOError:
		        break
		    if address[1] == kind and address[2] != socket.PACKET_OUTGOING and data[proto] == 17:
		        seen.add(socket.inet_ntop(family, data[where]))
		print(*seen)
	END
}

a_listener_at_the_gateway_sees_packets_as_they_come()
{
	expect_equal "$vip" "$(expect_fast_path heard_at out0 \
		nsenter "--net=/run/netns/$c0" -- "$TRAFFIC" ask udp "$vip" 9000 --count 4)" \
		"the destination of what comes in"
}

over_both_families
run_tests "$@"
