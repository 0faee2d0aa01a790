#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Nobody is behind a mask: a real sees the client's own address and port, and a
# client never sees a real's. The clients of "traffic" compare the greeting with
# their own address, and are connected, so that an answer from anybody else does
# not reach them; what is on the wire is read here too.
ALL_TESTS="
	a_real_sees_the_address_and_port_of_each_client
	only_the_service_is_seen_outside_and_only_the_client_inside
	a_refusal_of_the_real_comes_from_the_service
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"

setup()
{
	need_program tcpdump
	topology 2
	serve_all tcp/80 udp/80
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,82)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool"
}

a_real_sees_the_address_and_port_of_each_client()
{
	local proto

	for proto in tcp udp; do
		ask "$proto" "$vip" 80 --count 200 --source "$(sources 50)" \
			--sport 30000-30003 --parallel 16 --reset
		expect_answers 200
		expect_share r1 100
		expect_share r2 100
	done
}

only_the_service_is_seen_outside_and_only_the_client_inside()
{
	local proto logs

	logs=$(mktemp -d)
	defer rm -r "$logs"
	lbctl real disable "$pool" r2
	defer lbctl real enable "$pool" r2
	for proto in tcp udp; do
		watch_ends c0 eth0 "$logs/$proto-c0" "$proto" port 40000
		watch_ends r1 eth0 "$logs/$proto-r1" "$proto" port 40000
		ask "$proto" "$vip" 80 --sport 40000 --size 1000 --reset
		expect_servers r1
		await 10 seen_both_ways "$logs/$proto-c0" "$client.40000" "$vip.80"
		await 10 seen_both_ways "$logs/$proto-r1" "$client.40000" "$(real_at 1).80"
	done
}

a_refusal_of_the_real_comes_from_the_service()
{
	ask tcp "$vip" 82 --count 4
	expect_error refused 4
}

over_both_families
run_tests "$@"
