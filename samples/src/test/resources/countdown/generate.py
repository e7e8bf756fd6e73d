#!/usr/bin/env python3
"""Writes the files A-B-C.txt of this folder: what the Python Cookbook's TaskScheduler prints
(recipe 12.12, third edition) for countdown(A), countdown(B), countup(C).

    python3 generate.py            writes all files
    python3 generate.py 3 1 4      prints one
"""

import sys
from collections import deque
from contextlib import redirect_stdout
from pathlib import Path

CASES = [(10, 5, 15), (0, 0, 0), (1, 1, 1), (0, 1, 2), (2, 0, 1), (1, 0, 0), (3, 7, 2), (100, 1, 37)]


def countdown(n):
    while n > 0:
        print("T-minus", n)
        yield
        n -= 1
    print("Blastoff!")


def countup(n):
    x = 0
    while x < n:
        print("Counting up", x)
        yield
        x += 1


class TaskScheduler:
    """Runs generators in turn: each to its next yield, then to the back of the queue."""

    def __init__(self):
        self.task_queue = deque()

    def new_task(self, task):
        self.task_queue.append(task)

    def run(self):
        while self.task_queue:
            task = self.task_queue.popleft()
            try:
                next(task)
                self.task_queue.append(task)
            except StopIteration:
                pass


def run(a, b, c):
    scheduler = TaskScheduler()
    scheduler.new_task(countdown(a))
    scheduler.new_task(countdown(b))
    scheduler.new_task(countup(c))
    scheduler.run()


if __name__ == "__main__":
    if len(sys.argv) == 4:
        run(*map(int, sys.argv[1:]))
    else:
        for case in CASES:
            name = "-".join(map(str, case)) + ".txt"
            with open(Path(__file__).parent / name, "w") as file, redirect_stdout(file):
                run(*case)
