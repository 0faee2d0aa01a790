#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What operators of Exchange complain of, played out, with IPVS beside: how many
# of the new connections each real gets when one comes back from a reboot, when
# an office behind one address connects, and when all are rebooted in turn.
# Prints the shares that it saw.
ALL_TESTS="
	a_storm_after_a_reboot_does_not_hit_one_real
	a_storm_after_a_reboot_with_ipvs
	an_office_behind_one_address_is_spread
	an_office_behind_one_address_with_ipvs_sh
	an_office_behind_one_address_with_ipvs_mh
	offices_of_all_sizes_are_spread
	offices_of_all_sizes_with_ipvs
	a_rolling_reboot_does_not_hit_who_comes_back
	a_rolling_reboot_with_ipvs
	a_rolling_reboot_moves_only_who_has_to
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_ipvs.sh"

REALS_WANTED=4
# Connections that live when a real comes back, and that come then.
LIVING=300
STORM=100
# Of the crowd so many are the office.
OFFICE=120
OTHERS=80
# Of so many offices the first has so many connections.
MANY=20
BIGGEST=120
# Who connects when a real is back.
NEWCOMERS=40

setup()
{
	topology "$REALS_WANTED"
	serve_all tcp/80 udp/80
	given_pool web ramp 60s
	given_service www tcp "$VIP:80" pool web
	given_service dns udp "$VIP:80" pool web
}

# worst_share: of what was asked, the most that one real got, in percent of its
# fair share
worst_share()
{
	awk -v reals="$REALS_WANTED" '
		$1 == "share" { sum += $3; if ($3 > most) most = $3 }
		END { printf "%d\n", most * reals * 100 / sum }' <<<"$ASKED"
}

shares() { awk '$1 == "share" { printf "%s%s %d", sep, $2, $3; sep = ", " }' <<<"$ASKED"; }

# storm WHO: LIVING connections are on three reals, the fourth comes back, and
# STORM more come
storm()
{
	hold living tcp "$VIP" 80 --count "$LIVING" --parallel 16
	expect_share r4 0
	come_back
	hold storm tcp "$VIP" 80 --count "$STORM" --parallel 16
	STORMED=$(share_of r4)
	note "storm: $1: of $STORM new connections r4, just back, got $STORMED (fair share $((STORM / REALS_WANTED)))"
	tell storm reset
	tell living reset
}

# Does r4, when it goes and comes back? Not while the service is new: all are, then.
comes_with_a_ramp()
{
	lbctl real disable web r4
	lbctl real enable web r4
	[ "$(json_value ramp "$(lbctl -j real show web r4)")" != null ]
}

a_storm_after_a_reboot_does_not_hit_one_real()
{
	local sched

	await 15 comes_with_a_ramp
	for sched in wlc rr; do
		lbctl service set www sched "$sched"
		lbctl verdict set web r4 down
		come_back() { lbctl verdict set web r4 up; }
		storm "lbvs $sched, ramp 60s"
		expect_at_most $((STORM * 3 / 2 / REALS_WANTED)) "$STORMED" "what r4 got"
		expect_at_least 1 "$STORMED" "what r4 got"
		lbctl flush flows
	done
}

a_storm_after_a_reboot_with_ipvs()
{
	lbctl service del www
	defer given_service www tcp "$VIP:80" pool web
	given_ipvs wlc tcp
	ipvs_weight tcp 4 0
	come_back() { ipvs_weight tcp 4 1; }
	storm "IPVS wlc"
}

# office WHO: most connections are from one address
office()
{
	local ours

	ask udp "$VIP" 80 --count "$OFFICE" --source 198.18.0.1 --sport 20000-29999
	ours=$ASKED
	ask udp "$VIP" 80 --count "$OTHERS" --source 198.18.0.2-198.18.0.81 --sport 30000
	expect_equal $((OFFICE + OTHERS)) $(($(ASKED=$ours answers) + $(answers))) "answers"
	ASKED=$(awk '$1 == "share" { n[$2] += $3 } END { for (r in n) print "share", r, n[r] }' \
		<<<"$ours"$'\n'"$ASKED" | sort)
	WORST=$(worst_share)
	note "office: $1: $(shares); the most is $WORST % of the mean"
}

an_office_behind_one_address_is_spread()
{
	# Nobody is new here.
	lbctl pool set web ramp off
	defer lbctl pool set web ramp 60s
	lbctl service set dns sched maglev hash source bound off
	defer lbctl service set dns sched rr bound off
	lbctl flush flows
	office "lbvs maglev"
	lbctl flush flows
	lbctl service set dns bound 1.25
	office "lbvs maglev, bound 1.25"
	# And one flow, as flows are whole.
	expect_at_most $((125 + 100 * REALS_WANTED / (OFFICE + OTHERS))) "$WORST" \
		"the most that a real has, in percent of the mean"
	lbctl flush flows
}

office_with_ipvs()
{
	lbctl service del dns
	defer given_service dns udp "$VIP:80" pool web
	given_ipvs "$1" udp
	office "IPVS $1"
}

an_office_behind_one_address_with_ipvs_sh() { office_with_ipvs sh; }
an_office_behind_one_address_with_ipvs_mh() { office_with_ipvs mh; }

# offices WHO: the first has BIGGEST connections, the next a half of that, then a third,
# and so on. $OFFICES has a line for each of them and each real: office, real, how many.
offices()
{
	local k

	OFFICES=$(for ((k = 1; k <= MANY; k++)); do
		ask udp "$VIP" 80 --count $((BIGGEST / k)) --source "198.18.1.$k" \
			--sport 20000-29999 >/dev/null
		expect_answers $((BIGGEST / k))
		awk -v k="$k" '$1 == "share" { print k, $2, $3 }' <<<"$ASKED"
	done)
	ASKED=$(awk '{ n[$2] += $3 } END { for (r in n) print "share", r, n[r] }' <<<"$OFFICES" | sort)
	WORST=$(worst_share)
	note "offices: $1: $(shares); the most is $WORST % of the mean"
}

# away HOMES: percent of the connections that are not where their office is at home
away()
{
	awk 'NR == FNR { home[$1] = $2; next }
		{ sum += $3 } home[$1] != $2 { n += $3 } END { printf "%d\n", n * 100 / sum }' \
		<(echo "$1") <(echo "$OFFICES")
}

offices_of_all_sizes_are_spread()
{
	local homes

	lbctl pool set web ramp off
	defer lbctl pool set web ramp 60s
	lbctl service set dns sched maglev hash source bound off
	defer lbctl service set dns sched rr bound off
	lbctl flush flows
	offices "lbvs maglev"
	homes=$OFFICES
	expect_equal "$MANY" "$(wc -l <<<"$homes")" "the homes of $MANY offices"
	lbctl flush flows
	lbctl service set dns bound 1.25
	offices "lbvs maglev, bound 1.25"
	note "offices: with the bound $(away "$homes") % of the connections are not at home"
	# And one flow, as flows are whole.
	expect_at_most 126 "$WORST" "the most that a real has, in percent of the mean"
	expect_at_most 50 "$(away "$homes")" "the share that is not at home"
	lbctl flush flows
}

offices_of_all_sizes_with_ipvs()
{
	lbctl service del dns
	defer given_service dns udp "$VIP:80" pool web
	given_ipvs sh udp
	offices "IPVS sh"
}

# Servers that a test has started end with it.
revive()
{
	local n server

	for n in 1 2 3 4; do
		server=server_r$n
		kill -0 "${!server}" 2>/dev/null || serve "r$n" tcp/80 udp/80
	done
}

# reboots WHO: each real in turn dies, with its connections, whose clients connect anew; it
# comes back, and more connect. $MOST is the most that one of them then got.
reboots()
{
	local n got server

	MOST=0
	revive
	hold clients tcp "$VIP" 80 --count 80 --parallel 8
	for n in 1 2 3 4; do
		server=server_r$n
		go_down "$n"
		kill "${!server}"
		hold "again$n" tcp "$VIP" 80 --count 20 --parallel 8
		expect_share "r$n" 0
		serve "r$n" tcp/80 udp/80
		come_back "$n"
		hold "more$n" tcp "$VIP" 80 --count "$NEWCOMERS" --parallel 8
		got=$(share_of "r$n")
		note "rolling reboot: $1: r$n is back and gets $got of $NEWCOMERS: $(shares)"
		[ "$got" -le "$MOST" ] || MOST=$got
	done
}

a_rolling_reboot_does_not_hit_who_comes_back()
{
	lbctl service set www sched wlc on-down reset
	defer lbctl service set www sched rr on-down keep
	await 15 comes_with_a_ramp
	# That was to see whether one can begin: now nobody has any.
	lbctl pool set web ramp off
	lbctl pool set web ramp 60s
	go_down() { lbctl verdict set web "r$1" down; }
	come_back() { lbctl verdict set web "r$1" up; }
	reboots "lbvs wlc, ramp 60s"
	expect_at_most $((NEWCOMERS * 3 / 2 / REALS_WANTED)) "$MOST" "the most that one got"
	expect_at_least 1 "$MOST" "the most that one got"
	lbctl flush flows
}

a_rolling_reboot_with_ipvs()
{
	lbctl service del www
	defer given_service www tcp "$VIP:80" pool web
	given_ipvs wlc tcp
	go_down() { ipvs_weight tcp "$1" 0; }
	come_back() { ipvs_weight tcp "$1" 1; }
	reboots "IPVS wlc"
}

# Each in turn is drained, and comes back.
a_rolling_reboot_moves_only_who_has_to()
{
	local n

	revive
	lbctl service set www sched wlc
	defer lbctl service set www sched rr
	hold all tcp "$VIP" 80 --count 80 --parallel 8
	for n in 1 2 3 4; do
		lbctl real drain web "r$n"
		ask tcp "$VIP" 80 --count 24 --reset
		expect_answers 24
		expect_share "r$n" 0
		lbctl real enable web "r$n"
	done
	# Nobody was moved: those that were there are where they were.
	expect_held all ping '80 ok'
	expect_held all reset '80 ok'
	note "rolling reboot: 80 connections live through four drains; new ones always elsewhere"
}

run_tests "$@"
