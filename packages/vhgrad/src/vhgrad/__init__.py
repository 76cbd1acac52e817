"""Stage 4: the framework. Everything a training script needs stands here."""

from microgradx import (
    TensorValue,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    default_generator,
    draw_dot,
    hinge,
    huber,
    l1,
    manual_seed,
    mse,
    nll,
    to_dot,
)
from vhgrad.metrics import accuracy
from vhgrad.nn import MLP, Layer, Linear, Module, Parameter, ReLU, Sequential, Tanh
from vhgrad.optim import SGD, Adam, Optimizer
from vhgrad.training import History, evaluate, fit, predict

__version__ = "1.0.0"

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "History",
    "Layer",
    "Linear",
    "Module",
    "Optimizer",
    "Parameter",
    "ReLU",
    "Sequential",
    "Tanh",
    "TensorValue",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "default_generator",
    "draw_dot",
    "evaluate",
    "fit",
    "hinge",
    "huber",
    "l1",
    "manual_seed",
    "mse",
    "nll",
    "predict",
    "to_dot",
]
