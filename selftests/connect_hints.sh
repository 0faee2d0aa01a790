#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients are the first to notice that a real is gone. Connections that a real refuses
# or does not answer are counted; three of them within ten seconds make an event, and
# lbprobed has a look at once. That alone takes nothing out of service.
#
#   port 80 served      port 82 refused      port 84 of r1 swallowed
ALL_TESTS="
	a_connection_that_is_refused_is_counted_for_its_real
	a_connection_that_is_not_answered_is_counted_for_its_real
	each_SYN_that_is_not_answered_is_counted
	a_connection_that_is_answered_is_not_counted
	three_failures_make_one_event
	one_client_that_repeats_itself_makes_an_event
	failures_with_a_success_in_between_make_none
	failures_take_no_real_out_of_service
	lbprobed_looks_at_once
	lbprobed_looks_at_once_where_there_is_silence
"
source "$(dirname "$0")/lib.sh"

PROBED=${LBVS_PROBED:-$SELFTESTS/../netlink-tool/build/lbprobed}

setup()
{
	need_program nft jq
	topology 2
	LOG=$(mktemp -d)
	defer rm -r "$LOG"
	serve_all tcp/80 tcp/84
	on r1 nft -f - <<-END
		table inet hole {
			chain input {
				type filter hook input priority 0;
				tcp dport 84 drop
			}
		}
	END
}

# Each test has members without a past.
before_each()
{
	given_pool web check alive
	given_service served tcp "$VIP:80" pool web timeout syn 1s
	given_service refused tcp "$VIP:82" pool web timeout syn 1s
	given_service swallowed tcp "$VIP:84" pool web timeout syn 1s
}

# counted SERVICE REAL: "refused unanswered"
counted()
{
	lbctl -j service show "$1" |
		jq -r ".[0].members[] | select(.real == \"$2\") | \"\\(.refused) \\(.unanswered)\""
}

has_counted()
{
	local seen

	seen=$(counted "$1" "$2")
	echo "$seen"
	[ "$seen" = "$3" ]
}

only_r1() { lbctl real set web r2 weight 0; }

a_connection_that_is_refused_is_counted_for_its_real()
{
	ask tcp "$VIP" 82 --count 4
	expect_error refused 4
	expect_equal "2 0" "$(counted refused r1)" "what is counted for r1"
	expect_equal "2 0" "$(counted refused r2)" "what is counted for r2"
	expect_equal "4 0" "$(field service refused .refused) $(field service refused .unanswered)" \
		"what is counted for the service"
	expect_equal "2 0" "$(lbctl -j real show web r1 | jq -r '.[0] | "\(.refused) \(.unanswered)"')" \
		"what is counted for the real"
	expect_output "2/0" lbctl real show web r1
}

# Given up before TCP tries once more.
ask_swallowed() { ask tcp "$VIP" 84 --count "$1" --timeout 300 --parallel "$1"; }

a_connection_that_is_not_answered_is_counted_for_its_real()
{
	only_r1
	ask_swallowed 2
	expect_error timeout 2
	await 20 has_counted swallowed r1 "0 2"
	expect_equal "0 0" "$(counted swallowed r2)" "what is counted for r2"
}

# The last one counts when its flow is forgotten, those before it at the next.
each_SYN_that_is_not_answered_is_counted()
{
	local sent

	only_r1
	lbctl service set swallowed timeout syn 5s
	ask tcp "$VIP" 84 --timeout 3500
	expect_error timeout 1
	sent=$(field service swallowed .request_packets)
	expect_at_least 3 "$sent" "the SYNs of one client"
	expect_equal "0 $((sent - 1))" "$(counted swallowed r1)" "what is counted before the end"
	await 20 has_counted swallowed r1 "0 $sent"
}

is_without_flows() { [ "$(field service "$1" .flows_active)" = 0 ]; }

a_connection_that_is_answered_is_not_counted()
{
	ask tcp "$VIP" 80 --count 4
	expect_answers 4
	# They are forgotten, and so is a reset by which a client ends.
	ask tcp "$VIP" 80 --count 4 --reset
	lbctl service set served timeout closed 1s
	await 20 is_without_flows served
	expect_equal "0 0" "$(counted served r1)" "what is counted for r1"
}

given_monitor()
{
	nsenter --net="/run/netns/$gw" -- "$LBCTL" -j monitor health >"$LOG/events" &
	defer kill $!
	await 20 grep -q monitoring "$LOG/events"
}

suspects() { grep -c '"event":"suspect"' "$LOG/events" || true; }
has_suspects() { suspects; [ "$(suspects)" = "$1" ]; }

three_failures_make_one_event()
{
	only_r1
	given_monitor
	ask tcp "$VIP" 82 --count 2
	# What comes later would be behind it.
	lbctl verdict set web r2 check alive up
	await 10 grep -q '"check":"alive"' "$LOG/events"
	expect_equal 0 "$(suspects)" "events after two failures"
	ask tcp "$VIP" 82 --count 1
	await 10 has_suspects 1
	jq -e 'select(.event == "suspect") | .object == "member" and .service == "refused" and
		.pool == "web" and .real == "r1" and .state == "usable"' "$LOG/events"
	ask tcp "$VIP" 82 --count 20
	lbctl verdict set web r2 check alive down
	await 10 grep -q '"down"' "$LOG/events"
	expect_equal 1 "$(suspects)" "events after many failures"
	# Silence is a failure as well as a refusal.
	ask_swallowed 3
	await 20 has_suspects 2
	expect_output "served" lbctl service show
}

# Its flow would be forgotten after a minute.
one_client_that_repeats_itself_makes_an_event()
{
	only_r1
	lbctl service set swallowed timeout syn 60s
	given_monitor
	ask tcp "$VIP" 84 --timeout 8000
	expect_error timeout 1
	await 2 has_suspects 1
	jq -e 'select(.event == "suspect") | .service == "swallowed" and .real == "r1"' "$LOG/events"
	expect_equal 1 "$(field service swallowed .flows_active)" "flows"
}

refuse_80()
{
	on r1 nft add rule inet hole input tcp dport 80 reject with tcp reset
	defer accept_80
}

swallow_80()
{
	on r1 nft add rule inet hole input tcp dport 80 drop
	defer accept_80
}

accept_80()
{
	on r1 nft flush chain inet hole input
	on r1 nft add rule inet hole input tcp dport 84 drop
}

failures_with_a_success_in_between_make_none()
{
	local i

	only_r1
	given_monitor
	for i in 1 2 3; do
		refuse_80
		ask tcp "$VIP" 80 --count 2
		expect_error refused 2
		accept_80
		ask tcp "$VIP" 80
		expect_answers 1
	done
	expect_equal "6 0" "$(counted served r1)" "what is counted"
	lbctl verdict set web r2 check alive up
	await 10 grep -q '"check":"alive"' "$LOG/events"
	expect_equal 0 "$(suspects)" "events"
}

failures_take_no_real_out_of_service()
{
	ask tcp "$VIP" 82 --count 40
	expect_error refused 40
	expect_equal 2 "$(field service refused .members_usable)" "usable members"
	expect_equal "20 0" "$(counted refused r1)" "what is counted for r1"
}

has_agent() { [ "$(lbctl -j agent show)" != "[]" ]; }

r1_is() { lbctl -j verdict show web r1 | jq -e ".[] | select(.check == \"alive\").state == \"$1\"" >/dev/null; }

# It looks once an hour, and after a failure soon again.
given_lbprobed()
{
	cat >"$LOG/lbvs.conf" <<-END
		defaults { check { inter = 3600s fastinter = 500ms downinter = 3600s timeout = 400ms jitter = 0 } }
		pool web {
			check alive { kind = tcp port = 80 fall = 2 }
			real r1 { address = $(real_address 1) }
			real r2 { address = $(real_address 2) }
		}
	END
	lbctl service set served require alive
	# What is known it confirms in its own time: the first look is at random.
	lbctl verdict set web r1 check alive up
	lbctl verdict set web r2 check alive up
	nsenter --net="/run/netns/$gw" -- "$PROBED" -c "$LOG/lbvs.conf" >"$LOG/probed" 2>&1 &
	defer kill $!
	await 20 has_agent
}

lbprobed_looks_at_once()
{
	given_lbprobed
	refuse_80
	# Two looks, as many as it takes, would be over.
	sleep 2
	r1_is up || fail "expected lbprobed not to look by itself: $(cat "$LOG/probed")"
	ask tcp "$VIP" 80 --count 6
	expect_error refused 3
	await 10 r1_is down
	ask tcp "$VIP" 80 --count 4
	expect_share r2 4
}

# One client, whose SYN is sent again and again.
lbprobed_looks_at_once_where_there_is_silence()
{
	given_lbprobed
	lbctl service set served timeout syn 60s
	only_r1
	swallow_80
	ask tcp "$VIP" 80 --timeout 8000
	expect_error timeout 1
	await 10 r1_is down
	lbctl real set web r2 weight 1
	ask tcp "$VIP" 80 --count 4
	expect_share r2 4
}

run_tests "$@"
