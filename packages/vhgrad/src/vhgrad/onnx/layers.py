"""ONNX operators for what layers do: products with weights, tables, normalising, softmax."""

from __future__ import annotations

from typing import Any

import microgradx.ops as arrays
from vhgrad import ops
from vhgrad.onnx.graph import Graph
from vhgrad.onnx.steps import Step

__all__ = ["FORMS"]


def linear(graph: Graph, step: Step) -> str:
    """For a matrix there is one operator; of more axes, the last is multiplied."""
    x, weight, *bias = graph.values(step)
    if isinstance(step.inputs[2], float):  # a layer without bias adds 0.0
        bias = []
    if len(step.shape) == 2:
        return graph.node("Gemm", x, weight, *bias, transB=1)
    product = graph.node("MatMul", x, graph.node("Transpose", weight, perm=[1, 0]))
    return graph.node("Add", product, *bias) if bias else product


def softmax(graph: Graph, step: Step, axis: int) -> str:
    """As it stands."""
    return graph.node("Softmax", *graph.values(step), axis=axis)


def log_softmax(graph: Graph, step: Step, axis: int) -> str:
    """As it stands."""
    return graph.node("LogSoftmax", *graph.values(step), axis=axis)


def einsum(graph: Graph, step: Step, subscripts: str) -> str:
    """As it stands."""
    return graph.node("Einsum", *graph.values(step), equation=subscripts)


def embedding(graph: Graph, step: Step, padding: int | None) -> str:
    """Rows of the table, by whole numbers."""
    numbers, table = step.inputs
    return graph.node("Gather", graph.value(table, step.dtype), graph.value(numbers, "int64"))


def moments(graph: Graph, step: Step, axes: tuple[int, ...]) -> str:
    """Mean and variance, one after the other in one array."""
    (x,) = graph.values(step)
    along = graph.constant(axes)
    mean = graph.node("ReduceMean", x, along)
    d = graph.node("Sub", x, mean)
    variance = graph.node("ReduceMean", graph.node("Mul", d, d), along)
    first = graph.constant([0])
    both = [graph.node("Unsqueeze", part, first) for part in (mean, variance)]
    return graph.node("Concat", *both, axis=0)


def standardise(graph: Graph, step: Step, axes: tuple[int, ...], eps: float) -> str:
    """(x - mean) / sqrt(variance + eps)."""
    x, both = graph.values(step)
    mean, variance = (graph.node("Gather", both, graph.constant(k)) for k in (0, 1))
    shifted = graph.node("Add", variance, graph.constant(eps, step.dtype))
    return graph.node("Div", graph.node("Sub", x, mean), graph.node("Sqrt", shifted))


FORMS: dict[Any, Any] = {
    arrays.einsum: einsum,
    arrays.linear: linear,
    arrays.log_softmax: log_softmax,
    arrays.softmax: softmax,
    ops.embedding: embedding,
    ops.moments: moments,
    ops.standardise: standardise,
}
