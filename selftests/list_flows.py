# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists the flows as a reader with little room does. Prints how many different ones
there are, or the error at which the list ends.
"""
import os
import struct
import sys

from agent import Kernel, UAPI, find

NLM_F_DUMP, NLMSG_DONE, ROOM = 0x300, 3, 4096


def messages(data):
    while len(data) >= 16:
        size, kind = struct.unpack_from('IH', data)
        yield kind, data[:size]
        data = data[(size + 3) & ~3:]


def main():
    kernel = Kernel()
    # The kernel sends no larger pieces than the socket ever asked for.
    kernel.open()
    kernel.socket.send(kernel.request(kernel.family, NLM_F_DUMP, UAPI['LBVS_CMD_FLOW_GET'], b''))
    flows = set()
    while True:
        for kind, message in messages(kernel.socket.recv(ROOM)):
            if kind == kernel.family:
                flows.add(find(message, UAPI['LBVS_A_FLOW_CLIENT_ADDR']) +
                          find(message, UAPI['LBVS_A_FLOW_CLIENT_PORT']))
                continue
            error = -struct.unpack_from('i', message, 16)[0]
            print(os.strerror(error) if error else len(flows))
            return kind != NLMSG_DONE or error


sys.exit(1 if main() else 0)
