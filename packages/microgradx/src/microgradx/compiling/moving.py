"""The lines of a move: many parameters at once, block by block where there are very many.

Where each lane is computed is decided by `seats`.
"""

from __future__ import annotations

from typing import Any

from microgradx.compiling.draft import Draft
from microgradx.compiling.homes import views
from microgradx.compiling.housing import Housing
from microgradx.compiling.lanes import Lane, Lanes
from microgradx.compiling.lines import ufunc
from microgradx.compiling.moves import Move
from microgradx.compiling.seats import Seats
from microgradx.compiling.sharing import is_array, same_memory
from microgradx.compiling.tape import Var
from microgradx.compiling.text import Text

__all__ = ["write_move"]


def write_move(draft: Draft, move: Move, housing: Housing) -> None:
    """Write what moves these parameters."""
    lanes = move.lanes
    gather(draft, lanes, housing)
    for role, lane in lanes.results.items():  # as they are at the end: the step may return them
        for var, effect in zip(lane.parts, move.effects[role]):
            draft.places.setdefault(var, housing.written[effect.place.ident])
    seats = Seats(lanes, housing.joined)
    shared = numbers(draft, lanes)
    loop = Loop(draft.text, seats)
    lines = []
    for lane in lanes.order:
        dtype = next((x.dtype for x in lane.inputs if isinstance(x, Lane)), lane.dtype)
        names = [
            loop.lane(x)
            if isinstance(x, Lane)
            else draft.text.operand(shared[x] if isinstance(x, Var) else x, dtype)
            for x in (*lane.inputs, lane)
        ]
        lines.append(ufunc(draft.text, lane.function, names[:-1], names[-1]))
    lines += [f"copyto({loop.array(home)}, {loop.lane(lane)})" for lane, home in seats.copies]
    draft.lines += loop.around(lines)


def gather(draft: Draft, lanes: Lanes, housing: Housing) -> None:
    """Copy the parts that were made elsewhere to where they lie side by side."""
    for leaf in lanes.leaves:
        for var, home in zip(leaf.parts, views(housing.joined[leaf], lanes.shapes)):
            there = draft.places[var]
            if isinstance(there, str) or not same_memory(there, home):
                draft.write(f"copyto({draft.text.name(home)}, {draft.text.name(there)})")


def numbers(draft: Draft, lanes: Lanes) -> dict[Var, Any]:
    """Numbers that are shared by many, as arrays of shape (): a third of the time."""
    found: dict[Var, Any] = {}
    for lane in lanes.order:
        dtype = lane.dtype if lane.dtype.kind == "f" else lanes.results["data"].dtype
        for x in lane.inputs:
            if isinstance(x, Var):
                place = draft.operand(x)
                boxed = place if is_array(x.value) else draft.text.boxed(place, dtype, draft.lines)
                found[x] = boxed
    return found


class Loop:
    """Names for arrays that are worked through at once, or block by block.

    Args:
        text: for the names of whole arrays.
        seats: where each lane is computed.
    """

    def __init__(self, text: Text, seats: Seats) -> None:
        self.text = text
        self.seats = seats
        self.whole: list[Any] = []  # of these every turn of the loop has another part
        self.buffers: list[Any] = []  # of one block

    def lane(self, lane: Lane) -> str:
        """The name of a lane, or of what a turn has of it."""
        array = self.seats.arrays[lane]
        if self.seats.is_long and lane in self.seats.temporary:
            return f"t{index(self.buffers, array)}"
        return self.array(array)

    def array(self, array: Any) -> str:
        """The name of an array, or of what a turn has of it."""
        return f"p{index(self.whole, array)}" if self.seats.is_long else self.text.name(array)

    def around(self, lines: list[str]) -> list[str]:
        """The lines within a loop, if there is one."""
        if not self.seats.is_long:
            return lines
        size, block = self.seats.size, self.seats.block
        blocks = []
        for k in range(0, size, block):
            stop = min(k + block, size)
            turn = [x[k:stop] for x in self.whole], [x[: stop - k] for x in self.buffers]
            blocks.append((*turn[0], *turn[1]))
        names = [f"p{k}" for k in range(len(self.whole))]
        names += [f"t{k}" for k in range(len(self.buffers))]
        head = f"for {', '.join(names)} in {self.text.name(blocks)}:"
        return [head, *[f"    {line}" for line in lines]]


def index(arrays: list[Any], array: Any) -> int:
    """The number of an array in a list, to which it is added if need be."""
    for k, x in enumerate(arrays):
        if x is array:
            return k
    arrays.append(array)
    return len(arrays) - 1
