#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lbprobed at work: what it finds takes a real out of the services that require
# that check, and out of no other. What becomes of that when it is killed,
# stopped, restarted or run twice, and when its file changes.
#
#   port 80 requires check a, at port 80      port 81 requires check b, at port 81
ARMS=never
ALL_TESTS="
	a_check_takes_a_real_out_of_the_services_that_require_it
	a_check_that_degrades_leaves_a_part_of_the_weight
	a_real_that_comes_is_probed
	what_is_said_by_hand_of_a_check_is_set_right_and_of_a_real_is_kept
	it_needs_no_root_but_one_capability
	it_says_that_it_is_ready_and_alive_and_goes
	a_restart_in_good_order_goes_unnoticed
	a_killed_probe_leaves_its_verdicts_as_they_were_with_hold
	a_killed_probe_leaves_everything_up_with_up
	a_killed_probe_leaves_everything_down_with_down
	a_probe_that_stands_still_leaves_its_verdicts_as_they_were_with_hold
	a_probe_that_stands_still_leaves_everything_up_with_up
	a_probe_that_stands_still_leaves_everything_down_with_down
	of_two_probes_the_later_one_stays
	a_module_that_goes_and_comes_finds_its_probe_again
	a_bad_file_is_not_taken_and_a_good_one_is
	a_reload_that_comes_while_it_starts_is_made_then
	without_a_file_it_ends_with_a_sentence
"
source "$(dirname "$0")/lib.sh"

PROBED=${LBVS_PROBED:-$SELFTESTS/../netlink-tool/build/lbprobed}

setup()
{
	topology 2
	dir=$(mktemp -d)
	defer rm -r "$dir"
	serve_all tcp/80 tcp/81
	given_pool web check a,b
	given_service a tcp "$VIP:80" pool web require a
	given_service b tcp "$VIP:81" pool web require b
}

# write_file [on-expiry]: with a short lease
write_file()
{
	cat >"$dir/lbvs.conf" <<-END
		agent lbprobed { lease = 2s grace = 1s on-expiry = ${1:-hold} }
		defaults { check { inter = 500ms fastinter = 200ms downinter = 500ms timeout = 400ms } }
		pool web {
			check a { kind = tcp port = 80 }
			check b { kind = tcp port = 81 }
			real r1 { address = $(real_address 1) }
			real r2 { address = $(real_address 2) }
		}
	END
}

# start_probe [FILE]: its process is $probe then
start_probe()
{
	# Not by on(): signals are for the program, not for a shell around it.
	nsenter --net="/run/netns/$gw" -- "$PROBED" -c "${1:-$dir/lbvs.conf}" >>"$dir/log" 2>&1 &
	probe=$!
	defer kill -KILL "$probe"
}

given_probe()
{
	write_file "$@"
	: >"$dir/log"
	start_probe
	# A check that nobody has looked at is up too.
	await 20 says "as agent lbprobed"
	await 20 all_are up up up up
}

# Verdicts on check a and b of r1, then of r2.
verdicts()
{
	lbctl -j verdict show web |
		jq -r '[.[] | select(.check)] | sort_by(.real, .check) | map(.state) | join(" ")'
}

all_are()
{
	local seen

	seen=$(verdicts)
	echo "$seen"
	[ "$seen" = "$*" ]
}

# r1 refuses connections to port 81.
break_b_on_r1()
{
	on r1 nft add table inet broken
	defer on r1 nft delete table inet broken
	on r1 nft add chain inet broken in '{ type filter hook input priority 0; }'
	on r1 nft add rule inet broken in tcp dport 81 reject with tcp reset
}

mend_b_on_r1() { on r1 nft delete table inet broken; }

says() { grep -F -- "$1" "$dir/log" || { tail -n 3 "$dir/log" && return 1; }; }

# Members of a service that are usable.
usable() { field service "$1" .members_usable; }

a_check_takes_a_real_out_of_the_services_that_require_it()
{
	given_probe
	break_b_on_r1
	await 10 all_are up down up up
	expect_equal 2 "$(usable a)" "usable members of a"
	expect_equal 1 "$(usable b)" "usable members of b"
	expect_output "L4CON Connection refused" lbctl verdict show web r1
	says "web r1: b is down: L4CON"
	mend_b_on_r1
	await 10 all_are up up up up
	expect_equal 2 "$(usable b)" "usable members of b"
}

# Which ports a check looks at, and which service requires it, are two things.
a_check_that_degrades_leaves_a_part_of_the_weight()
{
	write_file
	sed -i 's/port = 81 }/port = 81 degrade = 50 }/' "$dir/lbvs.conf"
	lbctl service set a require b sched wrr
	defer lbctl service set a require a sched rr
	: >"$dir/log"
	start_probe
	await 20 all_are up up up up
	break_b_on_r1
	await 10 says "web r1: b is degraded to 50 %: L4CON"
	await 5 expect_output "share 50 %" lbctl service show a
	expect_equal "up up up up" "$(verdicts)" "the verdicts"
	ask tcp "$VIP" 80 --count 30
	expect_share r1 10
	expect_share r2 20
	mend_b_on_r1
	await 10 says "web r1: b is up"
	ask tcp "$VIP" 80 --count 30
	expect_share r1 15
}

a_real_that_comes_is_probed()
{
	given_probe
	lbctl real add web r3 203.0.113.99
	defer lbctl real del web r3
	await 15 all_are up up up up down down
	lbctl real del web r3
	await 5 all_are up up up up
}

# status_of KEY: of the probe's process
status_of() { sed -n "s/^$1:[[:blank:]]*//p" "/proc/$probe/status"; }

# As under systemd: an ordinary user, with that capability as an ambient one.
what_is_said_by_hand_of_a_check_is_set_right_and_of_a_real_is_kept()
{
	given_probe
	lbctl verdict del web r1 check b
	await 5 all_are up up up up
	lbctl verdict set web r1 check b down
	await 5 all_are up up up up
	lbctl verdict set web r1 down
	defer lbctl verdict del web r1
	sleep 1
	expect_equal 1 "$(usable b)" "usable members of b"
	expect_equal "up up up up" "$(verdicts)" "the verdicts"
}

it_needs_no_root_but_one_capability()
{
	need_program setpriv
	write_file
	cp "$PROBED" "$dir/lbprobed"
	chmod 755 "$dir" "$dir/lbprobed"
	: >"$dir/log"
	nsenter --net="/run/netns/$gw" -- setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin --bounding-set=-all,+net_admin \
		"$dir/lbprobed" -c "$dir/lbvs.conf" >>"$dir/log" 2>&1 &
	probe=$!
	defer kill -KILL "$probe"
	await 20 all_are up up up up
	expect_equal 65534 "$(status_of Uid | cut -f 2)" "the user"
	expect_equal 0000000000001000 "$(status_of CapEff)" "the capabilities"
	break_b_on_r1
	await 10 all_are up down up up
}

# Root gives up what it does not need, and what a command could get back.
has_one_capability()
{
	expect_equal 0000000000001000 "$(status_of CapEff)" "the capabilities"
	expect_equal 0000000000000000 "$(status_of CapBnd)" "those that a command can get"
}

# What systemd would hear is in a file.
listen_as_systemd()
{
	need_program python3
	python3 -c 'import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
while True:
    print(listener.recv(4096).decode(), flush=True)' "$dir/notify" >"$dir/heard" &
	defer rm "$dir/notify"
	defer kill $!
	await 20 test -S "$dir/notify"
}

heard() { grep -x "$1" "$dir/heard"; }

# at_least_alive N: so many signs of life were heard
at_least_alive() { [ "$(grep -cx WATCHDOG=1 "$dir/heard")" -ge "$1" ]; }

it_says_that_it_is_ready_and_alive_and_goes()
{
	local n

	listen_as_systemd
	export NOTIFY_SOCKET=$dir/notify
	given_probe
	await 5 heard READY=1
	has_one_capability
	await 10 at_least_alive 3
	# Who hangs says nothing.
	kill -STOP "$probe"
	sleep 1
	n=$(wc -l <"$dir/heard")
	sleep 3
	expect_equal "$n" "$(wc -l <"$dir/heard")" "what was heard while it hung"
	kill -CONT "$probe"
	await 10 at_least_alive $((n + 1))
	kill "$probe"
	wait "$probe"
	await 5 heard STOPPING=1
	expect_equal STOPPING=1 "$(tail -n 1 "$dir/heard")" "the last word"
}

a_restart_in_good_order_goes_unnoticed()
{
	given_probe
	break_b_on_r1
	await 10 all_are up down up up
	lbctl monitor health >"$dir/events" &
	defer kill $!
	await 20 grep -q monitoring "$dir/events"
	kill "$probe"
	wait "$probe"
	start_probe
	await 10 says "4 checks of"
	sleep 3
	expect_equal "up down up up" "$(verdicts)" "the verdicts"
	! grep -E "member|service" "$dir/events" || fail "a member moved"
}

killed()
{
	given_probe "$1"
	break_b_on_r1
	await 10 all_are up down up up
	kill -KILL "$probe"
}

lease_has_run_out() { lbctl -j agent show | grep '"state":"expired"'; }

# And all that it vouches for.
lease_is_live()
{
	local agents stale

	agents=$(lbctl -j agent show)
	stale=$(lbctl -j verdict show web | grep -o '"stale":true')
	echo "$agents $stale"
	[[ $agents == *'"state":"active"'* ]] && [ -z "$stale" ]
}

a_killed_probe_leaves_its_verdicts_as_they_were_with_hold()
{
	killed hold
	await 20 lease_has_run_out
	expect_equal "up down up up" "$(verdicts)" "the verdicts"
	mend_b_on_r1
	start_probe
	await 10 all_are up up up up
	await 10 lease_is_live
}

a_killed_probe_leaves_everything_up_with_up()
{
	killed up
	await 6 all_are up up up up
	start_probe
	await 10 all_are up down up up
	await 10 lease_is_live
}

a_killed_probe_leaves_everything_down_with_down()
{
	killed down
	await 6 all_are down down down down
	start_probe
	await 10 all_are up down up up
	await 10 lease_is_live
}

# stands_still ON-EXPIRY STATE...: those are the verdicts when its lease is over. What
# changed at a server meanwhile it finds when it goes on, and all counts again.
stands_still()
{
	given_probe "$1"
	shift
	break_b_on_r1
	await 10 all_are up down up up
	kill -STOP "$probe"
	await 10 lease_has_run_out
	expect_equal "$*" "$(verdicts)" "the verdicts"
	mend_b_on_r1
	kill -CONT "$probe"
	await 10 all_are up up up up
	await 10 lease_is_live
	says "the lease has run out; probing goes on"
	says "registered again as lbprobed"
	break_b_on_r1
	await 10 all_are up down up up
}

a_probe_that_stands_still_leaves_its_verdicts_as_they_were_with_hold()
{
	stands_still hold up down up up
}

a_probe_that_stands_still_leaves_everything_up_with_up()
{
	stands_still up up up up up
}

a_probe_that_stands_still_leaves_everything_down_with_down()
{
	stands_still down down down down down
}

of_two_probes_the_later_one_stays()
{
	local one rc=0

	given_probe
	one=$probe
	start_probe
	wait "$one" || rc=$?
	expect_equal 3 "$rc" "the exit status of the first one"
	says "another prober has registered as lbprobed: this one gives way"
	break_b_on_r1
	await 10 all_are up down up up
}

# The configuration goes with the module; the verdicts come with the probe.
a_module_that_goes_and_comes_finds_its_probe_again()
{
	given_probe
	break_b_on_r1
	await 10 all_are up down up up
	rmmod lbvs
	await 10 says "; probing goes on"
	expect_ok kill -0 "$probe"
	load_module
	await 10 says "registered again as lbprobed"
	lbctl apply "$dir/lbvs.conf"
	lbctl service add a tcp "$VIP:80" pool web require a
	lbctl service add b tcp "$VIP:81" pool web require b
	await 10 all_are up down up up
	expect_equal 1 "$(usable b)" "usable members of b"
	mend_b_on_r1
	await 10 all_are up up up up
}

a_bad_file_is_not_taken_and_a_good_one_is()
{
	given_probe
	sed -i 's/port = 81/port = 99999/' "$dir/lbvs.conf"
	kill -HUP "$probe"
	await 5 says "the old one stays in force"
	says 'lbvs.conf:5: port "99999"'
	sleep 2
	expect_equal "up up up up" "$(verdicts)" "the verdicts"
	sed -i 's/port = 99999/port = 82/' "$dir/lbvs.conf"
	kill -HUP "$probe"
	await 5 says "lbvs.conf is in force"
	await 10 all_are up down up down
}

has_open() { readlink "/proc/$1/fd/"* | grep -xF "$2"; }

# A pipe holds it up between opening its file and having read it.
a_reload_that_comes_while_it_starts_is_made_then()
{
	local file=$dir/slow.conf pipe

	write_file
	: >"$dir/log"
	mkfifo "$file"
	start_probe "$file"
	exec {pipe}<>"$file"
	await 20 has_open "$probe" "$file"
	kill -HUP "$probe"
	cat "$dir/lbvs.conf" >&"$pipe"
	exec {pipe}>&-
	await 20 says "as agent lbprobed"
	expect_ok timeout 20 cp "$dir/lbvs.conf" "$file"
	await 5 says "slow.conf is in force"
}

without_a_file_it_ends_with_a_sentence()
{
	local rc=0

	write_file
	on gw "$PROBED" -c "$dir/none" >"$dir/out" 2>&1 || rc=$?
	expect_equal 1 "$rc" "the exit status"
	expect_output "cannot read $dir/none: No such file" cat "$dir/out"
}

run_tests "$@"
