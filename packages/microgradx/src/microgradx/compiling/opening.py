"""How a program begins: what is read afresh in every run."""

from __future__ import annotations

from microgradx.compiling.draft import Draft
from microgradx.compiling.recording import Recording
from microgradx.compiling.tape import Var

__all__ = ["read_afresh"]


def read_afresh(draft: Draft, recording: Recording, needed: set[Var]) -> list[str]:
    """Name the arguments; write a line for each number and each array that is needed.

    Returns:
        The names of the arguments.
    """
    arguments = [f"x{k}" for k in range(len(recording.given))]
    draft.places.update(zip(recording.given, arguments))
    for place, number in recording.numbers.values():
        several = isinstance(number, tuple)
        for k, var in enumerate(number if several else (number,)):
            if var in needed and var not in draft.places:
                text = draft.text.place(place) + (f"[{k}]" if several else "")
                if isinstance(var.value, float):
                    text = f"float({text})"  # of NumPy's numbers, Python's
                draft.write(f"{draft.variable('n', var)} = {text}")
    for place, var in recording.found.values():
        if var in needed and var not in draft.places and not recording.survey.lasts(place):
            draft.write(f"{draft.variable('a', var)} = {draft.text.place(place)}")
    return arguments
