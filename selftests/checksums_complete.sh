#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A packet may come with the sum of all that is in it (CHECKSUM_COMPLETE): what is
# rewritten has another one then. Whoever looks next believes it, and is done; or finds
# it wrong. Then conntrack adds all up again, a UDP socket drops the packet. A tunnel
# with checksums of its own brings such packets, where nobody has looked at these before:
# devices with "tx off" leave that to it. Here all come to the gateway through two.
#
#   c0 to-gw ==== out-tun gw in-tun ==== to-gw sw br0 ---- r1, r2
ALL_TESTS="
	requests_are_right_where_conntrack_looks
	answers_are_right_where_the_gateway_is_the_client
	answers_are_right_where_the_gateway_stands_for_the_client
	what_goes_from_tunnel_to_tunnel_is_right
	what_goes_on_without_a_tunnel_is_right
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	need_program ethtool nft
	topology 2
	through_tunnels
	serve_all tcp/80 bulk/81 udp/9000
	in_both_families given_services
	OUTSIDE=$c0
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,81)" pool "$pool" snat auto
	given_service "$pool-udp" udp "$(at_vip 9000,9001)" pool "$pool" snat auto
}

# tunnel_end NAMESPACE DEVICE NAME LOCAL REMOTE: what it brings is not put together,
# as then somebody would look at the checksums on the way
tunnel_end()
{
	local netns=${!1}

	on "$1" ethtool -K "$2" tx off >/dev/null
	ip -n "$netns" address flush dev "$2" scope global
	ip -n "$netns" address add "$4/24" dev "$2"
	ip -n "$netns" link add "$3" type gretap local "$4" remote "$5" csum
	on "$1" ethtool -K "$3" gro off
	ip -n "$netns" link set "$3" up
}

through_tunnels()
{
	local netns

	tunnel_end c0 eth0 to-gw 198.19.8.2 198.19.8.1
	tunnel_end gw out0 out-tun 198.19.8.1 198.19.8.2
	tunnel_end gw in0 in-tun 198.19.9.1 198.19.9.2
	ip -n "$sw" link set gw nomaster
	tunnel_end sw gw to-gw 198.19.9.2 198.19.9.1
	ip -n "$sw" link set to-gw master br0
	for netns in "$r1" "$r2"; do
		# What goes on has to fit into the tunnel.
		ip -n "$netns" link set eth0 mtu 1400
		# The gateway is another device now.
		ip -n "$netns" neigh flush dev eth0
	done
	outside to-gw out-tun
	inside in-tun
	given_arms out-tun in-tun
	await_reals
}

before_each()
{
	c0=$OUTSIDE
	lbctl flush flows >/dev/null
	trace_packets
}

# What comes to the gateway and what leaves it; a trace of its own.
trace_packets()
{
	local event

	TRACE=/sys/kernel/tracing/instances/$gw
	mkdir "$TRACE"
	defer rmdir "$TRACE"
	for event in netif_rx_entry net_dev_start_xmit; do
		echo 'len > 150 && (name == "out-tun" || name == "in-tun")' \
			>"$TRACE/events/net/$event/filter"
		echo 1 >"$TRACE/events/net/$event/enable"
	done
}

# traced EVENT DEVICE [SUMMED]: packets there of the family at hand; with SUMMED those
# that have another checksum state
traced()
{
	local protocol=0x0800

	! is_ipv6 || protocol=0x86dd
	awk -v event="$1:" -v device="dev=$2" -v protocol="protocol=$protocol" \
		-v summed="ip_summed=${3:-}" '
		index($0, event) && index($0, device " ") && index($0, protocol) &&
			!(index($0, summed " ")) { n++ }
		END { print n + 0 }' "$TRACE/trace"
}

# expect_all EVENT DEVICE SUMMED WHAT: packets there have that state, and there are some
expect_all()
{
	expect_at_least 50 "$(traced "$1" "$2")" "the packets at $2"
	expect_equal 0 "$(traced "$1" "$2" "$3")" "the packets at $2 $4"
}

# expect_complete DEVICE...: that is how they came
expect_complete()
{
	local device

	for device; do
		expect_all netif_rx_entry "$device" 2 "that came without their sum"
	done
}

# expect_believed DEVICE...: conntrack found the sums right of what leaves there; such
# that it did not believe leave as if nobody had looked
expect_believed()
{
	local device

	for device; do
		expect_all net_dev_start_xmit "$device" 1 "whose sum was wrong"
	done
}

# A client for whom the gateway stands is known to the reals by another address.
talk()
{
	ask_anew udp "$vip" 9000 --count 8 --size 777
	expect_equal 8 "$(answers)" "the number of answers (of $(asked))"
	ask_anew udp "$vip" 9001 --count 4 --size 300
	expect_error port-unreachable 4
	ask tcp "$vip" 80 --count 8 --size 333
	expect_equal 8 "$(answers)" "the number of answers (of $(asked))"
	on c0 "$TRAFFIC" fetch tcp "$vip" 81 --size 300000
	on c0 "$TRAFFIC" fetch tcp "$vip" 80 --size 100000 --upload
}

# expect_right COMMAND...
expect_right()
{
	local before

	before=$(wrong_checksums c0 gw r1 r2)
	"$@"
	expect_equal "$before" "$(wrong_checksums c0 gw r1 r2)" "the packets with a wrong checksum"
}

# Until the end of the test. Redirects are the gateway's own, and nobody looks at them.
given_conntrack()
{
	on gw nft -f - <<-END
		table inet fence {
			chain forward {
				type filter hook forward priority 0
				ct state invalid drop
			}
			chain output {
				type filter hook output priority 0
				icmp type redirect drop
				icmpv6 type nd-redirect drop
			}
		}
	END
	defer on gw nft delete table inet fence
	expect_equal 1 "$(on gw sysctl -n net.netfilter.nf_conntrack_checksum)" "its interest in checksums"
}

requests_are_right_where_conntrack_looks()
{
	given_conntrack
	expect_right expect_slow_path talk
	expect_complete out-tun in-tun
	expect_believed in-tun
}

# They are rewritten last, and the socket looks.
answers_are_right_where_the_gateway_is_the_client()
{
	ip -n "$gw" route add "$vip" via "$(real_at 2)"
	defer ip -n "$gw" route del "$vip"
	c0=$gw
	expect_right expect_slow_path talk
	expect_complete in-tun
}

# The client is r2. A tunnel tells the gateway the path MTU to each neighbour, who
# goes on being one.
answers_are_right_where_the_gateway_stands_for_the_client()
{
	given_conntrack
	lbctl real disable "$pool" r2
	defer lbctl real enable "$pool" r2
	c0=$r2
	expect_right expect_slow_path talk
	expect_complete in-tun
	expect_believed in-tun
}

# Those that lack room for the headers of the tunnel take the slow path into it.
what_goes_from_tunnel_to_tunnel_is_right()
{
	local before

	before=$(stat_of packets-fast)
	expect_right talk
	! with_arms || expect_at_least $((before + 100)) "$(stat_of packets-fast)" \
		"the packets on the fast path"
	expect_complete out-tun in-tun
}

# A hop changes the sum: whoever comes next is not to be told the old one.
what_goes_on_without_a_tunnel_is_right()
{
	local way=198.19.8.1

	if is_ipv6; then
		way=2001:db8:8::1
		address c0 eth0 2001:db8:8::2/64
		address gw out0 2001:db8:8::1/64
		defer ip -n "$c0" address del 2001:db8:8::2/64 dev eth0
		defer ip -n "$gw" address del 2001:db8:8::1/64 dev out0
	fi
	ip -n "$c0" route add "$vip" via "$way"
	defer ip -n "$c0" route del "$vip"
	expect_right talk
	expect_complete in-tun
}

over_both_families

run_tests "$@"
