"""Which ONNX operators do what an operation does.

The operations in `OPERATORS` are one operator as they stand, those in `REDUCTIONS` one with axes.
All others are in `FORMS`: functions of the graph, the step and the settings of its operation, which
add operators and return the name of the result, or None where ONNX has nothing for these settings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import microgradx.ops as arrays
from vhgrad import ops
from vhgrad.onnx import images, layers, pointwise, shapes
from vhgrad.onnx.graph import Graph
from vhgrad.onnx.steps import Step

__all__ = ["add"]

OPERATORS: dict[Any, str] = {
    arrays.absolute: "Abs",
    arrays.add: "Add",
    arrays.cos: "Cos",
    arrays.div: "Div",
    arrays.exp: "Exp",
    arrays.log: "Log",
    arrays.matmul: "MatMul",
    arrays.maximum: "Max",
    arrays.minimum: "Min",
    arrays.mul: "Mul",
    arrays.neg: "Neg",
    arrays.pow: "Pow",
    arrays.relu: "Relu",
    arrays.sigmoid: "Sigmoid",
    arrays.sin: "Sin",
    arrays.softplus: "Softplus",
    arrays.sqrt: "Sqrt",
    arrays.sub: "Sub",
    arrays.tanh: "Tanh",
    ops.gelu: "Gelu",
}
REDUCTIONS: dict[Any, str] = {
    arrays.logsumexp_over: "ReduceLogSumExp",
    arrays.max_over: "ReduceMax",
    arrays.mean_over: "ReduceMean",
    arrays.min_over: "ReduceMin",
    arrays.norm_over: "ReduceL2",
    arrays.prod_over: "ReduceProd",
    arrays.sum_over: "ReduceSum",
}
FORMS: dict[Any, Callable[..., str | None]] = {
    **pointwise.FORMS,
    **layers.FORMS,
    **shapes.FORMS,
    **images.FORMS,
}


def add(graph: Graph, step: Step) -> bool:
    """Add the operators of a step to a graph; False if there are none."""
    op = step.op
    if op in OPERATORS:
        result: str | None = graph.node(OPERATORS[op], *graph.values(step))
    elif op.maker in REDUCTIONS:
        result = reduction(graph, step, REDUCTIONS[op.maker], *op.settings)
    elif (op.maker or op) in FORMS:
        result = FORMS[op.maker or op](graph, step, *op.settings)
    else:
        result = None
    graph.results[id(step)] = result or "missing"  # the steps behind it are looked at, too
    return result is not None


def reduction(graph: Graph, step: Step, operator: str, axis: Any, keepdims: bool) -> str:
    """Along some axes, along all, or along none."""
    axes = [] if axis is None else [graph.constant(np.atleast_1d(axis))]
    along = {"keepdims": int(keepdims), "noop_with_empty_axes": int(axis == ())}
    return graph.node(operator, *graph.values(step), *axes, **along)
