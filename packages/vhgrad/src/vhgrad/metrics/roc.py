"""How well do scores put the classes in order?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.metrics.columns import columns, ordered
from vhgrad.metrics.examples import probabilities, same_kind, score_rows
from vhgrad.metrics.metric import Metric, takes_scores, undefined

__all__ = ["ROCAUC", "roc_auc"]


class ROCAUC(Metric):
    """`roc_auc`, batch by batch, with the same settings.

    The order of all scores counts, so all examples are kept, 8 bytes for each score.

    Example:
        >>> metric = ROCAUC()
        >>> metric.update([0, 1], [0.1, 0.4])
        >>> metric.update([0, 1], [0.35, 0.3])
        >>> metric.compute()
        0.75
    """

    name = "roc_auc"
    takes_scores = True
    targets: list[Any]
    scores: list[NDArray[np.float64]]

    def __init__(
        self,
        *,
        average: str | None = "macro",
        multi_class: str = "ovr",
        labels: Sequence[Any] | None = None,
    ) -> None:
        if average not in ("macro", "weighted", None) or multi_class not in ("ovr", "ovo"):
            raise ValueError(
                "roc_auc expected average='macro', 'weighted' or None and multi_class='ovr' or "
                f"'ovo', got {average!r} and {multi_class!r}."
            )
        if average is None and multi_class == "ovo":
            raise ValueError("roc_auc expected average='macro' or 'weighted' for 'ovo', got None.")
        self.average, self.multi_class = average, multi_class
        self.labels = ordered(self.name, labels)
        super().__init__()

    def nothing(self) -> dict[str, Any]:
        """No examples."""
        return {"targets": [], "scores": []}

    def fits(self, state: dict[str, Any]) -> bool:
        """A row of scores for every target."""
        return len(state["targets"]) == sum(map(len, state["scores"]))

    def update(self, targets: Any, predictions: Any) -> None:
        """Keep one batch: classes `(n,)`, and scores `(n,)` or probabilities `(n, classes)`."""
        targets, scores = score_rows(self.name, targets, predictions)
        if scores.ndim == 2:
            probabilities(self.name, scores)
        if self.targets:
            same_kind(self.name, np.asarray(self.targets[:1]), targets)
            if self.scores[0].shape[1:] != scores.shape[1:]:
                raise ValueError(
                    "roc_auc expected scores for the same classes in every batch, got shapes "
                    f"{self.scores[0].shape} and {scores.shape}."
                )
        self.targets += targets.tolist()
        self.scores.append(scores.astype(np.float64))

    def compute(self) -> Any:
        """One number; with `average=None` one per class."""
        self.some(self.targets)
        targets, scores = np.asarray(self.targets), np.concatenate(self.scores)
        found = np.unique(targets)
        if scores.ndim == 1:
            if len(found) > 2:
                raise ValueError(
                    f"roc_auc expected scores of shape (n, {len(found)}) for {len(found)} classes, "
                    f"got {scores.shape}."
                )
            return area(targets == found[-1], scores)
        count = scores.shape[1]
        labels = found.tolist() if len(found) == count else None
        rights = columns(self.name, targets, count, self.labels or labels)
        compare = one_against_rest if self.multi_class == "ovr" else one_against_one
        areas, weights = compare(rights, scores)
        if self.average is None:
            return areas
        if self.average == "weighted":
            areas[weights == 0] = 0.0  # a class that never comes has no area, and no weight
            return float(np.average(areas, weights=weights))
        return float(np.mean(areas))


def one_against_rest(rights: NDArray[np.intp], scores: NDArray[np.float64]) -> tuple[Any, Any]:
    """The area for each class, and how often it is right."""
    areas = np.array([area(rights == k, scores[:, k]) for k in range(scores.shape[1])])
    return areas, np.bincount(rights, minlength=len(areas))


def one_against_one(rights: NDArray[np.intp], scores: NDArray[np.float64]) -> tuple[Any, Any]:
    """The area for each two classes, either one's scores in turn, and how often these are right.

    Source:
        Hand and Till, A simple generalisation of the area under the ROC curve (2001), section 2.
    """
    areas, weights = [], []
    for a, b in itertools.combinations(np.unique(rights), 2):
        two = (rights == a) | (rights == b)
        both = (area(rights[two] == k, scores[two, k]) for k in (a, b))
        areas.append(sum(both) / 2)
        weights.append(two.mean())
    if not areas:  # only one class
        return one_against_rest(rights, scores)
    return np.array(areas), np.array(weights)


def area(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """The share of pairs, one positive and one negative, that the scores put in the right order.

    A tie counts half. This is the area under the ROC curve: Hanley and McNeil, The meaning and use
    of the area under a ROC curve (1982). Pairs are counted, so it is rounded only once.
    """
    positives = int(np.count_nonzero(positive))
    negatives = len(positive) - positives
    if not positives or not negatives:
        undefined("roc_auc is nan where only one class is among the targets.")
        return math.nan
    _, level = np.unique(scores, return_inverse=True)
    low = np.bincount(level[~positive], minlength=level.max() + 1)  # negatives at each level
    high = np.bincount(level[positive], minlength=level.max() + 1)
    below = np.cumsum(low) - low
    return int(np.sum(high * (2 * below + low))) / (2 * positives * negatives)


@takes_scores
def roc_auc(
    y_true: Any,
    y_score: Any,
    *,
    average: str | None = "macro",
    multi_class: str = "ovr",
    labels: Sequence[Any] | None = None,
) -> Any:
    """Area under the ROC curve: how likely a positive example scores higher than a negative one.

    Args:
        y_true: the right classes, shape `(n,)`.
        y_score: scores of the greater of two classes, shape `(n,)`; or probabilities of all
            classes, shape `(n, classes)`.
        average: over the classes "macro", "weighted" by how often each is the target, or None for
            each class.
        multi_class: "ovr" compares each class with the rest, "ovo" each two classes.
        labels: the class of each column, in ascending order; by default the classes in `y_true` if
            they are as many as the columns, else 0, 1, 2, ...

    Returns:
        A number from 0 to 1, 0.5 for scores that say nothing; nan with a warning where there is
        only one class.

    Raises:
        ValueError: if the shapes or labels do not fit, there are no examples, or the scores of
            several classes are no probabilities.

    Example:
        >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
        0.75
    """
    return ROCAUC(average=average, multi_class=multi_class, labels=labels)(y_true, y_score)
