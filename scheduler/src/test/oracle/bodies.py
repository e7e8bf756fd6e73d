"""The bodies whose behaviour CPython decides.

Plain Python generator functions in a subset that oracle.py can also write as Java; `log`, `add`,
`less`, `step` and `opened` are in both languages. Labels stand in for messages.
"""

from harness import A, B, C, add, less, log, opened, step


# --- yield, send, return


def empty():
    if less(1, 0):
        yield 0


def one():
    yield 1


def three():
    yield 1
    yield 2
    yield 3


def returns_at_once():
    if less(1, 0):
        yield 0
    return 7


def returns_after_yield():
    yield 1
    return 2


def returns_none_value():
    yield 1
    return None


def yields_none():
    x = yield None
    log("got", x)
    yield None


def echo():
    x = None
    while True:
        x = yield x


def echo_logged():
    x = yield "start"
    while True:
        log("got", x)
        x = yield x


def averager():
    total = 0
    for i in range(4):
        x = yield total
        if x is None:
            log("skip", i)
        else:
            total = add(total, x)
    return total


def until_none():
    x = yield "first"
    while x is not None:
        x = yield x
    return "done"


def two_in_one_call():
    log("both", (yield 1), (yield 2))
    return add((yield 3), (yield 4))


def yield_in_yield():
    x = yield (yield 1)
    return x


def yield_as_condition():
    if (yield 1) is None:
        log("none")
        yield 2
    else:
        log("some")
        yield 3
    yield 4


def counter_loop():
    for i in range(5):
        if i == 1:
            continue
        if i == 4:
            break
        log("i", i)
        yield i
    log("left")


def nested_loops():
    for i in range(3):
        for j in range(3):
            if j == i:
                continue
            yield add(add(i, i), j)


def raises_at_once():
    if less(0, 1):
        raise A("start")
    yield 1


def raises_after_yield():
    yield 1
    raise A("after")


def raises_base():
    yield 1
    raise C("base")


# --- throw: except


def catches_a():
    try:
        x = yield 1
        log("got", x)
    except A as e:
        log("caught", e)
        yield 2
    yield 3


def catches_and_returns():
    try:
        yield 1
    except A as e:
        return e
    return "normal"


def catches_by_class():
    while True:
        try:
            x = yield "try"
            log("got", x)
        except B as e:
            log("b", e)
        except A as e:
            log("a", e)


def catches_exception():
    while True:
        try:
            yield 1
        except Exception as e:
            log("exception", e)
            yield 2


def catches_everything():
    try:
        yield 1
    except BaseException as e:
        log("everything", e)
    yield 2


def catches_twice():
    try:
        try:
            yield 1
        except A as e:
            log("inner", e)
            yield 2
            raise B("from inner")
    except B as f:
        log("outer", f)
        yield 3


def rethrows():
    try:
        yield 1
    except A as e:
        log("again", e)
        raise e
    yield 2


def replaces():
    try:
        yield 1
    except A as e:
        log("replace", e)
        raise B("replacement")
    yield 2


def throw_in_handler():
    try:
        raise A("own")
    except A as e:
        x = yield e
        log("handler got", x)
    yield "after"


def not_this_one():
    try:
        yield 1
    except B as e:
        log("b", e)
    yield 2


def retries():
    for i in range(3):
        try:
            x = yield i
            return x
        except A as e:
            log("retry", e)
    return "gave up"


# --- finally


def cleans_up():
    try:
        yield 1
        yield 2
    finally:
        log("cleanup")


def cleans_up_nested():
    try:
        try:
            yield 1
        finally:
            log("inner")
        yield 2
    finally:
        log("outer")


def yields_in_finally():
    try:
        yield 1
    finally:
        log("finally")
        yield 2
        log("after")
    yield 3


def yields_twice_in_finally():
    try:
        yield 1
    finally:
        x = yield 2
        log("got", x)
        x = yield 3
        log("got", x)


def finally_raises():
    try:
        yield 1
    finally:
        raise B("finally")


def finally_returns():
    try:
        yield 1
        raise A("lost")
    finally:
        return "finally"


def return_through_finally():
    try:
        yield 1
        return "value"
    finally:
        log("on the way")


def return_through_yielding_finally():
    try:
        x = yield 1
        return x
    finally:
        log("pause")
        yield 2


def return_overridden():
    try:
        yield 1
        return "first"
    finally:
        if less(0, 1):
            return "second"


def except_and_finally():
    try:
        x = yield 1
        log("got", x)
    except A as e:
        log("except", e)
        yield 2
    finally:
        log("finally")
        yield 3
    yield 4


def except_returns_finally_yields():
    try:
        yield 1
    except A as e:
        return e
    finally:
        yield "on leaving"
    return "end"


def try_in_finally():
    try:
        yield 1
    finally:
        try:
            yield 2
        except A as e:
            log("finally caught", e)
        log("end of finally")


def finally_in_loop():
    for i in range(3):
        try:
            yield i
            if i == 1:
                continue
            log("body", i)
        finally:
            log("finally", i)


def break_through_finally():
    while True:
        try:
            x = yield 1
            if x is None:
                break
            log("got", x)
        finally:
            log("finally")
    yield "out"


def continue_through_yielding_finally():
    for i in range(3):
        try:
            if i == 1:
                continue
            yield i
        finally:
            yield add(10, i)


def three_deep():
    try:
        try:
            try:
                yield 1
            finally:
                log("1")
                yield 2
        except A as e:
            log("2", e)
            yield 3
    finally:
        log("3")
    return "end"


# --- close


def ignores_exit():
    try:
        yield 1
    except GeneratorExit as e:
        log("ignored", e)
        yield 2
    yield 3


def ignores_exit_forever():
    while True:
        try:
            yield 1
        except GeneratorExit as e:
            log("no", e)


def returns_on_exit():
    try:
        yield 1
    except GeneratorExit as e:
        log("leaving", e)
        return "left"
    return "normal"


def raises_on_exit():
    try:
        yield 1
    except GeneratorExit as e:
        log("leaving", e)
        raise A("instead")
    yield 2


def rethrows_exit():
    try:
        yield 1
    except GeneratorExit as e:
        log("leaving", e)
        raise e
    yield 2


def exit_is_no_exception():
    try:
        yield 1
    except Exception as e:
        log("exception", e)
        yield 2
    finally:
        log("finally")


# --- with


def uses_resource():
    with opened("r"):
        yield 1
        yield 2
    yield 3


def uses_two_resources():
    with opened("outer"):
        yield 1
        with opened("inner"):
            x = yield 2
            log("got", x)
        yield 3
    return "end"


def resource_in_loop():
    for i in range(2):
        with opened("r"):
            log("used", i)
            yield i


def resource_and_except():
    try:
        with opened("r"):
            yield 1
            raise A("inside")
    except A as e:
        log("outside", e)
        yield 2


# --- yield from


def from_three():
    yield from three()


def from_empty():
    yield from empty()
    yield "after"


def from_result():
    x = yield from returns_after_yield()
    log("result", x)
    return x


def from_immediate():
    x = yield from returns_at_once()
    yield x


def from_averager():
    yield "before"
    x = yield from averager()
    log("result", x)
    yield x


def from_two():
    x = yield from returns_after_yield()
    y = yield from averager()
    return add(x, y)


def from_echo_logged():
    yield from echo_logged()


def from_catches():
    yield from catches_by_class()


def from_catches_and_returns():
    x = yield from catches_and_returns()
    log("inner returned", x)
    yield "after"


def from_not_caught_inside():
    try:
        yield from three()
    except A as e:
        log("outer", e)
        yield "outer"
    return "end"


def from_raises():
    try:
        yield from raises_after_yield()
    except A as e:
        log("from inner", e)
    yield "after"


def from_raises_at_once():
    try:
        yield from raises_at_once()
    except A as e:
        log("at once", e)
        yield "handler"


def from_finally_order():
    try:
        yield from cleans_up()
    finally:
        log("outer cleanup")


def from_yields_in_finally():
    try:
        yield from yields_in_finally()
    finally:
        log("outer")
        yield "outer"


def from_in_finally():
    try:
        yield 1
    finally:
        yield from three()
        log("done")


def from_in_except():
    try:
        yield 1
    except A as e:
        x = yield from returns_after_yield()
        log("recovered", x, e)
    yield 3


# --- yield from and close


def from_ignores_exit():
    try:
        yield from ignores_exit()
    finally:
        log("outer")


def from_ignores_exit_caught():
    try:
        yield from ignores_exit()
    except Exception as e:
        log("outer caught", e)
        yield "still here"


def from_returns_on_exit():
    try:
        x = yield from returns_on_exit()
        log("never on close", x)
    except GeneratorExit as e:
        log("outer", e)
        return "outer left"
    yield "after"


def from_raises_on_exit():
    try:
        yield from raises_on_exit()
    except A as e:
        log("outer", e)
        return "saved"
    return "end"


def from_replaces():
    try:
        yield from replaces()
    except B as e:
        log("replaced", e)
        yield "outer"


def level_three():
    x = yield from averager()
    return x


def level_two():
    try:
        x = yield from level_three()
        log("two", x)
        return x
    finally:
        log("leave two")


def level_one():
    try:
        x = yield from level_two()
        log("one", x)
        yield x
    except A as e:
        log("one caught", e)
        yield "one"


def level_zero():
    yield "zero"
    x = yield from level_one()
    return x


def deep_cleanup_two():
    try:
        yield from except_and_finally()
    finally:
        yield "two"


def deep_cleanup_one():
    try:
        yield from deep_cleanup_two()
    finally:
        log("one")


def from_list():
    yield from [1, 2, 3]
    yield "after"


def from_list_guarded():
    try:
        yield from [1, 2, 3]
    except A as e:
        log("thrown here", e)
        yield "handler"
    except AttributeError as e:
        log("an iterator takes no values")
        yield "refused"
    finally:
        log("finally")


def from_range():
    yield from range(3)
    return "end"


def from_empty_list():
    yield from []
    yield "after"


def from_in_loop():
    for i in range(3):
        yield from one()
        log("round", i)


def from_in_call():
    log("both", (yield from returns_after_yield()), (yield from returns_after_yield()))
    return add((yield from returns_after_yield()), (yield 5))


def from_with_resource():
    with opened("outer"):
        x = yield from uses_two_resources()
        log("result", x)
    yield "after"


# --- generators in the hand of a body


def drives_another():
    g = three()
    while True:
        x = step(g)
        log("stepped", x)
        y = yield x
        log("got", y)


def from_begun():
    g = three()
    log("first", step(g))
    yield from g
    yield "after"


def from_same_twice():
    g = three()
    yield from g
    yield "between"
    yield from g
    yield "after"


def from_closed():
    g = three()
    log("first", step(g))
    g.close()
    x = yield from g
    log("result", x)
    yield "after"


def closes_another():
    g = cleans_up()
    try:
        log("first", step(g))
        yield "open"
    finally:
        g.close()
        log("closed")


def interleaves():
    g = three()
    h = echo()
    for i in range(3):
        log("g", step(g))
        yield step(h)
        log("h", i)
    yield from g
    yield from h
