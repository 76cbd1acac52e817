"""Text in place of numbers: what the definitions of operations give when they are recorded.

Handed to a rule in place of numbers, a `Symbol` answers with the Python text of the result:
`g * (1 - out * out)` becomes the line of a generated program. The module also has the functions
that definitions ask for, so `op.on(symbols)` writes what `op.on(functions)` computes.
"""

from __future__ import annotations

import functools
from typing import Any

__all__ = [
    "Symbol",
    "absolute",
    "cos",
    "exp",
    "expm1",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "power",
    "sign",
    "sin",
    "sqrt",
    "tanh",
    "where",
]

CONDITION, COMPARISON, AND, SUM, PRODUCT, SIGN, ATOM = range(7)  # how tightly Python binds


class Symbol:
    """A piece of Python text that computes a number.

    Example:
        >>> g, out = Symbol("g"), Symbol("out")
        >>> (g * (1 - out * out)).code
        'g * (1 - out * out)'
    """

    __slots__ = ("code", "level")

    def __init__(self, code: str, level: int = ATOM) -> None:
        self.code = code
        self.level = level

    def __add__(self, other: Any) -> Symbol:
        return joined(self, "+", other, SUM)

    def __radd__(self, other: Any) -> Symbol:
        return joined(other, "+", self, SUM)

    def __sub__(self, other: Any) -> Symbol:
        return joined(self, "-", other, SUM)

    def __rsub__(self, other: Any) -> Symbol:
        return joined(other, "-", self, SUM)

    def __mul__(self, other: Any) -> Symbol:
        return joined(self, "*", other, PRODUCT)

    def __rmul__(self, other: Any) -> Symbol:
        return joined(other, "*", self, PRODUCT)

    def __truediv__(self, other: Any) -> Symbol:
        return joined(self, "/", other, PRODUCT)

    def __rtruediv__(self, other: Any) -> Symbol:
        return joined(other, "/", self, PRODUCT)

    def __neg__(self) -> Symbol:
        return Symbol(f"-{text(self, SIGN)}", SIGN)

    def __lt__(self, other: Any) -> Symbol:
        return joined(self, "<", other, COMPARISON)

    def __le__(self, other: Any) -> Symbol:
        return joined(self, "<=", other, COMPARISON)

    def __gt__(self, other: Any) -> Symbol:
        return joined(self, ">", other, COMPARISON)

    def __ge__(self, other: Any) -> Symbol:
        return joined(self, ">=", other, COMPARISON)

    def __eq__(self, other: object) -> Any:
        return joined(self, "==", other, COMPARISON)

    def __ne__(self, other: object) -> Any:
        return joined(self, "!=", other, COMPARISON)

    __hash__ = None  # type: ignore[assignment]  # `==` writes text, it does not compare

    def __and__(self, other: Any) -> Symbol:
        return joined(self, "and", other, AND)

    def __rand__(self, other: Any) -> Symbol:
        return joined(other, "and", self, AND)


def symbol(x: Any) -> Symbol:
    """A number as the text that Python reads as this number."""
    if isinstance(x, Symbol):
        return x
    number = repr(x if type(x) is int else float(x))  # other types may print themselves otherwise
    return Symbol(number, SIGN if number.startswith("-") else ATOM)


def text(x: Any, level: int = CONDITION) -> str:
    """The text of an operand, in parentheses where Python would otherwise read it differently."""
    x = symbol(x)
    return x.code if x.level >= level else f"({x.code})"


def joined(left: Any, sign: str, right: Any, level: int) -> Symbol:
    """`left sign right`. The right side needs parentheses earlier: a - (b - c)."""
    return Symbol(f"{text(left, level)} {sign} {text(right, level + 1)}", level)


def call(name: str, *arguments: Any) -> Symbol:
    """`name(arguments)`."""
    return Symbol(f"{name}({', '.join(map(text, arguments))})")


def where(condition: Symbol, x: Any, y: Any) -> Symbol:
    """`x if condition else y`."""
    return Symbol(
        f"{text(x, COMPARISON)} if {text(condition, COMPARISON)} else {text(y)}", CONDITION
    )


def maximum(a: Any, b: Any) -> Symbol:
    """The larger; spelled out where that repeats no work."""
    return larger(a, ">", b) if simple(a) and simple(b) else call("maximum", a, b)


def minimum(a: Any, b: Any) -> Symbol:
    """The smaller; spelled out where that repeats no work."""
    return larger(a, "<", b) if simple(a) and simple(b) else call("minimum", a, b)


def larger(a: Any, sign: str, b: Any) -> Symbol:
    """As `functions.maximum` and `functions.minimum`: a nan on the left stays."""
    return Symbol(
        f"{text(a)} if {text(a)} {sign} {text(b)} or {text(a)} != {text(a)} else {text(b)}",
        CONDITION,
    )


def simple(x: Any) -> bool:
    """Whether reading `x` twice costs nothing."""
    return not isinstance(x, Symbol) or x.code.isidentifier()


absolute = functools.partial(call, "abs")
cos = functools.partial(call, "cos")
exp = functools.partial(call, "exp")
expm1 = functools.partial(call, "expm1")
log = functools.partial(call, "log")
log1p = functools.partial(call, "log1p")
power = functools.partial(call, "power")  # `**` would make complex numbers
sign = functools.partial(call, "sign")
sin = functools.partial(call, "sin")
sqrt = functools.partial(call, "sqrt")
tanh = functools.partial(call, "tanh")
