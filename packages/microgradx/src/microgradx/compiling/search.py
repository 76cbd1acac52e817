"""The search for what a step can reach.

It is found as parameters are found in a module: by looking, from the function on, through closures,
globals that it names, attributes, lists and dicts.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from micrograd.graph import Node
from microgradx.compiling.definitions import look_at_members, slots
from microgradx.compiling.inside import PLAIN, look_inside
from microgradx.compiling.places import Item, Part, Place, Slot
from microgradx.compiling.survey import Survey

__all__ = ["Search", "survey_of"]

BY_NAME = {"getattr", "attrgetter", "vars", "__dict__", "__getattr__", "__getattribute__"}


def survey_of(func: Callable[..., Any], others: Any = ()) -> Survey:
    """All that a function can reach now, and what is among its arguments."""
    search = Search(func)
    search.visit(None, func)
    for x in others:
        search.visit(None, x)
    search.follow()
    return search.survey


class Search:
    """A walk from one thing to all that it leads to, each once.

    Args:
        func: where it begins.

    Attributes:
        survey: what was found.
        step: the function itself, which is looked into wherever it comes from.
        names: all that the code found so far mentions.
        partly: attributes and their owner; those that are named are followed.
    """

    def __init__(self, func: Callable[..., Any]) -> None:
        self.survey = Survey()
        self.step = getattr(func, "__func__", func)
        self.names: set[str] = set()
        self.partly: list[tuple[Any, Any]] = []

    def visit(self, place: Place | None, x: Any, watched: bool = True) -> None:
        """Look at what is at a place; `watched`: whether it matters if it is replaced."""
        survey = self.survey
        if isinstance(x, np.ndarray | np.generic) and not isinstance(x, np.bool_):
            if place is not None:
                survey.arrays.append(place)
            elif isinstance(x, np.ndarray) and self.new(x):
                survey.unplaced.append(x)
            return
        if isinstance(x, np.random.Generator):
            if place is not None:
                survey.generators.append(place)
            return
        if place is not None and watched:
            survey.constants.append((place, x))
        if isinstance(x, PLAIN) or not self.new(x):
            return
        if isinstance(x, tuple) and place is not None:
            for k, part in enumerate(x):
                self.visit(Part(place, x, k), part, watched=False)
            return
        look_inside(self, x, watched)

    def item(self, holder: Any, key: Any, watched: bool) -> None:
        """Look at an item of a dict or a list, once."""
        if self.new(holder, ("item", id(key) if isinstance(key, Node) else key)):
            self.visit(Item(holder, key), holder[key], watched)

    def new(self, x: Any, tag: Any = None) -> bool:
        """Whether `x` is met for the first time."""
        if (id(x), tag) in self.survey.seen:
            return False
        self.survey.seen[id(x), tag] = x
        return True

    def follow(self) -> None:
        """Look at attributes that are named somewhere, until that leads to no other names."""
        before = None
        while before != (len(self.survey.seen), len(self.names)):
            before = len(self.survey.seen), len(self.names)
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
                look_at_members(self, owner, named)
