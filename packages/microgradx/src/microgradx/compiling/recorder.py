"""The tape of a run: what is asked of stand-ins is done, and written down."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from microgradx.compiling.arrays import Array
from microgradx.compiling.numbers import Number
from microgradx.compiling.standins import StandIn, values, variables
from microgradx.compiling.tape import NUMBER, PURE, NotRecordable, Tape, Var, flat

__all__ = ["Recorder"]


class Recorder(Tape):
    """A tape for stand-ins: what they are asked for is recorded, and stand-ins are given for it."""

    def record(self, kind: str, function: Any, arguments: Any, settings: Any) -> Any:
        """Call, write it down, and give what stands for the result."""
        for x in flat((arguments, settings)):
            if isinstance(x, StandIn) and x.tape is not self:
                self.refuse()
        value = function(*values(arguments), **values(settings))
        if value is NotImplemented:
            return value
        several = isinstance(value, tuple | list)
        if kind != NUMBER and not several and not isinstance(value, np.ndarray | np.generic):
            raise NotRecordable(
                f"compile() cannot record {getattr(function, '__name__', function)!r}, which gave "
                f"{type(value).__name__} instead of an array."
            )
        var = self.add(kind, function, variables(arguments), variables(settings), value)
        if several:
            return type(value)([self.part(var, k) for k in range(len(value))])
        return self.stand_in(var, base_of(arguments, value))

    def part(self, var: Var, k: int) -> Any:
        """What stands for one of several results."""
        return self.stand_in(self.add(PURE, operator.getitem, (var, k), {}, var.value[k]))

    def stand_in(self, var: Var, base: Array | None = None) -> Any:
        """An array, which may be a view of another one, or a number: after what its value is."""
        if not isinstance(var.value, np.ndarray | np.generic):
            return Number(self, var)
        array = Array(self, var, base)
        if base is not None:
            array.writeable = base.writeable
        return array


def base_of(arguments: Any, value: Any) -> Array | None:
    """The array of which a result is a view, if it is; from then on nobody may write into it."""
    for x in arguments:
        if isinstance(x, Array) and shares(x.value, value):
            base: Array = x if x.base is None else x.base
            base.seen = True
            return base
    return None


def shares(a: Any, b: Any) -> bool:
    """Whether two arrays lie in the same memory."""
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.may_share_memory(a, b)
