"""The text of a program: names for what it works on, and a line or two for each call."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from microgradx.compiling.places import Place
from microgradx.compiling.standins import added_at, filled, with_item
from microgradx.compiling.tape import DRAW, PURE, Call, Var, flat

__all__ = ["Text", "has_out", "is_entrywise", "is_written_into"]

SIGNS: dict[Any, str] = {
    operator.add: "+",
    operator.sub: "-",
    operator.mul: "*",
    operator.truediv: "/",
    operator.floordiv: "//",
    operator.mod: "%",
    operator.pow: "**",
}
REDUCTIONS = {np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or}
JOINING = {np.concatenate, np.stack}
WHOLE: dict[Any, Any] = {np.dtype(np.float32): np.int32, np.dtype(np.float64): np.int64}


def is_entrywise(call: Call) -> bool:
    """Whether each entry of the result needs only the entries at the same place."""
    f = call.function
    return isinstance(f, np.ufunc) and f.signature is None and f.nout == 1 and f.nin <= 2


def is_written_into(call: Call) -> bool:
    """Whether the result is the first argument with something written into it."""
    first = call.arguments[0] if call.arguments else None
    return call.function in (filled, with_item, added_at) and [
        x for x in flat((call.arguments, call.settings)) if x is first
    ] == [first]


def is_reduction(f: Any) -> bool:
    """Whether `f` is np.add.reduce or one of its like."""
    return getattr(f, "__name__", "") == "reduce" and getattr(f, "__self__", None) in REDUCTIONS


def is_choice(call: Call) -> bool:
    """Whether a call is `where` between a number and 0.0, to be done by bits."""
    if call.function is not np.where or len(call.arguments) != 3 or call.settings:
        return False
    condition, a, b = call.arguments
    kept = b if is_zero(a) else a if is_zero(b) else None
    value = getattr(kept, "value", kept)
    asked = getattr(condition, "value", condition)
    return (
        isinstance(value, np.ndarray)
        and value.dtype in WHOLE
        and isinstance(asked, np.ndarray)
        and asked.dtype == bool
        and asked.shape == value.shape == call.result.value.shape
        and value.flags.c_contiguous
        and asked.flags.c_contiguous
    )


def is_zero(x: Any) -> bool:
    """Whether `x` is 0.0, and not -0.0."""
    return type(x) is float and x == 0.0 and math.copysign(1.0, x) > 0


def has_out(call: Call) -> bool:
    """Whether the result of a call can be put into a buffer."""
    f, value = call.function, call.result.value
    if call.kind == DRAW:
        return (
            f.__name__ in ("random", "standard_normal")
            and isinstance(value, np.ndarray)
            and len(call.arguments) <= 1
            and set(call.settings) <= {"size", "dtype"}
            and not any(isinstance(x, Var) for x in flat((call.arguments, call.settings)))
        )
    if call.kind != PURE or not isinstance(value, np.ndarray | np.generic):
        return False
    if isinstance(f, np.ufunc):
        return f.nout == 1 and "where" not in call.settings
    if is_reduction(f):
        return set(call.settings) <= {"axis", "keepdims", "initial"}
    if f is np.ndarray.astype:
        return len(call.arguments) == 2 and set(call.settings) <= {"copy"}
    if f in JOINING:
        return set(call.settings) <= {"axis"}
    return f in (filled, with_item, added_at) or is_choice(call)


class Text:
    """The text of a program, and the things that it speaks of by name."""

    def __init__(self) -> None:
        from microgradx.compiling import program

        self.scope: dict[str, Any] = {"GAVE_UP": program.GAVE_UP, "copyto": np.copyto}
        self.names: dict[Any, str] = {}
        self.kept: list[Any] = []
        self.boxes: dict[tuple[str, Any], Any] = {}
        self.count = 0

    def new(self, letter: str) -> str:
        """A name that is free."""
        self.count += 1
        return f"{letter}{self.count}"

    def name(self, x: Any) -> str:
        """The name of a thing; names stay as they are, and simple numbers are their own."""
        if isinstance(x, str):
            return x
        if x is None or isinstance(x, bool) or type(x) is int:
            return repr(x)
        if type(x) is float and math.isfinite(x):
            return repr(x)
        if isinstance(x, np.ndarray):
            place, _ = x.__array_interface__["data"]
            key: Any = (place, x.shape, x.strides, x.dtype.str, x.flags.writeable)
        else:
            key = id(x)
        return self.names[key] if key in self.names else self.keep(x, key)

    def keep(self, x: Any, key: Any) -> str:
        """Give a thing a name."""
        letter = "b" if isinstance(x, np.ndarray) else getattr(x, "__name__", "")
        if not isinstance(letter, str) or not letter.isidentifier() or letter.startswith("<"):
            letter = "c"
        name = letter if letter not in self.scope and len(letter) > 1 else self.new(letter + "_")
        self.scope[name] = x
        self.names[key] = name
        self.kept.append(x)
        return name

    def place(self, place: Place) -> str:
        """The text that reads a place, or writes it."""
        key = repr(place.key) if isinstance(place.key, str) else self.name(place.key)
        return place.text.format(holder=self.name(place.holder), key=key)

    def number(self, function: Any, arguments: Any) -> str:
        """A computation with Python's numbers."""
        if function in SIGNS and len(arguments) == 2:
            left, right = map(self.name, arguments)
            return f"({left}) {SIGNS[function]} ({right})"
        return f"{self.name(function)}({', '.join(map(self.structure, arguments))})"

    def boxed(self, name: str, dtype: Any, body: list[str]) -> Any:
        """A number in an array of shape (), filled once per run: NumPy reads those faster."""
        key = name, np.dtype(dtype)
        if key not in self.boxes:
            box = self.boxes[key] = np.zeros((), dtype)
            body.append(f"{self.name(box)}[()] = {name}")
        return self.boxes[key]

    def operand(self, x: Any, dtype: Any = None) -> str:
        """An argument of a ufunc; a constant number as an array of the dtype that it would take."""
        if type(x) in (int, float) and dtype is not None:
            kind = np.dtype(dtype).kind
            if kind == "f" or (kind in "iu" and type(x) is int and 0 <= x < 128):
                return self.name(self.constant(x, dtype))
        if isinstance(x, np.ndarray | str):
            return self.name(x)
        if isinstance(x, slice | tuple | list | dict):
            return self.structure(x)
        return self.name(x)

    def constant(self, x: Any, dtype: Any) -> Any:
        """A number as an array of shape (), the same for equal numbers."""
        key = repr(x), np.dtype(dtype)
        if key not in self.boxes:
            self.boxes[key] = np.array(x, dtype)
        return self.boxes[key]

    def structure(self, x: Any) -> str:
        """Lists, tuples, dicts and slices with names in them."""
        if isinstance(x, slice):
            return f"slice({x.start!r}, {x.stop!r}, {x.step!r})"
        if isinstance(x, tuple):
            return f"({''.join(self.structure(part) + ', ' for part in x)})"
        if isinstance(x, list):
            return f"[{', '.join(map(self.structure, x))}]"
        if isinstance(x, dict):
            return f"{{{', '.join(f'{k!r}: {self.structure(v)}' for k, v in x.items())}}}"
        return self.name(x)

    def call(self, function: Any, arguments: Any, settings: Any) -> str:
        """A call that makes a new array."""
        if function is operator.getitem:
            return f"{self.name(arguments[0])}[{self.structure(arguments[1])}]"
        given = [self.structure(x) for x in arguments]
        given += [f"{name}={self.structure(x)}" for name, x in settings.items()]
        return f"{self.name(function)}({', '.join(given)})"

    def ufunc(self, function: Any, names: list[str], out: str) -> str:
        """A ufunc of two arguments at most, into `out`."""
        if function in (np.maximum, np.minimum):
            return f"{self.name(function)}({', '.join(names)}, out={out})"
        return f"{self.name(function)}({', '.join(names)}, {out})"

    def into(self, out: Any, call: Call, arguments: Any, settings: Any) -> list[str]:
        """The lines that put the result of a call into `out`."""
        f, target = call.function, self.name(out)
        if call.kind == DRAW:
            dtype = self.name(np.dtype(settings.get("dtype", np.float64)))
            return [f"{self.name(f)}(dtype={dtype}, out={target})"]
        if isinstance(f, np.ufunc):
            dtypes = {
                x.value.dtype if isinstance(x, Var) else x.dtype
                for x in call.arguments
                if hasattr(getattr(x, "value", x), "dtype")
            }
            alike = dtypes.pop() if len(dtypes) == 1 else None
            names = [self.operand(x, alike) for x in arguments]
            if not settings:
                return [self.ufunc(f, names, target)]
            more = [f"{name}={self.structure(x)}" for name, x in settings.items()]
            return [f"{self.name(f)}({', '.join([*names, f'out={target}', *more])})"]
        if is_reduction(f):
            axis = self.structure(settings.get("axis", 0))
            given = [self.name(arguments[0]), axis, "None", target]
            given.append(repr(bool(settings.get("keepdims", False))))
            if "initial" in settings:
                given.append(self.structure(settings["initial"]))
            return [f"{self.name(f)}({', '.join(given)})"]
        if f is np.ndarray.astype:
            return [f"copyto({target}, {self.name(arguments[0])}, 'unsafe')"]
        if f in JOINING:
            axis = settings.get("axis", arguments[1] if len(arguments) > 1 else 0)
            return [f"{self.name(f)}({self.structure(arguments[0])}, {axis!r}, {target})"]
        if f is np.where:
            return self.choice(out, *arguments)
        source = self.name(arguments[0])
        lines = [] if source == target else [f"copyto({target}, {source})"]
        if f is filled:
            where = f", where={self.name(arguments[2])}" if len(arguments) > 2 else ""
            return [*lines, f"copyto({target}, {self.name(arguments[1])}, 'same_kind'{where})"]
        index, new = self.structure(arguments[1]), self.name(arguments[2])
        if f is with_item:
            return [*lines, f"{target}[{index}] = {new}"]
        return [*lines, f"{self.name(np.add.at)}({target}, {index}, {new})"]

    def choice(self, out: Any, condition: Any, a: Any, b: Any) -> list[str]:
        """`where` between numbers and 0.0: bits that stay, or go, without asking."""
        whole = WHOLE[out.dtype]
        bits = self.name(out.view(whole))
        kept, first = (b, "subtract") if is_zero(a) else (a, "negative")
        asked = self.viewed(condition, np.int8)
        numbers = self.viewed(kept, whole)
        if first == "subtract":
            make = f"{self.name(np.subtract)}({asked}, {self.name(ONE)}, {bits})"
        else:
            make = f"{self.name(np.negative)}({asked}, {bits})"
        return [make, f"{self.name(np.bitwise_and)}({bits}, {numbers}, {bits})"]

    def viewed(self, x: Any, dtype: Any) -> str:
        """The same bits as another dtype."""
        if isinstance(x, str):
            return f"{x}.view({self.name(dtype)})"
        return self.name(x.view(dtype))

    def function(self, name: str, arguments: list[str], body: list[str]) -> str:
        """A function whose body are these lines."""
        lines = [f"def {name}({', '.join(arguments)}):", *[f"    {line}" for line in body]]
        return "\n".join(lines) + "\n"

    def compiled(self, name: str, source: str) -> Callable[..., Any]:
        """The function of a text. What it names are variables of an enclosing function: quick."""
        names = sorted(self.scope)
        text = f"def make({', '.join(names)}):\n"
        text += "".join(f"    {line}\n" for line in source.splitlines())
        text += f"    return {name}\n"
        scope: dict[str, Any] = {}
        exec(compile(text, f"<compiled {name}>", "exec"), scope)
        made: Callable[..., Any] = scope["make"](**self.scope)
        return made


ONE = np.array(1, np.int8)
