"""What has to hold so that a program may be run, as text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from microgradx.compiling.homes import FREE
from microgradx.compiling.housing import Housing
from microgradx.compiling.likeness import unchanged
from microgradx.compiling.places import Place
from microgradx.compiling.recording import Recording
from microgradx.compiling.survey import Survey
from microgradx.compiling.text import Text

__all__ = ["arguments_fit", "homes_are_free", "layouts_fit", "numbers_fit", "things_are_there"]


def arguments_fit(text: Text, names: list[str], arrays: list[Any]) -> Iterator[str]:
    """Arguments of these names are arrays like those."""
    for name, x in zip(names, arrays):
        if type(x) is float:  # not one of NumPy's, which would widen float32
            yield f"type({name}) is float"
        else:
            yield (
                f"type({name}) is {text.name(type(x))} and {name}.shape == {x.shape!r} "
                f"and {name}.dtype == {text.name(x.dtype)} and {name}.strides == {x.strides!r}"
            )


def things_are_there(text: Text, survey: Survey) -> Iterator[str]:
    """Tensors have gradients if they had; all that is taken to be constant is there."""
    for p in survey.tensors:
        known = "is" if p.grad is None else "is not"
        yield f"type({text.name(p)}) is {text.name(type(p))}"
        yield f"{text.name(p)}.grad {known} None"
    for holder, n in survey.lengths:
        yield f"len({text.name(holder)}) == {n}"
    for x, parts in survey.contents:
        yield f"{text.name(unchanged)}({text.name(x)}, {text.name(parts)})"
    for x in survey.unplaced:
        yield f"{text.name(alike)}({text.name(x)}, {text.name(x.copy('K'))})"
    for place, x in survey.constants:
        yield f"{text.place(place)} is {text.name(x) if x is None else itself(text, x)}"


def layouts_fit(text: Text, recording: Recording) -> Iterator[str]:
    """Arrays that do not last have the layout that they had; what was one array still is."""
    same: dict[Any, Place] = {}
    for place, var in recording.found.values():
        if recording.survey.lasts(place):
            continue
        there = text.place(place)
        if var in same:
            yield f"{there} is {text.place(same[var])}"
        else:
            same[var] = place
            yield (
                f"{there}.shape == {np.shape(var.value)!r} and "
                f"{there}.dtype == {text.name(var.value.dtype)} and "
                f"{there}.strides == {var.value.strides!r}"
            )


def numbers_fit(text: Text, survey: Survey) -> Iterator[str]:
    """Counts that were the same are the same; generators are those that were there."""
    for group in survey.alike():
        first = text.place(survey.numbers[group[0]])
        for k in group[1:]:
            yield f"{text.place(survey.numbers[k])} == {first}"
    for place in survey.generators:
        yield f"{text.place(place)} is {itself(text, place.get())}"


def homes_are_free(text: Text, housing: Housing, adopt: Callable[[int], bool]) -> Iterator[str]:
    """What lasts lies in its home, or can be brought there; nobody else holds a home."""
    bring, count = text.name(adopt), text.name(sys.getrefcount)
    for k, place in enumerate(housing.adopted):
        home = f"{text.name(housing.shown[place.ident])}[0]"
        yield f"({text.place(place)} is {home} or {bring}({k}))"
    for place in housing.kept:
        home = f"{text.name(housing.shown[place.ident])}[0]"
        yield f"{count}({home}) == {FREE} + ({text.place(place)} is {home})"


def itself(text: Text, x: Any) -> str:
    """The name of a constant itself: `1.0` in a text would be another one."""
    key = "constant", id(x)
    return text.names[key] if key in text.names else text.keep(x, key)


def alike(x: Any, copy: Any) -> bool:
    """Whether an array has the numbers that it had."""
    return bool(np.array_equal(x, copy, equal_nan=x.dtype.kind == "f"))
