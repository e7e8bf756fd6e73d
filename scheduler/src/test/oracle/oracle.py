#!/usr/bin/env python3
"""Makes CPython the oracle for the coroutine protocol.

    cd scheduler && python3 src/test/oracle/oracle.py && (cd .. && mvn -q -N verify -Dformat=apply)

From bodies.py it writes, with random scripts from a fixed seed,
  src/test/resources/dev/heddle/coroutine/pep-traces.txt   what CPython did with each
  src/test/java/dev/heddle/coroutine/PepBodies.java        the same bodies as Java
and PepTracesTest runs the Java bodies through the scripts, on every engine.
"""

import ast
import pathlib
import random
import sys

sys.dont_write_bytecode = True

import bodies  # noqa: E402
import harness  # noqa: E402
from java import JavaBody  # noqa: E402

SEED = 342380
SCRIPTS = 16
TEST = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = "dev/heddle/coroutine"

FIXED = [
    ["next"] * 8,
    ["close", "next", "throw:A", "close"],
    ["send:1", "next", "close", "next", "send:2", "throw:B"],
    ["throw:A", "next", "close"],
    ["throw:Exit", "next"],
    ["next", "close", "close", "next"],
    ["next", "throw:Exit", "next"],
    ["next", "throw:A", "next", "next", "close"],
    ["next", "send:1", "send:2", "send:3", "send:4", "send:5", "close"],
]
WEIGHTED = ["next"] * 4 + ["send:1", "send:2", "send:3"] * 2 + ["throw:A", "throw:B", "throw:C"] + ["throw:Exit", "close"]


def scripts(rng):
    yield from FIXED
    for _ in range(SCRIPTS):
        yield ["next"] * rng.choice([0, 1, 1, 1]) + rng.choices(WEIGHTED, k=rng.randint(3, 10))


def main():
    sys.unraisablehook = lambda _: None  # half-way generators that refuse to be closed at exit
    source = pathlib.Path(bodies.__file__).read_text()
    functions = [f for f in ast.parse(source).body if isinstance(f, ast.FunctionDef)]
    rng = random.Random(SEED)
    traces = [f"# {sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}, seed {SEED}; made by oracle.py"]
    for function in functions:
        for script in scripts(rng):
            outcome = harness.trace(getattr(bodies, function.name), script)
            traces.append(f"{function.name} | {' '.join(script)} | {' ; '.join(outcome)}")
    (TEST / "resources" / PACKAGE / "pep-traces.txt").write_text("\n".join(traces) + "\n")
    (TEST / "java" / PACKAGE / "PepBodies.java").write_text(java_source(functions))
    print(f"{len(functions)} bodies, {len(traces) - 1} traces")


def java_source(functions):
    methods = "\n".join(JavaBody(f).method() for f in functions)
    entries = "\n".join(f'    bodies.put("{f.name}", PepBodies::{f.name});' for f in functions)
    return f"""package dev.heddle.coroutine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The bodies of src/test/oracle/bodies.py as Java. Written by oracle.py; change them there. */
@SuppressWarnings({{"finally", "all"}})
final class PepBodies {{
  private PepBodies() {{}}

  static Map<String, Function<PepRun, CoroutineBody<Object, Object, Object>>> all() {{
    var bodies = new LinkedHashMap<String, Function<PepRun, CoroutineBody<Object, Object, Object>>>();
{entries}
    return bodies;
  }}

{methods}
}}
"""


if __name__ == "__main__":
    main()
