"""All the mistakes there are: those of the lists, and those that are made of every formula."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

from mutants.places import FORMULAS, RULES

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
STAGES = {
    "micrograd": "micrograd",
    "micrograd-plus": "micrograd_plus",
    "microgradx": "microgradx",
    "vhgrad": "vhgrad",
}
OPPOSITES = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.Pow: ("**", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "+"),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
}
CALLS = {"add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply"}


class Mutant(NamedTuple):
    """One mistake: in a file, at a place, instead of some text."""

    file: str
    start: int
    old: str
    new: str
    kind: str
    lines: str

    def of(self, text):
        """The text with the mistake in it."""
        assert self.old == text[self.start : self.start + len(self.old)]
        return text[: self.start] + self.new + text[self.start + len(self.old) :]


def mistake(file, text, start, old, new, kind):
    """A mistake, with the lines as they are when it is made."""
    end = start + len(old)
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return Mutant(file, start, old, new, kind, (text[first:start] + new + text[end:last]).strip())


def planted():
    """All mistakes, each once, and what of the lists fits nowhere any more."""
    mutants, stale = listed()
    mutants += [m for file in RULES for m in rules(file)]
    mutants += [m for file, names in FORMULAS.items() for m in formulas(file, names)]
    first = {(m.file, m.start, m.old, m.new): m for m in reversed(mutants)}
    return sorted(first.values(), key=lambda m: (list(STAGES.values()).index(stage(m)), m)), stale


def stage(mutant):
    """The package that a mistake is in."""
    return mutant.file.partition("/")[0]


def source(file):
    """Where a file of a package is."""
    package = file.partition("/")[0]
    folder = next(folder for folder, name in STAGES.items() if name == package)
    return ROOT / "packages" / folder / "src" / file


def listed():
    """The mistakes of the lists, and what of them fits nowhere."""
    mutants, stale = [], []
    for path in sorted((HERE / "lists").glob("*.txt")):
        for part in path.read_text(encoding="utf-8").strip("\n").split("\n===\n"):
            file, _, changes = part.partition("\n")
            text = source(file).read_text(encoding="utf-8")
            for change in changes.split("\n---\n"):
                old, new = change.split("\n->\n")
                if old in text:
                    mutants.append(mistake(file, text, text.index(old), old, new, "listed"))
                else:
                    stale.append((file, old))
    return mutants, stale


def equivalent():
    """The reasons why some mistakes change no result, by file and lines with the mistake."""
    reasons = {}
    text = (HERE / "equivalent.txt").read_text(encoding="utf-8").strip("\n")
    for part in text.split("\n---\n"):
        file, reason, lines = part.split("\n", 2)
        reasons[file, lines] = reason
    return reasons


def rules(file):
    """For each rule the wrong sign, 1 % too much, nothing, and what arrives; forward, 1 %."""
    text = source(file).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and len(node.args) > 1:
            name = getattr(node.func, "id", "")
            forward = node.args[1]
            if isinstance(forward, ast.Call) and forward.args:
                forward = forward.args[0]  # of by_float32, for example
            if name in ("Op", "ArrayOp") and isinstance(forward, ast.Lambda):
                start, body = piece(text, forward.body)
                yield mistake(file, text, start, body, f"1.01 * ({body})", "forward 1 %")
        for result in results(node):
            start, body = piece(text, result)
            if body == "0.0 * g":
                continue  # nothing is still nothing
            yield mistake(file, text, start, body, f"-({body})", "sign")
            yield mistake(file, text, start, body, f"1.01 * ({body})", "1 %")
            yield mistake(file, text, start, body, f"0.0 * ({body})", "nothing")
            if body != "g" and isinstance(node, ast.Lambda):
                yield mistake(file, text, start, body, "g", "g alone")


def results(node):
    """What a rule gives: the body of a lambda, or what a function returns."""
    if not isinstance(node, ast.Lambda | ast.FunctionDef):
        return []
    if [a.arg for a in node.args.args[:2]] not in (["g", "out"], ["g"]):
        return []
    if isinstance(node, ast.Lambda):
        return [node.body]
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None]


def formulas(file, names):
    """Each operator of some functions for its opposite, each of their numbers 1 % too large."""
    text = source(file).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            for statement in node.body:
                for part in calculations(statement):
                    yield from opposites(file, text, part)
        elif isinstance(node, ast.AnnAssign | ast.Assign) and "constants" in names:
            for part in ast.walk(node.value or node):
                yield from opposites(file, text, part)


def calculations(node):
    """A statement and all in it, but for errors and what leads to nothing else."""
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.arguments):
        return
    if isinstance(node, ast.If) and all(isinstance(x, ast.Raise) for x in node.body):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from calculations(child)


def opposites(file, text, node):
    """The mistakes of one operator, call or number."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPPOSITES:
        left, right = (
            (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
        )
        yield between(file, text, left, right, *OPPOSITES[type(node.op)])
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITES:
        yield between(file, text, node.left, node.comparators[0], *OPPOSITES[type(node.ops[0])])
    elif isinstance(node, ast.Attribute) and node.attr in CALLS:
        start, body = piece(text, node)
        yield mistake(
            file, text, start, body, body.replace(node.attr, CALLS[node.attr]), "operator"
        )
    elif isinstance(node, ast.Constant) and type(node.value) is float:
        start, body = piece(text, node)
        new = f"(1.01 * {body})" if node.value else "0.01"
        yield mistake(file, text, start, body, new, "number")


def between(file, text, left, right, old, new):
    """The operator between two parts of a formula, exchanged."""
    end = piece(text, left)[0] + len(piece(text, left)[1])
    gap = text[end : piece(text, right)[0]]
    return mistake(file, text, end + gap.index(old), old, new, "operator")


def piece(text, node):
    """Where the code of a node begins, and the code."""
    lines = text.splitlines(keepends=True)
    line = lines[node.lineno - 1].encode()
    start = sum(map(len, lines[: node.lineno - 1])) + len(line[: node.col_offset].decode())
    return start, ast.get_source_segment(text, node)
