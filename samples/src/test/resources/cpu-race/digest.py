#!/usr/bin/env python3
"""Computes, without Java, the last line of `cpu-race`: java.util.Random makes the files, hashlib
digests them.

    python3 digest.py 200          for so many files
"""

import sys
from hashlib import sha512

MASK = (1 << 48) - 1


class Random:
    """As the documentation of java.util.Random defines it."""

    def __init__(self, seed):
        self.seed = (seed ^ 0x5DEECE66D) & MASK

    def next32(self):
        self.seed = (self.seed * 0x5DEECE66D + 0xB) & MASK
        return self.seed >> 16

    def below(self, power_of_two):
        return (power_of_two * (self.next32() >> 1)) >> 31

    def bytes(self, count):
        words = (self.next32().to_bytes(4, "little") for _ in range((count + 3) // 4))
        return b"".join(words)[:count]


random = Random(2009)
digests = ""
for _ in range(int(sys.argv[1])):
    digests += sha512(random.bytes(random.below(256 << 10))).hexdigest()
print("of all digests:", sha512(digests.encode()).hexdigest()[:40])
