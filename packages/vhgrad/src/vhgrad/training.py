"""The training loop, built from public parts only: what it does, your own loop can do."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["History", "evaluate", "fit", "predict"]

Metric = Callable[[Any, Any], float]


class History(dict[str, list[float]]):
    """What was measured, one list per name with one number per epoch."""

    def add(self, logs: Mapping[str, float]) -> None:
        """Append the numbers of one epoch."""
        for name, value in logs.items():
            self.setdefault(name, []).append(value)


def fit(
    model: Any,
    data: Iterable[tuple[Any, Any]],
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Any,
    epochs: int,
    validation: Iterable[tuple[Any, Any]] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    progress: bool = True,
    on_epoch: Callable[[int, dict[str, float]], object] | None = None,
) -> History:
    """Train a model: for every batch a forward pass, a backward pass and a step.

    Args:
        model: a module; called with the inputs of a batch.
        data: batches `(inputs, targets)`, gone through once per epoch.
        loss: `loss(targets, outputs)` gives one number.
        optimizer: moves the model's parameters.
        epochs: how often to go through the data.
        validation: batches to measure on after every epoch.
        metrics: functions of `(targets, predictions)` by name; for whole-number targets and
            outputs of shape `(n, classes)`, the predictions are the likeliest classes.
        progress: show a bar on standard error, if that is a terminal.
        on_epoch: called after every epoch with its number, from 1, and what was measured.

    Returns:
        A history with `loss`, `seconds`, and for validation data `validation_loss` and the metrics.

    Raises:
        TypeError: if a batch is not a pair `(inputs, targets)`.
        ValueError: if `epochs` is negative, or there are no batches, or nothing is in one of them.
        FloatingPointError: if the loss is nan or infinite; the parameters are those before.

    Example:
        >>> from vhgrad import MLP, SGD, mse
        >>> xs, ys = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
        >>> model = MLP(2, [8, 1], seed=1)
        >>> optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
        >>> history = fit(model, [(xs, ys)], loss=mse, optimizer=optimizer, epochs=200)
        >>> history["loss"][-1] < 0.05
        True
    """
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0:
        raise ValueError(f"fit needs a whole number of epochs, 0 or more, got {epochs!r}.")
    history = History()
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        model.train()
        logs = {"loss": train_epoch(model, bar(data, epoch, epochs, progress), loss, optimizer)}
        logs["seconds"] = time.perf_counter() - start
        if validation is not None:
            measured = evaluate(model, validation, loss=loss, metrics=metrics)
            logs["validation_loss"] = measured.pop("loss")
            logs |= measured
        history.add(logs)
        if on_epoch is not None:
            on_epoch(epoch, logs)
    return history


def train_epoch(
    model: Any, batches: Iterable[tuple[Any, Any]], loss: Callable[[Any, Any], Any], optimizer: Any
) -> float:
    """One pass over the data; returns the mean loss per example, measured on the way."""
    total, examples = 0.0, 0
    for step, (inputs, targets) in enumerate(pairs(batches), start=1):
        value = loss(targets, model(inputs))
        number = value.item()
        if not math.isfinite(number):
            raise FloatingPointError(
                f"the loss became {number} in step {step} of the epoch; a smaller learning rate "
                "or inputs of a smaller scale usually help."
            )
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total += number * len(targets)
        examples += len(targets)
    if not examples:
        raise ValueError("expected at least one batch, got none.")
    return total / examples


def pairs(batches: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """The batches as they come, each checked: inputs, and targets of one example or more."""
    for number, batch in enumerate(batches, start=1):
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            got = f"{len(batch)} parts" if isinstance(batch, tuple | list) else type(batch).__name__
            raise TypeError(
                f"expected batches (inputs, targets), got {got} as batch {number}; "
                "DataLoader((X, y)) makes batches of whole arrays."
            )
        inputs, targets = batch
        try:
            examples = len(targets)
        except TypeError:
            raise TypeError(
                f"expected one target per example, got one number in batch {number}; "
                "a batch of one example is ([x], [y])."
            ) from None
        if not examples:
            raise ValueError(f"expected at least one example per batch, got none in {number}.")
        yield inputs, targets


def bar(data: Iterable[Any], epoch: int, epochs: int, wanted: bool) -> Iterable[Any]:
    """The batches, counted on standard error while they pass."""
    if not (wanted and sys.stderr.isatty()):
        return data
    from tqdm import tqdm  # 46 ms, so only where it is used

    return tqdm(data, desc=f"epoch {epoch}/{epochs}", leave=False, unit="batch")


def predict(model: Any, inputs: Any, *, batch_size: int = 1024) -> Any:
    """The model's outputs in its mode for use, as a plain array.

    Args:
        model: a module.
        inputs: array of shape `(n, ...)`.
        batch_size: how many examples at a time.

    Returns:
        The outputs of all examples, joined along the first axis.

    Raises:
        ValueError: if `inputs` has no first axis, or `batch_size` is not a positive whole number.
    """
    inputs = np.asarray(inputs)
    if not inputs.ndim:
        raise ValueError("predict expected inputs of shape (n, ...), got one number.")
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"`batch_size` needs to be a whole number, 1 or more, got {batch_size!r}.")
    training, batches = model.training, range(0, max(len(inputs), 1), batch_size)
    model.eval()
    try:
        return np.concatenate([model(inputs[k : k + batch_size]).data for k in batches])
    finally:
        model.train(training)


def evaluate(
    model: Any,
    data: Iterable[tuple[Any, Any]],
    *,
    loss: Callable[[Any, Any], Any],
    metrics: Mapping[str, Metric] | None = None,
) -> dict[str, float]:
    """Loss and metrics over all batches, in the model's mode for use.

    Args:
        model: a module.
        data: batches `(inputs, targets)`.
        loss: `loss(targets, outputs)`, a mean over the batch.
        metrics: functions of `(targets, predictions)` by name.

    Returns:
        `loss`, the mean per example however the data are cut into batches, and the metrics.
    """
    total = 0.0
    targets: list[Any] = []
    outputs: list[Any] = []
    training = model.training
    model.eval()
    try:
        for x, y in pairs(data):
            output = model(x)
            total += loss(y, output).item() * len(y)
            targets.append(np.asarray(y))
            outputs.append(output.data)
    finally:
        model.train(training)
    if not targets:
        raise ValueError("expected at least one batch, got none.")
    y_true, y_pred = np.concatenate(targets), np.concatenate(outputs)
    if y_true.dtype.kind in "iu" and y_pred.ndim == 2:
        y_pred = y_pred.argmax(axis=1)
    measured = {name: metric(y_true, y_pred) for name, metric in (metrics or {}).items()}
    return {"loss": total / len(y_true), **measured}
