# SPDX-License-Identifier: GPL-2.0-or-later
"""The checksum of IP, TCP, UDP and ICMP (RFC 1071), for the programs beside it."""
import struct


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return 0xffff - total
