#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Verdicts of an agent count as long as its lease: what the traffic does when it
# runs out, when the agent dies, when another takes over. And what else a verdict
# can do to a service: take flows along, leave a part of a weight, be waited for.
ALL_TESTS="
	an_agent_that_hangs_loses_its_say
	an_agent_that_dies_loses_its_say_after_the_grace
	a_grace_is_never_longer_than_the_lease
	whoever_renews_within_the_grace_keeps_its_say
	a_twin_takes_over_and_the_old_one_is_refused
	an_agent_that_leaves_has_one_lease_for_a_successor
	a_name_that_came_back_has_its_verdicts
	an_agent_without_a_lease_is_refused
	whoever_monitors_is_told_of_agents
	a_flood_of_verdicts_disturbs_nobody
	a_verdict_that_is_no_news_costs_nothing
	a_share_takes_a_part_of_the_weight
	a_service_can_wait_for_the_first_verdict
	flows_of_a_member_that_falls_live_on
	flows_of_a_member_that_falls_are_dropped_where_it_says_so
	flows_of_a_member_that_is_not_known_yet_live_on
	the_module_goes_with_agents_alive
"
source "$(dirname "$0")/lib.sh"

setup()
{
	need_program python3
	topology 2
	serve_all tcp/80 udp/53 bulk/83
	DIR=$(mktemp -d)
	defer rm -r "$DIR"
}

before_each()
{
	load_module
	lbctl flush config
	lbctl agent del probe || true
	lbctl batch - <<-END
		pool add web check alive
		real add web r1 $(real_address 1)
		real add web r2 $(real_address 2)
		service add www tcp $VIP:80 pool web
		service add dns udp $VIP:53 pool web timeout udp 1h
	END
}

# --- agents ------------------------------------------------------------------

# start_agent NAME LEASE GRACE hold|up|down: under that name, for order()
start_agent()
{
	local name=$1 in out line

	mkfifo "$DIR/commands" "$DIR/answers"
	nsenter "--net=/run/netns/$gw" -- python3 "$SELFTESTS/agent.py" "$@" \
		<"$DIR/commands" >"$DIR/answers" &
	declare -gA AGENT_PID AGENT_IN AGENT_OUT
	AGENT_PID[$name]=$!
	defer kill -CONT "${AGENT_PID[$name]}"
	defer kill "${AGENT_PID[$name]}"
	exec {in}>"$DIR/commands" {out}<"$DIR/answers"
	rm "$DIR/commands" "$DIR/answers"
	AGENT_IN[$name]=$in AGENT_OUT[$name]=$out
	read -r -t 60 -u "$out" line || fail "the agent said nothing"
	[[ $line == epoch* ]] || fail "the agent said $line"
}

# order NAME COMMAND...: prints what came of it
order()
{
	local line

	echo "${*:2}" >&"${AGENT_IN[$1]}"
	read -r -t 60 -u "${AGENT_OUT[$1]}" line || fail "no answer of agent $1"
	echo "$line"
}

expect_obeyed() { expect_equal ok "$(order "$@")" "the answer to \"$*\""; }

agent_is() { [ "$(json_value state "$(lbctl -j agent show "$1")")" = "$2" ]; }

# verdict_of REAL KEY: of the whole real
verdict_of() { lbctl -j verdict show web "$1" | jq -r ".[] | select(.check == null) | .$2"; }

all_go_to()
{
	ask tcp "$VIP" 80 --count 4
	expect_share "$1" 4
}

both_answer()
{
	ask tcp "$VIP" 80 --count 4
	expect_share r1 2
	expect_share r2 2
}

an_agent_that_hangs_loses_its_say()
{
	start_agent probe 4000 0 up
	expect_obeyed probe say web r1 down
	all_go_to r2
	# As long as it renews, its word counts.
	for _ in 1 2 3 4 5 6; do
		sleep 1
		expect_obeyed probe renew
	done
	all_go_to r2
	expect_equal false "$(verdict_of r1 stale)" "stale"
	kill -STOP "${AGENT_PID[probe]}"
	await 20 agent_is probe expired
	expect_equal true "$(verdict_of r1 stale)" "stale"
	both_answer
	expect_output stale lbctl verdict show web r1
	expect_output expired lbctl agent show
}

an_agent_that_dies_loses_its_say_after_the_grace()
{
	start_agent probe 3600000 2000 hold
	expect_obeyed probe say web r1 down
	kill -KILL "${AGENT_PID[probe]}"
	await 20 agent_is probe grace
	expect_equal false "$(verdict_of r1 stale)" "stale"
	await 20 agent_is probe expired
	expect_equal true "$(verdict_of r1 stale)" "stale"
	# It holds.
	all_go_to r2
	lbctl agent del probe
	both_answer
	expect_refusal "there is no such agent" lbctl agent show probe
}

a_grace_is_never_longer_than_the_lease()
{
	start_agent probe 3000 3600000 down
	expect_obeyed probe say web r1 up
	kill -KILL "${AGENT_PID[probe]}"
	await 2 agent_is probe grace
	await 20 agent_is probe expired
	expect_equal down "$(verdict_of r1 state)" "the verdict"
}

# From another socket than the one that was closed, and whose end counts from then on.
whoever_renews_within_the_grace_keeps_its_say()
{
	start_agent probe 3600000 20000 down
	expect_obeyed probe say web r1 up
	expect_obeyed probe reopen
	await 5 agent_is probe grace
	expect_obeyed probe renew
	agent_is probe active
	expect_at_least 1000000 "$(json_value left_ms "$(lbctl -j agent show probe)")" \
		"what is left of the lease"
	kill -KILL "${AGENT_PID[probe]}"
	await 5 agent_is probe grace
}

a_twin_takes_over_and_the_old_one_is_refused()
{
	start_agent probe 3600000 0 hold
	local old_in=${AGENT_IN[probe]} old_out=${AGENT_OUT[probe]} old=${AGENT_PID[probe]} line

	expect_obeyed probe say web r1 down
	start_agent probe 3600000 0 hold
	all_go_to r2
	echo "say web r1 up" >&"$old_in"
	read -r -t 60 -u "$old_out" line
	expect_equal "Stale file handle" "$line" "the answer to the old one"
	echo renew >&"$old_in"
	read -r -t 60 -u "$old_out" line
	expect_equal "Stale file handle" "$line" "the answer to the old one"
	all_go_to r2
	# Nor does its end matter any more.
	kill -KILL "$old"
	expect_obeyed probe say web r1 up
	both_answer
	agent_is probe active
	expect_obeyed probe leave
	await 20 agent_is probe grace
}

# A minute of grace, were it that of a socket that was closed: but it is the lease.
an_agent_that_leaves_has_one_lease_for_a_successor()
{
	start_agent probe 3000 60000 down
	expect_obeyed probe say web r1 up
	expect_obeyed probe leave
	agent_is probe grace
	await 20 agent_is probe expired
	expect_equal down "$(verdict_of r1 state)" "the verdict"
	# In time, a successor takes over, and nothing is stale.
	start_agent probe 20000 0 down
	expect_obeyed probe say web r1 up
	expect_obeyed probe leave
	start_agent probe 3600000 0 down
	sleep 1
	agent_is probe active
	expect_equal false "$(verdict_of r1 stale)" "stale"
}

# What it said is still there, and counts again without having to be repeated.
a_name_that_came_back_has_its_verdicts()
{
	start_agent probe 1000 0 hold
	expect_obeyed probe say web r1 down
	await 20 agent_is probe expired
	expect_equal true "$(verdict_of r1 stale)" "stale"
	start_agent probe 3600000 0 hold
	agent_is probe active
	all_go_to r2
	expect_equal 1 "$(json_value verdicts "$(lbctl -j agent show probe)")" "its verdicts"
	expect_equal true "$(verdict_of r1 stale)" "stale until it is said anew"
	expect_obeyed probe say web r1 down
	expect_equal false "$(verdict_of r1 stale)" "stale"
}

an_agent_without_a_lease_is_refused()
{
	start_agent probe 1000 0 hold
	expect_obeyed probe say web r1 up
	await 20 agent_is probe expired
	expect_equal "Stale file handle" "$(order probe say web r1 down)" "the answer"
	expect_equal "Stale file handle" "$(order probe renew)" "the answer"
	expect_equal up "$(verdict_of r1 state)" "the verdict"
}

whoever_monitors_is_told_of_agents()
{
	local monitor

	(exec "$LBCTL" -n "$gw" -j monitor health) >"$DIR/events" &
	monitor=$!
	defer kill "$monitor"
	await 20 grep -q '"event":"monitoring"' "$DIR/events"
	start_agent probe 5000 0 down
	expect_obeyed probe say web r1 up
	await 20 grep -q '"object":"agent".*"state":"expired"' "$DIR/events"
	await 20 grep -q '"object":"member".*"real":"r1".*"state":"down"' "$DIR/events"
	grep -q '"event":"added".*"object":"agent"' "$DIR/events" ||
		fail "nobody was told that it came"
	grep '"object":"verdict"' "$DIR/events" | grep -q '"stale":true' ||
		fail "nobody was told that the verdict is stale"
	expect_equal 1 "$(grep -c '"object":"agent".*"state":"expired"' "$DIR/events")" \
		"how often it was told"
}

# --- many verdicts -----------------------------------------------------------

# answer NAME: to the order before, but for the word ok
answer()
{
	local line

	read -r -t 100 -u "${AGENT_OUT[$1]}" line || fail "no answer of agent $1"
	[[ $line == "ok "* ]] || fail "agent $1 says $line"
	echo "${line#ok }"
}

# Verdicts on the checks of r1, by name.
check_states()
{
	lbctl -j verdict show web r1 | jq -r '[.[] | select(.check)] | sort_by(.check) |
		map("\(.check) \(.state)") | join(", ")'
}

# An hour of lease: what comes last of each check is in force, and nobody has noticed
# the rest. Every second one changes who is usable, and so what is to be compiled.
a_flood_of_verdicts_disturbs_nobody()
{
	local n ms rate transfer size=40000000
	n=$(for_machine 18000)

	lbctl pool set web check alive,deep,well
	lbctl service set www port 80,83 require alive,well
	hold old tcp "$VIP" 80 --count 4
	start_agent probe 3600000 0 hold
	on c0 "$TRAFFIC" fetch tcp "$VIP" 83 --size "$size" --rate 3000000 >"$DIR/fetched" 2>&1 &
	transfer=$!
	defer kill "$transfer"
	echo "flood $n web r1 alive deep well" >&"${AGENT_IN[probe]}"
	ask tcp "$VIP" 80 --count 40
	expect_answers 40
	expect_held old ping "4 ok"
	ms=$(answer probe)
	rate=$((n * 1000 / ms))
	note "$n verdicts in $ms ms: $rate a second"
	# Else it was none. A machine that is emulated is many times slower than others.
	expect_at_least "$(for_machine 500)" "$rate" "the verdicts a second"
	expect_equal "alive up, deep down, well up" "$(check_states)" "the verdicts"
	both_answer
	expect_held old ping "4 ok"
	wait "$transfer" || true
	[[ $(<"$DIR/fetched") == "share r"[12]" $size" ]] ||
		fail "expected a whole transfer, seen $(<"$DIR/fetched")"
}

# time_of_no_news: milliseconds that a thousand take
time_of_no_news()
{
	echo "repeat 1000 web r1 up" >&"${AGENT_IN[probe]}"
	answer probe
}

# Else it would be the same work as for a change: more, the more services there are.
a_verdict_that_is_no_news_costs_nothing()
{
	local before few many n

	start_agent probe 3600000 0 hold
	expect_obeyed probe say web r1 up
	few=$(time_of_no_news)
	for ((n = 0; n < 4000; n++)); do
		echo "service add s$n tcp 10.0.$((n / 250)).$((n % 250)):80 pool web"
	done | lbctl batch -
	before=$(json_value generation "$(lbctl -j stats show)")
	many=$(time_of_no_news)
	note "1000 of them take $few ms with 2 services, $many ms with 4002"
	expect_equal "$before" "$(json_value generation "$(lbctl -j stats show)")" "the generation"
	[ "$many" -lt $((few * 3 + 100)) ] || fail "expected about $few ms, seen $many"
}

# --- what verdicts do --------------------------------------------------------

a_share_takes_a_part_of_the_weight()
{
	lbctl service set www sched wrr
	lbctl verdict set web r1 up share 50
	ask tcp "$VIP" 80 --count 30
	expect_share r1 10
	expect_share r2 20
	expect_output "share 50 %" lbctl service show www
	lbctl verdict set web r2 up share 1
	ask tcp "$VIP" 80 --count 51
	expect_share r1 50
	expect_share r2 1
	lbctl verdict set web r1 up
	lbctl verdict set web r2 up
	ask tcp "$VIP" 80 --count 30
	expect_share r1 15
	expect_refusal '"0"' lbctl verdict set web r1 up share 0
	expect_refusal '"101"' lbctl verdict set web r1 up share 101
}

a_service_can_wait_for_the_first_verdict()
{
	lbctl service set www require alive initial down when-empty reject
	ask tcp "$VIP" 80 --count 2
	expect_error refused 2
	expect_output "no verdict yet on check alive" lbctl service show www
	lbctl verdict set web r2 check alive up
	all_go_to r2
	lbctl service set www initial up
	both_answer
}

flows_of_a_member_that_falls_live_on()
{
	hold old tcp "$VIP" 80 --count 4
	expect_share r1 2
	lbctl verdict set web r1 down
	expect_held old ping "4 ok"
}

flows_of_a_member_that_falls_are_dropped_where_it_says_so()
{
	lbctl service set www on-down drop
	lbctl service set dns on-down drop
	hold old tcp "$VIP" 80 --count 4 --timeout 2000
	expect_share r1 2
	lbctl verdict set web r1 down
	expect_equal 2 "$(field service www .flows_active)" "flows of www"
	expect_equal "ping 2 ok 2 reset" "$(tell old ping)" "what is left"
	# What comes later is not to blame, and drain is no verdict.
	lbctl verdict set web r1 up
	hold new tcp "$VIP" 80 --count 4
	expect_share r1 2
	lbctl real drain web r1
	expect_held new ping "4 ok"
	lbctl real enable web r1
	# When all are down, down means nothing: the service is open.
	lbctl verdict set web r1 down
	expect_equal "ping 2 ok 2 reset" "$(tell new ping)" "what is left"
	lbctl verdict set web r2 down
	expect_held new ping "2 ok"
	# Until there is somebody else: an operator who takes one out means its flows no harm.
	lbctl real disable web r2
	lbctl verdict set web r1 up
	expect_held new ping "2 ok"
	lbctl verdict set web r1 down
	lbctl real enable web r2
	lbctl verdict set web r1 up
	expect_equal "ping 0 ok 2 reset" "$(tell new ping)" "what is left"
}

# Nobody is known, and so all are used; that one is known to be up says nothing of the other.
flows_of_a_member_that_is_not_known_yet_live_on()
{
	lbctl service set www require alive initial down on-down drop
	hold old tcp "$VIP" 80 --count 4
	expect_share r1 2
	lbctl verdict set web r2 check alive up
	expect_held old ping "4 ok"
}

the_module_goes_with_agents_alive()
{
	start_agent probe 5000 0 down
	expect_obeyed probe say web r1 up
	start_agent other 3600000 0 hold
	expect_obeyed other say web r2 down
	rmmod lbvs
	load_module
	expect_equal "[]" "$(lbctl -j agent show)" "the agents"
	[ "$(order other renew)" != ok ] || fail "expected a refusal"
}

run_tests "$@"
