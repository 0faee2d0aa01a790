#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How much a real, or a member, may take; who comes next when it has that much;
# and who comes only then: limits, tiers, and the bound of a hashed service.
ALL_TESTS="
	a_real_takes_no_more_flows_than_its_limit
	the_limit_of_a_real_is_over_all_services
	a_member_takes_no_more_flows_than_its_limit
	a_flow_that_ends_makes_room
	a_service_that_is_full_refuses_and_counts
	a_refusal_comes_back_whatever_a_queue_left_in_the_packet
	a_limit_holds_also_when_nobody_is_usable
	a_limit_holds_whatever_the_scheduler
	a_real_gets_new_flows_no_faster_than_its_limit
	a_limit_can_be_changed_under_flows
	higher_tiers_wait_in_reserve
	a_higher_tier_serves_while_too_few_are_usable
	a_higher_tier_serves_when_the_lower_is_full
	those_of_a_tier_in_reserve_take_turns
	an_office_behind_one_address_is_spread_by_the_bound
	the_bound_spills_a_client_to_the_same_reals
	the_bound_holds_by_weight
	members_say_why_they_take_no_more
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	topology 4
	serve_all tcp/80 udp/80 udp/81
	in_both_families given_services
}

given_services()
{
	given_reals "$pool" hash-key 0123456789abcdef0123456789abcdef
	given_service "$pool-tcp" tcp "$(at_vip 80)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool"
	given_service "$pool-more" udp "$(at_vip 81)" pool "$pool"
}

# given_real N WORD VALUE...: as long as the test runs; what undoes it is said
# behind "--"
given_real()
{
	local n=$1 words=()

	shift
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	lbctl real set "$pool" "r$n" "${words[@]}"
	defer lbctl real set "$pool" "r$n" "$@"
}

given_max_flows() { given_real "$1" max-flows "$2" -- max-flows none; }
given_max_rate() { given_real "$1" max-rate "$2" -- max-rate none; }
given_tier() { given_real "$1" tier "$2" -- tier 0; }

# given_udp WORD VALUE -- WORD VALUE
given_udp()
{
	local words=()

	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	lbctl service set "$pool-udp" "${words[@]}"
	defer lbctl service set "$pool-udp" "$@"
}

no_flows() { lbctl flush flows; }

# ask_udp N [OPTION]...: each a flow of its own, one after the other, from ports
# of its own; the flows stay
ask_udp()
{
	local n=$1

	shift
	ask udp "$vip" 80 --count "$n" --sport 20000-29999 "$@"
}

# expect_shares R1 R2 R3 R4
expect_shares()
{
	local n

	for n in 1 2 3 4; do
		expect_share "r$n" "${!n}"
	done
}

a_real_takes_no_more_flows_than_its_limit()
{
	no_flows
	given_max_flows 1 5
	given_max_flows 2 10
	ask_udp 45
	expect_answers 45
	expect_shares 5 10 15 15
}

the_limit_of_a_real_is_over_all_services()
{
	no_flows
	given_max_flows 1 5
	ask_udp 16
	expect_share r1 4
	ask udp "$vip" 81 --count 16 --sport 20000-29999
	expect_answers 16
	expect_share r1 1
}

a_member_takes_no_more_flows_than_its_limit()
{
	no_flows
	given_udp max-flows 3 -- max-flows none
	ask_udp 12
	expect_answers 12
	expect_shares 3 3 3 3
	ask udp "$vip" 81 --count 16 --sport 20000-29999
	expect_answers 16
	expect_shares 4 4 4 4
}

a_flow_that_ends_makes_room()
{
	no_flows
	given_max_flows 1 1
	given_max_flows 2 1
	given_max_flows 3 1
	given_max_flows 4 1
	ask tcp "$vip" 80 --count 12 --reset
	expect_answers 12
}

a_service_that_is_full_refuses_and_counts()
{
	no_flows
	given_udp max-flows 2 -- max-flows none
	ask_udp 8
	expect_answers 8
	expect_counted rejected-limit 3 ask_udp 3 --sport 30000-30002
	expect_error port-unreachable 3

	no_flows
	lbctl service set "$pool-tcp" max-flows 1
	defer lbctl service set "$pool-tcp" max-flows none
	hold "four$pool" tcp "$vip" 80 --count 4
	expect_counted rejected-limit 2 ask tcp "$vip" 80 --count 2
	expect_error refused 2
	expect_held "four$pool" ping '4 ok'
	expect_held "four$pool" reset '4 ok'
}

# A queue keeps its notes at the place where, in the stack, it stands which options a
# packet has: this one the memory that a packet takes. It is a multiple of 64 unless
# there are two parts.
given_queue_with_notes()
{
	local band

	tc -n "$c0" qdisc add dev eth0 root handle 1: prio 2>/dev/null || skip "no prio here"
	defer tc -n "$c0" qdisc del dev eth0 root
	for band in 1 2 3; do
		tc -n "$c0" qdisc add dev eth0 parent "1:$band" fq_codel 2>/dev/null ||
			skip "no fq_codel here"
	done
	on gw sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
}

# refusals N: how many of so many datagrams of two parts are refused
refusals()
{
	on c0 python3 - "$vip" "$1" <<-'END'
		import socket, sys
		family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
		refused = 0
		for i in range(int(sys.argv[2])):
		    with socket.socket(family, socket.SOCK_DGRAM) as s:
		        s.connect((sys.argv[1], 80))
		        s.settimeout(2)
		        s.send(bytes(10), socket.MSG_MORE)
		        s.send(bytes(1300))
		        try:
		            s.recv(2000)
		        except ConnectionRefusedError:
		            refused += 1
		        except socket.timeout:
		            pass
		print(refused)
	END
}

a_refusal_comes_back_whatever_a_queue_left_in_the_packet()
{
	no_flows
	given_queue_with_notes
	given_udp max-flows 1 -- max-flows none
	ask_udp 4
	expect_answers 4
	expect_equal 4 "$(refusals 4)" "the refusals that the client hears"
}

a_limit_holds_also_when_nobody_is_usable()
{
	local n

	no_flows
	for n in 1 2 3 4; do
		lbctl verdict set "$pool" "r$n" down
		defer lbctl verdict set "$pool" "r$n" up
	done
	given_udp max-flows 2 -- max-flows none
	ask_udp 10
	expect_equal 8 "$(answers)" "the answers"
	expect_error port-unreachable 2
}

a_limit_holds_whatever_the_scheduler()
{
	local sched

	given_max_flows 1 5
	given_max_flows 2 5
	for sched in rr wrr lc wlc maglev; do
		no_flows
		given_udp sched "$sched" hash 5tuple -- sched rr
		ask_udp 60
		expect_answers 60
		expect_within 0 5 "$(share_of r1)" "r1 with $sched"
		expect_within 0 5 "$(share_of r2)" "r2 with $sched"
	done
}

# A tenth of a second's worth may come at once.
a_real_gets_new_flows_no_faster_than_its_limit()
{
	local start ms

	no_flows
	given_max_rate 1 20
	start=$(date +%s%N)
	ask_udp 200 --rate 100
	ms=$((($(date +%s%N) - start) / 1000000))
	expect_answers 200
	# They come for two seconds, and are offered to it 25 times a second.
	expect_at_least 30 "$(share_of r1)" "flows of r1 in $ms ms"
	expect_at_most $((ms * 20 / 1000 + 4)) "$(share_of r1)" "flows of r1 in $ms ms"
}

a_limit_can_be_changed_under_flows()
{
	no_flows
	given_max_flows 1 5
	ask_udp 40
	expect_share r1 5
	lbctl real set "$pool" r1 max-flows 8
	ask_udp 40 --sport 30000-30039
	expect_share r1 3
	# Those that are too many now live on.
	lbctl real set "$pool" r1 max-flows 2
	ask_udp 40
	expect_answers 40
	expect_share r1 5
	lbctl real set "$pool" r1 max-flows none
	ask_udp 40 --sport 31000-31039
	expect_share r1 10
}

higher_tiers_wait_in_reserve()
{
	no_flows
	given_tier 3 1
	given_tier 4 7
	ask_udp 20
	expect_shares 10 10 0 0
	lbctl real drain "$pool" r1
	defer lbctl real enable "$pool" r1
	lbctl verdict set "$pool" r2 down
	defer lbctl verdict set "$pool" r2 up
	ask_udp 20 --sport 30000-30019
	expect_shares 0 0 20 0
	lbctl real drain "$pool" r3
	defer lbctl real enable "$pool" r3
	ask_udp 20 --sport 31000-31019
	expect_shares 0 0 0 20
}

a_higher_tier_serves_while_too_few_are_usable()
{
	no_flows
	given_tier 3 1
	given_tier 4 2
	lbctl pool set "$pool" min-usable 2
	defer lbctl pool set "$pool" min-usable 1
	ask_udp 20
	expect_shares 10 10 0 0
	lbctl real drain "$pool" r2
	defer lbctl real enable "$pool" r2
	ask_udp 20 --sport 30000-30019
	expect_shares 10 0 10 0
	lbctl real enable "$pool" r2
	ask_udp 20 --sport 31000-31019
	expect_shares 10 10 0 0
}

a_higher_tier_serves_when_the_lower_is_full()
{
	no_flows
	given_tier 3 1
	given_tier 4 2
	given_max_flows 1 5
	given_max_flows 2 5
	given_max_flows 3 5
	ask_udp 20
	expect_answers 20
	expect_shares 5 5 5 5
}

those_of_a_tier_in_reserve_take_turns()
{
	no_flows
	given_tier 3 1
	given_tier 4 1
	given_max_flows 1 1
	given_max_flows 2 1
	ask_udp 22
	expect_answers 22
	expect_shares 1 1 10 10
	# However many are asked before them in vain, and however many they are.
	no_flows
	lbctl real set "$pool" r2 max-flows none
	given_tier 2 1
	ask_udp 31
	expect_answers 31
	expect_shares 1 10 10 10
}

an_office_behind_one_address_is_spread_by_the_bound()
{
	no_flows
	given_udp sched maglev hash source -- sched rr bound off
	ask_udp 100
	expect_equal 1 "$(answering)" "reals that answer without a bound"
	no_flows
	lbctl service set "$pool-udp" bound 1.25
	ask_udp 100
	expect_answers 100
	expect_equal 4 "$(answering)" "reals that answer with the bound"
	expect_at_most 32 "$(share_of "$(who_answered_most)")" "the most that a real has"
}

the_bound_spills_a_client_to_the_same_reals()
{
	local before

	given_udp sched maglev hash source bound 1.25 -- sched rr bound off
	no_flows
	ask_udp 40
	before=$ASKED
	no_flows
	ask_udp 40
	expect_equal "$before" "$ASKED" "the shares of the same client again"
}

the_bound_holds_by_weight()
{
	no_flows
	given_udp sched maglev hash source bound 1.1 -- sched rr bound off
	given_real 1 weight 4 -- weight 1
	given_real 2 weight 4 -- weight 1
	ask_udp 200
	expect_answers 200
	# 1.1 times 200 * 4 / 10, and 200 / 10.
	expect_at_most 88 "$(share_of r1)" "flows of r1"
	expect_at_most 88 "$(share_of r2)" "flows of r2"
	expect_at_most 22 "$(share_of r3)" "flows of r3"
	expect_at_most 22 "$(share_of r4)" "flows of r4"
}

# state_of N: as a word
state_of() { lbctl -j service show "$pool-udp" | jq -r ".[0].members[] | select(.real == \"r$1\").state"; }

is_in_state() { [ "$(state_of "$1")" = "$2" ]; }

members_say_why_they_take_no_more()
{
	no_flows
	given_tier 4 1
	given_max_flows 1 2
	given_max_rate 2 1
	# The limit is for a moment, until somebody asks again.
	in_background c0 "$TRAFFIC" ask udp "$vip" 80 --count 10000 --rate 50 >/dev/null
	await 20 is_in_state 2 rate
	expect_equal full "$(state_of 1)" "the state of r1"
	expect_equal usable "$(state_of 3)" "the state of r3"
	expect_equal reserve "$(state_of 4)" "the state of r4"
}

over_both_families
run_tests "$@"
