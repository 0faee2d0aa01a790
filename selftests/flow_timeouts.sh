#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A flow is forgotten when it was silent for as long as its service says for the
# state that it is in, give or take the few seconds in which the table is gone
# through; not while there is traffic. What follows of a forgotten TCP
# connection is reset.
ALL_TESTS="
	a_silent_connection_is_forgotten_and_then_reset
	a_silent_connection_is_forgotten_and_then_reset_over_ipv6
	a_connection_with_traffic_is_remembered
	a_silent_conversation_is_forgotten_and_begins_anew
	a_silent_conversation_is_forgotten_and_begins_anew_over_ipv6
	a_conversation_with_traffic_is_remembered
	a_handshake_that_nobody_answers_is_forgotten
	a_handshake_that_the_client_does_not_finish_is_forgotten
	a_connection_that_one_side_has_closed_is_forgotten
	a_connection_that_both_sides_have_closed_is_forgotten
	a_connection_that_was_reset_is_forgotten
	a_segment_that_a_reset_overtook_revives_nothing
	a_reset_is_taken_back_by_who_speaks_later
	a_reset_that_is_said_again_and_again_is_taken_back_too
	a_shorter_timeout_holds_for_flows_that_live
	a_longer_timeout_holds_for_flows_that_live
	each_state_has_its_own_default
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_wire.sh"

# Seconds from the end of a timeout of one second to the end of the flow: the
# time of the last packet is known to a second, and the table is gone through
# about every second.
SOON=15

setup()
{
	topology 1
	serve_all tcp/80 bye/82 udp/53
	given_pool four
	given_pool6 six
}

# The services are new for each test, and with them their counters.
given_www() { given_service www tcp "$VIP:80,81,82" pool four "$@"; }
given_www6() { given_service www tcp "[$VIP6]:80" pool six "$@"; }
given_dns() { given_service dns udp "$VIP:53" pool four "$@"; }
given_dns6() { given_service dns udp "[$VIP6]:53" pool six "$@"; }

flows_of() { field service "$1" .flows_active; }

# has_flows SERVICE N [STATE]: so many, all of them in that state
has_flows()
{
	local shown active=$2

	# What is over is remembered, and no work any more.
	[ "${3:-}" != closed ] || active=0
	shown=$(lbctl -j flow show service "$1")
	echo "$shown"
	[ "$(flows_of "$1")" = "$active" ] || return
	[ "$(grep -c '"client_port"' <<<"$shown")" = "$2" ] || return
	[ "$(grep -c "\"state\":\"${3:-}" <<<"$shown")" = "$2" ]
}

# --- established -------------------------------------------------------------

expect_forgotten_and_reset()
{
	local expired

	expired=$(stat_of flow-expired)
	hold web tcp "$1" 80 --count 3
	has_flows www 3 established || fail "not established"
	await "$SOON" has_flows www 0
	expect_equal $((expired + 3)) "$(stat_of flow-expired)" "the count of expired flows"
	expect_counted rejected-no-flow 3 expect_held web ping "0 ok 3 reset"
	expect_equal 3 "$(field service www .flows_total)" "flows opened"
}

a_silent_connection_is_forgotten_and_then_reset()
{
	given_www timeout established 1s
	expect_forgotten_and_reset "$VIP"
}

a_silent_connection_is_forgotten_and_then_reset_over_ipv6()
{
	given_www6 timeout established 1s
	expect_forgotten_and_reset "$VIP6"
}

# keep_talking NAME: for more than twice the timeout of 3 s
keep_talking()
{
	local end=$((SECONDS + 9))

	while [ "$SECONDS" -lt "$end" ]; do
		expect_held "$1" ping "1 ok"
		sleep 0.5
	done
}

a_connection_with_traffic_is_remembered()
{
	given_www timeout established 3s
	hold web tcp "$VIP" 80
	expect_counted flow-expired 0 keep_talking web
	has_flows www 1 established || fail "forgotten"
}

# --- UDP ---------------------------------------------------------------------

expect_forgotten_and_anew()
{
	hold talk udp "$1" 53 --count 3
	has_flows dns 3 udp || fail "not there"
	await "$SOON" has_flows dns 0
	expect_held talk ping "3 ok"
	has_flows dns 3 udp || fail "not there again"
	expect_equal 6 "$(field service dns .flows_total)" "flows opened"
}

a_silent_conversation_is_forgotten_and_begins_anew()
{
	given_dns timeout udp 1s
	expect_forgotten_and_anew "$VIP"
}

a_silent_conversation_is_forgotten_and_begins_anew_over_ipv6()
{
	given_dns6 timeout udp 1s
	expect_forgotten_and_anew "$VIP6"
}

a_conversation_with_traffic_is_remembered()
{
	given_dns timeout udp 3s
	hold talk udp "$VIP" 53
	keep_talking talk
	has_flows dns 1 udp || fail "forgotten"
	expect_equal 1 "$(field service dns .flows_total)" "flows opened"
}

# --- handshakes --------------------------------------------------------------

# lose NAMESPACE HOOK MATCH...: such packets get no further than there
lose()
{
	local where=$1 hook=$2

	shift 2
	on "$where" nft -f - <<-END
		table inet lose {
			chain packets {
				type filter hook $hook priority 0
				$*
			}
		}
	END
	defer on "$where" nft delete table inet lose
}

a_handshake_that_nobody_answers_is_forgotten()
{
	given_www timeout syn 1s
	lose r1 output tcp sport 80 drop
	ask tcp "$VIP" 80 --count 3 --parallel 3 --timeout 300
	expect_error timeout 3
	has_flows www 3 syn || fail "not there"
	await "$SOON" has_flows www 0
}

a_handshake_that_the_client_does_not_finish_is_forgotten()
{
	given_www timeout syn 1s
	# The answer is seen once, and goes no further than the client's door.
	on r1 sysctl -qw net.ipv4.tcp_synack_retries=0
	lose c0 input tcp sport 80 drop
	ask tcp "$VIP" 80 --count 3 --parallel 3 --timeout 300
	expect_error timeout 3
	has_flows www 3 syn-ack || fail "not there"
	await "$SOON" has_flows www 0
}

# --- ends --------------------------------------------------------------------

a_connection_that_one_side_has_closed_is_forgotten()
{
	given_www timeout fin 1s
	hold web tcp "$VIP" 82 --count 3
	has_flows www 3 fin || fail "not closed by one side"
	await "$SOON" has_flows www 0
}

a_connection_that_both_sides_have_closed_is_forgotten()
{
	given_www timeout closed 2s
	hold web tcp "$VIP" 80 --count 3
	expect_held web close "3 ok"
	await 1 has_flows www 3 closed
	await "$SOON" has_flows www 0
}

a_connection_that_was_reset_is_forgotten()
{
	given_www timeout closed 2s
	hold web tcp "$VIP" 80 --count 3
	expect_held web reset "3 ok"
	await 1 has_flows www 3 closed
	await "$SOON" has_flows www 0
}

# --- resets that may be none -------------------------------------------------

# Neither end hears more of it than the real the SYN, so that neither contradicts.
given_connection_by_hand()
{
	need_program python3
	given_www timeout closed 1h
	lose c0 input tcp dport 40000 drop
	lose r1 input tcp sport 40000 tcp flags '&' syn == 0 drop
	send_segments "$CLIENT" "$VIP" S:1000
	await 10 has_flows www 1 syn-ack
	send_segments "$CLIENT" "$VIP" A:1001:1
	await 10 has_flows www 1 established
}

had_requests() { [ "$(field service www .request_packets)" = "$1" ]; }

# As CPUs do when a connection is closed by a reset: what they send waits in queues of
# their own.
a_segment_that_a_reset_overtook_revives_nothing()
{
	given_connection_by_hand
	send_segments "$CLIENT" "$VIP" R:1001 A:1001:1
	await 10 had_requests 4
	has_flows www 1 closed || fail "revived"
}

# client_speaks SEGMENT...: and is believed to live
client_speaks()
{
	send_segments "$CLIENT" "$VIP" "$@"
	has_flows www 1 established
}

a_reset_is_taken_back_by_who_speaks_later()
{
	given_connection_by_hand
	send_segments "$CLIENT" "$VIP" R:1001
	await 10 has_flows www 1 closed
	await 10 client_speaks A:1001:1
}

# Else whoever forges resets had only to go on.
a_reset_that_is_said_again_and_again_is_taken_back_too()
{
	given_connection_by_hand
	send_segments "$CLIENT" "$VIP" R:1001
	await 10 has_flows www 1 closed
	await 10 client_speaks R:1001 A:1001:1
}

# --- changes -----------------------------------------------------------------

a_shorter_timeout_holds_for_flows_that_live()
{
	given_www
	given_dns
	hold web tcp "$VIP" 80
	hold talk udp "$VIP" 53
	lbctl service set www timeout established 1s
	lbctl service set dns timeout udp 1s
	await "$SOON" has_flows www 0
	await "$SOON" has_flows dns 0
}

is_past() { [ "$SECONDS" -ge "$1" ]; }

a_longer_timeout_holds_for_flows_that_live()
{
	given_www timeout established 5s
	hold web tcp "$VIP" 80
	lbctl service set www timeout established 1h
	await 20 is_past $((SECONDS + 10))
	has_flows www 1 established || fail "forgotten"
	expect_held web ping "1 ok"
}

# expect_expires SERVICE SECONDS: not more than that, and not much less
expect_expires()
{
	local ms

	ms=$(json_value expires_ms "$(lbctl -j flow show service "$1")")
	[ "$ms" -le $(($2 * 1000)) ] || fail "expected at most $2 s, seen $ms ms"
	expect_at_least $(($2 * 1000 * 3 / 4)) "$ms" "the time left"
}

each_state_has_its_own_default()
{
	given_www
	given_dns
	lose r1 output tcp sport 81 drop
	ask tcp "$VIP" 81 --timeout 300
	expect_expires www 30
	lbctl flush flows
	hold web tcp "$VIP" 80
	expect_expires www 2400
	lbctl flush flows
	hold bye tcp "$VIP" 82
	expect_expires www 60
	hold talk udp "$VIP" 53
	expect_expires dns 60
}

run_tests "$@"
