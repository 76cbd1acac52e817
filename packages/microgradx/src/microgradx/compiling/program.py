"""A recorded step as a straight-line Python program of NumPy calls into buffers that stay.

Nothing that others can see is written before the last decision of the step has been made as it was
when it was recorded; if one is made differently, the program gives up and nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from microgradx.compiling.arranging import arranged
from microgradx.compiling.calling import write_call
from microgradx.compiling.draft import Draft
from microgradx.compiling.homes import Homes
from microgradx.compiling.housing import Housing
from microgradx.compiling.leaving import leave, save
from microgradx.compiling.lifetimes import Lifetimes
from microgradx.compiling.moves import Move
from microgradx.compiling.moving import write_move
from microgradx.compiling.opening import read_afresh
from microgradx.compiling.operations import may_fail
from microgradx.compiling.recording import Recording
from microgradx.compiling.results import outputs
from microgradx.compiling.simplify import Calls
from microgradx.compiling.storage import Pool
from microgradx.compiling.tape import DRAW, Var, vars_in

__all__ = ["Program"]


class Program:
    """What repeats a recording.

    Args:
        recording: of the step.
        homes: of the arrays that last.

    Attributes:
        housing: which of them it reads and writes.
        run: the generated function of all arrays among the arguments.
        source: its text.
        draws: the generators to be set back if it gives up or fails; none if it never does.
    """

    def __init__(self, recording: Recording, homes: Homes) -> None:
        self.recording = recording
        left = [e.new for e in recording.effects if isinstance(e.new, Var | tuple)]
        wanted = [*vars_in(left), *outputs(recording.output)]
        calls, moves = arranged(recording, wanted)
        pinned = {calls.resolve(var) for var in wanted}
        needed = {*calls.readers, *pinned}
        lifetimes = Lifetimes(calls, moves, pinned)
        self.housing = Housing(recording, homes, moves, needed)

        draft = Draft(calls)
        arguments = read_afresh(draft, recording, needed)
        draft.places |= self.housing.places
        write(draft, calls, moves, lifetimes, self.housing)
        save(draft, recording, wanted, lifetimes.roots)
        leave(draft, recording, moves, self.housing)
        self.source = draft.text.function("step", arguments, draft.lines)
        self.run: Callable[..., Any] = draft.text.compiled("step", self.source)
        drawn = [call.generator.bit_generator for call in calls.calls if call.kind == DRAW]
        ends_early = "return GAVE_UP" in self.source or any(map(may_fail, calls.calls))
        self.draws = drawn if ends_early else []


def write(
    draft: Draft, calls: Calls, moves: list[Move], lifetimes: Lifetimes, housing: Housing
) -> None:
    """Write all calls in order, and each move in the place of its last call."""
    pool = Pool()
    at = {move.at: move for move in moves}
    replaced = {call for move in moves for call in move.replaced}
    for k, call in enumerate(calls.calls):
        ending = lifetimes.ending.get(k, [])
        if call not in replaced:
            write_call(draft, call, calls, pool, ending)
        if k in at:
            write_move(draft, at[k], housing)
        pool.take_back(ending)
        if call.result not in lifetimes.last:
            pool.take_back([call.result])
