"""`evaluate` and `predict`: what a model is worth, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from microgradx import TensorValue
from vhgrad.nn import Module
from vhgrad.training.batches import check_data, pairs
from vhgrad.training.checks import check_model
from vhgrad.training.measuring import Measured
from vhgrad.training.modes import in_use
from vhgrad.training.step import one_number

__all__ = ["evaluate", "predict"]


def evaluate(
    model: Module,
    data: Iterable[tuple[Any, Any]],
    *,
    loss: Callable[[Any, Any], Any] | None = None,
    metrics: Any = None,
) -> dict[str, Any]:
    """Loss and metrics over all batches, in the model's mode for use and without a graph.

    Args:
        model: a module. Afterwards every module in it has the mode it had before.
        data: batches `(inputs, targets)`.
        loss: `loss(targets, outputs)`, a mean over the batch.
        metrics: what to measure beside the loss: one metric, a list of them, or a dict by name.
            A metric is a function of `(targets, predictions)`, called once with all examples, or
            an object with `reset()`, `update(targets, predictions)` for every batch and
            `compute()`. For whole-number targets `(n,)` and outputs `(n, classes)`, predictions
            are the likeliest classes; a metric whose attribute `takes_scores` is true gets the
            outputs themselves.

    Returns:
        `loss`, the mean per example however the data are cut into batches, and the metrics by name.

    Raises:
        TypeError: if a batch is not a pair `(inputs, targets)`, or a metric is none.
        ValueError: if there are no batches, or nothing is in one of them.

    Example:
        >>> from vhgrad import MLP, accuracy, cross_entropy
        >>> model = MLP(2, [8, 2], seed=1)
        >>> X, y = np.eye(2), np.array([0, 1])
        >>> list(evaluate(model, [(X, y)], loss=cross_entropy, metrics=[accuracy]))
        ['loss', 'accuracy']
    """
    check_model("evaluate", model, data)
    check_data("data", data, epochs=1)
    measured = Measured(metrics)
    total, examples = 0.0, 0
    with in_use(model):
        for inputs, targets in pairs(data):
            outputs = model(inputs)
            if loss is not None:
                total += one_number(loss(targets, outputs)) * len(targets)
            examples += len(targets)
            measured.update(targets, outputs)
    if not examples:
        raise ValueError("expected at least one batch, got none.")
    mean = {} if loss is None else {"loss": total / examples}
    return mean | measured.compute()


def predict(model: Module, inputs: Any, *, batch_size: int = 1024) -> Any:
    """The model's outputs in its mode for use, as a plain array.

    Args:
        model: a module. Afterwards every module in it has the mode it had before.
        inputs: array or tensor of shape `(n, ...)`.
        batch_size: how many examples at a time.

    Returns:
        The outputs of all examples, joined along the first axis.

    Raises:
        TypeError: if `inputs` are batches instead of one array.
        ValueError: if `inputs` has no first axis, or `batch_size` is not a positive whole number.

    Example:
        >>> from vhgrad import MLP
        >>> predict(MLP(2, [8, 3], seed=1), np.zeros((5, 2))).shape
        (5, 3)
    """
    check_model("predict", model, inputs)
    array = np.asarray(inputs.data if isinstance(inputs, TensorValue) else inputs)
    if array.dtype == object:
        raise TypeError(
            f"predict needs an array of inputs, got {type(inputs).__name__}; for batches, write "
            "[predict(model, x) for x, _ in data]."
        )
    if not array.ndim:
        raise ValueError("predict expected inputs of shape (n, ...), got one number.")
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"`batch_size` needs to be a whole number, 1 or more, got {batch_size!r}.")
    starts = range(0, max(len(array), 1), batch_size)
    with in_use(model):
        return np.concatenate([model(array[k : k + batch_size]).data for k in starts])
