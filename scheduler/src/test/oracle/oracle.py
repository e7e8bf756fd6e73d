#!/usr/bin/env python3
"""Makes CPython the oracle for the coroutine protocol.

    cd scheduler && python3 src/test/oracle/oracle.py && (cd .. && mvn -q -N verify -Dformat=apply)

From bodies.py it writes, with random scripts from a fixed seed,
  src/test/resources/dev/heddle/coroutine/pep-traces.txt   what CPython did with each
  src/test/java/dev/heddle/coroutine/Pep*.java              the same bodies as Java
and PepTracesTest runs the Java bodies through the scripts, on every engine.
"""

import ast
import pathlib
import random
import re
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
    write_java(source, functions)
    print(f"{len(functions)} bodies, {len(traces) - 1} traces")


def sections(source, functions):
    """The functions by the headlines in bodies.py; each becomes a class, as files have an end."""
    lines = source.splitlines()
    heads = [(n, line[6:]) for n, line in enumerate(lines, 1) if line.startswith("# --- ")]
    result = {}
    for function in functions:
        head = max(h for h in heads if h[0] < function.lineno)[1]
        words = "".join(word.capitalize() for word in re.findall(r"\w+", head))
        result.setdefault(f"Pep{words}", []).append(function)
    return result


def write_java(source, functions):
    classes = sections(source, functions)
    home = {f.name: name for name, members in classes.items() for f in members}
    for name, members in classes.items():
        methods = "\n".join(JavaBody(f, home).method() for f in members)
        write_class(name, methods)
    entries = "\n".join(f'bodies.put("{f.name}", {home[f.name]}::{f.name});' for f in functions)
    kind = "Function<PepRun, CoroutineBody<Object, Object, Object>>"
    write_class(
        "PepBodies",
        f"static Map<String, {kind}> all() {{ Map<String, {kind}> bodies = new LinkedHashMap<>();"
        f"{entries}\nreturn bodies; }}",
    )


def write_class(name, members):
    imports = {
        "java.util.LinkedHashMap": "LinkedHashMap<",
        "java.util.List": "List.<",
        "java.util.Map": " Map<",
        "java.util.Objects": "Objects.",
        "java.util.function.Function": "Function<",
    }
    used = "\n".join(f"import {i};" for i, sign in imports.items() if sign in members)
    (TEST / "java" / PACKAGE / f"{name}.java").write_text(f"""package dev.heddle.coroutine;

{used}

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({{"finally", "all"}})
final class {name} {{
  private {name}() {{}}

{members}
}}
""")


if __name__ == "__main__":
    main()
