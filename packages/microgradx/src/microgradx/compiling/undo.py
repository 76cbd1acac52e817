"""What a run changes and has to give back: nothing that is recorded has happened yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from micrograd.graph import Node
from microgradx.compiling.standins import StandIn
from microgradx.compiling.survey import Survey
from microgradx.compiling.tape import flat

__all__ = ["Undo", "can_change", "has_stand_ins", "kept"]


class Undo:
    """What a run may change, as it was before.

    Args:
        survey: of what the step can reach.
        generators: those that it may draw from.
    """

    def __init__(self, survey: Survey, generators: Iterable[np.random.Generator]) -> None:
        self.memories = [(x, dict(x)) for o in survey.optimizers for x in o.state.values()]
        self.generators = [(g, g.bit_generator.state) for g in generators]
        holders = [x for x, _ in (*survey.lengths, *survey.contents)]
        self.contents = [(x, kept(x)) for x in holders if can_change(x)]

    def run(self, failed: bool) -> None:
        """Give optimisers their memories back; after an error, all that the step has done."""
        if failed:
            self.refill()
        for memory, x in self.memories:
            memory.clear()
            memory.update(x)
        if failed:
            for generator, bits in self.generators:
                generator.bit_generator.state = bits

    def refill(self) -> None:
        """Dicts, lists and sets that are longer or shorter now, or have a stand-in in them."""
        for x, things in self.contents:
            now = [*x.values()] if isinstance(x, dict) else [*x]
            if len(now) != len(things) or any(map(has_stand_ins, now)):
                x.clear()
                x.update(things) if isinstance(x, dict | set) else x.extend(things)


def can_change(x: Any) -> bool:
    """Whether it can be emptied and filled again."""
    return isinstance(x, dict | list | set | deque)


def kept(x: Any) -> Any:
    """What lies in a dict, a list, a set."""
    return dict(x) if isinstance(x, dict) else [*x]


def has_stand_ins(x: Any) -> bool:
    """Whether there is a stand-in in `x`."""
    return any(
        isinstance(part, StandIn) or (isinstance(part, Node) and isinstance(part.data, StandIn))
        for part in flat(x)
    )
