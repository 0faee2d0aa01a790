# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Network namespaces and the topology that most tests use. Sourced by lib.sh.
#
#            c0                    gw                     r1, r2, ... rN
#   eth0 192.0.2.2 ---- out0 192.0.2.1
#        2001:db8:1::2       2001:db8:1::1
#                        in0 203.0.113.1 ---- sw ---- eth0 203.0.113.11, .12, ...
#                            2001:db8:3::1                 2001:db8:3::11, ::12
#
#   VIP 198.51.100.1, 2001:db8:2::1: nobody's address; c0 reaches it through gw.
#   A crowd lives behind c0: all of 198.18.0.0/16 and 2001:db8:18::/64.

VIP=198.51.100.1
VIP6=2001:db8:2::1
CLIENT=192.0.2.2
CLIENT6=2001:db8:1::2
OUT=192.0.2.1
OUT6=2001:db8:1::1
IN=203.0.113.1
IN6=2001:db8:3::1
CROWD=198.18.0.0
CROWD6=2001:db8:18::

# Address of real number N.
real_address() { echo "203.0.113.$((10 + $1))"; }
real_address6() { echo "2001:db8:3::$((10 + $1))"; }

# on NAMESPACE COMMAND...: NAMESPACE is the short name, such as c0 or r1
on()
{
	local netns=${!1}

	shift
	nsenter --net="/run/netns/$netns" -- "$@"
}

# The kernel can be started without.
has_ipv6() { [ -e /proc/sys/net/ipv6 ]; }

del_netns() { ip netns del "$1"; }

# setup_ns NAME...: namespaces with names that nobody else has, kept in $NAME
setup_ns()
{
	local name

	for name; do
		declare -g "$name=lbvs-$name-$$"
		ip netns add "${!name}"
		defer del_netns "${!name}"
		ip -n "${!name}" link set lo up
		on "$name" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
		! has_ipv6 || on "$name" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0
	done
}

# link NAMESPACE DEVICE NAMESPACE DEVICE: a cable between two of them
link()
{
	ip link add "$2" netns "${!1}" type veth peer name "$4" netns "${!3}"
	ip -n "${!1}" link set "$2" up
	ip -n "${!3}" link set "$4" up
}

# address NAMESPACE DEVICE PREFIX...
address()
{
	local netns=${!1} device=$2 prefix

	shift 2
	for prefix; do
		case $prefix in
		*:*)	echo "address add $prefix dev $device nodad" ;;
		*)	echo "address add $prefix dev $device" ;;
		esac
	done | ip -n "$netns" -batch -
}

# outside DEVICE DEVICE: addresses and routes of c0 and gw are on these
outside()
{
	address c0 "$1" "$CLIENT/24" "$CLIENT6/64"
	address gw "$2" "$OUT/24" "$OUT6/64"
	ip -n "$c0" -batch - <<-END
		route replace default via $OUT
		route replace default via $OUT6
	END
	ip -n "$gw" -batch - <<-END
		route replace $CROWD/16 via $CLIENT
		route replace $CROWD6/64 via $CLIENT6
	END
}

# inside DEVICE: addresses of gw towards the reals are on it
inside() { address gw "$1" "$IN/24" "$IN6/64"; }

setup_client()
{
	link c0 eth0 gw out0
	outside eth0 out0
	ip -n "$c0" -batch - <<-END
		route add local $CROWD/16 dev lo
		route add local $CROWD6/64 dev lo
	END
}

setup_switch()
{
	setup_ns sw
	ip -n "$sw" link add br0 type bridge
	ip -n "$sw" link set br0 up
	link gw in0 sw gw
	ip -n "$sw" link set gw master br0
	inside in0
}

setup_real()
{
	local n=$1

	setup_ns "r$n"
	link "r$n" eth0 sw "r$n"
	ip -n "$sw" link set "r$n" master br0
	address "r$n" eth0 "$(real_address "$n")/24" "$(real_address6 "$n")/64"
	local netns="r$n"
	ip -n "${!netns}" -batch - <<-END
		route add default via $IN
		route add default via $IN6
	END
}

# topology [REALS]: the drawing above; sets $c0, $gw, $sw, $r1, $r2, ... Where the
# tests run with arms, out0 and in0 are.
topology()
{
	local n

	REALS=${1:-2}
	setup_ns c0 gw
	on gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	setup_client
	setup_switch
	for ((n = 1; n <= REALS; n++)); do
		setup_real "$n"
	done
	await_reals
	given_arms out0 in0
}

# Packets may be lost while a device comes up.
await_reals()
{
	local n

	for ((n = 1; n <= REALS; n++)); do
		busywait 10 on c0 ping -q -c 1 -W 1 "$(real_address "$n")" >/dev/null
		busywait 10 on c0 ping -q -c 1 -W 1 "$(real_address6 "$n")" >/dev/null
	done
}
