"""Callbacks: code of yours that `fit` calls after steps and epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["Callbacks", "StopTraining"]

Hook = Callable[[int, dict[str, float]], object]


class StopTraining(Exception):  # as StopIteration: no error
    """Raised by a callback to end `fit` after this step or epoch, with what was done.

    Example:
        >>> from vhgrad import SGD, Linear, fit, mse
        >>> def enough(epoch, logs):
        ...     raise StopTraining
        >>> model = Linear(1, 1, seed=0)
        >>> run = {"loss": mse, "optimizer": SGD(model.parameters()), "progress": False}
        >>> history = fit(model, [([[1.0]], [[2.0]])], epochs=9, callbacks=[enough], **run)
        >>> history.epochs
        1
    """


class Callbacks:
    """Functions to call after every step, and after every epoch.

    Args:
        callbacks: functions, called after every epoch with its number and what was measured; or
            objects with `on_epoch_end(epoch, logs)`, `on_batch_end(step, logs)`, or both.

    Raises:
        TypeError: if one is neither.
    """

    def __init__(self, callbacks: Iterable[Any]) -> None:
        self.batch: list[Hook] = []
        self.epoch: list[Hook] = []
        if not isinstance(callbacks, Iterable):
            raise TypeError(f"`callbacks` needs a list, got {callbacks!r}; write [callback].")
        for callback in callbacks:
            after_batch = getattr(callback, "on_batch_end", None)
            after_epoch = getattr(callback, "on_epoch_end", None)
            if after_batch is None and after_epoch is None:
                after_epoch = callback
            if isinstance(callback, type) or not callable(after_batch or after_epoch):
                raise TypeError(
                    "`callbacks` needs functions (epoch, logs) or objects with on_epoch_end or "
                    f"on_batch_end, got {callback!r}."
                )
            self.batch += [after_batch] if after_batch else []
            self.epoch += [after_epoch] if after_epoch else []
