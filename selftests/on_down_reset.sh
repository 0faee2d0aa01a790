#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# on-down reset: when a verdict takes a real down its connections are reset, at the
# client and at the real, by resets that both have to believe: with the number that
# each expects next (RFC 5961, section 3). Idle ends are made to speak first. All
# else is as with on-down drop.
#
#   port 80 tcp, echo      port 82 tcp, bulk      port 81 udp
ALL_TESTS="
	idle_connections_are_reset_at_both_ends
	a_transfer_is_reset_at_both_ends
	the_resets_carry_the_number_that_is_expected
	a_client_that_cannot_be_asked_hears_at_its_next_packet
	a_client_that_does_not_speak_is_given_up_with_a_reset
	a_real_that_is_dead_does_not_keep_the_client_waiting
	a_reset_that_is_lost_is_sent_again
	a_client_that_connects_anew_comes_to_another_real
	a_verdict_of_up_comes_too_late
	connections_not_yet_established_come_to_another_real
	datagrams_come_to_another_real
	flows_live_on_while_the_service_is_open
	flows_end_when_it_is_open_no_more
	flows_live_on_with_on_down_keep
	many_connections_are_asked_at_a_pace
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"
source "$(dirname "$0")/lib_reset.sh"

setup()
{
	need_program tcpdump ethtool nft python3
	topology 2
	serve_all tcp/80 udp/81 bulk/82
	make_checksums_early
	LOG=$(mktemp -d)
	defer rm -r "$LOG"
	# A transfer that is slow at one end is so at the other.
	on c0 sysctl -qw net.ipv4.tcp_rmem="4096 65536 131072" net.ipv4.tcp_wmem="4096 65536 131072"
	on r1 sysctl -qw net.ipv4.tcp_rmem="4096 65536 131072" net.ipv4.tcp_wmem="4096 65536 131072"
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,82)" pool "$pool" on-down reset
	given_service "$pool-udp" udp "$(at_vip 81)" pool "$pool" on-down reset
}

# Each test begins with reals that are up, and its counts from 0.
before_each()
{
	lbctl flush flows >/dev/null
	BEGUN=$(stat_of reset-begun) DONE=$(stat_of reset-done) GIVEN_UP=$(stat_of reset-given-up)
	count_broken
}

r1_goes_down()
{
	lbctl verdict set "$pool" r1 down
	defer lbctl verdict del "$pool" r1
}

# has_flows tcp|udp N
has_flows() { [ "$(field service "$pool-$1" .flows_active)" = "$2" ]; }

# expect_look SECONDS NAME N RESULT: N of them are reset within that time, and then RESULT
expect_look()
{
	await "$1" has_broken c0 "$3"
	expect_held "$2" look "$4"
}

# expect_resets BEGUN DONE GIVEN-UP: since the test began
expect_resets()
{
	expect_equal "$1 $2 $3" "$(($(stat_of reset-begun) - BEGUN)) $(($(stat_of reset-done) - DONE)) $((
		$(stat_of reset-given-up) - GIVEN_UP))" "resets begun, done and given up"
}

idle_connections_are_reset_at_both_ends()
{
	hold old tcp "$vip" 80 --count 8
	expect_share r1 4
	expect_held old ping "8 ok"
	r1_goes_down
	expect_look 5 old 4 "4 ok 4 reset"
	await 5 has_broken r1 4
	await 5 has_flows tcp 4
	expect_resets 4 4 0
	expect_held old ping "4 ok 4 reset"
}

# transfer OPTION...: a slow one, in the background; what comes of it is in a file. Not by
# "on": the program itself is to get the signal.
transfer()
{
	nsenter --net="/run/netns/$c0" -- "$TRAFFIC" fetch tcp "$vip" "$@" \
		--size 268435456 --rate 1048576 --timeout 20000 >>"$LOG/transfers.$pool" &
	defer kill $!
}

# They take turns: one of each kind is with r1.
a_transfer_is_reset_at_both_ends()
{
	local n=0 way

	for way in 82 80 80 82; do
		if [ "$way" = 80 ]; then
			transfer 80 --upload
		else
			transfer 82
		fi
		await 10 has_flows tcp $((++n))
	done
	r1_goes_down
	await 10 has_broken r1 2
	await 10 has_broken c0 2
	await 10 has_flows tcp 2
	sort "$LOG/transfers.$pool"
	expect_equal 2 "$(grep -c "^error reset" "$LOG/transfers.$pool")" "transfers that were reset"
	expect_equal 2 "$(wc -l <"$LOG/transfers.$pool")" "transfers that ended"
	expect_equal 2 $(($(stat_of reset-begun) - BEGUN)) "resets begun"
}

the_resets_carry_the_number_that_is_expected()
{
	lbctl real set "$pool" r2 weight 0
	hold old tcp "$vip" 80 --sport 40000
	lbctl real set "$pool" r2 weight 1
	watch_both
	expect_held old ping "1 ok"
	r1_goes_down
	expect_look 5 old 1 "0 ok 1 reset"
	await 5 has_flows tcp 0
	expect_resets 1 1 0
	expect_exact "$LOG/client" "$vip.80" "$client.40000"
	expect_exact "$LOG/real" "$client.40000" "$(real_at 1).80"
	expect_equal 0 "$(packets_with "$LOG/client" "$(real_at 1)")" "packets in the name of the real"
	expect_equal 0 "$(packets_with "$LOG/real" "$vip")" "packets in the name of the service"
}

# A firewall at c0 eats what asks: neither data nor a reset.
eat_questions()
{
	on c0 nft -f - <<-END
		table inet eats {
			chain input {
				type filter hook input priority 0;
				tcp sport 80 tcp flags & (rst | psh) == 0 drop
			}
		}
	END
	defer on c0 nft delete table inet eats
}

r1_dies()
{
	ip -n "$sw" link set r1 down
	defer await_reals
	defer ip -n "$sw" link set r1 up
}

# Nobody else says anything: what it hears is the answer.
a_client_that_cannot_be_asked_hears_at_its_next_packet()
{
	hold old tcp "$vip" 80 --count 2
	expect_share r1 1
	eat_questions
	r1_dies
	r1_goes_down
	expect_equal "ping 1 ok 1 reset" "$(tell old ping)" "the answers"
	expect_resets 1 0 0
}

a_client_that_does_not_speak_is_given_up_with_a_reset()
{
	hold old tcp "$vip" 80 --count 2
	expect_share r1 1
	eat_questions
	r1_dies
	r1_goes_down
	expect_look 10 old 1 "1 ok 1 reset"
	await 5 has_flows tcp 1
	expect_resets 1 0 1
}

a_real_that_is_dead_does_not_keep_the_client_waiting()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	r1_dies
	r1_goes_down
	expect_look 3 old 2 "2 ok 2 reset"
	expect_resets 2 0 0
	await 10 has_flows tcp 2
	expect_resets 2 0 2
}

# The one that answers it, and nobody else speaks before the real is asked again.
a_reset_that_is_lost_is_sent_again()
{
	hold old tcp "$vip" 80 --count 2
	expect_share r1 1
	on c0 nft -f - <<-END
		table inet loses {
			chain input {
				type filter hook input priority 0;
				tcp flags & rst == rst limit rate 1/hour burst 1 packets counter drop
			}
		}
	END
	defer on c0 nft delete table inet loses
	r1_dies
	r1_goes_down
	expect_look 3 old 1 "1 ok 1 reset"
	on c0 nft list table inet loses | grep -q "packets 1 " || fail "no reset was lost"
	expect_resets 1 0 0
}

a_client_that_connects_anew_comes_to_another_real()
{
	lbctl real set "$pool" r2 weight 0
	hold old tcp "$vip" 80 --sport 40001
	expect_share r1 1
	lbctl real set "$pool" r2 weight 1
	r1_goes_down
	expect_look 5 old 1 "0 ok 1 reset"
	# From the port that the flow has which is being reset.
	ask tcp "$vip" 80 --sport 40001
	expect_share r2 1
	ask tcp "$vip" 80 --count 4
	expect_share r2 4
}

a_verdict_of_up_comes_too_late()
{
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	lbctl verdict set "$pool" r1 down
	lbctl verdict set "$pool" r1 up
	defer lbctl verdict del "$pool" r1
	hold new tcp "$vip" 80 --count 4
	expect_share r1 2
	expect_look 5 old 2 "2 ok 2 reset"
	await 5 has_flows tcp 6
	expect_resets 2 2 0
	expect_held new ping "4 ok"
}

connections_not_yet_established_come_to_another_real()
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
	r1_goes_down
	wait $!
	expect_equal "share r2 1" "$(cat "$LOG/asked")" "the answer"
	expect_resets 0 0 0
}

datagrams_come_to_another_real()
{
	hold call udp "$vip" 81 --count 4
	expect_share r1 2
	r1_goes_down
	expect_equal 2 "$(field service "$pool-udp" .flows_active)" "flows"
	expect_resets 0 0 0
	expect_equal "ping 2 ok 2 moved" "$(tell call ping)" "the answers"
}

flows_live_on_while_the_service_is_open()
{
	lbctl verdict set "$pool" r2 down
	defer lbctl verdict del "$pool" r2
	hold old tcp "$vip" 80 --count 2
	expect_share r1 2
	r1_goes_down
	expect_held old ping "2 ok"
	expect_resets 0 0 0
}

flows_end_when_it_is_open_no_more()
{
	flows_live_on_while_the_service_is_open
	lbctl verdict set "$pool" r2 up
	expect_look 5 old 2 "0 ok 2 reset"
	await 5 has_broken r1 2
	await 5 has_flows tcp 0
	expect_resets 2 2 0
}

flows_live_on_with_on_down_keep()
{
	lbctl service set "$pool-tcp" on-down keep
	defer lbctl service set "$pool-tcp" on-down reset
	hold old tcp "$vip" 80 --count 4
	expect_share r1 2
	r1_goes_down
	expect_held old ping "4 ok"
	expect_resets 0 0 0
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
	r1_goes_down
	expect_look 20 many 1000 "0 ok 1000 reset"
	await 20 has_flows tcp 0
	expect_resets 1000 1000 0
	await 5 has_broken r1 1000
	seen=$(steps)
	note "steps: $seen"
	expect_at_least 100 "$seen" "the steps"
}

over_both_families
run_tests "$@"
