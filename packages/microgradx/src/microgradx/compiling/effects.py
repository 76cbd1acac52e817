"""What a step leaves behind at the places that it can reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from microgradx.compiling.draws import Draws
from microgradx.compiling.places import Data, Item, Member, Part, Place, Slot
from microgradx.compiling.results import quantities, settled_value
from microgradx.compiling.stage import Missing, Stage
from microgradx.compiling.tape import NotRecordable

__all__ = ["Effect", "effects_of", "refuse_overlaps"]


class Effect:
    """What a step leaves at a place.

    Attributes:
        place: where.
        new: a quantity; or a constant, such as None for a gradient.
        was_array: whether an array was there.
        inside: whether it was written into the array that is there.
    """

    def __init__(self, place: Place, new: Any, was_array: bool, inside: bool) -> None:
        self.place = place
        self.new = new
        self.was_array = was_array
        self.inside = inside

    @property
    def is_scalar(self) -> bool:
        """Whether it is one of NumPy's numbers; a buffer of shape () stays an array."""
        value = getattr(self.new, "value", None)
        return isinstance(value, np.generic) and not self.was_array

    def settle(self) -> None:
        """Put there what it was in this run."""
        place, new = self.place, settled_value(self.new)
        if isinstance(place, Data):
            new = np.array(new, order="K")
            new.setflags(write=False)
            place.set(new)
        elif self.inside:
            np.copyto(place.get(), new)
        elif isinstance(new, np.ndarray | np.generic) and not self.is_scalar:
            place.set(np.array(new, order="K"))
        else:
            place.set(new)


def effects_of(stage: Stage) -> Iterator[Effect]:
    """What is now at the places that had stand-ins, and at new ones in the same memories."""
    for place, real in stage.before:
        if isinstance(place, Missing):
            continue
        try:
            now = place.get()
        except LookupError:
            raise NotRecordable(
                f"compile() cannot repeat a step that takes an array away ({place.key!r})."
            ) from None
        if isinstance(now, Draws) or isinstance(real, np.random.Generator):
            continue
        _, var = stage.found.get(place.ident) or stage.numbers.get(place.ident) or (place, real)
        new = quantities(now)
        if new is var or (isinstance(new, tuple) and new == var):
            continue
        if isinstance(place, Part | Member | Slot):
            raise NotRecordable(
                f"compile() cannot repeat a step that changes an array in a tuple, a class or "
                f"a slot ({place.key!r}); keep it in an attribute or a list."
            )
        was_array = isinstance(real, np.ndarray)
        inside = was_array and now is stage.placed.get(place.ident, place)
        yield Effect(place, new, was_array, inside)
    known = {place.ident for place, _ in stage.before}
    for optimizer in stage.survey.optimizers:
        for memory in optimizer.state.values():
            for name, now in memory.items():
                place = Item(memory, name)
                if place.ident not in known:
                    yield Effect(place, quantities(now), False, False)


def refuse_overlaps(effects: Iterable[Effect], stage: Stage, arguments: list[Any]) -> None:
    """Raise if something was written into an array of which the step knows another view."""
    for effect in effects:
        if not effect.inside:
            continue
        mine = stage.found[effect.place.ident][1]
        others = [var.value for _, var in stage.found.values() if var is not mine]
        others += [*arguments, *stage.survey.unplaced]
        if any(np.may_share_memory(mine.value, x) for x in others):
            raise NotRecordable(
                f"compile() cannot follow writes into an array of shape {mine.value.shape} of "
                "which the step knows a view, too; write x = x * 2 instead of x *= 2."
            )
