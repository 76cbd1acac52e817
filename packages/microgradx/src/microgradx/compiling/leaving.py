"""How a program ends: everything is put where the step left it, and what it returned is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.compiling.draft import Draft
from microgradx.compiling.effects import Effect
from microgradx.compiling.housing import Housing
from microgradx.compiling.moves import Move
from microgradx.compiling.places import Data, Grad
from microgradx.compiling.recording import Recording
from microgradx.compiling.results import COMPILED, Tensor
from microgradx.compiling.sharing import is_array
from microgradx.compiling.tape import Var
from microgradx.tensor import TensorValue, clock

__all__ = ["leave", "save"]


def save(draft: Draft, recording: Recording, wanted: list[Var], roots: dict[Var, set[Var]]) -> None:
    """Copy what was there before and is still wanted, because it is overwritten now."""
    found = recording.found
    old = [found[e.place.ident][1] for e in recording.effects if e.place.ident in found]
    overwritten = set(map(draft.resolve, old))
    for var in dict.fromkeys(map(draft.resolve, wanted)):
        if is_array(var.value) and roots.get(var, {var}) & overwritten:
            there = draft.places[var]
            name = draft.variable("o", var)
            draft.write(f"{name} = {draft.text.name(there)}.copy()")


def leave(draft: Draft, recording: Recording, moves: list[Move], housing: Housing) -> None:
    """Put everything where the step left it, and return what it returned."""
    text = draft.text
    by_moves = {id(e.place) for move in moves for effects in move.effects.values() for e in effects}
    moved = []
    for effect in recording.effects:
        place, new = effect.place, effect.new
        there = text.place(place)
        if not (isinstance(new, Var) and is_array(new.value) and recording.survey.lasts(place)):
            draft.write(elsewhere(draft, effect, there))
            continue
        if id(place) not in by_moves:
            home = text.name(housing.written[place.ident])
            draft.write(f"copyto({home}, {draft.name(new)})")
        if isinstance(place, Data):
            moved.append(place.holder)
        elif isinstance(place, Grad) or place.ident not in recording.found:  # no array was there
            draft.write(f"{there} = {text.name(housing.shown[place.ident])}[0]")
    if moved:
        draft.write(f"stamp = {text.name(clock.tick)}()")
        draft.lines += [f"{text.name(p)}.stamp = stamp" for p in moved]
    draft.write(f"return {returned(draft, recording.output)}")


def elsewhere(draft: Draft, effect: Effect, there: str) -> str:
    """The line that leaves something where no home is."""
    new = effect.new
    if isinstance(new, tuple):
        return f"{there} = ({', '.join(map(draft.name, new))},)"
    if not isinstance(new, Var):
        constant = draft.text.name(new)
        return f"{there} = {constant}" + (".copy()" if isinstance(new, np.ndarray) else "")
    got = draft.name(new)
    if not is_array(new.value):
        return f"{there} = {got}"
    if effect.inside:
        return f"copyto({there}, {got})"
    return f"{there} = {got}" + ("[()]" if effect.is_scalar else ".copy()")


def returned(draft: Draft, x: Any) -> str:
    """The text of what the step returns: arrays of its own, which no later step overwrites."""
    text = draft.text
    if isinstance(x, Tensor):
        got, made = draft.name(x.data), text.name(TensorValue.result)
        return f"{made}({got}.copy(), {text.name(COMPILED)})"
    if isinstance(x, Var):
        got = draft.name(x)
        if not is_array(x.value):
            return got
        return f"{got}[()]" if isinstance(x.value, np.generic) else f"{got}.copy()"
    if type(x) is tuple:
        return f"({''.join(returned(draft, part) + ', ' for part in x)})"
    if type(x) is list:
        return f"[{', '.join(returned(draft, part) for part in x)}]"
    if type(x) is dict:
        return f"{{{', '.join(f'{k!r}: {returned(draft, v)}' for k, v in x.items())}}}"
    return text.name(x)
