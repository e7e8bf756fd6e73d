#!/usr/bin/env python3
"""Runs scenarios under asyncio and records what happened, for OracleTest to compare with.

    python3.13 oracle.py scenarios.txt > asyncio.txt

A scenario is a name, primitives, and tasks with their operations, one after the other:

    == lock is handed over in order
    lock l
    a: acquire l; yield; release l
    b: acquire l; release l

Each operation that has ended is a line of the trace, with its result if it has one. A task that is
cancelled says so, releases what it holds, and ends. Those that still wait at the end are listed last.
Python 3.13 at least: that is when queues could be shut down.
"""

import asyncio
import sys

PASSES = 300  # more than any scenario takes


class Play:
    def __init__(self, name, declarations, tasks):
        self.name, self.declarations, self.tasks = name, declarations, tasks
        self.things, self.trace, self.doing, self.running = {}, [], {}, {}

    def declare(self):
        made = {
            "lock": lambda: asyncio.Lock(),
            "semaphore": lambda n: asyncio.Semaphore(int(n)),
            "bounded": lambda n: asyncio.BoundedSemaphore(int(n)),
            "event": lambda: asyncio.Event(),
            "condition": lambda lock: asyncio.Condition(self.things[lock]),
            "barrier": lambda n: asyncio.Barrier(int(n)),
            "queue": lambda n: asyncio.Queue(int(n)),
            "lifo": lambda n: asyncio.LifoQueue(int(n)),
            "priority": lambda n: asyncio.PriorityQueue(int(n)),
            "var": lambda v: int(v),
        }
        for kind, thing, *args in self.declarations:
            self.things[thing] = made[kind](*args)

    def say(self, task, text):
        self.trace.append(f"{task}: {text}")

    async def perform(self, task, op, held):
        verb, *args = op
        thing = self.things.get(args[0]) if args else None
        match verb:
            case "acquire":
                await thing.acquire()
                held.append(args[0])
            case "release":
                thing.release()
                if args[0] in held:
                    held.remove(args[0])
            case "locked":
                return thing.locked()
            case "set":
                thing.set()
            case "clear":
                thing.clear()
            case "isset":
                return thing.is_set()
            case "await":
                if isinstance(thing, asyncio.Barrier):
                    return await thing.wait()
                await thing.wait()
            case "waitfor":
                variable, least = args[1], int(args[2])
                await thing.wait_for(lambda: self.things[variable] >= least)
            case "signal":
                thing.notify(int(args[1]) if len(args) > 1 else 1)
            case "signalall":
                thing.notify_all()
            case "abort":
                await thing.abort()
            case "reset":
                await thing.reset()
            case "isbroken":
                return thing.broken
            case "waiting":
                return thing.n_waiting
            case "put":
                await thing.put(self.item(args[1]))
            case "get":
                return self.show(await thing.get())
            case "tryput":
                thing.put_nowait(self.item(args[1]))
            case "tryget":
                return self.show(thing.get_nowait())
            case "done":
                thing.task_done()
            case "join":
                await thing.join()
            case "size":
                return thing.qsize()
            case "isfull":
                return thing.full()
            case "shutdown":
                thing.shutdown()
            case "shutdownnow":
                thing.shutdown(immediate=True)
            case "add":
                self.things[args[0]] += int(args[1])
            case "yield":
                for _ in range(int(args[0]) if args else 1):
                    await asyncio.sleep(0)
            case "cancel":
                self.running[args[0]].cancel()
            case _:
                raise SyntaxError(" ".join(op))

    def item(self, text):
        return (int(text[:-1]), text) if text[-1].isalpha() else int(text)

    def show(self, item):
        return item[1] if isinstance(item, tuple) else item

    ERRORS = {
        "RuntimeError": "not held",
        "ValueError": "too many",
        "QueueShutDown": "shut down",
        "QueueEmpty": "empty",
        "QueueFull": "full",
        "BrokenBarrierError": "broken",
    }

    async def act(self, task, ops):
        held = []
        for op in ops:
            text = self.doing[task] = " ".join(op)
            try:
                result = await self.perform(task, op, held)
            except asyncio.CancelledError:
                self.say(task, f"{text} -> cancelled")
                self.clean(held)
                del self.doing[task]
                raise
            except Exception as error:
                self.say(task, f"{text} -> {self.ERRORS[type(error).__name__]}")
            else:
                self.say(task, text if result is None else f"{text} -> {str(result).lower()}")
        del self.doing[task]

    def clean(self, held):
        while held:
            self.things[held.pop()].release()

    async def run(self):
        self.declare()
        for task, ops in self.tasks:
            self.running[task] = asyncio.create_task(self.act(task, ops))
        for _ in range(PASSES):
            await asyncio.sleep(0)
        stuck = list(self.doing.items())
        trace = list(self.trace)
        for task in self.running.values():
            while not task.done():
                task.cancel()
                await asyncio.sleep(0)
        await asyncio.gather(*self.running.values(), return_exceptions=True)
        return trace + [f"{task}: {text} -> waits for ever" for task, text in stuck]


def scenarios(path):
    name, declarations, tasks = None, [], []
    for line in open(path, encoding="utf-8").read().splitlines() + ["== "]:
        if line.startswith("== "):
            if name:
                yield Play(name, declarations, tasks)
            name, declarations, tasks = line[3:], [], []
        elif ":" in line:
            task, ops = line.split(":", 1)
            tasks.append((task.strip(), [op.split() for op in ops.split(";")]))
        elif line and not line.startswith("#"):
            declarations.append(line.split())


if __name__ == "__main__":
    print(f"# by oracle.py under CPython {sys.version.split()[0]}")
    for play in scenarios(sys.argv[1]):
        print(f"== {play.name}")
        print("\n".join(asyncio.run(play.run())))
