"""How long each quantity is needed: then its memory may serve again."""

from __future__ import annotations

from microgradx.compiling.moves import Move
from microgradx.compiling.operations import has_out
from microgradx.compiling.sharing import shares
from microgradx.compiling.simplify import Calls
from microgradx.compiling.tape import Var

__all__ = ["Lifetimes"]


class Lifetimes:
    """When each quantity is read for the last time.

    Args:
        calls: of the program.
        moves: those that do the work of some calls, in the place of the last of them.
        pinned: the quantities that are needed at the end.

    Attributes:
        roots: for each quantity those in whose memory it may lie.
        last: for each quantity the number of the call that reads it last, or a view of it.
        ending: for the number of a call, what it reads last.
    """

    def __init__(self, calls: Calls, moves: list[Move], pinned: set[Var]) -> None:
        self.roots = roots(calls)
        self.last: dict[Var, int] = {}
        later = {call: move.at for move in moves for call in move.replaced}
        for k, call in enumerate(calls.calls):
            for var in calls.inputs(call):
                for root in self.roots.get(var, {var}):
                    self.last[root] = max(self.last.get(root, -1), later.get(call, k))
        for var in pinned:
            for root in self.roots.get(var, {var}):
                self.last[root] = len(calls.calls)
        self.ending: dict[int, list[Var]] = {}
        for var, k in self.last.items():
            self.ending.setdefault(k, []).append(var)


def roots(calls: Calls) -> dict[Var, set[Var]]:
    """For each quantity those in whose memory it may lie."""
    found: dict[Var, set[Var]] = {}
    for call in calls.calls:
        mine = {call.result}
        if not has_out(call):
            for var in calls.inputs(call):
                if shares(var.value, call.result.value):
                    mine |= found.get(var, {var})
        found[call.result] = mine
    return found
