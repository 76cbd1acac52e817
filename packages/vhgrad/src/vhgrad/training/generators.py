"""All the generators that a training run draws from, to save and load them together."""

from __future__ import annotations

import numpy as np

from microgradx import default_generator
from vhgrad.nn import Module
from vhgrad.nn.walking import once, walk

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
    own = (place for place in walk(model) if isinstance(place.part, np.random.Generator))
    return {"default generator": default_generator(), **dict(once(own))}
