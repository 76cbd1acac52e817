"""Bodies in source files: found by name, emptied, and put back.

A place is a path of names within a module, such as `Node.accumulate` or `convolution.to_x`. What is
emptied is the body of that function, its docstring stays; or, of an operation, its rules of
calculus: the lambdas after the forward function.
"""

import ast
import re

__all__ = ["blanked", "same", "segment", "with_segment"]

OPERATIONS = ("Op", "ArrayOp")
TODO = "raise NotImplementedError('your turn')"


def blanked(text: str, place: str, *, rules: bool = False) -> str:
    """The module `text` with the body at `place` emptied."""
    node, lines = found(text, place), text.splitlines(keepends=True)
    if rules:
        return "".join(without_rules(node, lines))
    first, last = node.body[0], node.body[-1]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno if documented else first.lineno - 1
    todo = " " * first.col_offset + TODO + "\n"
    return "".join([*lines[:start], todo, *lines[last.end_lineno :]])


def segment(text: str, place: str) -> str:
    """The lines of the function or assignment at `place`."""
    node = found(text, place)
    return "".join(text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno])


def with_segment(text: str, place: str, lines: str) -> str:
    """The module `text` with other lines at `place`."""
    node, all_lines = found(text, place), text.splitlines(keepends=True)
    return "".join([*all_lines[: node.lineno - 1], lines, *all_lines[node.end_lineno :]])


def same(one: str, other: str, place: str) -> bool:
    """Whether two modules have the same program at `place`, however it is laid out."""
    return ast.dump(found(one, place)) == ast.dump(found(other, place))


def found(text: str, place: str) -> ast.AST:
    """The definition at `place`; LookupError where there is none."""
    node: ast.AST = ast.parse(text)
    for name in place.split("."):
        inside = [part for part in ast.iter_child_nodes(node) if name in names(part)]
        if not inside:
            raise LookupError(f"there is no {place} any more; start over, or put it back")
        node = inside[0]
    return node


def names(node: ast.AST) -> list[str]:
    """What a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def without_rules(node: ast.AST, lines: list[str]) -> list[str]:
    """Empty the rules of every operation within `node`; a comment beside them would tell."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    operations = [call for call in calls if getattr(call.func, "id", None) in OPERATIONS]
    rules = [
        rule.body for call in operations for rule in call.args[2:] if isinstance(rule, ast.Lambda)
    ]
    if not rules:
        raise LookupError("expected an operation with rules")
    for body in sorted(rules, key=lambda body: -body.lineno):
        head = lines[body.lineno - 1].encode()[: body.col_offset].decode()
        tail = lines[body.end_lineno - 1].encode()[body.end_col_offset :].decode()
        tail = re.sub(r"  # .*", "", tail)
        lines[body.lineno - 1 : body.end_lineno] = [f"{head}...{tail}"]
    return lines
