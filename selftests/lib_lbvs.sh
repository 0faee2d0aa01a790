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

load_module()
{
	# shellcheck disable=SC2119
	module_is_loaded || insert_module || skip "no lbvs module here"
}

# lbctl WORD...: at the gateway. By -n, not by nsenter: one program less to
# start.
lbctl() { command "$LBCTL" -n "$gw" "$@"; }

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
