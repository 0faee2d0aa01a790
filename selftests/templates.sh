#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each template that is shipped, filled in and applied, does for its clients what
# it says. Verdicts are set by hand here.
ALL_TESTS="
	all_templates_are_listed
	exchange2010_keeps_the_ports_of_rpc_together
	exchange2016_single_takes_a_server_out_for_one_failed_check
	exchange2016_multi_takes_it_out_of_one_protocol_alone
	smtp_hands_mail_to_all_servers
	generic_tcp_takes_any_port
	what_is_filled_in_wrongly_is_told
"
source "$(dirname "$0")/lib.sh"

[ ! -d "$SELFTESTS/../netlink-tool/templates" ] ||
	export LBVS_TEMPLATES=$SELFTESTS/../netlink-tool/templates

RPC_PORTS="135 59531 59532"
PROTOCOLS="owa ecp ews mapi eas oab rpc autodiscover"

setup()
{
	topology 2
	serve_all tcp/25 tcp/80-81 tcp/135 tcp/443 tcp/587 tcp/59531-59532
	REALS_WORD=reals=r1=$(real_address 1),r2=$(real_address 2)
}

before_each() { lbctl flush config; }

# given_template NAME KEY=VALUE...
given_template() { lbctl template "$@" "$REALS_WORD" | lbctl apply -; }

down() { lbctl verdict set "$1" "$2" check "$3" down; }

all_templates_are_listed()
{
	local name

	for name in exchange2010 exchange2016-single exchange2016-multi smtp generic-tcp; do
		expect_output "\"$name\"" lbctl -j template
	done
}

# where_clients_go PORT: to which real each of 20 clients goes there
where_clients_go()
{
	ask tcp "$VIP" "$1" --count 20 --source "$(crowd 20)" --each >/dev/null
	awk '$1 == "each" { print $2, $5 }' <<<"$ASKED" | sort | tr '\n' ' '
}

exchange2010_keeps_the_ports_of_rpc_together()
{
	local port first seen

	given_template exchange2010 "vip=$VIP" host=mail.example.org
	first=$(where_clients_go 135)
	[[ $first == *r1* && $first == *r2* ]] || fail "expected both to be used, seen $first"
	for port in 59531 59532; do
		seen=$(where_clients_go "$port")
		expect_equal "$first" "$seen" "where clients go at port $port"
	done
	# The three fail together, and nothing else with them.
	down exchange r1 rpc
	for port in $RPC_PORTS; do
		ask tcp "$VIP" "$port" --count 6 --source "$(crowd 20)"
		expect_share r2 6
	done
	ask tcp "$VIP" 25 --count 4
	expect_share r1 2
	ask tcp "$VIP" 443 --count 40 --source "$(crowd 40)"
	expect_answers 40
	expect_equal 2 "$(answering)" "servers that answer (of $(asked))"
	expect_equal "300 2400 900" "$(field service endpoint-mapper .timeout_established) $(
		field service rpc .timeout_established) $(
		field service smtp .timeout_established)" "the timeouts"
}

exchange2016_single_takes_a_server_out_for_one_failed_check()
{
	given_template exchange2016-single "vip=$VIP" host=mail.example.org
	ask tcp "$VIP" 443 --count 8
	expect_share r1 4
	down exchange r1 mapi
	ask tcp "$VIP" 443 --count 8
	expect_share r2 8
	down exchange r2 owa
	# Nobody is left, so all are asked: better than nothing.
	ask tcp "$VIP" 443 --count 8
	expect_share r1 4
}

exchange2016_multi_takes_it_out_of_one_protocol_alone()
{
	local words=() protocol n=0

	for protocol in $PROTOCOLS; do
		n=$((n + 1))
		words+=("$protocol=198.51.100.$n")
	done
	given_template exchange2016-multi "${words[@]}" domain=example.org
	for protocol in $PROTOCOLS; do
		down exchange r1 "$protocol"
		for ((n = 1; n <= 8; n++)); do
			ask tcp "198.51.100.$n" 443 --count 2
			if [[ ${words[n - 1]} == "$protocol="* ]]; then
				expect_share r2 2
			else
				expect_share r1 1
			fi
		done
		lbctl verdict del exchange r1 check "$protocol"
	done
}

smtp_hands_mail_to_all_servers()
{
	given_template smtp "vip=$VIP"
	ask tcp "$VIP" 25 --count 4
	expect_share r1 2
	ask tcp "$VIP" 587 --count 4
	expect_share r2 2
	down mail r2 smtp
	ask tcp "$VIP" 587 --count 4
	expect_share r1 4
}

generic_tcp_takes_any_port()
{
	given_template generic-tcp "vip=$VIP" port=80,81 check=80 name=web
	lbctl real set web r2 weight 3
	ask tcp "$VIP" 80 --count 8
	expect_share r2 6
	ask tcp "$VIP" 81 --count 4
	expect_answers 4
	down web r2 tcp
	ask tcp "$VIP" 81 --count 4
	expect_share r1 4
}

what_is_filled_in_wrongly_is_told()
{
	expect_refusal 'vip "x": expected an IPv4 or IPv6 address' lbctl template smtp vip=x
	expect_refusal 'reals is missing' lbctl template smtp "vip=$VIP"
	expect_refusal '"color=red" is not known here' lbctl template smtp color=red
	expect_refusal '"nothing": there is no template' lbctl template nothing
	expect_refusal "it is the virtual address of the service" \
		lbctl template smtp "vip=$(real_address 1)" "$REALS_WORD"
}

run_tests "$@"
