#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Maglev sends each client to the real that the key, the reals and the client's
# address give, and nothing else: not history, not what another gateway did. When
# a real goes, its clients move, and of the others hardly any: 2 % at most.
#
# There are 1000 clients and four reals. Hashing has a share of luck, so the key
# is given: same key, same clients, same choices.
ALL_TESTS="
	equal_keys_and_reals_give_equal_choices_after_a_fresh_load
	another_key_gives_other_choices
	only_the_clients_of_a_drained_real_move
	only_the_clients_of_a_real_that_is_down_move
	only_the_clients_of_a_removed_real_move
	neighbours_stay_together
	the_size_of_the_table_can_be_set_to_a_prime
	a_small_table_still_serves_all
	a_table_that_is_used_no_more_takes_no_memory
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

CLIENTS=1000
A_FEW=20
KEY=0123456789abcdef0123456789abcdef
OTHER_KEY=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff

setup()
{
	topology 4
	serve_all udp/80
	in_both_families given_services
	PLACES=$(mktemp -d)
	defer rm -r "$PLACES"
	in_both_families record_usual
}

record_usual() { record "$pool"; }

given_services()
{
	given_reals "$pool" hash-key "$KEY"
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool" sched maglev
}

# record NAME: which real each client gets now, "SOURCE REAL" a line. Under the
# name of its pool stands what is usual in a family.
record()
{
	lbctl flush flows >/dev/null
	ask_each "$PLACES/each" udp "$vip" 80 --count "$CLIENTS" \
		--source "$(sources "$CLIENTS")" --parallel 32
	expect_answers "$CLIENTS"
	cut -d ' ' -f 1,3 "$PLACES/each" | sort >"$PLACES/$1"
}

# moved BEFORE AFTER [NAME]: how many clients; or only of those not on NAME
moved()
{
	join "$PLACES/$1" "$PLACES/$2" |
		awk -v but="${3:-}" '$2 != but && $2 != $3 { n++ } END { print n + 0 }'
}

expect_nobody_moved() { expect_equal 0 "$(moved "$pool" "$1")" "the number of clients that moved"; }

# How it all looks if it is set up in another way.
given_services_again()
{
	local n

	lbctl pool add "$pool" hash-key "$KEY"
	for n in 4 2 1 3; do
		lbctl real add "$pool" "r$n" "$(real_at "$n")"
	done
	lbctl service add "$pool-udp" udp "$(at_vip 80)" pool "$pool" sched maglev
}

equal_keys_and_reals_give_equal_choices_after_a_fresh_load()
{
	rmmod lbvs
	load_module
	in_both_families given_services_again
	record after
	expect_nobody_moved after
}

another_key_gives_other_choices()
{
	lbctl pool set "$pool" hash-key "$OTHER_KEY"
	defer lbctl pool set "$pool" hash-key "$KEY"
	record other
	# By chance a quarter stays.
	expect_within 100 $((CLIENTS * 3 / 4)) "$(moved "$pool" other)" \
		"the number of clients that moved"
}

# r2 takes no new flow now.
expect_only_clients_of_r2_to_move()
{
	record without
	expect_servers r1 r3 r4
	expect_within "$A_FEW" 0 "$(moved "$pool" without r2)" \
		"the number of bystanders that moved"
	expect_at_most $((CLIENTS / 4 + A_FEW)) "$(moved "$pool" without)" \
		"the number of all that moved"
}

only_the_clients_of_a_drained_real_move()
{
	lbctl real drain "$pool" r2
	defer lbctl real enable "$pool" r2
	expect_only_clients_of_r2_to_move
	lbctl real enable "$pool" r2
	record after
	expect_nobody_moved after
}

only_the_clients_of_a_real_that_is_down_move()
{
	lbctl verdict set "$pool" r2 down
	defer lbctl verdict del "$pool" r2
	expect_only_clients_of_r2_to_move
	lbctl verdict set "$pool" r2 up
	record after
	expect_nobody_moved after
}

add_r2() { lbctl real add "$pool" r2 "$(real_at 2)"; }

only_the_clients_of_a_removed_real_move()
{
	lbctl real del "$pool" r2
	defer add_r2
	expect_only_clients_of_r2_to_move
	add_r2
	record after
	expect_nobody_moved after
}

# Four networks of 256 addresses.
neighbours_stay_together()
{
	local length=24

	! is_ipv6 || length=120
	lbctl service set "$pool-udp" hash source/"$length"
	defer lbctl service set "$pool-udp" hash source
	record networks
	sed -i -E 's/(\.[0-9]+|[0-9a-f]{1,2}) / /' "$PLACES/networks"
	expect_equal 4 "$(sort -u "$PLACES/networks" | wc -l)" "pairs of network and real"
	expect_at_least 2 "$(cut -d ' ' -f 2 "$PLACES/networks" | sort -u | wc -l)" "reals"
}

the_size_of_the_table_can_be_set_to_a_prime()
{
	defer lbctl service set "$pool-udp" table-size auto
	expect_ok lbctl service set "$pool-udp" table-size 65537
	expect_equal 65537 "$(field service "$pool-udp" .table_size)" "the size"
	expect_refusal "prime" lbctl service set "$pool-udp" table-size 65536
	expect_refusal "" lbctl service set "$pool-udp" table-size 241
	expect_refusal "" lbctl service set "$pool-udp" table-size 1048583
	expect_equal 65537 "$(field service "$pool-udp" .table_size)" "the size"
	expect_ok lbctl service set "$pool-udp" table-size 1048573
	expect_ok lbctl service set "$pool-udp" table-size auto
	expect_equal null "$(field service "$pool-udp" .table_size)" "the size"
}

a_small_table_still_serves_all()
{
	lbctl service set "$pool-udp" table-size 251
	defer lbctl service set "$pool-udp" table-size auto
	record small
	expect_servers r1 r2 r3 r4
}

free_kib() { awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo; }

# Each of these is 1 or 2 MiB.
a_table_that_is_used_no_more_takes_no_memory()
{
	local size before

	defer lbctl service set "$pool-udp" table-size auto
	lbctl service set "$pool-udp" table-size 1000003
	before=$(free_kib)
	for size in 033 037 039 081 099 117 121 133 151 159 171 183 187 193 199 211 213 231 249; do
		lbctl service set "$pool-udp" table-size "1000$size"
	done
	expect_at_most 10240 $((before - $(free_kib))) "KiB less memory than before"
}

over_both_families
run_tests "$@"
