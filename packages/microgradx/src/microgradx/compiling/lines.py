"""A line or two of text for each call: into a buffer where there is one, else as a new array."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from microgradx.compiling.operations import JOINING, WHOLE, is_reduction, is_zero
from microgradx.compiling.tape import DRAW, Call, Var
from microgradx.compiling.text import Text
from microgradx.compiling.written import filled, with_item

__all__ = ["into", "new_array", "number", "ufunc"]

SIGNS: dict[Any, str] = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.truediv: "/",
    operator.floordiv: "//",
    operator.mod: "%",
    operator.pow: "**",
}
ONE = np.array(1, np.int8)


def into(text: Text, out: Any, call: Call, arguments: Any, settings: Any) -> list[str]:
    """The lines that put the result of a call into `out`."""
    f, target = call.function, text.name(out)
    if call.kind == DRAW:
        dtype = text.name(np.dtype(settings.get("dtype", np.float64)))
        return [f"{text.name(f)}(dtype={dtype}, out={target})"]
    if isinstance(f, np.ufunc):
        return [entrywise(text, target, call, arguments, settings)]
    if is_reduction(f):
        return [reduced(text, target, f, arguments, settings)]
    if f is np.ndarray.astype:
        return [f"copyto({target}, {text.name(arguments[0])}, 'unsafe')"]
    if f in JOINING:
        axis = settings.get("axis", arguments[1] if len(arguments) > 1 else 0)
        return [f"{text.name(f)}({text.structure(arguments[0])}, {axis!r}, {target})"]
    if f is np.where:
        return choice(text, out, *arguments)
    return written(text, target, f, arguments)


def entrywise(text: Text, target: str, call: Call, arguments: Any, settings: Any) -> str:
    """A ufunc; constants take the dtype of its arrays, if they have one in common."""
    dtypes = {
        x.value.dtype if isinstance(x, Var) else x.dtype
        for x in call.arguments
        if hasattr(getattr(x, "value", x), "dtype")
    }
    alike = dtypes.pop() if len(dtypes) == 1 else None
    names = [text.operand(x, alike) for x in arguments]
    if not settings:
        return ufunc(text, call.function, names, target)
    more = [f"{name}={text.structure(x)}" for name, x in settings.items()]
    return f"{text.name(call.function)}({', '.join([*names, f'out={target}', *more])})"


def ufunc(text: Text, function: Any, names: list[str], out: str) -> str:
    """A ufunc of two arguments at most, into `out`."""
    if function in (np.maximum, np.minimum):
        return f"{text.name(function)}({', '.join(names)}, out={out})"
    return f"{text.name(function)}({', '.join(names)}, {out})"


def reduced(text: Text, target: str, function: Any, arguments: Any, settings: Any) -> str:
    """A sum or the like; settings by position, which NumPy reads faster."""
    axis = text.structure(settings.get("axis", 0))
    given = [text.name(arguments[0]), axis, "None", target]
    given.append(repr(bool(settings.get("keepdims", False))))
    if "initial" in settings:
        given.append(text.structure(settings["initial"]))
    return f"{text.name(function)}({', '.join(given)})"


def choice(text: Text, out: Any, condition: Any, a: Any, b: Any) -> list[str]:
    """`where` between numbers and 0.0: bits that stay, or go, without asking."""
    whole = WHOLE[out.dtype]
    bits = text.name(out.view(whole))
    kept, first = (b, "subtract") if is_zero(a) else (a, "negative")
    asked = viewed(text, condition, np.int8)
    numbers = viewed(text, kept, whole)
    if first == "subtract":
        make = f"{text.name(np.subtract)}({asked}, {text.name(ONE)}, {bits})"
    else:
        make = f"{text.name(np.negative)}({asked}, {bits})"
    return [make, f"{text.name(np.bitwise_and)}({bits}, {numbers}, {bits})"]


def viewed(text: Text, x: Any, dtype: Any) -> str:
    """The same bits as another dtype."""
    if isinstance(x, str):
        return f"{x}.view({text.name(dtype)})"
    return text.name(x.view(dtype))


def written(text: Text, target: str, function: Any, arguments: Any) -> list[str]:
    """The first argument, copied unless it lies there already, with something written into it."""
    source = text.name(arguments[0])
    lines = [] if source == target else [f"copyto({target}, {source})"]
    if function is filled:
        where = f", where={text.name(arguments[2])}" if len(arguments) > 2 else ""
        return [*lines, f"copyto({target}, {text.name(arguments[1])}, 'same_kind'{where})"]
    index, new = text.structure(arguments[1]), text.name(arguments[2])
    if function is with_item:
        return [*lines, f"{target}[{index}] = {new}"]
    return [*lines, f"{text.name(np.add.at)}({target}, {index}, {new})"]


def new_array(text: Text, function: Any, arguments: Any, settings: Any) -> str:
    """A call that makes a new array."""
    if function is operator.getitem:
        return f"{text.name(arguments[0])}[{text.structure(arguments[1])}]"
    given = [text.structure(x) for x in arguments]
    given += [f"{name}={text.structure(x)}" for name, x in settings.items()]
    return f"{text.name(function)}({', '.join(given)})"


def number(text: Text, function: Any, arguments: Any) -> str:
    """A computation with Python's numbers."""
    if function in SIGNS and len(arguments) == 2:
        left, right = map(text.name, arguments)
        return f"({left}) {SIGNS[function]} ({right})"
    return f"{text.name(function)}({', '.join(map(text.structure, arguments))})"
