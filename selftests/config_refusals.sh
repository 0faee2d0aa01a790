#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is refused changes nothing, and the message names the word that it is
# about. Each test is a table of lines "STATUS|MESSAGE|WORDS": "lbctl WORDS"
# exits with STATUS, 1 if the kernel refuses and 2 if lbctl does, and its
# message has MESSAGE in it.
ALL_TESTS="
	names_that_are_taken_are_refused
	names_of_nothing_are_refused
	pools_in_use_are_not_removed
	checks_that_are_required_stay
	unknown_and_double_checks_are_refused
	addresses_that_cannot_be_routed_to_are_refused
	addresses_of_the_other_family_are_refused
	endpoints_belong_to_one_service
	settings_that_do_not_go_together_are_refused
	whoever_lacks_the_capability_may_read_all_but_flows
	words_that_are_missing_are_asked_for
	words_that_are_too_much_are_refused
	names_have_a_form
	numbers_have_a_range
	values_are_words_that_are_known
	addresses_and_ports_have_a_form
	reasons_are_printable_and_short
	nothing_of_a_good_command_is_refused
"
ARMS=never
source "$(dirname "$0")/lib.sh"

setup()
{
	setup_ns gw
	lbctl pool add web check http,smtp
	lbctl real add web r1 203.0.113.11
	lbctl real add web r2 203.0.113.12 weight 2
	lbctl pool add six
	lbctl real add six r1 2001:db8:3::11
	lbctl pool add bare
	lbctl pool add empty
	lbctl service add www tcp 198.51.100.1:80,443 pool web require http
	lbctl service add one tcp 198.51.100.1:25 pool web to 2525
	lbctl service add dns udp 198.51.100.1:53 pool bare
	lbctl service add www6 tcp "[2001:db8:2::1]:80" pool six
	lbctl verdict set web r1 check http down reason "HTTP 503"
	lbctl verdict set web r2 up
}

generation() { json_value generation "$(lbctl -j stats)"; }

# All that can be configured, and the generation.
configuration()
{
	lbctl -j pool show
	lbctl -j real show | sed 's/is down for [0-9]*[a-z]*/is down/'
	lbctl -j service show
	lbctl -j verdict show | sed 's/"age_ms":[0-9]*//'
	generation
}

# Reads the table; says of each line that does not hold what was seen.
expect_table()
{
	local status message command out rc words wrong=0 before

	before=$(configuration)
	while IFS='|' read -r status message command; do
		eval "words=($command)"
		rc=0
		out=$(lbctl "${words[@]}" 2>&1) || rc=$?
		[ "$rc" = "$status" ] && [[ $out == *"$message"* ]] && continue
		echo "lbctl $command: expected $status, \"$message\"; seen $rc, \"$out\""
		wrong=$((wrong + 1))
	done
	[ "$wrong" = 0 ] || fail "$wrong lines of the table do not hold"
	expect_equal "$before" "$(configuration)" "the configuration"
}

names_that_are_taken_are_refused()
{
	expect_table <<-'END'
		1|"web": there is a pool of this name already|pool add web
		1|"web": there is a pool of this name already|pool add web check new
		1|"r1": the pool has a real of this name already|real add web r1 203.0.113.19
		1|"www": there is a service of this name already|service add www tcp 198.51.100.9:80 pool web
		1|"203.0.113.11": another real of the pool has this address|real add web r3 203.0.113.11
		1|"2001:db8:3::11": another real of the pool has this address|real add six r3 2001:db8:3:0::11
	END
}

names_of_nothing_are_refused()
{
	expect_table <<-'END'
		1|"none": there is no pool of this name|pool set none check http
		1|"none": there is no pool of this name|pool del none
		1|"none": there is no pool of this name|real add none r1 203.0.113.19
		1|"none": there is no pool of this name|real set none r1 weight 3
		1|"none": there is no pool of this name|real drain none r1
		1|"none": there is no pool of this name|real del none r1
		1|"r9": the pool has no real of this name|real set web r9 weight 3
		1|"r9": the pool has no real of this name|real disable web r9
		1|"r9": the pool has no real of this name|real del web r9
		1|"none": there is no pool of this name|service add new tcp 198.51.100.9:80 pool none
		1|"none": there is no pool of this name|service set www pool none
		1|"none": there is no service of this name|service set none sched wrr
		1|"none": there is no service of this name|service del none
		1|"none": there is no pool of this name|verdict set none r1 down
		1|"none": there is no pool of this name|verdict del none r1
		1|"r9": the pool has no real of this name|verdict set web r9 up
		1|"r9": the pool has no real of this name|verdict del web r9 check http
		1|"none"|pool show none
		1|"none"|service show none
		1|"r9"|real show web r9
		1|"none"|-n none pool show
	END
}

pools_in_use_are_not_removed()
{
	expect_table <<-'END'
		1|"web": a service uses this pool|pool del web
		1|"bare": a service uses this pool|pool del bare
	END
}

checks_that_are_required_stay()
{
	expect_table <<-'END'
		1|"smtp": a service requires a check that this list leaves out|pool set web check smtp
		1|a service requires a check that this list leaves out|pool set web check none
		1|"bare": the pool lacks a check that the service requires|service set www pool bare
	END
}

unknown_and_double_checks_are_refused()
{
	expect_table <<-'END'
		1|"http": the check stands twice in the list|pool add new check smtp,http,imap,http
		1|"smtp": the check stands twice in the list|pool set web check smtp,smtp
		1|"imap": the pool has no check of this name|service add new tcp 198.51.100.9:80 pool web require http,imap
		1|"imap": the pool has no check of this name|service set www require imap
		1|"imap": the pool has no check of this name|verdict set web r1 check imap down
		1|"imap": the pool has no check of this name|verdict del web r1 check imap
		1|"http": the pool has no check of this name|service set www pool bare require http
	END
}

addresses_that_cannot_be_routed_to_are_refused()
{
	expect_table <<-'END'
		1|"0.0.0.0": this is not a unicast address|real add empty new 0.0.0.0
		1|"127.0.0.1": this is not a unicast address|real add empty new 127.0.0.1
		1|"224.0.0.1": this is not a unicast address|real add empty new 224.0.0.1
		1|"255.255.255.255": this is not a unicast address|real add empty new 255.255.255.255
		1|"::": this is not a unicast address|real add empty new ::
		1|"::1": this is not a unicast address|real add empty new ::1
		1|"fe80::1": this is not a unicast address|real add empty new fe80::1
		1|"ff02::1": this is not a unicast address|real add empty new ff02::1
		1|"::ffff:192.0.2.1": this is not a unicast address|real add empty new ::ffff:192.0.2.1
		1|"127.0.0.2": this is not a unicast address|service add new tcp 127.0.0.2:80 pool empty
		1|"239.1.1.1": this is not a unicast address|service add new udp 239.1.1.1:80 pool empty
		1|"fe80::1": this is not a unicast address|service add new udp [fe80::1]:80 pool empty
	END
}

addresses_of_the_other_family_are_refused()
{
	expect_table <<-'END'
		1|"2001:db8:3::19": the pool's other reals have addresses of the other family|real add web new 2001:db8:3::19
		1|"203.0.113.19": the pool's other reals have addresses of the other family|real add six new 203.0.113.19
		1|"2001:db8:3::19": a service of the pool has an address of the other family|real add bare new 2001:db8:3::19
		1|"six": the reals of the pool have addresses of the other family|service add new tcp 198.51.100.9:80 pool six
		1|"web": the reals of the pool have addresses of the other family|service add new tcp [2001:db8:2::9]:80 pool web
		1|"six": the reals of the pool have addresses of the other family|service set dns pool six
	END
}

endpoints_belong_to_one_service()
{
	expect_table <<-'END'
		1|"443": another service has this protocol, address and port|service add new tcp 198.51.100.1:443 pool web
		1|"90,91,25": another service has this protocol, address and port|service add new tcp 198.51.100.1:90,91,25 pool web
		1|"53": another service has this protocol, address and port|service add new udp 198.51.100.1:53 pool web
		1|"80": another service has this protocol, address and port|service add new tcp [2001:db8:2::1]:80 pool six
		1|"80": another service has this protocol, address and port|service set one port 80
	END
}

settings_that_do_not_go_together_are_refused()
{
	expect_table <<-'END'
		1|"90,91,90": a port stands twice in the list|service add new tcp 198.51.100.1:90,91,90 pool web
		1|"80,80": a port stands twice in the list|service set www port 80,80
		1|"8080": only a service with a single port can map it to another|service add new tcp 198.51.100.1:90,91 pool web to 8080
		1|"8080": only a service with a single port can map it to another|service set www to 8080
		1|only a service with a single port can map it to another|service set one port 25,26
		1|"33": the prefix is longer than an address of the service|service add new tcp 198.51.100.1:90 pool web hash source/33
		1|"128": the prefix is longer than an address of the service|service set www hash source/128
		1|"252": the size of a maglev table must be a prime|service add new tcp 198.51.100.1:90 pool web table-size 252
		1|"1.25": a bound goes only with the scheduler maglev|service set www sched rr bound 1.25
		1|"1048572": the size of a maglev table must be a prime|service set www table-size 1048572
	END
}

# Root, but without the right to say so.
lbctl_unprivileged()
{
	on gw setpriv --bounding-set=-net_admin --inh-caps=-net_admin "$LBCTL" "$@"
}

whoever_lacks_the_capability_may_read_all_but_flows()
{
	local before command

	need_program setpriv
	before=$(configuration)
	while read -r command; do
		# shellcheck disable=SC2086 # words
		expect_refusal "not permitted" lbctl_unprivileged $command
	done <<-'END'
		pool add new
		pool del empty
		real set web r1 weight 5
		service set www sched wrr
		verdict set web r1 up
		flow del pool web
		flush flows
		flush config
		flow show
		-j flow show pool web
	END
	expect_output www lbctl_unprivileged service show
	expect_output '"HTTP 503"' lbctl_unprivileged -j verdict show
	expect_output flow-opened lbctl_unprivileged stats
	expect_equal "$before" "$(configuration)" "the configuration"
}

words_that_are_missing_are_asked_for()
{
	expect_table <<-'END'
		2|Usage: lbctl|
		2|"pool": expected add, set, del or show|pool
		2|"-n" needs a value|-n
		2|the name of the pool is missing|pool add
		2|expected at least one of check, hash-key, min-usable or ramp|pool set web
		2|"check" needs a value|pool set web check
		2|the name of the real is missing|real del web
		2|the address of the real is missing|real add web r9
		2|expected at least one of weight, admin, max-flows, max-rate or tier|real set web r1
		2|the name of the service is missing|service del
		2|the protocol is missing|service add new
		2|the virtual address and port is missing|service add new tcp
		2|expected pool POOL|service add new tcp 198.51.100.9:80
		2|expected at least one of port,|service set www
		2|"timeout" needs a value|service set www timeout
		2|"timeout syn" needs a value|service set www timeout syn
		2|expected up or down|verdict set web r1
		2|expected up or down|verdict set web r1 check http
		2|"reason" needs a value|verdict set web r1 down reason
		2|expected at least one of service,|flow del
		2|"flush": expected config or flows|flush
	END
}

words_that_are_too_much_are_refused()
{
	expect_table <<-'END'
		2|"-x" is not known here|-x pool show
		2|"pools" is not known here|pools show
		2|"remove" is not known here|pool remove web
		2|"weight" is not known here: expected check, hash-key, min-usable or ramp|pool add new weight 1
		2|"now" is one word too many|pool del web now
		2|"check" is given twice|pool set web check a check b
		2|"weight" is given twice|real set web r1 weight 1 weight 2
		2|"now" is not known here: expected deadline|real drain web r1 now
		2|"now" is one word too many|real enable web r1 now
		2|"deadline" needs a value|real drain web r1 deadline
		2|deadline "8d": expected a time from 0 to 7d|real drain web r1 deadline 8d
		2|"--wait" is given twice|real drain web r1 --wait --wait
		2|"port" is not known here|service add new tcp 198.51.100.9:80 pool web port 81
		2|"timeout syn" is given twice|service set www timeout syn 1s timeout syn 2s
		2|"down" is one word too many|verdict set web r1 up down
		2|"state" is not known here|flow del state syn
		2|"everything" is not known here|monitor everything
		2|"all" is not known here|flush all
		2|"now" is one word too many|flush config now
	END
}

names_have_a_form()
{
	local long=a234567890123456789012345678901

	expect_equal 31 ${#long} "the length of the longest name"
	expect_table <<-END
		2|"": expected a name|pool add ''
		2|"-a": expected a name|pool add -a
		2|".a": expected a name|pool add .a
		2|"a b": expected a name|pool add 'a b'
		2|"a/b": expected a name|pool del a/b
		2|"${long}2": expected a name|pool add ${long}2
		1|"$long": there is no pool of this name|pool del $long
		2|"Ä": expected a name|real add web Ä 203.0.113.19
		2|"a*": expected a name|service del 'a*'
		2|"a,,b": expected 1 to 32 names of checks|pool set web check a,,b
		2|expected 1 to 32 names of checks|pool set web check $(seq -s, 33)
		2|"../gw": expected the name of a network namespace|-n ../gw pool show
	END
}

numbers_have_a_range()
{
	expect_table <<-'END'
		2|weight "65536": expected a number from 0 to 65535|real set web r1 weight 65536
		2|weight "-1": expected a number|real set web r1 weight -1
		2|weight "1.5": expected a number|real add web r9 203.0.113.19 weight 1.5
		2|weight "99999999999999999999": expected a number|real set web r1 weight 99999999999999999999
		2|table-size "250": expected a number from 251 to 1048573|service set www table-size 250
		2|table-size "1048574": expected a number|service set www table-size 1048574
		2|bound "1": expected a number from 1.01 to 10, or off|service set www bound 1
		2|bound "1.255": expected a number|service set www bound 1.255
		2|max-flows "0": expected a number from 1 to 4294967295, or none|real set web r1 max-flows 0
		2|max-rate "1000001": expected a number from 1 to 1000000, or none|service set www max-rate 1000001
		2|tier "8": expected a number from 0 to 7|real set web r1 tier 8
		2|min-usable "0": expected a number from 1 to 1024|pool set web min-usable 0
		2|to "0": expected a number from 1 to 65535, or none|service set one to 0
		2|to "65536": expected a number|service set one to 65536
		2|hash "source/0": expected source|service set www hash source/0
		2|hash "source/129": expected source|service set www6 hash source/129
		2|hash "5tuple/24": expected source|service set www hash 5tuple/24
		2|timeout syn "0": expected a time from 1s to 7d|service set www timeout syn 0
		2|timeout udp "604801": expected a time from 1s to 7d|service set www timeout udp 604801
		2|timeout fin "8d": expected a time from 1s to 7d|service set www timeout fin 8d
		2|timeout closed "5w": expected a time|service set www timeout closed 5w
		2|ramp "2h": expected a time from 1s to 1h, such as 30s, 5m, or off|pool set web ramp 2h
		2|hash-key "00112233": expected 32 hexadecimal digits|pool set web hash-key 00112233
		2|hash-key "0011223344556677889900112233445g": expected 32 hexadecimal digits|pool set web hash-key 0011223344556677889900112233445g
	END
}

values_are_words_that_are_known()
{
	expect_table <<-'END'
		2|admin "on": expected enabled, drain or disabled|real set web r1 admin on
		2|protocol "icmp": expected tcp or udp|service add new icmp 198.51.100.9:80 pool web
		2|sched "sh": expected rr, wrr, maglev, lc or wlc|service set www sched sh
		2|hash "dest": expected source|service set www hash dest
		2|when-empty "drop": expected open or reject|service set www when-empty drop
		2|timeout "idle": expected established, syn, fin, closed or udp|service set www timeout idle 3
		2|proto "sctp": expected tcp or udp|flow show proto sctp
	END
}

addresses_and_ports_have_a_form()
{
	expect_table <<-END
		2|"203.0.113.256": expected an IPv4 or IPv6 address|real add web new 203.0.113.256
		2|"w1.example": expected an IPv4 or IPv6 address|real add web new w1.example
		2|"198.51.100.9": expected ADDR:PORT|service add new tcp 198.51.100.9 pool web
		2|"198.51.100.9:0": expected ADDR:PORT|service add new tcp 198.51.100.9:0 pool web
		2|"198.51.100.9:65536": expected ADDR:PORT|service add new tcp 198.51.100.9:65536 pool web
		2|"198.51.100.9:80,": expected ADDR:PORT|service add new tcp 198.51.100.9:80, pool web
		2|"2001:db8:2::9:80": expected ADDR:PORT|service add new tcp 2001:db8:2::9:80 pool six
		2|"[198.51.100.9]:80": expected ADDR:PORT|service add new tcp [198.51.100.9]:80 pool web
		2|expected ADDR:PORT|service add new tcp 198.51.100.9:$(seq -s, 33) pool web
		2|port "": expected 1 to 32 ports|service set www port ''
		2|port "80-90": expected 1 to 32 ports|service set www port 80-90
		2|client "192.0.2.2:1,2": expected ADDR or ADDR:PORT|flow show client 192.0.2.2:1,2
		2|client "2001:db8::1]:1": expected ADDR or ADDR:PORT|flow del client 2001:db8::1]:1
	END
}

reasons_are_printable_and_short()
{
	local long

	long=$(printf '%0127d' 0)
	expect_table <<-END
		2|reason "": expected one word|verdict set web r1 down reason ''
		2|expected one word|verdict set web r1 down reason \$'a\tb'
		2|expected one word|verdict set web r1 down reason \$'a\eb'
		2|expected one word|verdict set web r1 down reason ä
		2|expected one word|verdict set web r1 down reason 1$long
		1|"r9": the pool has no real|verdict set web r9 down reason $long
	END
}

# The tables above would hold too if nothing ever worked.
nothing_of_a_good_command_is_refused()
{
	local before after

	before=$(generation)
	lbctl pool add new check a,b hash-key 00112233445566778899aabbccddeeff
	lbctl real add new r1 203.0.113.11 weight 65535 admin drain
	lbctl service add new tcp 198.51.100.9:1,65535 pool new sched maglev \
		hash source/24 table-size 251 require b when-empty reject \
		timeout established 7d timeout syn 1 timeout fin 1m timeout closed 2s
	lbctl service set new port 80 to 8080 pool web require none
	lbctl verdict set new r1 check a down reason "$(printf '%0127d' 0)"
	lbctl verdict del new r1 check a
	lbctl service del new
	lbctl pool del new
	after=$(generation)
	expect_equal 8 $((after - before)) "the number of changes"
}

run_tests "$@"
