"""A table of precision, recall and F1 for every class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import numpy as np

from vhgrad.metrics.averaged import Averaged
from vhgrad.metrics.counts import ClassMetric, distinct
from vhgrad.metrics.precision_recall import F1, Precision, Recall

__all__ = ["ClassificationReport", "classification_report"]

Row = dict[str, float]
PARTS: dict[str, type[Averaged]] = {"precision": Precision, "recall": Recall, "f1-score": F1}


class ReportSettings(TypedDict, total=False):
    """What a report can be told."""

    labels: Sequence[Any] | None
    target_names: Sequence[str] | None
    digits: int
    output_dict: bool
    zero_division: float | str


class ClassificationReport(ClassMetric):
    """`classification_report`, batch by batch, with the same settings.

    Example:
        >>> metric = ClassificationReport(output_dict=True)
        >>> metric.update([0, 1, 1], [0, 1, 0])
        >>> metric.compute()["1"]
        {'precision': 1.0, 'recall': 0.5, 'f1-score': 0.6666666666666666, 'support': 2.0}
    """

    name = "classification_report"

    def __init__(
        self,
        *,
        labels: Sequence[Any] | None = None,
        target_names: Sequence[str] | None = None,
        digits: int = 2,
        output_dict: bool = False,
        zero_division: float | str = "warn",
    ) -> None:
        self.labels, self.target_names = distinct(self.name, labels), target_names
        self.digits, self.output_dict = digits, output_dict
        self.zero_division = zero_division
        Precision(zero_division=zero_division)  # an error where it does not fit
        super().__init__()

    def compute(self) -> Any:
        """The table, as text or as a dict."""
        rows = self.table()
        return as_dict(rows) if self.output_dict else as_text(rows, self.digits)

    def table(self) -> dict[str, Row]:
        """The rows by name: the classes, then the averages."""
        labels = self.shown(self.labels)
        names = [str(label) for label in labels] if self.target_names is None else self.target_names
        if len(names) != len(labels):
            raise ValueError(
                f"classification_report expected a name for each of {len(labels)} classes, got "
                f"{len(names)} `target_names`; say which classes with labels=."
            )
        support = self.rows(labels)[:, 1]
        per_class = {part: self.measured(metric, None) for part, metric in PARTS.items()}
        rows: dict[str, Row] = {}
        for k, name in enumerate(names):
            rows[name] = {part: float(x[k]) for part, x in per_class.items()}
            rows[name]["support"] = float(support[k])
        complete = set(labels) >= set(self.classes)  # then all three micro averages are one number
        for average in ("micro", "macro", "weighted"):
            name = "accuracy" if average == "micro" and complete else f"{average} avg"
            rows[name] = {part: self.measured(metric, average) for part, metric in PARTS.items()}
            rows[name]["support"] = float(np.sum(support))
        return rows

    def measured(self, metric: type[Averaged], average: str | None) -> Any:
        """One of the three, made from the counts that are here."""
        part = metric(labels=self.labels, average=average, zero_division=self.zero_division)
        part.classes, part.counts = self.classes, self.counts
        return part.compute()


def as_dict(rows: dict[str, Row]) -> dict[str, Any]:
    """The rows, and the accuracy as one number."""
    return {k: row["precision"] if k == "accuracy" else row for k, row in rows.items()}


def as_text(rows: dict[str, Row], digits: int) -> str:
    """The rows as scikit-learn prints them."""
    width = max(*map(len, rows), len("weighted avg"), digits)
    head = "".join(f" {part:>9}" for part in (*PARTS, "support"))
    lines = [f"{'':>{width}} {head}", ""]
    for name, row in rows.items():
        if name == "accuracy" or (name == "micro avg"):
            lines.append("")
        shares = [f"{row[part]:>9.{digits}f}" for part in PARTS]
        if name == "accuracy":
            shares[:2] = [" " * 9] * 2
        lines.append(f"{name:>{width}}  {' '.join(shares)} {int(row['support']):>9}")
    return "\n".join(lines) + "\n"


def classification_report(y_true: Any, y_pred: Any, **settings: Unpack[ReportSettings]) -> Any:
    """Precision, recall and F1 of every class, and their averages.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        settings: `labels`, the classes to show; `target_names`, what to call them; `digits=2`
            after the point; `output_dict=True` for numbers instead of a text;
            `zero_division="warn"`, 0, 1 or nan.

    Returns:
        A table as text, or as a dict of dicts. The row `accuracy` is `micro avg` where `labels`
        leaves classes out.

    Raises:
        ValueError: if the shapes differ, there are no examples, or a setting does not fit.

    Example:
        >>> print(classification_report([0, 1, 1], [0, 1, 0], target_names=["no", "yes"]))
                      precision    recall  f1-score   support
        <BLANKLINE>
                  no       0.50      1.00      0.67         1
                 yes       1.00      0.50      0.67         2
        <BLANKLINE>
            accuracy                           0.67         3
           macro avg       0.75      0.75      0.67         3
        weighted avg       0.83      0.67      0.67         3
        <BLANKLINE>
    """
    return ClassificationReport(**settings)(y_true, y_pred)
