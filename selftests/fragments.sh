#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Datagrams that travel in pieces, of which only the first has ports, reach
# their real, and so do the answers. The pieces of others are left alone. UDP
# without a checksum stays so.
ALL_TESTS="
	a_datagram_in_pieces_comes_back
	the_pieces_of_many_clients_are_not_mixed_up
	pieces_that_arrive_in_disorder_are_put_together
	the_largest_datagram_comes_back
	pieces_are_put_together_beside_conntrack
	pieces_that_no_service_lists_are_routed_on
	pieces_of_others_are_left_as_they_are
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	topology 2
	serve_all udp/9000
	serve_others
	in_both_families given_services
}

OTHER=203.0.113.99
OTHER6=2001:db8:3::99
other() { if is_ipv6; then echo "$OTHER6"; else echo "$OTHER"; fi; }

serve_others()
{
	local pid

	address r1 eth0 "$OTHER/24" "$OTHER6/64"
	pid=$(on r1 "$TRAFFIC" serve other "$OTHER,$OTHER6" udp/9000)
	defer kill "$pid"
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-udp" udp "$(at_vip 9000)" pool "$pool"
}

# pieces_of NAMESPACE: how many it has sent
pieces_of() { on "$1" nstat -asz IpFragCreates Ip6FragCreates | awk '{ n += $2 } END { print n + 0 }'; }

# Six pieces each way. The gateway puts them together and takes them apart.
a_datagram_in_pieces_comes_back()
{
	local client real gateway

	client=$(pieces_of c0) gateway=$(pieces_of gw) real=$(($(pieces_of r1) + $(pieces_of r2)))
	ask_anew udp "$vip" 9000 --count 20 --size 8000
	expect_answers 20
	expect_share r1 10
	expect_share r2 10
	expect_at_least $((client + 120)) "$(pieces_of c0)" "the pieces of the client"
	expect_at_least $((real + 120)) "$(($(pieces_of r1) + $(pieces_of r2)))" "those of the reals"
	expect_at_least $((gateway + 240)) "$(pieces_of gw)" "those of the gateway"
}

the_pieces_of_many_clients_are_not_mixed_up()
{
	ask udp "$vip" 9000 --count 200 --size 4000 --source "$(sources 100)" --parallel 16
	expect_answers 200
}

# Half of the packets overtake those before them, on both arms.
pieces_that_arrive_in_disorder_are_put_together()
{
	local netns

	for netns in c0 r1; do
		tc -n "${!netns}" qdisc add dev eth0 root netem delay 5ms reorder 50% 2>/dev/null ||
			skip "no netem here"
		defer tc -n "${!netns}" qdisc del dev eth0 root
	done
	ask udp "$vip" 9000 --count 40 --size 8000
	expect_answers 40
}

the_largest_datagram_comes_back()
{
	ask udp "$vip" 9000 --count 4 --size 65000
	expect_answers 4
}

# Which does it itself, before the gateway looks at them.
pieces_are_put_together_beside_conntrack()
{
	need_program nft
	on gw nft -f - <<-END
		table inet fence {
			chain forward {
				type filter hook forward priority 0; policy drop
				ct state established,new accept
			}
		}
	END
	defer on gw nft delete table inet fence
	ask_anew udp "$vip" 9000 --count 20 --size 8000
	expect_answers 20
}

pieces_that_no_service_lists_are_routed_on()
{
	ask udp "$(real_at 1)" 9000 --count 4 --size 8000
	expect_answers 4
	expect_share r1 4
}

# Pieces that the gateway made, and, of IPv4, those that it tried to put together.
work_of_gateway()
{
	on gw nstat -asz IpFragCreates Ip6FragCreates IpReasmReqds | awk '{ n += $2 } END { print n + 0 }'
}

# A server in the subnet of the reals that is none. Neither way anything is done.
pieces_of_others_are_left_as_they_are()
{
	local before

	before=$(work_of_gateway)
	ask udp "$(other)" 9000 --count 4 --size 8000
	expect_answers 4
	expect_share other 4
	expect_equal "$before" "$(work_of_gateway)" "what the gateway did with pieces"
}

over_both_families

# Over IPv6 there is always one.
ALL_TESTS+="
	a_datagram_without_a_checksum_comes_back
	a_datagram_without_a_checksum_in_pieces_comes_back
	a_missing_checksum_stays_missing
"

a_datagram_without_a_checksum_comes_back()
{
	ask udp "$VIP" 9000 --count 20 --size 500 --no-checksum
	expect_answers 20
}

a_datagram_without_a_checksum_in_pieces_comes_back()
{
	ask udp "$VIP" 9000 --count 20 --size 8000 --no-checksum
	expect_answers 20
}

a_missing_checksum_stays_missing()
{
	local log

	need_program tcpdump
	log=$(mktemp)
	defer rm "$log" "$log.err"
	on r1 tcpdump -nn -l --immediate-mode -i eth0 \
		"udp dst port 9000 and udp[6:2] = 0" >"$log" 2>"$log.err" &
	defer kill $!
	await 20 grep -q "listening on" "$log.err"
	ask_anew udp "$VIP" 9000 --count 4 --size 10 --no-checksum
	expect_share r1 2
	await 10 has_lines 2 "$log"
}

has_lines() { [ "$(wc -l <"$2")" = "$1" ]; }

run_tests "$@"
