# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Three machines, and the generator on the first. Sourced by measure, which runs
# in the namespace of c, as pktgen is set up through the caller's /proc/net.
#
#        c                        g                         s
#   c0 192.0.2.2 ------- g0 192.0.2.1
#      2001:db8:1::2        2001:db8:1::1
#                        g1 203.0.113.1 ------- s0 203.0.113.11
#                           2001:db8:3::1          2001:db8:3::11
#
#   VIP 198.51.100.1, 2001:db8:2::1: nobody's address; c reaches it through g.
# shellcheck disable=SC2034 # ways.sh and growth.sh read these

MAC_C0=02:00:00:00:00:01
MAC_G0=02:00:00:00:00:02
MAC_G1=02:00:00:00:00:03
MAC_S0=02:00:00:00:00:04
PORT=53
# Flows that first exchange a datagram both ways, and ports that do not.
KNOWN_FIRST=2000
KNOWN=256
FRESH_FIRST=3000
FRESH=60000

# on MACHINE COMMAND...
on()
{
	local machine=$1

	shift
	nsenter --net="/run/netns/$machine" -- "$@"
}

# use_family 4|6: what the words below mean from here on
use_family()
{
	FAMILY=$1
	case $FAMILY in
	4)	CLIENT=192.0.2.2 VIP=198.51.100.1 REAL=203.0.113.11
		ENDPOINT=$VIP:$PORT TARGET=$REAL:$PORT HOST=$VIP/32 IP=ip ;;
	6)	CLIENT=2001:db8:1::2 VIP=2001:db8:2::1 REAL=2001:db8:3::11
		ENDPOINT=[$VIP]:$PORT TARGET=[$REAL]:$PORT HOST=$VIP/128 IP=ip6 ;;
	esac
}

# --- machines ----------------------------------------------------------------

# Neighbours are permanent: the sink would swallow what asks for them. Nobody
# has a link-local address, so nobody looks for routers or other machines, and
# every packet that comes to s is one that the generator sent.
quiet() { on "$1" sysctl -qw net.ipv6.conf.default.addr_gen_mode=1 \
	net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.accept_dad=0 \
	net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0; }

build_machines()
{
	local machine

	ip netns add g
	ip netns add s
	for machine in c g s; do
		quiet "$machine"
	done
	on g sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -batch - <<-END
		link set lo up
		link add name c0 address $MAC_C0 type veth peer name g0 address $MAC_G0 netns g
		link set c0 up
	END
	ip -n g -batch - <<-END
		link set lo up
		link add name g1 address $MAC_G1 type veth peer name s0 address $MAC_S0 netns s
		link set g0 up
		link set g1 up
	END
	ip -n s -batch - <<-END
		link set lo up
		link set s0 up
	END
}

give_addresses()
{
	ip -batch - <<-END
		address add 192.0.2.2/24 dev c0
		address add 2001:db8:1::2/64 dev c0 nodad
		neigh replace 192.0.2.1 lladdr $MAC_G0 nud permanent dev c0
		neigh replace 2001:db8:1::1 lladdr $MAC_G0 nud permanent dev c0
		route add default via 192.0.2.1
		route add default via 2001:db8:1::1
	END
	ip -n g -batch - <<-END
		address add 192.0.2.1/24 dev g0
		address add 2001:db8:1::1/64 dev g0 nodad
		neigh replace 192.0.2.2 lladdr $MAC_C0 nud permanent dev g0
		neigh replace 2001:db8:1::2 lladdr $MAC_C0 nud permanent dev g0
		address add 203.0.113.1/24 dev g1
		address add 2001:db8:3::1/64 dev g1 nodad
		neigh replace 203.0.113.11 lladdr $MAC_S0 nud permanent dev g1
		neigh replace 2001:db8:3::11 lladdr $MAC_S0 nud permanent dev g1
	END
	ip -n s -batch - <<-END
		address add 203.0.113.11/24 dev s0
		address add 2001:db8:3::11/64 dev s0 nodad
		neigh replace 203.0.113.1 lladdr $MAC_G1 nud permanent dev s0
		neigh replace 2001:db8:3::1 lladdr $MAC_G1 nud permanent dev s0
		route add default via 203.0.113.1
		route add default via 2001:db8:3::1
	END
}

build_stage()
{
	build_machines
	give_addresses
	on s "$LBVS_TRAFFIC" serve s "203.0.113.11,2001:db8:3::11" "udp/$PORT" >/dev/null
	settle
}

# What was set going in the background comes to its end. Costs no instructions,
# and so, with a clock that counts them, next to no time.
settle() { sleep 1; }

# --- the sink ----------------------------------------------------------------

# sink MACHINE DEVICE: what comes in there is counted and dropped. One at a time.
sink()
{
	SINK=("$@")
	tc -n "$1" -batch - <<-END
		qdisc add dev $2 clsact
		filter add dev $2 ingress matchall action drop
	END
}

unsink()
{
	[ ${#SINK[@]} -gt 0 ] || return 0
	tc -n "${SINK[0]}" qdisc del dev "${SINK[1]}" clsact
	SINK=()
}

sunk()
{
	[[ $(tc -n "${SINK[0]}" -s filter show dev "${SINK[1]}" ingress) =~ \
		Sent\ [0-9]+\ bytes\ ([0-9]+)\ pkt ]] || return
	echo "${BASH_REMATCH[1]}"
}

# Each of the known flows exchanges a datagram both ways.
introduce()
{
	local said

	unsink
	said=$("$LBVS_TRAFFIC" ask udp "$VIP" $PORT --count $KNOWN --parallel 8 \
		--sport "$KNOWN_FIRST-$((KNOWN_FIRST + KNOWN - 1))") || true
	[ "$said" = "share s $KNOWN" ] || complain "the server did not answer every flow: $said"
	sink s s0
}

# --- the generator -----------------------------------------------------------

pktgen() { echo "$2" >"/proc/net/pktgen/$1"; }

# aim DESTINATION FIRST-PORT PORTS [ADDRESSES]: source ports step through PORTS,
# source addresses through ADDRESSES, both with each packet. So there are PORTS
# times ADDRESSES flows if these have no common factor.
aim()
{
	local destination=$1 first=$2 ports=$3 addresses=${4:-1} option

	pktgen kpktgend_0 rem_device_all
	pktgen kpktgend_0 "add_device c0"
	for option in "clone_skb 0" "pkt_size 60" "delay 0" "dst_mac $MAC_G0" \
		"udp_dst_min $PORT" "udp_dst_max $PORT" \
		"udp_src_min $first" "udp_src_max $((first + ports))"; do
		pktgen c0 "$option"
	done
	if [ "$FAMILY" = 4 ]; then
		pktgen c0 "dst $destination"
		pktgen c0 "src_min $CLIENT"
		pktgen c0 "src_max ${CLIENT%.*}.$((${CLIENT##*.} + addresses - 1))"
	else
		pktgen c0 "dst6 $destination"
		pktgen c0 "src6 $CLIENT"
		# IPv6 knows no UDP without a checksum.
		pktgen c0 "flag UDPCSUM"
	fi
}

# fire COUNT: sets COST, nanoseconds per packet by the clock that there is
fire()
{
	local lines

	pktgen c0 "count $1"
	pktgen pgctrl start
	mapfile -t lines </proc/net/pktgen/c0
	[[ ${lines[*]} =~ OK:\ ([0-9]+)\(.*\ ([0-9]+)pps ]] || return
	COST=$(((10000000000 / BASH_REMATCH[2] + 5) / 10))
}
