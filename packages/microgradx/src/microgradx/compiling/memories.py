"""What an optimiser leads to: settings, parameters, and what it remembers of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_plus import Optimizer
from microgradx.compiling.places import Data, Grad, Item

if TYPE_CHECKING:
    from microgradx.compiling.search import Search

__all__ = ["look_at_optimizer"]

APART = {"state", "param_groups", "defaults", "together", "blocks", "schedules"}


def look_at_optimizer(search: Search, optimizer: Optimizer) -> None:
    """An optimiser: its settings are numbers that are read afresh, as is what it counts."""
    survey = search.survey
    survey.optimizers.append(optimizer)
    for name, x in vars(optimizer).items():
        if name not in APART:
            search.visit(Item(vars(optimizer), name), x)
    survey.lengths += [(x, len(x)) for x in (optimizer.param_groups, optimizer.state)]
    for group in optimizer.param_groups:
        survey.lengths += [(x, len(x)) for x in (group, group["params"])]
        for name, x in group.items():
            if is_number(x) or (isinstance(x, tuple) and all(map(is_number, x))):
                survey.numbers.append(Item(group, name))
            elif name != "params":
                search.visit(Item(group, name), x)
        for p in group["params"]:
            search.visit(None, p)
            look_at_memory(search, group, p, optimizer.state)


def look_at_memory(search: Search, group: dict[str, Any], p: Any, state: Any) -> None:
    """What is remembered of one parameter: arrays, and counts."""
    survey, memory = search.survey, state[p]
    survey.roles[Data(p).ident] = (group, "data", p)
    survey.roles[Grad(p).ident] = (group, "grad", p)
    survey.lengths.append((memory, len(memory)))
    survey.constants.append((Item(state, p), memory))
    for name, x in memory.items():
        place = Item(memory, name)
        survey.roles[place.ident] = (group, name, p)
        if is_number(x) and not isinstance(x, np.floating):
            survey.numbers.append(place)
        else:
            search.visit(place, x)


def is_number(x: Any) -> bool:
    """Whether `x` is a number, as settings and counts are."""
    return isinstance(x, int | float | np.floating | np.integer) and not isinstance(x, bool)
