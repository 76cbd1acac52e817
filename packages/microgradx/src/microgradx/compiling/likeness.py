"""What has to be alike, and in which way, so that a recording can be repeated."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["described", "known", "numeral", "unchanged"]


def described(x: Any) -> Any:
    """What a program relies on of an array, or of a gradient that may be None."""
    return (
        None
        if x is None
        else (type(x), np.shape(x), getattr(x, "dtype", None), getattr(x, "strides", ()))
    )


def numeral(x: Any) -> Any:
    """The types of a setting's numbers."""
    return tuple(map(type, x)) if isinstance(x, tuple) else type(x)


def known(x: Any) -> Any:
    """A constant: small ones by their value, others by themselves."""
    return (type(x), x) if isinstance(x, int | float | str | bytes | bool) else id(x)


def unchanged(x: Any, parts: tuple[Any, ...]) -> bool:
    """Whether the very same things lie in a set, a list of numbers, or the like."""
    return len(x) == len(parts) and all(
        a is b or (type(a), a) == (type(b), b) for a, b in zip(x, parts)
    )
