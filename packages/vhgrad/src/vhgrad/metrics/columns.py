"""Which column of the scores belongs to which class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.metrics.examples import array, listed, same_kind

__all__ = ["columns", "ordered", "present"]


def columns(
    name: str, targets: NDArray[Any], count: int, labels: Sequence[Any] | None
) -> NDArray[np.intp]:
    """The column of each target: its place among the labels, by default 0, 1, 2, ..."""
    known = np.arange(count) if labels is None else np.asarray(labels)
    same_kind(name, known, targets)
    if len(known) != count:
        raise ValueError(f"{name} expected scores for {len(known)} classes, got {count} columns.")
    if not np.isin(targets, known).all():
        raise ValueError(
            f"{name} expected scores for every class, got {count} columns and the classes "
            f"{listed(targets)}; say which class each column is with labels=."
        )
    return np.searchsorted(known, targets)


def ordered(name: str, labels: Any) -> list[Any] | None:
    """Labels as a list, checked: two or more, in ascending order."""
    if labels is None:
        return None
    found = np.asarray(labels)
    if found.ndim != 1 or len(found) < 2 or not np.array_equal(np.unique(found), found):
        raise ValueError(
            f"{name} expected `labels` to be two or more classes in ascending order, as the "
            f"columns of the scores are, got {labels!r}."
        )
    return found.tolist()


def present(name: str, y_true: Any, y_score: Any, labels: Any) -> Any:
    """The labels that are given; or those in `y_true`, if they are as many as the columns."""
    if labels is None:
        found = np.unique(array(name, "y_true", y_true))
        shape = array(name, "the scores", y_score).shape
        if len(found) == (shape[1] if len(shape) == 2 else 2):
            return found
    return labels
