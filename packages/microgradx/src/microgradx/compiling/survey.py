"""What a step can reach: the tensors, arrays, settings and generators that it may work with.

They are found as parameters are found in a module: by looking, from the function on, through
closures, globals that it names, attributes, lists and dicts.
"""

from __future__ import annotations

import array
import contextvars
import functools
import random
import sys
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

import numpy as np

from micrograd.graph import Node
from micrograd.module import Module
from micrograd_plus import Optimizer
from microgradx.compiling.places import Cell, Data, Grad, Item, Member, Part, Place, Slot
from microgradx.compiling.tape import NotRecordable
from microgradx.tensor import TensorValue

__all__ = ["Survey", "described", "known", "unchanged"]

OURS = {"micrograd", "micrograd_plus", "microgradx", "vhgrad", "numpy"}
PLAIN = (int, float, str, bytes, bool, type(None), np.dtype)
BYTES = (bytearray, memoryview, array.array)
APART = {"state", "param_groups", "defaults", "together", "blocks", "schedules"}  # of optimisers
BY_NAME = {"getattr", "attrgetter", "vars", "__dict__", "__getattr__", "__getattribute__"}


class Survey:
    """All that a function can reach now.

    Attributes:
        arrays: where arrays are kept.
        unplaced: arrays where nothing else can be put, as in a tuple.
        tensors: all leaves, each once.
        numbers: where the numbers of optimisers are kept, their settings and counts.
        generators: where generators of random numbers are kept.
        constants: everything else, which replays take to be as it is now.
        lengths: how long the dicts and lists are.
        contents: what lies in sets, lists of numbers, and their like.
        optimizers: the optimisers.
        roles: of what an optimiser remembers or moves, which part of which parameter it is.
    """

    def __init__(self, func: Callable[..., Any], others: Any = ()) -> None:
        self.arrays: list[Place] = []
        self.unplaced: list[Any] = []
        self.tensors: list[Any] = []
        self.numbers: list[Place] = []
        self.generators: list[Place] = []
        self.constants: list[tuple[Place, Any]] = []
        self.lengths: list[tuple[Any, int]] = []
        self.contents: list[tuple[Any, Any]] = []
        self.optimizers: list[Optimizer] = []
        self.roles: dict[Any, tuple[Any, str, Any]] = {}
        self.names: set[str] = set()
        self.partly: list[tuple[Any, Any]] = []  # attributes and their owner, followed by name
        self.seen: dict[Any, Any] = {}  # by id; held, so that no id is given again
        self.step = getattr(func, "__func__", func)
        self.visit(None, func)
        for x in others:  # among the arguments
            self.visit(None, x)
        while True:
            before = len(self.seen), len(self.names)
            for attributes, owner in self.partly:
                named = self.names
                if self.names & BY_NAME and not isinstance(owner, ModuleType):
                    named = {*self.names, *attributes, *slots(type(owner))}
                for name in sorted(named & attributes.keys()):
                    self.item(attributes, name, watched=True)
                for name in slots(type(owner)) & named:
                    place = Slot(owner, name)
                    if self.new(owner, ("slot", name)):
                        self.visit(place, place.get())
                self.members(owner, named)
            if before == (len(self.seen), len(self.names)):
                break

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for two surveys if a recording made at one can be repeated at the other."""
        return (
            tuple((place.ident, described(place.get())) for place in self.arrays),
            tuple((id(p), type(p), described(p.data), described(p.grad)) for p in self.tensors),
            tuple((place.ident, numeral(place.get())) for place in self.numbers),
            tuple(map(tuple, self.alike())),
            tuple((place.ident, id(place.get())) for place in self.generators),
            tuple((place.ident, known(x)) for place, x in self.constants),
            tuple((id(x), n) for x, n in self.lengths),
            tuple((id(x), tuple(map(known, parts))) for x, parts in self.contents),
            tuple((id(x), hash(x.tobytes())) for x in self.unplaced),
        )

    def lasts(self, place: Place) -> bool:
        """Whether a place gets a home: parameters, gradients, and what optimisers remember."""
        return isinstance(place, Data | Grad) or place.ident in self.roles

    def alike(self) -> list[list[int]]:
        """Which of the numbers that optimisers count for each parameter are the same now."""
        found: dict[Any, list[int]] = {}
        for k, place in enumerate(self.numbers):
            if place.ident in self.roles:
                owner, name, _ = self.roles[place.ident]
                found.setdefault((id(owner), name, place.get()), []).append(k)
        return list(found.values())

    def new(self, x: Any, tag: Any = None) -> bool:
        """Whether `x` is met for the first time."""
        if (id(x), tag) in self.seen:
            return False
        self.seen[id(x), tag] = x
        return True

    def item(self, holder: Any, key: Any, watched: bool) -> None:
        """Look at an item of a dict or a list, once."""
        if self.new(holder, ("item", id(key) if isinstance(key, Node) else key)):
            self.visit(Item(holder, key), holder[key], watched)

    def visit(self, place: Place | None, x: Any, watched: bool = True) -> None:
        """Look at what is at a place; `watched`: whether it matters if it is replaced."""
        if isinstance(x, np.ndarray | np.generic) and not isinstance(x, np.bool_):
            if place is not None:
                self.arrays.append(place)
            elif isinstance(x, np.ndarray) and self.new(x):
                self.unplaced.append(x)
            return
        if isinstance(x, np.random.Generator):
            if place is not None:
                self.generators.append(place)
            return
        if place is not None and watched:
            self.constants.append((place, x))
        if isinstance(x, PLAIN) or not self.new(x):
            return
        if isinstance(x, tuple) and place is not None:
            for k, part in enumerate(x):
                self.visit(Part(place, x, k), part, watched=False)
            return
        self.inside(x, watched)

    def inside(self, x: Any, watched: bool) -> None:
        """Look at what `x` consists of."""
        if isinstance(x, np.random.RandomState | random.Random):
            raise NotRecordable(
                f"compile() cannot repeat the draws of a {type(x).__module__}.{type(x).__name__}; "
                "draw from a numpy.random.Generator."
            )
        if isinstance(x, contextvars.ContextVar):
            raise NotRecordable("compile() cannot watch a ContextVar; hand in what is in it.")
        if isinstance(x, Iterator):
            raise NotRecordable(
                f"compile() cannot go on in a {type(x).__name__} from step to step; take what it "
                "gives outside of the step and hand it in."
            )
        if isinstance(x, Node):
            if isinstance(x, TensorValue) and not x.inputs:
                self.tensors.append(x)
        elif isinstance(x, FunctionType):
            self.function(x)
        elif isinstance(x, MethodType):
            self.visit(None, x.__self__)
            self.visit(None, x.__func__)
        elif isinstance(x, functools.partial):
            for part in (x.func, *x.args, *x.keywords.values()):
                self.visit(None, part)
        elif isinstance(x, dict):
            self.lengths += [(x, len(x))] if watched else []
            for key in list(x):
                self.visit(None, key)
                self.item(x, key, watched)
        elif isinstance(x, list):
            if all(isinstance(part, PLAIN) for part in x):
                self.contents.append((x, tuple(x)))
            else:
                self.lengths += [(x, len(x))] if watched else []
                for k in range(len(x)):
                    self.item(x, k, watched)
        elif isinstance(x, tuple | frozenset | set | deque):
            if not isinstance(x, tuple | frozenset):
                self.contents.append((x, tuple(x)))
            for part in x:
                self.visit(None, part)
        elif isinstance(x, BYTES):
            self.contents.append((x, tuple(x)))
        elif isinstance(x, Mapping | Sequence) and library(type(x).__module__):
            for name in getattr(x, "__dict__", ()):
                self.item(vars(x), name, watched)
        elif "__wrapped__" in getattr(x, "__dict__", ()):  # by functools.lru_cache and its like
            self.visit(None, x.__wrapped__)
        elif isinstance(x, weakref.ref):
            self.visit(None, x())
        elif isinstance(x, Optimizer):
            self.optimizer(x)
        elif isinstance(x, Module):
            self.lengths.append((vars(x), len(vars(x))))
            for name in list(vars(x)):
                self.item(vars(x), name, watched=True)
            self.members(x)
        elif isinstance(x, ModuleType):
            if not library(x.__name__):
                self.partly.append((vars(x), x))
        elif isinstance(x, type):
            if not library(x.__module__):
                self.partly.append(({}, x))
        elif hasattr(x, "func") and type(x).__module__.startswith("microgradx.compiling"):
            self.visit(None, x.func)
        elif not isinstance(x, BuiltinFunctionType) and (
            hasattr(x, "__dict__") or not library(type(x).__module__)
        ):
            attributes = getattr(x, "__dict__", {})
            self.lengths.append((attributes, len(attributes)))
            self.partly.append((attributes, x))

    def members(self, owner: Any, names: Any = None) -> None:
        """Look at what a class of the user's defines under these names, or under all."""
        kind = owner if isinstance(owner, type) else type(owner)
        for cls in kind.__mro__:
            if library(cls.__module__):
                continue
            for name, member in list(vars(cls).items()):
                if name in HIDDEN or isinstance(member, MemberDescriptorType):
                    continue
                implied = name.startswith("__")  # called by signs: x[k], x(y), x + y
                if (names is None or implied or name in names) and self.new(cls, ("member", name)):
                    inner = getattr(member, "fget", getattr(member, "__func__", member))
                    self.visit(Member(cls, name), member)
                    if inner is not member:
                        self.visit(None, inner)

    def function(self, f: FunctionType) -> None:
        """A function: its closure, its defaults, and the globals that it names."""
        if library(f.__module__) and f is not self.step:
            return
        for cell in f.__closure__ or ():
            try:
                inside = cell.cell_contents
            except ValueError:
                continue  # nothing is there yet
            self.visit(Cell(cell), inside)
        for default in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()):
            self.visit(None, default)
        if "globals" in names_in(f.__code__):
            raise NotRecordable("compile() cannot follow globals(); write the name itself.")
        for name in sorted(names_in(f.__code__)):
            self.names.add(name)
            if name in sys.modules:  # it may be imported by the function
                self.visit(None, sys.modules[name])
            if name in f.__globals__:
                self.item(f.__globals__, name, watched=True)

    def optimizer(self, optimizer: Optimizer) -> None:
        """An optimiser: its settings are numbers that are read afresh, as is what it counts."""
        self.optimizers.append(optimizer)
        for name, x in vars(optimizer).items():
            if name not in APART:
                self.visit(Item(vars(optimizer), name), x)
        self.lengths += [(x, len(x)) for x in (optimizer.param_groups, optimizer.state)]
        for group in optimizer.param_groups:
            self.lengths += [(x, len(x)) for x in (group, group["params"])]
            for name, x in group.items():
                if is_number(x) or (isinstance(x, tuple) and all(map(is_number, x))):
                    self.numbers.append(Item(group, name))
                elif name != "params":
                    self.visit(Item(group, name), x)
            for p in group["params"]:
                self.visit(None, p)
                self.roles[Data(p).ident] = (group, "data", p)
                self.roles[Grad(p).ident] = (group, "grad", p)
                memory = optimizer.state[p]
                self.lengths.append((memory, len(memory)))
                self.constants.append((Item(optimizer.state, p), memory))
                for name, x in memory.items():
                    place = Item(memory, name)
                    self.roles[place.ident] = (group, name, p)
                    if is_number(x) and not isinstance(x, np.floating):
                        self.numbers.append(place)
                    else:
                        self.visit(place, x)


def is_number(x: Any) -> bool:
    """Whether `x` is a number, as settings and counts are."""
    return isinstance(x, int | float | np.floating | np.integer) and not isinstance(x, bool)


def library(module: str | None) -> bool:
    """Whether a module is known to hold no arrays of the user's."""
    root = (module or "").partition(".")[0]
    return root in OURS or (root in sys.stdlib_module_names and root != "__main__")


HIDDEN = {"__dict__", "__weakref__", "__module__", "__doc__", "__annotations__", "__qualname__"}


def slots(kind: type) -> set[str]:
    """The attributes of a user's class that lie in no dict."""
    return {
        name
        for cls in kind.__mro__
        if not library(cls.__module__)
        for name, member in vars(cls).items()
        if isinstance(member, MemberDescriptorType)
    }


def unchanged(x: Any, parts: tuple[Any, ...]) -> bool:
    """Whether the very same things lie in a set, a list of numbers, or the like."""
    return len(x) == len(parts) and all(
        a is b or (type(a), a) == (type(b), b) for a, b in zip(x, parts)
    )


def names_in(code: CodeType) -> set[str]:
    """All names that a function's code mentions, also within functions defined inside of it."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= names_in(constant)
    return found


def described(x: Any) -> Any:
    """What a program relies on of an array, or of a gradient that may be None."""
    return (
        None
        if x is None
        else (type(x), np.shape(x), getattr(x, "dtype", None), getattr(x, "strides", ()))
    )


def numeral(x: Any) -> Any:
    """The types of a setting's numbers."""
    return tuple(map(type, x)) if isinstance(x, tuple) else type(x)


def known(x: Any) -> Any:
    """A constant: small ones by their value, others by themselves."""
    return (type(x), x) if isinstance(x, int | float | str | bytes | bool) else id(x)
