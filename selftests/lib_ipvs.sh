# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same service by IPVS, to compare with. No service of ours may be at the
# address meanwhile.

# given_ipvs SCHEDULER tcp|udp: VIP:80 with all reals of the topology
given_ipvs()
{
	local sched=$1 at=-t n

	[ "$2" = tcp ] || at=-u
	need_program ipvsadm
	modprobe "ip_vs_$sched" || skip "no IPVS here"
	defer modprobe -r "ip_vs_$sched"
	# It balances what the gateway would take itself.
	ip -n "$gw" address add "$VIP/32" dev lo
	defer ip -n "$gw" address del "$VIP/32" dev lo
	on gw ipvsadm -A $at "$VIP:80" -s "$sched"
	defer on gw ipvsadm -C
	for ((n = 1; n <= REALS; n++)); do
		on gw ipvsadm -a $at "$VIP:80" -r "$(real_address "$n"):80" -m -w 1
	done
}

# ipvs_weight tcp|udp N WEIGHT
ipvs_weight()
{
	local at=-t

	[ "$1" = tcp ] || at=-u
	on gw ipvsadm -e $at "$VIP:80" -r "$(real_address "$2"):80" -m -w "$3"
}
