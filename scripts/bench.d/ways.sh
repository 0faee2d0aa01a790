# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ways through the gateway: way_NAME sets one up, measures and removes it,
# for the address family in use. Sourced by measure.
# shellcheck disable=SC2016 # the programs of awk

# --- no way at all -----------------------------------------------------------

nothing() { echo; }

# The generator and one cable: what is not the gateway's work.
way_drop()
{
	sink g g0
	any drop "$VIP" "" nothing
	unsink
}

# Packets that the gateway's IP stack forwarded.
forwarded()
{
	if [ "$FAMILY" = 4 ]; then
		on g awk '$1 == "Ip:" && ++n == 2 { print $7 }' /proc/net/snmp
	else
		on g awk '$1 == "Ip6OutForwDatagrams" { print $2 }' /proc/net/snmp6
	fi
}

# No lookup, no rewrite: the least that forwarding in software costs.
way_redirect()
{
	tc -n g -batch - <<-END
		qdisc add dev g0 clsact
		filter add dev g0 ingress matchall action mirred egress redirect dev g1
	END
	sink s s0
	any redirect "$VIP" 0 forwarded
	unsink
	tc -n g qdisc del dev g0 clsact
}

way_routing()
{
	sink s s0
	any routing "$REAL" "$PACKETS" forwarded
	unsink
}

# --- lbvs --------------------------------------------------------------------

lbctl() { "$LBVS_LBCTL" -n g "$@"; }

# With one service, of this family. So many flows as growth.sh wants.
lbvs_up()
{
	local needed

	IFS=, read -ra needed < <(modinfo -F depends "$LBVS_KO") || true
	[ ${#needed[@]} = 0 ] || modprobe -a "${needed[@]}"
	insmod "$LBVS_KO" max_flows=1100000
	give_service
}

give_service()
{
	lbctl pool add "pool$FAMILY"
	lbctl real add "pool$FAMILY" real "$REAL"
	lbctl service add "dns$FAMILY" udp "$ENDPOINT" pool "pool$FAMILY"
}

lbvs_down() { rmmod lbvs; }

add_arms()
{
	lbctl arm add g0
	lbctl arm add g1
}

# The table shrinks meanwhile, and then a flow may be passed over.
forget_lbvs() { lbctl flush flows >/dev/null; }

# Packets on the fast path, on the slow path, flows opened.
lbvs_seen()
{
	lbctl -j stats | jq -r '[.counters[] | { (.name): .value }] | add |
		"\(.["packets-fast"]) \(.["packets-slow"]) \(.["flow-opened"])"'
}

way_slow()
{
	lbvs_up
	established slow-est "0 $PACKETS 0" lbvs_seen
	fresh slow-new forget_lbvs "0 $FRESH_PACKETS $FRESH_PACKETS" lbvs_seen
	unsink
	lbvs_down
}

measure_fast()
{
	established "$1-est" "$PACKETS 0 0" lbvs_seen
	fresh "$1-new" forget_lbvs "$FRESH_PACKETS 0 $FRESH_PACKETS" lbvs_seen
	unsink
}

way_fast()
{
	lbvs_up
	add_arms
	measure_fast fast
	lbvs_down
}

# What is for no service, and comes in by an arm.
measure_foreign()
{
	sink s s0
	any "$1" "$REAL" "0 0 0 $PACKETS" lbvs_and_stack_seen
	unsink
}

lbvs_and_stack_seen() { echo "$(lbvs_seen) $(forwarded)"; }

way_arms()
{
	lbvs_up
	add_arms
	measure_foreign arms
	lbvs_down
}

# --- nftables ----------------------------------------------------------------

# Packets that the stack forwarded, flows that conntrack knows.
nft_seen() { echo "$(forwarded) $(on g cat /proc/sys/net/netfilter/nf_conntrack_count)"; }
forget_nft() { on g conntrack -F 2>/dev/null; }

nft_down()
{
	unsink
	on g nft delete table "$IP" balance
	forget_nft
}

# A real is chosen by the client's address, from a map of one.
way_dnat()
{
	on g nft -f - <<-END
		table $IP balance {
			chain in {
				type nat hook prerouting priority dstnat
				$IP daddr $VIP udp dport $PORT dnat to jhash $IP saddr mod 1 map { 0 : $REAL }
			}
		}
	END
	established dnat-est "$PACKETS 0" nft_seen
	fresh dnat-new forget_nft "$FRESH_PACKETS $FRESH_PACKETS" nft_seen
	nft_down
}

way_flowtable()
{
	on g nft -f - <<-END
		table $IP balance {
			flowtable fast {
				hook ingress priority 0
				devices = { g0, g1 }
			}
			chain in {
				type nat hook prerouting priority dstnat
				$IP daddr $VIP udp dport $PORT dnat to $REAL
			}
			chain via {
				type filter hook forward priority 0
				meta l4proto udp flow add @fast
			}
		}
	END
	established flowtable-est "0 0" nft_seen
	fresh flowtable-new forget_nft "$FRESH_PACKETS $FRESH_PACKETS" nft_seen
	nft_down
}

# --- IPVS --------------------------------------------------------------------

ipvs_up()
{
	modprobe ip_vs
	on g ipvsadm -A -u "$ENDPOINT" -s "$SCHEDULER"
	on g ipvsadm -a -u "$ENDPOINT" -r "$TARGET" -m
}

ipvs_down()
{
	on g ipvsadm -C
	modprobe -r "ip_vs_$SCHEDULER"
}

# IPVS keeps connections until they time out, or it is unloaded.
forget_ipvs()
{
	ipvs_down
	ipvs_up
}

# Connections, packets from clients; it adds them up every two seconds.
ipvs_seen()
{
	sleep 2.5
	on g ipvsadm -Ln --stats --exact | awk '$1 == "UDP" { print $3, $4 }'
}

measure_ipvs()
{
	SCHEDULER=$1
	# IPVS balances what the gateway would take itself.
	ip -n g address add "$HOST" dev lo
	ipvs_up
	established "ipvs-$SCHEDULER-est" "0 $PACKETS" ipvs_seen
	fresh "ipvs-$SCHEDULER-new" forget_ipvs "$FRESH_PACKETS $FRESH_PACKETS" ipvs_seen
	unsink
	ipvs_down
	ip -n g address del "$HOST" dev lo
}

way_ipvs_sh() { measure_ipvs sh; }
way_ipvs_mh() { measure_ipvs mh; }
