#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real that becomes usable takes a growing share of the new flows: never more than one
# and a half times what is fair, and with least connections so until it has caught up.
#
#   port 80 served      port 82 of r4 refused      port 84 of r4 swallowed
ALL_TESTS="
	reals_that_are_new_with_their_service_have_no_ramp
	reals_that_come_back_when_all_were_down_have_none
	reals_that_become_usable_one_after_the_other_have_none
	reals_that_are_added_one_after_the_other_have_none
	each_way_to_become_usable_begins_one
	the_share_grows_to_the_fair_one
	with_least_connections_it_catches_up_under_the_cap
	who_is_remembered_counts_under_the_cap_too
	two_that_come_at_once_are_both_capped
	a_slow_ramp_lets_one_flow_a_second_through
	how_far_it_is_is_shown
	a_real_alone_takes_everything
	a_ramp_is_turned_off_at_once
	with_maglev_clients_move_in_steps_and_only_to_the_new_real
	a_real_that_refuses_is_left_alone
	a_real_that_is_silent_is_left_alone
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	need_program nft jq
	topology 4
	PLACES=$(mktemp -d)
	defer rm -r "$PLACES"
	given_services
	serve_all udp/80 tcp/80 tcp/84
	for n in 1 2 3; do
		serve "r$n" tcp/82
	done
	on r4 nft -f - <<-END
		table inet hole {
			chain input {
				type filter hook input priority 0;
				tcp dport 84 drop
			}
		}
	END
}

# They outlive the tests: nobody has a ramp while a service is new, for ten seconds.
given_services()
{
	given_pool web hash-key 0123456789abcdef0123456789abcdef
	given_service served udp "$VIP:80" pool web timeout udp 10m
	given_pool failing
	given_service failing tcp "$VIP:82,84" pool failing timeout syn 1s
	for POOL in failing web; do
		lbctl pool set "$POOL" ramp 1h
		await 15 comes_with_a_ramp r4
	done
}

# Each test has an r4 without a past, and clients that nobody knows.
before_each()
{
	local n

	for POOL in failing web; do
		lbctl pool set "$POOL" ramp off
		for n in 1 2 3; do
			lbctl real set "$POOL" "r$n" admin enabled
		done
		lbctl real del "$POOL" r4 || true
		lbctl real add "$POOL" r4 "$(real_address 4)" admin disabled
	done
	lbctl service set served sched rr persist off
	lbctl flush flows
	lbctl affinity flush
	PORT=10000
}

# ask_some N: so many new clients
ask_some()
{
	ask udp "$VIP" 80 --count "$1" --sport "$PORT-$((PORT + $1 - 1))" --parallel 8
	PORT=$((PORT + $1))
	expect_answers "$1"
}

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# comes_with_a_ramp REAL: it goes, if it is there, and comes
comes_with_a_ramp()
{
	lbctl real disable "$POOL" "$1"
	lbctl real enable "$POOL" "$1"
	! has_no_ramp "$1"
}

# begin TIME: r4 comes, with a ramp of that length
begin()
{
	lbctl pool set "$POOL" ramp "$1"
	lbctl real enable "$POOL" r4
	BEGAN=$(now_ms)
}

elapsed() { echo $(($(now_ms) - BEGAN)); }
ramp_has_passed() { (($(elapsed) > $1)); }

# percent_of REAL: of its ramp, or null
percent_of() { json_value ramp "$(lbctl -j real show "$POOL" "$1")"; }
has_no_ramp() { [ "$(percent_of "$1")" = null ]; }

flows_of() { lbctl -j real show web "$1" | jq .[0].flows_active; }

reals_that_are_new_with_their_service_have_no_ramp()
{
	lbctl pool add fresh ramp 60s
	defer lbctl pool del fresh
	for n in 1 2 3 4; do
		lbctl real add fresh "r$n" "$(real_address "$n")"
	done
	given_service fresh udp "$VIP:81" pool fresh to 80
	expect_equal "null null null null" \
		"$(lbctl -j real show fresh | jq -r '[.[].ramp | tostring] | join(" ")')" "the ramps"
	ask udp "$VIP" 81 --count 40
	expect_share r4 10
}

reals_that_come_back_when_all_were_down_have_none()
{
	for n in 1 2 3; do
		lbctl real disable web "r$n"
	done
	lbctl pool set web ramp 60s
	lbctl real enable web r4
	has_no_ramp r4
	ask_some 10
	expect_share r4 10
	lbctl real enable web r1
	has_no_ramp r1
	ask_some 10
	expect_share r1 5
	# In the end there is somebody to take the load.
	await 15 comes_with_a_ramp r1
	expect_equal null "$(percent_of r4)" "the ramp of r4"
	expect_at_most 30 "$(percent_of r1)" "the percentage of r1"
}

# expect_equal_loads COMMAND: "COMMAND N" makes number N of the pool fresh usable
expect_equal_loads()
{
	local n

	for n in 1 2 3 4; do
		"$1" "$n"
	done
	expect_equal "null null null null" \
		"$(lbctl -j real show fresh | jq -r '[.[].ramp | tostring] | join(" ")')" "the ramps"
	ask udp "$VIP" 81 --count 200 --sport 10000-10199
	expect_answers 200
	for n in 1 2 3 4; do
		expect_share "r$n" 50 1
	done
}

says_up() { lbctl verdict set fresh "r$1" up; }
is_added() { lbctl real add fresh "r$1" "$(real_address "$1")"; }

reals_that_become_usable_one_after_the_other_have_none()
{
	local n

	lbctl pool add fresh ramp 60s
	defer lbctl pool del fresh
	for n in 1 2 3 4; do
		is_added "$n"
	done
	given_service fresh udp "$VIP:81" pool fresh to 80 initial down
	expect_equal_loads says_up
}

reals_that_are_added_one_after_the_other_have_none()
{
	lbctl pool add fresh ramp 60s
	defer lbctl pool del fresh
	given_service fresh udp "$VIP:81" pool fresh to 80
	expect_equal_loads is_added
}

each_way_to_become_usable_begins_one()
{
	local way ways=(
		"real disable web r4 / real enable web r4"
		"real drain web r4 / real enable web r4"
		"real set web r4 weight 0 / real set web r4 weight 1"
		"verdict set web r4 down / verdict set web r4 up"
		"real del web r4 / real add web r4 $(real_address 4)"
	)

	begin 1h
	for way in "${ways[@]}"; do
		# shellcheck disable=SC2086 # words
		lbctl ${way% / *}
		ask_some 12
		expect_share r4 0
		# shellcheck disable=SC2086 # words
		lbctl ${way#* / }
		expect_at_most 30 "$(percent_of r4)" "the percentage of r4 after $way"
		ask_some 40
		expect_at_most 6 "$(share_of r4)" "the share of r4 after $way"
	done
}

# One and a half times the 25 of 100 that are fair, and what two flows are.
expect_at_no_moment_too_many()
{
	expect_at_most 39 "$(share_of r4)" "the share of r4 after $(elapsed) ms"
}

# Goes on for a time; prints nothing, but r4's part of the flows is in $GOT of $ASKED_FOR.
ask_until()
{
	GOT=0 ASKED_FOR=0
	while (($(elapsed) < $1)); do
		ask_some 100
		expect_at_no_moment_too_many
		GOT=$((GOT + $(share_of r4))) ASKED_FOR=$((ASKED_FOR + 100))
	done
}

the_share_grows_to_the_fair_one()
{
	local sched

	for sched in rr wrr lc wlc; do
		lbctl service set served sched "$sched"
		ask_some 90
		begin 12s
		# Of 25 that are fair a sixteenth, and up to a sixth; and the first is free.
		ask_until 2000
		expect_at_most $((ASKED_FOR * 4 / 100 + 2)) "$GOT" "the first flows of r4 with $sched"
		expect_at_least 1 "$GOT" "the first flows of r4 with $sched"
		# A sixth to a half: at least a tenth of what is fair, at most a half.
		ask_until 6000
		expect_at_most $((ASKED_FOR * 13 / 100 + 2)) "$GOT" "the next flows of r4 with $sched"
		expect_at_least $((ASKED_FOR * 4 / 100)) "$GOT" "the next flows of r4 with $sched"
		ask_until 12000
		expect_at_most $((ASKED_FOR * 25 / 100 + 2)) "$GOT" "the last flows of r4 with $sched"
		expect_at_least $((ASKED_FOR * 13 / 100)) "$GOT" "the last flows of r4 with $sched"
		lbctl real disable web r4
		lbctl flush flows
	done
}

with_least_connections_it_catches_up_under_the_cap()
{
	local i

	lbctl service set served sched lc
	ask_some 600
	begin 2s
	ask_until 3000
	# It could take all of these, and has fewer than the others still.
	ask_some 200
	expect_within 5 75 "$(share_of r4)" "the share of r4 after the ramp"
	expect_equal 150 "$(percent_of r4)" "the percentage of r4"
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		! has_no_ramp r4 || break
		ask_some 200
		expect_at_most 80 "$(share_of r4)" "the share of r4 while it catches up"
	done
	await 5 has_no_ramp r4
	expect_within 5 "$(flows_of r1)" "$(flows_of r4)" "the flows of r4, and of r1"
	ask_some 100
	expect_within 3 25 "$(share_of r4)" "the share of r4 in the end"
}

# Of the clients that come back a quarter is r4's, a quarter is r3's, and the others are
# nobody's.
who_is_remembered_counts_under_the_cap_too()
{
	local crowd

	crowd=$(crowd 400)
	lbctl service set served sched lc persist 30m
	lbctl real enable web r4
	ask udp "$VIP" 80 --count 400 --source "$crowd" --sport 9000 --parallel 8
	expect_within 2 100 "$(share_of r4)" "the share of r4 at first"
	lbctl real disable web r4
	lbctl flow del real r4
	# It has the fewest by far.
	ask udp "$VIP" 80 --count 300 --source 198.18.64.1-198.18.65.44 --sport 9000 --parallel 8
	lbctl affinity flush real r1
	lbctl affinity flush real r2
	begin 1s
	await 10 ramp_has_passed 1000
	ask udp "$VIP" 80 --count 400 --source "$crowd" --sport 9001 --parallel 8
	expect_answers 400
	# One and a half times 100, and what is saved or owed.
	expect_within 10 150 "$(share_of r4)" "the share of r4 as it catches up"
}

# Each of them has as few flows as the other, and fewer than the rest.
two_that_come_at_once_are_both_capped()
{
	lbctl service set served sched lc
	lbctl real disable web r3
	ask_some 600
	begin 1s
	lbctl real enable web r3
	BEGAN=$(now_ms)
	ask_until 3000
	ask_some 200
	expect_within 5 75 "$(share_of r3)" "the share of r3"
	expect_within 5 75 "$(share_of r4)" "the share of r4"
}

# Of some thousand flows a fair share would be hundreds.
a_slow_ramp_lets_one_flow_a_second_through()
{
	lbctl service set served sched lc
	begin 1h
	while (($(elapsed) < 8800)); do
		ask_some 20
	done
	# Between two batches there is nobody whom it could have.
	expect_at_least 4 "$(flows_of r4)" "the flows of r4 after 9 s"
	expect_at_most $((2 + $(elapsed) / 1000 + (PORT - 10000) / 60)) "$(flows_of r4)" \
		"the flows of r4"
}

how_far_it_is_is_shown()
{
	local first next

	begin 5s
	first=$(percent_of r4)
	expect_at_least 6 "$first" "the percentage at the beginning"
	expect_at_most 60 "$first" "the percentage at the beginning"
	expect_output "usable, ramp " lbctl service show served
	expect_output "%) " lbctl real show web r4
	expect_equal null "$(percent_of r1)" "the ramp of r1"
	while (($(elapsed) < 4000)); do
		next=$(lbctl -j service show served |
			jq '.[0].members[] | select(.real == "r4").ramp')
		[ "$next" != null ] || break
		expect_at_least "$first" "$next" "the percentage after $(elapsed) ms"
		expect_at_most 100 "$next" "the percentage after $(elapsed) ms"
		first=$next
	done
	await 10 has_no_ramp r4
}

a_real_alone_takes_everything()
{
	begin 60s
	# There is nobody else for this one, so it does not wait for a commit.
	for n in 1 2 3; do
		lbctl real drain web "r$n"
	done
	ask_some 40
	expect_share r4 40
	# It has none any more: it is the others that come back.
	lbctl real enable web r1
	has_no_ramp r4
}

a_ramp_is_turned_off_at_once()
{
	begin 1h
	ask_some 100
	expect_at_most 5 "$(share_of r4)" "the share of r4 in its ramp"
	lbctl pool set web ramp off
	has_no_ramp r4
	ask_some 100
	expect_within 1 25 "$(share_of r4)" "the share of r4 without a ramp"
}

# record NAME: which real each client gets now, "SOURCE REAL" a line
record()
{
	lbctl flush flows >/dev/null
	ask_each "$PLACES/each" udp "$VIP" 80 --count 1000 --source "$(crowd 1000)" --parallel 32
	expect_answers 1000
	cut -d ' ' -f 1,3 "$PLACES/each" | sort >"$PLACES/$1"
}

# moved BEFORE AFTER: how many clients did, but to r4
moved() { join "$PLACES/$1" "$PLACES/$2" | awk '$2 != $3 && $3 != "r4" { n++ } END { print n + 0 }'; }

# At least so many moved to it, at most so many more.
is_at() { [ "$(percent_of r4)" = "$1" ]; }

with_maglev_clients_move_in_steps_and_only_to_the_new_real()
{
	local before=start step generation seen

	lbctl service set served sched maglev hash source
	record start
	begin 60s
	lbctl export >"$PLACES/conf"
	lbctl service set served timeout syn 20s
	generation=$(json_value generation "$(lbctl -j stats show)")
	for step in 12 25 50 75; do
		await 25 is_at "$step"
		# Its weight is that part of one, of three more.
		record "$step"
		expect_within 25 $((1000 * step / (300 + step))) "$(share_of r4)" "the share at $step %"
		expect_at_most 25 "$(moved "$before" "$step")" "the clients that moved elsewhere at $step %"
		before=$step
	done
	# Who planned a change meanwhile is not disturbed by this.
	seen=$(json_value generation "$(lbctl -j stats show)")
	expect_at_least $((generation + 3)) "$seen" "the generation"
	expect_ok lbctl apply "$PLACES/conf" --if-generation "$generation"
	await 25 has_no_ramp r4
	record end
	expect_within 25 250 "$(share_of r4)" "the share in the end"
	expect_at_most 25 "$(moved "$before" end)" "the clients that moved elsewhere in the end"
}

# Not by jq: the ramp does not wait for it to start.
failing_flows()
{
	[[ $(lbctl -j service show failing) =~ \"real\":\"r4\"[^}]*\"flows_total\":([0-9]+) ]] ||
		fail "no r4"
	echo "${BASH_REMATCH[1]}"
}

# ask_failing PORT SECONDS: for so long clients ask; $FAILED of them came to r4, that fails
ask_failing()
{
	local before until

	before=$(failing_flows)
	until=$(($(now_ms) + $2 * 1000))
	while (($(now_ms) < until)); do
		ask tcp "$VIP" "$1" --count 60 --parallel 20 --timeout 300 --reset
	done
	FAILED=$(($(failing_flows) - before))
}

is_paused() { [ "$(percent_of r4)" = 0 ]; }

# A ramp of a second would be over soon, and then every fourth would fail.
expect_left_alone()
{
	local port=$1

	POOL=failing
	begin 6s
	ask_failing "$port" 6
	expect_at_least 3 "$FAILED" "the clients that failed at first"
	ask_failing "$port" 12
	# One a second, and three for each time that it is tried again.
	expect_at_most 25 "$FAILED" "the clients that failed in 12 s"
	expect_at_least 1 "$FAILED" "the clients that failed in 12 s"
	await 20 is_paused
	expect_equal 4 "$(field service failing .members_usable)" "the usable members"
}

a_real_that_refuses_is_left_alone() { expect_left_alone 82; }
a_real_that_is_silent_is_left_alone() { expect_left_alone 84; }

run_tests "$@"
