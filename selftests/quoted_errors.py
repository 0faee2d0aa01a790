# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends ICMP errors about one flow, and compares what comes out, byte by byte.

Arguments: the namespaces of the client and of the real, which send by eth0; the
addresses of the gateway's devices to them (MAC); client, virtual address, real;
port of the client, the service and the real; tcp or udp. Each packet that an error
quotes is made as the client or the real sent it and as it came to the other side,
checksums included, and cut: so what comes out is known without any arithmetic on
differences. One line for each error that is not as expected, up to five; the last line
says how many there were.
"""
import ctypes
import os
import select
import socket
import struct
import sys
import time

from checksum import checksum

NETNS = 0x40000000


def socket_in(netns):
    """It hears and sends all IP packets at eth0 there."""
    with open('/run/netns/' + netns) as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), NETNS):
            raise OSError(ctypes.get_errno(), 'setns')
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    s.bind(('eth0', 3))
    return s


def packed_checksum(data):
    return struct.pack('!H', checksum(data))


class Family:
    def __init__(self, v6):
        self.v6 = v6
        self.ethertype = 0x86dd if v6 else 0x0800
        self.header = 40 if v6 else 20
        self.icmp = 58 if v6 else 1
        self.port_unreachable = (1, 4) if v6 else (3, 3)
        self.time_exceeded = (3, 0) if v6 else (11, 0)
        self.too_big = (2, 0) if v6 else (3, 4)

    def pack(self, address):
        return socket.inet_pton(socket.AF_INET6 if self.v6 else socket.AF_INET, address)

    def ip(self, src, dst, proto, payload, ttl=64, frag=0, ident=7):
        """A packet; @frag is the word that IPv4 has for fragments."""
        src, dst = self.pack(src), self.pack(dst)
        if self.v6:
            if frag:
                offset = (frag & 0x1fff) << 3 | frag >> 13 & 1
                payload = struct.pack('!BBHI', proto, 0, offset, ident) + payload
                proto = 44
            return struct.pack('!IHBB', 6 << 28, len(payload), proto, ttl) + src + dst + payload
        head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(payload), ident, frag, ttl, proto, 0)
        head += src + dst
        return head[:10] + packed_checksum(head) + head[12:] + payload

    def quote(self, src, dst, proto, payload, frag, length):
        """Such a packet, cut behind so many bytes of its payload."""
        packet = self.ip(src, dst, proto, payload, 1, frag)
        return packet if length is None else packet[:len(packet) - len(payload) + length]

    def pseudo(self, src, dst, proto, size):
        return self.pack(src) + self.pack(dst) + struct.pack('!HH', proto, size)

    def transport(self, kind, src, sport, dst, dport, data):
        if kind == 'tcp':
            proto, head = 6, struct.pack('!HHIIBBH', sport, dport, 1000, 2000, 0x50, 0x10, 500)
            at, tail = 16, b'\0\0'
        else:
            proto, head = 17, struct.pack('!HHH', sport, dport, 8 + len(data))
            at, tail = 6, b''
        whole = head + b'\0\0' + tail + data
        check = packed_checksum(self.pseudo(src, dst, proto, len(whole)) + whole)
        return proto, whole[:at] + check + whole[at + 2:]

    def error(self, src, dst, kind, quote, ttl=64):
        body = struct.pack('!BBHI', *kind, 0, 1400 if kind == self.too_big else 0) + quote
        head = self.pseudo(src, dst, self.icmp, len(body)) if self.v6 else b''
        body = body[:2] + packed_checksum(head + body) + body[4:]
        return self.ip(src, dst, self.icmp, body, ttl)

    def pieces(self, packet, size, ident):
        """The same packet in fragments of that size."""
        src, dst = ((packet[8:24], packet[24:40]) if self.v6 else (packet[12:16], packet[16:20]))
        name = lambda a: socket.inet_ntop(socket.AF_INET6 if self.v6 else socket.AF_INET, a)
        body = packet[self.header:]
        for at in range(0, len(body), size):
            more = 0x2000 if at + size < len(body) else 0
            yield self.ip(name(src), name(dst), self.icmp, body[at:at + size], 64,
                          more | at >> 3, ident)


class Wire:
    def __init__(self, family, client, real, client_mac, real_mac):
        self.family = family
        self.sockets = {'client': socket_in(client), 'real': socket_in(real)}
        self.macs = {'client': client_mac, 'real': real_mac}

    def send(self, side, packets):
        to = ('eth0', self.family.ethertype, 0, 0, bytes.fromhex(self.macs[side].replace(':', '')))
        for packet in packets:
            self.sockets[side].sendto(packet, to)

    def errors(self, side, seconds):
        """Those that come in there, put together; ends when none comes."""
        pieces = {}
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.sockets[side]], [], [], left)[0]:
                return
            data, address = self.sockets[side].recvfrom(70000)
            if address[1] != self.family.ethertype or address[2] == socket.PACKET_OUTGOING:
                continue
            yield from self.put_together(data, pieces)

    def put_together(self, data, pieces):
        if self.family.v6:
            proto, body = data[6], data[40:40 + struct.unpack('!H', data[4:6])[0]]
            word = 0
            if proto == 44:
                proto, word = body[0], struct.unpack('!H', body[2:4])[0]
                offset, more, body = word & 0xfff8, word & 1, body[8:]
        else:
            proto, body = data[9], data[20:struct.unpack('!H', data[2:4])[0]]
            word = struct.unpack('!H', data[6:8])[0] & 0x3fff
            offset, more = (word & 0x1fff) << 3, word & 0x2000
        if proto != self.family.icmp or (self.family.v6 and not word and body[0] >= 128):
            return
        if not word:
            yield data[:self.family.header] + body
            return
        pieces[offset] = (body, more)
        whole = b''
        while len(whole) in pieces:
            body, more = pieces[len(whole)]
            whole += body
            if not more:
                yield data[:self.family.header] + whole
                pieces.clear()
                return


def after_a_hop(family, packet):
    at = 7 if family.v6 else 8
    packet = packet[:at] + bytes([packet[at] - 1]) + packet[at + 1:]
    if family.v6:
        return packet
    return packet[:10] + packed_checksum(packet[:10] + b'\0\0' + packet[12:20]) + packet[12:]


def equal(family, in_pieces, seen, expected):
    """The headers of pieces differ in what makes them pieces."""
    if in_pieces and family.v6:
        seen, expected = (p[:4] + p[7:] for p in (seen, expected))
    elif in_pieces:
        seen, expected = (p[:2] + p[8:10] + p[12:] for p in (seen, expected))
    return seen == expected


def quotes(family, kind, ends, seen):
    """(name, quote, what it becomes): of a packet that was sent between @ends, and was
    @seen with another end."""
    data = bytes(range(64))
    proto, sent = family.transport(kind, *ends, data)
    proto, got = family.transport(kind, *seen, data)
    for name, frag, length in (
            ('whole', 0, None), ('8 bytes of transport', 0, 8), ('12 bytes of transport', 0, 12),
            ('odd number of bytes', 0, 47), ('first fragment', 0x2000, None),
            ('8 bytes of a first fragment', 0x2000, 8)):
        yield (name, family.quote(seen[0], seen[2], proto, got, frag, length),
               family.quote(ends[0], ends[2], proto, sent, frag, length))
    # What has no ports that could be believed stays as it is.
    whole = family.ip(seen[0], seen[2], proto, got, 1)
    bad = [('nothing', b''), ('half an IP header', whole[:10]),
           ('an IP header alone', whole[:family.header]),
           ('half of the ports', whole[:family.header + 3]),
           ('a later fragment', family.ip(seen[0], seen[2], proto, got, 1, 0x2001)),
           ('a last fragment', family.ip(seen[0], seen[2], proto, got, 1, 0x0001)),
           ('another protocol', family.ip(seen[0], seen[2], 132, got, 1)),
           ('another version', bytes([0x55]) + whole[1:])]
    if not family.v6:
        bad.append(('a header that is too short', bytes([0x44]) + whole[1:]))
        bad.append(('a header that is too long', bytes([0x4f]) + whole[1:60]))
    for name, quote in bad:
        yield name, quote, None


def cases(family, client, vip, real, ports, kind):
    """(name, side that sends, side that hears, error, what it becomes or None: it stays)"""
    cport, sport, rport = ports
    outside, inside = (('2001:db8:18::99', '2001:db8:3::99') if family.v6
                       else ('198.18.0.99', '203.0.113.99'))
    reply = (real, rport, client, cport), (vip, sport, client, cport)
    request = (client, cport, vip, sport), (client, cport, real, rport)
    errors = family.time_exceeded, family.too_big, family.port_unreachable
    ways = [('from a router outside', 'client', 'real', reply, outside, outside, vip, real),
            ('from the client', 'client', 'real', reply, client, client, vip, real),
            ('from a router inside', 'real', 'client', request, inside, inside, client, client),
            ('from the real', 'real', 'client', request, real, vip, client, client)]
    for where, sender, hearer, (ends, seen), src, new_src, dst, new_dst in ways:
        for i, (name, quote, becomes) in enumerate(quotes(family, kind, ends, seen)):
            error = errors[i % 3]
            yield ('%s, %s' % (where, name), sender, hearer,
                   family.error(src, dst, error, quote),
                   becomes and family.error(new_src, new_dst, error, becomes))


def hear(wire, side, last):
    """All that comes, until the last one has come."""
    seen = []
    for packet in wire.errors(side, 5):
        seen.append(packet)
        if last is None or packet == last or len(seen) > 1:
            break
    return seen


def main(client_ns, real_ns, client_mac, real_mac, client, vip, real, *rest):
    # Packets that one processor sends do not overtake each other.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    family = Family(':' in vip)
    wire = Wire(family, client_ns, real_ns, client_mac, real_mac)
    wrong = number = 0
    mark = {}
    for name, sender, hearer, error, becomes in cases(
            family, client, vip, real, [int(port) for port in rest[:3]], rest[3]):
        # What need not come out is followed by one that does.
        mark.setdefault(sender, (error, after_a_hop(family, becomes or error)))
        for in_pieces in (False, True):
            if in_pieces and len(error) < family.header + 32:
                continue
            number += 1
            expected = after_a_hop(family, becomes or error)
            wire.send(sender, family.pieces(error, 24, number) if in_pieces else [error])
            if becomes:
                seen = hear(wire, hearer, None)
            else:
                wire.send(sender, mark[sender][:1])
                seen = hear(wire, hearer, mark[sender][1])
                if seen[-1:] == [mark[sender][1]]:
                    seen.pop()
                    if not seen:
                        continue
            if len(seen) == 1 and equal(family, in_pieces, seen[0], expected):
                continue
            wrong += 1
            print('%s%s: sent %s, expected %s, seen %s' % (
                name, ', in pieces' if in_pieces else '', error.hex(), expected.hex(),
                ', '.join(packet.hex() for packet in seen) or 'nothing'))
            if wrong == 5:
                sys.exit('that is enough')
    print('%d errors, %d wrong' % (number, wrong))


main(*sys.argv[1:])
