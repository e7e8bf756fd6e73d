"""The echo server on asyncio: a Protocol, which is its fast way. Ends when its input ends."""

import asyncio
import os
import sys

MOST_LINE = 1 << 16


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.half = b""

    def data_received(self, data):
        lines = (self.half + data).split(b"\n")
        self.half = lines.pop()
        if len(self.half) > MOST_LINE:
            self.transport.abort()
        elif lines:
            self.transport.write(b"".join([b"GOT:" + line + b"\n" for line in lines]))

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=1024)
    print("listening on 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), lambda: os.read(0, 100) or ended.set())
    await ended.wait()


asyncio.run(main())
