"""`ClassMetric`: counts per class, which are all that accuracy, precision and the like need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.metrics.examples import classes, same_kind
from vhgrad.metrics.metric import Metric

__all__ = ["ClassMetric", "distinct"]


class ClassMetric(Metric):
    """Base of the metrics that are made from counts per class.

    Attributes:
        classes: every class that was seen as target or prediction, in order.
        counts: for each of them how often it was right, the target, and the prediction, shape
            `(classes, 3)`.
    """

    classes: list[Any]
    counts: NDArray[np.int64]

    def nothing(self) -> dict[str, Any]:
        """No classes yet."""
        return {"classes": [], "counts": np.zeros((0, 3), np.int64)}

    def fits(self, state: dict[str, Any]) -> bool:
        """One row of counts per class."""
        return (len(state["classes"]), 3) == state["counts"].shape

    def update(self, targets: Any, predictions: Any) -> None:
        """Count the classes of one batch, shapes `(n,)` and `(n,)`."""
        self.count(*classes(self.name, targets, predictions))

    def count(self, targets: NDArray[Any], predictions: NDArray[Any]) -> None:
        """Add what one batch says of each class."""
        both = self.make_room(targets, predictions)
        true, predicted = np.split(both, 2)
        for column, found in enumerate((true[true == predicted], true, predicted)):
            self.counts[:, column] += np.bincount(found, minlength=len(self.classes))

    def make_room(self, targets: NDArray[Any], predictions: NDArray[Any]) -> NDArray[np.intp]:
        """Add new classes to the list; the place of each target's, then of each prediction's."""
        both = np.concatenate([targets, predictions])
        known = np.asarray(self.classes) if self.classes else both[:0]
        same_kind(self.name, known if self.classes else both, both)
        everything = np.union1d(known, both)
        self.counts = self.grown(np.searchsorted(everything, known), len(everything))
        self.classes = everything.tolist()
        return np.searchsorted(everything, both)

    def grown(self, places: NDArray[np.intp], size: int) -> NDArray[np.int64]:
        """The counts so far at their new places among more classes."""
        counts = np.zeros((size, self.counts.shape[1]), np.int64)
        counts[places] = self.counts
        return counts

    def places(self, labels: Sequence[Any]) -> list[int]:
        """Where these classes stand; the last place, which is empty, for one that never came."""
        known = {label: k for k, label in enumerate(self.classes)}
        return [known.get(label, len(known)) for label in labels]

    def rows(self, labels: Sequence[Any]) -> NDArray[np.int64]:
        """The counts of these classes."""
        return np.pad(self.counts, ((0, 1), (0, 0)))[self.places(labels)]

    def shown(self, labels: Sequence[Any] | None) -> list[Any]:
        """The classes that are asked for, or all that came."""
        self.some(self.classes)
        return self.classes if labels is None else list(labels)


def distinct(name: str, labels: Any) -> list[Any] | None:
    """Labels as a list, checked: at least one, none twice."""
    if labels is None:
        return None
    found = np.asarray(labels)
    if found.ndim != 1 or not found.size or len(np.unique(found)) != len(found):
        raise ValueError(f"{name} expected `labels` to be different classes, got {labels!r}.")
    return found.tolist()
