# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Connections that the gateway resets: how many the ends count, and what is on the
# wire. Scripts that want this source it after lib_wire.sh and lib_family.sh, and set
# $LOG to a folder.

# broken REAL: established connections that came to an end by a reset
# shellcheck disable=SC2016 # awk's
broken()
{
	on "$1" awk '$1 == "Tcp:" && !n { for (n = 2; $n != "EstabResets"; n++); next }
		$1 == "Tcp:" { print $n }' /proc/net/snmp
}

# What has_broken counts from.
count_broken() { BROKEN_C0=$(broken c0) BROKEN_R1=$(broken r1); }

# has_broken REAL-OR-CLIENT N: since count_broken
has_broken()
{
	local before=BROKEN_${1^^}

	[ $(($(broken "$1") - ${!before})) = "$2" ]
}

watch_both()
{
	watch c0 eth0 "$LOG/client" "tcp port 80"
	watch r1 eth0 "$LOG/real" "tcp port 80"
}

# number KEY FILE REGEX: what follows KEY in the last packet that matches
number()
{
	packets "$2" | grep -E -- "$3" | sed -n "s/.* $1 \\([0-9]*\\).*/\\1/p" | tail -n 1
}

# from_to SOURCE DESTINATION: as tcpdump writes it, for a regex
from_to()
{
	local text="$1 > $2: "

	echo "${text//./\\.}"
}

# expect_exact FILE SOURCE DESTINATION: resets came that way, all of them with the number
# that follows the last data that came that way
expect_exact()
{
	local way next reset

	way=$(from_to "$2" "$3")
	next=$(packets "$1" | grep -E "$way" | sed -n 's/.* seq [0-9]*:\([0-9]*\),.*/\1/p' | tail -n 1)
	[ -n "$next" ] || fail "expected data from $2 to $3"
	reset="${way}Flags \[R\], cksum 0x[0-9a-f]+ \(correct\), seq $next,"
	await 10 eval "packets $1 | grep -qE '$reset'"
	expect_equal "$(packets_with "$1" "$reset")" "$(packets_with "$1" "${way}Flags \[[^]]*R")" \
		"the resets from $2 to $3"
	# It was asked by what a keep-alive is.
	expect_at_least 1 "$(packets_with "$1" "${way}Flags \[\.\], cksum 0x[0-9a-f]+ \(correct\), seq $((
		next - 1)),")" "the segments that made $3 speak"
}

# What the module's work sends to the reals; a trace of its own.
trace_work()
{
	TRACE=/sys/kernel/tracing/instances/$gw
	mkdir "$TRACE"
	defer rmdir "$TRACE"
	echo 'name == "in0"' >"$TRACE/events/net/net_dev_queue/filter"
	echo 1 >"$TRACE/events/net/net_dev_queue/enable"
	echo 1 >"$TRACE/events/workqueue/workqueue_execute_start/enable"
	echo 1 >"$TRACE/events/workqueue/workqueue_execute_end/enable"
}

# steps: of the work, those that sent something
steps()
{
	awk '/workqueue_execute_start:.* reset_work/ { step[$1] = 1 }
		/workqueue_execute_end:/ { step[$1] = 0 }
		/net_dev_queue:/ && step[$1] { n++; step[$1] = 0 }
		END { print n + 0 }' "$TRACE/trace"
}
