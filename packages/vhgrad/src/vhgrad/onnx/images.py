"""ONNX operators for operations on images: convolution and pooling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_plus.unknown import NotRecordable
from vhgrad import ops
from vhgrad.onnx.graph import Graph
from vhgrad.onnx.steps import Step
from vhgrad.ops import windows
from vhgrad.ops.windows import Sweep

__all__ = ["FORMS"]


def convolution(
    graph: Graph, step: Step, rows: Sweep, columns: Sweep, groups: int, bias: bool
) -> str:
    """As it stands."""
    window = settings(step.inputs[0], rows, columns)
    return graph.node("Conv", *graph.values(step), group=groups, **window)


def max_pool(graph: Graph, step: Step, axis: int, sweep: Sweep) -> str:
    """Rows and columns at once."""
    image, rows, columns = both_axes(step, axis, sweep)
    x, window = graph.value(image, step.dtype), settings(image, rows, columns)
    if sweep.partial:  # borders may be wider than ONNX takes them
        x = bordered(graph, x, step, window.pop("pads"), -np.inf)
    return graph.node("MaxPool", x, **window)


def avg_pool(graph: Graph, step: Step, axis: int, sweep: Sweep, count_border: bool) -> str:
    """Rows and columns at once; where the last window reaches out, it has a divisor of its own."""
    image, rows, columns = both_axes(step, axis, sweep)
    x, window = graph.value(image, step.dtype), settings(image, rows, columns)
    del window["dilations"]
    if not sweep.partial:
        return graph.node("AveragePool", x, count_include_pad=int(count_border), **window)
    x = bordered(graph, x, step, window.pop("pads"), 0.0)
    # counting the border, although there is none: onnxruntime 1.20 draws Pad into this operator
    mean = graph.node("AveragePool", x, count_include_pad=1, **window)
    right = divided(image, rows, columns, count_border)
    return graph.node("Mul", mean, graph.constant(right, step.dtype))


def both_axes(step: Step, axis: int, sweep: Sweep) -> tuple[Step, Sweep, Sweep]:
    """The image, and how a window moves over its rows and columns.

    Pooling works along one axis at a time, for speed; ONNX does both in one.
    """
    inner = step.inputs[0]
    if axis == -1:
        return inner, Sweep(1), sweep
    if inner.op and inner.op.maker is step.op.maker and inner.op.settings[0] == -1:
        _, columns, *others = inner.op.settings
        if others == list(step.op.settings[2:]) and columns.partial == sweep.partial:
            return inner.inputs[0], sweep, columns
    return inner, sweep, Sweep(1)


def size(image: Step) -> tuple[int, int]:
    """Height and width, which are those of the example."""
    *_, height, width = image.shape
    if not (isinstance(height, int) and isinstance(width, int)):
        raise NotRecordable("images need a height and a width that do not go with the batch.")
    return height, width


def settings(image: Step, rows: Sweep, columns: Sweep) -> dict[str, Any]:
    """A window in the terms of ONNX."""
    height, width = size(image)
    borders = zip(rows.around(height), columns.around(width))
    return {
        "kernel_shape": [rows.kernel, columns.kernel],
        "strides": [rows.stride, columns.stride],
        "dilations": [rows.dilation, columns.dilation],
        "pads": [length for side in borders for length in side],
    }


def bordered(graph: Graph, x: str, step: Step, pads: list[int], value: float) -> str:
    """Images with a border of one value."""
    top, left, bottom, right = pads
    widths = graph.constant([0, 0, top, left, 0, 0, bottom, right])
    return graph.node("Pad", x, widths, graph.constant(value, step.dtype))


def divided(image: Step, rows: Sweep, columns: Sweep, count_border: bool) -> NDArray[Any]:
    """For each window: the mean that is meant, over the sum divided by the size of a window."""
    height, width = size(image)
    ones: Any = np.ones((1, 1, height, width))
    full = windows.bordered(ones, rows.around(height), columns.around(width))
    for axis, sweep in ((-1, columns), (-2, rows)):
        ones = ops.avg_pool(axis, sweep, count_border).forward(ones)
        full = ops.avg_pool(axis, Sweep(sweep.kernel, sweep.stride)).forward(full)
    return ones / full


FORMS: dict[Any, Any] = {
    ops.avg_pool: avg_pool,
    ops.convolution: convolution,
    ops.max_pool: max_pool,
}
