"""The same formula for many parameters becomes one formula for all of them.

An optimiser asks for a dozen operations per parameter. Where the calls that lead to the new numbers
of all parameters agree, one call on the joined arrays does the work of all; where they part (the
gradients, each made in another way) is where the joining begins. Nothing here knows an optimiser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from microgradx.compiling.tape import NUMBER, Call, Var

__all__ = ["Lane", "Lanes"]


class Lane:
    """One quantity of every parameter, to lie side by side in one array.

    Attributes:
        parts: the quantity of each parameter.
        role: under which name it was there before ("data", "mean", ...), if it was.
        function: what makes all of them out of `inputs`, if one call does.
        inputs: lanes, and what is shared by all: numbers, and arrays of shape ().
    """

    def __init__(
        self, parts: tuple[Var, ...], role: str = "", function: Any = None, inputs: Any = ()
    ) -> None:
        self.parts = parts
        self.role = role
        self.function = function
        self.inputs: tuple[Any, ...] = inputs

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of its numbers."""
        found: np.dtype[Any] = self.parts[0].value.dtype
        return found


class Lanes:
    """The new numbers of some parameters, made together.

    Args:
        before: for each role the quantities that were there.
        after: for each role the quantities that are to be there.
        resolve: which quantity stands for which.

    Attributes:
        results: the lane of each role.
        order: all lanes that are computed, each after its inputs.
        leaves: lanes whose parts are made one by one.
    """

    def __init__(
        self,
        before: dict[str, tuple[Var, ...]],
        after: dict[str, tuple[Var, ...]],
        resolve: Callable[[Var], Var],
    ) -> None:
        self.resolve = resolve
        self.shapes = [var.value.shape for var in before["data"]]
        self.order: list[Lane] = []
        self.leaves: list[Lane] = []
        self.slots: list[Lane] = []
        self.known: dict[tuple[Var, ...], Lane] = {}
        for role, parts in before.items():
            lane = Lane(tuple(map(resolve, parts)), role)
            if len(set(lane.parts)) == len(lane.parts):
                self.known[lane.parts] = lane
                self.slots.append(lane)
        self.results = {
            role: self.lane(tuple(map(resolve, parts))) for role, parts in after.items()
        }

    def lane(self, parts: tuple[Var, ...]) -> Lane:
        """The lane of these quantities."""
        if parts not in self.known:
            made = self.computed(parts)
            if made is None:
                made = Lane(parts)
                self.leaves.append(made)
            else:
                self.order.append(made)
            self.known[parts] = made
        return self.known[parts]

    def computed(self, parts: tuple[Var, ...]) -> Lane | None:
        """A lane that one call makes of others, if all parts were made by such a call."""
        calls = [part.call for part in parts]
        first = calls[0]
        if first is None or len(set(parts)) < len(parts) or not all(map(self.entrywise, calls)):
            return None
        if not all(
            call is not None and call.function is first.function and call.settings == {}
            for call in calls
        ):
            return None
        if not all(part.value.shape == shape for part, shape in zip(parts, self.shapes)):
            return None
        if len({part.value.dtype for part in parts}) > 1:
            return None
        inputs = []
        for operands in zip(*[call.arguments for call in calls if call is not None]):
            shared = self.shared(operands)
            if shared is not None:
                inputs.append(shared)
                continue
            if not all(
                isinstance(x, Var) and np.shape(x.value) == shape
                for x, shape in zip(operands, self.shapes)
            ):
                return None
            if len({x.value.dtype for x in operands}) > 1:
                return None
            inputs.append(tuple(map(self.resolve, operands)))
        lanes = [self.lane(x) if isinstance(x, tuple) else x for x in inputs]
        return Lane(parts, "", first.function, tuple(lanes))

    def entrywise(self, call: Call | None) -> bool:
        """Whether a call computes each entry from the entries at the same place."""
        return (
            call is not None
            and isinstance(call.function, np.ufunc)
            and call.function.signature is None
            and call.function.nout == 1
        )

    def shared(self, operands: tuple[Any, ...]) -> Any:
        """An operand that is one number, the same for all parameters."""
        first = operands[0]
        if isinstance(first, Var):
            same = {self.resolve(x) if isinstance(x, Var) else None for x in operands}
            scalar = first.value is not None and np.ndim(first.value) == 0
            if len(same) == 1 and scalar and self.shapes != [()] * len(self.shapes):
                return self.resolve(first)
            if len(same) == 1 and scalar and (first.call is None or first.call.kind == NUMBER):
                return self.resolve(first)
            return None
        if isinstance(first, int | float | np.generic) and all(
            type(x) is type(first) and x == first for x in operands
        ):
            return first
        return None
