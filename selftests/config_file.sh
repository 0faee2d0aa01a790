#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A configuration file becomes the state, and the state a file, while there is
# traffic: only what differs is touched, all of it at one moment or nothing.
ALL_TESTS="
	a_file_becomes_the_state
	what_a_file_does_not_touch_keeps_flows_and_counters
	many_changes_are_one_generation
	a_bad_file_applies_nothing
	what_the_kernel_refuses_applies_nothing
	a_stale_generation_is_refused
	an_exported_state_is_applied_as_it_was
	json_means_the_same
	an_admin_state_set_by_hand_is_kept
	arms_are_those_that_a_file_names
	a_plan_tells_how_many_clients_move
	a_plan_needs_no_privilege
"
source "$(dirname "$0")/lib.sh"

setup()
{
	topology 3
	serve_all tcp/80-81
	DIR=$(mktemp -d)
	defer rm -r "$DIR"
}

before_each() { lbctl flush config; }

generation() { json_value generation "$(lbctl -j stats show)"; }

# reals N...: sections for these reals of the topology
reals()
{
	local n

	for n; do
		echo "real r$n { address = $(real_address "$n") }"
	done
}

# service NAME PORT [MORE]: a section; its pool is web
service()
{
	echo "service $1 { proto = tcp address = $VIP port = $2 pool = web ${3:-} }"
}

# given_file: standard input is the file
given_file() { cat >"$DIR/conf"; }

apply() { lbctl apply "$DIR/conf" "$@"; }

# plan: prints it; its exit status is in RC
plan()
{
	RC=0
	lbctl "$@" plan "$DIR/conf" || RC=$?
}

given_web()
{
	given_file <<-END
		pool web { check alive {}
			$(reals 1 2)
		}
		$(service www 80 "require = alive")
	END
	apply
}

a_file_becomes_the_state()
{
	given_file <<-END
		# a comment
		defaults { service { sched = wrr timeout { established = 15m } } }
		pool web {
			check alive { kind = tcp port = 80 }
			real r1 { address = $(real_address 1) }
			real r2 { address = $(real_address 2) weight = 3 }
		}
		$(service www "{80, 81}" "require = alive")
	END
	plan >"$DIR/plan"
	expect_equal 2 "$RC" "the exit status of a plan that changes something"
	expect_output "add     service  www" cat "$DIR/plan"
	expect_equal 0 "$(lbctl -j service show | grep -c name)" "services before"
	apply
	ask tcp "$VIP" 80 --count 8
	expect_share r1 2
	expect_share r2 6
	ask tcp "$VIP" 81 --count 4
	expect_answers 4
	expect_equal 900 "$(field service www .timeout_established)" "the timeout"
	expect_output '"alive"' lbctl -j pool show web
	plan >"$DIR/plan"
	expect_equal "0 nothing to change" "$RC $(cat "$DIR/plan")" "the plan then"
}

what_a_file_does_not_touch_keeps_flows_and_counters()
{
	local packets

	given_web
	hold old tcp "$VIP" 80 --count 6
	expect_share r1 3
	packets=$(field service www .request_packets)
	given_file <<-END
		pool web { check alive {} check more {}
			$(reals 2 3)
		}
		pool other { real r1 { address = $(real_address 1) } }
		$(service www 80 "require = {alive, more} sched = maglev")
		$(service new 81)
	END
	apply >/dev/null
	expect_held old ping "6 ok"
	expect_at_least $((packets + 6)) "$(field service www .request_packets)" \
		"the packets counted"
	ask tcp "$VIP" 81 --count 4
	expect_share r2 2
	expect_share r3 2
	# Once more, without any change.
	packets=$(generation)
	expect_output "nothing to change" apply
	expect_equal "$packets" "$(generation)" "the generation"
	expect_held old ping "6 ok"
	# And a service that goes takes its flows with it.
	given_file <<-END
		pool web { $(reals 2) }
		$(service new 81)
	END
	apply >/dev/null
	[ "$(tell old ping)" != "ping 6 ok" ] || fail "expected the flows to be over"
}

many_changes_are_one_generation()
{
	local before

	given_web
	before=$(generation)
	given_file <<-END
		pool one { $(reals 1) }
		pool two { $(reals 2) }
		pool web { $(reals 3) }
		$(service www 80)
		$(service new 81)
	END
	apply >/dev/null
	expect_equal $((before + 1)) "$(generation)" "the generation"
}

# expect_nothing_done TEXT [OPTION]...: the file is refused with that text
expect_nothing_done()
{
	local text=$1 before

	shift
	before=$(generation)
	lbctl export >"$DIR/before"
	expect_refusal "$text" apply "$@"
	lbctl export >"$DIR/after"
	cmp "$DIR/before" "$DIR/after"
	expect_equal "$before" "$(generation)" "the generation"
}

a_bad_file_applies_nothing()
{
	given_web
	hold old tcp "$VIP" 80 --count 2
	given_file <<-END
		pool new { $(reals 1) }
		pool web { $(reals 1 2) }
		service www { proto = tcp address = $VIP port = 80 pool = wep }
	END
	expect_nothing_done "$DIR/conf:4: pool \"wep\": there is no pool of this name"
	expect_refusal "$DIR/conf:4: pool \"wep\"" lbctl check "$DIR/conf"
	given_file <<<"pool web {"
	expect_nothing_done "$DIR/conf:1: \"{\""
	rm "$DIR/conf"
	expect_nothing_done "\"$DIR/conf\": cannot open the file"
	expect_held old ping "2 ok"
}

what_the_kernel_refuses_applies_nothing()
{
	given_web
	given_file <<-END
		arm = {out0, in0, nowhere0}
		pool web { check alive {}
			$(reals 1 2)
		}
		$(service www 80 "require = alive")
		$(service new 81)
	END
	expect_nothing_done "$DIR/conf:1: \"nowhere0\""
	# It came with the file, and went with it.
	ip -n "$gw" link add spare0 type dummy
	defer ip -n "$gw" link del spare0
	sed -i 's/out0, in0, nowhere0/spare0, nowhere0/' "$DIR/conf"
	expect_nothing_done '"nowhere0"'
}

a_stale_generation_is_refused()
{
	local seen

	given_web
	seen=$(generation)
	given_file <<-END
		pool web { check alive {}
			$(reals 1 2)
		}
		$(service www 81 "require = alive")
	END
	lbctl real set web r1 weight 5
	expect_nothing_done "the configuration has changed since this generation" \
		--if-generation "$seen"
	apply --if-generation "$(generation)" >/dev/null
	expect_equal 1 "$(field real web .weight)" "the weight"
	# Also where there is nothing to do.
	expect_nothing_done "the configuration has changed since this generation" \
		--if-generation "$seen"
	# Verdicts are no configuration.
	seen=$(generation)
	lbctl verdict set web r1 check alive down
	apply --if-generation "$seen" >/dev/null
	expect_nothing_done '--if-generation "x": expected a number' --if-generation x
}

given_everything()
{
	given_file <<-END
		arm = {$1}
		pool empty {}
		pool web {
			hash-key = 000102030405060708090a0b0c0d0e0f
			ramp = 90s min-usable = 2
			check alive {} check more {}
			real r1 { address = $(real_address 1) weight = 0 tier = 7 max-rate = 50 }
			real r2 { address = $(real_address 2) admin = drain max-flows = 1000 }
			real r3 { address = $(real_address 3) weight = 65535 admin = disabled }
		}
		pool six { real r1 { address = $(real_address6 1) } }
		$(service www 80 "require = {more, alive} to = 81 when-empty = reject")
		$(service hash "{81, 82}" "sched = maglev hash = source/24 table-size = 251
			timeout { established = 61s syn = 1 fin = 2m closed = 3h udp = 7d }")
		service six { proto = udp address = $VIP6 port = 53 pool = six
			sched = maglev hash = 5tuple bound = 1.25 }
		$(service wlc 83 "sched = wlc persist = 30m/24 persist-scope = service
			max-flows = 70 max-rate = 80 on-down = reset initial = down snat = auto")
		$(service one 84 "sched = lc persist = 1h together = both")
		$(service two 85 "sched = wrr persist = 1h together = both on-down = drop")
	END
	apply >/dev/null
}

given_all_arms()
{
	ip -n "$gw" link add spare0 type dummy
	defer ip -n "$gw" link del spare0
	defer given_arms out0 in0
	given_everything spare0
}

an_exported_state_is_applied_as_it_was()
{
	given_all_arms
	lbctl export >"$DIR/first"
	lbctl -j service show >"$DIR/first.json"
	cp "$DIR/first" "$DIR/conf"
	expect_output "nothing to change" apply
	lbctl flush config
	apply >/dev/null
	lbctl export >"$DIR/second"
	lbctl -j service show >"$DIR/second.json"
	cmp "$DIR/first" "$DIR/second"
	cmp "$DIR/first.json" "$DIR/second.json"
}

json_means_the_same()
{
	given_all_arms
	lbctl export >"$DIR/first"
	lbctl -j export >"$DIR/json"
	jq -e '.service | length == 6' "$DIR/json" >/dev/null
	lbctl flush config
	lbctl -j apply "$DIR/json" >"$DIR/answer"
	jq -e '.changes | length == 13' "$DIR/answer" >/dev/null
	lbctl export | cmp "$DIR/first" -
	expect_equal 0 "$(lbctl -j plan "$DIR/json" | jq '.changes | length')" "changes left"
}

an_admin_state_set_by_hand_is_kept()
{
	given_web
	lbctl real drain web r1
	lbctl real set web r2 weight 9
	expect_output "weight 9 -> 1" apply
	expect_output '"admin":"drain"' lbctl -j real show web r1
	ask tcp "$VIP" 80 --count 4
	expect_share r2 4
	sed -i "s/address = $(real_address 1)/& admin = enabled/" "$DIR/conf"
	expect_output "admin drain -> enabled" apply
	ask tcp "$VIP" 80 --count 4
	expect_share r1 2
}

arms_are_those_that_a_file_names()
{
	local before

	before=$(lbctl -j arm show)
	given_web
	expect_equal "$before" "$(lbctl -j arm show)" "the arms that no file names"
	ip -n "$gw" link add spare0 type dummy
	defer ip -n "$gw" link del spare0
	echo "arm = {spare0}" | cat - "$DIR/conf" >"$DIR/arms"
	mv "$DIR/arms" "$DIR/conf"
	defer given_arms out0 in0
	apply >/dev/null
	expect_equal '"spare0"' "$(lbctl -j arm show | grep -o '"[a-z]*0"')" "the arms"
	ask tcp "$VIP" 80 --count 4
	expect_answers 4
	sed -i 's/{spare0}/{}/' "$DIR/conf"
	apply >/dev/null
	expect_equal "[]" "$(lbctl -j arm show | tr -d '\n')" "the arms"
}

# Of those that ask from many addresses, those move whose real goes.
a_plan_tells_how_many_clients_move()
{
	local clients=300 moved lost

	given_file <<-END
		pool web {
			hash-key = 000102030405060708090a0b0c0d0e0f
			$(reals 1 2 3)
		}
		$(service www 80 "sched = maglev")
	END
	apply >/dev/null
	ask tcp "$VIP" 80 --count "$clients" --source "$(crowd "$clients")"
	expect_answers "$clients"
	lost=$(share_of r3)
	sed -i '/real r3/d' "$DIR/conf"
	moved=$(json_value clients_moved_ppm "$(plan -j)")
	# In a sample of 300 a third is 100, give or take 8.
	expect_within 30 $((moved * clients / 1000000)) "$lost" "clients of the real that goes"
	# r3 has no clients once it is down, so none will move.
	lbctl verdict set web r3 down
	expect_equal 0 "$(plan -j | grep -c clients_moved_ppm)" "services whose clients move"
}

lbctl_unprivileged()
{
	on gw setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$LBCTL" "$@"
}

a_plan_needs_no_privilege()
{
	local rc=0

	need_program setpriv
	given_web
	sed -i 's/port = 80/port = 81/' "$DIR/conf"
	lbctl_unprivileged plan "$DIR/conf" >"$DIR/plan" || rc=$?
	expect_equal 2 "$rc" "the exit status of a plan"
	expect_output "port 80 -> 81" cat "$DIR/plan"
	expect_output "port = {80}" lbctl_unprivileged export
	expect_refusal "not permitted" lbctl_unprivileged apply "$DIR/conf"
	expect_output "port = {80}" lbctl export
}

run_tests "$@"
