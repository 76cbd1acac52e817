"""One run of a step on stand-ins: an ordinary step that also writes down what it did."""

from __future__ import annotations

import random as python_random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from microgradx import random
from microgradx.compiling.arrays import Array
from microgradx.compiling.changes import changes_of
from microgradx.compiling.effects import effects_of, refuse_overlaps
from microgradx.compiling.recorder import Recorder
from microgradx.compiling.results import given_back, outputs, returned
from microgradx.compiling.shadows import leave_shadows
from microgradx.compiling.stage import Stage
from microgradx.compiling.standins import LOOKED
from microgradx.compiling.survey import Survey
from microgradx.compiling.tape import NotRecordable, Tape, Var, state, vars_in
from microgradx.compiling.undo import Undo

__all__ = ["Recording"]


class Recording:
    """A step that was done once, and noted. It has left no trace yet: `settle` makes it real.

    Args:
        func: the step.
        survey: what it can reach.
        arrays: those in the arguments.
        refill: makes arguments of such a list.

    Attributes:
        tape: all calls.
        given: for every array among the arguments, its quantity.
        found: the quantities that were in reach before the step.
        numbers: those of optimisers among them.
        effects: what it left.
        output: what it returned, with quantities in place of arrays.
        changes: what else it changed.
    """

    def __init__(
        self, func: Callable[..., Any], survey: Survey, arrays: list[Any], refill: Any
    ) -> None:
        self.tape = Recorder()
        self.survey = survey
        self.given = [Var(x) for x in arrays]
        stage = Stage(self.tape, survey)
        self.found, self.numbers = stage.found, stage.numbers
        undo = Undo(survey, self.generators())
        done, old_fashioned = False, drawn_of_old()
        try:
            stage.set()
            constants = [(place, place.get()) for place, _ in survey.constants]
            with recording(self.tape):
                args, kwargs = refill([self.argument(var) for var in self.given])
                output = func(*args, **kwargs)
            self.refuse_looks(old_fashioned)
            self.output = returned(output)
            self.effects = list(effects_of(stage))
            self.changes = changes_of(survey, constants)
            refuse_overlaps(self.effects, stage, [var.value for var in self.given])
            results = [*vars_in([e.new for e in self.effects]), *outputs(self.output)]
            self.results = {var: var.value for var in results}  # for `settle`
            leave_shadows(self.quantities())
            done = True
        finally:
            self.tape.open = False
            stage.clear()
            undo.run(failed=not done)

    def argument(self, var: Var) -> Any:
        """What stands for an argument; nobody may write into it."""
        x = self.tape.stand_in(var)
        if isinstance(x, Array):
            x.seen = True
        return x

    def generators(self) -> list[np.random.Generator]:
        """All that random numbers may be drawn from."""
        return [random.default_generator(), *(p.get() for p in self.survey.generators)]

    def refuse_looks(self, old_fashioned: Any) -> None:
        """Raise if the step went on with something that is another in every run."""
        if self.tape.looked:
            raise NotRecordable(LOOKED)
        if old_fashioned != drawn_of_old():
            raise NotRecordable(
                "compile() cannot repeat draws from np.random or random; draw from a "
                "numpy.random.Generator."
            )

    def quantities(self) -> Iterator[Var]:
        """All of them."""
        yield from self.given
        yield from (var for _, var in self.found.values())
        for call in self.tape.calls:
            yield call.result
            yield from call.inputs()

    def settle(self) -> Any:
        """Put what the step left where it belongs, as numbers; give what it returned."""
        shadows = {var: var.value for var in self.results}
        for var, value in self.results.items():
            var.value = value
        for effect in self.effects:
            effect.settle()
        output = given_back(self.output)
        for var, value in shadows.items():
            var.value = value
        self.results.clear()
        return output


def drawn_of_old() -> Any:
    """Where the generators stand that NumPy and Python share with everybody."""
    _, key, position, *rest = np.random.get_state()  # noqa: NPY002  # the old one is meant
    return np.asarray(key).tobytes(), position, rest, python_random.getstate()


@contextmanager
def recording(tape: Tape) -> Iterator[None]:
    """Record on a tape, in this thread."""
    if state.tape is not None:
        raise NotRecordable("a step is being recorded already")
    state.tape = tape
    try:
        yield
    finally:
        state.tape = None
