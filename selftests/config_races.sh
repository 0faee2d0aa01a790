#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Everything at once: writers that add, change and remove all there is, readers
# that dump it, arms that come and go, gateways that are made and deleted, and
# traffic through all of it. What has no part in it loses no byte; then the
# module goes and comes under the same load. The kernel's log is the judge of
# the rest.
#
#   LBVS_RACES_SECONDS   how long each test goes on (default: 30)
ALL_TESTS="
	writers_readers_and_gateways_race
	the_module_goes_and_comes_meanwhile
	the_gateway_balances_afterwards
"
ARMS=never
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_beside.sh"

SECONDS_EACH=${LBVS_RACES_SECONDS:-30}
LBVS_TEST_TIMEOUT=$((180 + 2 * SECONDS_EACH))

setup()
{
	topology 2
	serve_all tcp/80 udp/53
	given_beside
	# Silence while nobody balances: errors would make the clients race.
	ip -n "$gw" route add blackhole "$VIP"
	defer load_module
}

given_config()
{
	lbctl pool add web check http
	lbctl real add web r1 "$(real_address 1)"
	lbctl real add web r2 "$(real_address 2)"
	lbctl service add www tcp "$VIP:80" pool web require http
	lbctl service add dns udp "$VIP:53" pool web sched maglev
}

# over_and_over NAME COMMAND...: until stop_all; each round leaves a line in NAME
over_and_over()
{
	local name=$1

	shift
	while [ ! -e "$RACE/stop" ]; do
		"$@" || true
		echo >>"$RACE/$name"
	done >/dev/null 2>&1 &
}

rounds() { wc -l <"$RACE/$1" 2>/dev/null || echo 0; }

write_pools()
{
	given_config
	lbctl pool set web hash-key 000102030405060708090a0b0c0d0e0f
	lbctl service set www sched maglev hash 5tuple
	lbctl pool add more check a,b
	lbctl service set dns pool more
	lbctl service set www port 80,81,82 sched wrr
	lbctl service del dns
	lbctl flush config
}

# What keeps account of flows and clients.
write_habits()
{
	lbctl pool set web ramp 1s min-usable 1
	lbctl service set www sched wlc persist 1s max-flows 50
	lbctl service set dns sched maglev hash source bound 1.25
	lbctl service set www persist-scope service on-down reset
	lbctl service set www together pair
	lbctl service set dns together pair persist off
	lbctl affinity flush
	lbctl service set www together none persist off max-flows 0 on-down keep
	lbctl pool set web ramp off
}

write_reals()
{
	lbctl real set web r1 weight $((RANDOM % 4)) max-rate $((RANDOM % 2 * 100)) tier $((RANDOM % 2))
	lbctl real drain web r2 deadline 100ms
	lbctl real del web r1
	lbctl real add web r1 "$(real_address 1)"
	lbctl real enable web r2
}

write_verdicts()
{
	lbctl verdict set web r1 check http down reason "HTTP 503"
	lbctl verdict set web r2 down
	lbctl verdict set web r1 check http up
	lbctl verdict del web r2
	lbctl flow del pool web real r1
	lbctl flush flows
}

write_arms()
{
	lbctl arm add out0
	lbctl arm add in0
	lbctl arm del out0
	lbctl arm del in0
}

read_all()
{
	lbctl -j show
	lbctl -j flow show
	lbctl -j stats
	lbctl -j verdict show
	lbctl -j affinity show
	lbctl -j explain "$CLIENT:12345" www
	lbctl -j export
}

# All at one moment, or none.
write_batches()
{
	lbctl batch - <<-END
		flush config
		pool add web check http ramp 2s
		real add web r1 $(real_address 1) max-flows 100
		real add web r2 $(real_address 2)
		service add www tcp $VIP:80 pool web require http sched lc persist 5s initial down
		service add dns udp $VIP:53 pool web
	END
}

# An agent that comes and goes, with a lease that nobody renews.
write_agents()
{
	nsenter "--net=/run/netns/$gw" -- timeout 2 python3 "$SELFTESTS/agent.py" racer 200 100 up <<-END
		say web r1 down
		renew
		say web r2 down
	END
}

# A gateway that is deleted with all that it has, whatever it does.
come_and_go()
{
	local gw=lbvs-brief$1-$$

	ip netns add "$gw"
	lbctl pool add web
	lbctl real add web r1 203.0.113.11
	lbctl service add www tcp "$VIP:80" pool web sched maglev
	ip netns del "$gw"
}

ask_away()
{
	on c0 "$TRAFFIC" ask "$1" "$VIP" "$2" --count 100 --parallel 20 --timeout 100
}

start_all()
{
	RACE=$(mktemp -d)
	defer rm -r "$RACE"
	defer touch "$RACE/stop"
	over_and_over pools write_pools
	over_and_over reals write_reals
	over_and_over verdicts write_verdicts
	over_and_over habits write_habits
	over_and_over batches write_batches
	over_and_over agents write_agents
	over_and_over arms write_arms
	over_and_over reads read_all
	over_and_over gateways come_and_go 1
	over_and_over gateways come_and_go 2
	over_and_over tcp ask_away tcp 80
	over_and_over udp ask_away udp 53
}

stop_all()
{
	touch "$RACE/stop"
	# Those that ran are waited for one by one: a monitor may run too.
	wait
}

let_them_race() { sleep "$SECONDS_EACH"; }

tell_rounds()
{
	local name

	for name in "$@"; do
		expect_at_least 1 "$(rounds "$name")" "the rounds of $name"
		echo "$name: $(rounds "$name")"
	done
	note "rounds in $SECONDS_EACH s: $(for name; do printf '%s %s, ' "$name" "$(rounds "$name")"; done)"
}

writers_readers_and_gateways_race()
{
	local monitor

	start_all
	(exec "$LBCTL" -n "$gw" -j monitor) >/dev/null 2>&1 &
	monitor=$!
	defer kill "$monitor"
	while_beside_transfers let_them_race
	kill "$monitor"
	stop_all
	tell_rounds pools reals verdicts habits batches agents arms reads gateways tcp udp
}

unload_and_load()
{
	! rmmod lbvs || insert_module
}

the_module_goes_and_comes_meanwhile()
{
	start_all
	over_and_over module unload_and_load
	let_them_race
	stop_all
	tell_rounds pools reals gateways module
}

the_gateway_balances_afterwards()
{
	load_module
	lbctl flush config
	given_config
	ask tcp "$VIP" 80 --count 10
	expect_answers 10
	ask udp "$VIP" 53 --count 10
	expect_answers 10
	rmmod lbvs
	load_module
}

run_tests "$@"
