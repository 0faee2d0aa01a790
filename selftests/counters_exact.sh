#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What was sent is what is counted: packets and bytes, from the IP header on,
# in both directions, at services, members and reals. The other count is made
# by nftables at the client.
ALL_TESTS="
	datagrams_are_counted
	datagrams_are_counted_over_ipv6
	segments_are_counted
	segments_are_counted_over_ipv6
	a_transfer_is_counted_to_the_byte
	members_add_up_to_their_service
	a_real_adds_up_what_its_services_send_it
	counters_survive_changes_of_the_configuration
	what_a_removed_real_carried_stays_with_the_service
	a_service_that_is_new_starts_at_zero
	what_is_refused_is_not_counted_as_traffic
"
source "$(dirname "$0")/lib.sh"

setup()
{
	topology 2
	serve_all tcp/80 bulk/81 udp/53
}

# Pools and services are new for each test, and with them their counters.
before_each()
{
	given_pool four
	given_pool6 six
	given_service web tcp "$VIP:80,81" pool four
	given_service dns udp "$VIP:53" pool four
	given_service web6 tcp "[$VIP6]:80,81" pool six
	given_service dns6 udp "[$VIP6]:53" pool six
}

# --- counting at the client --------------------------------------------------

count_at_client()
{
	on c0 nft -f - <<-END
		table inet count {
			counter sent { }
			counter received { }
			chain out {
				type filter hook output priority 0
				ip daddr $VIP counter name sent
				ip6 daddr $VIP6 counter name sent
			}
			chain in {
				type filter hook input priority 0
				ip saddr $VIP counter name received
				ip6 saddr $VIP6 counter name received
			}
		}
	END
	defer on c0 nft delete table inet count
}

# "PACKETS BYTES" of counter sent or received
client_count()
{
	on c0 nft list counter inet count "$1" |
		sed -n 's/.*packets \([0-9]*\) bytes \([0-9]*\).*/\1 \2/p'
}

# traffic_of OBJECT NAME: requests and replies, "PACKETS BYTES PACKETS BYTES"
traffic_of()
{
	local json

	json=$(lbctl -j "$1" show "${@:2}")
	echo "$(json_value request_packets "$json") $(json_value request_bytes "$json")" \
		"$(json_value reply_packets "$json") $(json_value reply_bytes "$json")"
}

is_as_counted()
{
	local seen

	seen=$(traffic_of service "$1")
	echo "$seen, at the client $(client_count sent) $(client_count received)"
	[ "$seen" = "$(client_count sent) $(client_count received)" ]
}

# --- tests -------------------------------------------------------------------

# expect_datagrams SERVICE ADDR HEADERS
expect_datagrams()
{
	count_at_client
	ask udp "$2" 53 --count 40 --size 100
	expect_answers 40
	expect_equal 40 "$(field service "$1" .request_packets)" "packets of requests"
	expect_equal $((40 * (100 + $3))) "$(field service "$1" .request_bytes)" "bytes of requests"
	expect_equal 40 "$(field service "$1" .reply_packets)" "packets of replies"
	expect_equal 40 "$(field service "$1" .flows_total)" "flows opened"
	await 5 is_as_counted "$1"
}

datagrams_are_counted() { expect_datagrams dns "$VIP" 28; }
datagrams_are_counted_over_ipv6() { expect_datagrams dns6 "$VIP6" 48; }

# expect_segments SERVICE ADDR
expect_segments()
{
	count_at_client
	ask tcp "$2" 80 --count 30 --size 10
	expect_answers 30
	expect_equal 30 "$(field service "$1" .flows_total)" "flows opened"
	# SYN, ACK, data, FIN at least.
	expect_at_least 120 "$(field service "$1" .request_packets)" "packets of requests"
	await 5 is_as_counted "$1"
}

segments_are_counted() { expect_segments web "$VIP"; }
segments_are_counted_over_ipv6() { expect_segments web6 "$VIP6"; }

a_transfer_is_counted_to_the_byte()
{
	count_at_client
	on c0 "$TRAFFIC" fetch tcp "$VIP" 81 --size 1000000
	on c0 "$TRAFFIC" fetch tcp "$VIP6" 80 --size 300000 --upload
	expect_at_least 1000000 "$(field service web .reply_bytes)" "bytes of replies"
	expect_at_least 300000 "$(field service web6 .request_bytes)" "bytes of requests"
	await 5 both_are_as_counted
}

# The client has one count for both.
both_are_as_counted()
{
	local four six sum

	read -ra four <<<"$(traffic_of service web)"
	read -ra six <<<"$(traffic_of service web6)"
	sum="$((four[0] + six[0])) $((four[1] + six[1])) $((four[2] + six[2])) $((four[3] + six[3]))"
	echo "$sum, at the client $(client_count sent) $(client_count received)"
	[ "$sum" = "$(client_count sent) $(client_count received)" ]
}

# all_values KEY JSON: one a line
all_values() { grep -o "\"$1\":[0-9]*" <<<"$2" | cut -d: -f2; }

# expect_sums SERVICE: the first of the values is its own, the rest its members'
expect_sums()
{
	local json key

	json=$(lbctl -j service show "$1")
	for key in request_packets request_bytes reply_packets reply_bytes flows_total \
		flows_active; do
		expect_equal 0 "$(all_values "$key" "$json" |
			awk 'NR == 1 { own = $1 } NR > 1 { sum += $1 } END { print own - sum }')" \
			"the difference in $key of $1"
	done
}

members_add_up_to_their_service()
{
	hold web tcp "$VIP" 80 --count 10
	hold dns udp "$VIP" 53 --count 7
	hold web6 tcp "$VIP6" 80 --count 5
	expect_sums web
	expect_sums dns
	expect_sums web6
	expect_equal "10 5 5" "$(all_values flows_active "$(lbctl -j service show web)" |
		tr '\n' ' ' | sed 's/ $//')" "active flows of the service and its members"
}

# member_traffic SERVICE REAL KEY
member_traffic()
{
	local json

	json=$(lbctl -j service show "$1")
	json_value "$3" "${json#*\"members\":*\"real\":\""$2"\"}"
}

a_real_adds_up_what_its_services_send_it()
{
	local key

	ask tcp "$VIP" 80 --count 10 --reset
	ask udp "$VIP" 53 --count 6 --size 50
	for key in request_packets request_bytes reply_packets reply_bytes flows_total; do
		expect_equal $(($(member_traffic web r1 "$key") + $(member_traffic dns r1 "$key"))) \
			"$(json_value "$key" "$(lbctl -j real show four r1)")" "$key of r1"
	done
	expect_equal 3 "$(member_traffic dns r1 request_packets)" "packets to r1"
	expect_equal 8 "$(json_value flows_total "$(lbctl -j real show four r1)")" "flows of r1"
}

counters_survive_changes_of_the_configuration()
{
	local service real

	ask udp "$VIP" 53 --count 20
	service=$(traffic_of service dns)
	real=$(traffic_of real four r1)
	lbctl service set dns sched wrr timeout udp 5m port 53,54
	lbctl real set four r1 weight 9
	lbctl real drain four r1
	lbctl real enable four r1
	lbctl verdict set four r1 down
	lbctl verdict del four r1
	lbctl pool set four check http
	lbctl service set dns require http
	lbctl service set dns require none
	expect_equal "$service" "$(traffic_of service dns)" "the traffic of the service"
	expect_equal "$real" "$(traffic_of real four r1)" "the traffic of the real"
	ask udp "$VIP" 53 --count 20
	expect_equal 40 "$(field service dns .flows_total)" "flows opened"
}

what_a_removed_real_carried_stays_with_the_service()
{
	local before

	hold web tcp "$VIP" 80 --count 6
	expect_sums web
	lbctl real del four r1
	# It still carries what it had.
	expect_held web ping "6 ok"
	expect_equal 6 "$(field service web .flows_active)" "active flows"
	expect_held web reset "6 ok"
	before=$(traffic_of service web)
	lbctl flow del service web
	await 5 is_traffic web "$before"
	expect_equal 6 "$(field service web .flows_total)" "flows opened"
	# One of the same name is another one.
	lbctl real add four r1 "$(real_address 1)"
	expect_equal "0 0 0 0" "$(traffic_of real four r1)" "the traffic of the new real"
	expect_equal "$before" "$(traffic_of service web)" "the traffic of the service"
}

is_traffic()
{
	traffic_of service "$1"
	[ "$(traffic_of service "$1")" = "$2" ]
}

a_service_that_is_new_starts_at_zero()
{
	ask udp "$VIP" 53 --count 5
	lbctl service del dns
	lbctl service add dns udp "$VIP:53" pool four
	expect_equal "0 0 0 0" "$(traffic_of service dns)" "the traffic of the new service"
	expect_equal 0 "$(field service dns .flows_total)" "flows opened"
	ask udp "$VIP" 53 --count 3
	expect_equal 3 "$(field service dns .flows_total)" "flows opened"
}

what_is_refused_is_not_counted_as_traffic()
{
	hold web tcp "$VIP" 80
	lbctl flow del service web
	expect_equal 1 "$(field service web .flows_total)" "flows opened"
	local before
	before=$(traffic_of service web)
	expect_counted rejected-no-flow 1 expect_held web ping "0 ok 1 reset"
	lbctl service set dns when-empty reject
	lbctl real disable four r1
	lbctl real disable four r2
	expect_counted rejected-empty 1 ask udp "$VIP" 53
	expect_equal "$before" "$(traffic_of service web)" "the traffic of the service"
	expect_equal "0 0 0 0" "$(traffic_of service dns)" "the traffic of the service"
}

run_tests "$@"
