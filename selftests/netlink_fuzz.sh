#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The family is sent messages that are right, nearly right and random, by many at
# once, some of whom have no privilege. That harms nobody: the gateway balances
# meanwhile and afterwards, and the one beside it loses no byte. The kernel's log
# is the judge of the rest.
#
#   LBVS_FUZZ_MESSAGES   how many (default: 200000, where slow a twentieth)
#   LBVS_FUZZ_SEED       as printed by a run that is to be repeated
ALL_TESTS="
	no_message_does_harm
	the_unprivileged_are_refused_afterwards
	the_gateway_balances_afterwards
	the_module_unloads_afterwards
"
ARMS=never
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_beside.sh"

MESSAGES=${LBVS_FUZZ_MESSAGES:-$((200000 / (PATIENCE > 1 ? 20 : 1)))}
SEED=${LBVS_FUZZ_SEED:-$(date +%s%N)}
FUZZ=$SELFTESTS/fuzz/fuzz
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

# Packets for the services that come and go, and for those that make sense.
clients()
{
	while :; do
		on c0 "$TRAFFIC" ask udp "$VIP" 80-84 --count 200 --timeout 20
		on c0 "$TRAFFIC" ask tcp "$VIP" 80-84 --count 20 --parallel 20 --timeout 200
		given_config
		sleep 0.5
	done >/dev/null 2>&1
}

fuzz() { on gw "$FUZZ" netlink --workers 8 --count "$MESSAGES" --seed "$SEED"; }

said() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }

no_message_does_harm()
{
	local log

	given_config
	log=$(mktemp)
	defer rm "$log"
	clients &
	defer kill $!
	while_beside_transfers fuzz >"$log" || {
		cat "$log"
		fail "expected the fuzzer to come to its end"
	}
	cat "$log"
	note "seed $SEED: $(said sent "$log") messages, $(said obeyed "$log") obeyed," \
		"$(said refused "$log") refused"
	expect_at_least "$MESSAGES" "$(said sent "$log")" "messages"
	expect_at_least $((MESSAGES / 50)) "$(said obeyed "$log")" "messages obeyed"
	expect_at_least $((MESSAGES / 4)) "$(said refused "$log")" "messages refused"
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

the_gateway_balances_afterwards()
{
	given_config
	ask tcp "$VIP" 80 --count 10
	expect_answers 10
	ask udp "$VIP" 53 --count 10
	expect_answers 10
}

the_module_unloads_afterwards()
{
	rmmod lbvs
	load_module
}

run_tests "$@"
