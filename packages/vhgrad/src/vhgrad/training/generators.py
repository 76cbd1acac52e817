"""All the generators that a training run draws from, to save and load them together."""

from __future__ import annotations

import numpy as np

from micrograd.module import parts
from microgradx import default_generator
from vhgrad.nn import Module
from vhgrad.nn.walking import walk

__all__ = ["generators"]


def generators(model: Module) -> dict[str, np.random.Generator]:
    """The default generator, and those that modules such as `Dropout` were given, by path.

    `fit` saves them in its checkpoints; load one with
    `load_checkpoint(path, model=model, generator=generators(model), ...)`.

    Example:
        >>> from vhgrad.nn import Dropout, Linear, Sequential
        >>> model = Sequential(Linear(2, 8), Dropout(0.5, generator=7), Linear(8, 1))
        >>> list(generators(model))
        ['default generator', '1.generator']
    """
    holders = [("", model), *((f"{place.path}.", place.part) for place in walk(model))]
    own: dict[int, tuple[str, np.random.Generator]] = {}
    for path, holder in holders:
        for name, part in parts(holder):
            if isinstance(part, np.random.Generator):
                own.setdefault(id(part), (f"{path}{name}", part))
    return {"default generator": default_generator(), **dict(own.values())}
