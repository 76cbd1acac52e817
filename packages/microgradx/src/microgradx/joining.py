"""Several arrays become one, and one array gets a border. The gradient is cut up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from microgradx.op import ArrayOp, with_settings

__all__ = ["concatenate", "pad", "stack"]

Widths = int | tuple[int, int] | tuple[tuple[int, int], ...]


@with_settings
def concatenate(n: int, axis: int = 0) -> ArrayOp:
    """Join `n` arrays along an axis that they have.

    Example:
        >>> concatenate(2, axis=-1)(np.zeros((2, 3)), np.zeros((2, 1))).shape
        (2, 4)
    """
    if n < 1:
        raise ValueError("concatenate needs at least one array, got none.")
    check_axis("concatenate", axis)

    def part(k: int) -> Callable[..., Any]:
        def rule(g: Any, out: Any, *inputs: Any) -> Any:
            """The part of the gradient where input k went."""
            start = sum(x.shape[axis] for x in inputs[:k])
            return g[along(axis, g.ndim, start, start + inputs[k].shape[axis])]

        return rule

    return ArrayOp(
        "concatenate",
        lambda *inputs: np.concatenate(inputs, axis),
        *map(part, range(n)),
        expected=f"shapes that differ along axis={axis} only",
    )


@with_settings
def stack(n: int, axis: int = 0) -> ArrayOp:
    """Join `n` arrays of one shape along a new axis.

    Example:
        >>> stack(2, axis=1)(np.zeros(3), np.zeros(3)).shape
        (3, 2)
    """
    if n < 1:
        raise ValueError("stack needs at least one array, got none.")
    check_axis("stack", axis)

    def part(k: int) -> Callable[..., Any]:
        return lambda g, out, *inputs: np.moveaxis(g, axis, 0)[k]

    return ArrayOp(
        "stack",
        lambda *inputs: np.stack(inputs, axis),
        *map(part, range(n)),
        expected=f"arrays of one shape, with a place for a new axis={axis}",
    )


@with_settings
def pad(widths: Widths, value: float = 0.0) -> ArrayOp:
    """A border of one value: `widths` before and after, for all axes or for each.

    Example:
        >>> pad(((0, 0), (1, 2)))(np.ones((2, 3))).shape
        (2, 6)
    """
    if np.array(widths).dtype.kind not in "iu":
        raise TypeError(f"pad needs whole numbers as widths, got {widths}.")

    def inside(x: Any) -> tuple[slice, ...]:
        pairs = np.broadcast_to(np.array(widths, np.intp), (x.ndim, 2))
        return tuple(slice(b, b + n) for (b, _), n in zip(pairs.tolist(), x.shape))

    def forward(x: Any) -> Any:
        pairs = np.broadcast_to(np.array(widths, np.intp), (x.ndim, 2))
        if (pairs < 0).any():
            raise ValueError("a border cannot be negative")
        out = np.full([b + n + a for (b, a), n in zip(pairs.tolist(), x.shape)], value, x.dtype)
        out[inside(x)] = x
        return out

    return ArrayOp(
        "pad",
        forward,
        lambda g, out, x: g[inside(x)],  # what lies in the border is constant
        expected=f"widths of 0 or more, a pair for each axis, not {widths}",
    )


def check_axis(name: str, axis: Any) -> None:
    """Raise TypeError for what names no axis; None, which NumPy takes here, is none either."""
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        raise TypeError(
            f"{name} needs a whole number as `axis`, got {axis!r}; to join all entries in one row, "
            "flatten() each tensor first."
        )


def along(axis: int, ndim: int, start: int, stop: int) -> tuple[slice, ...]:
    """The index of a part along one axis."""
    index = [slice(None)] * ndim
    index[axis] = slice(start, stop)
    return tuple(index)
