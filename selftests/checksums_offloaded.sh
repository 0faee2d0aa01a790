#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Checksums come out right, whoever has to make them: sender or gateway, kernel
# or device. Here devices are veth. One with "tx on" leaves the checksum and the
# cutting of packets of up to 64 KB to the next one, and a receiver believes what
# comes to it so. One with "tx off" has all of it done by the kernel, and the
# receiver looks. One with "gro on" puts what comes in together again.
ALL_TESTS="
	what_senders_leave_open_is_completed_by_the_gateway
	what_senders_completed_stays_right
	what_the_gateway_puts_together_comes_apart_again
	datagrams_that_were_sent_as_one_come_apart
	a_tunnel_with_checksums_of_its_own_stays_right
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	need_program ethtool tcpdump python3
	topology 2
	serve_all tcp/80 bulk/81 udp/9000
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,81)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 9000,9001)" pool "$pool"
	given_service "$pool-tunnel" udp "$(at_vip 4789)" pool "$pool"
}

gateway_completes()
{
	offload gw out0 tx off
	offload gw in0 tx off
}

senders_complete()
{
	offload c0 eth0 tx off
	offload r1 eth0 tx off
	offload r2 eth0 tx off
}

traffic()
{
	local size

	for size in 1 2 777 1400; do
		ask_anew udp "$vip" 9000 --count 2 --size "$size"
		expect_answers 2
	done
	ask tcp "$vip" 80 --count 4 --size 333
	expect_answers 4
	on c0 "$TRAFFIC" fetch tcp "$vip" 81 --size 500000
	on c0 "$TRAFFIC" fetch tcp "$vip" 80 --size 200000 --upload
}

# expect_right [COMMAND]
expect_right()
{
	local before

	before=$(wrong_checksums c0 r1 r2)
	expect_fast_path "${1:-traffic}"
	expect_equal "$before" "$(wrong_checksums c0 r1 r2)" "the packets with a wrong checksum"
}

what_senders_leave_open_is_completed_by_the_gateway()
{
	gateway_completes
	expect_right
}

what_senders_completed_stays_right()
{
	senders_complete
	expect_right
	gateway_completes
	expect_right
}

# Packets of clients that the gateway passed on; what it puts together is one.
passed() { field service "$pool-tcp" .request_packets; }

what_the_gateway_puts_together_comes_apart_again()
{
	local before segments

	senders_complete
	offload gw out0 gro on
	offload gw in0 gro on
	before=$(passed) segments=$(sent c0 eth0)
	expect_right
	[ $(($(passed) - before)) -lt $(($(sent c0 eth0) - segments)) ] ||
		fail "expected the gateway to put packets together"
	gateway_completes
	expect_right
}

# Ten datagrams, which the client hands over as one (UDP_SEGMENT).
ten_datagrams()
{
	expect_equal 10 "$(on c0 python3 - "$client" "$vip" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET6 if ':' in sys.argv[2] else socket.AF_INET,
		                  socket.SOCK_DGRAM)
		s.bind((sys.argv[1], 9999))
		s.connect((sys.argv[2], 9000))
		s.setsockopt(socket.IPPROTO_UDP, 103, 1000)
		s.settimeout(5)
		s.send(bytes(10000))
		answers = 0
		while answers < 10 and len(s.recv(2000)) > 1000:
		    answers += 1
		print(answers)
	END
	)" "the datagrams that are answered"
}

datagrams_passed() { field service "$pool-udp" .request_packets; }

datagrams_that_were_sent_as_one_come_apart()
{
	local before

	before=$(datagrams_passed)
	expect_right ten_datagrams
	expect_equal $((before + 1)) "$(datagrams_passed)" "the packets of the client"
	gateway_completes
	expect_right ten_datagrams
	offload c0 eth0 tx-udp-segmentation off
	offload gw out0 gro on
	offload gw out0 rx-udp-gro-forwarding on
	expect_right ten_datagrams
}

# tunnel_end NAMESPACE DEVICE LOCAL REMOTE ADDRESS OPTION...: its packets have the one port
# both ways, so that they belong to one flow
tunnel_end()
{
	local where=$1

	ip -n "${!where}" link add tunnel type vxlan id 7 dev "$2" local "$3" remote "$4" \
		dstport 4789 srcport 4789 4790 "${@:6}" || skip "no vxlan here"
	defer ip -n "${!where}" link del tunnel
	ip -n "${!where}" address add "$5/24" dev tunnel
	ip -n "${!where}" link set tunnel up
}

# given_tunnel OPTION...: a VXLAN from c0 to the service. Its end is r1.
given_tunnel()
{
	local server

	tunnel_end c0 eth0 "$client" "$vip" 198.19.7.1 "$@"
	tunnel_end r1 eth0 "$(real_at 1)" "$client" 198.19.7.2 "$@"
	server=$(on r1 "$TRAFFIC" serve inner 198.19.7.2 tcp/80 bulk/81 udp/9000)
	defer kill "$server"
	busywait 10 on c0 ping -q -c 1 -W 1 198.19.7.2 >/dev/null
}

tunnel_traffic()
{
	ask udp 198.19.7.2 9000 --count 4 --size 777
	expect_answers 4
	on c0 "$TRAFFIC" fetch tcp 198.19.7.2 81 --size 500000
	on c0 "$TRAFFIC" fetch tcp 198.19.7.2 80 --size 200000 --upload
}

only_r1()
{
	lbctl real disable "$pool" r2
	defer lbctl real enable "$pool" r2
}

# What is open then is the checksum inside, and those outside are complete.
a_tunnel_with_checksums_of_its_own_stays_right()
{
	only_r1
	if is_ipv6; then
		given_tunnel
	else
		given_tunnel udpcsum
	fi
	expect_right tunnel_traffic
	gateway_completes
	expect_right tunnel_traffic
}

over_both_families

# Over IPv6 there is always one. For that of a client see fragments.sh.
ALL_TESTS+="
	a_tunnel_without_checksums_of_its_own_stays_without
	an_answer_without_a_checksum_stays_without
"

a_tunnel_without_checksums_of_its_own_stays_without()
{
	local log

	use_ipv4
	only_r1
	log=$(mktemp)
	defer rm "$log" "$log.err"
	given_tunnel noudpcsum
	watch r1 eth0 "$log" "udp dst port 4789 and udp[6:2] != 0"
	expect_right tunnel_traffic
	gateway_completes
	expect_right tunnel_traffic
	expect_equal 0 "$(packets_with "$log" .)" "the packets with a checksum"
}

an_answer_without_a_checksum_stays_without()
{
	local log

	use_ipv4
	log=$(mktemp)
	defer rm "$log" "$log.err"
	in_background r1 python3 - "$(real_at 1)" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_SOCKET, 11, 1)	# SO_NO_CHECK
		s.bind((sys.argv[1], 9001))
		while True:
		    data, client = s.recvfrom(2000)
		    s.sendto(b'r1 %s %d 9001\n' % (client[0].encode(), client[1]) + data, client)
	END
	lbctl real disable four r2
	defer lbctl real enable four r2
	watch c0 eth0 "$log" "udp src port 9001"
	await 20 answers_at_9001
	expect_fast_path answers_at_9001
	gateway_completes
	expect_fast_path answers_at_9001
	expect_at_least 3 "$(packets_with "$log" "no cksum")" "the answers without a checksum"
	expect_equal 0 "$(packets_with "$log" "udp sum|udp cksum")" "the answers with one"
}

answers_at_9001()
{
	ask_anew udp "$VIP" 9001 --size 10 --timeout 1000
	[ "$(answers)" = 1 ]
}

run_tests "$@"
