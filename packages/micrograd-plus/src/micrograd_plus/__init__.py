"""Stage 2: every operation, losses, an optimiser and a gradient checker for stage 1's numbers."""

from micrograd import Node, draw_dot, to_dot, topological_order
from micrograd_plus.losses import mse
from micrograd_plus.nn import MLP, Layer, Module, Neuron
from micrograd_plus.op import Op
from micrograd_plus.ops import (
    absolute,
    add,
    cos,
    div,
    exp,
    leaky_relu,
    log,
    maximum,
    minimum,
    mul,
    neg,
    pow,
    power,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    sub,
    tanh,
)
from micrograd_plus.optim import SGD, Optimizer
from micrograd_plus.value import Value

__all__ = [
    "MLP",
    "SGD",
    "Layer",
    "Module",
    "Neuron",
    "Node",
    "Op",
    "Optimizer",
    "Value",
    "absolute",
    "add",
    "cos",
    "div",
    "draw_dot",
    "exp",
    "leaky_relu",
    "log",
    "maximum",
    "minimum",
    "mse",
    "mul",
    "neg",
    "pow",
    "power",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "sub",
    "tanh",
    "to_dot",
    "topological_order",
]
