"""How do you know that a gradient is right? Move each input a little and see what the output does.

The slope that is seen, a central difference, knows nothing of our rules. Where the two disagree,
a rule is wrong, or the function has a kink, or it does not give the same result twice.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd.graph import topological_order
from micrograd_plus.value import Value

__all__ = ["GradientError", "gradcheck", "numeric_gradient"]


class GradientError(AssertionError):
    """An analytic gradient and the slope that was measured differ.

    Example:
        >>> from micrograd_plus import Op
        >>> wrong = Op("square", lambda x: x * x, lambda g, out, x: g * x)  # 2 * x is right
        >>> try:
        ...     gradcheck(wrong, [3.0])
        ... except GradientError:
        ...     print("the rule is wrong")
        the rule is wrong
    """


def numeric_gradient(
    func: Callable[..., Any], inputs: Sequence[float], *, eps: float = 1e-6
) -> list[float]:
    """The slopes of `func` at `inputs`, measured by central differences.

    Args:
        func: takes as many Values as there are inputs, returns one.
        inputs: the point.
        eps: length of a step, as a share of the input where that is larger than 1.

    Returns:
        One slope per input.

    Source:
        Press et al., Numerical Recipes (2007), equation 5.7.7; the error is of order eps**2.

    Example:
        >>> [round(slope, 6) for slope in numeric_gradient(lambda x, y: x * y, [2.0, 3.0])]
        [3.0, 2.0]
    """
    point = checked(inputs, eps)
    evaluate = functools.partial(evaluated, func)
    moves = [moved(evaluate, point, k, eps) for k in range(len(point))]
    return [(above - below) / step for above, below, step in moves]


def gradcheck(
    func: Callable[..., Any],
    inputs: Sequence[float],
    *,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-4,
    raise_exception: bool = True,
    leaf: type[Value] = Value,
) -> bool:
    """Check the gradient of every input against the slope that is measured.

    Args:
        func: takes as many Values as there are inputs, returns one.
        inputs: the point at which to check.
        eps: length of a step, as a share of the input where that is larger than 1.
        atol: difference that is always allowed.
        rtol: difference that is allowed as a share of the slope.
        raise_exception: False returns False instead of raising GradientError.
        leaf: what inputs become; with a class of your own you check an engine of your own.

    Returns:
        True if all gradients are right.

    Raises:
        GradientError: names the function, the input, the point and both numbers, or says that the
            function has a kink there or is not deterministic.
        ValueError: if `eps` is not positive or too small, or there are no inputs.

    Example:
        >>> gradcheck(lambda x, y: (x * y).tanh(), [0.5, -2.0])
        True
    """
    point = checked(inputs, eps)
    values = [leaf(x) for x in point]
    result = func(*values)
    name = named(func)
    if not isinstance(result, Value):
        raise TypeError(f"gradcheck needs a function that returns a Value, {name} does not.")
    before = [(node, node.grad) for node in topological_order(result)]
    result.backward()
    gradients = [v.grad for v in values]
    for node, g in before:
        node.grad = g  # what the function captured is left as it was
    try:
        compare(
            functools.partial(evaluated, func),
            point,
            result.data,
            gradients,
            [f"{name}, input {k} at {point}" for k in range(len(point))],
            eps=eps,
            atol=atol,
            rtol=rtol,
        )
    except GradientError:
        if raise_exception:
            raise
        return False
    return True


def compare(
    evaluate: Callable[[list[float]], float],
    point: list[float],
    result: float,
    gradients: Sequence[float],
    places: Sequence[str],
    *,
    eps: float,
    atol: float,
    rtol: float,
) -> None:
    """Raise GradientError at the first number whose gradient is not the measured slope.

    Args:
        evaluate: the plain result at a point.
        point: all numbers that the result depends on.
        result: what the function gave when the gradients were taken.
        gradients: one for each number.
        places: what to call each number in an error.
        eps: as for `gradcheck`.
        atol: as for `gradcheck`.
        rtol: as for `gradcheck`.
    """
    middle = evaluate(point)
    if not same(middle, result):
        raise GradientError(
            f"{places[0]}: the function is not deterministic, it gave {result} and then {middle}."
        )
    for k, analytic in enumerate(gradients):
        slope, left, right, allowed = measured(evaluate, point, k, middle, eps, atol, rtol)
        if abs(right - left) > 100 * allowed:
            raise GradientError(
                f"{places[k]}: a kink or jump, the slope is {left:.6g} on the left and "
                f"{right:.6g} on the right; the gradient is {analytic:.6g}. Check at another point."
            )
        if not math.isfinite(slope) and not same(slope, analytic):
            raise GradientError(
                f"{places[k]}: the gradient is {analytic:.10g}, and no slope can be measured, "
                "because the function is not finite around the point. Check at another one."
            )
        if not (same(slope, analytic) or abs(slope - analytic) <= allowed):
            raise GradientError(
                f"{places[k]}: the gradient is {analytic:.10g}, the measured slope {slope:.10g}."
            )


def measured(
    evaluate: Callable[[list[float]], float],
    point: list[float],
    k: int,
    middle: float,
    eps: float,
    atol: float,
    rtol: float,
) -> tuple[float, float, float, float]:
    """The slope by number `k`, the slopes on its left and right, and the difference to allow.

    Where left and right differ, shorter steps tell a curve, where they meet, from a kink.
    """
    bends: list[float] = []
    for shorter in (1, 16, 256, 4096):
        above, below, step = moved(evaluate, point, k, eps / shorter)
        if step == 0.0 and shorter > 1:
            break
        slope = (above - below) / step
        left, right = 2 * (middle - below) / step, 2 * (above - middle) / step
        size = max(abs(above), abs(below))
        unseen = 4 * math.ulp(size) / step if math.isfinite(size) else 0.0  # lost in rounding
        allowed = atol + rtol * abs(slope) + unseen
        bends.append(abs(right - left))
        if bends[-1] <= 100 * allowed:
            break
    if len(bends) > 1 and bends[-1] < bends[-2] / 4:
        left = right = slope  # however steep, a curve
    return slope, left, right, allowed


def moved(
    evaluate: Callable[[list[float]], float], point: list[float], k: int, eps: float
) -> tuple[float, float, float]:
    """The results with number `k` a little larger and a little smaller, and the distance."""
    x = point[k]
    h = eps * max(1.0, abs(x))
    up, down = x + h, x - h  # what a float can hold, so the distance is exact
    above = evaluate([*point[:k], up, *point[k + 1 :]])
    below = evaluate([*point[:k], down, *point[k + 1 :]])
    return above, below, up - down


def evaluated(func: Callable[..., Any], point: Sequence[float]) -> float:
    """The plain result at a point."""
    return float(func(*[Value(x) for x in point]))


def named(func: Callable[..., Any]) -> str:
    """What an error calls a function."""
    return getattr(func, "__name__", repr(func))


def same(a: float, b: float) -> bool:
    """Equal, or both nan."""
    return a == b or (math.isnan(a) and math.isnan(b))


def checked(inputs: Sequence[float], eps: float) -> list[float]:
    """The point as floats, after checking what was given."""
    if not 0 < eps < math.inf:
        raise ValueError(f"`eps` needs to be a small positive number, got {eps}.")
    point = [float(x) for x in inputs]
    if not point:
        raise ValueError("expected at least one input to check, got none.")
    if not all(map(math.isfinite, point)):
        raise ValueError(f"expected finite inputs, got {point}.")
    for x in point:
        if x + eps * max(1.0, abs(x)) == x:
            raise ValueError(f"`eps` needs to be larger: {x} + {eps} is still {x}.")
    return point
