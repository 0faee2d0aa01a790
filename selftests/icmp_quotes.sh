#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ICMP errors of any router on the way, of the client and of the real, about packets of
# a flow, as they come out at the other side: each byte is compared. They quote little
# or much, first fragments too, and come in pieces; what quotes nothing that could be a
# packet of the flow is not changed.
#
#   router, c0 ---- out0 gw in0 ---- sw ---- router, r1
ALL_TESTS="
	errors_about_segments_are_as_expected
	errors_about_datagrams_are_as_expected
"
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/lib_family.sh"

setup()
{
	need_program python3
	topology 1
	serve_all tcp/8080 udp/8080
	in_both_families given_services
}

given_services()
{
	given_reals "$pool"
	given_service "$pool-tcp" tcp "$(at_vip 80)" pool "$pool" to 8080
	given_service "$pool-udp" udp "$(at_vip 80)" pool "$pool" to 8080
}

mac_of() { ip -n "${!1}" link show "$2" | awk '$1 == "link/ether" { print $2 }'; }

errors_are_as_expected()
{
	local out

	hold it "$1" "$vip" 80 --sport 40000
	expect_fast_path expect_held it ping "1 ok"
	out=$(python3 "$SELFTESTS/quoted_errors.py" "$c0" "$r1" "$(mac_of gw out0)" "$(mac_of gw in0)" \
		"$client" "$vip" "$(real_at 1)" 40000 80 8080 "$1" 2>&1) || true
	echo "$out" | cut -c 1-1000 | head -n 20
	[[ $out == *"errors, 0 wrong" ]] || fail "expected each error to be as it has to be"
}

errors_about_segments_are_as_expected() { errors_are_as_expected tcp; }
errors_about_datagrams_are_as_expected() { errors_are_as_expected udp; }

over_both_families
run_tests "$@"
