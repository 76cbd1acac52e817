"""Which arrays of a program live in homes, and which of them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from microgradx.compiling.homes import Homes, fresh, parts, views
from microgradx.compiling.lanes import Lane
from microgradx.compiling.moves import Move
from microgradx.compiling.operations import has_out
from microgradx.compiling.places import Grad, Place
from microgradx.compiling.recording import Recording
from microgradx.compiling.sharing import is_array
from microgradx.compiling.tape import Var

__all__ = ["Housing"]


class Housing:
    """The homes that one program reads and writes.

    Args:
        recording: of the step.
        homes: all there are.
        moves: what moves together, and so lies side by side.
        needed: the quantities that are read.

    Attributes:
        joined: where the parts of a lane lie.
        places: the arrays of quantities that live in homes, or where lanes look for them.
        adopted: the places whose arrays have to be in their homes before a run.
        kept: the places whose homes are written into.
        shown: what stands at each place, in a list of one.
        written: the same memory, to be written into.
    """

    def __init__(
        self, recording: Recording, homes: Homes, moves: list[Move], needed: set[Var]
    ) -> None:
        self.joined: dict[Lane, Any] = {}
        self.places: dict[Var, Any] = {}
        self.adopted: list[Place] = []
        self.kept: list[Place] = []
        replaced = {call for move in moves for call in move.replaced}
        for move in moves:
            self.joined |= side_by_side(move, homes)
            for var, array in leaves(move, self.joined):
                if is_made(var) and var.call not in replaced:
                    self.places.setdefault(var, array)
        left = {effect.place.ident for effect in recording.effects}
        for place, var in recording.found.values():
            written = place.ident in left and not isinstance(place, Grad)
            if recording.survey.lasts(place) and (var in needed or written):
                homes.alone(place, var.value)
                self.adopted.append(place)
                self.places[var] = homes.written[place.ident]
        for effect in recording.effects:
            place, new = effect.place, effect.new
            if recording.survey.lasts(place) and isinstance(new, Var) and is_array(new.value):
                homes.alone(place, np.asarray(new.value))
                self.kept.append(place)
        self.shown, self.written = dict(homes.shown), dict(homes.written)


def side_by_side(move: Move, homes: Homes) -> dict[Lane, Any]:
    """Where the lanes of a move lie: those that last in homes, others in memory of their own."""
    lanes = move.lanes
    lasting = {slot: slot.role for slot in lanes.slots}
    if "grad" in move.effects:
        lasting.setdefault(lanes.results["grad"], "grad")
    joined: dict[Lane, Any] = {}
    for lane, role in lasting.items():
        places = [effect.place for effect in move.effects[role]]
        joined[lane] = homes.together(places, lanes.shapes, lane.dtype)
    size, _ = parts(lanes.shapes)
    for leaf in lanes.leaves:
        if leaf not in joined:
            joined[leaf] = fresh(size, leaf.dtype)
    return joined


def leaves(move: Move, joined: dict[Lane, Any]) -> Iterator[tuple[Var, Any]]:
    """What a move needs and others make, each with the array in which it should lie."""
    for leaf in move.lanes.leaves:
        yield from zip(leaf.parts, views(joined[leaf], move.lanes.shapes))


def is_made(var: Var) -> bool:
    """Whether a call makes this array, and could make it anywhere in the usual layout."""
    call = var.call
    return (
        call is not None
        and has_out(call)
        and is_array(var.value)
        and np.asarray(var.value).flags.c_contiguous
    )
