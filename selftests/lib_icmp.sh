# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a client is told by ICMP errors. Scripts that want this source it after
# lib.sh.

# errors_heard NAMESPACE ADDR PORT TTL: what a connected socket there hears of one
# datagram. It hears of an error only if the quote is about what it sent: the
# gateway's own must quote the service, not the real.
errors_heard()
{
	on "$1" python3 - "$2" "$3" "$4" <<-'END'
		import socket, sys
		v6 = ':' in sys.argv[1]
		s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
		level, ttl = (socket.IPPROTO_IPV6, 16) if v6 else (socket.IPPROTO_IP, socket.IP_TTL)
		s.setsockopt(level, ttl, int(sys.argv[3]))
		s.setsockopt(level, 25 if v6 else 11, 1)	# IPV6_RECVERR, IP_RECVERR
		s.connect((sys.argv[1], int(sys.argv[2])))
		s.settimeout(20)
		s.send(b'x')
		try:
		    s.recv(1)
		except OSError as e:
		    print(type(e).__name__, e.errno)
	END
}

# expect_unreachable NAMESPACE ADDR PORT TTL: EHOSTUNREACH, as for a hop limit that
# has run out
expect_unreachable()
{
	expect_equal "OSError 113" "$(errors_heard "$@")" "what the client heard"
}
