"""An opinion from outside: slopes that NumPy's own functions show when a leaf moves a little.

They are measured in extended precision where the machine has it. Neither our operations nor our
rules take part, so an error in either shows.
"""

from __future__ import annotations

import numpy as np

from prove.expressions import Expression, values

__all__ = ["agrees", "slopes"]

STEP = np.longdouble(1e-6)


def slopes(expression: Expression) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of every leaf at every point, and how far it can be trusted.

    Source:
        Fornberg, Generation of finite difference formulas (1988), table 1: central differences of
        order 4 and 6; their distance is taken for the error.
    """
    point = np.array(expression.leaves, np.longdouble)
    rows = [slope(expression, point, k) for k in range(len(point))]
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


def slope(expression: Expression, point: np.ndarray, leaf: int) -> tuple[np.ndarray, np.ndarray]:
    """The slope along one leaf, and its error."""

    def moved(steps: int) -> np.ndarray:
        leaves = point.copy()
        leaves[leaf] += steps * STEP
        return values(expression, leaves)[-1] * expression.upstream

    first, second, third = ((moved(k) - moved(-k)) / STEP for k in (1, 2, 3))
    fourth_order = (8 * first - second) / 12
    sixth_order = (45 * first - 9 * second + third) / 60
    return sixth_order, np.abs(sixth_order - fourth_order)


def agrees(expression: Expression, answer: np.ndarray) -> tuple[bool, float]:
    """Whether an answer is what the slopes say, and the largest difference as a share.

    Differences count against the largest slope of a point: beside it, a slope of nearly 0 is lost
    in the rounding of the function.
    """
    value = values(expression)[-1] * expression.upstream
    measured, error = slopes(expression)
    scale = np.maximum(np.maximum(np.abs(measured).max(axis=0), np.abs(value)), 1e-3)
    difference = np.abs(answer[1:] - measured)
    right = bool(np.all(difference <= 1e-9 * scale + 10 * error))
    right &= bool(np.allclose(answer[0], value, rtol=1e-9, atol=1e-12))
    return right, float(np.max(difference / scale))
