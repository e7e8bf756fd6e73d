"""Writes a generator function of bodies.py as a Java method that gives its body."""

import ast

EXCEPTIONS = {
    "A": "PepRun.A",
    "B": "PepRun.B",
    "C": "PepRun.C",
    "Exception": "Exception",
    "BaseException": "Throwable",
    "GeneratorExit": "GeneratorExit",
    "AttributeError": "UnsupportedOperationException",
}
GENERATORS = ("g", "h")  # variables of these names hold generators


class JavaBody:
    def __init__(self, function, home):
        self.function = function
        self.home = home  # which class has which body
        assigned = [n.targets[0].id for n in ast.walk(function) if isinstance(n, ast.Assign)]
        self.variables = [v for v in dict.fromkeys(assigned) if v not in GENERATORS]

    def method(self):
        name = self.function.name
        declared = "".join(f"Object {v}_ = null;" for v in self.variables)
        end = "return null;" if self.completes(self.function.body) else ""
        return (
            f"static CoroutineBody<Object, Object, Object> {name}(PepRun run) {{"
            f"return y -> {{ {declared} {self.block(self.function.body)} {end} }}; }}\n"
        )

    # Statements.

    def block(self, statements):
        return " ".join(self.statement(s) for s in statements)

    def statement(self, s):
        match s:
            case ast.Assign(targets=[ast.Name(v)]) if v in GENERATORS:
                return f"var {v} = {self.expression(s.value)};"
            case ast.Assign(targets=[ast.Name(v)]):
                return f"{v}_ = {self.expression(s.value)};"
            case ast.Expr(value):
                return f"{self.expression(value)};"
            case ast.Return(value):
                return f"return {self.expression(value) if value else 'null'};"
            case ast.Raise(value):
                return f"throw {self.expression(value)};"
            case ast.Break():
                return "break;"
            case ast.Continue():
                return "continue;"
            case ast.If(test, body, orelse):
                other = f"else {{ {self.block(orelse)} }}" if orelse else ""
                return f"if ({self.expression(test)}) {{ {self.block(body)} }} {other}"
            case ast.While(test, body):
                return f"while ({self.expression(test)}) {{ {self.block(body)} }}"
            case ast.For(ast.Name(v), ast.Call(args=[ast.Constant(n)]), body):
                return f"for (int {v}_ = 0; {v}_ < {n}; {v}_++) {{ {self.block(body)} }}"
            case ast.With([ast.withitem(call)], body):
                resource = f"{call.args[0].value}_resource"
                return f"try (var {resource} = {self.expression(call)}) {{ {self.block(body)} }}"
            case ast.Try(body, handlers, _, finalbody):
                catches = " ".join(self.handler(h) for h in handlers)
                last = f"finally {{ {self.block(finalbody)} }}" if finalbody else ""
                return f"try {{ {self.block(body)} }} {catches} {last}"
        raise NotImplementedError(ast.dump(s))

    def handler(self, h):
        return f"catch ({EXCEPTIONS[h.type.id]} {h.name}_) {{ {self.block(h.body)} }}"

    # Expressions.

    def expression(self, e):
        match e:
            case ast.Constant(None):
                return "null"
            case ast.Constant(True):
                return "true"
            case ast.Constant(str(text)):
                return f'"{text}"'
            case ast.Constant(number):
                return str(number)
            case ast.Name(v):
                return v if v in GENERATORS else f"{v}_"
            case ast.Yield(value):
                return f"y.yield({self.expression(value)})"
            case ast.YieldFrom(ast.List(items)):
                return f"y.yieldFrom(List.<Object>of({', '.join(map(self.expression, items))}))"
            case ast.YieldFrom(ast.Call(ast.Name("range"), [ast.Constant(n)])):
                return f"y.yieldFrom(List.<Object>of({', '.join(map(str, range(n)))}).iterator())"
            case ast.YieldFrom(value):
                return f"y.yieldFrom({self.expression(value)})"
            case ast.Compare(left, [ast.Is()], [ast.Constant(None)]):
                return f"{self.expression(left)} == null"
            case ast.Compare(left, [ast.IsNot()], [ast.Constant(None)]):
                return f"{self.expression(left)} != null"
            case ast.Compare(left, [ast.Eq()], [right]):
                return f"Objects.equals({self.expression(left)}, {self.expression(right)})"
            case ast.Call(ast.Attribute(ast.Name(v), "close"), []):
                return f"{v}.close()"
            case ast.Call(ast.Name(f), args) if f in EXCEPTIONS:
                return f"new {EXCEPTIONS[f]}({', '.join(map(self.expression, args))})"
            case ast.Call(ast.Name(f), args) if f in ("log", "add", "less", "step", "opened"):
                return f"run.{f}({', '.join(map(self.expression, args))})"
            case ast.Call(ast.Name(f), []):
                return f"run.inner({self.home[f]}::{f})"
        raise NotImplementedError(ast.dump(e))

    # Whether the statement after it can be reached, by Java's rules.

    def completes(self, statements):
        return all(self.passes(s) for s in statements)

    def passes(self, s):
        match s:
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                return False
            case ast.While(ast.Constant(True), body):
                return any(isinstance(n, ast.Break) for b in body for n in ast.walk(b))
            case ast.If(_, body, orelse) if orelse:
                return self.completes(body) or self.completes(orelse)
            case ast.With(_, body):
                return self.completes(body)
            case ast.Try(body, handlers, _, finalbody):
                any_way = self.completes(body) or any(self.completes(h.body) for h in handlers)
                return any_way and self.completes(finalbody)
        return True
