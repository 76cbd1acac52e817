"""May a program be run? One generated expression that compares what it relies on."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from microgradx.compiling.homes import FREE
from microgradx.compiling.likeness import unchanged
from microgradx.compiling.places import Place
from microgradx.compiling.program import Program
from microgradx.compiling.survey import Survey
from microgradx.compiling.text import Text

__all__ = ["Check"]


class Check:
    """Whether everything is as it was at the survey, but for the numbers in arrays.

    Args:
        program: the program in question.
        survey: taken when its recording was known to fit.
        arrays: those in the arguments then.
    """

    def __init__(self, program: Program, survey: Survey, arrays: list[Any]) -> None:
        self.program = program
        self.count = len(arrays)
        text = Text()
        conditions = []
        names = [f"x{k}" for k in range(len(arrays))]
        for name, x in zip(names, arrays):
            if type(x) is float:  # not one of NumPy's, which would widen float32
                conditions.append(f"type({name}) is float")
                continue
            conditions.append(
                f"type({name}) is {text.name(type(x))} and {name}.shape == {x.shape!r} "
                f"and {name}.dtype == {text.name(x.dtype)} and {name}.strides == {x.strides!r}"
            )
        for p in survey.tensors:
            known = "is" if p.grad is None else "is not"
            conditions.append(f"type({text.name(p)}) is {text.name(type(p))}")
            conditions.append(f"{text.name(p)}.grad {known} None")
        for holder, n in survey.lengths:
            conditions.append(f"len({text.name(holder)}) == {n}")
        for x, parts in survey.contents:
            conditions.append(f"{text.name(unchanged)}({text.name(x)}, {text.name(parts)})")
        for x in survey.unplaced:
            conditions.append(f"{text.name(alike)}({text.name(x)}, {text.name(x.copy('K'))})")
        for place, x in survey.constants:
            conditions.append(
                f"{text.place(place)} is {text.name(x) if x is None else self.kept(text, x)}"
            )
        same: dict[Any, Place] = {}
        for place, var in program.recording.found.values():
            if program.recording.survey.lasts(place):
                continue
            there = text.place(place)
            if var in same:
                conditions.append(f"{there} is {text.place(same[var])}")
            else:
                same[var] = place
                conditions.append(
                    f"{there}.shape == {np.shape(var.value)!r} and "
                    f"{there}.dtype == {text.name(var.value.dtype)} and "
                    f"{there}.strides == {var.value.strides!r}"
                )
        for group in survey.alike():
            first = text.place(survey.numbers[group[0]])
            conditions += [f"{text.place(survey.numbers[k])} == {first}" for k in group[1:]]
        for place in survey.generators:
            conditions.append(f"{text.place(place)} is {self.kept(text, place.get())}")
        housing = program.housing
        adopt, count = text.name(self.adopt), text.name(sys.getrefcount)
        for k, place in enumerate(housing.adopted):
            home = f"{text.name(housing.shown[place.ident])}[0]"
            conditions.append(f"({text.place(place)} is {home} or {adopt}({k}))")
        for place in housing.kept:
            home = f"{text.name(housing.shown[place.ident])}[0]"
            conditions.append(f"{count}({home}) == {FREE} + ({text.place(place)} is {home})")
        body = ["return (" + "\n        and ".join(["True", *conditions]) + ")"]
        self.source = body[0]
        self.expression = text.compiled("fits", text.function("fits", names, body))

    def kept(self, text: Text, x: Any) -> str:
        """The name of a constant itself: `1.0` in a text would be another one."""
        key = "constant", id(x)
        return text.names[key] if key in text.names else text.keep(x, key)

    def holds(self, arrays: Any) -> bool:
        """Whether the program may be run with these arguments, if they are arrays."""
        if len(arrays) != self.count:
            return False
        try:
            return bool(self.expression(*arrays))
        except (LookupError, AttributeError, ValueError):
            return False  # something is not there any more

    def adopt(self, k: int) -> bool:
        """Bring an array that somebody put at a place into its home, if nobody looks at that."""
        housing = self.program.housing
        place = housing.adopted[k]
        shown = housing.shown[place.ident]
        if sys.getrefcount(shown[0]) != FREE:
            return False
        array, home = place.get(), shown[0]
        if (
            not isinstance(array, np.ndarray)
            or array.shape != home.shape
            or (array.dtype != home.dtype)
        ):
            return False
        np.copyto(housing.written[place.ident], array)
        place.set(home)
        return True


def alike(x: Any, copy: Any) -> bool:
    """Whether an array has the numbers that it had."""
    return bool(np.array_equal(x, copy, equal_nan=x.dtype.kind == "f"))
