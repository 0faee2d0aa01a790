# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests that are written once and run over IPv4 and over IPv6. Scripts that want
# this source it after lib.sh; what follows means the family at hand:
#
#   $pool, $vip, $client   its pool, the virtual address, the address of c0
#   at_vip, real_at, ...   see below
#
# over_both_families, called where the tests are complete, makes of each one in
# ALL_TESTS two: NAME_over_ipv4 and NAME_over_ipv6.

# shellcheck disable=SC2153
use_ipv4() { pool=four vip=$VIP client=$CLIENT; }
use_ipv6() { pool=six vip=$VIP6 client=$CLIENT6; }
is_ipv6() { [ "$pool" = six ]; }

# in_both_families COMMAND...: once in each; the family at hand stays
in_both_families()
{
	local pool vip client

	use_ipv4
	"$@"
	use_ipv6
	"$@"
}

over_both_families()
{
	local name names=''

	for name in $ALL_TESTS; do
		eval "${name}_over_ipv4() { use_ipv4; $name; }"
		eval "${name}_over_ipv6() { use_ipv6; $name; }"
		names+="${name}_over_ipv4 ${name}_over_ipv6 "
	done
	ALL_TESTS=$names
}

# at_vip PORT[,PORT]...: as lbctl wants it
at_vip()
{
	if is_ipv6; then
		echo "[$vip]:$1"
	else
		echo "$vip:$1"
	fi
}

# real_at N: address of real number N
real_at()
{
	if is_ipv6; then
		real_address6 "$1"
	else
		real_address "$1"
	fi
}

# sources N: a crowd of N, for --source
sources()
{
	if is_ipv6; then
		crowd6 "$1"
	else
		crowd "$1"
	fi
}

# given_reals POOL [KEYWORD...]: a pool with all reals of the topology
given_reals()
{
	if is_ipv6; then
		given_pool6 "$@"
	else
		given_pool "$@"
	fi
}

# Each test begins without flows.
before_each() { lbctl flush flows >/dev/null; }

# ask_anew tcp|udp ADDR PORT OPTION...: as ask, up to 32 clients, each of which
# opens a flow. A datagram from a port that the system happens to give out again
# would belong to the flow of the last one that had it.
NEXT_PORT=10000
ask_anew()
{
	if [ "$1" = tcp ]; then
		ask "$@"
	else
		ask "$@" --sport "$NEXT_PORT-$((NEXT_PORT + 31))"
		NEXT_PORT=$((NEXT_PORT + 32))
	fi
}

# ask_each FILE tcp|udp ADDR PORT OPTION...: as ask, and FILE gets a line "SOURCE
# PORT SERVER" for each client, in the order of the answers
ask_each()
{
	local file=$1

	shift
	on c0 "$TRAFFIC" ask "$@" --each >"$file.all" || true
	awk '$1 == "each" { print $2, $3, $5 }' "$file.all" >"$file"
	ASKED=$(grep -v '^each' "$file.all")
	echo "ask $*: $(asked)"
}

# expect_servers NAME...: these gave all the answers, each some, and no error
expect_servers()
{
	local kind name rest seen=''

	while read -r kind name rest; do
		case $kind in
		share)	seen+=${seen:+ }$name ;;
		error)	fail "expected no error, seen $(asked)" ;;
		esac
	done <<<"$ASKED"
	expect_equal "$*" "$seen" "the servers that answer"
}
