"""Metrics by name: functions of all examples, and objects that are told batch by batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["Measured", "named"]


class Measured:
    """Metrics while the batches go by.

    Examples are kept only where a metric is a function, which needs all of them at once.

    Args:
        metrics: one metric, a list of them, or a dict by name.
    """

    def __init__(self, metrics: Any) -> None:
        self.metrics = named(metrics)
        self.streams = {k: metric for k, metric in self.metrics.items() if streams(metric)}
        self.keep = len(self.streams) < len(self.metrics)
        self.targets: list[Any] = []
        self.outputs: list[Any] = []
        for metric in self.streams.values():
            metric.reset()

    def update(self, targets: Any, outputs: Any) -> None:
        """Take in one batch: targets, and a tensor of outputs."""
        if not self.metrics:
            return
        y_true, scores = np.asarray(targets), outputs.data
        for metric in self.streams.values():
            metric.update(y_true, predictions(metric, y_true, scores))
        if self.keep:
            self.targets.append(y_true)
            self.outputs.append(scores)

    def compute(self) -> dict[str, Any]:
        """The values by name, in the order in which the metrics were given."""
        if self.keep:
            y_true, scores = np.concatenate(self.targets), np.concatenate(self.outputs)
        return {
            name: metric.compute()
            if name in self.streams
            else metric(y_true, predictions(metric, y_true, scores))
            for name, metric in self.metrics.items()
        }


def predictions(metric: Any, targets: Any, outputs: Any) -> Any:
    """What a metric is told that the model said: classes where classes are asked for."""
    classes = targets.dtype.kind in "iu" and targets.ndim == 1 and outputs.ndim == 2
    if classes and not getattr(metric, "takes_scores", False):
        return outputs.argmax(axis=1)
    return outputs


def streams(metric: Any) -> bool:
    """Whether a metric is told batch by batch."""
    return all(callable(getattr(metric, name, None)) for name in ("reset", "update", "compute"))


def named(metrics: Any) -> dict[str, Any]:
    """Metrics by name: those of a dict, or their own.

    Raises:
        TypeError: if one is neither a function nor an object that is told batch by batch.
        ValueError: if two have one name, or one has the name of something else that is measured.

    Example:
        >>> from vhgrad import accuracy
        >>> list(named([accuracy]))
        ['accuracy']
    """
    if metrics is None:
        return {}
    if isinstance(metrics, Mapping):
        items = list(metrics.items())
    else:
        several = metrics if isinstance(metrics, list | tuple) else [metrics]
        items = [(own_name(metric), metric) for metric in several]
    for name, metric in items:
        if isinstance(metric, type):
            raise TypeError(f"`metrics` got the class {name}; write {name}().")
        if not callable(metric) and not streams(metric):
            raise TypeError(
                "`metrics` needs functions (targets, predictions) or objects with reset, update "
                f"and compute, got {metric!r}."
            )
    names = [name for name, _ in items]
    for name in names:
        if names.count(name) > 1 or name in ("loss", "seconds", "validation_loss"):
            raise ValueError(
                f"`metrics` has the name {name!r}, which is taken; give each one a name of its "
                "own: {'name': metric}."
            )
    return dict(items)


def own_name(metric: Any) -> str:
    """What a metric calls itself."""
    for attribute in ("name", "__name__"):
        if isinstance(own := getattr(metric, attribute, None), str):
            return own
    return type(metric).__name__
