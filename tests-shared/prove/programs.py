"""An expression as a program that a person can run, at two stages side by side."""

from __future__ import annotations

from prove.expressions import Expression
from prove.stages import Stage

__all__ = ["program"]


def program(expression: Expression, stages: tuple[Stage, Stage]) -> str:
    """Runnable code that calculates the expression at both stages and prints both answers."""
    modules = sorted({stage.code.split(".")[0] for stage in stages})
    modules += sorted({stage.ops.__name__ for stage in stages})
    lines = [f"import {module}" for module in modules]
    lines += ["", "", "def calculation(leaf, ops, k):"]
    names = []
    for place, leaf in enumerate(expression.leaves):
        names.append(f"x{place}")
        lines.append(f"    x{place} = leaf({list(leaf)}[k])")
    for number, step in enumerate(expression.steps):
        names.append(f"y{number}")
        made = "" if step.case.settings is None else f"({', '.join(map(repr, step.case.settings))})"
        inputs = ", ".join(names[k] for k in step.inputs)
        lines.append(f"    y{number} = ops.{step.case.name}{made}({inputs})")
    inputs = ", ".join(f"x{k}" for k in range(len(expression.leaves)))
    lines.append(f"    result = {names[-1]} * {expression.upstream!r}")
    lines.append("    result.backward()")
    lines.append(f"    return result.data, [x.grad for x in [{inputs}]]")
    lines += ["", "", f"for k in range({len(expression.leaves[0])}):"]
    for stage in stages:
        lines.append(
            f'    print("{stage.name}", *calculation({stage.code}, {stage.ops.__name__}, k))'
        )
    return "\n".join(lines) + "\n"
