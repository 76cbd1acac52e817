"""The table of points without a derivative; its numbers are computed when the site is built."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import micrograd_plus as plus
import microgradx as x

DIRECTIVE = "<!-- conventions -->"
INF, NAN = math.inf, math.nan

# What is written, the inputs, and why.
POINTS: list[tuple[str, Callable[..., Any], tuple[float, ...], str]] = [
    ("relu(x)", lambda a: a.relu(), (0.0,), "the flat side"),
    ("leaky_relu(x)", lambda a: a.leaky_relu(), (0.0,), "the side below 0"),
    ("elu(x)", lambda a: a.elu(), (0.0,), "both sides agree"),
    ("abs(x)", lambda a: abs(a), (0.0,), "between −1 and 1"),
    ("clip(x, -1, 1)", lambda a: a.clip(-1.0, 1.0), (1.0,), "a bound belongs to the inside"),
    ("clip(x, -1, 1)", lambda a: a.clip(-1.0, 1.0), (1.5,), "beyond a bound it is flat"),
    ("maximum(x, y)", lambda a, b: a.maximum(b), (2.0, 2.0), "equals share"),
    ("minimum(x, y)", lambda a, b: a.minimum(b), (2.0, 2.0), "equals share"),
    ("sqrt(x)", lambda a: a.sqrt(), (0.0,), "the tangent stands upright"),
    ("sqrt(x)", lambda a: a.sqrt(), (-1.0,), "no real number"),
    ("log(x)", lambda a: a.log(), (0.0,), "a limit, not an error"),
    ("log(x)", lambda a: a.log(), (-1.0,), "the number is undefined, the rule 1/x is not"),
    ("1 / x", lambda a: 1 / a, (0.0,), "IEEE 754"),
    ("x / y", lambda a, b: a / b, (0.0, 0.0), "IEEE 754"),
    ("x ** 0", lambda a: a**0, (0.0,), "1 everywhere, so it does not change"),
    ("x ** 0.5", lambda a: a**0.5, (0.0,), "as sqrt"),
    ("x ** -1", lambda a: a**-1, (0.0,), "as 1 / x"),
    ("x ** y", lambda a, b: a**b, (0.0, 0.0), "the base counts for nothing, nor the exponent"),
    ("x ** y", lambda a, b: a**b, (0.0, 2.0), "0 stays 0, whatever the exponent"),
    ("x ** y", lambda a, b: a**b, (-2.0, 2.0), "in the exponent: log of a negative number"),
    ("exp(x)", lambda a: a.exp(), (1000.0,), "too large for a float"),
    ("sigmoid(x)", lambda a: a.sigmoid(), (-1000.0,), "flat, and no overflow on the way"),
    ("softplus(x)", lambda a: a.softplus(), (1000.0,), "a straight line, and no overflow"),
    ("tanh(x)", lambda a: a.tanh(), (INF,), "flat"),
]
ARRAYS: list[tuple[str, Callable[..., Any], Any, str]] = [
    ("max()", lambda a: a.max(), [1.0, 3.0, 3.0], "equals share"),
    ("max(axis=0)", lambda a: a.max(axis=0).sum(), [3.0, 3.0], "the first, as PyTorch"),
    ("norm()", lambda a: a.norm(), [0.0, 0.0], "the corner of a cone"),
    ("prod()", lambda a: a.prod(), [0.0, 2.0, 3.0], "the product of the others"),
    ("prod()", lambda a: a.prod(), [0.0, 0.0, 3.0], "two zeros: nothing helps"),
    ("std()", lambda a: a.std(), [2.0, 2.0], "no spread"),
    ("softmax()[0]", lambda a: a.softmax()[0], [1000.0, 0.0], "no overflow"),
    ("logsumexp()", lambda a: a.logsumexp(), [-INF, -INF], "no score is left"),
]


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put the tables where they are asked for."""
    return markdown.replace(DIRECTIVE, tables()) if DIRECTIVE in markdown else markdown


def tables() -> str:
    """Both tables: numbers, and arrays."""
    rows = ["| expression | at | value | gradient | why |", "|---|---|---|---|---|"]
    rows += [numbers(*point) for point in POINTS]
    rows += ["", "Arrays have further ones:", ""]
    rows += ["| expression | at | value | gradient | why |", "|---|---|---|---|---|"]
    rows += [arrays(*point) for point in ARRAYS]
    return "\n".join(rows)


def numbers(text: str, function: Callable[..., Any], at: tuple[float, ...], why: str) -> str:
    """A row about numbers; stages 2 and 3 have to agree."""
    leaves = [plus.Value(a) for a in at]
    out = function(*leaves)
    out.backward()
    tensors = [x.TensorValue(a) for a in at]
    same = function(*tensors)
    same.backward()
    found = [out.data, *(leaf.grad for leaf in leaves)]
    also = [same.item(), *(float(t.grad) for t in tensors)]
    if [shown(a) for a in found] != [shown(a) for a in also]:
        raise AssertionError(f"{text} at {at}: stage 2 gives {found}, stage 3 {also}.")
    gradient = ", ".join(shown(leaf.grad) for leaf in leaves)
    return f"| `{text}` | {', '.join(map(shown, at))} | {shown(out.data)} | {gradient} | {why} |"


def arrays(text: str, function: Callable[..., Any], at: Any, why: str) -> str:
    """A row about arrays."""
    tensor = x.TensorValue(at)
    out = function(tensor)
    out.backward()
    gradient = ", ".join(shown(float(g)) for g in tensor.grad)
    place = ", ".join(map(shown, at))
    return f"| `{text}` | {place} | {shown(out.item())} | {gradient} | {why} |"


def shown(number: float) -> str:
    """A number for the table; a minus sign that is one."""
    return f"{number + 0.0:.6g}".replace("-", "−").replace("inf", "∞")
