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

expect_right()
{
	local before

	before=$(wrong_checksums c0 r1 r2)
	expect_fast_path traffic
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

over_both_families

# Over IPv6 there is always one. For that of a client see fragments.sh.
ALL_TESTS+="
	an_answer_without_a_checksum_stays_without
"

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
