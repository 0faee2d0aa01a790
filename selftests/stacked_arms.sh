#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Arms are devices of any kind: VLANs, a bridge, a bond, a tunnel. What carries
# them goes on carrying. The usual addresses move to such devices for a test.
#
#   c0 eth0 ==== out0 gw in0 ==== sw
ALL_TESTS="
	vlans_are_arms
	vlans_are_arms_where_tags_are_in_the_frame
	bridges_are_arms
	bonds_are_arms
	a_tunnel_is_an_arm
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	need_program ethtool
	topology 2
	serve_all tcp/80 bulk/81 udp/53
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,81)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 53)" pool "$pool"
}

# no_address NAMESPACE DEVICE
no_address() { ip -n "${!1}" address flush dev "$2" scope global; }

# As it was, when the devices above are gone.
as_usual()
{
	no_address c0 eth0
	no_address gw out0
	no_address gw in0
	ip -n "$gw" link set out0 up
	ip -n "$gw" link set in0 up
	outside eth0 out0
	inside in0
	await_reals
}

# link_above NAMESPACE NAME WORD...: until the end of the test
link_above()
{
	local where=$1 name=$2

	shift 2
	ip -n "${!where}" link add name "$name" "$@"
	defer ip -n "${!where}" link del "$name"
	ip -n "${!where}" link set "$name" up
}

talk()
{
	ask tcp "$vip" 80 --count 4 --size 100
	expect_answers 4
	ask_anew udp "$vip" 53 --count 4 --size 1000
	expect_answers 4
	hold "$pool" tcp "$vip" 80 --count 2
	expect_held "$pool" ping "2 ok"
	on c0 "$TRAFFIC" fetch tcp "$vip" 81 --size 500000
	on c0 "$TRAFFIC" fetch tcp "$vip" 80 --size 200000 --upload
}

expect_balance()
{
	await_reals
	expect_fast_path in_both_families talk
}

over_vlans()
{
	defer as_usual
	link_above c0 eth0.10 link eth0 type vlan id 10
	link_above gw out0.10 link out0 type vlan id 10
	link_above gw in0.20 link in0 type vlan id 20
	link_above sw gw.20 link gw type vlan id 20
	ip -n "$sw" link set gw nomaster
	defer ip -n "$sw" link set gw master br0
	ip -n "$sw" link set gw.20 master br0
	no_address c0 eth0
	no_address gw out0
	no_address gw in0
	outside eth0.10 out0.10
	inside in0.20
	given_arms out0.10 in0.20
}

# The devices below are arms too, and see packets of others only.
vlans_are_arms()
{
	over_vlans
	expect_balance
}

vlans_are_arms_where_tags_are_in_the_frame()
{
	offload c0 eth0 tx-vlan-hw-insert off
	offload sw gw tx-vlan-hw-insert off
	offload gw out0 tx-vlan-hw-insert off
	offload gw in0 tx-vlan-hw-insert off
	over_vlans
	expect_balance
}

# What other arms are made of is none itself, and can be none until they are gone:
# to be said before link_above.
no_arms()
{
	local device

	with_arms || return 0
	for device; do
		lbctl arm del "$device"
		defer lbctl arm add "$device"
	done
}

arms()
{
	local device

	with_arms || return 0
	for device; do
		lbctl arm add "$device"
	done
}

# put_under NAMESPACE DEVICE DEVICE: the second one has the first for a port now
put_under()
{
	no_address "$1" "$2"
	ip -n "${!1}" link set "$2" down
	ip -n "${!1}" link set "$2" master "$3"
	ip -n "${!1}" link set "$2" up
}

bridges_are_arms()
{
	defer as_usual
	no_arms out0 in0
	link_above gw out-br type bridge
	link_above gw in-br type bridge
	arms out-br in-br
	put_under gw out0 out-br
	put_under gw in0 in-br
	no_address c0 eth0
	outside eth0 out-br
	inside in-br
	expect_balance
}

bonds_are_arms()
{
	defer as_usual
	no_arms out0 in0
	link_above gw out-bond type bond mode active-backup miimon 50
	link_above gw in-bond type bond mode active-backup miimon 50
	arms out-bond in-bond
	put_under gw out0 out-bond
	put_under gw in0 in-bond
	no_address c0 eth0
	outside eth0 out-bond
	inside in-bond
	expect_balance
}

# For what its checksums lead to see checksums_complete. Those packets that lack room
# for its headers take the slow path into it.
a_tunnel_is_an_arm()
{
	local before

	defer as_usual
	no_address c0 eth0
	no_address gw out0
	address c0 eth0 198.19.8.2/24
	address gw out0 198.19.8.1/24
	link_above c0 tun0 type gretap local 198.19.8.2 remote 198.19.8.1 csum
	link_above gw tun0 type gretap local 198.19.8.1 remote 198.19.8.2 csum
	outside tun0 tun0
	given_arms tun0
	await_reals
	before=$(stat_of packets-fast)
	in_both_families talk
	! with_arms || expect_at_least $((before + 100)) "$(stat_of packets-fast)" \
		"the packets on the fast path"
}

run_tests "$@"
