"""Stage 2: every operation, losses, an optimiser and a gradient checker for stage 1's numbers."""

import micrograd_plus.guard  # noqa: F401  # before anything is asked of stage 1

# isort: split
from micrograd import Node, draw_dot, to_dot, to_mermaid, topological_order
from micrograd_plus.compiling import compile
from micrograd_plus.explain import explain
from micrograd_plus.fold import folded
from micrograd_plus.gradcheck import GradientError, gradcheck, numeric_gradient
from micrograd_plus.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    hinge,
    mse,
)
from micrograd_plus.nn import MLP, Layer, Module, Neuron
from micrograd_plus.op import Op
from micrograd_plus.ops import (
    absolute,
    add,
    clip,
    cos,
    div,
    elu,
    exp,
    expm1,
    gelu,
    leaky_relu,
    log,
    log1p,
    maximum,
    minimum,
    mul,
    neg,
    pow,
    power,
    relu,
    sigmoid,
    silu,
    sin,
    softplus,
    sqrt,
    sub,
    tanh,
)
from micrograd_plus.optim import SGD, Optimizer
from micrograd_plus.value import Value
from micrograd_plus.weighted_sum import weighted_sum

__all__ = [
    "MLP",
    "SGD",
    "GradientError",
    "Layer",
    "Module",
    "Neuron",
    "Node",
    "Op",
    "Optimizer",
    "Value",
    "absolute",
    "add",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "clip",
    "compile",
    "cos",
    "div",
    "draw_dot",
    "elu",
    "exp",
    "explain",
    "expm1",
    "folded",
    "gelu",
    "gradcheck",
    "hinge",
    "leaky_relu",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "mse",
    "mul",
    "neg",
    "numeric_gradient",
    "pow",
    "power",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "softplus",
    "sqrt",
    "sub",
    "tanh",
    "to_dot",
    "to_mermaid",
    "topological_order",
    "weighted_sum",
]
