#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No change of the configuration breaks an established flow: not that of its
# service, not that of its pool, not even that its real is removed. One flow
# lives through each kind of change; a transfer of 100 MB, each byte of which is
# compared, runs while everything is changed over and over.
ALL_TESTS="
	flows_survive_each_kind_of_change
	a_port_that_is_taken_away_takes_its_flows_along
	a_big_transfer_is_whole_while_all_is_changed
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

TRANSFER=100000000
# A second: time for some rounds of changes meanwhile.
RATE=3000000

setup()
{
	topology 3
	serve_all tcp/80-82 udp/80 bulk/83
	in_both_families given_services
}

given_services()
{
	given_reals "$pool" check alive
	given_service "$pool-tcp" tcp "$(at_vip 80,83)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool"
}

add_real() { lbctl real add "$pool" "r$1" "$(real_at "$1")"; }

# after COMMAND...: do that, and see that all that was held is well
after()
{
	echo "after $*"
	"$@"
	expect_held web ping "6 ok"
	expect_held dns ping "6 ok"
}

# As they were, whatever a test has left.
restore()
{
	local n

	for ((n = 1; n <= REALS; n++)); do
		add_real "$n" || lbctl real set "$pool" "r$n" weight 1 admin enabled
		lbctl verdict del "$pool" "r$n" check alive
	done
	lbctl service set "$pool-tcp" port 80,83 pool "$pool" sched rr bound off persist off \
		require none when-empty open
	lbctl service set "$pool-udp" pool "$pool" sched rr bound off persist off
}

random_key() { od -An -N16 -tx1 /dev/urandom | tr -d ' '; }

flows_survive_each_kind_of_change()
{
	local sched

	defer restore
	hold web tcp "$vip" 80 --count 6
	hold dns udp "$vip" 80 --count 6
	expect_servers r1 r2 r3
	for sched in wrr "wrr persist 30m" lc "wlc persist off" "maglev hash 5tuple" \
		"maglev hash source bound 1.25" "maglev table-size 251" \
		"maglev table-size auto" "rr bound off"; do
		# shellcheck disable=SC2086 # words
		after lbctl service set "$pool-tcp" sched $sched
		# shellcheck disable=SC2086 # words
		after lbctl service set "$pool-udp" sched $sched
		[[ $sched != maglev* ]] ||
			after lbctl pool set "$pool" hash-key "$(random_key)"
	done
	after lbctl real set "$pool" r1 weight 65535
	after lbctl real set "$pool" r1 weight 0
	after lbctl service set "$pool-tcp" max-flows 1 max-rate 1
	after lbctl service set "$pool-tcp" max-flows none max-rate none
	after lbctl real set "$pool" r1 max-flows 1 max-rate 1 tier 7
	after lbctl real set "$pool" r1 max-flows none max-rate none tier 0
	after lbctl pool set "$pool" min-usable 3
	after lbctl pool set "$pool" min-usable 1
	after lbctl service set "$pool-tcp" port 80,81,82,83
	after lbctl service set "$pool-tcp" port 82,80
	after lbctl service set "$pool-tcp" require alive when-empty reject
	after lbctl verdict set "$pool" r2 check alive down
	after lbctl real del "$pool" r2
	after lbctl real del "$pool" r1
	after lbctl real del "$pool" r3
	after add_real 1
	after add_real 2
	lbctl pool add "$pool-other"
	defer lbctl pool del "$pool-other"
	defer lbctl service set "$pool-tcp" require none
	lbctl service set "$pool-tcp" require none
	after lbctl service set "$pool-tcp" pool "$pool-other"
	after lbctl service set "$pool-udp" pool "$pool-other"
	expect_held web close "6 ok"
}

a_port_that_is_taken_away_takes_its_flows_along()
{
	defer restore
	lbctl service set "$pool-tcp" port 80,81,83
	hold kept tcp "$vip" 80 --count 2
	hold gone tcp "$vip" 81 --count 2 --timeout 500
	lbctl service set "$pool-tcp" port 80,83
	expect_equal 2 "$(field service "$pool-tcp" .flows_active)" "flows of the service"
	expect_held kept ping "2 ok"
	[ "$(tell gone ping)" != "ping 2 ok" ] || fail "expected the flows of port 81 to be over"
	expect_held kept close "2 ok"
}

# change_everything N A B: one round of changes. Real number N goes and comes
# back; of the others there is always one for new flows.
change_everything()
{
	lbctl service set "$pool-tcp" sched wrr
	lbctl real del "$pool" "r$1"
	lbctl real set "$pool" "r$2" weight $((RANDOM % 10))
	lbctl service set "$pool-tcp" port 80,81,83 sched maglev
	lbctl verdict set "$pool" "r$2" check alive down
	lbctl service set "$pool-tcp" require alive
	lbctl real add "$pool" "r$1" "$(real_at "$1")" weight 9
	lbctl real drain "$pool" "r$3"
	lbctl real disable "$pool" "r$1"
	lbctl verdict del "$pool" "r$2" check alive
	lbctl real set "$pool" "r$2" weight 3
	lbctl service set "$pool-tcp" port 83,80 sched rr require none
	lbctl real enable "$pool" "r$3"
	lbctl real enable "$pool" "r$1"
	ask tcp "$vip" 80 --count 3
	expect_answers 3
}

# Name of the real that the transfer from a port runs on.
real_of_port()
{
	lbctl -j flow show service "$pool-tcp" |
		jq -er --argjson port "$1" '.[] | select(.client_port == $port) | .real'
}

is_running() { kill -0 "$1" 2>/dev/null; }

a_big_transfer_is_whole_while_all_is_changed()
{
	local log transfer real n rounds=0

	defer restore
	log=$(mktemp)
	defer rm "$log"
	on c0 "$TRAFFIC" fetch tcp "$vip" 83 --size "$TRANSFER" --rate "$RATE" \
		--sport 40000 --timeout 30000 >"$log" &
	transfer=$!
	defer kill "$transfer"
	await 10 real_of_port 40000
	real=$(real_of_port 40000)
	n=${real#r}

	while is_running "$transfer"; do
		change_everything "$n" $((n % 3 + 1)) $(((n + 1) % 3 + 1))
		rounds=$((rounds + 1))
	done
	wait "$transfer" || true
	echo "$rounds rounds"
	expect_equal "share $real $TRANSFER" "$(cat "$log")" "the transfer"
	expect_at_least 2 "$rounds" "the rounds of changes"
}

over_both_families
run_tests "$@"
