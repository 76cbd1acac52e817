"""What metrics take: classes, numbers and scores from arrays, lists and tensors, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd.graph import Node

__all__ = ["classes", "listed", "number_pair", "probabilities", "same_kind", "score_rows"]


def classes(name: str, y_true: Any, y_pred: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """The right and the predicted classes, two arrays of one length."""
    y_true, y_pred = pair(name, y_true, y_pred)
    if y_true.shape != y_pred.shape or y_true.ndim != 1:
        hint = ""
        if y_pred.ndim == 2 and y_true.shape == y_pred.shape[:1]:
            hint = "; scores become classes with scores.argmax(axis=1)"
        elif y_true.ndim == 2 and y_pred.shape == y_true.shape[:1]:
            hint = f"; targets come first: {name}(y_true, y_pred)"
        raise ValueError(
            f"{name} expected two lists of classes of one length, got shapes {y_true.shape} and "
            f"{y_pred.shape}{hint}."
        )
    some(name, y_true)
    y_true, y_pred = labels(name, "y_true", y_true), labels(name, "y_pred", y_pred)
    same_kind(name, y_true, y_pred)
    return y_true, y_pred


def number_pair(name: str, y_true: Any, y_pred: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Targets and predictions as float64, one row per example, shape `(n, outputs)`."""
    y_true, y_pred = pair(name, y_true, y_pred)
    if y_true.shape != y_pred.shape or not y_true.ndim:
        raise ValueError(
            f"{name} expected targets and predictions of one shape, (n,) or (n, outputs), got "
            f"{y_true.shape} and {y_pred.shape}."
        )
    some(name, y_true)
    rows = [finite(name, y_true), finite(name, y_pred)]
    targets, predictions = (x.astype(np.float64).reshape(len(x), -1) for x in rows)
    return targets, predictions


def score_rows(name: str, y_true: Any, y_score: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """The right classes, and scores in their float dtype, shape `(n,)` or `(n, classes)`."""
    y_true, y_score = pair(name, y_true, y_score)
    if y_true.ndim != 1 or y_score.ndim not in (1, 2) or len(y_true) != len(y_score):
        raise ValueError(
            f"{name} expected classes of shape (n,) and scores of shape (n,) or (n, classes), got "
            f"{y_true.shape} and {y_score.shape}."
        )
    some(name, y_true)
    y_score = finite(name, y_score)
    if y_score.dtype.kind != "f":
        y_score = y_score.astype(np.float64)
    return labels(name, "y_true", y_true), y_score


def probabilities(name: str, p: NDArray[Any]) -> NDArray[Any]:
    """Scores that are probabilities: from 0 to 1, and those of a row add up to 1."""
    if p.min() < 0 or p.max() > 1:
        raise ValueError(
            f"{name} expected probabilities from 0 to 1, got {p[(p < 0) | (p > 1)][0]}; of logits, "
            "take the softmax (or the sigmoid) first."
        )
    if p.ndim == 2:
        sums = p.sum(axis=1)
        off = abs(sums - 1) > np.sqrt(np.finfo(p.dtype).eps)
        if off.any():
            row = int(np.argmax(off))
            raise ValueError(
                f"{name} expected probabilities that add up to 1 over the classes, got "
                f"{sums[row]:g} in row {row}; take the softmax of the scores first."
            )
    return p


def pair(name: str, y_true: Any, y_pred: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Both arguments as plain arrays."""
    if isinstance(y_true, Node) and not isinstance(y_pred, Node):
        raise TypeError(f"targets come first: {name}(y_true, y_pred); these look swapped.")
    return array(name, "y_true", y_true), array(name, "y_pred", y_pred)


def array(name: str, argument: str, x: Any) -> NDArray[Any]:
    """A plain array of numbers or strings; of tensors, their numbers."""
    if isinstance(x, list | tuple):
        x = [row.data if isinstance(row, Node) else row for row in x]
    try:
        found = np.asarray(x.data if isinstance(x, Node) else x)
    except ValueError:
        raise ValueError(
            f"{name} expected rows of one length in {argument}, got ragged ones."
        ) from None
    if found.dtype.kind == "O":
        if not all(isinstance(entry, str) for entry in found.flat):
            raise TypeError(f"{name} expected numbers or strings in {argument}, got objects.")
        found = found.astype(str)
    if found.dtype.kind not in "biufU":
        raise TypeError(f"{name} expected numbers or strings in {argument}, got {found.dtype}.")
    return found


def some(name: str, y_true: NDArray[Any]) -> None:
    """There is at least one example."""
    if not y_true.size:
        raise ValueError(f"{name} expected at least one example, got none.")


def finite(name: str, x: NDArray[Any]) -> NDArray[Any]:
    """Numbers, none of them nan or infinite."""
    if x.dtype.kind == "U":
        raise TypeError(f"{name} expected numbers, got strings: {listed(x)}.")
    wrong = np.argwhere(~np.isfinite(x))
    if len(wrong):
        place = tuple(wrong[0])
        raise ValueError(f"{name} expected finite numbers, got {x[place]} in row {place[0]}.")
    return x


def labels(name: str, argument: str, y: NDArray[Any]) -> NDArray[Any]:
    """Names of classes: strings, or whole numbers in any dtype."""
    if y.dtype.kind == "f":
        whole = np.isfinite(y) & (np.trunc(y) == y)
        if not whole.all():
            row = int(np.argmin(whole))
            raise ValueError(
                f"{name} expected classes (whole numbers or strings) in {argument}, got {y[row]} "
                f"in row {row}."
            )
    return y


def same_kind(name: str, a: NDArray[Any], b: NDArray[Any]) -> None:
    """Strings and numbers never name the same class."""
    if (a.dtype.kind == "U") != (b.dtype.kind == "U"):
        raise ValueError(
            f"{name} expected classes of one kind, got strings and numbers: {listed(a)} and "
            f"{listed(b)}."
        )


def listed(found: Any) -> str:
    """The first few classes, for an error."""
    few = np.unique(found)[:6].tolist()
    return ", ".join(map(repr, few)) + (", …" if len(np.unique(found)) > len(few) else "")
