# SPDX-License-Identifier: GPL-2.0-or-later
"""An agent for the tests: registers, prints its epoch, and does what it is told.

Arguments: NAME LEASE GRACE hold|up|down, times in milliseconds. Then lines:
  renew
  say POOL REAL up|down    a verdict on the whole real
  repeat N POOL REAL up|down    the same N times
  flood N POOL REAL [CHECK]...   N verdicts, on these checks in turn: in the first
                           round down, up, down, ..., in the next the other way
                           round, and so on; N is to be whole pairs of rounds
  reopen                   goes on with another socket
  leave
Each is answered with a line: ok, or why not. Those that say much end it with the
milliseconds that it took. Ends with its input.
"""
import os
import re
import socket
import struct
import sys
import time

HEADER = os.path.dirname(os.path.realpath(__file__)) + '/../kmod/uapi/linux/lbvs.h'
NLM_F_REQUEST, NLM_F_ACK, NLMSG_ERROR, NLA_HEADER = 1, 4, 2, 4
DATAGRAM = 50   # requests that are sent at once where there are many
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_FAMILY_ID, CTRL_FAMILY_NAME = 16, 3, 1, 2


def read_enums(path):
    """Every enumerator of the header, so that no number is repeated here."""
    with open(path, encoding='ascii') as file:
        text = re.sub(r'/\*.*?\*/', '', file.read(), flags=re.S)
    numbers = {'LBVS_A_GENERATION': 1, 'LBVS_A_PAD': 2}
    for body in re.findall(r'enum \w+ \{(.*?)\}', text, flags=re.S):
        value = -1
        for word, equals in re.findall(r'(\w+)(?:\s*=\s*(\w+))?\s*,', body):
            value = value + 1 if not equals else numbers.get(equals)
            value = int(equals, 0) if value is None else value
            numbers[word] = value
    return numbers


UAPI = read_enums(HEADER)


def attribute(kind, value):
    if isinstance(value, str):
        value = value.encode() + b'\0'
    elif isinstance(value, int):
        value = struct.pack('I', value)
    return struct.pack('HH', NLA_HEADER + len(value), kind) + value + b'\0' * (-len(value) % 4)


def find(answer, wanted):
    at = 20
    while at < len(answer):
        size, kind = struct.unpack_from('HH', answer, at)
        if kind == wanted:
            return answer[at + NLA_HEADER:at + size]
        at += (size + 3) & ~3
    raise SystemExit('agent: an answer lacks something')


class Kernel:
    def __init__(self):
        self.open()
        answer = self.call(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, attribute(CTRL_FAMILY_NAME, 'lbvs'))
        self.family = struct.unpack('H', find(answer, CTRL_FAMILY_ID))[0]

    def open(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.socket.bind((0, 0))

    @staticmethod
    def request(family, flags, command, attributes):
        return struct.pack('IHHIIBBH', 20 + len(attributes), family,
                           NLM_F_REQUEST | flags, 1, 0, command, 1, 0) + attributes

    def call(self, family, command, attributes):
        """Sends a request. Returns what came before the acknowledgement."""
        self.socket.send(self.request(family, NLM_F_ACK, command, attributes))
        answer = b''
        while True:
            data = self.socket.recv(65536)
            while data:
                size, kind = struct.unpack_from('IH', data)
                if kind == NLMSG_ERROR:
                    error = -struct.unpack_from('i', data, 16)[0]
                    if error:
                        raise OSError(error, os.strerror(error))
                    return answer
                answer, data = data[:size], data[(size + 3) & ~3:]

    @staticmethod
    def attributes(command, values):
        noun = command.split('_')[0]
        return b''.join(attribute(UAPI[f'LBVS_A_{noun}_{name}'], value)
                        for name, value in values.items())

    def do(self, command, **values):
        return self.call(self.family, UAPI['LBVS_CMD_' + command],
                         self.attributes(command, values))

    def do_all(self, count, command, each):
        """So many requests, with the values of each in turn. Not acknowledged:
        what is refused is told before the answer to what follows."""
        requests = [self.request(self.family, 0, UAPI['LBVS_CMD_' + command],
                                 self.attributes(command, values)) for values in each]
        for first in range(0, count, DATAGRAM):
            self.socket.send(b''.join(requests[n % len(requests)]
                                      for n in range(first, min(first + DATAGRAM, count))))


def obey(kernel, name, epoch, verb, *words):
    """Returns the milliseconds that it took, where that is of interest."""
    def verdict(pool, real, state, check=None):
        values = {'POOL': pool, 'REAL': real, 'AGENT': name, 'EPOCH': epoch,
                  'STATE': UAPI['LBVS_VERDICT_STATE_' + state.upper()]}
        return values if check is None else {**values, 'CHECK': check}

    def two_rounds(pool, real, *checks):
        return [verdict(pool, real, ('down', 'up')[(turn + place) % 2], check)
                for turn in range(2) for place, check in enumerate(checks or [None])]

    began = time.monotonic()
    if verb == 'reopen':
        kernel.socket.close()
        kernel.open()
    elif verb == 'leave':
        kernel.do('AGENT_DEL', NAME=name, EPOCH=epoch)
    elif verb == 'say':
        kernel.do('VERDICT_SET', **verdict(*words))
    else:
        if verb == 'repeat':
            kernel.do_all(int(words[0]), 'VERDICT_SET', [verdict(*words[1:])])
        elif verb == 'flood':
            kernel.do_all(int(words[0]), 'VERDICT_SET',
                          two_rounds(*words[1:]))
        kernel.do('AGENT_RENEW', NAME=name, EPOCH=epoch)
        if words:
            return f' {(time.monotonic() - began) * 1000:.0f}'
    return ''


def main(name, lease, grace, on_expiry):
    kernel = Kernel()
    answer = kernel.do('AGENT_NEW', NAME=name, LEASE=int(lease), GRACE=int(grace),
                       ON_EXPIRY=UAPI['LBVS_ON_EXPIRY_' + on_expiry.upper()])
    epoch = struct.unpack('I', find(answer, UAPI['LBVS_A_AGENT_EPOCH']))[0]
    print('epoch', epoch, flush=True)
    for line in sys.stdin:
        try:
            print('ok' + obey(kernel, name, epoch, *line.split()), flush=True)
        except OSError as error:
            print(error.strerror, flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
