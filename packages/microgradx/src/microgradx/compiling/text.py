"""The text of a program: names for what it works on, and what is made of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from microgradx.compiling.places import Place

__all__ = ["GAVE_UP", "Text"]


class GaveUp:
    """What a program returns if the step would have taken another way than when recorded."""


GAVE_UP = GaveUp()


class Text:
    """The text of a program, and the things that it speaks of by name."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"GAVE_UP": GAVE_UP, "copyto": np.copyto}
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

    def operand(self, x: Any, dtype: Any = None) -> str:
        """An argument of a ufunc; a constant number as an array of the dtype that it would take."""
        if type(x) in (int, float) and dtype is not None:
            kind = np.dtype(dtype).kind
            if kind == "f" or (kind in "iu" and type(x) is int and 0 <= x < 128):
                return self.name(self.constant(x, dtype))
        return self.structure(x)

    def constant(self, x: Any, dtype: Any) -> Any:
        """A number as an array of shape (), the same for equal numbers."""
        key = repr(x), np.dtype(dtype)
        if key not in self.boxes:
            self.boxes[key] = np.array(x, dtype)
        return self.boxes[key]

    def boxed(self, name: str, dtype: Any, body: list[str]) -> Any:
        """A number in an array of shape (), filled once per run: NumPy reads those faster."""
        key = name, np.dtype(dtype)
        if key not in self.boxes:
            box = self.boxes[key] = np.zeros((), dtype)
            body.append(f"{self.name(box)}[()] = {name}")
        return self.boxes[key]

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
