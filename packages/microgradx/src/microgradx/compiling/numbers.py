"""What stands for one of Python's numbers, such as the learning rate."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from microgradx.compiling.functions import ufunc_call
from microgradx.compiling.standins import StandIn
from microgradx.compiling.tape import NUMBER

__all__ = ["Number"]


class Number(StandIn):
    """One of Python's numbers, such as the learning rate."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return ufunc_call(self.tape, ufunc, method, inputs, settings)


def number_operator(function: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    """A method that computes with Python's numbers, and leaves arrays to NumPy."""

    def method(self: Number, *others: Any) -> Any:
        for x in others:
            if not isinstance(x, Number) and type(x) not in (int, float, bool):
                return NotImplemented
        operands = (*others, self) if reflected else (self, *others)
        return self.tape.record(NUMBER, function, operands, {})

    return method


for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Number, f"__{name}__", number_operator(getattr(operator, name), False))
    setattr(Number, f"__r{name}__", number_operator(getattr(operator, name), True))
for name in ("neg", "pos", "abs", "lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Number, f"__{name}__", number_operator(getattr(operator, name), False))
