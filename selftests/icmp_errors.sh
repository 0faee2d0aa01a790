#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ICMP errors about packets of flows reach the one who sent the packet, and
# quote it as it was sent. So a hop with a small MTU, on either side, is found
# out about: no black hole.
#
#   far 198.19.1.2 ---- c0 ---- gw ---- r1, r2
#                  MTU
#                  1400
ALL_TESTS="
	a_real_without_a_listener_refuses_udp_in_the_name_of_the_service
	a_real_without_a_listener_refuses_udp_over_ipv6
	an_upload_passes_a_small_mtu_on_the_inside
	an_upload_passes_a_small_mtu_on_the_inside_over_ipv6
	a_download_passes_a_small_mtu_beyond_the_client_side
	a_download_passes_a_small_mtu_beyond_the_client_side_over_ipv6
	a_hop_limit_that_runs_out_is_told_to_the_client
"
source "$(dirname "$0")/lib.sh"

setup()
{
	topology 2
	serve_all tcp/80 bulk/81 udp/53
	setup_far
	given_pool four
	given_pool6 six
	given_service web tcp "$VIP:80,81" pool four
	given_service dns udp "$VIP:53,54" pool four
	given_service web6 tcp "[$VIP6]:80,81" pool six
	given_service dns6 udp "[$VIP6]:53,54" pool six
}

# A client behind a router whose link to it takes less.
setup_far()
{
	setup_ns far
	link far eth0 c0 eth1
	ip -n "$far" link set eth0 mtu 1400
	ip -n "$c0" link set eth1 mtu 1400
	on c0 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	address c0 eth1 198.19.1.1/24 2001:db8:19::1/64
	address far eth0 198.19.1.2/24 2001:db8:19::2/64
	# It offers to take more than its link does, as a host behind yet another
	# hop would.
	ip -n "$far" route add default via 198.19.1.1 advmss 1440
	ip -n "$far" route add default via 2001:db8:19::1 advmss 1440
	ip -n "$gw" route add 198.19.1.0/24 via "$CLIENT"
	ip -n "$gw" route add 2001:db8:19::/64 via "$CLIENT6"
}

a_real_without_a_listener_refuses_udp_in_the_name_of_the_service()
{
	ask udp "$VIP" 54 --count 4
	expect_error port-unreachable 4
}

a_real_without_a_listener_refuses_udp_over_ipv6()
{
	ask udp "$VIP6" 54 --count 4
	expect_error port-unreachable 4
}

# The route, not the device: what the reals send may still be longer.
with_small_inside()
{
	local n address

	for ((n = 1; n <= REALS; n++)); do
		for address in "$(real_address "$n")" "$(real_address6 "$n")"; do
			ip -n "$gw" route add "$address" dev in0 mtu lock 1400
			defer ip -n "$gw" route del "$address"
		done
	done
}

an_upload_passes_a_small_mtu_on_the_inside()
{
	local before

	with_small_inside
	before=$(stat_of icmp-reply)
	on c0 "$TRAFFIC" fetch tcp "$VIP" 80 --size 10000000 --upload
	expect_at_least $((before + 1)) "$(stat_of icmp-reply)" "the count of errors for clients"
}

an_upload_passes_a_small_mtu_on_the_inside_over_ipv6()
{
	local before

	with_small_inside
	before=$(stat_of icmp-reply)
	on c0 "$TRAFFIC" fetch tcp "$VIP6" 80 --size 10000000 --upload
	expect_at_least $((before + 1)) "$(stat_of icmp-reply)" "the count of errors for clients"
}

a_download_passes_a_small_mtu_beyond_the_client_side()
{
	local before

	before=$(stat_of icmp-request)
	on far "$TRAFFIC" fetch tcp "$VIP" 81 --size 10000000
	expect_at_least $((before + 1)) "$(stat_of icmp-request)" "the count of errors for reals"
}

a_download_passes_a_small_mtu_beyond_the_client_side_over_ipv6()
{
	local before

	before=$(stat_of icmp-request)
	on far "$TRAFFIC" fetch tcp "$VIP6" 81 --size 10000000
	expect_at_least $((before + 1)) "$(stat_of icmp-request)" "the count of errors for reals"
}

# A connected socket hears of an error only if the quote is about what it sent.
# The gateway's own "time exceeded" must quote the service, not the real.
errors_heard()
{
	on c0 python3 - "$1" "$2" <<-'END'
		import socket, sys
		v6 = ':' in sys.argv[1]
		s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
		level, ttl = (socket.IPPROTO_IPV6, 16) if v6 else (socket.IPPROTO_IP, socket.IP_TTL)
		s.setsockopt(level, ttl, 1)
		s.setsockopt(level, 25 if v6 else 11, 1)	# IPV6_RECVERR, IP_RECVERR
		s.connect((sys.argv[1], int(sys.argv[2])))
		s.settimeout(10)
		s.send(b'x')
		try:
		    s.recv(1)
		except OSError as e:
		    print(type(e).__name__, e.errno)
	END
}

a_hop_limit_that_runs_out_is_told_to_the_client()
{
	# EHOSTUNREACH
	expect_equal "OSError 113" "$(errors_heard "$VIP" 53)" "what the client heard"
	expect_equal "OSError 113" "$(errors_heard "$VIP6" 53)" "what the client heard"
}

run_tests "$@"
