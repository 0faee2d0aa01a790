# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Many flows at once: datagrams from many ports, each of which opens one, made by
# pktgen and so without a process for any.

need_flood()
{
	local before

	modprobe pktgen || skip "no pktgen here"
	# Nothing is to be lost before it comes to the gateway.
	before=$(sysctl -n net.core.netdev_max_backlog)
	sysctl -qw net.core.netdev_max_backlog=200000
	defer sysctl -qw net.core.netdev_max_backlog="$before"
}

# given_void: the service that the flood goes to, "flood". What is sent to its real
# ends at the gateway.
given_void()
{
	lbctl pool add void
	lbctl real add void r1 203.0.113.250
	ip -n "$gw" route add blackhole 203.0.113.250/32
	given_service flood udp "$VIP:9" pool void timeout udp 7d
}

buckets() { json_value flow_buckets "$(lbctl -j stats)"; }
flows() { json_value flows_active "$(lbctl -j stats)"; }

# flows_listed [WORD...]: different ones in the list
flows_listed() { lbctl flow show "$@" | awk 'NR > 1 { print $1, $2, $3 }' | sort -u | wc -l; }

gw_mac() { ip -n "$gw" -j link show out0 | jq -r '.[0].address'; }

# generate N PORT: datagrams from N ports of each of 7 sources; N is not
# divisible by 7, or ports and sources would go hand in hand
generate()
{
	local words word

	words=("count $((7 * $1))" "clone_skb 0" "pkt_size 60" "delay 0"
		"dst_mac $gw_mac" "dst $VIP" "src_min 198.18.0.1" "src_max 198.18.0.7"
		"udp_src_min $2" "udp_src_max $(($2 + $1))"
		"udp_dst_min 9" "udp_dst_max 9")
	echo rem_device_all >/proc/net/pktgen/kpktgend_0
	echo "add_device eth0" >/proc/net/pktgen/kpktgend_0
	for word in "${words[@]}"; do
		echo "$word" >/proc/net/pktgen/eth0
	done
	echo start >/proc/net/pktgen/pgctrl
}

# flood N PORT: in the client's network namespace, as pktgen's files belong to
# one
flood() { on c0 bash -c "$(declare -f generate); VIP=$VIP gw_mac=$(gw_mac) generate $1 $2"; }
