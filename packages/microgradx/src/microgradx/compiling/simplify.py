"""What need not be done twice, or at all: a tape, tidied before it is repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from microgradx.compiling.tape import DRAW, GUARD, Call, Var

__all__ = ["Calls"]


class Calls:
    """The calls that a program has to do, in order.

    Args:
        calls: as they were recorded.
        wanted: the quantities that are needed at the end.
        early: calls that have to be done before all that is not needed for decisions.

    Attributes:
        calls: those that are left, and in an order in which all decisions come first: until then
            nothing is changed that could not be given up.
        decided: how many calls it takes until no decision is left.
        readers: for each quantity the numbers of the calls that read it.
    """

    def __init__(
        self, calls: list[Call], wanted: Iterable[Var], early: Iterable[Call] = ()
    ) -> None:
        self.same: dict[Var, Var] = {}  # which quantity stands for which
        distinct = self.distinct(calls)
        needed = self.needed(distinct, {self.resolve(v) for v in wanted}, (DRAW, GUARD))
        distinct = [call for call in distinct if call in needed]
        first = self.needed(distinct, {self.resolve(call.result) for call in early}, (GUARD,))
        if any(call.kind == DRAW for call in first):  # random numbers come in one order only
            last = max(k for k, call in enumerate(distinct) if call in first and call.kind == DRAW)
            first |= {call for call in distinct[:last] if call.kind == DRAW}
        self.decided = len(first)
        self.calls = [call for call in distinct if call in first]
        self.calls += [call for call in distinct if call not in first]
        self.readers: dict[Var, list[int]] = {}
        for k, call in enumerate(self.calls):
            for var in self.inputs(call):
                self.readers.setdefault(var, []).append(k)

    def resolve(self, var: Var) -> Var:
        """The quantity that stands for `var`."""
        while var in self.same:
            var = self.same[var]
        return var

    def inputs(self, call: Call) -> list[Var]:
        """What a call needs."""
        return [self.resolve(v) for v in call.inputs()]

    def distinct(self, calls: list[Call]) -> list[Call]:
        """Each computation once, and no copies: nobody writes into what is a quantity."""
        known: dict[Any, Var] = {}
        left = []
        for call in calls:
            if call.function is np.positive and not call.settings:
                self.same[call.result] = call.arguments[0]
                continue
            if call.kind != DRAW:
                key = call.function, self.named(call.arguments), self.named(call.settings)
                if key in known:
                    self.same[call.result] = known[key]
                    continue
                known[key] = call.result
            left.append(call)
        return left

    def named(self, x: Any) -> Any:
        """Arguments as something that can be compared and hashed."""
        if isinstance(x, Var):
            return Var, id(self.resolve(x))
        if isinstance(x, list | tuple):
            return type(x), tuple(map(self.named, x))
        if isinstance(x, dict):
            return dict, tuple((key, self.named(part)) for key, part in x.items())
        if isinstance(x, int | float | str | np.generic):
            return type(x), x if x == x else id(x), str(x)  # -0.0 is not 0.0
        if isinstance(x, slice):
            return slice, x.start, x.stop, x.step
        return type(x), id(x)

    def needed(self, calls: list[Call], wanted: set[Var], kinds: tuple[str, ...]) -> set[Call]:
        """The calls of some kinds, and all that what is wanted depends on."""
        found: set[Call] = set()
        wanted = set(wanted)
        for call in reversed(calls):
            if call.kind in kinds or call.result in wanted:
                found.add(call)
                wanted.update(self.inputs(call))
        return found
