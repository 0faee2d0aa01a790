#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real that is drained with a deadline keeps its flows until then. Those that are
# left are reset at both ends, idle ones too, by resets that both have to believe. All
# else lives on, and what became of the flows is counted and told.
#
#   port 80 tcp, echo      port 81 udp
ALL_TESTS="
	at_the_deadline_idle_connections_are_reset_at_both_ends
	the_resets_carry_the_number_that_is_expected
	new_connections_go_elsewhere_before_and_after
	connections_that_close_before_the_deadline_end_by_themselves
	connections_that_are_over_at_the_deadline_have_ended_by_themselves
	a_connection_that_was_not_reset_after_all_is_reset_at_the_deadline
	a_connection_that_was_not_reset_after_all_is_counted
	datagrams_come_to_another_real_after_the_deadline
	connections_not_yet_established_are_dropped_at_the_deadline
	a_deadline_of_0_resets_at_once
	a_drain_without_a_deadline_tells_when_it_is_over
	a_real_without_flows_is_drained_at_once
	a_real_that_is_enabled_before_the_deadline_keeps_its_flows
	a_drain_without_a_deadline_takes_the_deadline_back
	a_real_that_is_removed_keeps_its_flows
	another_service_that_left_the_pool_is_drained_too
	two_reals_have_deadlines_of_their_own
	a_file_that_says_drain_leaves_the_deadline_alone
	who_waits_is_told_how_it_goes_on
	who_waits_in_vain_is_told_why
	who_stops_waiting_is_told_that_it_goes_on
	the_list_says_why_a_real_gets_nothing
	many_connections_are_asked_at_a_pace
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"
source "$(dirname "$0")/lib_reset.sh"

# A deadline before which the next command is done, also on a slow machine; and a time
# after which it has passed. Where more is done before it, it is first an hour away.
SOON=$((3 * PATIENCE))s
LATER=$((4 * PATIENCE))s
# One before which some connections have ended, which a drain counts from its beginning.
AFTER_THAT=$((10 * PATIENCE))s

setup()
{
	need_program tcpdump nft jq
	topology 2
	serve_all tcp/80 udp/81
	make_checksums_early
	LOG=$(mktemp -d)
	defer rm -r "$LOG"
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	# What is over goes at once, and is not taken for what is left.
	given_service "$pool-tcp" tcp "$(at_vip 80)" pool "$pool" timeout closed 1s
	given_service "$pool-udp" udp "$(at_vip 81)" pool "$pool"
}

before_each()
{
	lbctl flush flows >/dev/null
	BEGUN=$(stat_of reset-begun)
	count_broken
	EVENTS=$LOG/events.$NUMBER
	command "$LBCTL" -j -n "$gw" monitor health >"$EVENTS" &
	defer kill $!
	await 20 grep -q '"event":"monitoring"' "$EVENTS"
}

# drain REAL [WORD...]: until the end of the test
drain()
{
	defer lbctl real enable "$pool" "$1"
	lbctl real drain "$pool" "$@"
}

# bring_deadline REAL: what was an hour away is close now
bring_deadline() { lbctl real drain "$pool" "$1" deadline 500ms; }

# One line of JSON for each real that was said to be drained.
drained() { grep '"event":"drained"' "$EVENTS" | grep "\"name\":\"$1\"" || true; }

# expect_drained REAL ENDED RESET DROPPED: it is told within 40 s, once, with these numbers
expect_drained()
{
	local told

	await 40 grep -q '"event":"drained".*"name":"'"$1"'"' "$EVENTS"
	told=$(drained "$1")
	expect_equal 1 "$(wc -l <<<"$told")" "the events"
	expect_equal "$2 $3 $4 0" "$(json_value drain_ended "$told") $(json_value drain_reset "$told") $(
		json_value drain_dropped "$told") $(json_value drain_left "$told")" \
		"flows of $1 that ended, were reset, were dropped, and are left"
	expect_equal "$3" $(($(stat_of reset-begun) - BEGUN)) "resets begun"
}

expect_not_drained() { expect_equal "" "$(drained "$1")" "the events about $1"; }

# has_flows tcp|udp N
has_flows() { [ "$(field service "$pool-$1" .flows_active)" = "$2" ]; }

# expect_look SECONDS NAME N RESULT: N of them are reset within that time, and then RESULT
expect_look()
{
	await "$1" has_broken c0 "$3"
	expect_held "$2" look "$4"
}

# of_real NAME KEY: a number that the list tells of it, or null
of_real() { lbctl -j real show "$pool" "$1" | jq -r ".[0].$2"; }

# has_ended NAME N: flows, by themselves
has_ended() { [ "$(of_real "$1" drain_ended)" = "$2" ]; }

at_the_deadline_idle_connections_are_reset_at_both_ends()
{
	local json left

	hold old tcp "$vip" 80 --count 8
	expect_share r1 4
	expect_held old ping "8 ok"
	drain r1 deadline 1h
	expect_held old ping "8 ok"
	json=$(lbctl -j real show "$pool" r1)
	expect_not_drained r1
	left=$(json_value deadline_ms "$json")
	expect_at_least 3000000 "$left" "the milliseconds left"
	expect_at_most 3600000 "$left" "the milliseconds left"
	expect_equal "4 0" "$(json_value drain_left "$json") $(json_value drain_ended "$json")" \
		"flows left and ended"
	bring_deadline r1
	expect_look 15 old 4 "4 ok 4 reset"
	await 5 has_broken r1 4
	expect_drained r1 0 4 0
	await 5 has_flows tcp 4
	expect_held old ping "4 ok 4 reset"
	expect_equal 0 "$(of_real r1 deadline_ms)" "the milliseconds left"
}

the_resets_carry_the_number_that_is_expected()
{
	lbctl real set "$pool" r2 weight 0
	hold old tcp "$vip" 80 --sport 40000
	lbctl real set "$pool" r2 weight 1
	watch_both
	expect_held old ping "1 ok"
	drain r1 deadline 500ms
	expect_look 8 old 1 "0 ok 1 reset"
	expect_drained r1 0 1 0
	expect_exact "$LOG/client" "$vip.80" "$client.40000"
	expect_exact "$LOG/real" "$client.40000" "$(real_at 1).80"
	expect_equal 0 "$(packets_with "$LOG/client" "$(real_at 1)")" "packets in the name of the real"
	expect_equal 0 "$(packets_with "$LOG/real" "$vip")" "packets in the name of the service"
}

new_connections_go_elsewhere_before_and_after()
{
	hold old tcp "$vip" 80 --count 2
	expect_share r1 1
	drain r1 deadline 1h
	ask tcp "$vip" 80 --count 4
	expect_servers r2
	bring_deadline r1
	expect_drained r1 0 1 0
	ask tcp "$vip" 80 --count 4
	expect_servers r2
	lbctl real enable "$pool" r1
	ask tcp "$vip" 80 --count 4
	expect_servers r1 r2
}

connections_that_close_before_the_deadline_end_by_themselves()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	hold short tcp "$vip" 80 --count 6
	expect_share r1 3
	drain r1 deadline "$AFTER_THAT"
	expect_held short close "6 ok"
	await 8 has_ended r1 3
	expect_equal 2 "$(of_real r1 drain_left)" "flows left"
	expect_drained r1 3 2 0
	expect_held old look "2 ok 2 reset"
}

are_closed() { [ "$(lbctl -j flow show pool "$pool" real r1 | grep -c '"state":"closed"')" = "$1" ]; }

connections_that_are_over_at_the_deadline_have_ended_by_themselves()
{
	lbctl service set "$pool-tcp" timeout closed 1h
	defer lbctl service set "$pool-tcp" timeout closed 1s
	hold short tcp "$vip" 80 --count 6
	expect_share r1 3
	drain r1 deadline "$AFTER_THAT"
	expect_held short close "6 ok"
	await 10 are_closed 3
	expect_drained r1 3 0 0
}

# is_state STATE: of that connection
is_state()
{
	local from=$client

	! is_ipv6 || from="[$client]"
	[ "$(lbctl -j flow show client "$from:40000" | jq -r '.[0].state')" = "$1" ]
}

# A connection to r1 that the client is said to have reset. Neither end hears more of it
# than the real the SYN, so that neither contradicts.
given_connection_said_to_be_reset()
{
	need_program python3
	lbctl service set "$pool-tcp" timeout closed 1h
	defer lbctl service set "$pool-tcp" timeout closed 1s
	on c0 nft 'table inet deaf { chain input {
		type filter hook input priority 0; tcp dport 40000 drop; }; }'
	defer on c0 nft delete table inet deaf
	on r1 nft 'table inet deaf { chain input {
		type filter hook input priority 0; tcp sport 40000 tcp flags & syn == 0 drop; }; }'
	defer on r1 nft delete table inet deaf
	lbctl real set "$pool" r2 weight 0
	send_segments "$client" "$vip" S:1000
	await 10 is_state syn-ack
	send_segments "$client" "$vip" A:1001:1
	await 10 is_state established
	send_segments "$client" "$vip" R:1001
	await 10 is_state closed
	lbctl real set "$pool" r2 weight 1
}

# Whoever speaks a second later was not reset.
comes_back()
{
	send_segments "$client" "$vip" A:1001:1
	is_state established
}

has_begun() { [ $(($(stat_of reset-begun) - BEGUN)) = "$1" ]; }

a_connection_that_was_not_reset_after_all_is_reset_at_the_deadline()
{
	given_connection_said_to_be_reset
	drain r1 deadline $((15 * PATIENCE))s
	expect_drained r1 0 0 0
	await 10 comes_back
	expect_equal 1 "$(of_real r1 drain_left)" "flows left"
	await 30 has_begun 1
	expect_equal "0 1" "$(of_real r1 drain_ended) $(of_real r1 drain_reset)" \
		"flows that ended, and were reset"
}

a_connection_that_was_not_reset_after_all_is_counted()
{
	given_connection_said_to_be_reset
	lbctl real set "$pool" r2 weight 0
	hold old tcp "$vip" 80
	lbctl real set "$pool" r2 weight 1
	drain r1 deadline 1h
	expect_equal 1 "$(of_real r1 drain_left)" "flows left"
	await 10 comes_back
	bring_deadline r1
	expect_drained r1 0 2 0
}

datagrams_come_to_another_real_after_the_deadline()
{
	hold call udp "$vip" 81 --count 4
	expect_share r1 2
	drain r1 deadline 1h
	expect_held call ping "4 ok"
	bring_deadline r1
	expect_drained r1 0 0 2
	expect_held call ping "2 ok 2 moved"
}

connections_not_yet_established_are_dropped_at_the_deadline()
{
	lbctl real set "$pool" r2 weight 0
	on r1 nft -f - <<-END
		table inet hole {
			chain input {
				type filter hook input priority 0;
				tcp dport 80 drop
			}
		}
	END
	defer on r1 nft delete table inet hole
	on c0 "$TRAFFIC" ask tcp "$vip" 80 --timeout 20000 >"$LOG/asked" &
	await 10 has_flows tcp 1
	lbctl real set "$pool" r2 weight 1
	drain r1 deadline 0
	expect_drained r1 0 0 1
	wait $!
	expect_equal "share r2 1" "$(cat "$LOG/asked")" "the answer"
}

a_deadline_of_0_resets_at_once()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	drain r1 deadline 0
	expect_equal 2 "$(of_real r1 drain_reset)" "flows that are being reset"
	expect_look 3 old 2 "2 ok 2 reset"
	expect_drained r1 0 2 0
}

a_drain_without_a_deadline_tells_when_it_is_over()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	drain r1
	expect_equal null "$(of_real r1 deadline_ms)" "the milliseconds left"
	expect_held old ping "4 ok"
	expect_not_drained r1
	expect_held old close "4 ok"
	expect_drained r1 2 0 0
	# The same once more is no news.
	lbctl real drain "$pool" r1
	sleep 2
	expect_drained r1 2 0 0
}

a_real_without_flows_is_drained_at_once()
{
	drain r1 deadline 1h
	expect_drained r1 0 0 0
	lbctl real enable "$pool" r1
	expect_equal null "$(of_real r1 drain_left)" "flows left of no drain"
}

a_real_that_is_enabled_before_the_deadline_keeps_its_flows()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	drain r1 deadline "$SOON"
	lbctl real enable "$pool" r1
	sleep "$LATER"
	expect_held old ping "4 ok"
	expect_not_drained r1
	expect_equal 0 $(($(stat_of reset-begun) - BEGUN)) "resets begun"
}

a_drain_without_a_deadline_takes_the_deadline_back()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	drain r1 deadline "$SOON"
	lbctl real drain "$pool" r1
	expect_equal null "$(of_real r1 deadline_ms)" "the milliseconds left"
	sleep "$LATER"
	expect_held old ping "4 ok"
	lbctl real drain "$pool" r1 deadline 1s
	expect_drained r1 0 2 0
	expect_held old look "2 ok 2 reset"
}

# It and the one that is added under its name and address are two.
a_real_that_is_removed_keeps_its_flows()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	drain r1 deadline "$SOON"
	lbctl real del "$pool" r1
	lbctl real add "$pool" r1 "$(real_at 1)"
	sleep "$LATER"
	expect_held old ping "4 ok"
	expect_not_drained r1
	# Those of the one before are none of its.
	lbctl real drain "$pool" r1 deadline 0
	expect_drained r1 0 0 0
	expect_held old ping "4 ok"
}

another_service_that_left_the_pool_is_drained_too()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	lbctl pool add spare
	lbctl real add spare r9 "$(real_at 2)"
	lbctl service set "$pool-tcp" pool spare
	defer lbctl pool del spare
	defer lbctl service set "$pool-tcp" pool "$pool"
	drain r1 deadline 1h
	expect_equal 2 "$(of_real r1 drain_left)" "flows left"
	bring_deadline r1
	expect_drained r1 0 2 0
	expect_held old look "2 ok 2 reset"
}

two_reals_have_deadlines_of_their_own()
{
	hold old tcp "$vip" 80 --count 6
	expect_share r1 3
	hold call udp "$vip" 81 --count 4
	expect_share r2 2
	drain r1 deadline 1s
	drain r2 deadline 2s
	await 20 grep -q '"event":"drained".*"name":"r2"' "$EVENTS"
	expect_equal "0 3 2" "$(of_real r1 drain_ended) $(of_real r1 drain_reset) $(of_real r1 drain_dropped)" \
		"flows of r1 that ended, were reset and dropped"
	expect_equal "0 3 2" "$(of_real r2 drain_ended) $(of_real r2 drain_reset) $(of_real r2 drain_dropped)" \
		"flows of r2 that ended, were reset and dropped"
	expect_held old look "0 ok 6 reset"
}

a_file_that_says_drain_leaves_the_deadline_alone()
{
	local file=$LOG/file

	hold old tcp "$vip" 80 --count 2
	expect_share r1 1
	drain r1 deadline 1h
	lbctl export >"$file"
	expect_equal 1 "$(grep -c drain "$file")" "what the file says of it"
	! grep -q deadline "$file" || fail "the file has a deadline"
	expect_output "nothing to change" lbctl apply "$file"
	expect_at_least 1 "$(of_real r1 deadline_ms)" "the milliseconds left"
	lbctl real drain "$pool" r1 deadline 0
	expect_drained r1 0 1 0
}

who_waits_is_told_how_it_goes_on()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	defer lbctl real enable "$pool" r1
	lbctl real drain "$pool" r1 deadline "$SOON" --wait >"$LOG/waited"
	cat "$LOG/waited"
	grep -qE '^r1: [0-9ms]+ left, 2 flows$' "$LOG/waited" || fail "expected to be told what is left"
	grep -qE '^r1 is drained: +flows ended 0 +reset 2 +dropped 0$' "$LOG/waited" ||
		fail "expected to be told the end"
	expect_drained r1 0 2 0
	lbctl -j real drain "$pool" r1 --wait >"$LOG/waited"
	expect_equal "r1 0 0" "$(jq -r '"\(.name) \(.drain_ended) \(.drain_reset)"' "$LOG/waited")" "the JSON"
}

# waits_for REGEX: who waits was told so
waits_for() { grep -q "$1" "$LOG/waited"; }

who_waits_in_vain_is_told_why()
{
	local waiting rc=0

	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	defer lbctl real enable "$pool" r1
	command "$LBCTL" -n "$gw" real drain "$pool" r1 --wait >"$LOG/waited" 2>&1 &
	waiting=$!
	await 10 waits_for "r1: 2 flows left"
	lbctl real enable "$pool" r1
	wait "$waiting" || rc=$?
	expect_equal 1 "$rc" "the exit status"
	waits_for "r1 is not drained any more" || fail "expected a reason, seen $(cat "$LOG/waited")"
	expect_refusal '"--wait" cannot be part of a batch' lbctl batch - <<<"real drain $pool r1 --wait"
	expect_held old ping "4 ok"
}

# A shell lets what it starts in the background ignore the signal.
HEARS='import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])'

who_stops_waiting_is_told_that_it_goes_on()
{
	local waiting rc=0

	need_program python3
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	defer lbctl real enable "$pool" r1
	python3 -c "$HEARS" "$LBCTL" -n "$gw" real drain "$pool" r1 deadline 1h --wait \
		>"$LOG/waited" 2>&1 &
	waiting=$!
	await 10 waits_for "left, 2 flows"
	kill -INT "$waiting"
	wait "$waiting" || rc=$?
	expect_equal 1 "$rc" "the exit status"
	waits_for "the drain of r1 goes on: .* left, 2 flows" ||
		fail "expected to be told that it goes on, seen $(cat "$LOG/waited")"
	expect_equal drain "$(of_real r1 admin)" "the admin state"
}

the_list_says_why_a_real_gets_nothing()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	drain r1 deadline 1h
	lbctl real show "$pool" >"$LOG/list"
	cat "$LOG/list"
	grep -qE "^$pool +r1 +$pool-tcp +the operator drains the real: (1h|59m[0-9]*s) left, 2 flows\$" \
		"$LOG/list" || fail "expected the reason"
	! grep -qE "^$pool +r2 +$pool-tcp" "$LOG/list" || fail "r2 takes flows: expected no reason"
	lbctl real show "$pool" r2 | grep -qE "^$pool +r2 +$pool-tcp +usable\$" ||
		fail "expected all services of the one that is named"
	expect_equal "drain $pool-tcp" "$(lbctl -j real show "$pool" r1 |
		jq -r '.[0].services[] | select(.service | endswith("tcp")) | "\(.state) \(.service)"')" \
		"the JSON"
}

# 20 connections a step: so 50 steps ask them, and 50 tell once more those that were told.
many_connections_are_asked_at_a_pace()
{
	local seen

	lbctl real set "$pool" r2 weight 0
	hold many tcp "$vip" 80 --count 1000 --sport 20000-20999
	expect_share r1 1000
	lbctl real set "$pool" r2 weight 1
	trace_work
	drain r1 deadline 1s
	expect_look 20 many 1000 "0 ok 1000 reset"
	expect_drained r1 0 1000 0
	await 5 has_broken r1 1000
	seen=$(steps)
	note "steps: $seen"
	expect_at_least 100 "$seen" "the steps"
}

over_both_families
run_tests "$@"
