"""Which arrays lie in whose memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.compiling.tape import Call, Var

__all__ = ["is_array", "is_view", "same_layout", "same_memory", "shares"]


def is_array(x: Any) -> bool:
    """Whether `x` is an array, or a number of NumPy's."""
    return isinstance(x, np.ndarray | np.generic)


def shares(a: Any, b: Any) -> bool:
    """Whether `b` may lie in the memory of `a`; of tuples of arrays, always."""
    if isinstance(a, np.generic) or isinstance(b, np.generic):
        return False
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray | tuple | list)
    return np.may_share_memory(a, b)


def is_view(call: Call) -> bool:
    """Whether the result of a call lies in the memory of its first argument."""
    first = call.arguments[0] if call.arguments else None
    return (
        isinstance(first, Var)
        and isinstance(first.value, np.ndarray)
        and isinstance(call.result.value, np.ndarray)
        and np.may_share_memory(first.value, call.result.value)
    )


def same_layout(a: Any, b: Any) -> bool:
    """Whether one array could lie exactly where the other does."""
    a, b = np.asarray(a), np.asarray(b)
    return bool(a.shape == b.shape and a.dtype == b.dtype and a.strides == b.strides)


def same_memory(a: Any, b: Any) -> bool:
    """Whether two arrays are the same numbers in the same memory."""
    return (
        a.__array_interface__["data"] == b.__array_interface__["data"]
        and a.strides == b.strides
        and a.shape == b.shape
    )
