"""Arrays that nobody can write into: whatever a graph holds must stay as it was used."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from microgradx.limits import beyond

__all__ = [
    "Recorded",
    "as_array",
    "as_it_is",
    "as_one_call",
    "converted",
    "frozen",
    "plain_array",
]

F = TypeVar("F", bound=Callable[..., Any])


class Recorded:
    """Base of what stands for an array while a step is being recorded (see `compiling`)."""

    __slots__ = ()

    def whole(self, function: Any, arguments: Any) -> Any:
        """Do `function`, which cannot be looked into, as one call."""
        raise NotImplementedError

    def number(self, function: Any, arguments: Any) -> Any:
        """The same for a function that gives a number of Python's."""
        raise NotImplementedError


def as_one_call(function: F) -> F:
    """Decorate a function of arrays that gives a number of Python's.

    It may do with the arrays what it likes: while a step is recorded, it is called as a whole.
    """

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        for x in arguments:
            for part in x if isinstance(x, list | tuple) else (x,):
                if isinstance(part, Recorded):
                    return part.number(function, arguments)
        return function(*arguments)

    return call  # type: ignore[return-value]  # of the same signature


def as_it_is(data: Any) -> Any:
    """What NumPy gave as an array (of 0-d arrays it makes scalars); stand-ins as they are."""
    return data if isinstance(data, Recorded) else np.asarray(data)


def as_array(data: Any, dtype: DTypeLike | None = None) -> NDArray[Any]:
    """A frozen float array of our own; a float array keeps its dtype, all else is float64."""
    array = plain_array(data)
    if dtype is None:
        dtype = array.dtype if array.dtype.kind == "f" else np.float64
    elif np.dtype(dtype).kind != "f":
        raise TypeError(f"`dtype` needs a float type, got {np.dtype(dtype)}.")
    return frozen(array, np.dtype(dtype).newbyteorder("="))


def plain_array(data: Any) -> NDArray[Any]:
    """`data` as a NumPy array of real numbers."""
    if isinstance(data, Recorded):
        return data  # type: ignore[return-value]  # it has the methods of an array
    try:
        array = np.asarray(data)
    except ValueError as error:
        if beyond(error):
            raise ValueError("expected lists nested 64 deep at most, got deeper ones.") from None
        raise ValueError("expected lists of equal lengths, got ragged ones.") from None
    subclass = array is not data and isinstance(data, np.ndarray)  # `np.ma` is imported when named
    if subclass and isinstance(data, np.ma.MaskedArray) and np.ma.is_masked(data):
        raise TypeError(
            "expected plain numbers, got a masked array, whose mask would be lost; fill what is "
            "masked, x.filled(0.0), or select the rest, x.compressed()."
        )
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"expected real numbers, got {type(data).__name__} with dtype {array.dtype}."
        )
    return array


def converted(array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """In another dtype, and without a warning: beyond float32 lies inf."""
    if array.dtype == dtype:
        return array
    with np.errstate(over="ignore"):
        return array.astype(dtype)


def frozen(array: NDArray[Any], dtype: DTypeLike | None = None) -> NDArray[Any]:
    """A copy that nobody can write into.

    Of read-only arrays, too: who made one read-only may have kept a way to write into it, and NumPy
    does not tell. A copy of a batch takes less than a hundredth of a training step.
    """
    changed = array if dtype is None else converted(array, dtype)
    copy = array.copy("K") if changed is array else changed
    copy.setflags(write=False)
    return copy
