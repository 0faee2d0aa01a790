#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Services that persist send a client to the real that it had before. The
# schedulers of these tests take turns between three reals: a client that meets
# the same one twice in a row was remembered, one that does not was not.
#
#   rpc: 135, 59531 (TCP) requires rpc    https: 443 (TCP) requires owa
#   udp: 135 (UDP) requires nothing
#
# Services that go together: a check of one is a check of all.
ALL_TESTS="
	a_client_stays_on_one_real
	flows_that_come_at_once_meet_one_real
	clients_take_turns
	the_services_of_a_pool_agree
	a_service_can_remember_on_its_own
	every_scheduler_that_does_not_hash_can_persist
	a_client_moves_when_its_real_is_drained_and_does_not_come_back
	a_client_moves_when_its_real_is_down_and_does_not_come_back
	a_client_moves_when_its_real_is_full_and_does_not_come_back
	a_client_moves_when_its_real_is_at_its_rate
	a_client_gets_no_more_of_a_member_than_its_rate
	a_client_stays_on_one_real_of_the_reserve
	a_client_stays_when_nobody_is_usable
	a_real_that_was_added_again_is_another_one
	neighbours_share
	a_client_is_remembered_until_its_time_is_over
	new_flows_prolong_the_time_packets_and_ends_do_not
	a_clash_of_ports_moves_nobody
	who_is_remembered_can_be_listed
	who_is_remembered_can_be_forgotten
	what_is_changed_meanwhile_breaks_no_connection
	the_oldest_are_forgotten_when_there_are_too_many
	who_comes_again_is_not_forgotten
	services_that_go_together_leave_a_real_together
	services_that_go_together_wait_for_verdicts_together
	services_that_hash_go_together_too
	services_that_find_no_real_for_all_go_their_own_ways
	who_goes_together_can_be_changed
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

# Clients that are remembered at most: 8 buckets of 8.
MOST=64

setup()
{
	rmmod lbvs
	insert_module "max_clients=$MOST"
	# For the scripts that follow. Once the machines are gone: what is deferred
	# is done in reverse.
	defer rmmod lbvs
	topology 3
	serve_all tcp/135 tcp/59531 tcp/443 udp/135
	in_both_families given_services
}

given_services()
{
	given_reals "$pool" check rpc,owa
	given_service "$pool-rpc" tcp "$(at_vip 135,59531)" pool "$pool" require rpc persist 30m
	given_service "$pool-https" tcp "$(at_vip 443)" pool "$pool" require owa persist 30m
	given_service "$pool-udp" udp "$(at_vip 135)" pool "$pool" persist 30m
}

before_each()
{
	lbctl flush flows >/dev/null
	lbctl affinity flush >/dev/null
}

# client N, stranger N: addresses in the crowd; strangers live in another /24, /112
client()
{
	if is_ipv6; then
		printf '2001:db8:18::%x\n' "$1"
	else
		echo "198.18.0.$1"
	fi
}

stranger()
{
	if is_ipv6; then
		printf '2001:db8:18::1:%x\n' "$1"
	else
		echo "198.18.1.$1"
	fi
}

# go tcp|udp PORT [CLIENT]: one flow; the real that it meets is in $MET
go()
{
	if [ "$1" = tcp ]; then
		ask tcp "$vip" "$2" --source "${3:-$(client 1)}"
	else
		ask_anew udp "$vip" "$2" --source "${3:-$(client 1)}"
	fi
	expect_answers 1
	MET=$(who_answered)
}

# stays REAL tcp|udp PORT [CLIENT], leaves REAL ...: new flows of the client still go
# to that one, or a new flow goes to another one
stays()
{
	local real=$1 n

	shift
	for n in 1 2; do
		go "$@"
		expect_equal "$real" "$MET" "the real that the client meets"
	done
}

leaves()
{
	local real=$1

	shift
	go "$@"
	[ "$MET" != "$real" ] || fail "expected the client to leave $real"
}

# The remembered, as "CLIENT REAL", or with a filter some of them.
remembered()
{
	lbctl -j affinity show "$@" | grep -o '{[^}]*}' |
		sed 's/.*"client_address":"\([^"]*\)".*"real":"\([^"]*\)".*/\1 \2/' | sort
}

count_remembered() { lbctl -j affinity show "$@" | grep -o client_address | wc -l; }

# set_back SERVICE KEYWORD...: at the end of the test
set_back() { defer lbctl service set "$@"; }

a_client_stays_on_one_real()
{
	go tcp 135
	expect_counted affinity-hit 4 expect_counted affinity-moved 0 four_times "$MET"
	expect_equal "$(client 1) $MET" "$(remembered)" "who is remembered"
}

four_times() { stays "$1" tcp 135 && stays "$1" tcp 135; }

flows_that_come_at_once_meet_one_real()
{
	local n

	for n in 1 2 3 4 5 6 7 8; do
		ask tcp "$vip" 135 --count 32 --parallel 32 --source "$(client "$n")"
		expect_answers 32
		expect_equal 1 "$(answering)" "the number of reals (of $(asked))"
	done
}

clients_take_turns()
{
	local n

	for n in 1 2 3; do
		go tcp 135 "$(client "$n")"
	done
	expect_equal "3" "$(remembered | cut -d ' ' -f 2 | sort -u | wc -l)" "the reals in use"
	expect_equal 3 "$(count_remembered)" "the clients"
}

the_services_of_a_pool_agree()
{
	go tcp 135
	stays "$MET" tcp 59531
	stays "$MET" tcp 443
	stays "$MET" udp 135
	stays "$MET" tcp 135
	expect_equal 1 "$(count_remembered)" "the entries"
}

a_service_can_remember_on_its_own()
{
	local real

	set_back "$pool-https" persist-scope pool
	lbctl service set "$pool-https" persist-scope service
	go tcp 443
	real=$MET
	go tcp 135
	lbctl real drain "$pool" "$MET"
	defer lbctl real enable "$pool" "$MET"
	leaves "$MET" tcp 135
	stays "$MET" tcp 59531
	lbctl real enable "$pool" "$real"
	stays "$real" tcp 443
	expect_equal 2 "$(count_remembered)" "the entries"
	expect_equal 1 "$(count_remembered service "$pool-https")" "the entries of https"
	expect_equal "$pool-https" \
		"$(json_value service "$(lbctl -j affinity show service "$pool-https")")"
}

every_scheduler_that_does_not_hash_can_persist()
{
	local sched

	set_back "$pool-rpc" sched rr
	for sched in rr wrr lc wlc; do
		lbctl service set "$pool-rpc" sched "$sched"
		before_each
		go tcp 135
		four_times "$MET"
	done
}

a_client_moves_when_its_real_is_drained_and_does_not_come_back()
{
	local real

	go tcp 135
	real=$MET
	lbctl real drain "$pool" "$real"
	defer lbctl real enable "$pool" "$real"
	expect_counted affinity-moved 1 leaves "$real" tcp 135
	stays "$MET" tcp 135
	lbctl real enable "$pool" "$real"
	stays "$MET" tcp 135
	stays "$MET" tcp 443
}

a_client_moves_when_its_real_is_down_and_does_not_come_back()
{
	local real

	go tcp 135
	real=$MET
	lbctl verdict set "$pool" "$real" check rpc down
	defer lbctl verdict del "$pool" "$real" check rpc
	# What requires something else is not concerned, as long as nobody moved.
	stays "$real" tcp 443
	leaves "$real" tcp 135
	stays "$MET" tcp 443
	lbctl verdict set "$pool" "$real" check rpc up
	stays "$MET" tcp 135
}

a_client_moves_when_its_real_is_full_and_does_not_come_back()
{
	local real

	lbctl service set "$pool-rpc" max-flows 1
	set_back "$pool-rpc" max-flows none
	hold old tcp "$vip" 135 --source "$(client 1)"
	real=$(who_answered)
	expect_counted affinity-moved 1 leaves "$real" tcp 135
	expect_held old close '1 ok'
	lbctl flush flows >/dev/null
	stays "$MET" tcp 135
}

# ask_fast N: so many flows of one client, 50 a second; in $ASK_MS how long it took
ask_fast()
{
	local start

	start=$(date +%s%N)
	ask udp "$vip" 135 --count "$1" --rate 50 --source "$(client 1)" --sport 20000-29999
	ASK_MS=$((($(date +%s%N) - start) / 1000000))
	expect_answers "$1"
}

# most_at RATE: what the limit lets come in that time. A tenth of a second's worth may
# come at once, see limits.sh.
most_at() { echo $((ASK_MS * $1 / 1000 + $1 / 10 + 2)); }

# Only flows that come one upon the other are too fast for one a second.
a_client_moves_when_its_real_is_at_its_rate()
{
	local real

	go udp 135
	real=$MET
	lbctl real set "$pool" "$real" max-rate 1
	defer lbctl real set "$pool" "$real" max-rate none
	expect_counted affinity-moved 1 ask_fast 50
	expect_at_most "$(most_at 1)" "$(share_of "$real")" "flows of $real in $ASK_MS ms"
	MET=$(who_answered_most)
	[ "$MET" != "$real" ] || fail "expected the client to leave $real, seen $ASKED"
	lbctl real set "$pool" "$real" max-rate none
	stays "$MET" udp 135
}

# The three of them can take 60 a second.
a_client_gets_no_more_of_a_member_than_its_rate()
{
	local n

	lbctl service set "$pool-udp" max-rate 20
	set_back "$pool-udp" max-rate none
	ask_fast 100
	for n in 1 2 3; do
		expect_at_most "$(most_at 20)" "$(share_of "r$n")" "flows of r$n in $ASK_MS ms"
	done
}

a_client_stays_on_one_real_of_the_reserve()
{
	local n

	for n in 2 3; do
		lbctl real set "$pool" "r$n" tier 1
		defer lbctl real set "$pool" "r$n" tier 0
	done
	lbctl real set "$pool" r1 max-flows 1
	defer lbctl real set "$pool" r1 max-flows none
	hold old tcp "$vip" 135 --source "$(client 1)"
	expect_share r1 1
	for n in 2 3 4; do
		go tcp 135 "$(client "$n")"
		stays "$MET" tcp 59531 "$(client "$n")"
		stays "$MET" tcp 443 "$(client "$n")"
	done
	# Where those of the lowest tier can take it nobody is kept in reserve.
	expect_held old close '1 ok'
	lbctl flush flows >/dev/null
	go tcp 135 "$(client 2)"
	expect_equal r1 "$MET" "the real when there is room"
}

a_client_stays_when_nobody_is_usable()
{
	local n

	go tcp 135
	for n in 1 2 3; do
		lbctl verdict set "$pool" "r$n" check rpc down
		defer lbctl verdict del "$pool" "r$n" check rpc
	done
	stays "$MET" tcp 135
}

a_real_that_was_added_again_is_another_one()
{
	local real

	go tcp 135
	real=$MET
	lbctl real del "$pool" "$real"
	defer lbctl real add "$pool" "$real" "$(real_at "${real#r}")"
	expect_equal "" "$(remembered)" "who is remembered"
	lbctl real add "$pool" "$real" "$(real_at "${real#r}")"
	expect_equal "" "$(remembered)" "who is remembered"
	go tcp 135
	expect_equal "$(client 1) $MET" "$(remembered)" "who is remembered"
}

prefix() { if is_ipv6; then echo 112; else echo 24; fi; }

neighbours_share()
{
	set_back "$pool-rpc" persist 30m
	lbctl service set "$pool-rpc" persist "30m/$(prefix)"
	go tcp 135
	stays "$MET" tcp 135 "$(client 200)"
	leaves "$MET" tcp 135 "$(stranger 1)"
	expect_equal 2 "$(count_remembered)" "the entries"
	expect_equal "$(prefix)" "$(json_value client_prefix "$(lbctl -j affinity show)")"
	expect_equal 1 "$(count_remembered client "$(client 77)")" "those who mean the client"
}

now() { echo "${EPOCHREALTIME/./}"; }

# expect_life SECONDS SINCE UNTIL: the client was remembered for so long, at a moment
# between those two. It takes some jiffies to be exact.
expect_life()
{
	local earliest=$(($2 + $1 * 1000000)) latest=$(($3 + $1 * 1000000 + 20000))
	local before after seen ends=''

	while [ -z "$ends" ]; do
		before=$(now)
		seen=$(count_remembered)
		after=$(now)
		[ "$seen" = 1 ] || [ "$after" -ge "$earliest" ] ||
			fail "the client was forgotten $((earliest - after)) us too early"
		[ "$seen" = 0 ] || [ "$before" -le "$latest" ] ||
			fail "the client is remembered $((before - latest)) us too long"
		[ "$before" -le "$latest" ] || ends=yes
	done
}

given_short_time()
{
	set_back "$pool-rpc" persist 30m
	lbctl service set "$pool-rpc" persist "$1"
}

a_client_is_remembered_until_its_time_is_over()
{
	local since until real

	given_short_time 3s
	since=$(now)
	go tcp 135
	until=$(now) real=$MET
	expect_life 3 "$since" "$until"
	leaves "$real" tcp 135
}

new_flows_prolong_the_time_packets_and_ends_do_not()
{
	local since until left

	given_short_time 6s
	hold old tcp "$vip" 135 --source "$(client 1)"
	sleep 2
	since=$(now)
	stays "$(who_answered)" tcp 135
	until=$(now)
	left=$(json_value expires_ms "$(lbctl -j affinity show)")
	expect_at_least 4001 "$left" "the milliseconds left after another flow"
	expect_held old ping '1 ok'
	expect_held old close '1 ok'
	lbctl flush flows >/dev/null
	expect_life 6 "$since" "$until"
}

# Two ports of a service whose reals have one: a client's port can go to each real once.
a_clash_of_ports_moves_nobody()
{
	local real

	given_service "$pool-to" tcp "$(at_vip 1443)" pool "$pool" to 443 persist 30m
	hold old tcp "$vip" 443 --source "$(client 1)" --sport 20000
	real=$(who_answered)
	ask tcp "$vip" 1443 --source "$(client 1)" --sport 20000
	expect_answers 1
	expect_share "$real" 0
	expect_equal "$(client 1) $real" "$(remembered)" "who is remembered"
	expect_held old ping '1 ok'
}

who_is_remembered_can_be_listed()
{
	local n json

	for n in 1 2 3; do
		go tcp 135 "$(client "$n")"
	done
	expect_equal "3 3 3 0" "$(count_remembered) $(count_remembered pool "$pool") $(
		count_remembered service "$pool-https") $(count_remembered pool nobody)" \
		"how many match"
	expect_equal "$(client 2) r$(remembered client "$(client 2)" | cut -d r -f 2)" \
		"$(remembered client "$(client 2)")" "the client"
	expect_equal "$(client 3) $MET" "$(remembered real "$MET")" "the client of $MET"
	json=$(lbctl -j affinity show client "$(client 1)")
	expect_equal "$pool" "$(json_value pool "$json")" "the pool"
	expect_at_most 1800000 "$(json_value expires_ms "$json")" "the time left"
	lbctl affinity show client "$(client 1)" | grep -qE "^$(client 1) +$pool +- +r[123] +(29|30)m" ||
		fail "expected a row for the client, seen $(lbctl affinity show)"
}

who_is_remembered_can_be_forgotten()
{
	local real n

	hold old tcp "$vip" 135 --source "$(client 1)"
	real=$(who_answered)
	for n in 2 3 4 5; do
		go tcp 135 "$(client "$n")"
	done
	expect_equal "clients forgotten: 1" "$(lbctl affinity flush client "$(client 1)")"
	expect_equal 4 "$(count_remembered)" "the clients"
	expect_equal "clients forgotten: 4" "$(lbctl affinity flush pool "$pool")"
	expect_equal 0 "$(count_remembered)" "the clients"
	leaves "$real" tcp 135
	expect_held old ping '1 ok'
}

what_is_changed_meanwhile_breaks_no_connection()
{
	local persist

	set_back "$pool-rpc" persist 30m persist-scope pool
	hold old tcp "$vip" 135 --count 8 --source "$(client 1)"
	for persist in off 10m "10m/$(prefix)" 1s 30m; do
		lbctl service set "$pool-rpc" persist "$persist"
		expect_held old ping '8 ok'
		go tcp 135
	done
	for persist in service pool; do
		lbctl service set "$pool-rpc" persist-scope "$persist"
		expect_held old ping '8 ok'
	done
	lbctl service set "$pool-rpc" persist off
	go tcp 135
	leaves "$MET" tcp 135
}

the_oldest_are_forgotten_when_there_are_too_many()
{
	local evicted before

	before=$(stat_of affinity-evicted)
	go tcp 135 "$(client 1)"
	ask tcp "$vip" 135 --count 500 --source "$(sources 500)" --parallel 8
	expect_answers 500
	evicted=$(($(stat_of affinity-evicted) - before))
	expect_at_most "$MOST" "$(count_remembered)" "the clients"
	expect_equal 500 $((evicted + $(count_remembered))) "those who came, gone or not"
	expect_equal "" "$(remembered client "$(client 1)")" "the first"
	go tcp 135 "$(stranger 1)"
	expect_equal "$(stranger 1) $MET" "$(remembered client "$(stranger 1)")" "the last"
}

# Ten others at a time: never a whole bucket in between.
who_comes_again_is_not_forgotten()
{
	local n real

	go tcp 135 "$(stranger 1)"
	real=$MET
	for n in 0 1 2 3 4 5 6 7 8 9; do
		ask tcp "$vip" 135 --count 10 --source "$(client $((n * 10 + 1)))-$(client $((n * 10 + 10)))"
		stays "$real" tcp 135 "$(stranger 1)"
	done
	expect_at_most "$MOST" "$(count_remembered)" "the clients"
}

# --- together ----------------------------------------------------------------

given_together()
{
	set_back "$pool-rpc" together none sched rr persist 30m initial up
	set_back "$pool-https" together none sched rr persist 30m initial up
	lbctl service set "$pool-rpc" together outlook
	lbctl service set "$pool-https" together outlook
}

# given_down REAL CHECK...: and the real has no more verdicts at the end
given_down()
{
	local real=$1 check

	shift
	for check; do
		lbctl verdict set "$pool" "$real" check "$check" down reason "HTTP 503"
		defer lbctl verdict del "$pool" "$real" check "$check"
	done
}

# member SERVICE REAL KEY: as JSON has it
member()
{
	lbctl -j service show "$1" |
		jq -r ".[0].members[] | select(.real == \"$2\") | .$3"
}

# One check of one service: all clients of that real find another, the same one on
# all ports of the group, and the service that is none of it keeps them.
services_that_go_together_leave_a_real_together()
{
	local n real

	given_together
	lbctl service set "$pool-udp" persist-scope service
	set_back "$pool-udp" persist-scope pool
	go udp 135
	real=$MET
	given_down "$real" owa
	for n in 1 2 3 4 5 6; do
		leaves "$real" tcp 135 "$(client "$n")"
		stays "$MET" tcp 59531 "$(client "$n")"
		stays "$MET" tcp 443 "$(client "$n")"
	done
	stays "$real" udp 135
	expect_equal "check-down owa $pool-https" "$(member "$pool-rpc" "$real" state) $(
		member "$pool-rpc" "$real" check) $(member "$pool-rpc" "$real" partner)"
	expect_equal "check-down owa null" "$(member "$pool-https" "$real" state) $(
		member "$pool-https" "$real" check) $(member "$pool-https" "$real" partner)"
	lbctl service show "$pool-rpc" | grep -q "owa down ($pool-https).*check owa (together with $pool-https) is down for .*: HTTP 503" ||
		fail "expected to see why, seen $(lbctl service show "$pool-rpc")"
}

services_that_go_together_wait_for_verdicts_together()
{
	given_together
	lbctl service set "$pool-https" initial down
	lbctl verdict set "$pool" r2 check owa up
	defer lbctl verdict del "$pool" r2 check owa
	ask tcp "$vip" 135 --count 6 --source "$(sources 6)"
	expect_servers r2
	expect_equal "unknown owa $pool-https" "$(member "$pool-rpc" r1 state) $(
		member "$pool-rpc" r1 check) $(member "$pool-rpc" r1 partner)"
}

services_that_hash_go_together_too()
{
	local n

	given_together
	lbctl service set "$pool-rpc" persist off sched maglev hash source
	lbctl service set "$pool-https" persist off sched maglev hash source
	given_down r1 owa
	given_down r2 rpc
	for n in 1 2 3 4 5 6; do
		go tcp 135 "$(client "$n")"
		expect_equal r3 "$MET" "the only real that both can use"
		stays r3 tcp 443 "$(client "$n")"
	done
}

services_that_find_no_real_for_all_go_their_own_ways()
{
	given_together
	given_down r1 owa
	given_down r2 rpc
	given_down r3 rpc owa
	ask tcp "$vip" 135 --count 6 --source "$(sources 6)"
	expect_servers r1
	ask tcp "$vip" 443 --count 6 --source "$(sources 6)"
	expect_servers r2
	expect_equal ready "$(field service "$pool-rpc" .state)"
}

who_goes_together_can_be_changed()
{
	given_together
	hold old tcp "$vip" 135 --count 8 --source "$(sources 8)"
	given_down r1 owa
	expect_equal check-down "$(member "$pool-rpc" r1 state)"
	lbctl service set "$pool-https" require none
	expect_equal usable "$(member "$pool-rpc" r1 state)"
	lbctl service set "$pool-https" require owa
	expect_equal check-down "$(member "$pool-rpc" r1 state)"
	lbctl service set "$pool-https" together other
	expect_equal usable "$(member "$pool-rpc" r1 state)"
	lbctl service set "$pool-https" together outlook
	expect_equal check-down "$(member "$pool-rpc" r1 state)"
	lbctl service set "$pool-rpc" together none
	expect_equal usable "$(member "$pool-rpc" r1 state)"
	expect_held old ping '8 ok'
}

over_both_families
run_tests "$@"
