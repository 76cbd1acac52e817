"""How do you know that a gradient is right? Move each input a little and see what the output does.

The slope that is seen, a central difference, knows nothing of our rules. Where the two disagree,
a rule is wrong, or the function has a kink, or it does not give the same result twice.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from micrograd_plus.value import Value

__all__ = ["GradientError", "gradcheck", "numeric_gradient"]


class GradientError(AssertionError):
    """An analytic gradient and the slope that was measured differ."""


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
    return [(above - below) / step for above, below, step in steps(evaluate, point, eps)]


def gradcheck(
    func: Callable[..., Any],
    inputs: Sequence[float],
    *,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-4,
    raise_exception: bool = True,
) -> bool:
    """Check the gradient of every input against the slope that is measured.

    Args:
        func: takes as many Values as there are inputs, returns one.
        inputs: the point at which to check.
        eps: length of a step, as a share of the input where that is larger than 1.
        atol: difference that is always allowed.
        rtol: difference that is allowed as a share of the slope.
        raise_exception: False returns False instead of raising GradientError.

    Returns:
        True if all gradients are right.

    Raises:
        GradientError: names the function, the input, the point and both numbers, or says that the
            function has a kink there or is not deterministic.
        ValueError: if `eps` is not positive, or there are no inputs.

    Example:
        >>> gradcheck(lambda x, y: (x * y).tanh(), [0.5, -2.0])
        True
    """
    point = checked(inputs, eps)
    values = [Value(x) for x in point]
    result = func(*values)
    name = named(func)
    if not isinstance(result, Value):
        raise TypeError(f"gradcheck needs a function that returns a Value, {name} does not.")
    result.backward()
    try:
        compare(
            functools.partial(evaluated, func),
            point,
            result.data,
            [v.grad for v in values],
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
    for k, (above, below, step) in enumerate(steps(evaluate, point, eps)):
        slope, analytic = (above - below) / step, gradients[k]
        if same(slope, analytic) or abs(slope - analytic) <= atol + rtol * abs(slope):
            continue
        right, left = 2 * (above - middle) / step, 2 * (middle - below) / step
        if abs(right - left) > 100 * (atol + rtol * abs(slope)):
            raise GradientError(
                f"{places[k]}: a kink or jump, the slope is {left:.6g} on the left and "
                f"{right:.6g} on the right; the gradient is {analytic:.6g}. Check at another point."
            )
        raise GradientError(
            f"{places[k]}: the gradient is {analytic:.10g}, the measured slope {slope:.10g}."
        )


def steps(
    evaluate: Callable[[list[float]], float], point: list[float], eps: float
) -> Iterator[tuple[float, float, float]]:
    """For each number, the results a little above and below the point, and their distance."""
    for k, x in enumerate(point):
        h = eps * max(1.0, abs(x))
        up, down = x + h, x - h  # what a float can hold, so the distance is exact
        above = evaluate([*point[:k], up, *point[k + 1 :]])
        below = evaluate([*point[:k], down, *point[k + 1 :]])
        yield above, below, up - down


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
    return point
