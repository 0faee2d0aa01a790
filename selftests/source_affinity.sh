#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# With "sched maglev hash source" all services of a pool send a client to the
# same real, without any state: Outlook asks port 135 of an Exchange 2010 which
# ports to use, and these must be the same server's.
#
#   135, 59531, 59532 require rpc      443 requires owa      25 requires smtp
ALL_TESTS="
	all_ports_of_a_client_go_to_one_real
	a_service_that_is_added_agrees_with_the_others
	a_service_that_lacks_a_check_leaves_the_others_together
	a_check_that_several_ports_require_moves_them_together
	the_protocol_does_not_matter
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

CLIENTS=100
RPC=(135 59531 59532)

setup()
{
	topology 3
	serve_all tcp/135 tcp/59531-59532 tcp/443 tcp/25 tcp/587 udp/135
	in_both_families given_services
	PLACES=$(mktemp -d)
	defer rm -r "$PLACES"
}

given_services()
{
	given_reals "$pool" check rpc,owa,smtp hash-key 0123456789abcdef0123456789abcdef
	given_service "$pool-rpc" tcp "$(at_vip 135,59531,59532)" pool "$pool" \
		sched maglev hash source require rpc
	given_service "$pool-https" tcp "$(at_vip 443)" pool "$pool" \
		sched maglev hash source require owa
	given_service "$pool-smtp" tcp "$(at_vip 25)" pool "$pool" \
		sched maglev hash source require smtp
}

# record PORT...: which real each client gets at each, "SOURCE REAL" a line, in
# one file per port
record()
{
	local port

	for port; do
		record_place "$port" tcp "$port"
	done
}

# record_place NAME tcp|udp PORT
record_place()
{
	ask_each "$PLACES/each" "$2" "$vip" "$3" --count "$CLIENTS" \
		--source "$(sources "$CLIENTS")" --parallel 32 --reset
	expect_answers "$CLIENTS"
	cut -d ' ' -f 1,3 "$PLACES/each" | sort >"$PLACES/$1"
}

# expect_together NAME...: for each client the same
expect_together()
{
	local first=$1 name

	for name; do
		cmp -s "$PLACES/$first" "$PLACES/$name" ||
			fail "expected $first and $name to agree, seen$(diff "$PLACES/$first" "$PLACES/$name" | head -n 4)"
	done
}

expect_all_reals_in_use() { expect_servers r1 r2 r3; }

all_ports_of_a_client_go_to_one_real()
{
	record "${RPC[@]}" 443 25
	expect_all_reals_in_use
	expect_together "${RPC[@]}" 443 25
}

a_service_that_is_added_agrees_with_the_others()
{
	record 135
	given_service "$pool-submission" tcp "$(at_vip 587)" pool "$pool" \
		sched maglev hash source require smtp
	record 587 443
	expect_together 135 587 443
}

check_is_down_on_r1()
{
	lbctl verdict set "$pool" r1 check "$1" down
	defer lbctl verdict del "$pool" r1 check "$1"
}

a_service_that_lacks_a_check_leaves_the_others_together()
{
	record 135
	mv "$PLACES/135" "$PLACES/before"
	check_is_down_on_r1 owa
	record 443
	expect_servers r2 r3
	record "${RPC[@]}" 25
	expect_all_reals_in_use
	expect_together before "${RPC[@]}" 25
	# Who has nothing to do with r1 has all of its ports together still.
	expect_within 2 0 "$(join "$PLACES/before" "$PLACES/443" |
		awk '$2 != "r1" && $2 != $3' | wc -l)" "the number of bystanders that moved"
}

a_check_that_several_ports_require_moves_them_together()
{
	check_is_down_on_r1 rpc
	record "${RPC[@]}"
	expect_servers r2 r3
	expect_together "${RPC[@]}"
}

the_protocol_does_not_matter()
{
	given_service "$pool-udp" udp "$(at_vip 135)" pool "$pool" sched maglev hash source
	record 135
	record_place udp udp 135
	expect_together 135 udp
}

over_both_families
run_tests "$@"
