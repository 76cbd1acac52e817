"""The order of a program: what may give up comes before anything that others can see."""

from __future__ import annotations

from collections.abc import Iterable

from microgradx.compiling.moves import Move, find_moves
from microgradx.compiling.operations import may_fail, may_give_up
from microgradx.compiling.recording import Recording
from microgradx.compiling.simplify import Calls
from microgradx.compiling.tape import Call, Var

__all__ = ["arranged"]


def arranged(recording: Recording, wanted: Iterable[Var]) -> tuple[Calls, list[Move]]:
    """The calls of a recording in such an order, and what moves together.

    Decisions come first anyway. So does an array whose shape depends on numbers, or that is written
    into at given places, if parameters would move before, as between the steps of two optimisers.
    """
    wanted = list(wanted)
    early: set[Call] = set()
    while True:  # once more for each of these, of which there are few
        calls = Calls(recording.tape.calls, wanted, early)
        moves = find_moves(recording, calls, {calls.resolve(var) for var in wanted})
        begin = min((move.at for move in moves), default=len(calls.calls))
        late = {call for call in calls.calls[begin:] if may_give_up(call) or may_fail(call)}
        if not late:
            return calls, moves
        early |= late
