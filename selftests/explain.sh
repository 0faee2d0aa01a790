#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What lbctl explain says is what becomes of the client then, and by which rule;
# and to ask changes nothing.
ALL_TESTS="
	a_hashed_client_goes_where_it_is_said
	the_slot_of_a_hash_is_said
	a_flow_that_lives_is_named
	a_flow_that_was_silent_for_too_long_is_not
	with_whom_a_client_is_remembered_is_said
	whose_turn_it_is_is_said_and_stays
	who_has_the_fewest_is_said
	who_is_passed_over_is_said_and_why
	who_is_over_the_bound_is_said
	who_may_have_no_more_by_its_ramp_is_said
	the_reserve_is_said
	a_higher_tier_in_use_is_said
	an_open_service_is_said
	a_service_that_is_full_or_empty_is_said
	asking_uses_up_no_rate
	a_service_can_be_named_by_its_address
	what_makes_no_sense_is_refused
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	need_program jq
	topology 3
	serve_all udp/80
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool"
}

# given_service_set WORD VALUE... -- WORD VALUE...: the latter undo the former
given_service_set()
{
	local words=()

	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	lbctl service set "$pool-udp" "${words[@]}"
	defer lbctl service set "$pool-udp" "$@"
	lbctl flush flows
}

given_real_set()
{
	lbctl real set "$pool" "r$1" "$2" "$3"
	defer lbctl real set "$pool" "r$1" "$2" "$4"
}

# explain ADDR[:PORT]: into $EXPLAINED
explain() { EXPLAINED=$(lbctl -j explain "$1" "$pool-udp"); }

# with_port ADDR PORT
with_port()
{
	if is_ipv6; then
		echo "[$1]:$2"
	else
		echo "$1:$2"
	fi
}

source_of() { if is_ipv6; then printf '2001:db8:18::%x\n' "$1"; else echo "198.18.0.$1"; fi; }

# expect_explained REAL RULE
expect_explained()
{
	expect_equal "$1 $2" "$(json_value real "$EXPLAINED") $(json_value rule "$EXPLAINED")" \
		"the real and the rule in $EXPLAINED"
}

# state_of N: of a member in $EXPLAINED
state_of()
{
	[[ $EXPLAINED =~ \"real\":\"r$1\",\"address\":[^}]*\"state\":\"([a-z-]*)\" ]] ||
		fail "no r$1 in $EXPLAINED"
	echo "${BASH_REMATCH[1]}"
}

expect_goes_where_it_is_said()
{
	local said

	said=$(json_value real "$EXPLAINED")
	ask udp "$vip" 80 --source "$1" --sport "${2:-20000}"
	expect_share "$said" 1
}

a_hashed_client_goes_where_it_is_said()
{
	local n

	given_service_set sched maglev hash source -- sched rr
	for n in 1 2 3 4 5 6 7 8; do
		explain "$(source_of "$n")"
		expect_explained "$(json_value real "$EXPLAINED")" hash
		expect_goes_where_it_is_said "$(source_of "$n")"
	done
	given_service_set hash 5tuple -- hash source
	for n in 1 2 3 4 5 6 7 8; do
		explain "$(with_port "$(source_of 9)" $((21000 + n)))"
		expect_explained "$(json_value real "$EXPLAINED")" hash
		expect_goes_where_it_is_said "$(source_of 9)" $((21000 + n))
	done
}

# slot_of ADDR: of a table of 251; into $SLOT
slot_of()
{
	explain "$1"
	expect_equal 251 "$(json_value table_size "$EXPLAINED")" "the size of the table"
	SLOT=$(json_value slot "$EXPLAINED")
	expect_at_most 250 "$SLOT" "the slot of $1"
}

# Of twenty clients hardly two have the same one, and whoever has goes to the same
# real; it stays the client's when another real takes the flow, and nobody else says
# that there is one.
the_slot_of_a_hash_is_said()
{
	local -A reals=()
	local n slot home

	given_service_set sched maglev hash source table-size 251 -- \
		sched rr table-size auto bound off max-flows none
	for n in {1..20}; do
		slot_of "$(source_of "$n")"
		home=$(json_value real "$EXPLAINED")
		expect_equal "${reals[$SLOT]:-$home}" "$home" "the real of slot $SLOT"
		reals[$SLOT]=$home
	done
	expect_at_least 10 "${#reals[@]}" "the slots of 20 clients"
	lbctl explain "$(source_of 20)" "$pool-udp" | grep -Eqx "slot +$SLOT of 251" ||
		fail "expected slot $SLOT of 251, seen $(lbctl explain "$(source_of 20)" "$pool-udp")"

	slot=$SLOT
	lbctl service set "$pool-udp" bound 1.25
	expect_goes_where_it_is_said "$(source_of 20)"
	slot_of "$(source_of 20)"
	expect_equal "next $slot" "$(json_value rule "$EXPLAINED") $SLOT" "the rule, and the slot at home"
	lbctl service set "$pool-udp" bound off max-flows 1
	ask udp "$vip" 80 --count 3 --sport 30000-30002
	slot_of "$(source_of 20)"
	expect_equal "limit $slot" "$(json_value rule "$EXPLAINED") $SLOT" "the rule, and the slot at home"
	explain "$(with_port "$(source_of 20)" 20000)"
	expect_equal "flow null" "$(json_value rule "$EXPLAINED") $(json_value slot "$EXPLAINED")"
	lbctl service set "$pool-udp" sched rr max-flows none
	explain "$(source_of 20)"
	expect_equal "turn null" "$(json_value rule "$EXPLAINED") $(json_value slot "$EXPLAINED")"
}

a_flow_that_lives_is_named()
{
	lbctl flush flows
	ask udp "$vip" 80 --source "$(source_of 1)" --sport 20000
	explain "$(with_port "$(source_of 1)" 20000)"
	expect_explained "$(who_answered)" flow
	explain "$(with_port "$(source_of 1)" 20001)"
	expect_equal turn "$(json_value rule "$EXPLAINED")" "the rule for another port"
}

# It is over after two seconds, as what is told of it may be a second old. It goes some
# time later, up to four seconds: once in three that comes to light.
a_flow_that_was_silent_for_too_long_is_not()
{
	local n

	given_service_set timeout udp 1s -- timeout udp 1m
	for n in 1 2 3; do
		ask udp "$vip" 80 --source "$(source_of 1)" --sport $((22000 + n))
		explain "$(with_port "$(source_of 1)" $((22000 + n)))"
		expect_equal flow "$(json_value rule "$EXPLAINED")" "the rule at once"
		sleep 2.1
		explain "$(with_port "$(source_of 1)" $((22000 + n)))"
		expect_equal turn "$(json_value rule "$EXPLAINED")" "the rule after two seconds"
	done
}

with_whom_a_client_is_remembered_is_said()
{
	local real

	given_service_set persist 5m -- persist off
	ask udp "$vip" 80 --source "$(source_of 1)" --sport 20000
	real=$(who_answered)
	explain "$(source_of 1)"
	expect_explained "$real" affinity
	explain "$(source_of 2)"
	expect_equal turn "$(json_value rule "$EXPLAINED")" "the rule for another client"
	lbctl real set "$pool" "$real" max-flows 1
	defer lbctl real set "$pool" "$real" max-flows none
	explain "$(source_of 1)"
	expect_equal next "$(json_value rule "$EXPLAINED")" "the rule when it is full"
	expect_equal full "$(state_of "${real#r}")" "the state of $real"
}

whose_turn_it_is_is_said_and_stays()
{
	local sched n said

	for sched in rr wrr; do
		given_service_set sched "$sched" -- sched rr
		for n in 1 2 3 4 5; do
			explain "$(source_of 1)"
			said=$EXPLAINED
			explain "$(source_of 2)"
			expect_equal "$(json_value real "$said")" "$(json_value real "$EXPLAINED")" \
				"what is said when it is asked again"
			expect_explained "$(json_value real "$EXPLAINED")" turn
			expect_goes_where_it_is_said "$(source_of 1)" $((20000 + n))
		done
	done
}

who_has_the_fewest_is_said()
{
	given_service_set sched lc -- sched rr
	lbctl real drain "$pool" r2
	ask udp "$vip" 80 --count 10 --sport 20000-20009
	lbctl real enable "$pool" r2
	explain "$(source_of 1)"
	expect_explained r2 least
}

# A rate is a limit for a moment: see it in that moment.
is_at_its_rate()
{
	ask udp "$vip" 80 --count 10 --sport 20000-29999
	explain "$(source_of 1)"
	[ "$(state_of "$1")" = rate ]
}

who_is_passed_over_is_said_and_why()
{
	local try

	given_service_set sched lc -- sched rr
	given_real_set 1 max-flows 2 none
	given_real_set 2 max-rate 1 none
	lbctl verdict set "$pool" r3 down
	ask udp "$vip" 80 --count 3 --sport 20000-20002
	lbctl verdict set "$pool" r3 up
	explain "$(source_of 1)"
	expect_explained r3 least
	for ((try = 0; try < 20; try++)); do
		! is_at_its_rate 2 || break
	done
	expect_equal rate "$(state_of 2)" "the state of r2"
	expect_explained r3 next
	expect_equal full "$(state_of 1)" "the state of r1"
	lbctl real drain "$pool" r2
	defer lbctl real enable "$pool" r2
	explain "$(source_of 1)"
	expect_equal drain "$(state_of 2)" "the state of r2"
}

# member N KEY: in the list of the service's members
member()
{
	lbctl -j service show "$pool-udp" | jq -r ".[0].members[] | select(.real == \"r$1\").$2"
}

# All flows of a client come to one real: with the first it has more than a third.
who_is_over_the_bound_is_said()
{
	local real

	given_service_set sched maglev hash source bound 1.25 -- sched rr bound off
	explain "$(source_of 1)"
	expect_explained "$(json_value real "$EXPLAINED")" hash
	real=$(json_value real "$EXPLAINED")
	expect_goes_where_it_is_said "$(source_of 1)"
	explain "$(source_of 1)"
	expect_explained "$(json_value real "$EXPLAINED")" next
	expect_equal bound "$(state_of "${real#r}")" "the state of $real"
	expect_equal bound "$(member "${real#r}" state)" "the state of $real in the list"
	expect_goes_where_it_is_said "$(source_of 1)" 20001
}

comes_with_a_ramp()
{
	lbctl real disable "$pool" "r$1"
	lbctl real enable "$pool" "r$1"
	[ "$(member "$1" ramp)" != null ]
}

# It has the fewest flows. One is as good as earned, and the next one is not for long.
who_may_have_no_more_by_its_ramp_is_said()
{
	given_service_set sched lc -- sched rr
	lbctl pool set "$pool" ramp 1h
	defer lbctl pool set "$pool" ramp off
	lbctl real disable "$pool" r3
	defer lbctl real enable "$pool" r3
	ask udp "$vip" 80 --count 10 --sport 20000-20009
	await 20 comes_with_a_ramp 3
	explain "$(source_of 1)"
	expect_explained r3 least
	ask udp "$vip" 80 --sport 20010
	expect_share r3 1
	explain "$(source_of 1)"
	expect_explained "$(json_value real "$EXPLAINED")" next
	expect_equal ramp "$(state_of 3)" "the state of r3"
	expect_equal usable "$(member 3 state)" "the state of r3 in the list"
	expect_at_most 30 "$(member 3 ramp)" "the percentage of r3 in the list"
}

the_reserve_is_said()
{
	lbctl flush flows
	given_real_set 1 max-flows 1 none
	given_real_set 2 max-flows 1 none
	given_real_set 3 tier 1 0
	explain "$(source_of 1)"
	expect_equal reserve "$(state_of 3)" "the state of r3"
	ask udp "$vip" 80 --count 2 --sport 20000-20001
	explain "$(source_of 1)"
	expect_explained r3 reserve
}

a_higher_tier_in_use_is_said()
{
	local n

	lbctl flush flows
	given_real_set 3 tier 1 0
	explain "$(source_of 1)"
	expect_equal turn "$(json_value rule "$EXPLAINED")" "the rule for the lowest tier"
	for n in 1 2; do
		lbctl real drain "$pool" "r$n"
		defer lbctl real enable "$pool" "r$n"
	done
	explain "$(source_of 1)"
	expect_explained r3 tier
	expect_equal usable "$(state_of 3)" "the state of r3"
	expect_goes_where_it_is_said "$(source_of 1)"
}

an_open_service_is_said()
{
	local n

	lbctl flush flows
	for n in 1 2 3; do
		lbctl verdict set "$pool" "r$n" down
		defer lbctl verdict set "$pool" "r$n" up
	done
	explain "$(source_of 1)"
	expect_explained "$(json_value real "$EXPLAINED")" open
	expect_equal down "$(state_of 1)" "the state of r1"
}

a_service_that_is_full_or_empty_is_said()
{
	local n

	given_service_set max-flows 1 -- max-flows none
	ask udp "$vip" 80 --count 3 --sport 20000-20002
	explain "$(source_of 1)"
	expect_explained null limit
	for n in 1 2 3; do
		lbctl real drain "$pool" "r$n"
		defer lbctl real enable "$pool" "r$n"
	done
	explain "$(source_of 1)"
	expect_explained null empty
}

asking_uses_up_no_rate()
{
	local n

	given_service_set max-rate 1 -- max-rate none
	for n in 1 2 3 4 5 6 7 8; do
		explain "$(source_of 1)"
		expect_explained "$(json_value real "$EXPLAINED")" turn
	done
	ask udp "$vip" 80 --count 3 --sport 20000-20002
	expect_answers 3
}

a_service_can_be_named_by_its_address()
{
	EXPLAINED=$(lbctl -j explain "$(source_of 1)" "$(at_vip 80)" proto udp)
	expect_equal "$pool-udp" "$(json_value service "$EXPLAINED")" "the service"
}

# expect_refusal TEXT WORD...
expect_refusal()
{
	local text=$1 out

	shift
	out=$(lbctl explain "$@" 2>&1) && fail "expected a refusal of explain $*, seen $out"
	[[ $out == *"$text"* ]] || fail "expected \"$text\", seen $out"
}

what_makes_no_sense_is_refused()
{
	local other=$CLIENT6

	is_ipv6 && other=$CLIENT
	expect_refusal '"nobody": there is no service of this name' "$client" nobody
	expect_refusal 'there is no service at this address and port' "$client" "$(at_vip 81)" proto udp
	expect_refusal 'there is no service at this address and port' "$client" "$(at_vip 80)"
	expect_refusal 'of the other family' "$other" "$pool-udp"
	expect_refusal 'client "x"' x "$pool-udp"
	given_service_set sched maglev hash 5tuple -- sched rr hash source
	expect_refusal "hashes the client's port too" "$client" "$pool-udp"
}

over_both_families
run_tests "$@"
