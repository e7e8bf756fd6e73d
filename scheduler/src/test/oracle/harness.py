"""What the bodies of bodies.py call, and how a run is written down."""

lines = []


class A(Exception):
    pass


class B(A):
    pass


class C(BaseException):
    pass


def name(value):
    """How a value, or an exception by its class and label, is written in a trace."""
    if isinstance(value, (A, B, C)):
        return f"{type(value).__name__}:{value.args[0]}"
    if isinstance(value, (RuntimeError, ValueError, TypeError)):
        return "State"  # the protocol was violated; in Java always an IllegalStateException
    if isinstance(value, AttributeError):
        return "Unsupported"
    return type(value).__name__ if isinstance(value, BaseException) else str(value)


def log(*values):
    lines.append(" ".join(name(v) for v in values))


def add(a, b):
    return (a if isinstance(a, int) else 0) + (b if isinstance(b, int) else 0)


def less(a, b):
    return a < b


def step(g):
    try:
        return next(g)
    except StopIteration:
        return "end"


class opened:
    def __init__(self, label):
        self.label = label

    def __enter__(self):
        log("open", self.label)

    def __exit__(self, *_):
        log("close", self.label)


def thrown(word, number):
    kinds = {"A": A, "B": B, "C": C}
    return kinds[word](f"t{number}") if word in kinds else GeneratorExit()


def perform(g, op, number):
    """One operation of a script; what comes of it."""
    try:
        if op == "next":
            return "yield " + name(next(g))
        if op == "close":
            g.close()
            return "closed"
        word, argument = op.split(":")
        if word == "send":
            return "yield " + name(g.send(int(argument)))
        return "yield " + name(g.throw(thrown(argument, number)))
    except StopIteration as end:
        return "return " + name(end.value)
    except BaseException as e:
        return "throw " + name(e)


def trace(body, script):
    """Each operation with what the body logged meanwhile and what came of it."""
    lines.clear()
    g = body()
    result = []
    for number, op in enumerate(script):
        outcome = perform(g, op, number)
        result.append("".join(f"[{line}] " for line in lines) + outcome)
        lines.clear()
    keep.append(g)  # or CPython would close it, and log into the next trace
    return result


keep = []
