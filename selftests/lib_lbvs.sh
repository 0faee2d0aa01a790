# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The module and its configuration. Sourced by lib.sh.

LBCTL=${LBVS_LBCTL:-$SELFTESTS/../netlink-tool/build/lbctl}
[ -x "$LBCTL" ] || LBCTL=lbctl

module_is_loaded() { grep -q '^lbvs ' /proc/modules; }

# shellcheck disable=SC2120 # tests may pass parameters
# insert_module [PARAMETER=VALUE]...: from LBVS_KO, or as installed
insert_module()
{
	local name needed

	if [ -z "${LBVS_KO:-}" ]; then
		modprobe lbvs "$@"
		return
	fi
	IFS=, read -ra needed < <(modinfo -F depends "$LBVS_KO") || true
	for name in "${needed[@]}"; do
		modprobe "$name" || true
	done
	insmod "$LBVS_KO" "$@"
}

# It comes without arms, so the topology that there may be gets its own again.
load_module()
{
	! module_is_loaded || return 0
	# shellcheck disable=SC2119
	insert_module || skip "no lbvs module here"
	[ -z "${REALS:-}" ] || given_arms out0 in0
}

# lbctl WORD...: at the gateway. By -n, not by nsenter: one program less to
# start.
lbctl() { command "$LBCTL" -n "$gw" "$@"; }

# --- arms --------------------------------------------------------------------

# Do the tests run with arms, and is this script one that does?
with_arms() { [ "${LBVS_ARMS:-0}" = 1 ] && [ "${ARMS:-}" != never ]; }

# The module looks once a second.
nothing_is_noticed()
{
	local before

	before=$(stat_of routes-forgotten)
	sleep 2
	[ "$(stat_of routes-forgotten)" = "$before" ]
}

# settling COMMAND...: one that changes firewall hooks or the reverse path filter. Where
# there are arms, until the module has noticed it, and all that changed before: flows that
# learn their routes from then on keep them.
settling()
{
	"$@"
	[ "$(lbctl -j arm show)" = "[]" ] || await 20 nothing_is_noticed
}

# given_arms DEVICE...: of the gateway, where the tests run with arms
given_arms()
{
	local device

	with_arms || return 0
	for device; do
		lbctl arm add "$device"
	done
}

# expect_fast_path COMMAND...: with arms all packets take the fast path meanwhile,
# without them the slow one
expect_fast_path()
{
	if with_arms; then
		expect_path fast "$@"
	else
		expect_path slow "$@"
	fi
}

expect_slow_path() { expect_path slow "$@"; }

# expect_path fast|slow COMMAND...: all packets take that one, and there are some
expect_path()
{
	local path=$1 other=fast packets others

	shift
	[ "$path" = slow ] || other=slow
	packets=$(stat_of "packets-$path") others=$(stat_of "packets-$other")
	"$@"
	expect_at_least $((packets + 1)) "$(stat_of "packets-$path")" \
		"the packets on the $path path at the end of \"$*\""
	expect_equal "$others" "$(stat_of "packets-$other")" \
		"the packets on the $other path at the end of \"$*\""
}

# --- configuration -----------------------------------------------------------

# given_pool NAME [KEYWORD...]: with all reals of the topology, r1, r2, ...
given_pool()
{
	local name=$1 n

	shift
	lbctl pool add "$name" "$@"
	defer lbctl pool del "$name"
	for ((n = 1; n <= REALS; n++)); do
		lbctl real add "$name" "r$n" "$(real_address "$n")"
	done
}

# given_pool6: the same with their IPv6 addresses
given_pool6()
{
	local name=$1 n

	shift
	lbctl pool add "$name" "$@"
	defer lbctl pool del "$name"
	for ((n = 1; n <= REALS; n++)); do
		lbctl real add "$name" "r$n" "$(real_address6 "$n")"
	done
}

# given_service NAME tcp|udp ADDR:PORT[,PORT]... KEYWORD...
given_service()
{
	lbctl service add "$@"
	defer lbctl service del "$1"
}

# json_value KEY JSON: the first number or string under that key. jq can do it,
# but takes an emulated machine a second to start.
json_value()
{
	[[ $2 =~ \"$1\":\"?([^,\"}]*) ]] || fail "no $1 in $2"
	echo "${BASH_REMATCH[1]}"
}

# field OBJECT NAME FILTER: one field of lbctl's JSON, "field service web
# .flows_active"
field()
{
	local json

	json=$(lbctl -j "$1" show "$2")
	case $3 in
	.*[!a-z_]*)	jq -r ".[0]$3" <<<"$json" ;;
	*)		json_value "${3#.}" "$json" ;;
	esac
}

# stat_of NAME: a counter of the gateway
stat_of()
{
	local json

	json=$(lbctl -j stats show)
	[[ $json =~ \"name\":\"$1\",\"value\":([0-9]+) ]] || fail "no counter $1"
	echo "${BASH_REMATCH[1]}"
}

# expect_counted NAME N COMMAND...: the counter goes up by N meanwhile
expect_counted()
{
	local name=$1 n=$2 before after

	shift 2
	before=$(stat_of "$name")
	"$@"
	after=$(stat_of "$name")
	expect_equal "$n" $((after - before)) "the count of \"$name\" during \"$*\""
}
