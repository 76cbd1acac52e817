"""`x[index]` for every index that NumPy knows, and what can be said with one.

An index is taken apart: what is fixed (numbers, slices, None, ...) is the setting of an operation,
arrays are constant inputs of it. What was picked twice gets both gradients.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import ArrayLike, DTypeLike, NDArray

from micrograd.graph import Node
from microgradx.freezing import Recorded, as_it_is, plain_array
from microgradx.op import ArrayOp, with_settings

__all__ = ["cuts", "getitem", "one_hot", "open_grid", "parts", "whole_numbers"]

ARRAY = "array"  # where an array stands in an index


def parts(index: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """The key of an index, which can be hashed, and its arrays.

    Example:
        >>> parts((0, slice(1, None), [2, 2]))
        ((0, (1, None, None), 'array'), [array([2, 2])])
    """
    key: list[Any] = []
    arrays: list[Any] = []
    for part in index if isinstance(index, tuple) else (index,):
        if part is None or part is Ellipsis:
            key.append(part)
        elif isinstance(part, slice):
            key.append(tuple(map(whole, (part.start, part.stop, part.step))))
        elif isinstance(part, bool | np.bool | list | tuple | np.ndarray) or stands_for_many(part):
            array = as_it_is(part)
            if array.dtype.kind not in "biu":
                if array.size or not isinstance(part, list | tuple):
                    raise IndexError(f"an index needs whole numbers or a mask, got {array.dtype}.")
                array = array.astype(np.intp)  # [] picks nothing
            key.append(ARRAY)
            arrays.append(array)
        else:
            key.append(whole(part))
    return tuple(key), arrays


def stands_for_many(part: Any) -> bool:
    """Whether an array is meant, while a step is being recorded; not a number out of one."""
    return isinstance(part, Recorded) and getattr(part, "ndim", 0) > 0


def whole(part: Any) -> int | None:
    """A whole number in an index, or None in a slice."""
    if isinstance(part, Node):
        raise TypeError(
            f"an index needs whole numbers, got a {type(part).__name__}; its numbers are floats, "
            "so write x[t.numpy().astype(int)]."
        )
    try:
        return None if part is None else operator.index(part)
    except TypeError:
        raise IndexError(
            "an index needs whole numbers, slices, None, ..., or arrays of whole numbers or "
            f"masks; got {type(part).__name__} {part!r}."
        ) from None


def whole_numbers(name: str, indices: ArrayLike) -> NDArray[Any]:
    """Indices of `take` and its like. A mask is an error: NumPy itself counts True as 1."""
    array = plain_array(indices)
    if not array.size and isinstance(indices, list | tuple):
        return array.astype(np.intp)  # [] picks nothing
    if array.dtype.kind not in "iu":
        hint = "; a mask selects with x[mask]" if array.dtype.kind == "b" else ""
        raise IndexError(f"{name} needs whole numbers as indices, got {array.dtype}{hint}.")
    return array


@with_settings
def getitem(key: tuple[Any, ...]) -> ArrayOp:
    """Some of the entries; the first result of `parts` is the key, the second the other inputs.

    Example:
        >>> getitem(("array",))([1.0, 2.0, 3.0], np.array([2, 0])).data.tolist()
        [3.0, 1.0]
    """

    def index(arrays: Sequence[Any]) -> tuple[Any, ...]:
        left = iter(arrays)
        return tuple(
            next(left) if k == ARRAY else slice(*k) if isinstance(k, tuple) else k for k in key
        )

    def pick(x: Any, *arrays: Any) -> Any:
        """The entries; a recorded step asks in every run whether there is one for each number."""
        for a in arrays:
            if isinstance(a, Recorded):
                _ = bool(a.whole(fits, (x.shape, *arrays)))
                break
        return x[index(arrays)]

    def fits(shape: tuple[int, ...], *arrays: Any) -> np.bool:
        try:
            np.broadcast_to(np.False_, shape)[index(arrays)]
        except IndexError:
            return np.False_
        return np.True_

    def rule(g: Any, out: Any, x: Any, *arrays: Any) -> Any:
        """Each gradient goes to where its entry came from, and adds to what came there before."""
        full = np.zeros(x.shape, g.dtype)
        if any(a.dtype.kind in "iu" for a in arrays):
            np.add.at(full, index(arrays), g)
        else:
            full[index(arrays)] = g  # slices and masks pick nothing twice
        return full

    return ArrayOp(
        "[]",
        pick,
        rule,
        *[None] * key.count(ARRAY),
        expected="masks and index arrays that fit its shape",
        warns=False,
    )


def open_grid(shape: tuple[int, ...], indices: NDArray[Any], axis: int) -> tuple[Any, ...]:
    """The index that picks along one axis by `indices` and keeps to its place on all others."""
    if indices.ndim != len(shape):
        raise ValueError(
            f"take_along_axis needs indices with as many axes as the input, got {indices.shape} "
            f"for {shape}; expand_dims adds axes."
        )
    axis = normalize_axis_index(axis, len(shape))
    grid: list[Any] = list(np.ix_(*map(np.arange, shape)))
    grid[axis] = indices
    return tuple(grid)


def cuts(n: int, sections: int | Sequence[int]) -> list[slice]:
    """Where `split` cuts an axis of length n: into equal parts, or at the given places."""
    if isinstance(sections, int | np.integer):
        if sections < 1 or n % sections:
            raise ValueError(
                f"split needs a number of sections that divides the length {n}, got {sections}; "
                "give the places to cut at instead."
            )
        sections = [k * (n // int(sections)) for k in range(1, int(sections))]
    return [slice(start, stop) for start, stop in pairwise([0, *map(int, sections), None])]


def one_hot(labels: ArrayLike, classes: int, *, dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Whole numbers as rows with a single 1.

    Args:
        labels: whole numbers from 0 to `classes - 1`, any shape.
        classes: how many there are.
        dtype: of the result.

    Returns:
        A plain array of shape `(*labels.shape, classes)`: a constant, it has no gradient.

    Raises:
        TypeError: if the labels are not whole numbers.
        IndexError: if a label is not a class.

    Example:
        >>> one_hot([2, 0], 3)
        array([[0., 0., 1.],
               [1., 0., 0.]])
    """
    numbers = as_it_is(labels)
    if numbers.dtype.kind not in "iu" and numbers.size:
        raise TypeError(f"one_hot needs whole numbers as labels, got {numbers.dtype}.")
    outside = (numbers < 0) | (numbers >= classes)
    if outside.any():
        place = tuple(map(int, np.argwhere(outside)[0]))
        raise IndexError(
            f"one_hot needs labels from 0 to {classes - 1}, got {numbers[place]} at {place}."
        )
    return (numbers[..., None] == np.arange(classes)).astype(dtype)
