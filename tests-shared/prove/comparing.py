"""How far two answers may differ: 1e-12, or what the last bit of a number on the way does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["BOUNDS", "Verdict", "compare", "moved"]

RELATIVE = 1e-12
ULPS = 16
BOUNDS = (f"{RELATIVE:g}", f"{ULPS} ulp of the leaves", f"{ULPS} ulp of the steps")
# Times 1 + MOVE, a number moves by so many units in its last place. All at once: what a single one
# does is often lost in the next rounding.
MOVE = ULPS * np.finfo(float).eps

Answer = Sequence[np.ndarray]


@dataclass(frozen=True)
class Verdict:
    """What a comparison found.

    Attributes:
        right: whether every entry is within its bound.
        worst: the largest difference, as a share of the largest entry of its quantity, where
            `RELATIVE` was the bound.
        bound: which one of `BOUNDS` was needed.
    """

    right: bool
    worst: float
    bound: str


def compare(
    expected: Answer, actual: Answer, nudged: Callable[[int], Answer], leaves: int, places: int
) -> Verdict:
    """Compare two answers, quantity by quantity.

    Args:
        expected: what one stage says.
        actual: what the other says.
        nudged: the first one's answer with one place moved by `ULPS` units in the last place. A
            calculation that enlarges such a move a million times cannot be known any better. If
            moves of the leaves do not explain a difference, those of the steps may: a difference
            of two equal results stays 0 however the leaves move. As with 1e-12, the largest entry
            of a quantity counts.
        leaves: how many places are leaves; they come first.
        places: how many there are. From there on, each stands for a step once more: `moved`.
    """
    if any(a.shape != b.shape or not np.all(np.isfinite(b)) for a, b in zip(expected, actual)):
        return Verdict(False, np.inf, BOUNDS[0])
    differences = [np.abs(a - b) for a, b in zip(expected, actual)]
    scales = [np.max(np.abs(a), initial=0.0) for a in expected]
    within = [d <= RELATIVE * scale for d, scale in zip(differences, scales)]
    shares = [
        np.max(d, initial=0.0) / scale
        for d, scale, good in zip(differences, scales, within)
        if scale > 0 and good.all()
    ]
    worst = float(max(shares, default=0.0))
    if all(good.all() for good in within):
        return Verdict(True, worst, BOUNDS[0])
    swing = [np.zeros_like(a) for a in expected]
    for bound, some in zip(BOUNDS[1:], (range(leaves), range(leaves, 2 * places - leaves))):
        for place in some:
            swing = [m + np.abs(a - b) for m, a, b in zip(swing, nudged(place), expected)]
        if all(
            np.all(good | (d <= np.max(m, initial=0.0)))
            for good, d, m in zip(within, differences, swing)
        ):
            return Verdict(True, worst, bound)
    return Verdict(False, worst, BOUNDS[-1])


def moved(node: Any, again: bool = False) -> Any:
    """A node whose numbers lie `ULPS` units beside what they were.

    The result of an operation is moved where it stands, because rules read it: that of tanh takes
    1 - out^2, in which the last bit of `out` may be all that is left. A leaf, and a view of other
    numbers, keeps its own, and a moved one takes its place. Entries of arrays move up and down in
    turn; `again`, all move up, and the gradient that arrives at them moves up and down: what
    cancels one way does not the other.
    """
    data = node.data
    in_turn: Any = (-1.0) ** np.sum(np.indices(np.shape(data)), axis=0)
    if isinstance(data, float):
        if again or node.op is None:
            return node * (1 + MOVE)
        node.data = data * (1 + MOVE)
        return node
    if node.op is None or data.base is not None:
        return node * (1 + MOVE * in_turn)
    data.flags.writeable = True
    data *= 1 + MOVE * (1.0 if again else in_turn)
    data.flags.writeable = False
    return node * (1 + MOVE * in_turn) if again else node
