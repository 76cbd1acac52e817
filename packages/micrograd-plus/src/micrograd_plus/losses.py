"""How wrong is a prediction? One number, 0 where it is right.

Each loss is a pointwise formula, written once for numbers and arrays, and an average over the
examples. Targets come first in all of them: `mse(ys, predictions)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from micrograd.graph import Node

__all__ = ["mse", "reduced", "squared_error"]


def squared_error(target: Any, prediction: Any) -> Any:
    """(prediction - target)**2."""
    difference = prediction - target
    return difference * difference


def mse(targets: Any, predictions: Any, *, reduction: str = "mean") -> Any:
    """Mean squared error.

    Args:
        targets: what should come out, numbers; lists may be nested.
        predictions: what came out, in the same arrangement as the targets.
        reduction: "mean" or "sum" of all errors, or "none" for the list of them.

    Returns:
        One Value; a list of them with `reduction="none"`.

    Raises:
        ValueError: if the arrangements differ, or nothing was given.
        TypeError: if targets and predictions are swapped.

    Example:
        >>> from micrograd_plus import Value
        >>> mse([1.0, 0.0], [Value(0.5), Value(0.5)]).data
        0.25
    """
    pairs = matched(targets, predictions)
    return reduced([squared_error(y, p) for y, p in pairs], reduction)


def matched(targets: Any, predictions: Any) -> list[tuple[Any, Any]]:
    """Pairs of target and prediction, after checking that there are as many of both."""
    ys, ps = list(flat(targets)), list(flat(predictions))
    if len(ys) != len(ps):
        raise ValueError(f"expected as many targets as predictions, got {len(ys)} and {len(ps)}.")
    if not ys:
        raise ValueError("expected at least one target and prediction, got an empty batch.")
    if not any(isinstance(p, Node) for p in ps) and any(isinstance(y, Node) for y in ys):
        raise TypeError("targets come first: loss(targets, predictions); these look swapped.")
    return list(zip(ys, ps, strict=True))


def flat(numbers: Any) -> Iterator[Any]:
    """The numbers in nested lists, in reading order."""
    if isinstance(numbers, Iterable) and not isinstance(numbers, str):
        for part in numbers:
            yield from flat(part)
    else:
        yield numbers


def reduced(errors: list[Any], reduction: str) -> Any:
    """The mean or the sum of the errors, or the errors themselves."""
    if reduction == "none":
        return errors
    if reduction not in ("mean", "sum"):
        raise ValueError(f"`reduction` needs 'mean', 'sum' or 'none', got {reduction!r}.")
    total = sum(errors)
    return total / len(errors) if reduction == "mean" else total
