# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What becomes of the fast path as flows and services grow in number: grow_NAME.
# Sourced by measure.

# --- flows -------------------------------------------------------------------

# Their factors, as ports and addresses.
FLOWS="1000:125:8 100000:3125:32 1000000:15625:64"

# fill FLOWS PORTS ADDRESSES: each by one packet. Over IPv6 the generator has one
# address at a time, and goes on with the last.
# shellcheck disable=SC2153 # use_family sets FAMILY
fill()
{
	local i

	forget_lbvs
	if [ "$FAMILY" = 4 ]; then
		aim "$VIP" "$FRESH_FIRST" "$2" "$3"
		look lbvs_seen
		shoot "$1" "$1 0 $1" lbvs_seen
		return
	fi
	look lbvs_seen
	for ((i = 0; i < $3; i++)); do
		CLIENT=2001:db8:1::$(printf '%x' $((2 + i))) aim "$VIP" "$FRESH_FIRST" "$2"
		shoot "$2" "$2 0 $2" lbvs_seen
	done
}

# Memory of objects in a slab cache, with what its slabs leave unused.
slab_bytes()
{
	awk -v name="$1" '$1 == name { print $6 * $15 * 4096 }' /proc/slabinfo
}

# A bucket is a pointer.
table_bytes() { lbctl -j stats | jq '.flow_buckets * 8'; }

# tell_memory FLOWS BEFORE: of a flow, and with its share of the table; BEFORE is
# what the slab had without flows
tell_memory()
{
	local flows=$1 slab table

	slab=$(($(slab_bytes lbvs_flow) - $2))
	table=$(table_bytes)
	tell case flow-object - "$(lbctl -j stats | jq .flow_bytes)" bytes ""
	tell case flow-slab - $((slab / flows)) bytes ""
	tell case flow-table - $((table / flows)) bytes ""
	tell case flow-memory - $(((slab + table) / flows)) bytes ""
}

grow_flows_of()
{
	local entry flows ports addresses before

	use_family "$1"
	lbvs_up
	lbctl service set "dns$1" timeout udp 1h
	add_arms
	sink s s0
	before=$(slab_bytes lbvs_flow)
	for entry in $FLOWS; do
		IFS=: read -r flows ports addresses <<<"$entry"
		open_case "flows-$flows"
		fill "$flows" "$ports" "$addresses"
		forget_samples
		take "$PACKETS" "$PACKETS 0 0" lbvs_seen
		close_case instructions
	done
	[ "$1" = 6 ] || tell_memory "$flows" "$before"
	unsink
	lbvs_down
}

# What a flow takes is the same for both.
grow_flows()
{
	local family

	for family in $LBVS_BENCH_FAMILIES; do
		grow_flows_of "$family"
	done
}

# --- services ----------------------------------------------------------------

configure() { on g "$HERE/configure" "$@"; }

# more_services FIRST LAST: half of each family, as one transaction. Sets MS, for how long
# lbctl had the processor, its own work and the kernel's on its behalf: what else the
# system does meanwhile has nothing to do with it.
more_services()
{
	local commands said user system TIMEFORMAT='%3U %3S'

	commands=$(mktemp)
	configure list "$1" "$2" >"$commands"
	said=$({ time lbctl batch "$commands" >/dev/null; } 2>&1)
	read -r user system <<<"$said"
	MS=$(awk "BEGIN { print ($user + $system) * 1000 }")
	rm "$commands"
}

tell_commit() { tell case "$1" - "$2" ms "$3"; }

measure_services()
{
	local family

	for family in $LBVS_BENCH_FAMILIES; do
		use_family "$family"
		measure_fast "services-$1"
		measure_foreign "services-$1-arms"
	done
}

# Those of both families, and arms.
services_up()
{
	use_family 4
	lbvs_up
	use_family 6
	give_service
	add_arms
}

grow_services()
{
	local family

	services_up
	more_services 3 100
	measure_services 100
	more_services 101 10000
	measure_services 10000
	lbvs_down
}

# --- changes of many services ------------------------------------------------

grow_commits()
{
	services_up
	more_services 3 10000
	tell_commit commit-all "$MS" ""
	tell_commit commit-one "$(configure change)" ""
	tell_commit commit-real "$(configure weigh)" ""
	lbvs_down
}
