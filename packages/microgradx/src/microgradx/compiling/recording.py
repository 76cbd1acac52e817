"""One run of a step on stand-ins: an ordinary step that also writes down what it did."""

from __future__ import annotations

import random as python_random
import types
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import micrograd_plus
import microgradx.optim
from micrograd.graph import Node
from microgradx import random
from microgradx.compiling.arrays import Array
from microgradx.compiling.draws import Draws
from microgradx.compiling.numbers import Number
from microgradx.compiling.places import Data, Grad, Item, Member, Part, Place, Slot
from microgradx.compiling.recorder import Recorder
from microgradx.compiling.shadows import leave_shadows
from microgradx.compiling.standins import LOOKED, StandIn
from microgradx.compiling.survey import Survey, unchanged
from microgradx.compiling.tape import NotRecordable, Tape, Var, flat, state, vars_in
from microgradx.recording import NoGraph
from microgradx.tensor import TensorValue, clock

__all__ = ["COMPILED", "Effect", "Recording", "Tensor", "outputs"]

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
        self.tape = Recorder()
        self.survey = survey
        self.found: dict[Any, tuple[Place, Var]] = {}
        self.numbers: dict[Any, tuple[Place, Any]] = {}
        self.placed: dict[Any, Array] = {}
        self.given = [Var(x) for x in arrays]
        memories = [(x, dict(x)) for o in survey.optimizers for x in o.state.values()]
        generators = [(g, g.bit_generator.state) for g in self.generators()]
        contents = [(x, kept(x)) for x, _ in (*survey.lengths, *survey.contents) if can_change(x)]
        before: list[tuple[Place, Any]] = []
        done, old_fashioned = False, drawn_of_old()
        try:
            self.put_stand_ins(before)
            self.constants = [(place, place.get()) for place, _ in survey.constants]
            with recording(self.tape):
                args, kwargs = refill([self.argument(var) for var in self.given])
                output = func(*args, **kwargs)
            self.refuse_looks(old_fashioned)
            self.output = returned(output)
            self.effects = list(self.left(before))
            self.changes = self.changed()
            self.refuse_overlaps()
            results = [*vars_in([e.new for e in self.effects]), *outputs(self.output)]
            self.results = {var: var.value for var in results}  # for `settle`
            leave_shadows(self.quantities())
            done = True
        finally:
            self.tape.open = False
            self.put_back(before, [] if done else contents)
            for memory, x in memories:
                memory.clear()
                memory.update(x)
            if not done:
                for generator, bits in generators:
                    generator.bit_generator.state = bits

    def refuse_looks(self, old_fashioned: Any) -> None:
        """Raise if the step went on with something that is another in every run."""
        if self.tape.looked:
            raise NotRecordable(LOOKED)
        if old_fashioned != drawn_of_old():
            raise NotRecordable(
                "compile() cannot repeat draws from np.random or random; draw from a "
                "numpy.random.Generator."
            )

    def argument(self, var: Var) -> Any:
        """What stands for an argument; nobody may write into it."""
        x = self.tape.stand_in(var)
        if isinstance(x, Array):
            x.seen = True
        return x

    def refuse_overlaps(self) -> None:
        """Raise if something was written into an array of which the step knows another view."""
        for effect in self.effects:
            if not effect.inside:
                continue
            mine = self.found[effect.place.ident][1]
            others = [var.value for _, var in self.found.values() if var is not mine]
            others += [*(var.value for var in self.given), *self.survey.unplaced]
            if any(np.may_share_memory(mine.value, x) for x in others):
                raise NotRecordable(
                    f"compile() cannot follow writes into an array of shape {mine.value.shape} of "
                    "which the step knows a view, too; write x = x * 2 instead of x *= 2."
                )

    def put_back(self, before: list[tuple[Place, Any]], contents: list[tuple[Any, Any]]) -> None:
        """Take every stand-in away again."""
        for place, x in reversed(before):
            try:
                place.set(x)
            except LookupError:  # the list is shorter now: see below
                continue
        for x, things in contents:
            now = [*x.values()] if isinstance(x, dict) else [*x]
            if len(now) != len(things) or any(map(recorded_parts, now)):
                x.clear()
                x.update(things) if isinstance(x, dict | set) else x.extend(things)

    def generators(self) -> list[np.random.Generator]:
        """All that random numbers may be drawn from."""
        return [random.default_generator(), *(p.get() for p in self.survey.generators)]

    def changed(self) -> list[str]:
        """What the step changed beside arrays: its recording cannot be repeated as it is."""
        changes = []
        memories = [x for optimizer in self.survey.optimizers for x in optimizer.state.values()]
        for place, x in self.constants:
            try:
                now = place.get()
            except (KeyError, IndexError, ValueError):
                now = None
            if now is not x:
                changes.append(f"{place.key!r}")
                self.refuse_to_keep(now, f"under the name {place.key!r}")
        for holder, n in self.survey.lengths:
            if len(holder) != n:
                changes.append(f"the length of a {type(holder).__name__}")
                if can_change(holder) and not any(holder is x for x in memories):
                    self.refuse_to_keep(kept(holder), f"in a {type(holder).__name__}")
        for holder, parts in self.survey.contents:
            if not unchanged(holder, parts):
                changes.append(f"the contents of a {type(holder).__name__}")
                self.refuse_to_keep([*holder], f"in a {type(holder).__name__}")
        return changes

    def refuse_to_keep(self, x: Any, where: str) -> None:
        """Raise if arrays of this run were put somewhere else than where arrays were before."""
        if recorded_parts(x):
            raise NotRecordable(
                f"compile() cannot repeat a step that keeps an array {where}; let the step return "
                "it, and keep it outside."
            )

    def put_stand_ins(self, before: list[tuple[Place, Any]]) -> None:
        """Put a stand-in at every place; what was there is added to `before`."""
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
            try:
                now = place.get()
            except LookupError:
                raise NotRecordable(
                    f"compile() cannot repeat a step that takes an array away ({place.key!r})."
                ) from None
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
            if isinstance(place, Part | Member | Slot):
                raise NotRecordable(
                    f"compile() cannot repeat a step that changes an array in a tuple, a class or "
                    f"a slot ({place.key!r}); keep it in an attribute or a list."
                )
            was_array = isinstance(real, np.ndarray)
            inside = was_array and now is self.placed.get(place.ident, place)
            yield Effect(place, new, was_array, inside)
        for optimizer in self.survey.optimizers:
            for memory in optimizer.state.values():
                for name, now in memory.items():
                    place = Item(memory, name)
                    if place.ident not in known:
                        yield Effect(place, quantities(now), False, False)

    def settle(self) -> Any:
        """Put what the step left where it belongs, as numbers; give what it returned."""
        shadows = {var: var.value for var in self.results}
        for var, value in self.results.items():
            var.value = value
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
        output = given_back(self.output)
        for var, value in shadows.items():
            var.value = value
        self.results.clear()
        return output

    def quantities(self) -> Iterator[Var]:
        """All of them."""
        yield from self.given
        yield from (var for _, var in self.found.values())
        for call in self.tape.calls:
            yield call.result
            yield from call.inputs()


def drawn_of_old() -> Any:
    """Where the generators stand that NumPy and Python share with everybody."""
    _, key, position, *rest = np.random.get_state()  # noqa: NPY002  # the old one is meant
    return np.asarray(key).tobytes(), position, rest, python_random.getstate()


def can_change(x: Any) -> bool:
    """Whether it can be emptied and filled again."""
    return isinstance(x, dict | list | set | deque)


def kept(x: Any) -> Any:
    """What lies in a dict, a list, a set."""
    return dict(x) if isinstance(x, dict) else [*x]


def recorded_parts(x: Any) -> bool:
    """Whether there is a stand-in in `x`."""
    return any(
        isinstance(part, StandIn) or (isinstance(part, Node) and isinstance(part.data, StandIn))
        for part in flat(x)
    )


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


def outputs(x: Any) -> Iterator[Var]:
    """The quantities among what a step returned."""
    if isinstance(x, Tensor):
        yield from outputs(x.data)
    elif isinstance(x, Var):
        yield x
    elif isinstance(x, tuple | list):
        for part in x:
            yield from outputs(part)
    elif isinstance(x, dict):
        yield from outputs(list(x.values()))


def settled(x: Any) -> Any:
    """A setting with Python's numbers in place of NumPy's, which would widen float32."""
    return x.item() if isinstance(x, np.generic) else x
