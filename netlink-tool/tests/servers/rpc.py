#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""RPC as Exchange 2010 has it, in the words of impacket.

What odd.py says is what we think that RPC is; this is what somebody else thinks.
rpc.py ADDRESS: serves the ports below until it is killed; prints "ready".
"""
import socket
import struct
import sys

from impacket.dcerpc.v5 import epm, rpcrt
from impacket.uuid import bin_to_uuidtup, uuidtup_to_bin

MAPPER = ("e1af8308-5d1f-11c9-91a4-08002b14a0fa", "3.0")
EMSMDB = ("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81")
NSPI = ("f5cc5a18-4264-101a-8c59-08002b2f8426", "56.0")
PORTS = {uuidtup_to_bin(EMSMDB): 59531, uuidtup_to_bin(NSPI): 59532}
NOT_REGISTERED = 0x16c9a0d6


def tower_to(wanted, port):
    """The tower that was asked for, with a port in it."""
    floors = wanted["Floors"]
    floors[3] = epm.EPMPortAddr()
    floors[3]["IpPort"] = port
    floors[4] = epm.EPMHostAddr()
    floors[4]["Ip4addr"] = socket.inet_aton(sys.argv[1])
    tower = epm.EPMTower()
    tower["NumberOfFloors"] = len(floors)
    tower["Floors"] = b"".join(floor.getData() for floor in floors)
    return tower.getData()


def map_endpoint(data):
    request = epm.ept_map(data)
    wanted = epm.EPMTower(b"".join(request["map_tower"]["tower_octet_string"]))
    floor = wanted["Floors"][0]
    interface = floor["InterfaceUUID"] + struct.pack(
        "<HH", floor["MajorVersion"], floor["MinorVersion"])
    answer = epm.ept_mapResponse()
    answer["num_towers"] = 0
    answer["status"] = 0
    if interface in PORTS:
        data = tower_to(wanted, PORTS[interface])
        tower = epm.twr_p_t()
        tower["tower_length"] = len(data)
        tower["tower_octet_string"] = data
        answer["num_towers"] = 1
        answer["ITowers"].append(tower)
    else:
        answer["status"] = NOT_REGISTERED
    return answer


def serve(address, port, interface, calls):
    server = rpcrt.DCERPCServer()
    # It has bound to a port of its own choice at 127.0.0.1.
    server._sock.close()
    server._sock = socket.create_server((address, port))
    server.addCallbacks(interface, str(port), calls)
    server.start()


# As it refuses an interface, it logs one as '%s' % tuple, and trips over that.
rpcrt.bin_to_uuidtup = lambda data: list(bin_to_uuidtup(data))
serve(sys.argv[1], 7136, MAPPER, {})
serve(sys.argv[1], 135, MAPPER, {epm.ept_map.opnum: map_endpoint})
serve(sys.argv[1], 59531, EMSMDB, {})
serve(sys.argv[1], 59532, NSPI, {})
print("ready", flush=True)
