#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What else a gateway does goes on as if there were no balancer: stateful rules
# find all flows in order, masquerading hides the reals' own connections and
# leaves flows alone, and who lies about where he is gets nowhere.
ALL_TESTS="
	a_stateful_firewall_finds_all_in_order
	a_stateful_firewall_drops_what_it_does_not_accept
	what_is_not_tracked_takes_the_fast_path
	masquerading_leaves_flows_alone
	filters_at_the_ingress_of_a_device_see_every_packet
	what_a_program_lets_pass_is_served
	a_strict_reverse_path_is_kept
	a_client_cannot_pretend_to_be_inside
	a_real_cannot_pretend_to_be_a_client
	a_real_cannot_pretend_to_be_a_client_that_has_a_flow
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	need_program nft
	topology 2
	serve_all tcp/80 bulk/81 bye/82 udp/53
	on gw sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	on r1 sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	on r2 sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80,81,82,83)" pool "$pool"
	given_service "$pool-udp" udp "$(at_vip 53,54)" pool "$pool"
}

# table NAMESPACE NAME [FAMILY]: rules from standard input, until the end of the test
table()
{
	{
		echo "table ${3:-inet} $2 {"
		cat
		echo "}"
	} | on "$1" nft -f -
	defer on "$1" nft delete table "${3:-inet}" "$2"
}

# counted NAMESPACE TABLE COUNTER [FAMILY]: packets
counted()
{
	on "$1" nft list counter "${4:-inet}" "$2" "$3" | sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

stateful_firewall()
{
	table gw fence <<-END
		counter invalid { }
		counter refused { }
		chain forward {
			type filter hook forward priority 0; policy drop
			ct state invalid counter name invalid drop
			ct state established,related accept
			iifname out0 oifname in0 tcp dport { 80, 81, 82 } ct state new accept
			iifname out0 oifname in0 udp dport { 53, 54 } ct state new accept
			iifname in0 oifname out0 tcp dport 7000 ct state new accept
			meta l4proto { tcp, udp } counter name refused
		}
	END
}

# All ways to begin and to end, and errors.
talk()
{
	ask tcp "$vip" 80 --count 10 --size 100
	expect_answers 10
	ask tcp "$vip" 80 --count 10 --reset
	expect_answers 10
	ask tcp "$vip" 82 --count 10
	expect_answers 10
	ask_anew udp "$vip" 53 --count 10 --size 100
	expect_answers 10
	ask_anew udp "$vip" 54 --count 4
	expect_error port-unreachable 4
	on c0 "$TRAFFIC" fetch tcp "$vip" 81 --size 500000
	on c0 "$TRAFFIC" fetch tcp "$vip" 80 --size 200000 --upload
}

a_stateful_firewall_finds_all_in_order()
{
	stateful_firewall
	expect_slow_path talk
	hold web tcp "$vip" 80 --count 4
	hold dns udp "$vip" 53 --count 4
	expect_slow_path expect_held web ping "4 ok"
	expect_slow_path expect_held dns ping "4 ok"
	expect_slow_path expect_held web close "4 ok"
	expect_equal 0 "$(counted gw fence invalid)" "the packets that the firewall took for invalid"
	expect_equal 0 "$(counted gw fence refused)" "the packets that the firewall did not expect"
}

a_stateful_firewall_drops_what_it_does_not_accept()
{
	stateful_firewall
	ask tcp "$vip" 83 --timeout 300
	expect_error timeout 1
	expect_at_least 1 "$(counted gw fence refused)" "the packets that the firewall dropped"
}

# As the README has it.
what_is_not_tracked_takes_the_fast_path()
{
	local ip=ip

	! is_ipv6 || ip=ip6
	settling stateful_firewall
	settling table gw lb <<-END
		chain raw {
			type filter hook prerouting priority raw
			$ip daddr $vip notrack
			$ip saddr { $(real_at 1), $(real_at 2) } tcp sport { 80, 81, 82 } notrack
			$ip saddr { $(real_at 1), $(real_at 2) } udp sport 53 notrack
		}
	END
	on gw nft insert rule inet fence forward ct state untracked accept
	hold web tcp "$vip" 80 --count 4
	hold dns udp "$vip" 53 --count 4
	expect_fast_path expect_held web ping "4 ok"
	expect_fast_path expect_held dns ping "4 ok"
	expect_fast_path expect_held web ping "4 ok"
	ask tcp "$vip" 80 --count 10
	expect_answers 10
	ask tcp "$vip" 82 --count 10
	expect_answers 10
	on c0 "$TRAFFIC" fetch tcp "$vip" 81 --size 500000
	on c0 "$TRAFFIC" fetch tcp "$vip" 80 --size 200000 --upload
	expect_equal 0 "$(counted gw fence invalid)" "the packets that the firewall took for invalid"
}

# The clients compare the address that the server saw with their own, and take
# answers from the service only.
masquerading_leaves_flows_alone()
{
	local c0=$c0 server

	stateful_firewall
	table gw hide <<-END
		chain out {
			type nat hook postrouting priority srcnat
			oifname out0 masquerade
		}
	END
	expect_slow_path talk
	server=$(on c0 "$TRAFFIC" serve world "$client" tcp/7000)
	defer kill "$server"
	c0=$r1
	ask tcp "$client" 7000 --count 4
	expect_share world 4
	expect_error wrong-client 4
}

# --- before the stack --------------------------------------------------------

# ingress_filter NAME PRIORITY: counts datagrams of the service as they come in by each
# device, and drops those that go to port 54
ingress_filter()
{
	local ip=ip

	! is_ipv6 || ip=ip6
	table gw "$1" netdev <<-END
		counter requests { }
		counter replies { }
		chain outside {
			type filter hook ingress device out0 priority $2
			$ip daddr $vip udp dport 53 counter name requests
			$ip daddr $vip udp dport 54 drop
		}
		chain inside {
			type filter hook ingress device in0 priority $2
			$ip saddr $(real_at 1) udp sport 53 counter name replies
		}
	END
}

# expect_seen N: so many each way, by both filters
expect_seen()
{
	local name

	for name in earlier later; do
		expect_equal "$1 $1" \
			"$(counted gw "$name" requests netdev) $(counted gw "$name" replies netdev)" \
			"the requests and replies that the $name filter has seen"
	done
}

no_arms()
{
	with_arms || return 0
	lbctl arm del out0
	lbctl arm del in0
}

# One is there before the arms, the other comes later and wants to be last.
filters_at_the_ingress_of_a_device_see_every_packet()
{
	lbctl real disable "$pool" r2
	defer lbctl real enable "$pool" r2
	no_arms
	ingress_filter earlier 0
	given_arms out0 in0
	ingress_filter later 100
	hold dns udp "$vip" 53 --count 4
	expect_fast_path expect_held dns ping "4 ok"
	expect_seen 8
	ask udp "$vip" 54 --timeout 300
	expect_error timeout 1
}

# A program that lets pass what comes to queue 5.
start_queue_program()
{
	nsenter --net="/run/netns/$gw" -- python3 - <<-'END' &
		import socket, struct

		def message(kind, attribute, value):
		    length = 4 + len(value)
		    body = struct.pack('!BBH', 0, 0, 5) + struct.pack('HH', length, attribute) + value
		    body += bytes(-length % 4)
		    return struct.pack('IHHII', 16 + len(body), 3 << 8 | kind, 1, 0, 0) + body

		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
		s.send(message(2, 1, struct.pack('!BBH', 1, 0, 0)))	# bind
		s.send(message(2, 2, struct.pack('!IB', 0, 1)))		# without the packets
		while True:
		    data = s.recv(65536)
		    if struct.unpack('H', data[4:6])[0] == 3 << 8:
		        # The first attribute has the number of the packet.
		        s.send(message(1, 2, struct.pack('!I', 1) + data[24:28]))
	END
	defer kill $!
	await 20 queued
}

# queued: how many packets have come to it; fails as long as there is no queue
# shellcheck disable=SC2016 # awk's
queued() { on gw awk '$1 == 5 { print $8; found = 1 } END { exit !found }' /proc/net/netfilter/nfnetlink_queue; }

send_requests_to_a_program()
{
	local ip=ip

	! is_ipv6 || ip=ip6
	table gw inspect <<-END
		chain pre {
			type filter hook prerouting priority raw
			$ip daddr $vip queue num 5
		}
	END
}

# They come to our hook in the program's context.
what_a_program_lets_pass_is_served()
{
	start_queue_program
	settling send_requests_to_a_program
	ask tcp "$vip" 80 --count 100 --parallel 8
	expect_answers 100
	ask udp "$vip" 53 --count 100 --parallel 8 --sport 20000-20099
	expect_answers 100
	expect_at_least 200 "$(queued)" "the packets that the program let pass"
}

# --- who lies about where he is ----------------------------------------------

# For IPv4 a setting, for IPv6 a rule.
strict_reverse_path()
{
	if is_ipv6; then
		table gw spoof <<-END
			chain pre {
				type filter hook prerouting priority raw
				meta nfproto ipv6 fib saddr . iif oif missing drop
			}
		END
		return
	fi
	on gw sysctl -qw net.ipv4.conf.out0.rp_filter=1 net.ipv4.conf.in0.rp_filter=1
	defer on gw sysctl -qw net.ipv4.conf.out0.rp_filter=0 net.ipv4.conf.in0.rp_filter=0
}

a_strict_reverse_path_is_kept()
{
	settling strict_reverse_path
	hold web tcp "$vip" 80 --count 4
	hold dns udp "$vip" 53 --count 4
	expect_fast_path expect_held web ping "4 ok"
	expect_fast_path expect_held dns ping "4 ok"
	ask tcp "$vip" 80 --count 10 --source "$(sources 5)"
	expect_answers 10
}

# count_at_reals SOURCE PORT: datagrams from there
count_at_reals()
{
	local where ip=ip

	! is_ipv6 || ip=ip6
	for where in r1 r2; do
		table "$where" look <<-END
			counter seen { }
			chain in {
				type filter hook prerouting priority -300
				$ip saddr $1 udp sport $2 counter name seen
			}
		END
	done
}

seen_at_reals() { echo $(($(counted r1 look seen) + $(counted r2 look seen))); }

# lie SOURCE PORT: from c0, which takes that address for one of its own meanwhile
lie()
{
	ip -n "$c0" route add local "$1" dev lo
	ask udp "$vip" 53 --source "$1" --sport "$2" --timeout 300
	ip -n "$c0" route del local "$1" dev lo
}

# expect_lie_to_fail SOURCE PORT: it reaches a real as long as nobody looks; then
# it does neither open a flow nor belong to one
expect_lie_to_fail()
{
	count_at_reals "$1" "$2"
	lie "$1" "$2"
	expect_equal 1 "$(seen_at_reals)" "the datagrams that come to the reals"
	lbctl flush flows
	strict_reverse_path
	lie "$1" "$2"
	lie "$1" "$2"
	expect_equal 1 "$(seen_at_reals)" "the datagrams that come to the reals"
}

inside_address() { if is_ipv6; then echo 2001:db8:3::50; else echo 203.0.113.50; fi; }

a_client_cannot_pretend_to_be_inside() { expect_lie_to_fail "$(inside_address)" 40000; }

a_real_cannot_pretend_to_be_a_client()
{
	local c0=$r2

	expect_lie_to_fail "$client" 40000
}

# The flow is there, and the fast path knows its way.
a_real_cannot_pretend_to_be_a_client_that_has_a_flow()
{
	local c0=$c0

	settling strict_reverse_path
	hold dns udp "$vip" 53 --sport 40000
	expect_held dns ping "1 ok"
	expect_fast_path expect_held dns ping "1 ok"
	count_at_reals "$client" 40000
	c0=$r2
	lie "$client" 40000
	expect_equal 0 "$(seen_at_reals)" "the datagrams that come to the reals"
	expect_held dns ping "1 ok"
	expect_equal 1 "$(seen_at_reals)" "the datagrams that come to the reals"
}

over_both_families
run_tests "$@"
