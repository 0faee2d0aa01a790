#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What part of the flows each real gets: within 2 % of all flows of what its
# weight says, whatever the scheduler. r4 has weight 0 throughout.
#
# Hashing has a share of luck: with a random key one run in ten would be off by
# more, for no other reason than the small number of clients. So the key is
# given, and the clients' ports too: same key, same clients, same shares.
ALL_TESTS="
	round_robin_takes_turns_exactly
	round_robin_ignores_weights
	weighted_round_robin_follows_weights
	weighted_round_robin_follows_weights_as_uneven_as_can_be
	least_connections_gives_equal_shares
	weighted_least_connections_follows_weights
	least_connections_fills_up_who_has_the_fewest
	those_who_have_equally_few_take_turns
	who_has_the_fewest_and_is_full_takes_no_turn
	maglev_by_source_gives_equal_shares
	maglev_by_source_follows_weights
	maglev_by_flow_gives_equal_shares
	maglev_by_flow_follows_weights
	a_real_of_weight_0_gets_none
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	topology 4
	serve_all tcp/80 udp/80
	in_both_families given_services
}

given_services()
{
	given_reals "$pool" hash-key 0123456789abcdef0123456789abcdef
	lbctl real set "$pool" r4 weight 0
	given_service "$pool-tcp" tcp "$(at_vip 80)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool"
}

# given_weights R1 R2 R3
given_weights()
{
	local n

	for n in 1 2 3; do
		lbctl real set "$pool" "r$n" weight "${!n}"
		defer lbctl real set "$pool" "r$n" weight 1
	done
}

# expect_shares R1 R2 R3 [TOLERANCE]: and r4 none
expect_shares()
{
	local n

	expect_answers $(($1 + $2 + $3))
	for n in 1 2 3; do
		expect_share "r$n" "${!n}" "${4:-40}"
	done
	expect_share r4 0
}

ask_as_2000_clients() { ask udp "$vip" 80 --count 2000 --source "$(sources 2000)" --sport 20000 --parallel 32; }
ask_as_one_client() { ask "$1" "$vip" 80 --count 2000 --sport 20000-21999 --parallel 32 --reset; }

# The order is that of the turns if one asks after the other.
round_robin_takes_turns_exactly()
{
	local proto turns

	turns=$(mktemp)
	defer rm "$turns" "$turns.all"
	for proto in udp tcp; do
		lbctl service set "$pool-$proto" sched rr
		ask_each "$turns" "$proto" "$vip" 80 --count 90 --sport 20000-20089
		expect_shares 30 30 30 0
		expect_equal 1 "$(cut -d ' ' -f 3 "$turns" | paste -d ' ' - - - | sort -u | wc -l)" \
			"kinds of rounds"
	done
}

round_robin_ignores_weights()
{
	given_weights 65535 3 1
	lbctl service set "$pool-udp" sched rr
	ask_as_2000_clients
	expect_shares 667 667 666 1
}

weighted_round_robin_follows_weights()
{
	given_weights 5 3 2
	lbctl service set "$pool-tcp" sched wrr
	ask_as_one_client tcp
	expect_shares 1000 600 400
}

weighted_round_robin_follows_weights_as_uneven_as_can_be()
{
	given_weights 65535 1 1
	lbctl service set "$pool-udp" sched wrr
	ask_as_2000_clients
	expect_shares 2000 0 0 2
}

# No flow ends meanwhile.
least_connections_gives_equal_shares()
{
	given_weights 65535 3 1
	lbctl service set "$pool-udp" sched lc
	ask_as_2000_clients
	expect_shares 667 667 666 1
}

weighted_least_connections_follows_weights()
{
	given_weights 5 3 2
	lbctl service set "$pool-udp" sched wlc
	ask_as_2000_clients
	expect_shares 1000 600 400 1
}

least_connections_fills_up_who_has_the_fewest()
{
	local sched

	for sched in lc wlc; do
		lbctl service set "$pool-udp" sched "$sched"
		lbctl real drain "$pool" r2
		ask udp "$vip" 80 --count 60 --sport 20000-20059
		expect_shares 30 0 30 1
		lbctl real enable "$pool" r2
		ask udp "$vip" 80 --count 45 --sport 21000-21044
		expect_shares 5 35 5 1
		lbctl flush flows
	done
}

those_who_have_equally_few_take_turns()
{
	local seen="" n

	lbctl service set "$pool-udp" sched lc
	for ((n = 0; n < 12; n++)); do
		ask udp "$vip" 80 --sport $((20000 + n))
		seen+=$ASKED$'\n'
		lbctl flush flows
	done
	for n in r1 r2 r3; do
		expect_equal 4 "$(grep -c "share $n 1" <<<"$seen")" "the turns of $n"
	done
}

has_flows() { [ "$(field service "$pool-tcp" .flows_active)" = "$1" ]; }

# Both others have equally few each time.
who_has_the_fewest_and_is_full_takes_no_turn()
{
	local seen="" n

	lbctl service set "$pool-tcp" sched lc
	lbctl real set "$pool" r1 max-flows 1
	defer lbctl real set "$pool" r1 max-flows none
	hold base tcp "$vip" 80 --count 5
	expect_share r1 1
	expect_share r2 2
	for ((n = 0; n < 12; n++)); do
		ask tcp "$vip" 80 --reset
		seen+=$ASKED$'\n'
		await 10 has_flows 5
	done
	for n in r2 r3; do
		expect_equal 6 "$(grep -c "share $n 1" <<<"$seen")" "the turns of $n"
	done
}

maglev_by_source_gives_equal_shares()
{
	lbctl service set "$pool-udp" sched maglev hash source
	ask_as_2000_clients
	expect_shares 667 667 666
}

maglev_by_source_follows_weights()
{
	given_weights 5 3 2
	lbctl service set "$pool-udp" sched maglev hash source
	ask_as_2000_clients
	expect_shares 1000 600 400
}

maglev_by_flow_gives_equal_shares()
{
	lbctl service set "$pool-udp" sched maglev hash 5tuple
	ask_as_one_client udp
	expect_shares 667 667 666
}

maglev_by_flow_follows_weights()
{
	given_weights 5 3 2
	lbctl service set "$pool-udp" sched maglev hash 5tuple
	ask_as_one_client udp
	expect_shares 1000 600 400
}

a_real_of_weight_0_gets_none()
{
	local sched

	for sched in rr wrr lc wlc maglev; do
		lbctl service set "$pool-udp" sched "$sched" hash source
		given_weights 1 1 0
		ask udp "$vip" 80 --count 30 --source "$(sources 30)"
		expect_servers r1 r2
		given_weights 1 1 1
		# With lc it would first catch up.
		lbctl flush flows
		ask udp "$vip" 80 --count 30 --source "$(sources 30)"
		expect_servers r1 r2 r3
	done
}

over_both_families
run_tests "$@"
