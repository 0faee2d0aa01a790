#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The family is sent messages that are right, nearly right and random, by many at
# once, some of whom have no privilege, or have it elsewhere: in a user namespace, with
# a network of its own or without. That harms nobody: the gateway balances meanwhile and
# afterwards, and the one beside it loses no byte. The kernel's log is the judge of the
# rest.
#
#   LBVS_FUZZ_MESSAGES   how many (default: 200000)
#   LBVS_FUZZ_SEED       as printed by a run that is to be repeated
ALL_TESTS="
	no_message_does_harm
	the_unprivileged_are_refused_afterwards
	the_gateway_balances_afterwards
	owners_of_other_networks_write_there_alone
	the_module_unloads_afterwards
"
ARMS=never
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_beside.sh"

MESSAGES=${LBVS_FUZZ_MESSAGES:-200000}
SEED=${LBVS_FUZZ_SEED:-$(date +%s%N)}
FUZZ=$SELFTESTS/fuzz/fuzz
# What is left to those who may write elsewhere only.
FOREIGN=$((MESSAGES / 8))
LBVS_TEST_TIMEOUT=$((120 + MESSAGES / 100))

setup()
{
	topology 1
	serve_all tcp/80 udp/53
	given_beside
}

given_config()
{
	lbctl flush config
	lbctl pool add web
	lbctl real add web r1 "$(real_address 1)"
	lbctl service add www tcp "$VIP:80" pool web
	lbctl service add dns udp "$VIP:53" pool web
}

# Packets for the services that come and go, and for those that make sense. Not all the
# time: whoever talks to the family is to have some.
clients()
{
	local pause=$((PATIENCE / 2)).5

	while :; do
		on c0 "$TRAFFIC" ask udp "$VIP" 80-84 --count 200 --timeout 20
		on c0 "$TRAFFIC" ask tcp "$VIP" 80-84 --count 20 --parallel 20 --timeout 200
		given_config
		sleep "$pause"
	done >/dev/null 2>&1
}

# fuzz COUNT [OPTION]
fuzz() { on gw "$FUZZ" netlink --workers 8 --seed "$SEED" --count "$@"; }

# fuzz_beside FILE COUNT [OPTION]: what came of it is in FILE
fuzz_beside()
{
	local log=$1

	shift
	while_beside_transfers fuzz "$@" >"$log" || {
		cat "$log"
		fail "expected the fuzzer to come to its end"
	}
	cat "$log"
	note "seed $SEED: $(said sent "$log") messages, $(said obeyed "$log") obeyed," \
		"$(said refused "$log") refused"
	expect_at_least "$1" "$(said sent "$log")" "messages"
}

said() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }

no_message_does_harm()
{
	local log count=$((MESSAGES - FOREIGN))

	given_config
	log=$(mktemp)
	defer rm "$log"
	clients &
	defer kill $!
	fuzz_beside "$log" "$count"
	expect_at_least $((count / 50)) "$(said obeyed "$log")" "messages obeyed"
	expect_at_least $((count / 4)) "$(said refused "$log")" "messages refused"
}

unprivileged()
{
	on gw setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$LBCTL" "$@"
}

the_unprivileged_are_refused_afterwards()
{
	given_config
	expect_refusal "not permitted" unprivileged pool add mine
	expect_refusal "not permitted" unprivileged verdict set web r1 down
	expect_refusal "not permitted" unprivileged flow show
	expect_ok unprivileged service show
}

the_gateway_balances()
{
	ask tcp "$VIP" 80 --count 10
	expect_answers 10
	ask udp "$VIP" 53 --count 10
	expect_answers 10
}

the_gateway_balances_afterwards()
{
	given_config
	the_gateway_balances
}

# reload [PARAMETER=VALUE]...: nothing is left of what was configured
reload()
{
	rmmod lbvs
	insert_module "$@"
	configure_beside
	given_config
}

# All that is configured here, and how often that was changed.
state_here()
{
	lbctl export
	lbctl -j arm show
	lbctl -j agent show
	lbctl -j verdict show
	lbctl -j stats show | grep -o '"generation":[0-9]*'
}

owners_of_other_networks_write_there_alone()
{
	local log before

	log=$(mktemp)
	defer rm "$log"
	reload userns=1
	defer reload
	before=$(state_here)
	echo "$before"
	fuzz_beside "$log" "$FOREIGN" --foreign
	expect_at_least $((FOREIGN / 100)) "$(said privileged "$log")" "messages obeyed that write"
	expect_equal "$before" "$(state_here)" "what is configured"
	the_gateway_balances
}

the_module_unloads_afterwards()
{
	rmmod lbvs
	load_module
}

run_tests "$@"
