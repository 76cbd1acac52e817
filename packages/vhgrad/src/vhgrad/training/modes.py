"""Use a model for a while as it will be used: no dropout, running statistics, no graph."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from microgradx import no_grad
from vhgrad.nn import Module

__all__ = ["in_use"]


@contextlib.contextmanager
def in_use(model: Module) -> Iterator[None]:
    """Evaluation mode without a graph, in a block; then every module has the mode it had before.

    Example:
        >>> from vhgrad import Linear, Sequential
        >>> model = Sequential(Linear(2, 2), Linear(2, 1).eval())
        >>> with in_use(model):
        ...     model.training
        False
        >>> model.training, model[1].training
        (True, False)
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
