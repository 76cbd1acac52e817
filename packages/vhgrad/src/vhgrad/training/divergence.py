"""The error of a training run whose numbers are no longer finite: what, when and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.graph import Node
from microgradx import AnomalyError
from vhgrad.nn import Module, Parameter
from vhgrad.training.history import History

__all__ = ["DivergenceError", "diverged"]


class DivergenceError(FloatingPointError):
    """The loss or a gradient is nan or infinite; the step was not made.

    Parameters, buffers, optimizer and scheduler are as before the step.

    Attributes:
        epoch: the epoch, from 1.
        step: the step in the epoch, from 1.
        history: what was done until then.

    Example:
        >>> from vhgrad import SGD, Linear, fit, mse
        >>> model = Linear(1, 1, seed=0)
        >>> data, optimizer = [([[float("inf")]], [[0.0]])], SGD(model.parameters())
        >>> try:
        ...     history = fit(model, data, loss=mse, optimizer=optimizer, epochs=1, progress=False)
        ... except DivergenceError as error:
        ...     print(error.epoch, error.step)
        1 1
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.epoch, self.step = history.epochs + 1, history.steps + 1
        self.history = history


def diverged(error: FloatingPointError, model: Module, history: History) -> DivergenceError:
    """The error with epoch and step, and the operation where it began if that is known."""
    what, cause = str(error), error.__cause__
    if isinstance(error, AnomalyError):  # the user's own detect_anomaly() was faster
        what, cause = "a number became nan or infinite", error
    began = ""
    if isinstance(cause, AnomalyError):
        names = near(model, cause.inputs)
        began = f": {str(cause).removesuffix('.')}" + f" (near {', '.join(names)})" * bool(names)
    return DivergenceError(
        f"{what} in step {history.steps + 1} of epoch {history.epochs + 1}{began}. The step was "
        "not made; a smaller learning rate or inputs of a smaller scale usually help.",
        history,
    )


def near(model: Module, inputs: Sequence[Any]) -> list[str]:
    """Names of the parameters that went into an operation most directly."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    level = [x for x in inputs if isinstance(x, Node)]
    seen: set[int] = set()
    while level:
        found = [names[id(x)] for x in level if isinstance(x, Parameter) and id(x) in names]
        if found:
            return list(dict.fromkeys(found))
        seen.update(map(id, level))
        level = [x for node in level for x in node.inputs if isinstance(x, Node)]
        level = [x for x in level if id(x) not in seen]
    return []
