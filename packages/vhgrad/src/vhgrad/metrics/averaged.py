"""`Averaged`: one fraction of counts per class, averaged over the classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import numpy as np
from numpy.typing import NDArray

from vhgrad.metrics.counts import ClassMetric, distinct
from vhgrad.metrics.metric import undefined

__all__ = ["AverageSettings", "Averaged"]

AVERAGES = ("binary", "micro", "macro", "weighted", None)


class AverageSettings(TypedDict, total=False):
    """What precision, recall and F1 can be told."""

    labels: Sequence[Any] | None
    pos_label: Any
    average: str | None
    zero_division: float | str


class Averaged(ClassMetric):
    """Base of the metrics that are one fraction per class.

    Args:
        labels: the classes that count, for every `average` but "binary"; by default all that came.
        pos_label: the class that "binary" speaks of.
        average: "binary", "micro" (all counts added up first), "macro" (mean over the classes),
            "weighted" (the same, weighted by how often each is the target), or None for each class.
        zero_division: the value where the fraction is 0/0: 0, 1 or nan, which averages leave out;
            "warn" is 0 with a warning.
    """

    lacks: ClassVar[str]  # what there is none of where the fraction is 0/0

    def __init__(
        self,
        *,
        labels: Sequence[Any] | None = None,
        pos_label: Any = 1,
        average: str | None = "binary",
        zero_division: float | str = "warn",
    ) -> None:
        if average not in AVERAGES:
            options = ", ".join(map(repr, AVERAGES))
            raise ValueError(f"{self.name} expected `average` to be {options}, got {average!r}.")
        is_nan = isinstance(zero_division, float) and math.isnan(zero_division)
        if zero_division not in ("warn", 0, 1) and not is_nan:
            raise ValueError(
                f"{self.name} expected zero_division='warn', 0, 1 or nan, got {zero_division!r}."
            )
        self.labels, self.pos_label = distinct(self.name, labels), pos_label
        self.average, self.zero_division = average, zero_division
        super().__init__()

    @staticmethod
    def fraction(right: Any, true: Any, predicted: Any) -> tuple[Any, Any]:
        """What is divided by what, for the counts of every class."""
        raise NotImplementedError

    def compute(self) -> Any:
        """One number, or one per class."""
        binary = self.average == "binary"
        counts = self.rows([self.positive()] if binary else self.shown(self.labels))
        if self.average == "micro":
            counts = counts.sum(axis=0, keepdims=True)
        shares = self.divided(*self.fraction(*counts.T))
        if self.average is None:
            return shares
        defined = ~np.isnan(shares)
        if not defined.any():
            return math.nan
        support = counts[defined, 1]
        weighted = self.average == "weighted" and support.any()
        return float(np.average(shares[defined], weights=support if weighted else None))

    def divided(self, above: Any, below: Any) -> NDArray[np.float64]:
        """The fractions, and `zero_division` where there is nothing to divide by."""
        empty = below == 0
        if empty.any() and self.zero_division == "warn":
            which = "" if len(empty) == 1 else " for classes"
            undefined(
                f"{self.name} is 0{which} where there are no {self.lacks}; choose with "
                "zero_division=."
            )
        value = 0.0 if self.zero_division == "warn" else float(self.zero_division)
        return np.where(empty, value, above / np.maximum(below, 1))

    def positive(self) -> Any:
        """The class that "binary" speaks of, checked."""
        found = self.shown(None)
        if len(found) > 2:
            raise ValueError(
                f"{self.name} expected two classes for average='binary', got {len(found)}; choose "
                "average='macro', 'micro', 'weighted' or None."
            )
        strange = isinstance(found[0], str) != isinstance(self.pos_label, str)
        if self.pos_label not in found and (strange or len(found) == 2):
            raise ValueError(
                f"{self.name} expected `pos_label` to be one of the classes "
                f"{' and '.join(map(repr, found))}, got {self.pos_label!r}."
            )
        return self.pos_label
