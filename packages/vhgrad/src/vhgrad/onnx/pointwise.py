"""ONNX operators for operations on single numbers that are not one operator as they stand."""

from __future__ import annotations

from typing import Any

import numpy as np

import microgradx.ops as arrays
from vhgrad import ops
from vhgrad.onnx.graph import Graph
from vhgrad.onnx.steps import Step

__all__ = ["FORMS"]


def silu(graph: Graph, step: Step) -> str:
    """x * sigmoid(x)."""
    (x,) = graph.values(step)
    return graph.node("Mul", x, graph.node("Sigmoid", x))


def gelu(graph: Graph, step: Step) -> str:
    """The approximation of the earlier stages."""
    return graph.node("Gelu", *graph.values(step), approximate="tanh")


def leaky_relu(graph: Graph, step: Step, slope: float) -> str:
    """ONNX calls the slope alpha."""
    return graph.node("LeakyRelu", *graph.values(step), alpha=float(slope))


def elu(graph: Graph, step: Step, alpha: float) -> str:
    """As it stands."""
    return graph.node("Elu", *graph.values(step), alpha=float(alpha))


def softplus(graph: Graph, step: Step, beta: float, threshold: float) -> str:
    """Scaled, and x itself beyond the threshold."""
    (x,) = graph.values(step)
    beta_x = graph.node("Mul", x, graph.constant(beta, step.dtype))
    bent = graph.node("Div", graph.node("Softplus", beta_x), graph.constant(beta, step.dtype))
    beyond = graph.node("Greater", beta_x, graph.constant(threshold, step.dtype))
    return graph.node("Where", beyond, x, bent)


def power(graph: Graph, step: Step, n: float) -> str:
    """The exponent is a constant."""
    return graph.node("Pow", *graph.values(step), graph.constant(n, step.dtype))


def expm1(graph: Graph, step: Step) -> str:
    """exp(x) - 1."""
    e = graph.node("Exp", *graph.values(step))
    return graph.node("Sub", e, graph.constant(1.0, step.dtype))


def log1p(graph: Graph, step: Step) -> str:
    """log(1 + x)."""
    one = graph.constant(1.0, step.dtype)
    return graph.node("Log", graph.node("Add", *graph.values(step), one))


def clip(graph: Graph, step: Step, low: float, high: float) -> str:
    """The bounds are constants."""
    bounds = [graph.constant(bound, step.dtype) for bound in (low, high)]
    return graph.node("Clip", *graph.values(step), *bounds)


def where(graph: Graph, step: Step) -> str:
    """The condition is a mask."""
    condition, a, b = step.inputs
    mask = graph.value(condition, np.dtype(bool))
    return graph.node("Where", mask, *(graph.value(x, step.dtype) for x in (a, b)))


FORMS: dict[Any, Any] = {
    arrays.clip: clip,
    arrays.elu: elu,
    arrays.expm1: expm1,
    arrays.gelu: gelu,
    arrays.leaky_relu: leaky_relu,
    arrays.log1p: log1p,
    arrays.power: power,
    arrays.silu: silu,
    arrays.where: where,
    ops.softplus: softplus,
}
