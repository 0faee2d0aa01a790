#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ICMP errors about packets of flows reach the one who sent the packet, and
# quote it as it was sent. So a hop with a small MTU, on either side, is found
# out about: no black hole.
#
#   far 198.19.1.2 ---- c0 ---- gw ---- sw ---- r1, r2
#                  MTU                  '------ mid ---- deep 198.19.2.2
#                  1400                         MTU
#                                               1400
ALL_TESTS="
	a_real_without_a_listener_refuses_udp_in_the_name_of_the_service
	a_real_without_a_listener_refuses_udp_over_ipv6
	an_upload_passes_a_small_mtu_on_the_inside
	an_upload_passes_a_small_mtu_on_the_inside_over_ipv6
	an_upload_passes_a_router_with_a_small_mtu_before_the_real
	an_upload_passes_a_router_with_a_small_mtu_before_the_real_over_ipv6
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
	setup_deep
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

# A real behind a router whose link to it takes less.
setup_deep()
{
	local server

	setup_ns mid deep
	link mid eth0 sw mid
	ip -n "$sw" link set mid master br0
	link deep eth0 mid eth1
	ip -n "$deep" link set eth0 mtu 1400
	ip -n "$mid" link set eth1 mtu 1400
	on mid sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	address mid eth0 203.0.113.50/24 2001:db8:3::50/64
	address mid eth1 198.19.2.1/24 2001:db8:29::1/64
	address deep eth0 198.19.2.2/24 2001:db8:29::2/64
	ip -n "$mid" route add default via "$IN"
	ip -n "$mid" route add default via "$IN6"
	# As for the one above.
	ip -n "$deep" route add default via 198.19.2.1 advmss 1440
	ip -n "$deep" route add default via 2001:db8:29::1 advmss 1440
	ip -n "$gw" route add 198.19.2.0/24 via 203.0.113.50
	ip -n "$gw" route add 2001:db8:29::/64 via 2001:db8:3::50
	server=$(on deep "$TRAFFIC" serve deep 198.19.2.2,2001:db8:29::2 tcp/90)
	defer kill "$server"
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

# upload_to_deep ADDR ADDR:PORT REAL: none of this family knows yet how long a packet may be
upload_to_deep()
{
	local before

	lbctl pool add deep
	defer lbctl pool del deep
	lbctl real add deep deep "$3"
	given_service deep tcp "$2" pool deep
	ip -n "$c0" route flush cache
	ip -n "$c0" -6 route flush cache
	before=$(stat_of icmp-reply)
	on c0 "$TRAFFIC" fetch tcp "$1" 90 --size 10000000 --upload
	expect_at_least $((before + 1)) "$(stat_of icmp-reply)" "the count of errors for clients"
}

an_upload_passes_a_router_with_a_small_mtu_before_the_real()
{
	upload_to_deep "$VIP" "$VIP:90" 198.19.2.2
}

an_upload_passes_a_router_with_a_small_mtu_before_the_real_over_ipv6()
{
	upload_to_deep "$VIP6" "[$VIP6]:90" 2001:db8:29::2
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
