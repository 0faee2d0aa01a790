# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A second gateway between c0 and r1, which nobody disturbs while the first one
# is treated badly. Scripts that want this source it after lib.sh.
#
#   c0 beside0 198.19.1.2 ---- out0 beside in0 ---- r1 beside0 198.19.2.2

BESIDE_VIP=198.51.100.77

# given_beside: with a bulk service, for beside_is_whole
given_beside()
{
	local server

	setup_ns beside
	on beside sysctl -qw net.ipv4.ip_forward=1
	link c0 beside0 beside out0
	link r1 beside0 beside in0
	address c0 beside0 198.19.1.2/24
	address r1 beside0 198.19.2.2/24
	address beside out0 198.19.1.1/24
	address beside in0 198.19.2.1/24
	ip -n "$c0" route add "$BESIDE_VIP/32" via 198.19.1.1
	ip -n "$r1" route add 198.19.1.0/24 via 198.19.2.1
	server=$(on r1 "$TRAFFIC" serve beside 198.19.2.2 bulk/83)
	defer kill "$server"
	configure_beside
}

configure_beside()
{
	local gw=$beside

	given_arms out0 in0
	lbctl pool add beside
	lbctl real add beside r1 198.19.2.2
	lbctl service add beside tcp "$BESIDE_VIP:83" pool beside
}

# while_beside_transfers COMMAND...: a transfer over the second gateway, each byte
# of which is compared, goes on until the command has ended, and then to its end
while_beside_transfers()
{
	local log transfer rc=0 rate

	# It is to be there, not to take the processor from the command.
	rate=$(for_machine 1048576)
	log=$(mktemp)
	defer rm "$log"
	# As if without end: a fetch of four seconds after the other.
	while :; do
		on c0 "$TRAFFIC" fetch tcp "$BESIDE_VIP" 83 --size $((4 * rate)) \
			--rate "$rate" --timeout 60000 || true
		[ ! -e "$log.stop" ] || break
	done >"$log" &
	transfer=$!
	"$@" || rc=$?
	: >"$log.stop"
	wait "$transfer"
	rm "$log.stop"
	[ $rc = 0 ] || fail "\"$*\" answered $rc"
	sort "$log" | uniq -c
	! grep -vx "share beside $((4 * rate))" "$log" ||
		fail "expected each transfer beside to be whole"
	expect_at_least 1 "$(wc -l <"$log")" "the transfers beside"
}
