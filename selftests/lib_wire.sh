# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is on the wire, as tcpdump sees it. Scripts that want this source it after
# lib.sh.

# in_background NAMESPACE COMMAND...: until the end of the test. Not by "on", which
# would be a shell that waits: the program itself is to get the signal.
in_background()
{
	local netns=${!1}

	shift
	nsenter --net="/run/netns/$netns" -- "$@" &
	defer kill $!
}

# watch NAMESPACE DEVICE FILE EXPRESSION...: what passes there goes to FILE
watch()
{
	local where=$1 device=$2 file=$3

	shift 3
	in_background "$where" tcpdump -nn -vv -S -l -s 2000 --immediate-mode -i "$device" "$*" \
		>"$file" 2>"$file.err"
	await 20 grep -q "listening on" "$file.err"
}

# watch_ends NAMESPACE DEVICE FILE EXPRESSION...: the same, but only who speaks to whom
watch_ends()
{
	local where=$1 device=$2 file=$3

	shift 3
	in_background "$where" tcpdump -nn -q -l --immediate-mode -i "$device" "$*" \
		>"$file" 2>"$file.err"
	await 20 grep -q "listening on" "$file.err"
}

# Such as "192.0.2.2.40000 > 198.51.100.1.80:"
seen_in() { awk '{ print $3, $4, $5 }' "$1" | sort -u; }

# seen_both_ways FILE CLIENT SERVER: these two spoke to each other, and nobody else
seen_both_ways()
{
	local seen

	seen=$(seen_in "$1")
	echo "$seen"
	[ "$seen" = "$(printf '%s > %s:\n%s > %s:\n' "$2" "$3" "$3" "$2" | sort)" ]
}

# record NAMESPACE DEVICE FILE EXPRESSION...: the same, whole packets for programs.
# The more a packet may have, the fewer the buffer holds.
record()
{
	local where=$1 device=$2 file=$3

	shift 3
	in_background "$where" tcpdump -nn -U -s 2000 --immediate-mode -i "$device" -w "$file" "$*" \
		2>"$file.err"
	await 20 grep -q "listening on" "$file.err"
}

# packets FILE: one a line; tcpdump takes several
packets()
{
	awk '/^[ \t]/ { sub(/^[ \t]+/, " "); line = line $0; next }
		NR > 1 { print line }
		{ line = $0 }
		END { if (NR) print line }' "$1"
}

# packets_with FILE REGEX: how many
packets_with() { packets "$1" | grep -cE -- "$2" || true; }

# has_packets N FILE REGEX: exactly so many
has_packets()
{
	packets "$2"
	[ "$(packets_with "$2" "$3")" = "$1" ]
}

# received NAMESPACE DEVICE, sent NAMESPACE DEVICE: packets, by the device's counter
# shellcheck disable=SC2016 # awk's
received() { on "$1" awk -v device="$2:" '$1 == device { print $3 }' /proc/net/dev; }
# shellcheck disable=SC2016 # awk's
sent() { on "$1" awk -v device="$2:" '$1 == device { print $11 }' /proc/net/dev; }

# send_segments CLIENT SERVICE SEGMENT...: from port 40000 to 80, as segments.py has them
send_segments() { on c0 python3 "$SELFTESTS/segments.py" "$@"; }

# offload NAMESPACE DEVICE FEATURE on|off: until the end of the test
offload()
{
	local back=on

	[ "$4" = off ] || back=off
	on "$1" ethtool -K "$2" "$3" "$4" >/dev/null
	defer on "$1" ethtool -K "$2" "$3" "$back"
}

# make_checksums_early: before a packet leaves, so that tcpdump can judge them; until
# the end of the script
make_checksums_early()
{
	on c0 ethtool -K eth0 tx off
	on gw ethtool -K out0 tx off
	on gw ethtool -K in0 tx off
	on r1 ethtool -K eth0 tx off
}

# wrong_checksums NAMESPACE...: packets whose checksum was found wrong on arrival there
wrong_checksums()
{
	local where

	for where; do
		on "$where" nstat -asz TcpInCsumErrors UdpInCsumErrors Udp6InCsumErrors \
			IpInHdrErrors Ip6InHdrErrors
	done | awk '{ n += $2 } END { print n + 0 }'
}
