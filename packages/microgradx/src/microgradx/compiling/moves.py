"""Which parameters move together: those of one group for which an optimiser does the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from microgradx.compiling.effects import Effect
from microgradx.compiling.lanes import Lanes
from microgradx.compiling.recording import Recording
from microgradx.compiling.sharing import is_array
from microgradx.compiling.simplify import Calls
from microgradx.compiling.tape import Var

__all__ = ["Move", "find_moves"]


class Move:
    """Parameters that move together.

    Attributes:
        lanes: how they are moved.
        effects: for each role what is left, in the order of the parameters.
        replaced: the calls whose work is done by it.
        at: the number of the last of those, in whose place it comes.
    """

    def __init__(self, lanes: Lanes, effects: dict[str, list[Effect]], calls: Calls) -> None:
        self.lanes = lanes
        self.effects = effects
        self.replaced = {v.call for lane in lanes.order for v in lane.parts if v.call is not None}
        self.at = max(k for k, call in enumerate(calls.calls) if call in self.replaced)


def find_moves(recording: Recording, calls: Calls, pinned: set[Var]) -> list[Move]:
    """All moves that can be made; `pinned` are the quantities that are needed at the end."""
    moves: list[Move] = []
    for effects in alike(recording):
        lanes = joined(effects, recording, calls)
        if lanes is not None:
            move = Move(lanes, effects, calls)
            apart = not any(move.replaced & other.replaced for other in moves)
            read = needs_old_gradients(move, recording, calls, pinned)
            if apart and not read and is_harmless(move, calls, pinned):
                moves.append(move)
    return moves


def alike(recording: Recording) -> Iterator[dict[str, list[Effect]]]:
    """Parameters of one group and dtype with the same roles: for each role what is left of it."""
    groups: dict[Any, dict[Any, dict[str, Effect]]] = {}
    for effect in recording.effects:
        role = recording.survey.roles.get(effect.place.ident)
        if role and isinstance(effect.new, Var) and is_array(effect.new.value):
            group, name, p = role
            groups.setdefault((id(group), p.data.dtype), {}).setdefault(p, {})[name] = effect
    for members in groups.values():
        forms: dict[Any, list[dict[str, Effect]]] = {}
        for by_role in members.values():
            if "data" in by_role:
                forms.setdefault(frozenset(by_role), []).append(by_role)
        for roles, params in forms.items():
            yield {role: [by_role[role] for by_role in params] for role in sorted(roles)}


def joined(effects: dict[str, list[Effect]], recording: Recording, calls: Calls) -> Lanes | None:
    """One formula for all of these, if there is one."""
    before = {}
    for role, left in effects.items():
        idents = [effect.place.ident for effect in left]
        if role != "grad":
            if not all(ident in recording.found for ident in idents):
                return None  # a number was there: it has no place beside the others' arrays
            before[role] = tuple(recording.found[ident][1] for ident in idents)
    after = {role: tuple(effect.new for effect in left) for role, left in effects.items()}
    lanes = Lanes(before, after, calls.resolve)
    if any(lane.role not in ("", role) for role, lane in lanes.results.items()):
        return None
    return lanes if lanes.results["data"].function is not None else None


def needs_old_gradients(move: Move, recording: Recording, calls: Calls, pinned: set[Var]) -> bool:
    """Whether somebody reads gradients in whose homes the new ones come.

    They come there at once if others make them, while decisions may still be open.
    """
    at_once = move.lanes.results.get("grad") in move.lanes.leaves
    for effect in move.effects.get("grad", ()):
        if effect.place.ident in recording.found:
            old = recording.found[effect.place.ident][1]
            readers = [calls.calls[k] for k in calls.readers.get(old, ())]
            if old in pinned or any(at_once or call not in move.replaced for call in readers):
                return True
    return False


def is_harmless(move: Move, calls: Calls, pinned: set[Var]) -> bool:
    """Whether nobody misses what is overwritten, or what the parameters had of their own."""
    if move.at < calls.decided:
        return False
    lanes = move.lanes
    made = {var for lane in lanes.order for var in lane.parts}
    results = {var for lane in lanes.results.values() for var in lane.parts}
    old = {var for slot in lanes.slots if slot.role in lanes.results for var in slot.parts}

    def others(var: Var) -> Iterator[int]:
        return (k for k in seen_at(var, calls) if calls.calls[k] not in move.replaced)

    return (
        not any(k > move.at for var in old for k in others(var))
        and not any(True for var in made - old for _ in others(var))
        and not pinned & ((made | old) - results)
    )


def seen_at(var: Var, calls: Calls) -> Iterator[int]:
    """The calls that read a quantity or a view of it."""
    for k in calls.readers.get(var, ()):
        yield k
        result = calls.calls[k].result
        if is_array(result.value) and np.may_share_memory(result.value, var.value):
            yield from seen_at(result, calls)
