#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How the gateway says no, as it is on the wire: a reset that the client's TCP
# has to believe (RFC 9293, section 3.10.7), or an ICMP error that quotes the
# client's packet. A reset comes from the service, an ICMP error from an address of
# the gateway. What a real says comes in the name of the service.
#
#   port 80 served      port 81 nobody usable, rejects      port 82 no listener
ALL_TESTS="
	a_connection_to_an_empty_service_is_reset
	a_datagram_to_an_empty_service_is_answered_by_an_error
	an_error_is_the_same_when_the_service_is_an_address_of_the_gateway
	a_segment_of_no_flow_is_reset_in_sequence
	a_segment_without_an_acknowledgement_is_reset_too
	a_reset_of_no_flow_is_not_answered
	a_damaged_segment_is_not_answered
	a_reset_of_the_real_comes_from_the_service
	an_error_of_the_real_comes_from_the_service
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	need_program tcpdump ethtool python3
	topology 1
	serve_all tcp/80
	# All checksums are made before a packet leaves, so tcpdump can judge them.
	on c0 ethtool -K eth0 tx off
	on gw ethtool -K out0 tx off
	on r1 ethtool -K eth0 tx off
	on gw sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	on r1 sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	LOG=$(mktemp -d)
	defer rm -r "$LOG"
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	lbctl pool add "$pool-bare"
	defer lbctl pool del "$pool-bare"
	given_service "$pool-tcp" tcp "$(at_vip 80,82)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 82)" pool "$pool"
	given_service "$pool-bare-tcp" tcp "$(at_vip 81)" pool "$pool-bare" when-empty reject
	given_service "$pool-bare-udp" udp "$(at_vip 81)" pool "$pool-bare" when-empty reject
}

watch_client() { watch c0 eth0 "$LOG/wire" "tcp or udp or icmp or (icmp6 and ip6[40] < 128)"; }

# number KEY REGEX: what follows KEY in the one packet that matches
number()
{
	packets "$LOG/wire" | grep -E -- "$2" | sed -n "s/.* $1 \\([0-9]*\\).*/\\1/p" | head -n 1
}

# from_to SOURCE PORT DESTINATION PORT: as tcpdump writes it, for a regex
from_to()
{
	local text="$1.$2 > $3.$4: "

	echo "${text//./\\.}"
}

# expect_reset PORT: a SYN from port 40000 was answered by one reset and no more,
# that acknowledges it
expect_reset()
{
	local reset

	reset="$(from_to "$vip" "$1" "$client" 40000)Flags \[R\.\], cksum 0x[0-9a-f]+ \(correct\)"
	await 10 has_packets 1 "$LOG/wire" "$reset, seq 0,"
	expect_equal 2 "$(packets_with "$LOG/wire" .)" "the packets on the wire"
	expect_equal $(($(number seq "$(from_to "$client" 40000 "$vip" "$1")Flags \[S\]") + 1)) \
		"$(number ack "$reset")" "what the reset acknowledges"
}

a_connection_to_an_empty_service_is_reset()
{
	watch_client
	ask tcp "$vip" 81 --sport 40000
	expect_error refused 1
	expect_reset 81
}

# expect_error_about SOURCE PORT: one error that quotes the client's datagram as it
# was sent, checksum included. Another would not have reached the client's socket.
expect_error_about()
{
	local what

	what="ICMP $vip udp port $2 unreachable.*$(from_to "$client" 40000 "$vip" "$2").*udp sum ok"
	# tcpdump does not show what this one quotes.
	! is_ipv6 || what="icmp6 sum ok.*unreachable port, $vip udp port $2"
	await 10 has_packets 1 "$LOG/wire" "$1 > $client: .*$what"
	expect_equal 2 "$(packets_with "$LOG/wire" .)" "the packets on the wire"
	expect_equal 0 "$(packets_with "$LOG/wire" "(wrong|bad) |incorrect")" "the wrong checksums"
}

own_address() { if is_ipv6; then echo "$OUT6"; else echo "$OUT"; fi; }

a_datagram_to_an_empty_service_is_answered_by_an_error()
{
	watch_client
	ask udp "$vip" 81 --sport 40000 --size 5
	expect_error port-unreachable 1
	expect_error_about "$(own_address)" 81
}

an_error_is_the_same_when_the_service_is_an_address_of_the_gateway()
{
	ip -n "$gw" address add "$vip" dev lo
	defer ip -n "$gw" address del "$vip" dev lo
	watch_client
	ask udp "$vip" 81 --sport 40000 --size 5
	expect_error port-unreachable 1
	expect_error_about "($vip|$(own_address))" 81
}

send_segment() { send_segments "$client" "$vip" "$1"; }

# The sequence number of the reset is the acknowledgement number of the segment.
a_segment_of_no_flow_is_reset_in_sequence()
{
	watch_client
	expect_counted rejected-no-flow 1 send_segment PA:1000:5000:data
	await 10 has_packets 1 "$LOG/wire" \
		"$(from_to "$vip" 80 "$client" 40000)Flags \[R\], cksum 0x[0-9a-f]+ \(correct\), seq 5000,"
	expect_equal 2 "$(packets_with "$LOG/wire" .)" "the packets on the wire"
}

# Without an acknowledgement number it acknowledges all of the segment.
a_segment_without_an_acknowledgement_is_reset_too()
{
	watch_client
	expect_counted rejected-no-flow 1 send_segment P:1000:0:data
	await 10 has_packets 1 "$LOG/wire" \
		"$(from_to "$vip" 80 "$client" 40000)Flags \[R\.\], cksum 0x[0-9a-f]+ \(correct\), seq 0, ack 1004,"
	expect_equal 2 "$(packets_with "$LOG/wire" .)" "the packets on the wire"
}

# Nothing comes before the answer to what is sent afterwards.
expect_silence_after()
{
	watch_client
	expect_counted rejected-no-flow 1 "$@"
	ask udp "$vip" 81 --sport 40000 --size 5
	expect_error port-unreachable 1
	await 10 has_packets 1 "$LOG/wire" "unreachable"
	expect_equal 3 "$(packets_with "$LOG/wire" .)" "the packets on the wire"
}

a_reset_of_no_flow_is_not_answered() { expect_silence_after send_segment R:1000:0:data; }
a_damaged_segment_is_not_answered() { expect_silence_after send_segment PA:1000:5000:data:damaged; }

a_reset_of_the_real_comes_from_the_service()
{
	watch_client
	ask tcp "$vip" 82 --sport 40000
	expect_error refused 1
	expect_reset 82
}

an_error_of_the_real_comes_from_the_service()
{
	watch_client
	ask udp "$vip" 82 --sport 40000 --size 5
	expect_error port-unreachable 1
	expect_error_about "$vip" 82
}

over_both_families
run_tests "$@"
