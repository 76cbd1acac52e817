"""Stand-ins at all places that a step can reach, for the time of one run."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

import micrograd_plus
import microgradx.optim
from microgradx import random
from microgradx.compiling.arrays import Array
from microgradx.compiling.draws import Draws
from microgradx.compiling.numbers import Number
from microgradx.compiling.places import Data, Grad, Item, Place
from microgradx.compiling.recorder import Recorder
from microgradx.compiling.survey import Survey
from microgradx.compiling.tape import Var

__all__ = ["Missing", "Stage"]


class Stage:
    """What stands where, and what was there before.

    Args:
        tape: of the run.
        survey: of what the step can reach.

    Attributes:
        found: for each place of an array, its ident first, the place and the quantity.
        numbers: the same for the numbers of optimisers, of which some come in tuples.
        placed: the stand-ins for arrays that are not in tensors.
        before: all places and what was there, in the order in which it was replaced.
    """

    def __init__(self, tape: Recorder, survey: Survey) -> None:
        self.tape = tape
        self.survey = survey
        self.found: dict[Any, tuple[Place, Var]] = {}
        self.numbers: dict[Any, tuple[Place, Any]] = {}
        self.placed: dict[Any, Array] = {}
        self.before: list[tuple[Place, Any]] = []

    def set(self) -> None:
        """Put a stand-in at every place."""
        self.set_arrays()
        self.set_tensors()
        self.set_numbers()
        default = Item(vars(random), "_default")
        for place in (*self.survey.generators, default):
            self.put(place, Draws(place.get(), self.tape))
        for optimizer in self.survey.optimizers:
            self.move_one_by_one(optimizer)

    def clear(self) -> None:
        """Take every stand-in away again."""
        for place, x in reversed(self.before):
            try:
                place.set(x)
            except LookupError:  # the list is shorter now: `Undo` fills it again
                continue

    def put(self, place: Place, new: Any) -> None:
        """Put something at a place, and remember what was there."""
        self.before.append((place, place.get()))
        place.set(new)

    def set_arrays(self) -> None:
        """One stand-in for each array, in however many places it is."""
        shared: dict[int, Array] = {}
        for place in self.survey.arrays:
            real = place.get()
            if id(real) not in shared:
                lasts = place.ident in self.survey.roles  # may lie in a home, not to be held
                var = Var(np.array(real, order="K") if lasts else real)
                array = shared[id(real)] = Array(self.tape, var)
                array.writeable = not isinstance(real, np.ndarray) or real.flags.writeable
            self.found[place.ident] = (place, shared[id(real)].var)
            self.placed[place.ident] = shared[id(real)]
            self.put(place, shared[id(real)])

    def set_tensors(self) -> None:
        """Stand-ins for the data of tensors, and for their gradients if they have any."""
        for p in self.survey.tensors:
            for place in (Data(p), Grad(p)):
                if place.get() is None:
                    self.before.append((place, None))
                    continue
                array = Array(self.tape, Var(np.array(place.get(), order="K")))
                array.writeable = isinstance(place, Grad)
                self.found[place.ident] = (place, array.var)
                self.put(place, array)

    def set_numbers(self) -> None:
        """Stand-ins for settings, and one for all counts that are the same."""
        places = self.survey.numbers
        for same in self.survey.alike():
            var = Var(of_python(places[same[0]].get()))
            for k in same:
                self.numbers[places[k].ident] = (places[k], var)
        for place in places:
            if place.ident not in self.numbers:
                x = of_python(place.get())
                new = tuple(map(Var, x)) if isinstance(x, tuple) else Var(x)
                self.numbers[place.ident] = (place, new)
            var = self.numbers[place.ident][1]
            if isinstance(var, tuple):
                self.put(place, tuple([Number(self.tape, v) for v in var]))
            else:
                self.put(place, Number(self.tape, var))

    def move_one_by_one(self, optimizer: Any) -> None:
        """Let an optimiser move its parameters one by one, by stage 2's loop and its own formula.

        The program finds out by itself what can move together.
        """
        if isinstance(optimizer, microgradx.optim.Optimizer):
            for name in ("step", "move"):
                method = getattr(microgradx.optim.Optimizer, name, None)
                if method is not None and getattr(type(optimizer), name) is method:
                    plain = types.MethodType(getattr(micrograd_plus.Optimizer, name), optimizer)
                    vars(optimizer)[name] = plain
                    self.before.append((Missing(vars(optimizer), name), None))


class Missing(Item):
    """An attribute that was not there before."""

    __slots__ = ()

    def set(self, new: Any) -> None:
        """Take it away again."""
        del self.holder[self.key]


def of_python(x: Any) -> Any:
    """A setting with Python's numbers in place of NumPy's, which would widen float32."""
    return x.item() if isinstance(x, np.generic) else x
