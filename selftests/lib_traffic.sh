# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Servers, clients, and what to expect of them. Sourced by lib.sh. The work is
# done by traffic/traffic; run it without arguments to see what it can do.

TRAFFIC=${LBVS_TRAFFIC:-$SELFTESTS/traffic/traffic}

# serve REAL KIND/PORT...: that real answers on its two addresses; kinds as in
# "traffic serve": tcp, udp, bulk, bye
serve()
{
	local real=$1 n=${1#r} addresses pid

	shift
	[ -x "$TRAFFIC" ] || skip "no $TRAFFIC: run make in selftests"
	addresses=$(real_address "$n")
	! has_ipv6 || addresses+=,$(real_address6 "$n")
	pid=$(on "$real" "$TRAFFIC" serve "$real" "$addresses" "$@")
	declare -g "server_$real=$pid"
	defer kill "$pid"
}

# serve_all KIND/PORT...: all reals of the topology do
serve_all()
{
	local n

	for ((n = 1; n <= REALS; n++)); do
		serve "r$n" "$@"
	done
}

# crowd N, crowd6 N: N source addresses behind c0, for --source
crowd() { echo "198.18.0.1-198.18.$(($1 / 256)).$(($1 % 256))"; }
crowd6() { printf '2001:db8:18::1-2001:db8:18::%x\n' "$1"; }

# ask tcp|udp ADDR PORT [OPTION]...: clients at c0; what comes of it is in
# $ASKED, one "share NAME N" or "error KIND N" a line, for the expectations
# below
ask()
{
	ASKED=$(on c0 "$TRAFFIC" ask "$@") || true
	echo "ask $*: ${ASKED//$'\n'/, }"
}

# said_of share|error NAME: by the shell itself, for all scripts ask this all the time
said_of()
{
	local what name n said=0

	while read -r what name n; do
		[ "$what $name" != "$1 $2" ] || said=$n
	done <<<"$ASKED"
	echo "$said"
}

share_of() { said_of share "$1"; }
error_of() { said_of error "$1"; }

answers()
{
	local what n sum=0

	while read -r what _ n; do
		[ "$what" != share ] || sum=$((sum + n))
	done <<<"$ASKED"
	echo "$sum"
}

# who_answered: the names of those that did, to the last ask or hold, a line each
who_answered()
{
	local what name

	while read -r what name _; do
		[ "$what" != share ] || echo "$name"
	done <<<"$ASKED"
}

answering()
{
	local names

	mapfile -t names < <(who_answered)
	echo ${#names[@]}
}

# who_answered_most: one name
who_answered_most()
{
	local what name n most=0 who=''

	while read -r what name n; do
		if [ "$what" = share ] && [ "$n" -gt "$most" ]; then
			most=$n who=$name
		fi
	done <<<"$ASKED"
	echo "$who"
}

asked() { echo "${ASKED//$'\n'/, }"; }

# expect_share NAME N [TOLERANCE]: of the answers, N came from NAME
expect_share()
{
	expect_within "${3:-0}" "$2" "$(share_of "$1")" "the share of $1 (of $(asked))"
}

# expect_answers N: so many, and nothing went wrong
expect_answers()
{
	expect_equal "$1" "$(answers)" "the number of answers (of $(asked))"
	expect_no_error
}

expect_no_error()
{
	[[ $'\n'$ASKED != *$'\n'error* ]] || fail "expected no error, seen $(asked)"
}

# expect_error KIND N: refused, reset, closed, timeout, port-unreachable,
# unreachable, too-big, garbled, wrong-client
expect_error()
{
	expect_equal "$2" "$(error_of "$1")" "the errors \"$1\" (of $(asked))"
}

# hold NAME tcp|udp ADDR PORT [OPTION]...: opens and keeps them. $ASKED tells
# the shares; tell() reaches them under NAME.
hold()
{
	local name=$1 dir line pid in out

	shift
	dir=$(mktemp -d)
	mkfifo "$dir/commands" "$dir/answers"
	on c0 "$TRAFFIC" hold "$@" <"$dir/commands" >"$dir/answers" &
	pid=$!
	declare -gA HOLD_IN HOLD_OUT
	exec {in}>"$dir/commands" {out}<"$dir/answers"
	HOLD_IN[$name]=$in HOLD_OUT[$name]=$out
	rm -r "$dir"
	defer kill "$pid"
	ASKED=
	while read -r -t 60 -u "${HOLD_OUT[$name]}" line; do
		ASKED+=$line$'\n'
		[[ $line != open* ]] || break
	done
	[[ $ASKED == *open* ]] || fail "expected hold $* to open, seen $(asked)"
	echo "hold $name $*: $(asked)"
}

# tell NAME ping|look|shutdown|reset|close: prints such as "ping 8 ok 2 reset"
tell()
{
	local line

	echo "$2" >&"${HOLD_IN[$1]}"
	read -r -t 60 -u "${HOLD_OUT[$1]}" line || fail "no answer from hold $1"
	echo "$line"
}

# expect_held NAME COMMAND RESULT: "expect_held old ping '8 ok'"
expect_held()
{
	expect_equal "$2 $3" "$(tell "$1" "$2")" "the answer of $1"
}
