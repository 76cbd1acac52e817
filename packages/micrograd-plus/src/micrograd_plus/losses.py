"""How wrong is a prediction? One number, 0 where it is right.

Each loss is a formula for one target and one prediction, written once for numbers and arrays, and
an average over the examples. Targets come first in all of them: `mse(ys, predictions)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from micrograd.graph import Node
from micrograd_plus.op import Op, defined
from micrograd_plus.ops import sigmoid
from micrograd_plus.unknown import Unknown

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "hinge",
    "mse",
]


def squared_error(target: Any, prediction: Any) -> Any:
    """(prediction - target)**2."""
    difference = prediction - target
    return difference * difference


def absolute_error(target: Any, prediction: Any) -> Any:
    """|prediction - target|."""
    return abs(prediction - target)


def huber_error(target: Any, prediction: Any, delta: float) -> Any:
    """Half the squared error up to a distance of `delta`, and from there on a straight line."""
    distance = abs(prediction - target)
    near = distance.minimum(delta)
    return near * (distance - near / 2)


def margin_error(target: Any, score: Any) -> Any:
    """How far a score falls short of 1 on the target's side: max(0, 1 - target*score)."""
    return (1 - target * score).relu()


@defined
def log_loss(f: Any) -> Op:
    """-(y log p + (1-y) log(1-p)), with logarithms of at least -100 so that it stays finite."""
    return Op(
        "log_loss",
        lambda y, p: -(y * f.maximum(f.log(p), -100.0) + (1 - y) * f.maximum(f.log(1 - p), -100.0)),
        # d/dy = log(1-p) - log(p)
        lambda g, out, y, p: g * (f.maximum(f.log(1 - p), -100.0) - f.maximum(f.log(p), -100.0)),
        # d/dp = (p-y) / (p*(1-p)), finite at 0 and 1 as in PyTorch
        lambda g, out, y, p: g * (p - y) / f.maximum(p * (1 - p), 1e-12),
    )


@defined
def logit_loss(f: Any) -> Op:
    """The log loss of sigmoid(x): |x| where x is on the wrong side, plus log(1 + exp(-|x|))."""

    def forward(y: Any, x: Any) -> Any:
        wrong = f.where(x >= 0, 1 - y, y)  # the share of the label that x speaks against
        paid = f.where(wrong == 0, 0.0, wrong * f.absolute(x))  # inf on the right side costs 0
        return paid + f.log1p(f.exp(-f.absolute(x)))

    return Op(
        "logit_loss",
        forward,
        lambda g, out, y, x: -g * x,  # d/dy = -x
        lambda g, out, y, x: g * (sigmoid.on(f).forward(x) - y),  # d/dx = sigmoid(x) - y
    )


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


def binary_cross_entropy(targets: Any, probabilities: Any, *, reduction: str = "mean") -> Any:
    """Mean negative log-likelihood of yes/no labels, from probabilities.

    Args:
        targets: labels from 0 to 1.
        probabilities: of the label 1, from 0 to 1, in the same arrangement.
        reduction: "mean", "sum" or "none".

    Returns:
        One Value, in nats per example; a wrong certainty costs 100, not inf.

    Raises:
        ValueError: if a number lies outside of 0 to 1, or the arrangements differ.

    Source:
        Goodfellow, Bengio and Courville, Deep Learning (2016), equation 5.59, as in PyTorch.

    Example:
        >>> from micrograd_plus import Value
        >>> binary_cross_entropy([1.0], [Value(0.5)]).data
        0.6931471805599453
    """
    pairs = matched(targets, probabilities)
    check_shares("targets", (y for y, _ in pairs))
    check_shares("probabilities", (p for _, p in pairs))
    return reduced([log_loss(y, p) for y, p in pairs], reduction)


def binary_cross_entropy_with_logits(targets: Any, logits: Any, *, reduction: str = "mean") -> Any:
    """Mean negative log-likelihood of yes/no labels, from scores before the sigmoid.

    Takes logits, not probabilities, so that confident predictions stay finite.

    Args:
        targets: labels from 0 to 1.
        logits: scores before the sigmoid, in the same arrangement.
        reduction: "mean", "sum" or "none".

    Returns:
        One Value, in nats per example.

    Raises:
        ValueError: if a target lies outside of 0 to 1, or the arrangements differ.

    Source:
        Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.2.

    Example:
        >>> from micrograd_plus import Value
        >>> binary_cross_entropy_with_logits([1.0, 0.0], [Value(0.0), Value(-1e4)]).data
        0.34657359027997264
    """
    pairs = matched(targets, logits)
    check_shares("targets", (y for y, _ in pairs))
    return reduced([logit_loss(y, x) for y, x in pairs], reduction)


def hinge(targets: Any, scores: Any, *, reduction: str = "mean") -> Any:
    """Mean margin error: how far scores fall short of 1 on their target's side.

    Args:
        targets: -1 or 1.
        scores: any numbers, in the same arrangement.
        reduction: "mean", "sum" or "none".

    Returns:
        One Value.

    Raises:
        ValueError: if a target is neither -1 nor 1, or the arrangements differ.

    Source:
        Cortes and Vapnik, Support-vector networks (1995).

    Example:
        >>> from micrograd_plus import Value
        >>> hinge([1, -1], [Value(2.0), Value(-0.5)]).data
        0.25
    """
    pairs = matched(targets, scores)
    for y, _ in pairs:
        if not isinstance(y, Node) and y not in (-1, 1):
            raise ValueError(f"hinge needs targets of -1 or 1, got {y}.")
    return reduced([margin_error(y, s) for y, s in pairs], reduction)


def check_shares(name: str, numbers: Iterable[Any]) -> None:
    """Raise ValueError for a number that is not from 0 to 1."""
    for x in numbers:
        number = x.data if isinstance(x, Node) else x
        if isinstance(number, Unknown):
            continue  # being compiled: the program does not check its numbers
        if not 0 <= number <= 1:  # also true of nan
            raise ValueError(f"expected {name} from 0 to 1, got {number}.")


def matched(targets: Any, predictions: Any) -> list[tuple[Any, Any]]:
    """Pairs of target and prediction, after checking that both are arranged alike."""
    ys, ps = list(placed(targets)), list(placed(predictions))
    if len(ys) != len(ps):
        raise ValueError(f"expected as many targets as predictions, got {len(ys)} and {len(ps)}.")
    for (here, _), (there, _) in zip(ys, ps):
        if here != there:
            raise ValueError(
                "expected targets and predictions in lists arranged alike, got a target at "
                f"{list(here)} and a prediction at {list(there)}."
            )
    if not ys:
        raise ValueError("expected at least one target and prediction, got an empty batch.")
    pairs = [(y, p) for (_, y), (_, p) in zip(ys, ps)]
    if not any(isinstance(p, Node) for _, p in pairs) and any(
        isinstance(y, Node) for y, _ in pairs
    ):
        raise TypeError("targets come first: loss(targets, predictions); these look swapped.")
    return pairs


def placed(numbers: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The numbers in nested lists with their places, in reading order."""
    if isinstance(numbers, Iterable) and not isinstance(numbers, str):
        for i, part in enumerate(numbers):
            yield from placed(part, (*place, i))
    else:
        yield place, numbers


def reduced(errors: list[Any], reduction: str) -> Any:
    """The mean or the sum of the errors, or the errors themselves."""
    if reduction == "none":
        return errors
    if reduction not in ("mean", "sum"):
        raise ValueError(f"`reduction` needs 'mean', 'sum' or 'none', got {reduction!r}.")
    total = sum(errors[1:], errors[0])  # not from 0, which a drawing would show
    return total / len(errors) if reduction == "mean" else total
