"""The scheduler of generators in the manner of the Python Cookbook's chapter 12: a task yields what
it waits for, and select() tells which of them goes on. Ends when its input ends."""

import os
import socket
import sys
from collections import deque
from select import select

MOST_LINE = 1 << 16


class Scheduler:
    def __init__(self):
        self.ready = deque()
        self.readers = {}
        self.writers = {}

    def spawn(self, task):
        self.ready.append(task)

    def poll(self):
        can_read, can_write, _ = select(self.readers, self.writers, [])
        for handle in can_read:
            self.ready.append(self.readers.pop(handle))
        for handle in can_write:
            self.ready.append(self.writers.pop(handle))

    def run(self):
        while True:
            while not self.ready:
                self.poll()
            task = self.ready.popleft()
            try:
                event, handle = next(task)
                (self.readers if event == "read" else self.writers)[handle] = task
            except StopIteration:
                pass


def send_all(client, data):
    while data:
        yield "write", client
        data = data[client.send(data):]


def echo(client):
    half = b""
    with client:
        try:
            while len(half) <= MOST_LINE:
                yield "read", client
                data = client.recv(MOST_LINE)
                if not data:
                    return
                lines = (half + data).split(b"\n")
                half = lines.pop()
                if lines:
                    yield from send_all(client, b"".join([b"GOT:" + line + b"\n" for line in lines]))
        except ConnectionError:
            pass


def accept(scheduler, listener):
    while True:
        yield "read", listener
        client, _ = listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        scheduler.spawn(echo(client))


def watch_input():
    while True:
        yield "read", sys.stdin
        if not os.read(0, 100):
            os._exit(0)


def main():
    scheduler = Scheduler()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print("listening on 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
    scheduler.spawn(accept(scheduler, listener))
    scheduler.spawn(watch_input())
    scheduler.run()


main()
