#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One port of a client, used for two virtual addresses whose services share a
# pool: towards one real the two connections would be one. The second goes to
# another real, or, if there is none, nowhere. And: a connection that is over
# makes room for the next one at once.
#
# The services choose by the client's address, so both want the same real.
ALL_TESTS="
	a_second_connection_from_a_port_goes_to_another_real
	a_second_connection_from_a_port_goes_to_another_real_over_ipv6
	a_second_conversation_from_a_port_goes_to_another_real
	a_second_conversation_from_a_port_goes_to_another_real_over_ipv6
	to_a_port_of_its_own_there_is_no_clash
	with_a_single_real_the_second_is_dropped
	with_a_single_real_the_second_conversation_is_dropped
	what_is_finished_does_not_clash
	what_was_forgotten_does_not_clash
	a_port_that_is_used_again_is_scheduled_at_once
	a_port_that_is_used_again_is_scheduled_at_once_over_ipv6
"
source "$(dirname "$0")/lib.sh"

VIP_B=198.51.100.2
VIP6_B=2001:db8:2::2

setup()
{
	topology 2
	serve_all tcp/80 bye/82 udp/53 tcp/8080
	given_pool four
	given_pool6 six
	given_service web-a tcp "$VIP:80,82" pool four sched maglev
	given_service web-b tcp "$VIP_B:80" pool four sched maglev
	given_service dns-a udp "$VIP:53" pool four sched maglev
	given_service dns-b udp "$VIP_B:53" pool four sched maglev
	given_service web6-a tcp "[$VIP6]:80" pool six sched maglev
	given_service web6-b tcp "[$VIP6_B]:80" pool six sched maglev
	given_service dns6-a udp "[$VIP6]:53" pool six sched maglev
	given_service dns6-b udp "[$VIP6_B]:53" pool six sched maglev
}

before_each()
{
	lbctl flush flows
}

# expect_two_reals tcp|udp ADDR ADDR PORT: both work, each with its own real
expect_two_reals()
{
	local first clashes

	hold first "$1" "$2" "$4" --sport 40000
	first=$(who_answered)
	clashes=$(stat_of clash)
	hold second "$1" "$3" "$4" --sport 40000
	[ "$(who_answered)" != "$first" ] || fail "expected another real than $first"
	expect_equal $((clashes + 1)) "$(stat_of clash)" "the count of clashes"
	expect_held first ping "1 ok"
	expect_held second ping "1 ok"
	expect_held first ping "1 ok"
}

a_second_connection_from_a_port_goes_to_another_real()
{
	expect_two_reals tcp "$VIP" "$VIP_B" 80
}

a_second_connection_from_a_port_goes_to_another_real_over_ipv6()
{
	expect_two_reals tcp "$VIP6" "$VIP6_B" 80
}

a_second_conversation_from_a_port_goes_to_another_real()
{
	expect_two_reals udp "$VIP" "$VIP_B" 53
}

a_second_conversation_from_a_port_goes_to_another_real_over_ipv6()
{
	expect_two_reals udp "$VIP6" "$VIP6_B" 53
}

to_a_port_of_its_own_there_is_no_clash()
{
	local first clashes

	clashes=$(stat_of clash)
	lbctl service set web-b to 8080
	defer lbctl service set web-b to none
	hold first tcp "$VIP" 80 --sport 40001
	first=$(who_answered)
	hold second tcp "$VIP_B" 80 --sport 40001
	expect_equal "$first" "$(who_answered)" "the real of the second"
	expect_equal "$clashes" "$(stat_of clash)" "the count of clashes"
	expect_held first ping "1 ok"
	expect_held second ping "1 ok"
}

with_a_single_real()
{
	lbctl real disable four r2
	defer lbctl real enable four r2
}

with_a_single_real_the_second_is_dropped()
{
	with_a_single_real
	hold first tcp "$VIP" 80 --sport 40002
	expect_counted drop-clash 1 ask tcp "$VIP_B" 80 --sport 40002 --timeout 500
	expect_error timeout 1
	expect_held first ping "1 ok"
	# Another port is no problem.
	ask tcp "$VIP_B" 80 --sport 40003
	expect_share r1 1
}

with_a_single_real_the_second_conversation_is_dropped()
{
	with_a_single_real
	hold first udp "$VIP" 53 --sport 40002
	expect_counted drop-clash 1 ask udp "$VIP_B" 53 --sport 40002 --timeout 500
	expect_error timeout 1
	expect_held first ping "1 ok"
	expect_equal 0 "$(field service dns-b .flows_active)" "flows of the second"
}

what_is_finished_does_not_clash()
{
	with_a_single_real
	hold first tcp "$VIP" 80 --sport 40004
	expect_held first close "1 ok"
	await 5 grep -q '"state":"closed"' <(lbctl -j flow show service web-a)
	expect_counted flow-replaced 1 ask tcp "$VIP_B" 80 --sport 40004
	expect_share r1 1
	expect_equal 0 "$(field service web-a .flows_active)" "flows of the first"
}

has_no_flows() { [ "$(field service "$1" .flows_active)" = 0 ]; }

what_was_forgotten_does_not_clash()
{
	with_a_single_real
	hold first udp "$VIP" 53 --sport 40005
	lbctl flow del service dns-a
	ask udp "$VIP_B" 53 --sport 40005
	expect_share r1 1
	# Now the other one is in the way.
	expect_counted drop-clash 1 expect_held first ping "0 ok 1 timeout"
}

# With the old real out of the way the next connection is somewhere else: it
# was scheduled, not sent where the last one went.
expect_anew()
{
	local pool=$1 port=$3 first

	ask tcp "$2" "$port" --sport 41000 --reset
	first=$(who_answered)
	expect_counted flow-replaced 1 ask tcp "$2" "$port" --sport 41000 --reset
	expect_share "$first" 1
	lbctl real drain "$pool" "$first"
	defer lbctl real enable "$pool" "$first"
	expect_counted flow-replaced 1 ask tcp "$2" "$port" --sport 41000 --reset
	expect_answers 1
	[ "$(who_answered)" != "$first" ] || fail "it went to $first, which is drained"
	lbctl real enable "$pool" "$first"
}

a_port_that_is_used_again_is_scheduled_at_once()
{
	expect_anew four "$VIP" 80
	# A server that closes first remembers the connection, and takes it anew.
	lbctl flush flows
	expect_anew four "$VIP" 82
}

a_port_that_is_used_again_is_scheduled_at_once_over_ipv6()
{
	expect_anew six "$VIP6" 80
}

run_tests "$@"
