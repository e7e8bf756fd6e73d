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

Operations may stand in blocks, which nest:

    timeout t 5; sleep 9; end          asyncio.timeout; the task goes on behind the block
    timeout t 5; sleep 9; throw        ... or the TimeoutError does
    group g; spawn g c; end            asyncio.TaskGroup; the task `child c: ...` is one that is spawned
    try; sleep 9; finally; release l; end
    try; sleep 9; catch; release l; end
    shield; sleep 9; end               nothing here; CancelScope.shielded in ours, for cleanup that waits

`within 5 get q` is wait_for. An operation that is interrupted says "cancelled", whatever exception
tells the task; which one it was is said by the block that is left. Time is virtual: it passes when
nobody is ready.
Python 3.13 at least: that is when queues could be shut down.
"""

import asyncio
import sys

END = 10_000  # later than any scenario's


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self.now = 0.0
        look = self._selector.select

        def select(timeout=None):
            self.now += timeout or 0
            return look(0)

        self._selector.select = select

    def time(self):
        return self.now


class Mishap(Exception):
    """What `fail x` raises."""


class Block:
    def __init__(self, words):
        self.words, self.body, self.cleanup, self.middle, self.throws = words, [], [], "", False


def nested(ops):
    """The operations as a tree: a list of words, or a Block."""
    top = Block([])
    open_blocks, target = [top], {top: top.body}
    for words in ops:
        block = open_blocks[-1]
        match words[0]:
            case "timeout" | "group" | "try" | "shield":
                inner = Block(words)
                target[block].append(inner)
                open_blocks.append(inner)
                target[inner] = inner.body
            case "finally" | "catch":
                block.middle, target[block] = words[0], block.cleanup
            case "end" | "throw":
                block.throws = words[0] == "throw"
                open_blocks.pop()
            case _:
                target[block].append(words)
    assert open_blocks == [top], ops
    return top.body


def failures(error):
    """The names of the failures in it."""
    if isinstance(error, BaseExceptionGroup):
        return set().union(*(failures(each) for each in error.exceptions))
    return {"timeout" if isinstance(error, TimeoutError) else str(error)}


def failed(error):
    return "failed " + ", ".join(sorted(failures(error)))


class Play:
    def __init__(self, name, declarations, tasks, children):
        self.name, self.declarations, self.tasks, self.children = name, declarations, tasks, children
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
            case "sleep":
                await asyncio.sleep(int(args[0]))
            case "now":
                return int(asyncio.get_running_loop().time())
            case "within":
                return await asyncio.wait_for(self.perform(task, args[1:], held), int(args[0]))
            case "move":
                thing.reschedule(asyncio.get_running_loop().time() + int(args[1]))
            case "spawn":
                child = self.act(args[1], self.children[args[1]])
                try:
                    self.running[args[1]] = thing.create_task(child)
                except RuntimeError:
                    child.close()
                    raise
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
        "TimeoutError": "timed out",
    }

    async def act(self, task, ops):
        held = []
        try:
            await self.play(task, nested(ops), held)
        except asyncio.CancelledError:
            self.clean(held)
            raise
        except Exception as error:
            self.clean(held)
            self.say(task, failed(error))
            raise
        finally:
            self.doing.pop(task, None)

    async def play(self, task, nodes, held):
        for node in nodes:
            if isinstance(node, Block):
                await getattr(self, "play_" + node.words[0])(task, node, held)
            else:
                await self.play_op(task, node, held)

    async def play_op(self, task, op, held):
        text = self.doing[task] = " ".join(op)
        if op[0] == "fail":
            self.say(task, text)
            raise Mishap(op[1])
        try:
            result = await self.perform(task, op, held)
        except asyncio.CancelledError:
            self.say(task, f"{text} -> cancelled")
            raise
        except Exception as error:
            refused = op[0] in ("spawn", "move")
            word = "refused" if refused else self.ERRORS[type(error).__name__]
            self.say(task, f"{text} -> {word}")
        else:
            self.say(task, text if result is None else f"{text} -> {str(result).lower()}")

    async def play_timeout(self, task, block, held):
        name, seconds = block.words[1:]
        text = f"end {name}"
        scope = self.things[name] = asyncio.timeout(int(seconds))
        try:
            async with scope:
                await self.play(task, block.body, held)
        except asyncio.CancelledError:
            self.say(task, f"{text} -> cancelled")
            raise
        except Exception as error:
            mine = scope.expired() and isinstance(error, TimeoutError)
            self.say(task, f"{text} -> {'timed out' if mine else failed(error)}")
            if block.throws or not mine:
                raise
        else:
            self.say(task, text)

    async def play_group(self, task, block, held):
        name = block.words[1]
        text = f"end {name}"
        try:
            async with asyncio.TaskGroup() as self.things[name]:
                await self.play(task, block.body, held)
                self.doing[task] = text
        except asyncio.CancelledError:
            self.say(task, f"{text} -> cancelled")
            raise
        except Exception as error:
            self.say(task, f"{text} -> {failed(error)}")
            if block.throws:
                raise
        else:
            self.say(task, text)

    async def play_try(self, task, block, held):
        try:
            await self.play(task, block.body, held)
        except BaseException:
            self.say(task, block.middle)
            await self.play(task, block.cleanup, held)
            if block.middle == "finally":
                raise
        else:
            if block.middle == "finally":
                self.say(task, block.middle)
                await self.play(task, block.cleanup, held)

    async def play_shield(self, task, block, held):
        await self.play(task, block.body, held)

    def clean(self, held):
        while held:
            self.things[held.pop()].release()

    async def run(self):
        self.declare()
        for task, ops in self.tasks:
            self.running[task] = asyncio.create_task(self.act(task, ops))
        await asyncio.sleep(END)
        stuck = list(self.doing.items())
        trace = list(self.trace)
        for task in self.running.values():
            while not task.done():
                task.cancel()
                await asyncio.sleep(0)
        await asyncio.gather(*self.running.values(), return_exceptions=True)
        return trace + [f"{task}: {text} -> waits for ever" for task, text in stuck]


def scenarios(path):
    name, declarations, tasks, children = None, [], [], {}
    for line in open(path, encoding="utf-8").read().splitlines() + ["== "]:
        if line.startswith("== "):
            if name:
                yield Play(name, declarations, tasks, children)
            name, declarations, tasks, children = line[3:], [], [], {}
        elif ":" in line:
            task, ops = line.split(":", 1)
            ops = [op.split() for op in ops.split(";")]
            if task.startswith("child "):
                children[task.split()[1]] = ops
            else:
                tasks.append((task.strip(), ops))
        elif line and not line.startswith("#"):
            declarations.append(line.split())


if __name__ == "__main__":
    print(f"# by oracle.py under CPython {sys.version.split()[0]}")
    for play in scenarios(sys.argv[1]):
        print(f"== {play.name}")
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            print("\n".join(runner.run(play.run())))
