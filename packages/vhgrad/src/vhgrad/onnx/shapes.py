"""ONNX operators for operations that move numbers: axes, parts of an array, joined arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

import microgradx.ops as arrays
from vhgrad.onnx.graph import Graph
from vhgrad.onnx.steps import Shape, Step

__all__ = ["FORMS"]

FAR = 2**31 - 1  # beyond the end of any axis


def reshape(graph: Graph, step: Step, shape: tuple[int, ...]) -> str | None:
    """A length that varies is what is left over; there can be one."""
    wanted = [length if isinstance(length, int) else -1 for length in step.shape]
    if wanted.count(-1) > 1:
        return None
    return graph.node(
        "Reshape", *graph.values(step), graph.constant(wanted), allowzero=int(0 in wanted)
    )


def broadcast_to(graph: Graph, step: Step, shape: tuple[int, ...]) -> str | None:
    """1 leaves an axis as it is; a length that varies has to be there before."""
    before: Shape = step.inputs[0].shape
    before = (1,) * (len(step.shape) - len(before)) + before
    if any(isinstance(b, int) and not isinstance(a, int) for b, a in zip(before, step.shape)):
        return None
    wanted = [length if isinstance(length, int) else 1 for length in step.shape]
    return graph.node("Expand", *graph.values(step), graph.constant(wanted))


def expand_dims(graph: Graph, step: Step, axis: Any) -> str:
    """New axes are counted in the new shape, as in NumPy."""
    return graph.node("Unsqueeze", *graph.values(step), graph.constant(np.atleast_1d(axis)))


def squeeze(graph: Graph, step: Step, axis: Any) -> str:
    """All axes of length 1 are those of the example, and not of a batch of one."""
    if axis is None:
        axis = [k for k, length in enumerate(step.inputs[0].shape) if length == 1]
    return graph.node("Squeeze", *graph.values(step), graph.constant(np.atleast_1d(axis)))


def transpose(graph: Graph, step: Step, axes: tuple[int, ...] | None) -> str:
    """Reversed, if nothing else is said."""
    n = len(step.shape)
    order = range(n)[::-1] if axes is None else [k % n for k in axes]
    return graph.node("Transpose", *graph.values(step), perm=list(order))


def swapaxes(graph: Graph, step: Step, axis1: int, axis2: int) -> str:
    """An order of axes in which two have changed places."""
    order = list(range(len(step.shape)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return graph.node("Transpose", *graph.values(step), perm=order)


def concatenate(graph: Graph, step: Step, n: int, axis: int) -> str:
    """As it stands."""
    return graph.node("Concat", *graph.values(step), axis=axis)


def stack(graph: Graph, step: Step, n: int, axis: int) -> str:
    """Joined along an axis that each gets first."""
    place = graph.constant([axis])
    parts = [graph.node("Unsqueeze", part, place) for part in graph.values(step)]
    return graph.node("Concat", *parts, axis=axis)


def pad(graph: Graph, step: Step, widths: Any, value: float) -> str:
    """First all widths before, then all after."""
    pairs = np.broadcast_to(np.array(widths), (len(step.shape), 2))
    return graph.node(
        "Pad",
        *graph.values(step),
        graph.constant(pairs.T.reshape(-1)),
        graph.constant(value, step.dtype),
    )


def getitem(graph: Graph, step: Step, key: tuple[Any, ...]) -> str | None:
    """Slices first; then axes of single numbers go, and new axes come."""
    if len(step.inputs) > 1:  # masks and arrays of places
        return None
    taken = sum(part is not None and part is not Ellipsis for part in key)
    missing = [(None, None, None)] * (len(step.inputs[0].shape) - taken)
    at = key.index(Ellipsis) if Ellipsis in key else len(key)
    parts = [*key[:at], *missing, *key[at + 1 :]]
    cuts: list[tuple[int, ...]] = []
    gone: list[int] = []
    new: list[int] = []
    axis = 0
    for part in parts:
        if part is None:
            new.append(axis - len(gone) + len(new))
            continue
        if isinstance(part, int):
            gone.append(axis)
            part = part, part + 1 or None, None
        start, stop, move = part[0], part[1], part[2] or 1
        if part != (None, None, None):
            start = (0 if move > 0 else FAR) if start is None else start
            stop = (FAR if move > 0 else -FAR) if stop is None else stop
            cuts.append((start, stop, axis, move))
        axis += 1
    (out,) = graph.values(step)
    if cuts:
        out = graph.node("Slice", out, *(graph.constant(numbers) for numbers in zip(*cuts)))
    if gone:
        out = graph.node("Squeeze", out, graph.constant(gone))
    return graph.node("Unsqueeze", out, graph.constant(new)) if new else out


FORMS: dict[Any, Any] = {
    arrays.broadcast_to: broadcast_to,
    arrays.concatenate: concatenate,
    arrays.expand_dims: expand_dims,
    arrays.getitem: getitem,
    arrays.pad: pad,
    arrays.reshape: reshape,
    arrays.squeeze: squeeze,
    arrays.stack: stack,
    arrays.swapaxes: swapaxes,
    arrays.transpose: transpose,
}
