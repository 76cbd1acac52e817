"""One run of a step on stand-ins: an ordinary step that also writes down what it did."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import micrograd_plus
import microgradx.optim
from micrograd.graph import Node
from microgradx import random
from microgradx.compiling.draws import Draws
from microgradx.compiling.places import Data, Grad, Item, Place
from microgradx.compiling.standins import Array, Number, StandIn, stand_in
from microgradx.compiling.survey import Survey
from microgradx.compiling.tape import NotRecordable, Tape, Var, flat, state
from microgradx.recording import NoGraph
from microgradx.tensor import TensorValue, clock

__all__ = ["COMPILED", "Effect", "Recording", "Tensor"]

COMPILED = NoGraph("compiled step", "it came out of a compiled step, which has done its own pass")


class Effect:
    """What a step leaves at a place.

    Attributes:
        place: where.
        new: a quantity; or a constant, such as None for a gradient.
        was_array: whether an array was there.
        inside: whether it was written into the array that is there.
    """

    def __init__(self, place: Place, new: Any, was_array: bool, inside: bool) -> None:
        self.place = place
        self.new = new
        self.was_array = was_array
        self.inside = inside

    @property
    def is_scalar(self) -> bool:
        """Whether it is one of NumPy's numbers; a buffer of shape () stays an array."""
        value = getattr(self.new, "value", None)
        return isinstance(value, np.generic) and not self.was_array


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
        effects: what it left.
        output: what it returned, with quantities in place of arrays.
        changes: what else it changed.
    """

    def __init__(
        self, func: Callable[..., Any], survey: Survey, arrays: list[Any], refill: Any
    ) -> None:
        self.tape = Tape()
        self.survey = survey
        self.found: dict[Any, tuple[Place, Var]] = {}
        self.numbers: dict[Any, tuple[Place, Any]] = {}
        self.placed: dict[Any, Array] = {}
        self.given = [Var(x) for x in arrays]
        memories = [(x, dict(x)) for o in survey.optimizers for x in o.state.values()]
        generators = [(g, g.bit_generator.state) for g in self.generators()]
        before = self.put_stand_ins()
        try:
            with recording(self.tape):
                args, kwargs = refill([stand_in(self.tape, var) for var in self.given])
                output = func(*args, **kwargs)
            self.output = returned(output)
            self.effects = list(self.left(before))
            self.changes = self.changed()
            self.refuse_copies()
        except BaseException:
            for generator, bits in generators:
                generator.bit_generator.state = bits
            raise
        finally:
            self.tape.open = False
            for place, x in before:
                place.set(x)
            for memory, x in memories:
                memory.clear()
                memory.update(x)

    def refuse_copies(self) -> None:
        """Raise if an array was copied that no stand-in could take the place of."""
        for array in self.survey.unplaced:
            for call in self.tape.calls:
                for x in flat((call.arguments, call.settings)):
                    if (
                        isinstance(x, np.ndarray)
                        and x.shape == array.shape
                        and not np.may_share_memory(x, array)
                        and np.array_equal(x, array.astype(x.dtype))
                    ):
                        raise NotRecordable(
                            f"compile() cannot watch an array of shape {array.shape} that lies in "
                            "a tuple, a set or the like: keep it in an attribute, a list or a "
                            "variable, where a change of it is seen."
                        )

    def generators(self) -> list[np.random.Generator]:
        """All that random numbers may be drawn from."""
        return [random.default_generator(), *(p.get() for p in self.survey.generators)]

    def changed(self) -> list[str]:
        """What the step changed beside arrays: its recording cannot be repeated as it is."""
        changes = []
        for place, x in self.survey.constants:
            try:
                now = place.get()
            except (KeyError, IndexError, ValueError):
                now = None
            if now is not x:
                changes.append(f"{place.key!r}")
                if isinstance(now, StandIn) or (
                    isinstance(now, Node) and isinstance(now.data, StandIn)
                ):
                    raise NotRecordable(
                        f"compile() cannot repeat a step that keeps an array under the name "
                        f"{place.key!r}; let the step return it, and keep it outside."
                    )
        for holder, n in self.survey.lengths:
            if len(holder) != n:
                changes.append(f"the length of a {type(holder).__name__}")
        return changes

    def put_stand_ins(self) -> list[tuple[Place, Any]]:
        """Put a stand-in at every place; returns what was there."""
        before: list[tuple[Place, Any]] = []
        survey = self.survey

        def put(place: Place, new: Any) -> None:
            before.append((place, place.get()))
            place.set(new)

        shared: dict[int, Array] = {}
        for place in survey.arrays:
            real = place.get()
            if id(real) not in shared:
                lasts = place.ident in survey.roles  # may lie in a home, which is not to be held
                var = Var(np.array(real, order="K") if lasts else real)
                shared[id(real)] = Array(self.tape, var)
                shared[id(real)].writeable = (
                    not isinstance(real, np.ndarray) or real.flags.writeable
                )
            self.found[place.ident] = (place, shared[id(real)].var)
            self.placed[place.ident] = shared[id(real)]
            put(place, shared[id(real)])
        for p in survey.tensors:
            for place in (Data(p), Grad(p)):
                if place.get() is not None:
                    array = Array(self.tape, Var(np.array(place.get(), order="K")))
                    array.writeable = isinstance(place, Grad)
                    self.found[place.ident] = (place, array.var)
                    put(place, array)
                else:
                    before.append((place, None))
        for same in survey.alike():
            var = Var(settled(survey.numbers[same[0]].get()))
            for k in same:
                self.numbers[survey.numbers[k].ident] = (survey.numbers[k], var)
        for place in survey.numbers:
            x = settled(place.get())
            if place.ident not in self.numbers:
                new = tuple(map(Var, x)) if isinstance(x, tuple) else Var(x)
                self.numbers[place.ident] = (place, new)
            var = self.numbers[place.ident][1]
            if isinstance(var, tuple):
                put(place, tuple([Number(self.tape, v) for v in var]))
            else:
                put(place, Number(self.tape, var))
        for place in survey.generators:
            put(place, Draws(place.get(), self.tape))
        default = Item(vars(random), "_default")
        put(default, Draws(default.get(), self.tape))
        for optimizer in survey.optimizers:
            self.stage2(optimizer, before)
        return before

    def stage2(self, optimizer: Any, before: list[tuple[Place, Any]]) -> None:
        """Let an optimiser move its parameters one by one, by stage 2's loop and its own formula.

        The program finds out by itself what can move together.
        """
        if isinstance(optimizer, microgradx.optim.Optimizer):
            for name in ("step", "move"):
                method = getattr(microgradx.optim.Optimizer, name, None)
                if method is not None and getattr(type(optimizer), name) is method:
                    plain = types.MethodType(getattr(micrograd_plus.Optimizer, name), optimizer)
                    vars(optimizer)[name] = plain
                    before.append((Missing(vars(optimizer), name), None))

    def left(self, before: list[tuple[Place, Any]]) -> Iterator[Effect]:
        """What is now at the places that had stand-ins, and at new ones in the same memories."""
        known = {place.ident: real for place, real in before}
        for place, real in before:
            if isinstance(place, Missing):
                continue
            now = place.get()
            if isinstance(now, Draws) or isinstance(real, np.random.Generator):
                continue
            var: Any
            if place.ident in self.found:
                var = self.found[place.ident][1]
            elif place.ident in self.numbers:
                var = self.numbers[place.ident][1]
            else:
                var = real
            new = quantities(now)
            if new is var or (isinstance(new, tuple) and new == var):
                continue
            was_array = isinstance(real, np.ndarray)
            inside = was_array and now is self.placed.get(place.ident)
            yield Effect(place, new, was_array, inside)
        for optimizer in self.survey.optimizers:
            for memory in optimizer.state.values():
                for name, now in memory.items():
                    place = Item(memory, name)
                    if place.ident not in known:
                        yield Effect(place, quantities(now), False, False)

    def settle(self) -> Any:
        """Put what the step left where it belongs, as numbers; give what it returned."""
        for effect in self.effects:
            place, new = effect.place, settled_value(effect.new)
            if isinstance(place, Data):
                new = np.array(new, order="K")
                new.setflags(write=False)
                place.set(new)
                place.holder.stamp = clock.tick()
            elif effect.inside:
                np.copyto(place.get(), new)
            elif isinstance(new, np.ndarray | np.generic) and not effect.is_scalar:
                place.set(np.array(new, order="K"))
            else:
                place.set(new)
        return given_back(self.output)


class Missing(Item):
    """An attribute that was not there before."""

    __slots__ = ()

    def set(self, new: Any) -> None:
        """Take it away again."""
        del self.holder[self.key]


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


def quantities(x: Any) -> Any:
    """Stand-ins as their quantities; anything else as it is."""
    if isinstance(x, StandIn):
        return x.var
    if type(x) is tuple and any(isinstance(part, StandIn) for part in x):
        return tuple([part.var if isinstance(part, StandIn) else part for part in x])
    return x


def settled_value(x: Any) -> Any:
    """What a quantity was in this run, also of each in a tuple."""
    if isinstance(x, tuple):
        return tuple(map(settled_value, x))
    return x.value if isinstance(x, Var) else x


def given_back(x: Any) -> Any:
    """What a step returned, with arrays and tensors of the caller's own."""
    if isinstance(x, Tensor):
        return TensorValue.result(np.array(settled_value(x.data)), COMPILED)
    if isinstance(x, Var):
        return np.array(x.value) if isinstance(x.value, np.ndarray) else x.value
    if type(x) in (tuple, list):
        return type(x)([given_back(part) for part in x])
    if type(x) is dict:
        return {key: given_back(part) for key, part in x.items()}
    return x


def returned(x: Any) -> Any:
    """What a step returned, with `Var` for arrays; a tensor as a tuple that is marked."""
    if isinstance(x, Node):
        return Tensor(quantities(x.data))
    if isinstance(x, StandIn):
        return x.var
    if type(x) in (tuple, list):
        return type(x)([returned(part) for part in x])
    if type(x) is dict:
        return {key: returned(part) for key, part in x.items()}
    return x


class Tensor:
    """A tensor among the results."""

    def __init__(self, data: Any) -> None:
        self.data = data


def settled(x: Any) -> Any:
    """A setting with Python's numbers in place of NumPy's, which would widen float32."""
    return x.item() if isinstance(x, np.generic) else x
