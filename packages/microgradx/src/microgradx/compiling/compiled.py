"""`Compiled`: does a step twice to see what it does, then repeats it without the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from microgradx.compiling.arguments import put_together, taken_apart
from microgradx.compiling.checking import Check
from microgradx.compiling.differences import differences
from microgradx.compiling.homes import Homes
from microgradx.compiling.likeness import described, known
from microgradx.compiling.program import Program
from microgradx.compiling.recording import Recording
from microgradx.compiling.search import survey_of
from microgradx.compiling.survey import Survey
from microgradx.compiling.tape import GUARD, NotRecordable, state
from microgradx.compiling.text import GAVE_UP
from microgradx.compiling.verifying import verified
from microgradx.functions import silence

__all__ = ["Compiled"]

P = ParamSpec("P")
R = TypeVar("R")

MANY = 32  # arrangements of arguments and surroundings that are remembered; the oldest go
SEVERAL = 4  # ways that a step may take in one of them
PATIENCE = 3  # recordings in a row that may turn out not to be repeatable


class Compiled(Generic[P, R]):
    """A step together with the programs made of it."""

    def __init__(self, func: Callable[P, R], *, verify: bool = False) -> None:
        self.func = func
        self.name = getattr(func, "__name__", "step")
        self.verify = verify
        self.homes = Homes()
        self.recordings: dict[Any, list[Recording]] = {}
        self.programs: dict[Any, list[Program]] = {}
        self.latest: list[Check] = []
        self.unrepeatable = 0
        self.lock = threading.Lock()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do one step."""
        if state.tape is not None:  # inside of another compiled step: a part of that one
            return self.func(*args, **kwargs)
        if not self.lock.acquire(blocking=False):
            raise RuntimeError(
                f"the compiled step {self.name!r} is at work already, in another thread or in a "
                "call from within itself; it has one set of buffers, so compile one per thread."
            )
        try:
            if not kwargs:
                for check in self.latest:
                    if check.holds(args):
                        result = self.repeat(check.program, args, args, kwargs)
                        if result is not GAVE_UP:
                            return result
            return self.look(args, kwargs)
        finally:
            self.lock.release()

    def look(self, args: Any, kwargs: Any) -> Any:
        """Something is new: find a program that fits, or record the step."""
        if self.homes.held():  # they stay with whoever holds them
            self.forget()
        arrays, others, form = taken_apart(args, kwargs)
        survey = survey_of(self.func, others)
        looks = tuple(map(described, arrays))
        key = form, tuple(map(known, others)), looks, survey.key
        for program in self.programs.get(key, ()):
            check = Check(program, survey, arrays)
            if all(type(x) in (np.ndarray, float) for x in args) and not kwargs:
                older = [c for c in self.latest if c.program is not program]
                self.latest = [check, *older][:SEVERAL]
            if check.holds(arrays):
                result = self.repeat(program, arrays, args, kwargs)
                if result is not GAVE_UP:
                    return result
        return self.record(key, survey, arrays, lambda new: put_together(form, new, others))

    def forget(self) -> None:
        """Begin anew, with memory that nobody knows."""
        self.homes = Homes()
        self.recordings.clear()
        self.programs.clear()
        self.latest.clear()

    def repeat(self, program: Program, arrays: Any, args: Any, kwargs: Any) -> Any:
        """Run a program; it gives up, and nothing has happened, if the step decides otherwise."""
        if self.verify:
            return verified(self.func, program, arrays, args, kwargs)
        bits = [(source, source.state) for source in program.draws]
        result = GAVE_UP
        try:
            result = silence.run(program.run, *arrays)
        finally:
            if result is GAVE_UP:  # or there was an error
                for source, before in bits:
                    source.state = before
        return result

    def record(self, key: Any, survey: Survey, arrays: list[Any], refill: Any) -> Any:
        """Do the step as it stands, and write it down; the second time it becomes a program."""
        recording = Recording(self.func, survey, arrays, refill)
        if recording.changes:
            self.unrepeatable += 1
            if self.unrepeatable >= PATIENCE:
                raise NotRecordable(
                    f"compile() cannot repeat what {self.name!r} does to Python's own things; it "
                    f"changes {', '.join(recording.changes)} every time. Do that outside of it."
                )
            return recording.settle()
        self.unrepeatable = 0
        earlier = self.recordings.setdefault(key, [])
        found = [differences(other, recording) for other in earlier]
        if None in found:
            del earlier[found.index(None)]
            programs = self.programs.setdefault(key, [])
            programs.append(Program(recording, self.homes))
            del programs[:-SEVERAL]
        elif all(difference == GUARD for difference in found):
            earlier.append(recording)
            del earlier[:-SEVERAL]
        else:
            difference = next(x for x in found if x != GUARD)
            raise NotRecordable(
                f"{self.name!r} did different things when it was done twice ({difference}); "
                "compile() needs a step that does the same each time. Hand numbers that change in "
                "as arrays, and draw random ones from a numpy.random.Generator."
            )
        for memory in (self.recordings, self.programs):
            while len(memory) > MANY:
                del memory[next(iter(memory))]
        return recording.settle()

    @property
    def source(self) -> str:
        """The generated Python of the latest program; call the step three times first."""
        if not self.programs:
            raise ValueError(f"{self.name!r} has no program yet; it is made at the second call.")
        return next(reversed(self.programs.values()))[-1].source
