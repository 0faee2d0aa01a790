#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers that no package offers: those that misbehave, and RPC.

odd.py ADDRESS: serves the ports below until it is killed; prints "ready".
"""
import asyncio
import socket
import struct
import sys

NDR = bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2)
EPM = bytes.fromhex("0883afe11f5dc91191a408002b14a0fa")
EMSMDB = bytes.fromhex("00dbf1a447ca6710b31f00dd010662da")


async def silent(reader, writer):
    await reader.read()
    writer.close()


async def resetting(reader, writer):
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await reader.read(1)
    writer.transport.abort()


def smtp(refused):
    """Says 421 at the banner or in answer to that command, and hangs up."""
    async def talk(reader, writer):
        writer.write(b"421 too busy\r\n" if refused == "banner" else b"220 odd ESMTP\r\n")
        while refused != "banner":
            line = (await reader.readline()).decode(errors="replace")
            if not line or line.startswith("QUIT"):
                writer.write(b"221 bye\r\n")
                break
            if line.startswith(refused):
                writer.write(b"421 4.3.2 Service not active\r\n")
                break
            writer.write(b"250-odd\r\n250 SIZE\r\n" if line.startswith("EHLO") else b"250 OK\r\n")
        await writer.drain()
        writer.close()
    return talk


def speaking(text):
    async def talk(reader, writer):
        writer.write(text)
        await writer.drain()
        await reader.read()
        writer.close()
    return talk


def pdu(kind, call, body):
    return struct.pack("<BBBBIHHI", 5, 0, kind, 3, 0x10, 16 + len(body), 0, call) + body


def bind_ack(call, result):
    return pdu(12, call, struct.pack("<HHIH4sxxBxxxHH", 5840, 5840, 77, 4, b"135\0", 1, result, 0) + NDR)


def mapped(call, request, port):
    length = struct.unpack_from("<I", request, 48)[0]
    tower = bytearray(request[56:56 + length])
    tower[-11:-9] = struct.pack(">H", port)
    stub = bytes(20) + struct.pack("<IIIII", 1, 4, 0, 1, 3)
    stub += struct.pack("<II", length, length) + tower + bytes(-length % 4) + bytes(4)
    return pdu(2, call, struct.pack("<IHBx", len(stub), 0, 0) + stub)


def rpc(interface, nak=False, port=0):
    """Serves one interface; as the endpoint mapper, tells that port."""
    async def talk(reader, writer):
        while True:
            try:
                head = await reader.readexactly(16)
                kind, size, call = head[2], *struct.unpack_from("<H2xI", head, 8)
                request = head + await reader.readexactly(size - 16)
            except asyncio.IncompleteReadError:
                break
            if nak:
                writer.write(pdu(13, call, struct.pack("<HBx", 4, 0)))
            elif kind == 11:
                writer.write(bind_ack(call, 0 if request[32:48] == interface else 2))
            else:
                writer.write(mapped(call, request, port))
            await writer.drain()
        writer.close()
    return talk


SERVERS = {
    7001: silent,
    7002: resetting,
    7025: smtp("banner"),
    7026: smtp("MAIL FROM"),
    7027: smtp("EHLO"),
    7143: speaking(b"* BYE not now\r\n"),
    7110: speaking(b"-ERR not now\r\n"),
    7111: speaking(b"SSH-2.0-odd\r\n"),
    7112: speaking(b"x" * 5000),
    7135: rpc(EPM, port=59531),
    7531: rpc(EMSMDB),
    7532: rpc(EMSMDB, nak=True),
}


async def main(address):
    for port, talk in SERVERS.items():
        await asyncio.start_server(talk, address, port)
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main(sys.argv[1]))
