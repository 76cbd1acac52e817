"""`Compiled`: does a step twice to see what it does, then repeats it without the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from micrograd.graph import Node
from microgradx.compiling.checking import Check
from microgradx.compiling.homes import Homes
from microgradx.compiling.likeness import described, known
from microgradx.compiling.program import Program
from microgradx.compiling.recording import Recording
from microgradx.compiling.search import survey_of
from microgradx.compiling.simplify import differences
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
        arrays, others, form = taken_apart((args, kwargs))
        survey = survey_of(self.func, others)
        looks = tuple(map(described, arrays))
        key = form, tuple(map(known, others)), looks, survey.key
        for program in self.programs.get(key, ()):
            check = Check(program, survey, arrays)
            if all(type(x) in (np.ndarray, float) for x in args) and not kwargs:
                others = [c for c in self.latest if c.program is not program]
                self.latest = [check, *others][:SEVERAL]
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
        result = silence.run(program.run, *arrays)
        if result is GAVE_UP:
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


def taken_apart(x: Any) -> tuple[list[Any], list[Any], Any]:
    """The arrays in arguments, what else is in them, and the form of everything around."""
    arrays: list[Any] = []
    others: list[Any] = []
    return arrays, others, form_of(x, arrays, others)


def form_of(x: Any, arrays: list[Any], others: list[Any]) -> Any:
    """The form of an argument; its arrays are added to `arrays`."""
    kind = type(x)
    if kind in (tuple, list) and x and all(type(part) in (int, float, bool) for part in x):
        raise TypeError(
            f"a compiled step takes arrays, got a {kind.__name__} of numbers; hand in np.array(x)."
        )
    if kind is tuple or kind is list:
        return kind, tuple([form_of(part, arrays, others) for part in x])
    if kind is dict:
        return kind, tuple(x), tuple([form_of(part, arrays, others) for part in x.values()])
    if isinstance(x, Node):
        raise TypeError(
            f"a compiled step takes arrays, got a {kind.__name__}; hand in its numbers (t.data), "
            "or let the step reach it as it reaches the model."
        )
    if isinstance(x, np.ndarray) and kind is not np.ndarray:
        raise TypeError(
            f"a compiled step takes plain arrays, got a {kind.__name__}; hand in np.asarray(x)."
        )
    if isinstance(x, np.random.Generator):
        raise TypeError(
            "a compiled step takes no generator as an argument; let the step reach it by name."
        )
    if kind is np.ndarray:
        arrays.append(x)
        return kind
    if isinstance(x, np.generic) or kind is float:
        arrays.append(x)
        return kind
    others.append(x)
    return None


def put_together(form: Any, arrays: list[Any], others: list[Any]) -> Any:
    """The arguments with other arrays in the place of theirs."""
    left, rest = iter(arrays), iter(others)

    def fill(form: Any) -> Any:
        match form:
            case (kind, tuple(parts)) if kind in (tuple, list):
                return kind([fill(part) for part in parts])
            case (kind, tuple(names), tuple(parts)) if kind is dict:
                return dict(zip(names, [fill(part) for part in parts]))
        return next(rest) if form is None else next(left)

    return fill(form)
