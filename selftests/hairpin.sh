#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A client on the link of the reals: they answer it directly, past the gateway, and
# it refuses what does not come from the service. With "snat auto" such clients, and
# only they, come to the reals as the gateway.
#
#   c0 ---- gw ---- sw ---- r1, r2
#                    '----- near 203.0.113.50, .51
ALL_TESTS="
	without_snat_a_client_near_the_reals_is_not_served
	with_snat_it_is_served
	the_real_sees_the_gateway_and_the_client_the_service
	a_flow_shows_the_source_that_the_real_sees
	clients_outside_keep_their_address
	a_client_on_the_gateway_keeps_its_address
	a_real_is_served_by_its_own_pool
	an_address_of_the_gateway_itself_serves_too
	a_big_transfer_comes_whole
	datagrams_in_pieces_come_back
	checksums_come_out_right_whoever_makes_them
	two_clients_with_one_port_get_two
	ports_of_the_gateways_own_sockets_are_left_alone
	without_a_free_port_the_client_is_refused
	a_port_is_free_again_when_its_flow_is_gone
	a_flow_keeps_its_source_when_snat_is_turned_off
	a_refusal_of_the_real_reaches_the_client
	an_upload_passes_a_small_mtu
	a_download_passes_a_small_mtu
	a_hop_limit_that_runs_out_is_told_to_the_client
	a_real_that_is_gone_is_told_to_the_client
	a_stateful_firewall_meets_client_and_real
	a_refused_answer_past_the_gateway_is_counted_and_told
	a_crowd_is_counted_and_told_of_once
	an_answer_in_the_name_of_the_service_is_counted_and_told
	what_is_not_answered_at_all_is_no_bypass
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"
source "$(dirname "$0")/lib_wire.sh"
source "$(dirname "$0")/lib_icmp.sh"

setup()
{
	need_program ethtool nft python3 tcpdump
	topology 2
	serve_all tcp/80 udp/80 bulk/81 udp/9000
	setup_near
	on gw sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	OUTSIDE=$c0
	in_both_families given_services
}

setup_near()
{
	setup_ns near
	link near eth0 sw near
	ip -n "$sw" link set near master br0
	address near eth0 203.0.113.50/24 203.0.113.51/24 2001:db8:3::50/64 2001:db8:3::51/64
	# What it found out of the way there is not to make it ask for less.
	ip -n "$near" -batch - <<-END
		route add default via $IN advmss 1440
		route add default via $IN6 advmss 1440
	END
	busywait 10 on near ping -q -c 1 -W 1 "$IN" >/dev/null
	busywait 10 on near ping -q -c 1 -W 1 "$IN6" >/dev/null
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,81,82)" pool "$pool" snat auto
	given_service "$pool-udp" udp "$(at_vip 80,82,9000)" pool "$pool" snat auto
}

# The words for traffic are about c0.
before_each()
{
	lbctl flush flows >/dev/null
	c0=$near
}

# near_at N: its addresses
near_at()
{
	if is_ipv6; then
		echo "2001:db8:3::$((49 + $1))"
	else
		echo "203.0.113.$((49 + $1))"
	fi
}

gateway_at()
{
	if is_ipv6; then
		echo "$IN6"
	else
		echo "$IN"
	fi
}

# expect_served N: so many answers, and the reals saw another one each time
expect_served()
{
	expect_equal "$1" "$(answers)" "the number of answers (of $(asked))"
	expect_error wrong-client "$1"
	expect_equal 1 "$(grep -c '^error' <<<"$ASKED")" "the kinds of errors (of $(asked))"
}

# Any real but the first is out of the way.
with_a_single_real()
{
	lbctl real disable "$pool" r2
	defer lbctl real enable "$pool" r2
}

without_snat_a_client_near_the_reals_is_not_served()
{
	local proto

	for proto in tcp udp; do
		lbctl service set "$pool-$proto" snat off
		defer lbctl service set "$pool-$proto" snat auto
		expect_counted flow-snat 0 ask_anew "$proto" "$vip" 80 --timeout 900
		expect_error timeout 1
	done
}

with_snat_it_is_served()
{
	local proto

	for proto in tcp udp; do
		expect_counted flow-snat 20 ask_anew "$proto" "$vip" 80 --count 20 --size 100
		expect_served 20
		expect_share r1 10
		expect_share r2 10
	done
}

the_real_sees_the_gateway_and_the_client_the_service()
{
	local proto logs

	logs=$(mktemp -d)
	defer rm -r "$logs"
	with_a_single_real
	for proto in tcp udp; do
		watch_ends near eth0 "$logs/$proto-near" "$proto" port 20000
		watch_ends r1 eth0 "$logs/$proto-r1" "$proto" port 20000
		ask "$proto" "$vip" 80 --source "$(near_at 1)" --sport 20000 --size 1000 --reset
		expect_served 1
		await 10 seen_both_ways "$logs/$proto-near" "$(near_at 1).20000" "$vip.80"
		await 10 seen_both_ways "$logs/$proto-r1" "$(gateway_at).20000" "$(real_at 1).80"
	done
}

# expect_value VALUE KEY: in $SHOWN
expect_value() { expect_equal "$1" "$(json_value "$2" "$SHOWN")" "$2"; }

a_flow_shows_the_source_that_the_real_sees()
{
	hold web tcp "$vip" 80 --source "$(near_at 1)" --sport 20001
	SHOWN=$(lbctl -j flow show)
	expect_value "$(near_at 1)" client_address
	expect_value 20001 client_port
	expect_value "$(gateway_at)" snat_address
	expect_value 20001 snat_port
	expect_value established state
	expect_output "$(gateway_at)" lbctl flow show
	c0=$OUTSIDE
	lbctl flush flows
	hold outside tcp "$vip" 80
	SHOWN=$(lbctl -j flow show)
	expect_value null snat_address
	expect_value null snat_port
}

ask_each_way()
{
	ask tcp "$vip" 80 --count 10
	expect_answers 10
	ask_anew udp "$vip" 80 --count 10
	expect_answers 10
}

clients_outside_keep_their_address()
{
	c0=$OUTSIDE
	expect_counted flow-snat 0 ask_each_way
	hold web tcp "$vip" 80
	expect_held web ping "1 ok"
	expect_fast_path expect_held web ping "1 ok"
}

a_client_on_the_gateway_keeps_its_address()
{
	local route

	for route in "$VIP/32 via $CLIENT" "$VIP6/128 via $CLIENT6"; do
		# shellcheck disable=SC2086 # words
		ip -n "$gw" route add $route
		# shellcheck disable=SC2086
		defer ip -n "$gw" route del $route
	done
	c0=$gw
	expect_counted flow-snat 0 ask_each_way
	ip -n "$gw" address add "$vip" dev lo
	defer ip -n "$gw" address del "$vip" dev lo
	expect_counted flow-snat 0 ask_each_way
}

a_real_is_served_by_its_own_pool()
{
	c0=$r1
	ask tcp "$vip" 80 --count 10
	expect_served 10
	expect_share r1 5
	expect_share r2 5
	ask_anew udp "$vip" 80 --count 10
	expect_served 10
}

# Then answers come to an address and a port that could be the service's own.
an_address_of_the_gateway_itself_serves_too()
{
	vip=$(gateway_at)
	given_service "$pool-own" tcp "$(at_vip 80,20080)" pool "$pool" snat auto
	given_service "$pool-own-udp" udp "$(at_vip 80)" pool "$pool" snat auto
	given_service "$pool-own-other" udp "$(at_vip 20080)" pool "$pool"
	ask tcp "$vip" 80 --count 4
	expect_served 4
	ask tcp "$vip" 80 --sport 20080
	expect_served 1
	ask udp "$vip" 80 --sport 20080
	expect_served 1
}

fetch() { on near "$TRAFFIC" fetch tcp "$vip" "$@"; }

a_big_transfer_comes_whole()
{
	fetch 81 --size 5000000
	fetch 80 --size 2000000 --upload
}

datagrams_in_pieces_come_back()
{
	ask_anew udp "$vip" 9000 --count 10 --size 8000
	expect_served 10
	is_ipv6 || {
		ask_anew udp "$vip" 9000 --count 10 --size 8000 --no-checksum
		expect_served 10
		ask_anew udp "$vip" 9000 --count 10 --size 10 --no-checksum
		expect_served 10
	}
}

checksummed_traffic()
{
	local before size

	before=$(wrong_checksums near r1 r2)
	for size in 1 2 777 1400; do
		ask_anew udp "$vip" 9000 --count 2 --size "$size"
		expect_served 2
	done
	# Here the port changes as well.
	ask tcp "$vip" 80 --count 4 --size 333 --sport 40000-40003 --reset
	expect_served 4
	fetch 81 --size 500000
	fetch 80 --size 200000 --upload
	expect_equal "$before" "$(wrong_checksums near r1 r2)" "the packets with a wrong checksum"
}

# As in checksums_offloaded.sh.
checksums_come_out_right_whoever_makes_them()
{
	checksummed_traffic
	offload gw in0 tx off
	checksummed_traffic
	offload near eth0 tx off
	offload r1 eth0 tx off
	offload r2 eth0 tx off
	checksummed_traffic
	offload gw in0 gro on
	checksummed_traffic
}

# The ports that reals see, in order of the clients' addresses.
shown_ports()
{
	lbctl -j flow show | grep -o '"client_address":"[^"]*"\|"snat_port":[0-9]*' |
		paste - - | sort | grep -o '[0-9]*$' | tr '\n' ' '
}

two_clients_with_one_port_get_two()
{
	local proto ports

	with_a_single_real
	for proto in tcp udp; do
		lbctl flush flows
		hold "$proto-1" "$proto" "$vip" 80 --source "$(near_at 1)" --sport 20002
		hold "$proto-2" "$proto" "$vip" 80 --source "$(near_at 2)" --sport 20002
		expect_held "$proto-1" ping "1 ok"
		expect_held "$proto-2" ping "1 ok"
		expect_held "$proto-1" ping "1 ok"
		ports=$(shown_ports)
		echo "ports $ports"
		[[ $ports =~ ^20002\ ([0-9]+)\ $ ]] || fail "expected 20002 for the first, seen $ports"
		[ "${BASH_REMATCH[1]}" != 20002 ] || fail "expected another for the second"
	done
}

ports_of_the_gateways_own_sockets_are_left_alone()
{
	local port

	with_a_single_real
	on gw sysctl -qw net.ipv4.ip_local_port_range="2000 64999"
	defer on gw sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
	hold web tcp "$vip" 80 --count 200 --sport 30000-30199
	for port in $(shown_ports); do
		((port >= 1024 && port < 2000 || port > 64999 && port < 65536)) ||
			fail "expected none of 2000 to 64999, seen $port"
	done
	expect_equal 200 "$(shown_ports | tr ' ' '\n' | grep . | sort -u | wc -l)" "ports"
	expect_held web ping "200 ok"
}

without_a_free_port_the_client_is_refused()
{
	on gw sysctl -qw net.ipv4.ip_local_port_range="1024 65535"
	defer on gw sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
	expect_counted rejected-no-port 1 ask tcp "$vip" 80
	expect_error refused 1
	expect_counted rejected-no-port 1 ask_anew udp "$vip" 80
	expect_error port-unreachable 1
}

a_port_is_free_again_when_its_flow_is_gone()
{
	with_a_single_real
	hold first udp "$vip" 80 --source "$(near_at 1)" --sport 20003
	expect_equal "20003 " "$(shown_ports)" "the port of the first"
	lbctl flow del service "$pool-udp"
	hold second udp "$vip" 80 --source "$(near_at 2)" --sport 20003
	expect_equal "20003 " "$(shown_ports)" "the port of the second"
}

a_flow_keeps_its_source_when_snat_is_turned_off()
{
	hold web tcp "$vip" 80 --count 4
	hold dns udp "$vip" 80 --count 4
	lbctl service set "$pool-tcp" snat off
	defer lbctl service set "$pool-tcp" snat auto
	lbctl service set "$pool-udp" snat off
	defer lbctl service set "$pool-udp" snat auto
	expect_held web ping "4 ok"
	expect_held dns ping "4 ok"
	expect_held web close "4 ok"
}

a_refusal_of_the_real_reaches_the_client()
{
	ask tcp "$vip" 82 --count 4
	expect_error refused 4
	ask udp "$vip" 82 --count 4
	expect_error port-unreachable 4
}

# with_small_route ADDRESS: what the gateway sends there has to be small
with_small_route()
{
	ip -n "$gw" route add "$1" dev in0 mtu lock 1400
	defer ip -n "$gw" route del "$1"
}

an_upload_passes_a_small_mtu()
{
	local before

	with_small_route "$(real_at 1)"
	with_small_route "$(real_at 2)"
	before=$(stat_of icmp-reply)
	fetch 80 --size 3000000 --upload
	expect_at_least $((before + 1)) "$(stat_of icmp-reply)" "the count of errors for clients"
}

fragmentation_needed()
{
	on "$1" nstat -asz IcmpInDestUnreachs Icmp6InPktTooBigs | awk '{ n += $2 } END { print n + 0 }'
}

a_download_passes_a_small_mtu()
{
	local before

	with_a_single_real
	with_small_route "$(near_at 1)"
	with_small_route "$(near_at 2)"
	before=$(fragmentation_needed r1)
	fetch 81 --size 3000000
	expect_at_least $((before + 1)) "$(fragmentation_needed r1)" "the errors that the real had"
}

a_hop_limit_that_runs_out_is_told_to_the_client()
{
	expect_unreachable near "$vip" 80 1
}

# given_only_one_that_is_gone SERVICE: nobody has the address of its real
given_only_one_that_is_gone()
{
	lbctl pool add "$pool-gone"
	defer lbctl pool del "$pool-gone"
	lbctl real add "$pool-gone" gone "$(real_at 80)"
	lbctl service set "$1" pool "$pool-gone"
	defer lbctl service set "$1" pool "$pool"
}

# The gateway finds out only when the source is its own already.
a_real_that_is_gone_is_told_to_the_client()
{
	given_only_one_that_is_gone "$pool-udp"
	expect_unreachable near "$vip" 80 64
}

# Conntrack takes what does not fit its connections for invalid.
a_stateful_firewall_meets_client_and_real()
{
	local family=ip

	! is_ipv6 || family=ip6
	on gw nft -f - <<-END
		table inet fw {
			chain forward {
				type filter hook forward priority filter; policy drop;
				ct state established accept
				ct state new $family saddr { $(near_at 1), $(near_at 2) } $family daddr { $(real_at 1), $(real_at 2) } accept
			}
		}
	END
	defer settling on gw nft delete table inet fw
	ask tcp "$vip" 80 --count 10
	expect_served 10
	ask_anew udp "$vip" 80 --count 10
	expect_served 10
	fetch 81 --size 1000000
}

# given_monitor: its events go to the file $EVENTS
given_monitor()
{
	EVENTS=$(mktemp)
	defer rm "$EVENTS"
	in_background gw "$LBCTL" -j monitor health >"$EVENTS"
	await 20 grep -q '"monitoring"' "$EVENTS"
}

# has_events N REGEX...: so many of bypasses; each has all of that
has_events()
{
	local count=$1 regex

	shift
	cat "$EVENTS"
	[ "$(grep -c '"event":"bypassed"' "$EVENTS")" = "$count" ] || return
	for regex; do
		[ "$(grep '"event":"bypassed"' "$EVENTS" | grep -c "$regex")" = "$count" ] || return
	done
}

# no_snat: until the end of the test
no_snat()
{
	lbctl service set "$pool-tcp" snat off
	defer lbctl service set "$pool-tcp" snat auto
}

# It sends its SYN three times.
a_refused_answer_past_the_gateway_is_counted_and_told()
{
	given_monitor
	no_snat
	with_a_single_real
	expect_counted bypassed 1 ask tcp "$vip" 80 --source "$(near_at 1)" --sport 20004 \
		--timeout 5000
	expect_error timeout 1
	await 10 has_events 1 '"object":"flow"' "\"service\":\"$pool-tcp\"" '"real":"r1"' \
		"\"client_address\":\"$(near_at 1)\",\"client_port\":20004," '"state":"bypassed"' \
		'"why":"the real answers past the gateway'
	# The sentence is for people, too.
	expect_equal bypassed "$(json_value state "$(lbctl -j flow show client "$(near_at 1)")")" \
		"the state"
}

# The test before may have been less than 10 seconds ago.
a_crowd_is_counted_and_told_of_once()
{
	given_service "$pool-crowd" tcp "$(at_vip 8080)" pool "$pool" to 80
	given_monitor
	expect_counted bypassed 8 ask tcp "$vip" 8080 --count 8 --parallel 8 --timeout 2500
	expect_error timeout 8
	await 10 has_events 1 "\"service\":\"$pool-crowd\""
	# What comes later would be behind it.
	lbctl verdict set "$pool" r2 up
	defer lbctl verdict del "$pool" r2
	await 10 grep -q '"object":"verdict"' "$EVENTS"
	has_events 1
}

# A real that has the virtual address as well needs no gateway to answer.
an_answer_in_the_name_of_the_service_is_counted_and_told()
{
	local family=ip

	! is_ipv6 || family=ip6
	with_a_single_real
	given_service "$pool-direct" tcp "$(at_vip 8081)" pool "$pool" to 80
	on r1 nft -f - <<-END
		table inet direct {
			chain output {
				type filter hook output priority filter;
				$family saddr $(real_at 1) tcp sport 80 $family saddr set $vip tcp sport set 8081
			}
		}
	END
	defer on r1 nft delete table inet direct
	given_monitor
	before=$(stat_of bypassed)
	hold direct tcp "$vip" 8081 --source "$(near_at 1)" --sport 20005
	expect_held direct ping "1 ok"
	expect_held direct ping "1 ok"
	expect_equal $((before + 1)) "$(stat_of bypassed)" "the count of bypassed"
	await 10 has_events 1 "\"service\":\"$pool-direct\"" '"real":"r1"' \
		"\"client_address\":\"$(near_at 1)\",\"client_port\":20005,"
}

what_is_not_answered_at_all_is_no_bypass()
{
	given_only_one_that_is_gone "$pool-tcp"
	# Not even under auto: what it would answer would come by.
	expect_counted bypassed 0 ask tcp "$vip" 80 --timeout 1500
	c0=$OUTSIDE
	expect_counted bypassed 0 ask tcp "$vip" 80 --timeout 1500
	lbctl service set "$pool-tcp" pool "$pool"
	expect_counted bypassed 0 ask tcp "$vip" 80 --count 10
	expect_answers 10
}

over_both_families

ALL_TESTS+="
	mail_keeps_the_address_of_the_client
	mail_is_translated_where_it_is_told_to
"

mail_keeps_the_address_of_the_client()
{
	local why="mail servers need the address of the client"

	given_service mail tcp "$VIP:25" pool four
	expect_refusal "$why" lbctl service set mail snat auto
	expect_refusal "$why" lbctl service add more tcp "$VIP:26,25" pool four snat auto
	expect_refusal "$why" lbctl service add more tcp "$VIP:26" pool four to 25 snat auto
	expect_refusal "$why" lbctl service set four-tcp port 80,25
	expect_ok lbctl service set mail snat off
	# Not even UDP has anything to do with it.
	given_service more udp "$VIP:25" pool four snat auto
	expect_equal auto "$(field service more .snat)" "the setting"
	expect_equal off "$(field service mail .snat)" "the setting"
}

# On the service's own port and on the real's.
mail_is_translated_where_it_is_told_to()
{
	given_service mail tcp "$VIP:25" pool four to 80 snat auto-smtp
	expect_equal auto-smtp "$(field service mail .snat)" "the setting"
	expect_counted flow-snat 4 ask_anew tcp "$VIP" 25 --count 4
	expect_served 4
	lbctl service set mail snat off
	expect_counted flow-snat 0 ask_anew tcp "$VIP" 25 --timeout 900
	expect_refusal "mail servers need the address of the client" \
		lbctl service set mail snat auto
}

run_tests "$@"
