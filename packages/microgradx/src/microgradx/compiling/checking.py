"""May a program be run? One generated expression that compares what it relies on."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from microgradx.compiling.conditions import (
    arguments_fit,
    homes_are_free,
    layouts_fit,
    numbers_fit,
    things_are_there,
)
from microgradx.compiling.homes import FREE
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
        names = [f"x{k}" for k in range(len(arrays))]
        conditions = [
            *arguments_fit(text, names, arrays),
            *things_are_there(text, survey),
            *layouts_fit(text, program.recording),
            *numbers_fit(text, survey),
            *homes_are_free(text, program.housing, self.adopt),
        ]
        body = ["return (" + "\n        and ".join(["True", *conditions]) + ")"]
        self.source = body[0]
        self.expression = text.compiled("fits", text.function("fits", names, body))

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
