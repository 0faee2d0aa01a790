# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends TCP segments that no socket would, one right after the other.

Arguments: addresses of the client and the service, which have ports 40000 and 80; then
each segment as FLAGS:SEQ[:ACK[:DATA[:damaged]]], with the first letters of the flags.
"""
import socket
import struct
import sys

from checksum import checksum

FLAGS = {'F': 0x01, 'S': 0x02, 'R': 0x04, 'P': 0x08, 'A': 0x10}


def segment(addresses, flags, seq, ack='0', data='', damaged=''):
    bits = sum(FLAGS[letter] for letter in flags)

    def with_sum(value):
        return struct.pack('!HHIIHHHH', 40000, 80, int(seq), int(ack), 0x5000 | bits, 1000,
                           value, 0) + data.encode()

    value = checksum(addresses + struct.pack('!HH', 6, len(with_sum(0))) + with_sum(0))
    return with_sum(value ^ (0x0100 if damaged else 0))


def main():
    client, service = sys.argv[1:3]
    family = socket.AF_INET6 if ':' in service else socket.AF_INET
    addresses = socket.inet_pton(family, client) + socket.inet_pton(family, service)
    segments = [segment(addresses, *words.split(':')) for words in sys.argv[3:]]
    raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
    raw.bind((client, 0))
    for each in segments:
        raw.sendto(each, (service, 0))


main()
