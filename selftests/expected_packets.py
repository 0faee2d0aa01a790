# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what one side sent with what the other got, byte by byte.

Arguments: what was recorded at the client, and at the real (pcap, Ethernet);
the virtual address and its port; the real's address and its port. Each packet
for the service is given the real's address and port, one hop less and checksums
made anew: so it has to come to the real; and answers likewise.
"""
import socket
import struct
import sys

from checksum import checksum


def packets(path):
    """IP packets of a pcap file, as far as it is written."""
    with open(path, 'rb') as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack('<I', data[at + 8:at + 12])[0]
        frame = data[at + 16:at + 16 + size]
        at += 16 + size
        if len(frame) == size and frame[12:14] in (b'\x08\x00', b'\x86\xdd'):
            yield bytearray(frame[14:])


class Packet:
    """Where the fields are that an address translator changes."""

    def __init__(self, data):
        self.v6 = data[0] >> 4 == 6
        if self.v6:
            self.src, self.dst, self.hops, self.proto = slice(8, 24), slice(24, 40), 7, data[6]
            self.transport = 40
            length = 40 + struct.unpack('!H', data[4:6])[0]
        else:
            self.src, self.dst, self.hops, self.proto = slice(12, 16), slice(16, 20), 8, data[9]
            self.transport = (data[0] & 15) * 4
            length = struct.unpack('!H', data[2:4])[0]
        self.data = data[:length]
        at = self.transport
        self.sport, self.dport = slice(at, at + 2), slice(at + 2, at + 4)
        at += 16 if self.proto == 6 else 6
        self.check = slice(at, at + 2)

    def make_checksums(self):
        data = self.data
        if not self.v6:
            data[10:12] = b'\0\0'
            data[10:12] = struct.pack('!H', checksum(bytes(data[:self.transport])))
        if self.proto == 17 and not self.v6 and data[self.check] == b'\0\0':
            return
        data[self.check] = b'\0\0'
        pseudo = data[self.src] + data[self.dst]
        pseudo += struct.pack('!HH', self.proto, len(data) - self.transport)
        value = checksum(bytes(pseudo + data[self.transport:]))
        if self.proto == 17 and not value:
            value = 0xffff
        data[self.check] = struct.pack('!H', value)


def sent(path, address, port, to_address, to_port, reply):
    """What was sent to (as a reply: from) there, as it has to come out."""
    for data in packets(path):
        packet = Packet(data)
        if packet.proto not in (6, 17):
            continue
        end, at = (packet.src, packet.sport) if reply else (packet.dst, packet.dport)
        if (packet.data[end], packet.data[at]) != (address, port):
            continue
        before = bytes(packet.data)
        packet.make_checksums()
        if before != packet.data:
            sys.exit('sent with a wrong checksum: ' + before.hex())
        packet.data[end], packet.data[at] = to_address, to_port
        packet.data[packet.hops] -= 1
        packet.make_checksums()
        yield bytes(packet.data)


def got(path, address, port, reply):
    for data in packets(path):
        packet = Packet(data)
        if packet.proto not in (6, 17):
            continue
        end, at = (packet.src, packet.sport) if reply else (packet.dst, packet.dport)
        if (packet.data[end], packet.data[at]) == (address, port):
            yield bytes(packet.data)


def compare(what, expected, seen):
    """On their way packets of one flow may overtake those of another."""
    expected.sort()
    seen.sort()
    for a, b in zip(expected, seen):
        if a != b:
            sys.exit('%s: expected %s, seen %s' % (what, a.hex(), b.hex()))
    if len(expected) != len(seen) or not seen:
        sys.exit('%s: expected %d, seen %d' % (what, len(expected), len(seen)))
    print('%d %s as expected' % (len(seen), what))


def main(client, real, vip, vip_port, real_address, real_port):
    family = socket.AF_INET6 if ':' in vip else socket.AF_INET
    vip = (socket.inet_pton(family, vip), struct.pack('!H', int(vip_port)))
    there = (socket.inet_pton(family, real_address), struct.pack('!H', int(real_port)))
    compare('requests', list(sent(client, *vip, *there, False)), list(got(real, *there, False)))
    compare('replies', list(sent(real, *there, *vip, True)), list(got(client, *vip, True)))


main(*sys.argv[1:])
