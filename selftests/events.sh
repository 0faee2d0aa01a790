#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Whoever monitors is told of each change once, in order, and of nothing else.
# Should it be too slow, it is told that it missed something, and how things
# stand now. Events are written here as "added real web/r1", "state member
# www/r1 down", "changed verdict web/r1/http down".
ALL_TESTS="
	a_pool_is_told_of_when_it_comes_changes_and_goes
	a_real_is_told_of_when_it_comes_changes_and_goes
	a_service_is_told_of_when_it_comes_changes_and_goes
	a_pool_that_goes_takes_its_reals_along
	a_verdict_is_told_of_with_what_it_does
	a_check_that_nobody_requires_makes_no_member_unusable
	the_last_member_takes_the_service_along
	the_operator_makes_members_unusable_too
	a_new_requirement_counts_at_once
	a_service_without_usable_members_says_so_from_the_start
	what_changes_nothing_is_not_told
	what_is_refused_is_not_told
	a_flush_tells_of_all_that_went
	groups_keep_apart
	many_changes_are_told_in_order
	a_slow_reader_learns_that_it_missed_events
	a_slow_reader_ends_with_the_right_picture
"
ARMS=never
source "$(dirname "$0")/lib.sh"

setup()
{
	setup_ns gw
	EVENTS=$(mktemp)
	defer rm -f "$EVENTS"
	ENDS=0
}

# Nothing is left of the test before.
before_each()
{
	lbctl flush config
}

# given_web: two reals, a service that requires one of the pool's two checks
given_web()
{
	lbctl pool add web check http,smtp
	lbctl real add web r1 203.0.113.11
	lbctl real add web r2 203.0.113.12
	lbctl service add www tcp 198.51.100.1:80 pool web require http
}

# --- listening ---------------------------------------------------------------

start_monitor()
{
	(exec "$LBCTL" -n "$gw" -j monitor "$@") >"$EVENTS" &
	MONITOR=$!
	defer kill -CONT "$MONITOR"
	defer kill "$MONITOR"
	await 20 grep -q '"event":"monitoring"' "$EVENTS"
}

# One line of JSON in words.
describe()
{
	local event what name=''

	event=$(json_value event "$1")
	what=$(json_value object "$1")
	case $what in
	pool|service)	name=$(json_value name "$1") ;;
	real)		name=$(json_value pool "$1")/$(json_value name "$1") ;;
	member)		name=$(json_value service "$1")/$(json_value real "$1") ;;
	verdict)	name=$(json_value pool "$1")/$(json_value real "$1") ;;
	esac
	[[ ! $1 =~ \"object\":\"verdict\".*\"check\":\"([^\"]*)\" ]] || name+=/${BASH_REMATCH[1]}
	[ "$what" != verdict ] && [ "$event" != state ] || name+=" $(json_value state "$1")"
	echo "$event $what $name"
}

# Waits for all events so far: that of a last change.
all_events()
{
	local end=end-$((ENDS += 1)) line

	lbctl pool add "$end"
	await 20 grep -q "\"added\".*\"$end\"" "$EVENTS"
	while read -r line; do
		case $line in
		*'"event":"monitoring"'*|*'"event":"lost"'*|*'"name":"end-'*) ;;
		*)	describe "$line" ;;
		esac
	done <"$EVENTS"
	lbctl pool del "$end"
}

# expect_events COMMAND...: it makes the events on standard input
expect_events()
{
	local expected

	expected=$(cat)
	start_monitor
	"$@"
	expect_equal "$expected" "$(all_events)" "the events"
}

# --- tests -------------------------------------------------------------------

change_pools()
{
	lbctl pool add web check http
	lbctl pool set web check http,smtp
	lbctl pool set web hash-key 00112233445566778899aabbccddeeff
	lbctl pool set web ramp 1m
	lbctl pool set web min-usable 2
	lbctl pool del web
}

a_pool_is_told_of_when_it_comes_changes_and_goes()
{
	expect_events change_pools <<-'END'
		added pool web
		changed pool web
		changed pool web
		changed pool web
		changed pool web
		removed pool web
	END
}

change_reals()
{
	lbctl real add web r1 203.0.113.11
	lbctl real set web r1 weight 7
	lbctl real set web r1 weight 8 admin drain
	lbctl real enable web r1
	lbctl real set web r1 max-flows 100
	lbctl real set web r1 max-rate 10
	lbctl real set web r1 tier 1
	lbctl real add web r0 203.0.113.10
	lbctl real del web r1
}

a_real_is_told_of_when_it_comes_changes_and_goes()
{
	lbctl pool add web
	expect_events change_reals <<-'END'
		added real web/r1
		changed real web/r1
		changed real web/r1
		drained real web/r1
		changed real web/r1
		changed real web/r1
		changed real web/r1
		changed real web/r1
		added real web/r0
		removed real web/r1
	END
}

change_services()
{
	lbctl service add www tcp 198.51.100.1:80 pool web
	lbctl service set www sched wrr
	lbctl service set www port 80,443
	lbctl service set www timeout syn 5s when-empty reject
	lbctl service set www pool other
	lbctl service del www
}

a_service_is_told_of_when_it_comes_changes_and_goes()
{
	lbctl pool add web
	lbctl real add web r1 203.0.113.11
	lbctl pool add other
	lbctl real add other r1 203.0.113.11
	expect_events change_services <<-'END'
		added service www
		changed service www
		changed service www
		changed service www
		changed service www
		removed service www
	END
}

a_pool_that_goes_takes_its_reals_along()
{
	given_web
	lbctl service del www
	expect_events lbctl pool del web <<-'END'
		removed real web/r1
		removed real web/r2
		removed pool web
	END
}

change_verdicts()
{
	lbctl verdict set web r1 check http down reason "HTTP 503"
	lbctl verdict set web r1 check http down reason "HTTP 500"
	lbctl verdict set web r1 check http up
	lbctl verdict set web r2 down
	lbctl verdict del web r2
	lbctl verdict del web r1 check http
}

a_verdict_is_told_of_with_what_it_does()
{
	given_web
	expect_events change_verdicts <<-'END'
		changed verdict web/r1/http down
		state member www/r1 check-down
		changed verdict web/r1/http down
		changed verdict web/r1/http up
		state member www/r1 usable
		changed verdict web/r2 down
		state member www/r2 down
		changed verdict web/r2 unknown
		state member www/r2 usable
		changed verdict web/r1/http unknown
	END
}

a_check_that_nobody_requires_makes_no_member_unusable()
{
	given_web
	expect_events lbctl verdict set web r1 check smtp down <<-'END'
		changed verdict web/r1/smtp down
	END
}

take_down_all()
{
	lbctl verdict set web r1 check http down
	lbctl verdict set web r2 down
	lbctl service set www when-empty reject
	lbctl verdict set web r1 check http up
}

the_last_member_takes_the_service_along()
{
	given_web
	expect_events take_down_all <<-'END'
		changed verdict web/r1/http down
		state member www/r1 check-down
		changed verdict web/r2 down
		state member www/r2 down
		state service www open
		changed service www
		state service www empty
		changed verdict web/r1/http up
		state member www/r1 usable
		state service www ready
	END
}

operate()
{
	lbctl real set web r1 weight 0
	lbctl real drain web r2
	lbctl real disable web r2
	lbctl real set web r1 weight 2
	lbctl real del web r1
}

the_operator_makes_members_unusable_too()
{
	given_web
	expect_events operate <<-'END'
		changed real web/r1
		state member www/r1 weight-zero
		changed real web/r2
		state member www/r2 drain
		state service www empty
		drained real web/r2
		changed real web/r2
		changed real web/r1
		state member www/r1 usable
		state service www ready
		removed real web/r1
		state service www empty
	END
}

a_new_requirement_counts_at_once()
{
	given_web
	lbctl verdict set web r1 check smtp down
	expect_events lbctl service set www require http,smtp <<-'END'
		changed service www
		state member www/r1 check-down
	END
}

start_empty()
{
	lbctl service add www tcp 198.51.100.1:80 pool web when-empty reject
	lbctl real add web r1 203.0.113.11
}

a_service_without_usable_members_says_so_from_the_start()
{
	lbctl pool add web
	expect_events start_empty <<-'END'
		added service www
		state service www empty
		added real web/r1
		state service www ready
	END
}

change_nothing()
{
	lbctl verdict set web r1 check http down reason "HTTP 503"
	lbctl verdict del web r2
	lbctl pool set web check http,smtp
	lbctl pool set web min-usable 1 ramp off
	lbctl real set web r1 weight 1 max-flows none max-rate none tier 0
	lbctl real enable web r1
	lbctl service set www require http sched rr port 80
	lbctl flush flows
	lbctl service show
}

what_changes_nothing_is_not_told()
{
	given_web
	lbctl verdict set web r1 check http down reason "HTTP 503"
	expect_events change_nothing </dev/null
}

try_what_is_refused()
{
	! lbctl pool del web || fail "not refused"
	! lbctl real add web r3 203.0.113.11 || fail "not refused"
	! lbctl service set www port 80,80 || fail "not refused"
	! lbctl verdict set web r1 check imap down || fail "not refused"
}

what_is_refused_is_not_told()
{
	given_web
	expect_events try_what_is_refused </dev/null
}

a_flush_tells_of_all_that_went()
{
	given_web
	start_monitor
	lbctl flush config
	expect_equal "removed pool web
removed real web/r1
removed real web/r2
removed service www" "$(all_events | sort)" "the events"
}

groups_keep_apart()
{
	given_web
	(exec "$LBCTL" -n "$gw" -j monitor health) >"$EVENTS.health" &
	defer kill $!
	defer rm "$EVENTS.health"
	await 20 grep -q '"event":"monitoring"' "$EVENTS.health"
	start_monitor config
	lbctl verdict set web r1 down
	lbctl real set web r1 weight 3
	lbctl verdict set web r2 check http down
	await 20 grep -q '"event":"state","[^}]*"object":"service"' "$EVENTS.health"
	expect_equal "changed real web/r1" "$(all_events)" "the events of config"
	expect_equal 0 "$(grep -c '"object":"real"' "$EVENTS.health")" "events of reals in health"
	expect_equal 5 "$(grep -vc '"monitoring"' "$EVENTS.health")" "events of health"
}

many_changes_are_told_in_order()
{
	local i expected=

	lbctl pool add web
	lbctl real add web r1 203.0.113.11
	start_monitor
	for ((i = 2; i <= 60; i++)); do
		lbctl real set web r1 weight "$i"
		expected+="$i "
	done
	expect_equal 59 "$(all_events | grep -c '^changed real web/r1')" "the number of events"
	expect_equal "$expected" "$(sed -n 's/.*"object":"real".*"weight":\([0-9]*\).*/\1/p' "$EVENTS" |
		tr '\n' ' ')" "the weights in order"
	expect_equal "" "$(sed -n 's/.*"generation":\([0-9]*\).*/\1/p' "$EVENTS" | sort -nc 2>&1)" \
		"disorder of the generations"
}

# --- too slow ----------------------------------------------------------------

# A monitor whose socket holds few events.
start_forgetful_monitor()
{
	local before

	before=$(sysctl -n net.core.rmem_max) || skip "no net.core.rmem_max here"
	sysctl -qw net.core.rmem_max=8192
	defer sysctl -qw net.core.rmem_max="$before"
	start_monitor
	sysctl -qw net.core.rmem_max="$before"
}

# overflow N: so many changes while the monitor stands still
overflow()
{
	local i

	kill -STOP "$MONITOR"
	for ((i = 2; i <= $1; i++)); do
		lbctl real set web r1 weight "$i"
	done
	kill -CONT "$MONITOR"
}

a_slow_reader_learns_that_it_missed_events()
{
	given_web
	start_forgetful_monitor
	overflow 80
	await 20 grep -q '"event":"lost"' "$EVENTS"
	# What stands now: all of it.
	await 20 grep -q '"event":"current".*"object":"pool","name":"web"' "$EVENTS"
	await 20 grep -q '"event":"current".*"object":"real","pool":"web","name":"r2"' "$EVENTS"
	await 20 grep -q '"event":"current".*"object":"service","name":"www"' "$EVENTS"
	await 20 grep -q '"event":"current".*"object":"member".*"real":"r2"' "$EVENTS"
	await 20 grep -q '"event":"current".*"object":"verdict".*"check":"smtp"' "$EVENTS"
	expect_output '"weight":80' grep '"event":"current".*"object":"real".*"name":"r1"' "$EVENTS"
	# It goes on.
	lbctl real set web r2 weight 5
	await 20 grep -q '"event":"changed".*"name":"r2".*"weight":5' "$EVENTS"
	expect_equal 1 "$(grep -c '"event":"lost"' "$EVENTS")" "how often it was told"
}

# Events from before the loss come before the present state, or not at all:
# the last word on the real is the right one.
a_slow_reader_ends_with_the_right_picture()
{
	given_web
	start_forgetful_monitor
	overflow 80
	await 20 grep -q '"event":"lost"' "$EVENTS"
	all_events >/dev/null
	expect_equal 80 "$(sed -n 's/.*"object":"real".*"name":"r1".*"weight":\([0-9]*\).*/\1/p' \
		"$EVENTS" | tail -n 1)" "the last weight that was told"
}

run_tests "$@"
