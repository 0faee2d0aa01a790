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
source "$(dirname "$0")/lib_icmp.sh"

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

a_hop_limit_that_runs_out_is_told_to_the_client()
{
	expect_unreachable c0 "$VIP" 53 1
	expect_unreachable c0 "$VIP6" 53 1
}

run_tests "$@"
